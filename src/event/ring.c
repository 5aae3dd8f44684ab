/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ring of recent events: fixed memory for the events, and for the bytes of their strings. */
#include "event/ring.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum { STRING_MAX = 16384 };

/* `from` is where the event's strings begin, counted in bytes written since the start; the place in `bytes` is that
 * modulo its size. An event never straddles the end of `bytes`. */
struct slot {
	struct event event;
	uint64_t from;
};

struct ring {
	struct slot *slots;
	char *bytes;
	uint32_t nslots;
	uint32_t nbytes;
	uint64_t first; /* oldest event number held */
	uint64_t next;  /* number of the next event */
	uint64_t head;  /* bytes written since the start */
	uint32_t txns;
};

struct ring *ring_new(uint32_t events, uint32_t bytes)
{
	struct ring *ring = NEW(struct ring);
	ring->nslots = events > 0 ? events : 1;
	ring->nbytes = bytes > 12 * STRING_MAX ? bytes : 12 * STRING_MAX; /* any one event fits */
	ring->slots = mem_array(ring->nslots, sizeof *ring->slots);
	ring->bytes = mem_array(ring->nbytes, 1);
	ring->first = ring->next = 1;
	return ring;
}

void ring_free(struct ring *ring)
{
	if (!ring)
		return;
	free(ring->slots);
	free(ring->bytes);
	free(ring);
}

static struct slot *ring_slot_of(const struct ring *ring, uint64_t number)
{
	return &ring->slots[number % ring->nslots];
}

static size_t string_size(const char *s)
{
	return s ? strnlen(s, STRING_MAX) + 1 : 0;
}

/* Makes room for one event with `size` bytes of strings and returns where they go. */
static uint64_t ring_make_room(struct ring *ring, size_t size)
{
	uint64_t from = ring->head;
	if (from % ring->nbytes + size > ring->nbytes)
		from += ring->nbytes - from % ring->nbytes;
	if (ring->next - ring->first == ring->nslots)
		ring->first++;
	while (ring->first < ring->next && from + size - ring_slot_of(ring, ring->first)->from > ring->nbytes)
		ring->first++;
	ring->head = from + size;
	return from;
}

static const char *ring_put(char **at, const char *s)
{
	if (!s)
		return NULL;
	size_t n = string_size(s) - 1;
	char *copy = memcpy(*at, s, n);
	copy[n] = '\0';
	*at += n + 1;
	return copy;
}

/* The strings of an event, in no order that matters. */
enum { RING_STRINGS = 11 };

static void ring_strings(struct event *event, const char **strings[RING_STRINGS])
{
	const char **const all[RING_STRINGS] = {&event->lane,         &event->sql,         &event->params,
						&event->values,       &event->tag,         &event->message,
						&event->detail,       &event->holder.name, &event->holder.user,
						&event->holder.state, &event->holder.holds};
	memcpy((void *)strings, (const void *)all, sizeof all);
}

uint64_t ring_repeat(struct ring *ring, const struct event *event)
{
	struct event copy = *event;
	const char **strings[RING_STRINGS];
	size_t size = 0;
	ring_strings(&copy, strings);
	for (size_t i = 0; i < RING_STRINGS; i++)
		size += string_size(*strings[i]);
	uint64_t from = ring_make_room(ring, size);
	struct slot *slot = ring_slot_of(ring, ring->next);
	char *at = ring->bytes + from % ring->nbytes;

	copy.number = ring->next;
	for (size_t i = 0; i < RING_STRINGS; i++)
		*strings[i] = ring_put(&at, *strings[i]);
	slot->from = from;
	slot->event = copy;
	return ring->next++;
}

uint64_t ring_append(struct ring *ring, const struct event *event)
{
	struct event now = *event;
	now.wall_us = clock_wall_us();
	return ring_repeat(ring, &now);
}

void ring_rewind(struct ring *ring, uint64_t number)
{
	if (number < ring->first || number >= ring->next)
		return;
	ring->head = ring_slot_of(ring, number)->from;
	ring->next = number;
}

void ring_empty(struct ring *ring, uint64_t number)
{
	ring->first = ring->next = number;
	ring->head = 0;
}

uint64_t ring_first(const struct ring *ring)
{
	return ring->first;
}

uint64_t ring_next(const struct ring *ring)
{
	return ring->next;
}

bool ring_get(const struct ring *ring, uint64_t number, struct event *out)
{
	if (number < ring->first || number >= ring->next)
		return false;
	*out = ring_slot_of(ring, number)->event;
	return true;
}

uint32_t ring_new_txn(struct ring *ring)
{
	return ++ring->txns;
}

bool cursor_read(struct cursor *cursor, const struct ring *ring, struct event *out)
{
	if (cursor->next == 0)
		cursor->next = 1;
	if (cursor->next < ring->first) {
		cursor->skipped += ring->first - cursor->next;
		cursor->next = ring->first;
	}
	if (!ring_get(ring, cursor->next, out))
		return false;
	cursor->next++;
	return true;
}

bool event_failed(const struct event *event)
{
	return event->kind == EVENT_RESULT && !event->skipped && (event->sqlstate[0] || event->message);
}
