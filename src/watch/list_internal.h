/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of sessions as its own files see it: of a server that is asked, or of a recording. */
#ifndef WATCH_LIST_INTERNAL_H
#define WATCH_LIST_INTERNAL_H

#include "watch/list.h"

struct list_was_line {
	enum session_look look;
	char *cells[SESSION_CELLS]; /* raw; NULL for none */
};

struct list_was {
	struct session_list_about about;
	struct list_was_line *lines;
	char *error; /* NULL */
};
void list_was_free(struct list_was *was); /* NULL is fine; list_recorded.c */

/* Whom a line is about: the same in the next answer. `holder` is the one that it waits for, "" for nobody. */
struct list_key {
	char *id, *start, *holder;
};

struct session_list {
	struct watcher *watcher;
	watcher_changed_fn *changed;
	void *arg;
	bool on;              /* it is looked at */
	bool lent;            /* the connection is somebody else's */
	session_list_fn *use; /* who waits for it; NULL */
	void *use_arg;

	const struct sessions *sessions; /* the watcher's */
	struct sessions_line *lines;
	size_t n, tree, selected;
	struct list_key key;
	uint64_t read_at;
	struct list_was *was; /* it is a recorded one: its lines; no watcher then, and no sessions */
};

#endif
