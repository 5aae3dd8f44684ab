/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sessions of a server as a list that is asked for again and again, with a selection that stays on its session. */
#include "watch/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "list_internal.h"

enum { LIST_EVERY_MS = 1000 };

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
	if (!list->was)
		list_note_key(list);
}

/* ---- answers ---- */

static void list_forget(struct session_list *list)
{
	free(list->lines);
	list->lines = NULL;
	list->n = list->tree = 0;
	list->sessions = NULL;
}

static void list_take(struct session_list *list)
{
	list_forget(list);
	list->sessions = watcher_sessions(list->watcher);
	list->lines = sessions_lines(list->sessions, &list->n, &list->tree);
	list->read_at = clock_wall_us();
	list_select_key(list);
}

static void list_lend(struct session_list *list)
{
	session_list_fn *fn = list->use;
	struct err err;
	struct db *db = watcher_db(list->watcher);
	list->use = NULL;
	if (!db)
		err_set(&err, ST_LOST, "%s", watcher_error(list->watcher));
	fn(list->use_arg, db, db ? NULL : &err);
}

static void list_on_changed(void *arg)
{
	struct session_list *list = arg;
	if (!watcher_error(list->watcher)[0])
		list_take(list);
	if (list->on)
		list->changed(list->arg);
	if (list->use)
		list_lend(list);
}

/* The watcher asks for all sessions while they are looked at, or the connection is wanted. */
static void list_read(struct session_list *list)
{
	if (list->on || list->lent) {
		watcher_read(list->watcher, LIST_EVERY_MS, list_on_changed, list);
		return;
	}
	list_forget(list); /* the next answer is for others, and need not have all of them */
	watcher_read(list->watcher, 0, NULL, NULL);
}

/* ---- from outside ---- */

struct session_list *session_list_new(struct watcher *watcher, watcher_changed_fn *changed, void *arg)
{
	struct session_list *list = NEW(struct session_list);
	list->watcher = watcher;
	list->changed = changed;
	list->arg = arg;
	return list;
}

void session_list_free(struct session_list *list)
{
	if (!list)
		return;
	list_forget(list);
	list_forget_key(list);
	list_was_free(list->was);
	free(list);
}

void session_list_watch(struct session_list *list, bool on)
{
	list->on = on;
	list_read(list);
}

bool session_list_use(struct session_list *list, session_list_fn *fn, void *arg)
{
	if (list->lent)
		return false;
	list->use = fn;
	list->use_arg = arg;
	list->lent = true;
	list_read(list);
	return true;
}

/* What was done shows at once. */
void session_list_release(struct session_list *list)
{
	list->lent = false;
	list_read(list);
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
	const char *error = list->was ? list->was->error : watcher_error(list->watcher);
	return (list->on || list->was) && error && error[0] ? error : NULL;
}

bool session_list_watched(const struct session_list *list)
{
	return list->on;
}

uint64_t session_list_asked_us(const struct session_list *list)
{
	return list->was ? 0 : watcher_asked_us(list->watcher);
}

uint64_t session_list_read_at(const struct session_list *list)
{
	return list->read_at;
}
