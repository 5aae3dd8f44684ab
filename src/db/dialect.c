/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that differs between the two servers, in one table. */
#include "db/dialect.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "db/sql.h"

#define THAT_POSTMASTER                                                                                                \
	SQL_MICROSECONDS("pg_catalog.pg_postmaster_start_time()") " OPERATOR(pg_catalog.=) $3::pg_catalog.int8"

/* The same process number may be another session's by now; its start tells. */
#define BORN SQL_MICROSECONDS("a.backend_start") " OPERATOR(pg_catalog.=) $2::pg_catalog.int8"
#define PROCESS "pg_catalog.pg_stat_get_activity($1::pg_catalog.int4) AS a"
#define OURS                                                                                                           \
	" FROM " PROCESS " WHERE " BORN                                                                                \
	" AND a.application_name OPERATOR(pg_catalog.=) $4::pg_catalog.text AND " THAT_POSTMASTER

#define EQUALS " OPERATOR(pg_catalog.=) "

/*
 * Who answers. All names are qualified: what is asked here must not run what others put in front of pg_catalog. The
 * file of the log names the timeline that is written now; the control file learns of a new one only later.
 */
#define MINE "pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())"

#define WHO_SYSTEM                                                                                                     \
	"(SELECT system_identifier FROM pg_catalog.pg_control_system()), "                                             \
	"CASE WHEN pg_catalog.pg_is_in_recovery() THEN NULL ELSE "                                                     \
	"pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()) END, "                                            \
	"CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE "                      \
	"pg_catalog.pg_current_wal_flush_lsn() END, "
#define WHO_SYSTEM_LEFT_OUT "NULL, NULL, NULL, "

/*
 * After SET ROLE the role may not look at its own backend: for that column set_config() takes the role off, and the
 * next one puts it on again, because columns are computed in their order. OFFSET 0 has the role read before. $2
 * counts from before the connection was begun: no backend of ours is older.
 */
#define WHO_REST                                                                                                       \
	SQL_MICROSECONDS("pg_catalog.pg_postmaster_start_time()")                                                      \
	", pg_catalog.pg_backend_pid(), "                                                                              \
	"pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.<>) $1::pg_catalog.int4, "                                    \
	"pg_catalog.pg_is_in_recovery(), "                                                                             \
	"(SELECT s OPERATOR(pg_catalog.=) 'pg_catalog'::pg_catalog.name "                                              \
	"FROM pg_catalog.unnest(pg_catalog.current_schemas(true)) WITH ORDINALITY AS p(s, n) "                         \
	"WHERE s OPERATOR(pg_catalog.!~~) 'pg\\_temp%'::pg_catalog.text ORDER BY n LIMIT 1), "                         \
	"session_user, current_user, pg_catalog.current_setting('application_name'), NULL, "                           \
	"pg_catalog.current_setting('synchronous_commit'), pg_catalog.current_setting('synchronous_standby_names'), "  \
	"(SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_get_wal_senders()), "                                     \
	"(SELECT pg_catalog.concat(sender_host, ':', sender_port::pg_catalog.text) "                                   \
	"FROM pg_catalog.pg_stat_get_wal_receiver()), "                                                                \
	"CASE WHEN pg_catalog.set_config('role', 'none', true) IS NOT NULL "                                           \
	"THEN (SELECT CASE WHEN " SQL_AGE_MS(                                                                          \
		"backend_start") " OPERATOR(pg_catalog.<=) $2::pg_catalog.float8 "                                     \
				 "THEN '+' ELSE '-' END OPERATOR(pg_catalog.||) " SQL_MICROSECONDS(                    \
					 "backend_start") "::pg_catalog.text FROM " MINE                               \
							  ") END, pg_catalog.set_config('role', b.role, true)"

#define WHO_FROM_ROLE " FROM (SELECT pg_catalog.current_setting('role') AS role OFFSET 0) AS b"

/* The server decides whether the session is ours alone, by what is asked in WHO_REST as well. */
#define SET_OURS                                                                                                       \
	"SELECT pg_catalog.set_config($3, $4, false) "                                                                 \
	"FROM pg_catalog.pg_stat_get_activity($1::pg_catalog.int4) AS a "                                              \
	"WHERE a.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() AND " SQL_AGE_MS(                              \
		"a.backend_start") " OPERATOR(pg_catalog.<=) $2::pg_catalog.float8"

