/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that differs between the two servers, in one table. */
#include "db/dialect.h"

static const struct dialect dialects[] = {
	[SERVER_POSTGRES] =
		{
			.server = SERVER_POSTGRES,
			.product = "PostgreSQL",
			.estimate_sql = "SELECT c.reltuples::int8 FROM pg_catalog.pg_class c "
					"JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
					"WHERE n.nspname = $1 AND c.relname = $2 AND c.reltuples >= 0",
		},
	/* pg_class.reltuples is NULL there; SHOW TABLES carries an estimate (docs: show-tables). */
	[SERVER_COCKROACH] =
		{
			.server = SERVER_COCKROACH,
			.product = "CockroachDB",
			.rollback_to_restarts = true,
			.release_commits = true,
			.estimate_sql = "SELECT estimated_row_count FROM [SHOW TABLES] "
					"WHERE schema_name = $1 AND table_name = $2",
		},
};

const struct dialect *dialect_of(enum sql_server server)
{
	return &dialects[server];
}
