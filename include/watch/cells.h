/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of the list of sessions as cells, for people. */
#ifndef WATCH_CELLS_H
#define WATCH_CELLS_H

#include "watch/sessions.h"

enum session_cell {
	CELL_ID,          /* two blanks a level, the process number or the name, '*' where it is ours */
	CELL_APPLICATION, /* "psql", "teller/transfer", "prepared transaction", "autovacuum worker" */
	CELL_USER,
	CELL_STATE,     /* with its age: "idle in transaction 5 s" */
	CELL_XACT,      /* the age of its transaction; nothing outside of one */
	CELL_WAITS,     /* what it waits for, and for how long: "account 104 12 s" */
	CELL_STATEMENT, /* one line, blanks for what separates its words */
	SESSION_CELLS
};

extern const char *const session_cell_titles[SESSION_CELLS]; /* "session", "application", ... */

/* Raw, as all text of sessions; nothing where there is nothing to say. */
void session_add_cell(struct buf *out, const struct sessions *sessions, const struct sessions_line *line,
		      enum session_cell cell);
/* Which session of ours it is, from its application's name: "transfer". */
void session_add_ours(struct buf *out, const struct server_session *session);
/* What `line` waits for: "account 104", "table accounts", "a transaction's end"; nothing where it waits for nothing. */
void session_add_wanted(struct buf *out, const struct sessions *sessions, const struct sessions_line *line);

#endif
