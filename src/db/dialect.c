/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that differs between the two servers, in one table. */
#include "db/dialect.h"

static const struct dialect dialects[] = {
	[SERVER_POSTGRES] =
		{
			.server = SERVER_POSTGRES,
			.product = "PostgreSQL",
			.fail_sql = "DO $$BEGIN RAISE EXCEPTION 'this attempt is failed on request' USING ERRCODE = "
				    "'40001'; END$$",
			.xid_sql = "SELECT pg_current_xact_id()",
			/* After a crash numbers that were not yet on disk are given out again, so another's "committed" could be
			 * taken for ours; a crash is also what resets these statistics. */
			.xid_status_sql =
				"SELECT CASE WHEN status <> 'committed' OR pg_stat_get_bgwriter_stat_reset_time() < "
				"clock_timestamp() - $2::interval THEN status END FROM pg_xact_status($1::xid8) AS "
				"status",
			/* The timeout argument is of PostgreSQL 14; nobody but the same role may end the session. */
			.end_session_sql =
				"SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE pid = $1 "
				"AND usename = current_user AND application_name = current_setting('application_name') "
				"AND pid <> pg_backend_pid()",
			.triggers_sql = "SELECT c.relkind <> 'r' OR c.relhassubclass OR EXISTS (SELECT FROM "
					"pg_catalog.pg_trigger AS t "
					"WHERE t.tgrelid = c.oid AND NOT t.tgisinternal) FROM pg_catalog.pg_class AS c "
					"JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
					"WHERE n.nspname = $1 AND c.relname = $2",
			.explain = "EXPLAIN (FORMAT JSON) ",
		},
	/* pg_class.reltuples is NULL there; SHOW TABLES carries an estimate (docs: show-tables). */
	[SERVER_COCKROACH] =
		{
			.server = SERVER_COCKROACH,
			.product = "CockroachDB",
			.rollback_to_restarts = true,
			.release_commits = true,
			.retries_first = true,
			/* From v26.1 on crdb_internal is closed unless a session asks for it (release notes, v26.1). */
			.fail_allow_sql = "SET allow_unsafe_internals = on",
			.fail_allow_major = 25,
			.fail_allow_minor = 4,
			.fail_sql = "SELECT crdb_internal.force_retry('1h')",
			.nulls_first = true,
			.reads_past = true,
			/* Triggers are there from v24.3 on, and pg_trigger then holds them (cockroach#127863); it was always there, empty. */
			.triggers_sql = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_trigger AS t "
					"JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid "
					"JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
					"WHERE n.nspname = $1 AND c.relname = $2)",
			.estimate_sql = "SELECT estimated_row_count FROM [SHOW TABLES] "
					"WHERE schema_name = $1 AND table_name = $2",
		},
};

const struct dialect *dialect_of(enum sql_server server)
{
	return &dialects[server];
}
