/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session teller/watch: when it is opened, when it asks, when it is closed. */
#include "watch/watcher.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "watcher_internal.h"

enum {
	WATCHER_PATIENCE_MS = 250, /* a wait that is shorter is none that people would see */
	WATCHER_EVERY_MS = 1000,
	WATCHER_KEEP_MS = 5000, /* the session, once it is not needed */
	WATCHER_CONNECT_MS = 5000,
	WATCHER_PAUSE_MS = 15000, /* after it could not be opened, or was not answered, and nobody looks at it */
	WATCHER_TEXT = 10000,     /* characters of a statement, for readers: servers usually keep far less */
	WATCHER_RING_EVENTS = 64,
	WATCHER_RING_BYTES = 1 << 17,
};

/* ---- when ---- */

static uint64_t watcher_ms(uint64_t ms)
{
	return ms * 1000;
}

/* The earliest moment at which something must be done, or 0: on its own, nothing. */
static void watcher_sooner(uint64_t *next_us, uint64_t at_us)
{
	if (!*next_us || at_us < *next_us)
		*next_us = at_us;
}

static uint64_t watcher_every_us(const struct watcher *watcher)
{
	return watcher_ms(watcher->changed ? watcher->every_ms : WATCHER_EVERY_MS);
}

/* When the server is to be asked next; 0: not at all. */
static uint64_t watcher_due(const struct watcher *watcher)
{
	uint64_t due_us = watcher->changed ? 1 : 0;
	for (size_t i = 0; i < watcher->nwaiters; i++)
		if (waiter_can_be_asked(&watcher->waiters[i]))
			watcher_sooner(&due_us, watcher->waiters[i].since_us + watcher_ms(WATCHER_PATIENCE_MS));
	if (!due_us)
		return 0;
	if (watcher->asked_us && due_us < watcher->asked_us + watcher_every_us(watcher))
		due_us = watcher->asked_us + watcher_every_us(watcher);
	return due_us > watcher->pause_until_us ? due_us : watcher->pause_until_us;
}

static void watcher_go_on(struct watcher *watcher);

static void watcher_on_timer(void *arg)
{
	watcher_go_on(arg);
}

static void watcher_set_timer(struct watcher *watcher, uint64_t at_us)
{
	uint64_t now_us = clock_us();
	if (timer_pending(watcher->timer) && watcher->timer_us <= at_us)
		return;
	watcher->timer_us = at_us;
	timer_start(watcher->timer, at_us > now_us ? (at_us - now_us + 999) / 1000 : 0);
}

/* ---- the session ---- */

/* It is said once; the transfer goes on as if nobody had asked. A reader shows it. */
static void watcher_fail(struct watcher *watcher, const struct err *err)
{
	watcher->err = *err;
	watcher->pause_until_us = clock_us() + watcher_ms(watcher->changed ? watcher->every_ms : WATCHER_PAUSE_MS);
	if (!watcher->told && !watcher->changed && watcher->ops->failed)
		watcher->ops->failed(watcher->ops->arg, err);
	watcher->told = watcher->told || !watcher->changed;
	if (watcher->changed)
		watcher->changed(watcher->changed_arg);
}

/* A server that is not there, or does not answer, is told of by those who wait for it. */
static void watcher_excuse(struct watcher *watcher, const struct err *err, bool gone)
{
	if (gone && !watcher->changed)
		watcher->pause_until_us = clock_us() + watcher_ms(WATCHER_PAUSE_MS);
	else
		watcher_fail(watcher, err);
}

static void watcher_on_connected(void *arg, const struct err *err)
{
	struct watcher *watcher = arg;
	struct err own;
	if (!err) {
		watcher_go_on(watcher);
		return;
	}
	err_set(&own, ST_CONNECT, "who waits for whom cannot be asked: %s", err->text);
	watcher_excuse(watcher, &own, !db_refusal(watcher->db)[0]);
}

static void watcher_connect(struct watcher *watcher)
{
	const struct conninfo *place = watcher->ops->place(watcher->ops->arg);
	if (place)
		db_connect(watcher->db, place, WATCHER_CONNECT_MS, watcher_on_connected, watcher);
}

/* ---- the question ---- */

static void watcher_on_sessions(void *arg, struct sessions *sessions, const struct err *err)
{
	struct watcher *watcher = arg;
	watcher->asking = false;
	if (err) {
		bool cluster = db_server(watcher->db) == SERVER_COCKROACH; /* older ones have no such views */
		watcher_excuse(watcher, err, cluster || err->status == ST_LOST);
		return;
	}
	err_clear(&watcher->err);
	watcher->told = false;
	sessions_free(watcher->sessions);
	watcher->sessions = sessions;
	waiters_compare(watcher);
	if (watcher->changed && watcher->all)
		watcher->changed(watcher->changed_arg);
}

