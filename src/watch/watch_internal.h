/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of src/watch share: the questions, and their answers while the model is made of them. */
#ifndef WATCH_WATCH_INTERNAL_H
#define WATCH_WATCH_INTERNAL_H

#include "db/db.h"
#include "watch/sessions.h"

/* The answers, in the order in which they are asked for; each may be missing (NULL). Of the first nothing is read. */
enum answer_kind {
	ANSWER_LIMITS,
	ANSWER_LOCKS,
	ANSWER_WAITS,
	ANSWER_PREPARED,
	ANSWER_REMEMBERED,
	ANSWER_SESSIONS,
	ANSWER_ACCOUNTS
};
enum { ANSWER_KINDS = ANSWER_ACCOUNTS + 1 };

/* Locks that are waited for, those that are held on the same objects, the rows that waiters have in mind, and the
 * transactions of prepared ones. `leader` is the process itself, or its leader; NULL of a prepared transaction. */
enum {
	LOCK_LEADER,
	LOCK_VXID,
	LOCK_OBJECT,
	LOCK_TYPE,
	LOCK_MODE,
	LOCK_GRANTED,
	LOCK_SCHEMA,
	LOCK_NAME,
	LOCK_ROW,
	LOCK_XID,
	LOCK_AGE,
	LOCK_COLUMNS
};
/* Process numbers, separated by blanks; 0 is a prepared transaction. */
enum { WAITS_PID, WAITS_BLOCKERS, WAITS_SNAPSHOT, WAITS_COLUMNS };
enum { PREPARED_XID, PREPARED_NAME, PREPARED_AGE, PREPARED_OWNER, PREPARED_DATABASE, PREPARED_HERE, PREPARED_COLUMNS };
enum { REMEMBERED_PID, REMEMBERED_COUNT, REMEMBERED_COLUMNS };
enum {
	SESSION_PID,
	SESSION_LEADER,
	SESSION_TYPE,
	SESSION_DATABASE,
	SESSION_USER,
	SESSION_APPLICATION,
	SESSION_CLIENT,
	SESSION_STATE,
	SESSION_WAIT_TYPE,
	SESSION_WAIT_NAME,
	SESSION_XID,
	SESSION_XMIN,
	SESSION_START,
	SESSION_XACT_AGE,
	SESSION_STATEMENT_AGE,
	SESSION_STATE_AGE,
	SESSION_STATEMENT,
	SESSION_HERE,
	SESSION_XACT_START,
	SESSION_COLUMNS
};
enum { ACCOUNT_ROW, ACCOUNT_ID, ACCOUNT_COLUMNS };

/* postgres.c: the questions to PostgreSQL. $1 is how many rows at most; of the sessions $2 are the processes asked
 * about, or NULL for all, and $3 how many characters of a statement. */
struct statement postgres_question(enum answer_kind kind, bool before_14);

/* A connection of ours, as the server may know it. */
struct ours {
	char token[16]; /* at the end of its application_name, unless it is a bare one */
	int pid;        /* 0: not known, or another one in each transaction */
};

/* All that the model is made of. */
struct answers {
	struct rows *rows[ANSWER_KINDS];
	const char *schema, *table; /* whose rows ANSWER_ACCOUNTS are; NULL: nobody's */
	const struct ours *ours;
	size_t nours;
};

/* sessions.c: takes the rows; the rest is borrowed for the time of the call. */
struct sessions *sessions_build(struct answers *answers);
/* Its parts, for the model of another server. */
struct server_session *sessions_add(struct sessions *sessions); /* valid until the next one */
void sessions_mark(struct server_session *session, const struct answers *answers);
void sessions_add_wait(struct sessions *sessions, long waiter, long holder, enum wait_kind kind);
const char *sessions_make(struct sessions *sessions, char *text);       /* takes the text */
void sessions_keep(struct sessions *sessions, struct answers *answers); /* takes the rows */

/* cockroach.c: the same for CockroachDB. Its locks are those that somebody waits for; its sessions have no process
 * numbers. */
enum {
	CLUSTER_LOCK_TXN,
	CLUSTER_LOCK_KEY,
	CLUSTER_LOCK_GRANTED,
	CLUSTER_LOCK_SCHEMA,
	CLUSTER_LOCK_TABLE,
	CLUSTER_LOCK_STRENGTH,
	CLUSTER_LOCK_AGE,
	CLUSTER_LOCK_COLUMNS
};
enum { CLUSTER_TXN_ID, CLUSTER_TXN_SESSION, CLUSTER_TXN_AGE, CLUSTER_TXN_COLUMNS };
enum {
	CLUSTER_SESSION_ID,
	CLUSTER_SESSION_USER,
	CLUSTER_SESSION_APPLICATION,
	CLUSTER_SESSION_CLIENT,
	CLUSTER_SESSION_ACTIVE,
	CLUSTER_SESSION_LAST,
	CLUSTER_SESSION_QUERY_AGE,
	CLUSTER_SESSION_COLUMNS
};
/* ANSWER_LOCKS, ANSWER_WAITS (transactions) and ANSWER_SESSIONS. */
struct statement cockroach_question(enum answer_kind kind);
struct sessions *cockroach_build(struct answers *answers, bool all);

/* locks.c: the list of locks, read once. */
struct lock {
	int leader; /* 0: a prepared transaction */
	bool granted;
	unsigned mode;
	const char *object;
};
struct locks {
	const struct rows *rows; /* borrowed; row i is `at[i]` */
	struct lock *at;
	size_t n;
};
struct locks locks_read(const struct rows *rows);
void locks_done(struct locks *locks);

/* words.c: what a lock is on: "account 104", "table accounts"; false where that cannot be said. */
bool words_add_object(struct buf *out, const struct server_lock *lock);

extern const struct server_lock locks_none;
/* Whether locks of these two modes on the same thing exclude each other. */
bool locks_conflict(const char *mode, const char *other);
/* What each session waits for. */
void locks_tell(struct sessions *sessions, const struct locks *locks, const struct answers *answers);
/* Whether the row of the answer about locks is a row of that table. */
bool locks_is_row_of(const struct rows *locks, size_t row, const char *schema, const char *table);
/* Why the one waits for the other. */
enum wait_kind locks_why(const struct locks *locks, int waiter, int holder);
/* The numbers of the prepared transactions that the process waits for, one at least: "" is an unknown one. */
void locks_prepared(const struct locks *locks, int waiter, void (*add)(void *arg, const char *xid), void *arg);

/* Cells of an answer, never NULL. */
const char *answer_cell(const struct rows *rows, size_t row, size_t column);
int answer_pid(const struct rows *rows, size_t row, size_t column); /* 0 where it is none */
int64_t answer_age(const struct rows *rows, size_t row, size_t column);
size_t answer_rows(const struct rows *rows, size_t at_most); /* how many; of NULL 0 */

#endif
