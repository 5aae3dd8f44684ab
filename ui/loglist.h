/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selects the events the log shows: those that pass the filter, pending statements last; pure. */
#ifndef UI_LOGLIST_H
#define UI_LOGLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "event/ring.h"

enum { LOGLIST_PENDING_MAX = 64 };

/*
 * Zero-initialise, then set `ring`. A statement that was sent is a line only until its answer comes; such lines stand
 * after all others. What is not part of a transfer is left out unless `all` is set: the reads of the list, what watches
 * a lesson, and how the rival, after the transfer, puts back what it moved. Errors always are lines. Lines have
 * positions that do not change while older lines fall out of the ring: `dropped` is the position of the first one that
 * is left. Lines from before the event `since` are left out, too; what was still on its way then is not.
 */
struct loglist {
	const struct ring *ring;
	struct cursor cursor;
	bool errors_only, all; /* set by loglist_filter() */
	uint64_t since;        /* set by loglist_since(); 0: all that there is */
	bool transferring;     /* a transfer runs at the cursor */
	uint32_t aside;        /* a transaction that is not part of one */
	uint64_t *lines;       /* event numbers, ascending, from `start` to `end` */
	size_t start, end, cap;
	uint64_t dropped;
	uint64_t pending[LOGLIST_PENDING_MAX];
	size_t npending;
};

bool loglist_read(struct loglist *list); /* true where lines changed */
void loglist_filter(struct loglist *list, bool errors_only, bool all);
void loglist_again(struct loglist *list); /* the ring was begun anew */
void loglist_since(struct loglist *list, uint64_t number);
size_t loglist_count(const struct loglist *list);
uint64_t loglist_event(const struct loglist *list, size_t i); /* number of the event, i < count */
void loglist_free(struct loglist *list);

#endif
