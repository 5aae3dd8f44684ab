/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sessions of a server as a list that is asked for again and again, with a selection that stays on its session. */
#ifndef WATCH_LIST_H
#define WATCH_LIST_H

#include "event/json.h"
#include "watch/cells.h"
#include "watch/watcher.h"

struct session_list;

/* The watcher asks, and is borrowed as long as it lives. `changed` is called from the loop when there is something else
 * to see. */
struct session_list *session_list_new(struct watcher *watcher, watcher_changed_fn *changed, void *arg);
void session_list_free(struct session_list *list); /* NULL is fine; not from inside a callback of it */

/* Asks now, and again and again while it is on; then what was read is forgotten. */
void session_list_watch(struct session_list *list, bool on);

/* For something besides, over the watcher's session: once that is there and free, fn() gets it, DB_IDLE, or NULL with
 * the reason; and then session_list_release() is called, from inside fn() or later. False where another one is at it. */
typedef void session_list_fn(void *arg, struct db *db, const struct err *err);
bool session_list_use(struct session_list *list, session_list_fn *fn, void *arg);
void session_list_release(struct session_list *list);

/* ---- what there is to see: the newest answer ---- */

/* Borrowed; NULL: there was none, or the list is a recorded one, which has but its lines. */
const struct sessions *session_list_sessions(const struct session_list *list);
struct session_list_about {
	bool known;    /* there was an answer */
	bool more;     /* not all are in it */
	size_t waits;  /* pairs of who waits for whom */
	size_t hidden; /* sessions that our role may not see into */
};
struct session_list_about session_list_about(const struct session_list *list);
size_t session_list_count(const struct session_list *list); /* lines */
size_t session_list_tree(const struct session_list *list);  /* so many of them are the tree */
const struct sessions_line *session_list_line(const struct session_list *list,
					      size_t i); /* borrowed; not of a recorded one */
/* A cell of a line, raw; and what the session of the line is, the worst first. */
void session_list_cell(struct buf *out, const struct session_list *list, size_t i, enum session_cell cell);
enum session_look { SESSION_IN_CIRCLE, SESSION_WAITS, SESSION_HOLDS, SESSION_IN_TRANSACTION, SESSION_IDLE };
enum session_look session_list_look(const struct session_list *list, size_t i);
const char *session_list_error(const struct session_list *list); /* why the newest question failed; NULL: it did not */
bool session_list_watched(const struct session_list *list);
uint64_t session_list_asked_us(const struct session_list *list); /* clock_us() when the open question was asked; 0 */
uint64_t session_list_read_at(const struct session_list *list);  /* wall time of the newest answer, us; 0: never */

/* The selected line. It stays on its session and that one's holder, else on its session, else in its place. */
size_t session_list_selected(const struct session_list *list);
void session_list_select(struct session_list *list, size_t line); /* the last one, where there are fewer */

/* ---- in a trace ---- */

enum { SESSIONS_RECORDED = 200 }; /* lines, around the selected one */

/* As members of an object, behind "read_us"; `values`: with statements, and what is waited for. And back, owned. */
void session_list_record(struct buf *members, const struct session_list *list, bool values);
struct session_list *session_list_recorded(const struct json_object *object);

#endif
