/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that differs between the two servers, in one table. */
#ifndef DB_DIALECT_H
#define DB_DIALECT_H

#include <stdbool.h>

#include "db/sqlstate.h"

struct dialect {
	enum sql_server server;
	const char *product;        /* "PostgreSQL", "CockroachDB" */
	const char *short_product;  /* "PG", "CRDB" */
	bool rollback_to_restarts;  /* ROLLBACK TO SAVEPOINT cockroach_restart gives a fresh transaction */
	bool release_commits;       /* RELEASE SAVEPOINT cockroach_restart is the commit */
	bool retries_first;         /* the server retries a transaction's first statement by itself, unseen */
	bool shows_unreplicated;    /* others see a commit that a synchronous standby may not have */
	bool cancels_before_commit; /* a cancel ends what is before a COMMIT of its round trip, never the COMMIT */
	bool qualifies;             /* names are known to be taken as OPERATOR(pg_catalog.=) and pg_catalog.count() */

	/* A statement that the server answers with 40001, and one that must go before it from some version on; NULL
	 * for none. */
	const char *fail_sql;
	const char *fail_allow_sql;
	int fail_allow_major, fail_allow_minor;

	/*
	 * The number of this transaction, and what became of transaction $1, which is $2 (interval) old: committed,
	 * aborted, in progress, or NULL where that cannot be known. Both NULL where the server has no such numbers.
	 */
	const char *xid_sql;
	const char *xid_status_sql;

	/*
	 * Ends the backend with process $1 and start $2, of the postmaster that started at $3, whose application is
	 * called $4; then whether that backend is gone from that postmaster's server, and what became of the
	 * transaction with number $4 ('' for none). Times are in microseconds since 1970. NULL where there is no way
	 * to.
	 */
	const char *end_session_sql, *end_session_sql_13; /* up to version 13 it is not waited for */
	const char *gone_sql;

	/* How many other sessions for transfers are connected to this database, whosever they are; NULL where that
	 * is not known. */
	const char *others_sql;

	/* Whether a trigger may run after a change of the table named by $1 (schema) and $2 (table); and whether one
	 * may wait for COMMIT. */
	const char *triggers_sql;

	/* About how many rows a SELECT has: what goes before it to get its plan as JSON. Where that is NULL: the
	 * estimate for the table named by $1 (schema) and $2 (table); column 1. */
	const char *explain;
	const char *estimate_sql;

	bool nulls_first; /* where an ascending index has them */
	bool reads_past;  /* SELECT ... FROM table AS OF SYSTEM TIME */
};

const struct dialect *dialect_of(enum sql_server server);

#endif
