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
	const char *estimate_sql;  /* estimated row count of the table named by $1 (schema) and $2 (table); column 1 */
};

const struct dialect *dialect_of(enum sql_server server);

#endif
