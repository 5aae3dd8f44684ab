/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections of ours that wait: since when, for whom, and an event whenever that changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "watcher_internal.h"

enum { WAITERS_STEADY_US = 1000000 }; /* a state that is left sooner is not worth an event */

/* ---- events ---- */

static struct event waiters_event(const struct waiter *waiter)
{
	const struct db_context *context = &waiter->waiting.context;
	uint64_t now_us = clock_us();
	return (struct event){.kind = EVENT_BLOCKED,
			      .session = db_session(waiter->db),
			      .lane = db_lane(waiter->db),
			      .txn = context->txn,
			      .attempt = context->attempt,
			      .statement = waiter->waiting.statement,
			      .round_trip = context->round_trip,
			      .wait_us = now_us > waiter->since_us ? now_us - waiter->since_us : 0};
}

static void waiters_over(struct watcher *watcher, struct waiter *waiter)
{
	if (waiter->event) {
		struct event event = waiters_event(waiter);
		ring_append(watcher->ring, &event);
		if (watcher->ops->waited)
			watcher->ops->waited(watcher->ops->arg, waiter->db, event.wait_us);
	}
	free(waiter->key);
	waiter->key = NULL;
	waiter->event = 0;
	waiter->asked = SESSIONS_NONE;
}

/* ---- who waits ---- */

static struct waiter *waiters_find(struct watcher *watcher, const struct db *db)
{
	for (size_t i = 0; i < watcher->nwaiters; i++)
		if (watcher->waiters[i].db == db)
			return &watcher->waiters[i];
	return NULL;
}

uint64_t watcher_event(const struct watcher *watcher, const struct db *db)
{
	const struct waiter *waiter = waiters_find((struct watcher *)watcher, db);
	return waiter && waiter->since_us == db_waiting(db).since_us ? waiter->event : 0;
}

static void waiters_look_at(struct watcher *watcher, const struct db *db)
{
	struct db_waiting waiting = db_waiting(db);
	struct waiter *waiter = waiters_find(watcher, db);
	if (!waiter && waiting.since_us && watcher->nwaiters < WATCHER_OURS_MAX) {
		waiter = &watcher->waiters[watcher->nwaiters++];
		*waiter = (struct waiter){.db = db, .asked = SESSIONS_NONE};
	}
	if (!waiter)
		return;
	waiter->seen = waiting.since_us != 0;
	if (waiter->since_us != waiting.since_us) {
		waiters_over(watcher, waiter);
		waiter->since_us = waiting.since_us;
		waiter->waiting = waiting;
	}
}

/* What is not in the list any more may be freed: it is only compared. */
static void waiters_drop(struct watcher *watcher)
{
	size_t kept = 0;
	for (size_t i = 0; i < watcher->nwaiters; i++) {
		if (watcher->waiters[i].seen)
			watcher->waiters[kept++] = watcher->waiters[i];
		else
			free(watcher->waiters[i].key);
	}
	watcher->nwaiters = kept;
}

void waiters_look(struct watcher *watcher, const struct db *const ours[], size_t n)
{
	for (size_t i = 0; i < watcher->nwaiters; i++)
		watcher->waiters[i].seen = false;
	for (size_t i = 0; i < n; i++)
		waiters_look_at(watcher, ours[i]);
	waiters_drop(watcher);
}

void waiters_asked(struct watcher *watcher, const struct db *const ours[], size_t n)
{
	for (size_t i = 0; i < watcher->nwaiters; i++)
		watcher->waiters[i].asked = SESSIONS_NONE;
	for (size_t i = 0; i < n; i++) {
		struct waiter *waiter = waiters_find(watcher, ours[i]);
		if (waiter)
			waiter->asked = (long)i;
	}
}

bool waiter_can_be_asked(const struct waiter *waiter)
{
	return waiter->since_us && sessions_can_ask(waiter->db);
}

void waiters_free(struct watcher *watcher)
{
	for (size_t i = 0; i < watcher->nwaiters; i++)
		free(watcher->waiters[i].key);
}

