/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQL on the suite's server, so that a test can set a scene and see what is really there. */
#ifndef SUPPORT_PG_H
#define SUPPORT_PG_H

#include <stdint.h>

#include "base/err.h"

/* Any error ends the running test with the server's sentence. All SQL is printf-like. */

/* Makes an empty database, in place of one of that name, and sets PGDATABASE to it for this process and its children.
 * For a group's setup, with a name of the program's own. `encoding` NULL is UTF8. */
void pg_fresh_database(const char *name, const char *encoding);

/* The same as a group's setup for cmocka, with the program's own name. */
int pg_own_database(void **state);

/* accounts(id, balance) and the ledger transfers, as teller makes them, with accounts 7001 .. 7000+n of 1,000 each. */
void pg_bank(int n);

void pg_exec(const char *fmt, ...) PRINTF_LIKE(1, 2);   /* one or several statements */
char *pg_value(const char *fmt, ...) PRINTF_LIKE(1, 2); /* first cell; owned; NULL for SQL NULL or no row */
void pg_expect(const char *value, const char *sql);     /* pg_value(sql) is that */
int64_t pg_number(const char *fmt, ...) PRINTF_LIKE(1, 2);
int pg_major(void); /* 15: the server is PostgreSQL 15 */

/* Ends a server process, and returns when it is gone. pg_terminate_backend() with a time to wait fails where its number
 * has gone to a process of another user's meanwhile. */
void pg_end_backend(int pid);

/* A session that stays open, for locks and conflicts. Owned. */
struct pg_session;
struct pg_session *pg_open(void);
struct pg_session *pg_open_at(const char *target); /* a connection string; what it leaves out is taken from PG... */
void pg_run(struct pg_session *session, const char *fmt, ...) PRINTF_LIKE(2, 3);
int64_t pg_ask(struct pg_session *session, const char *fmt, ...) PRINTF_LIKE(2, 3); /* as pg_number() */
char *pg_tell(struct pg_session *session, const char *fmt, ...) PRINTF_LIKE(2, 3);  /* as pg_value() */
void pg_close(struct pg_session *session);
/* Asks again and again until the first cell is true; NULL: in a session of its own. After a minute it fails the test, with
 * the server's sessions. */
void pg_until(struct pg_session *session, const char *fmt, ...) PRINTF_LIKE(2, 3);
void pg_sessions(struct pg_session *session);              /* into the test's output, what each of them does */
void pg_send(struct pg_session *session, const char *sql); /* and goes on, while it waits for a lock; ... */
void pg_receive(struct pg_session *session);               /* ... waits for the answer */

#endif
