/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A conversation with the stand-in, statement by statement: what is said, the tag or SQLSTATE, and the status byte
 * behind it. */
#ifndef CRDB_TALK_H
#define CRDB_TALK_H

#include <libpq-fe.h>

#include "tests/crdb/standin.h"

#define SAVEPOINT "SAVEPOINT cockroach_restart"
#define ROLLBACK_TO "ROLLBACK TO SAVEPOINT cockroach_restart"
#define RELEASE "RELEASE SAVEPOINT cockroach_restart"

struct talk {
	struct standin standin;
	PGconn *conn;
	enum standin_version version;
};
extern struct talk talk; /* one a test */

/* *state points to the version at first. */
int talk_setup(void **state);
int talk_teardown(void **state);

#define TALK(name, version)                                                                                            \
	{                                                                                                              \
#name ", " #version, name, talk_setup, talk_teardown, &(enum standin_version)                          \
		{                                                                                                      \
			version                                                                                        \
		}                                                                                                      \
	}
#define TALK_EACH(name) TALK(name, STANDIN_2_2), TALK(name, STANDIN_20_1), TALK(name, STANDIN_26_2)

PGconn *talk_connect(void); /* another connection */
char talk_status(PGconn *c);

/* The statement is answered with this tag or SQLSTATE, and then this status byte. */
void talk_on(PGconn *c, const char *sql, const char *p1, const char *p2, const char *expected, char status);
void talk_say(const char *sql, const char *expected, char status);
void talk_write(const char *balance, const char *expected, char status); /* of account 1 */
void talk_read(const char *expected, char status);
void talk_open(void); /* BEGIN, SAVEPOINT and a read */

void talk_fault(enum standin_kind kind, enum standin_effect effect, const char *sqlstate);
long talk_balance(int id);

/* Where the versions differ. */
bool talk_is_old(void);
char talk_after_retry(void); /* the status byte after 40001 with the savepoint declared */
const char *talk_no_savepoint(void);

#endif
