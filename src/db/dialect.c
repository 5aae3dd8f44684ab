/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that differs between the two servers, in one table. */
#include "db/dialect.h"

#include <stddef.h>

#include "sql.h"

#define THAT_POSTMASTER                                                                                                \
	SQL_MICROSECONDS("pg_catalog.pg_postmaster_start_time()") " OPERATOR(pg_catalog.=) $3::pg_catalog.int8"

/* The same process number may be another session's by now; its start tells. */
#define BORN SQL_MICROSECONDS("a.backend_start") " OPERATOR(pg_catalog.=) $2::pg_catalog.int8"
#define PROCESS "pg_catalog.pg_stat_get_activity($1::pg_catalog.int4) AS a"
#define OURS                                                                                                           \
	" FROM " PROCESS " WHERE " BORN                                                                                \
	" AND a.application_name OPERATOR(pg_catalog.=) $4::pg_catalog.text AND " THAT_POSTMASTER

#define EQUALS " OPERATOR(pg_catalog.=) "

static const struct dialect dialects[] = {
	[SERVER_POSTGRES] =
		{
			.server = SERVER_POSTGRES,
			.product = "PostgreSQL",
			.short_product = "PG",
			.shows_unreplicated = true,
			.cancels_before_commit = true,
			.fail_sql = "DO $$BEGIN RAISE EXCEPTION 'this attempt is failed on request' USING ERRCODE = "
				    "'40001'; END$$",
			.xid_sql = "SELECT pg_catalog.pg_current_xact_id()",
			/* After a crash numbers that were not yet on disk are given out again, so another's
			 * "committed" could be taken for ours; a crash is also what resets these statistics. */
			.xid_status_sql =
				"SELECT CASE WHEN status OPERATOR(pg_catalog.<>) 'committed'::pg_catalog.text OR "
				"pg_catalog.pg_stat_get_bgwriter_stat_reset_time() OPERATOR(pg_catalog.<) "
				"(pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) $2::pg_catalog.interval) "
				"THEN status END FROM pg_catalog.pg_xact_status($1::pg_catalog.xid8) AS status",
			.end_session_sql = "SELECT pg_catalog.pg_terminate_backend(a.pid, 2000)" OURS,
			.end_session_sql_13 = "SELECT pg_catalog.pg_terminate_backend(a.pid)" OURS,
			.gone_sql = "SELECT NOT EXISTS (SELECT FROM " PROCESS " WHERE a.backend_start IS NULL OR " BORN
				    "), "
				    "CASE WHEN $4::pg_catalog.text OPERATOR(pg_catalog.<>) ''::pg_catalog.text THEN "
				    "pg_catalog.pg_xact_status($4::pg_catalog.text::pg_catalog.xid8) END "
				    "WHERE " THAT_POSTMASTER,
			.others_sql =
				"SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_get_activity(NULL) AS a "
				"JOIN pg_catalog.pg_database AS d ON d.oid" EQUALS "a.datid WHERE d.datname" EQUALS
				"pg_catalog.current_database() AND pg_catalog.starts_with(a.application_name, "
				"'teller/transfer ') AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()",
			.qualifies = true,
			.triggers_sql = "WITH RECURSIVE parts(oid) AS (SELECT c.oid FROM pg_catalog.pg_class AS c "
					"JOIN pg_catalog.pg_namespace AS n ON n.oid" EQUALS "c.relnamespace "
					"WHERE n.nspname" EQUALS "$1 AND c.relname" EQUALS "$2 "
					"UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i "
					"JOIN parts AS p ON i.inhparent" EQUALS "p.oid) "
					"SELECT pg_catalog.count(*) OPERATOR(pg_catalog.>) 1 OR "
					"pg_catalog.bool_or(c.relkind OPERATOR(pg_catalog.<>) 'r') OR "
					"pg_catalog.bool_or(EXISTS "
					"(SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid" EQUALS
					"c.oid AND NOT t.tgisinternal)), pg_catalog.bool_or(EXISTS "
					"(SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid" EQUALS
					"c.oid AND t.tgdeferrable AND NOT t.tgisinternal)) "
					"FROM parts AS p JOIN pg_catalog.pg_class AS c ON c.oid" EQUALS "p.oid",
			.explain = "EXPLAIN (FORMAT JSON) ",
		},
	/* pg_class.reltuples is NULL there; SHOW TABLES carries an estimate (docs: show-tables). */
	[SERVER_COCKROACH] =
		{
			.server = SERVER_COCKROACH,
			.product = "CockroachDB",
			.short_product = "CRDB",
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
			/* Triggers are there from v24.3 on, and pg_trigger then holds them (cockroach#127863); it
			 * was always there, empty. */
			.triggers_sql = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_trigger AS t "
					"JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid "
					"JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
					"WHERE n.nspname = $1 AND c.relname = $2), false",
			.estimate_sql = "SELECT estimated_row_count FROM [SHOW TABLES] "
					"WHERE schema_name = $1 AND table_name = $2",
		},
};

const struct dialect *dialect_of(enum sql_server server)
{
	return &dialects[server];
}