static void watcher_ask(struct watcher *watcher)
{
	const struct db *ours[WATCHER_OURS_MAX];
	bool all = watcher->changed != NULL;
	struct sessions_question question = {.all = all, .remembered = all, .text = all ? WATCHER_TEXT : 0};
	struct err err;
	watcher->all = all;
	watcher->asked_us = clock_us();
	if (!sessions_can_ask(watcher->db)) {
		err_set(&err, ST_STATEMENT, "%s does not say who waits for whom", db_facts(watcher->db)->product);
		watcher_fail(watcher, &err);
		return;
	}
	question.nours = watcher->ops->ours(watcher->ops->arg, ours);
	question.ours = ours;
	watcher->ops->accounts(watcher->ops->arg, &question);
	waiters_asked(watcher, ours, question.nours);
	watcher->asking = true;
	sessions_ask(watcher->db, &question, watcher_on_sessions, watcher);
}

/* ---- what is to be done now ---- */

static bool watcher_is_open(const struct watcher *watcher)
{
	return db_state(watcher->db) == DB_IDLE;
}

static void watcher_act(struct watcher *watcher)
{
	enum db_state state = db_state(watcher->db);
	watcher->unused_us = 0;
	if (state == DB_OFF || state == DB_DOWN)
		watcher_connect(watcher);
	else if (state == DB_IDLE && !watcher->asking)
		watcher_ask(watcher);
}

/* The session is kept for a while: who has waited may wait again. */
static uint64_t watcher_close_due(struct watcher *watcher)
{
	if (!watcher_is_open(watcher))
		return 0;
	if (!watcher->unused_us)
		watcher->unused_us = clock_us();
	uint64_t due_us = watcher->unused_us + watcher_ms(WATCHER_KEEP_MS);
	if (due_us > clock_us())
		return due_us;
	db_close(watcher->db);
	watcher->unused_us = 0;
	return 0;
}

static void watcher_go_on(struct watcher *watcher)
{
	uint64_t due_us = watcher_due(watcher), now_us = clock_us();
	if (due_us && due_us <= now_us && !watcher->asking) {
		watcher_act(watcher);
		due_us = watcher->asking ? 0 : watcher_due(watcher);
	}
	if (due_us > now_us) {
		watcher->unused_us = 0;
		watcher_set_timer(watcher, due_us);
	} else if (!due_us && !watcher->asking) {
		uint64_t close_us = watcher_close_due(watcher);
		if (close_us)
			watcher_set_timer(watcher, close_us);
	}
}

void watcher_look(struct watcher *watcher)
{
	const struct db *ours[WATCHER_OURS_MAX];
	waiters_look(watcher, ours, watcher->ops->ours(watcher->ops->arg, ours));
}

static void watcher_on_turn(void *arg)
{
	watcher_look(arg);
	watcher_go_on(arg);
}

/* ---- from outside ---- */

struct watcher *watcher_new(struct loop *loop, struct ring *ring, const struct watcher_ops *ops)
{
	static const struct db_setting reading[] = {{"default_transaction_read_only", "on"}, {0}};
	struct watcher *watcher = NEW(struct watcher);
	watcher->ring = ring;
	watcher->ops = ops;
	/* What it sends is not part of what is shown: it would push that out of the log. */
	watcher->own_ring = ring_new(WATCHER_RING_EVENTS, WATCHER_RING_BYTES);
	watcher->db = db_new(loop, watcher->own_ring, SESSION_WATCH, "watch", reading);
	watcher->timer = timer_new(loop, watcher_on_timer, watcher);
	watcher->turn = turn_new(loop, watcher_on_turn, watcher);
	return watcher;
}

void watcher_free(struct watcher *watcher)
{
	if (!watcher)
		return;
	turn_free(watcher->turn);
	timer_free(watcher->timer);
	db_free(watcher->db);
	ring_free(watcher->own_ring);
	sessions_free(watcher->sessions);
	waiters_free(watcher);
	free(watcher);
}

void watcher_read(struct watcher *watcher, uint64_t every_ms, watcher_changed_fn *changed, void *arg)
{
	watcher->every_ms = every_ms;
	watcher->changed = changed;
	watcher->changed_arg = arg;
	watcher->asked_us = watcher->pause_until_us = 0;
	if (watcher->changed)
		watcher_go_on(watcher);
}

const struct sessions *watcher_sessions(const struct watcher *watcher)
{
	return watcher->sessions;
}

const char *watcher_error(const struct watcher *watcher)
{
	return watcher->err.text;
}

uint64_t watcher_asked_us(const struct watcher *watcher)
{
	return watcher->asking ? watcher->asked_us : 0;
}

struct db *watcher_db(struct watcher *watcher)
{
	return watcher_is_open(watcher) ? watcher->db : NULL;
}
