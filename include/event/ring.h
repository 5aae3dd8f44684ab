/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ring of recent events: appended to by whoever drives a conversation, read by each reader from its own cursor. */
#ifndef EVENT_RING_H
#define EVENT_RING_H

#include "event/event.h"

struct ring;

/* Keeps up to `events` events whose strings take up to `bytes` bytes; the oldest make room for new ones. */
struct ring *ring_new(uint32_t events, uint32_t bytes);
void ring_free(struct ring *ring);

/* A copy of a text that is sent again and again, the same one for the same text, and there as long as the ring: an
 * event whose `sql` it is has no copy of its own. NULL where there is no room for more of them. */
const char *ring_keep(struct ring *ring, const char *text);
bool ring_keeps(const struct ring *ring, const char *text); /* it is such a copy */

/* Copies the event and its strings (each cut at 16 kB), gives it its number and time. Calls nobody. Returns the
 * number. */
uint64_t ring_append(struct ring *ring, const struct event *event);

/* Until the end of the moment all events have the time of its begin: what is read or sent at once is of one time. One may
 * be inside another, and is a later one, which then goes on. */
void ring_moment_begin(struct ring *ring);
void ring_moment_end(struct ring *ring);

/* For events that happened before: the same, with the time that the event has. */
uint64_t ring_repeat(struct ring *ring, const struct event *event);
/* Forgets the events from `number` on, of those that it holds; the next one will have that number. Cursors behind it
 * have read what is not there: their readers begin anew, at ring_first(). */
void ring_rewind(struct ring *ring, uint64_t number);
void ring_empty(struct ring *ring, uint64_t number); /* forgets all; the next event will have that number, from 1 */

uint64_t ring_first(const struct ring *ring); /* the oldest number still held */
uint64_t ring_next(const struct ring *ring);  /* the number that the next event will get */

/* False where that event is not held (any more, or yet). Strings are borrowed from the ring until the next append. */
bool ring_get(const struct ring *ring, uint64_t number, struct event *out);

/* A number for a new transaction: 1, 2, 3 ... */
uint32_t ring_new_txn(struct ring *ring);

/* A reader's own place. Start with {0} to read all that is held. */
struct cursor {
	uint64_t next;
	uint64_t skipped; /* events that were gone before they were read, since the start */
};

bool cursor_read(struct cursor *cursor, const struct ring *ring, struct event *out);
/* The same without a copy: the ring's own, until the next append; NULL where there is none. */
const struct event *cursor_next(struct cursor *cursor, const struct ring *ring);

#endif
