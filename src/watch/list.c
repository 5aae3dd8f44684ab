/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sessions of a server as a list that is asked for again and again, with a selection that stays on its session. */
#include "watch/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* The events of a list that is asked for each second would push those of transfers out of the log. */
enum { LIST_CONNECT_MS = 10000, LIST_EVENTS = 64, LIST_BYTES = 64 << 10 };

/* Whom a line is about: the same in the next answer. `holder` is the one that it waits for, "" for nobody. */
struct list_key {
	char *id, *start, *holder;
};

struct session_list {
	struct session_list_source source;
	struct ring *ring;
	struct db *db;
	struct timer *timer; /* the next question; and what must not be done from inside a callback */
	uint64_t every_ms;
	bool due;  /* the list is to be asked for */
	bool busy; /* a question is open, or the connection was lent */
	uint64_t asked_us;
	session_list_fn *use; /* who waits for the connection; NULL */
	void *use_arg;

	struct sessions *sessions;
	struct sessions_line *lines;
	size_t n, tree, selected;
	struct list_key key;
	uint64_t read_at;
	struct err err;
};

static void list_go_on(struct session_list *list);

/* ---- the selection ---- */

static const char *list_holder_id(const struct session_list *list, const struct sessions_line *line)
{
	const struct sessions *sessions = list->sessions;
	return line->wait == SESSIONS_NONE ? "" : sessions->at[sessions->waits[line->wait].holder].id;
}

static void list_forget_key(struct session_list *list)
{
	free(list->key.id);
	free(list->key.start);
	free(list->key.holder);
	list->key = (struct list_key){0};
}

static void list_note_key(struct session_list *list)
{
	list_forget_key(list);
	if (list->selected >= list->n)
		return;
	const struct sessions_line *line = &list->lines[list->selected];
	const struct server_session *session = &list->sessions->at[line->session];
	list->key.id = mem_dup(session->id);
	list->key.start = mem_dup(session->start_us);
	list->key.holder = mem_dup(list_holder_id(list, line));
}

static bool list_is_session(const struct session_list *list, size_t i)
{
	const struct server_session *session = &list->sessions->at[list->lines[i].session];
	return strcmp(session->id, list->key.id) == 0 && strcmp(session->start_us, list->key.start) == 0;
}

static void list_select_key(struct session_list *list)
{
	size_t same = list->n;
	for (size_t i = list->n; list->key.id && i-- > 0;) {
		if (!list_is_session(list, i))
			continue;
		same = i;
		if (strcmp(list_holder_id(list, &list->lines[i]), list->key.holder) == 0)
			break;
	}
	if (same < list->n)
		list->selected = same;
	session_list_select(list, list->selected);
}

size_t session_list_selected(const struct session_list *list)
{
	return list->selected;
}

void session_list_select(struct session_list *list, size_t line)
{
	list->selected = line < list->n ? line : list->n ? list->n - 1 : 0;
	list_note_key(list);
}

/* ---- the question ---- */

static void list_plan(struct session_list *list)
{
	if (list->every_ms)
		timer_start(list->timer, list->every_ms);
}

static void list_take(struct session_list *list, struct sessions *sessions)
{
	sessions_free(list->sessions);
	free(list->lines);
	list->sessions = sessions;
	list->lines = sessions_lines(sessions, &list->n, &list->tree);
	list->read_at = clock_wall_us();
	err_clear(&list->err);
	list_select_key(list);
}

static void list_fail(struct session_list *list, const struct err *err)
{
	list->err = *err;
	list->due = false;
	list_plan(list);
	list->source.changed(list->source.arg);
}

static void list_on_sessions(void *arg, struct sessions *sessions, const struct err *err)
{
	struct session_list *list = arg;
	list->busy = false;
	list->asked_us = 0;
	if (sessions)
		list_take(list, sessions);
	else
		list->err = *err;
	list_plan(list);
	list->source.changed(list->source.arg);
	list_go_on(list);
}

static void list_ask(struct session_list *list)
{
	struct sessions_question question = {.all = true};
	struct err err;
	list->due = false;
	if (!sessions_can_ask(list->db)) {
		err_set(&err, ST_USAGE, "%s does not tell teller who waits for whom", db_dialect(list->db)->product);
		list_fail(list, &err);
		return;
	}
	list->busy = true;
	list->asked_us = clock_us();
	list->source.question(list->source.arg, &question);
	sessions_ask(list->db, &question, list_on_sessions, list);
}