/* ---- for whom ---- */

/* Two of these differ where it waits for others. */
static char *waiters_key(const struct sessions *sessions, long session)
{
	struct buf key = {0};
	for (size_t i = 0; i < sessions->nwaits; i++) {
		const struct server_wait *wait = &sessions->waits[i];
		const struct server_session *holder = &sessions->at[wait->holder];
		if (wait->waiter == session)
			buf_fmt(&key, "%s %s %d\n", holder->id, holder->start_us, (int)wait->kind);
	}
	return buf_take(&key);
}

/* Other holders, or the first of them has turned to something else for a while. */
static bool waiters_differ(const struct waiter *waiter, const char *key, const struct server_session *holder)
{
	if (!waiter->key || strcmp(waiter->key, key) != 0)
		return true;
	return holder->state_us >= WAITERS_STEADY_US &&
	       strncmp(waiter->state, holder->state, sizeof waiter->state - 1) != 0;
}

static void waiters_add_holder(struct event *event, const struct server_session *holder, struct buf text[3])
{
	sessions_add_application(&text[0], holder);
	sessions_add_state_word(&text[1], holder);
	int64_t age_us = sessions_state_age(holder);
	event->holder = (struct event_holder){.pid = holder->pid,
					      .name = buf_text(&text[0]),
					      .user = holder->prepared ? "" : holder->user,
					      .state = buf_text(&text[1]),
					      .state_us = age_us > 0 ? (uint64_t)age_us : 0};
}

/* Whom the holder waits for in the end. */
static void waiters_add_root(struct buf *out, const struct sessions *sessions, long holder)
{
	long root = sessions_root(sessions, holder);
	if (root == SESSIONS_NONE)
		return;
	buf_str(out, "which waits for ");
	sessions_add_name(out, &sessions->at[root]);
	buf_str(out, ": ");
	sessions_add_state(out, &sessions->at[root]);
}

static uint64_t waiters_tell(struct watcher *watcher, const struct waiter *waiter, long session)
{
	const struct sessions *sessions = watcher->sessions;
	const struct server_wait *wait = &sessions->waits[sessions_holder(sessions, session)];
	struct buf text[3] = {{0}}, holds = {0};
	struct event event = waiters_event(waiter);
	event.rows = (int64_t)sessions_holders(sessions, session);
	waiters_add_holder(&event, &sessions->at[wait->holder], text);
	sessions_add_hold(&holds, sessions, wait);
	event.holder.holds = buf_text(&holds);
	waiters_add_root(&text[2], sessions, wait->holder);
	event.message = buf_text(&text[2]);
	uint64_t number = ring_append(watcher->ring, &event);
	for (size_t i = 0; i < COUNT_OF(text); i++)
		buf_free(&text[i]);
	buf_free(&holds);
	return number;
}

static void waiters_compare_one(struct watcher *watcher, struct waiter *waiter)
{
	long session = sessions_of_ours(watcher->sessions, waiter->asked);
	bool blocked = session != SESSIONS_NONE && sessions_holders(watcher->sessions, session) > 0;
	if (!blocked) /* it is over, or about to be: the answer of the server tells */
		return;
	char *key = waiters_key(watcher->sessions, session);
	const struct sessions *sessions = watcher->sessions;
	const struct server_session *holder = &sessions->at[sessions->waits[sessions_holder(sessions, session)].holder];
	if (!waiters_differ(waiter, key, holder)) {
		free(key);
		return;
	}
	snprintf(waiter->state, sizeof waiter->state, "%s", holder->state);
	free(waiter->key);
	waiter->key = key;
	waiter->event = waiters_tell(watcher, waiter, session);
}

/* The answer is about those who waited when it was asked, and wait for the same still. */
void waiters_compare(struct watcher *watcher)
{
	watcher_look(watcher);
	for (size_t i = 0; i < watcher->nwaiters; i++)
		if (watcher->waiters[i].asked != SESSIONS_NONE)
			waiters_compare_one(watcher, &watcher->waiters[i]);
}
