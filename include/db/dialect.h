/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that differs between the two servers, in one table. */
#ifndef DB_DIALECT_H
#define DB_DIALECT_H

#include <stdbool.h>

#include "db/sqlstate.h"

struct dialect {
	enum sql_server server;
	const char *product;       /* "PostgreSQL", "CockroachDB" */
	bool rollback_to_restarts; /* ROLLBACK TO SAVEPOINT cockroach_restart gives a fresh transaction */
	bool release_commits;      /* RELEASE SAVEPOINT cockroach_restart is the commit */
	bool retries_first; /* a retryable error of a transaction\'s first statement is retried by the server itself, unseen */
	const char *fail_allow_sql; /* goes before fail_sql from fail_allow_major.minor on, NULL for nothing */
	int fail_allow_major, fail_allow_minor;
	const char *fail_sql; /* a statement that the server answers with 40001 */
	const char *xid_sql;  /* the number of this transaction, to ask about later; NULL where there is none */
	const char
		*xid_status_sql; /* of transaction $1, begun $2 (interval) ago: committed, aborted, in progress, NULL */
	const char
		*end_session_sql; /* ends the session with process $1 if it is ours, and waits until it is gone; NULL */
	const char *estimate_sql; /* estimated row count of the table named by $1 (schema) and $2 (table); column 1 */
};

const struct dialect *dialect_of(enum sql_server server);

#endif
