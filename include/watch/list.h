/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sessions of a server as a list that is asked for again and again, with a selection that stays on its session. */
#ifndef WATCH_LIST_H
#define WATCH_LIST_H

#include "db/conninfo.h"
#include "watch/ask.h"

struct session_list;

/* Where a list asks, what, and who is told. It has a connection of its own (teller/watch), made when it is first needed
 * and closed when nothing is asked for any more. */
struct session_list_source {
	struct loop *loop;
	const struct conninfo *info;                                     /* borrowed */
	void (*question)(void *arg, struct sessions_question *question); /* fills in what is asked */
	void (*changed)(void *arg); /* there is something else to see; from the loop; may not free the list */
	void *arg;
};

struct session_list *session_list_new(const struct session_list_source *source);
void session_list_free(struct session_list *list); /* NULL is fine; who waits for an answer is not told */

/* Asks now, and again `every_ms` after each answer, also where it failed; 0: no more. */
void session_list_watch(struct session_list *list, uint64_t every_ms);
void session_list_refresh(struct session_list *list); /* now, where it is being watched */

/* For one question besides, over the same connection, once that is there and free: fn() gets it, DB_IDLE, or NULL with
 * the reason. It calls session_list_release() when it needs it no longer; from inside fn(), or later, from the loop.
 * False where another one is waiting for that. */
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
