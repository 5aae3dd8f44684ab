/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a server once for its sessions and for who waits for whom. */
#ifndef WATCH_ASK_H
#define WATCH_ASK_H

#include "db/db.h"
#include "watch/sessions.h"

struct sessions_question {
	bool all;        /* every session; else only those that wait or are waited for */
	bool remembered; /* what SERIALIZABLE remembers, too */
	unsigned text;   /* characters of a statement at most; 0: SESSIONS_TEXT */
	/* Finds accounts by the rows that are waited for: "SELECT ctid, id FROM ... WHERE ctid = ANY($1)"; and the table
	 * that it is. NULL: nobody asks. */
	const char *account_sql, *account_schema, *account_table;
	/* Connections of ours, to be known again in the answer (`ours`); may be NULL. */
	const struct db *const *ours;
	size_t nours;
};

/* Whether the server can be asked, once it is connected; sessions_ask() is for such servers only. */
bool sessions_can_ask(const struct db *db);

/* `sessions` is the receiver's, by sessions_free(); NULL where it failed: then `err` says why. From inside it `db` may
 * be asked again. */
typedef void sessions_fn(void *arg, struct sessions *sessions, const struct err *err);

/*
 * `db` must be DB_IDLE, outside a transaction, and stays the caller's; in `all` of the answer it is left out. The
 * question is borrowed for the time of the call. done() comes once, from the loop, unless `db` is closed or freed
 * before. PostgreSQL takes two round trips, neither of which waits for a lock longer than 100 ms or lasts longer than
 * 5 s; CockroachDB one, without process numbers and without those whom our role may not see.
 */
void sessions_ask(struct db *db, const struct sessions_question *question, sessions_fn *done, void *arg);

#endif
