/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ring of recent events: fixed memory for the events, and for the bytes of their strings. */
#include "event/ring.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum { STRING_MAX = 16384, KEPT_MAX = 256, KEPT_BYTES = 256 << 10 };

/* `from` is where the event's strings begin, counted in bytes written since the start. */
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
	uint64_t first;      /* oldest event number held */
	uint64_t next;       /* number of the next event */
	uint32_t first_slot; /* of the oldest event */
	uint32_t next_slot;  /* of the next one */
	uint64_t head;       /* bytes written since the start */
	uint64_t round;      /* as many as were written when `bytes` was begun anew: head - round is the place in it */
	uint32_t txns;
	uint64_t moment_us; /* the wall's time of all events of this moment */
	unsigned moments;   /* that have begun and not ended */
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

/* Of an event that is held. Without a division: this is done for every event. */
static struct slot *ring_slot_of(const struct ring *ring, uint64_t number)
{
	uint64_t slot = ring->first_slot + (number - ring->first);
	return &ring->slots[slot < ring->nslots ? slot : slot - ring->nslots];
}

static uint32_t ring_slot_after(const struct ring *ring, uint32_t slot)
{
	return slot + 1 < ring->nslots ? slot + 1 : 0;
}

static void ring_forget_oldest(struct ring *ring)
{
	ring->first++;
	ring->first_slot = ring_slot_after(ring, ring->first_slot);
}

/* The slot of the next event. */
static struct slot *ring_new_slot(struct ring *ring)
{
	if (ring->next - ring->first == ring->nslots)
		ring_forget_oldest(ring);
	return &ring->slots[ring->next_slot];
}

/* Makes room for the strings of the next event, `size` bytes that never straddle the end of `bytes`; returns the room. */
static char *ring_make_room(struct ring *ring, size_t size)
{
	if (ring->head - ring->round + size > ring->nbytes)
		ring->head = ring->round += ring->nbytes;
	while (ring->first < ring->next && ring->head + size - ring->slots[ring->first_slot].from > ring->nbytes)
		ring_forget_oldest(ring);
	return ring->bytes + (ring->head - ring->round);
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

/* Where an event has its strings; the last of them belong to EVENT_BLOCKED alone. */
static const size_t ring_strings[] = {
	offsetof(struct event, sql),          offsetof(struct event, params),       offsetof(struct event, tag),
	offsetof(struct event, values),       offsetof(struct event, lane),         offsetof(struct event, message),
	offsetof(struct event, detail),       offsetof(struct event, holder.name),  offsetof(struct event, holder.user),
	offsetof(struct event, holder.state), offsetof(struct event, holder.holds),
};
enum { RING_STRINGS = COUNT_OF(ring_strings), RING_HOLDER_STRINGS = 4 };

struct to_copy {
	const char **string;
	size_t length;
};

/* Those of its strings that are to be copied; how many, and the bytes they take. */
static size_t ring_to_copy(const struct ring *ring, struct event *event, struct to_copy copies[], size_t *bytes)
{
	size_t n = 0, all = event->kind == EVENT_BLOCKED ? RING_STRINGS : RING_STRINGS - RING_HOLDER_STRINGS;
	for (size_t i = 0; i < all; i++) {
		const char **string = (const char **)(void *)((char *)event + ring_strings[i]);
		if (!*string || (string == &event->sql && ring_keeps(ring, *string)))
			continue;
		copies[n] = (struct to_copy){string, strnlen(*string, STRING_MAX)};
		*bytes += copies[n++].length + 1;
	}
	return n;
}

/* The strings that the event borrows become the ring's own. */
static void ring_take_strings(struct ring *ring, struct slot *slot)
{
	struct to_copy copies[RING_STRINGS];
	size_t bytes = 0, n = ring_to_copy(ring, &slot->event, copies, &bytes);
	char *at = ring_make_room(ring, bytes);
	slot->from = ring->head;
	ring->head += bytes;
	for (size_t i = 0; i < n; i++) {
		memcpy(at, *copies[i].string, copies[i].length);
		at[copies[i].length] = '\0';
		*copies[i].string = at;
		at += copies[i].length + 1;
	}
}

static uint64_t ring_take(struct ring *ring, const struct event *event, uint64_t wall_us)
{
	struct slot *slot = ring_new_slot(ring);
	slot->event = *event;
	slot->event.number = ring->next;
	slot->event.wall_us = wall_us;
	ring_take_strings(ring, slot);
	ring->next_slot = ring_slot_after(ring, ring->next_slot);
	return ring->next++;
}

uint64_t ring_repeat(struct ring *ring, const struct event *event)
{
	return ring_take(ring, event, event->wall_us);
}

uint64_t ring_append(struct ring *ring, const struct event *event)
{
	return ring_take(ring, event, ring->moments ? ring->moment_us : clock_wall_us());
}

void ring_moment_begin(struct ring *ring)
{
	ring->moment_us = clock_wall_us();
	ring->moments++;
}

void ring_moment_end(struct ring *ring)
{
	ring->moments--;
}

void ring_rewind(struct ring *ring, uint64_t number)
{
	if (number < ring->first || number >= ring->next)
		return;
	struct slot *slot = ring_slot_of(ring, number);
	ring->head = slot->from;
	ring->round = ring->head - ring->head % ring->nbytes;
	ring->next = number;
	ring->next_slot = (uint32_t)(slot - ring->slots);
}

void ring_empty(struct ring *ring, uint64_t number)
{
	ring->first = ring->next = number;
	ring->first_slot = ring->next_slot = 0;
	ring->head = ring->round = 0;
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
