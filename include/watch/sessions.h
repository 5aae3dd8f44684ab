/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sessions of a server at one moment, and who waits for whom among them. */
#ifndef WATCH_SESSIONS_H
#define WATCH_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "db/rows.h"
#include "event/event.h"

/*
 * How to use it: watch/ask.h asks a server and gives a struct sessions. `at` are the sessions, `waits` who waits for
 * whom; sessions_lines() puts both into the order of a list: the tree of holders and waiters first.
 *
 * All text is the server's and raw: text_escape() it before it reaches a terminal. It is never NULL, "" where there is
 * none, and borrowed from the struct sessions. Ages are in microseconds, -1 where they are not known.
 */

enum {
	SESSIONS_MAX = 2000,   /* more are counted (`more`), not kept */
	SESSIONS_TEXT = 1000,  /* characters of a statement */
	SESSIONS_WAITS = 4000, /* who waits for whom: more pairs are left out, and `more` says so */
	SESSIONS_LOCKS = 4000,
	SESSIONS_NONE = -1, /* no session, or none of ours: an index that is not there */
};

/* The lock that a session waits for. */
struct server_lock {
	const char *type;   /* "transactionid", "tuple", "relation", "advisory" ...; "" while it waits for none */
	const char *mode;   /* "ShareLock" */
	const char *object; /* the same for all who want the same thing */
	const char *schema, *name; /* of the table, where it is one of this database that is known */
	const char *row;           /* "(0,4)", the row that it wants, as the table's ctid; "" where it is not a row */
	const char *account;       /* that row's id, where the question has asked for it (watch/ask.h) */
	int64_t age_us;            /* for how long; PostgreSQL 13 does not say */
};

/* A session; or a prepared transaction, which has no session any more and holds its locks all the same. */
struct server_session {
	const char *id; /* the process number; a prepared transaction's name; on CockroachDB the session's id */
	int pid;        /* 0: a prepared transaction, or a server without process numbers */
	int leader;     /* a parallel worker's leader; else 0 */
	bool prepared;
	bool unlisted; /* something waits for it, but it was not among the sessions: it has just ended, or is one of more */
	bool hidden;      /* our role may not see its state, its statement and its times */
	bool here;        /* in the database that was asked in */
	const char *type; /* "client backend", "autovacuum worker", ... */
	const char *application, *user, *database, *client;
	const char *state;                 /* "active", "idle in transaction", ... */
	const char *wait_type, *wait_name; /* what the server says it waits for, which need not be a lock: "IO" */
	const char *statement;             /* the one that runs, or ran last, cut at SESSIONS_TEXT */
	const char *xid, *xmin;            /* its transaction's number, once it has one, and the oldest it needs */
	const char *start_us;              /* when it began, since 1970: pid and this are one session, for ever */
	const char *xact_start_us;         /* of its transaction, in the same way; NULL where it is no process's */
	int64_t xact_us, statement_us, state_us; /* age of its transaction, statement, state */
	struct server_lock lock;                 /* what it waits for */
	unsigned remembered;                     /* locks that SERIALIZABLE keeps (SIReadLock), where asked for */
	long ours;                               /* index of the question's connection; SESSIONS_NONE: another's */
};

enum wait_kind {
	WAIT_UNKNOWN,  /* the server says so, and the locks do not tell why: they have just changed */
	WAIT_HELD,     /* the holder has a lock that conflicts with the one that is wanted */
	WAIT_AHEAD,    /* it waits itself, ahead in the same queue, for a lock that conflicts */
	WAIT_SNAPSHOT, /* SERIALIZABLE READ ONLY DEFERRABLE waits until it can tell that a snapshot is safe */
};

/* One waits for the other, as pg_blocking_pids() says; each pair once. A session may wait for several. */
struct server_wait {
	long waiter, holder; /* indices of `at`; parallel workers are their leader */
	enum wait_kind kind;
};

struct sessions {
	struct server_session *at;
	size_t n;
	struct server_wait *waits;
	size_t nwaits;
	bool more;     /* there are more than were taken */
	size_t hidden; /* sessions that our role may not see into */
	/* sessions.c's own */
	struct rows **rows; /* the answers, which have the text */
	size_t nrows;
	char **made; /* text that no answer has */
	size_t nmade;
};

void sessions_free(struct sessions *sessions); /* NULL is fine */

/* ---- the list ---- */

/* A line of the list. */
struct sessions_line {
	long session;
	long wait;      /* index of `waits`: why it stands under the line above; SESSIONS_NONE at depth 0 */
	unsigned depth; /* 0: it waits for nobody, or the list has to begin somewhere in a circle */
	bool again;     /* it stands in the tree before, with those who wait for it below */
	bool circle;    /* it waits for itself by way of those below: a deadlock, which the server ends soon */
};

/*
 * Each pair of `waits` is a line: a waiter under its holder, those who wait longest first. Holders that keep most
 * others waiting come first. Behind the `tree` lines the sessions that have nothing to do with any wait: those in a
 * transaction, the oldest first, then those that do something, then the rest. Owned, n lines; NULL where n is 0.
 */
struct sessions_line *sessions_lines(const struct sessions *sessions, size_t *n, size_t *tree);

/* ---- questions ---- */

/* The one that `session` waits for in the end: the holder of its holder, and so on, which waits for nobody; in a
 * circle its direct holder. SESSIONS_NONE: it waits for nobody. */
long sessions_root(const struct sessions *sessions, long session);
/* Why it waits: index of `waits`, a real holder before one that is only ahead; SESSIONS_NONE. */
long sessions_holder(const struct sessions *sessions, long session);
size_t sessions_holders(const struct sessions *sessions, long session); /* how many it waits for directly */
long sessions_find(const struct sessions *sessions, int pid);           /* SESSIONS_NONE */
long sessions_of_ours(const struct sessions *sessions, long ours);      /* the session of that connection */

/* ---- words, raw ---- */

/* "psql, pid 4711, ada"; "prepared transaction pay-7 of ada"; "autovacuum worker, pid 12". */
void sessions_add_name(struct buf *out, const struct server_session *session);
/* The first word of that: "psql", "teller/rival (ours)", "prepared transaction pay-7", "autovacuum worker". */
void sessions_add_application(struct buf *out, const struct server_session *session);
/* "idle in transaction"; "state hidden"; and for how long, in microseconds, -1 where that is not known. */
void sessions_add_state_word(struct buf *out, const struct server_session *session);
int64_t sessions_state_age(const struct server_session *session);
/* "idle in transaction 5 s", "active 3 s", "prepared 2 min ago"; "state hidden". */
void sessions_add_state(struct buf *out, const struct server_session *session);
/* What the first holds and the other wants, as far as it is proved: "holds account 104", "holds row (0,4) of accounts",
 * "is ahead in the queue for table accounts"; nothing where that is not known. */
void sessions_add_hold(struct buf *out, const struct sessions *sessions, const struct server_wait *wait);
/* The sentence for a role that may not see all: what to do; nothing where it sees all. */
void sessions_add_hidden(struct buf *out, const struct sessions *sessions);
/* An age in few columns: "5 s", "3 min", "2 h", "4 d"; "" for -1. */
void sessions_add_age(struct buf *out, int64_t age_us);

#endif
