/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The watcher as its own files see it. */
#ifndef WATCH_WATCHER_INTERNAL_H
#define WATCH_WATCHER_INTERNAL_H

#include "watch/watcher.h"

/* A connection of ours while it waits for its server. */
struct waiter {
	const struct db *db;
	uint64_t since_us; /* what it waits for, by its time; 0: it does not wait */
	struct db_waiting waiting;
	long asked;     /* index in the question that is on its way; SESSIONS_NONE: it is not in it */
	uint64_t event; /* it waits for others, and this event of the ring says so; 0: it does not */
	char *key;      /* whom, for comparison */
	char state[64]; /* of the first of them, as it was told */
	bool seen;      /* while they are looked at */
};

struct watcher {
	struct ring *ring, *own_ring;
	const struct watcher_ops *ops;
	struct db *db;
	struct timer *timer;
	struct turn *turn;
	uint64_t timer_us; /* when it comes, while it is pending */

	struct waiter waiters[WATCHER_OURS_MAX];
	size_t nwaiters;

	bool asking;
	bool all;  /* the newest question is for a reader: it asks for all sessions */
	bool told; /* that it does not work */
	uint64_t asked_us, pause_until_us;
	uint64_t unused_us; /* since when the session is open for nothing; 0: it is not */
	struct sessions *sessions;
	struct err err;

	watcher_changed_fn *changed;
	void *changed_arg;
	uint64_t every_ms;
};

/* waiters.c */
/* Looks at our connections: who waits now, and who does not any more. */
void waiters_look(struct watcher *watcher, const struct db *const ours[], size_t n);
/* The question with these connections is sent now. */
void waiters_asked(struct watcher *watcher, const struct db *const ours[], size_t n);
/* Its answer is there: whoever waits for others than before is told of. */
void waiters_compare(struct watcher *watcher);
bool waiter_can_be_asked(const struct waiter *waiter);
void waiters_free(struct watcher *watcher);

#endif
