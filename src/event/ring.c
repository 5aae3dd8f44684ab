/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ring of recent events: fixed memory for the events, and for the bytes of their strings. */
#include "event/ring.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum { STRING_MAX = 16384, KEPT_MAX = 256, KEPT_BYTES = 256 << 10 };

/* `from` is where the event's strings begin, counted in bytes written since the start; the place in `bytes` is that
 * modulo its size. An event never straddles the end of `bytes`. */
struct slot {
	struct event event;
	uint64_t from;
};

/* Texts that events share; never moved. */
struct kept {
	char *bytes; /* one behind another, each with its NUL; NULL until there is one */
	size_t used;
	const char *texts[KEPT_MAX];
	size_t n;
};

struct ring {
	struct slot *slots;
	char *bytes;
	struct kept kept;
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
	free(ring->kept.bytes);
	free(ring);
}

static struct slot *ring_slot_of(const struct ring *ring, uint64_t number)
{
	return &ring->slots[number % ring->nslots];
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

/* ---- texts that are kept ---- */

const char *ring_keep(struct ring *ring, const char *text)
{
	struct kept *kept = &ring->kept;
	size_t size = strlen(text) + 1;
	for (size_t i = 0; i < kept->n; i++)
		if (strcmp(kept->texts[i], text) == 0)
			return kept->texts[i];
	if (kept->n == KEPT_MAX || size > STRING_MAX || size > KEPT_BYTES - kept->used)
		return NULL;
	if (!kept->bytes)
		kept->bytes = mem_array(KEPT_BYTES, 1);
	char *copy = memcpy(kept->bytes + kept->used, text, size);
	kept->used += size;
	return kept->texts[kept->n++] = copy;
}

bool ring_keeps(const struct ring *ring, const char *s)
{
	const struct kept *kept = &ring->kept;
	uintptr_t from = (uintptr_t)kept->bytes, at = (uintptr_t)s;
	return kept->bytes && at >= from && at < from + kept->used;
}

/* ---- events ---- */

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

/* Those that are to be copied, with their sizes; how many. */
static size_t ring_to_copy(const struct ring *ring, struct event *event, const char **strings[RING_STRINGS],
			   size_t sizes[RING_STRINGS])
{
	const char **all[RING_STRINGS];
	size_t n = 0;
	ring_strings(event, all);
	for (size_t i = 0; i < RING_STRINGS; i++) {
		const char *s = *all[i];
		if (!s || (s == event->sql && ring_keeps(ring, s)))
			continue;
		strings[n] = all[i];
		sizes[n++] = strnlen(s, STRING_MAX) + 1;
	}
	return n;
}

static uint64_t ring_take(struct ring *ring, struct event *event)
{
	const char **strings[RING_STRINGS];
	size_t sizes[RING_STRINGS], size = 0, n = ring_to_copy(ring, event, strings, sizes);
	for (size_t i = 0; i < n; i++)
		size += sizes[i];
	uint64_t from = ring_make_room(ring, size);
	struct slot *slot = ring_slot_of(ring, ring->next);
	char *at = ring->bytes + from % ring->nbytes;
	for (size_t i = 0; i < n; i++) {
		char *put = memcpy(at, *strings[i], sizes[i] - 1);
		put[sizes[i] - 1] = '\0';
		*strings[i] = put;
		at += sizes[i];
	}
	event->number = ring->next;
	slot->from = from;
	slot->event = *event;
	return ring->next++;
}

uint64_t ring_repeat(struct ring *ring, const struct event *event)
{
	struct event copy = *event;
	return ring_take(ring, &copy);
}

uint64_t ring_append(struct ring *ring, const struct event *event)
{
	struct event copy = *event;
	copy.wall_us = clock_wall_us();
	return ring_take(ring, &copy);
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

const struct event *cursor_next(struct cursor *cursor, const struct ring *ring)
{
	if (cursor->next == 0)
		cursor->next = 1;
	if (cursor->next < ring->first) {
		cursor->skipped += ring->first - cursor->next;
		cursor->next = ring->first;
	}
	return cursor->next < ring->next ? &ring_slot_of(ring, cursor->next++)->event : NULL;
}

bool cursor_read(struct cursor *cursor, const struct ring *ring, struct event *out)
{
	const struct event *event = cursor_next(cursor, ring);
	if (event)
		*out = *event;
	return event != NULL;
}

bool event_failed(const struct event *event)
{
	return event->kind == EVENT_RESULT && !event->skipped && (event->sqlstate[0] || event->message);
}
