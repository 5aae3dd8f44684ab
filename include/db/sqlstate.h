/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an SQLSTATE asks of a client, by server and by phase of the transaction. */
#ifndef DB_SQLSTATE_H
#define DB_SQLSTATE_H

#include <stdbool.h>

#include "db/dialect.h"

/* Outcome classes, after reference: PostgreSQL appendix A, CockroachDB common-errors and
 * transaction-retry-error-reference. */
enum sql_class {
	CLASS_FINAL,      /* will recur, or is the user's: roll back and report */
	CLASS_RETRY_TXN,  /* nothing was committed: run the whole transaction again */
	CLASS_RETRY_CONN, /* the connection is dead or refused and no commit was sent: reconnect, then again */
	CLASS_AMBIGUOUS,  /* a commit was sent and its answer is not known: never again blindly */
	CLASS_COMMITTED,  /* already durable; later noise */
	CLASS_FOLLOW_UP,  /* caused by an earlier error of the attempt, which decides */
};

/* PHASE_WORK: no commit statement was sent yet. PHASE_COMMIT: COMMIT, or RELEASE on CockroachDB, or a round trip with
 * either, was sent. */
enum sql_phase { PHASE_WORK, PHASE_COMMIT };

/* `sqlstate` "" means that libpq failed by itself: the connection is gone. */
enum sql_class sqlstate_class(const char *sqlstate, enum sql_server server, enum sql_phase phase);

/* How two transactions got in each other's way: the statement that failed so is worth a retry of its transaction. */
enum sql_conflict { CONFLICT_NONE, CONFLICT_SERIALIZATION, CONFLICT_DEADLOCK };
enum sql_conflict sqlstate_conflict(const char *sqlstate);

/* Whether a value that was given is to blame: it is none of its type, or its type does not reach so far. CockroachDB
 * calls both a violation of the protocol, where a parameter is read, and only its words tell why. */
enum sql_value { VALUE_FINE, VALUE_SPELLING, VALUE_RANGE };
enum sql_value sqlstate_value(const char *sqlstate, const char *message);

/* A column, a table, or a function for a column's type is not there (any more): the table may have been altered. */
bool sqlstate_missing(const char *sqlstate);

/* The server itself goes, or is not there yet: shutting down, draining, crashing, starting. */
bool sqlstate_goes(const char *sqlstate);

/* Five digits or capital letters, as the standard has them; anything else came from somewhere else. */
bool sqlstate_valid(const char *sqlstate);

#endif
