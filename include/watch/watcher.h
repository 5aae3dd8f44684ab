/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session teller/watch: asks whom connections of ours wait for, only while one waits or somebody wants to know. */
#ifndef WATCH_WATCHER_H
#define WATCH_WATCHER_H

#include "base/loop.h"
#include "event/ring.h"
#include "watch/ask.h"

/*
 * At the end of each turn of the loop it looks at our connections, without asking anybody. Where one has waited for its
 * server for 250 ms, a read-only session is opened, and the server is asked once a second until the wait is over; some
 * seconds later the session is closed. With nothing to wait for it has no timer, no session, no system call.
 *
 * Whenever those that a connection waits for are others, and when the wait is over, there is an EVENT_BLOCKED in the
 * ring. What goes wrong with all of this is said once, and disturbs nobody.
 */
struct watcher;

enum { WATCHER_OURS_MAX = 32 }; /* connections; more are not looked at */

struct watcher_ops {
	/* Our connections as they are now; how many. */
	size_t (*ours)(void *arg, const struct db *at[WATCHER_OURS_MAX]);
	/* Where to connect to; NULL: nowhere now. */
	const struct conninfo *(*place)(void *arg);
	/* The question about rows (watch/ask.h): account_sql, account_schema, account_table, borrowed. */
	void (*accounts)(void *arg, struct sessions_question *question);
	/* The connection has waited for a lock so long, and does not any more. May be NULL. */
	void (*waited)(void *arg, const struct db *db, uint64_t us);
	/* It cannot be found out who waits for whom. May be NULL. */
	void (*failed)(void *arg, const struct err *err);
	void *arg;
};

/* `ops` is borrowed as long as it lives. */
struct watcher *watcher_new(struct loop *loop, struct ring *ring, const struct watcher_ops *ops);
void watcher_free(struct watcher *watcher);

/* Looks at our connections now, and not only at the end of the turn: a wait that is over is told and counted before
 * what follows from it. */
void watcher_look(struct watcher *watcher);

/* The number of the event that tells whom this connection waits for now; 0: nobody that is known. */
uint64_t watcher_event(const struct watcher *watcher, const struct db *db);

/* ---- readers: who wants all sessions, again and again ---- */

/* Asks at once, and then every `every_ms`, for all sessions, and with what SERIALIZABLE remembers; `changed` is called
 * when there is an answer, or a reason why there is none. One reader at a time; NULL ends it. */
typedef void watcher_changed_fn(void *arg);
void watcher_read(struct watcher *watcher, uint64_t every_ms, watcher_changed_fn *changed, void *arg);

/* The last answer, borrowed until `changed` is called again or the loop turns; NULL: none yet. */
const struct sessions *watcher_sessions(const struct watcher *watcher);
/* Why there is no newer one; "" where there is no such reason. */
const char *watcher_error(const struct watcher *watcher);
uint64_t watcher_asked_us(const struct watcher *watcher); /* clock_us() of the open question; 0: none is open */

/* The session over which it asks, for session_signal(); NULL unless it is DB_IDLE. While it is used for something else
 * nothing is asked. */
struct db *watcher_db(struct watcher *watcher);

#endif
