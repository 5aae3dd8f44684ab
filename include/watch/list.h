/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sessions of a server as a list that is asked for again and again, with a selection that stays on its session. */
#ifndef WATCH_LIST_H
#define WATCH_LIST_H

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

const struct sessions *session_list_sessions(const struct session_list *list); /* borrowed; NULL: there was none */
size_t session_list_count(const struct session_list *list);                    /* lines */
size_t session_list_tree(const struct session_list *list);                     /* so many of them are the tree */
const struct sessions_line *session_list_line(const struct session_list *list, size_t i); /* borrowed */
const char *session_list_error(const struct session_list *list); /* why the newest question failed; NULL: it did not */
bool session_list_watched(const struct session_list *list);
uint64_t session_list_asked_us(const struct session_list *list); /* clock_us() when the open question was asked; 0 */
uint64_t session_list_read_at(const struct session_list *list);  /* wall time of the newest answer, us; 0: never */

/* The selected line. It stays on its session and that one's holder, else on its session, else in its place. */
size_t session_list_selected(const struct session_list *list);
void session_list_select(struct session_list *list, size_t line); /* the last one, where there are fewer */

#endif