/* ---- the connection ---- */

static void list_lend(struct session_list *list, const struct err *err)
{
	session_list_fn *fn = list->use;
	list->use = NULL;
	list->busy = !err;
	fn(list->use_arg, err ? NULL : list->db, err);
}

static void list_on_connected(void *arg, const struct err *err)
{
	struct session_list *list = arg;
	list->busy = false;
	list->asked_us = 0;
	if (err && list->use)
		list_lend(list, err);
	if (err)
		list_fail(list, err);
	else
		list_go_on(list);
}

static void list_connect(struct session_list *list)
{
	list->busy = true;
	list->asked_us = clock_us();
	db_connect(list->db, list->source.info, LIST_CONNECT_MS, list_on_connected, list);
}

/* The next of what is to be done. A connection that nobody needs is closed. */
static void list_go_on(struct session_list *list)
{
	bool wanted = list->use || list->due;
	enum db_state state = db_state(list->db);
	if (list->busy)
		return;
	if (!wanted && !list->every_ms && state != DB_OFF)
		timer_start(list->timer, 0);
	else if (wanted && state == DB_IDLE && list->use)
		list_lend(list, NULL);
	else if (wanted && state == DB_IDLE)
		list_ask(list);
	else if (wanted)
		list_connect(list);
}

static void list_on_timer(void *arg)
{
	struct session_list *list = arg;
	list->due = list->every_ms != 0;
	if (!list->due && !list->use && !list->busy)
		db_close(list->db);
	else
		list_go_on(list);
}

static void list_on_lost(void *arg, const struct answer *why)
{
	struct session_list *list = arg;
	struct err err;
	err_set(&err, ST_LOST, "the connection was lost: %s", why->message);
	list_fail(list, &err);
}

/* ---- from outside ---- */

struct session_list *session_list_new(const struct session_list_source *source)
{
	static const struct db_setting reading[] = {{"default_transaction_read_only", "on"}, {0}};
	struct session_list *list = NEW(struct session_list);
	list->source = *source;
	list->timer = timer_new(source->loop, list_on_timer, list);
	list->ring = ring_new(LIST_EVENTS, LIST_BYTES);
	list->db = db_new(source->loop, list->ring, SESSION_BROWSE, "watch", reading);
	db_on_lost(list->db, list_on_lost, list);
	return list;
}

void session_list_free(struct session_list *list)
{
	if (!list)
		return;
	db_free(list->db);
	ring_free(list->ring);
	timer_free(list->timer);
	sessions_free(list->sessions);
	list_forget_key(list);
	free(list->lines);
	free(list);
}

void session_list_watch(struct session_list *list, uint64_t every_ms)
{
	timer_stop(list->timer);
	list->every_ms = every_ms;
	list->due = every_ms != 0;
	list_go_on(list);
}

void session_list_refresh(struct session_list *list)
{
	session_list_watch(list, list->every_ms);
}

bool session_list_use(struct session_list *list, session_list_fn *fn, void *arg)
{
	if (list->use)
		return false;
	list->use = fn;
	list->use_arg = arg;
	timer_start(list->timer, 0); /* no callback from inside this call */
	return true;
}

void session_list_release(struct session_list *list)
{
	list->busy = false;
	timer_start(list->timer, 0); /* what was done shows at once */
}

const struct sessions *session_list_sessions(const struct session_list *list)
{
	return list->sessions;
}

size_t session_list_count(const struct session_list *list)
{
	return list->n;
}

size_t session_list_tree(const struct session_list *list)
{
	return list->tree;
}

const struct sessions_line *session_list_line(const struct session_list *list, size_t i)
{
	return &list->lines[i];
}

const char *session_list_error(const struct session_list *list)
{
	return list->err.status ? list->err.text : NULL;
}

bool session_list_watched(const struct session_list *list)
{
	return list->every_ms != 0;
}

uint64_t session_list_asked_us(const struct session_list *list)
{
	return list->asked_us;
}

uint64_t session_list_read_at(const struct session_list *list)
{
	return list->read_at;
}