static const struct dialect dialects[] = {
	[SERVER_POSTGRES] =
		{
			.server = SERVER_POSTGRES,
			.product = "PostgreSQL",
			.short_product = "PG",
			.schemes = {"postgresql", "postgres"},
			.oldest_major = 13,
			.who_sql = "SELECT pg_catalog.version(), " WHO_SYSTEM WHO_REST WHO_FROM_ROLE,
			.who_xid_sql = "SELECT pg_catalog.version(), " WHO_SYSTEM WHO_REST
				       ", pg_catalog.pg_current_xact_id()" WHO_FROM_ROLE,
			.who_least_sql = "SELECT pg_catalog.version(), " WHO_SYSTEM_LEFT_OUT WHO_REST WHO_FROM_ROLE,
			.who_params = 2,
			.set_sql = SET_OURS,
			.begin_write_sql = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE",
			.begin_read_sql = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY",
			.wait_limit_sql = "SET LOCAL lock_timeout = '2s'",
			.errors_recur = true,
			.shows_waiters = true,
			.shows_reads = true,
			.fsync_sql = "SELECT pg_catalog.current_setting('fsync')",
			.shows_unreplicated = true,
			.commits_at_sync = true,
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
				"pg_catalog.current_database() AND (pg_catalog.starts_with(a.application_name, "
				"'teller/transfer ') OR pg_catalog.starts_with(a.application_name, 'teller/load-')) "
				"AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()",
			.advisory_locks = true,
			.qualifies = true,
			.grants_columns = true,
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
			.schemes = {"cockroachdb", "cockroach", "crdb"},
			.default_port = "26257",
			.default_dbname = "defaultdb",
			.parameter = "crdb_version",
			.version_word = "CockroachDB", /* "CockroachDB CCL v25.4.1 (...)" */
			.version_before = " v",
			/* NULL where a column of PostgreSQL has no counterpart. */
			.who_sql = "SELECT version(), crdb_internal.cluster_id()::STRING, NULL, NULL, NULL, "
				   "pg_backend_pid(), NULL, NULL, NULL, session_user, current_user, NULL, "
				   "crdb_internal.node_id()::STRING",
			.who_least_sql = "SELECT version(), NULL, NULL, NULL, NULL, pg_backend_pid(), NULL, NULL, "
					 "NULL, session_user, current_user, NULL, "
					 "(SELECT node_id FROM [SHOW node_id])",
			.cluster = true,
			.node_sql = "SHOW node_id",
			.cluster_sql = "SELECT crdb_internal.cluster_id()::STRING",
			.region_sql = "SELECT gateway_region()", /* fails in a database without regions */
			.locality_sql = "SHOW LOCALITY",
			.begin_write_sql = "BEGIN ISOLATION LEVEL SERIALIZABLE",
			.begin_read_sql = "BEGIN ISOLATION LEVEL SERIALIZABLE",
			.rollback_to_restarts = true,
			.release_commits = true,
			.retries_first = true,
			.locking_pays = true,
			.locking_major =
				20, /* before that FOR UPDATE is no SQL, or does nothing (release notes, v20.1) */
			.locking_minor = 1,
			.reads_back_slowly = true,
			.readers_wait = true,
			.waiters_go_on = true,
			.conflicts_at_commit = true,
			.only_serializable = true, /* unless a cluster setting allows others (from v23.2 on) */
			/* Measured on 22.1, rows a second by COPY: 1,000 a transaction 15,500; 5,000: 22,800; 10,000:
			 * 13,700; 100,000: 3,000, and readers wait for as long as it takes. */
			.rows_at_most = 5000,
			/* From v26.1 on crdb_internal is closed unless a session asks for it (release notes, v26.1). */
			.fail_allow_sql = "SET allow_unsafe_internals = on",
			.fail_allow_major = 25,
			.fail_allow_minor = 4,
			.fail_sql = "SELECT crdb_internal.force_retry('1h')",
			/* These have no crdb_internal in them, which some versions close; session_id is there from
			 * 2.1 on. A role always sees and cancels its own. */
			.running_sql = "SELECT s.session_id, q.query_id FROM [SHOW CLUSTER SESSIONS] AS s "
				       "LEFT JOIN [SHOW CLUSTER QUERIES] AS q "
				       "ON q.application_name = s.application_name WHERE s.application_name = $1",
			.own_session_sql = "SHOW session_id",
			.cancel_query_sql = "CANCEL QUERY $1",
			.cancel_session_sql = "CANCEL SESSION $1",
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

size_t dialect_count(void)
{
	return COUNT_OF(dialects);
}

const struct dialect *dialect_by_version(const char *version)
{
	for (size_t i = 0; i < COUNT_OF(dialects); i++)
		if (dialects[i].version_word && strstr(version, dialects[i].version_word))
			return &dialects[i];
	return NULL;
}

/* "cockroachdb+psycopg2" is "cockroachdb" with a driver's name, as SQLAlchemy writes it. */
static bool scheme_is(const char *text, size_t n, const char *name)
{
	size_t length = strlen(name);
	return n >= length && strncasecmp(text, name, length) == 0 && (n == length || text[length] == '+');
}

const struct dialect *dialect_by_scheme(const char *text, size_t n)
{
	for (size_t i = 0; i < COUNT_OF(dialects); i++)
		for (size_t s = 0; s < DIALECT_SCHEMES_MAX && dialects[i].schemes[s]; s++)
			if (scheme_is(text, n, dialects[i].schemes[s]))
				return &dialects[i];
	return NULL;
}
