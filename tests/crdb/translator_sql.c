/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a statement for CockroachDB is for PostgreSQL. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "tests/crdb/translator_internal.h"

static const struct {
	const char *from, *to;
} words[] = {
	{"::STRING", "::text"},
	{"crdb_internal.cluster_id()", "'5f2a1d3c-0000-4000-8000-0123456789ab'::uuid"},
	{"SET CLUSTER SETTING diagnostics.reporting.enabled", "SET diagnostics.reporting"},
	{"SELECT version()", "SELECT 'CockroachDB CCL v22.1.0-alpha.1 (x86_64-pc-linux-gnu, built 2022/02/08 06:15:10, "
			     "go1.17.6)'::text AS version"},
	{"(SELECT node_id FROM [SHOW node_id])", "@NODE@"},
	{"[SHOW CLUSTER SESSIONS]", "(SELECT 's'::text || pid AS session_id, application_name FROM pg_stat_activity)"},
	{"crdb_internal.cluster_sessions",
	 "(SELECT 's'::text || pid AS session_id, usename AS user_name, application_name, ''::text AS client_address, "
	 "CASE WHEN state = 'active' THEN query ELSE '' END AS active_queries, query AS last_active_query, "
	 "query_start AS oldest_query_start FROM pg_stat_activity WHERE datname = current_database()) AS s"},
	{"crdb_internal.cluster_transactions",
	 "(SELECT ''::text AS id, ''::text AS session_id, now() AS start WHERE false) AS t"},
	{"crdb_internal.cluster_locks",
	 "(SELECT ''::text AS txn_id, ''::text AS lock_key_pretty, true AS granted, ''::text AS schema_name, "
	 "''::text AS table_name, ''::text AS lock_strength, '1s'::interval AS duration, true AS contended "
	 "WHERE false) AS l"},
	{"CANCEL QUERIES IF EXISTS (SELECT q.query_id", "(SELECT pg_cancel_backend(substr(q.query_id, 2)::int)"},
	{"[SHOW CLUSTER QUERIES]",
	 "(SELECT 'q'::text || pid AS query_id, 's' || pid AS session_id, application_name FROM pg_stat_activity "
	 "WHERE state = 'active' AND query NOT LIKE 'COPY%')"},
	{"CANCEL QUERY $1", "SELECT pg_cancel_backend(substr($1::text, 2)::int)"},
	{"CANCEL SESSION $1", "SELECT pg_terminate_backend(substr($1::text, 2)::int)"},
	{"SHOW session_id", "SELECT 's'::text || pg_backend_pid() AS session_id"},
	{"SHOW node_id", "SELECT @NODE@ AS node_id"},
	{"crdb_internal.node_id()", "@NODE@"},
	{"SHOW LOCALITY", "SELECT 'region=eu-west-@NODE@,zone=a'::text AS locality"},
	{"gateway_region()", "'eu-west-@NODE@'::text"},
	{"SHOW transaction_isolation", "SELECT 'serializable'::text AS transaction_isolation"},
	{"[SHOW TABLES]", "(SELECT n.nspname AS schema_name, c.relname AS table_name, 'table' AS type, "
			  "greatest(c.reltuples, 0)::int8 AS estimated_row_count FROM pg_class AS c "
			  "JOIN pg_namespace AS n ON n.oid = c.relnamespace) AS tables"},
};

/* Wherever it stands. */
static char *replace(char *sql, const char *from, const char *to)
{
	struct buf out = {0};
	const char *rest = sql, *at;
	for (; (at = strstr(rest, from)); rest = at + strlen(from)) {
		buf_add(&out, rest, (size_t)(at - rest));
		buf_str(&out, to);
	}
	buf_str(&out, rest);
	free(sql);
	return buf_take(&out);
}

/* Its place is behind the table's name, and what is behind it begins with a word of these. */
static char *drop_past(char *sql)
{
	static const char *const ends[] = {" WHERE ", " ORDER BY ", " LIMIT "};
	char *at = strstr(sql, " AS OF SYSTEM TIME "), *end = NULL;
	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		char *here = strstr(at, ends[i]);
		end = here && (!end || here < end) ? here : end;
	}
	struct buf out = {0};
	buf_add(&out, sql, (size_t)(at - sql));
	buf_str(&out, end ? end : "");
	free(sql);
	return buf_take(&out);
}

static bool begins(const char *sql, const char *with)
{
	return strncasecmp(sql, with, strlen(with)) == 0;
}

/* Only one level is known; the others are taken, and are this one. */
static char *begin_sql(const char *sql, bool serializable)
{
	struct buf out = {0};
	buf_fmt(&out, "BEGIN ISOLATION LEVEL %s%s", serializable ? "SERIALIZABLE" : "REPEATABLE READ",
		strstr(sql, "READ ONLY") ? " READ ONLY" : "");
	return buf_take(&out);
}

static enum link_kind kind_of(const char *sql)
{
	if (begins(sql, "BEGIN"))
		return LINK_BEGIN;
	if (begins(sql, "SAVEPOINT cockroach_restart"))
		return LINK_SAVEPOINT;
	if (begins(sql, "ROLLBACK TO SAVEPOINT cockroach_restart"))
		return LINK_ROLLBACK_TO;
	if (begins(sql, "RELEASE SAVEPOINT cockroach_restart"))
		return LINK_RELEASE;
	if (begins(sql, "COMMIT"))
		return LINK_COMMIT;
	if (begins(sql, "ROLLBACK"))
		return LINK_ROLLBACK;
	if (begins(sql, "SELECT crdb_internal.force_retry("))
		return LINK_FORCE_RETRY;
	if (begins(sql, "CANCEL "))
		return LINK_CANCEL;
	return strstr(sql, " AS OF SYSTEM TIME ") ? LINK_PAST : LINK_PLAIN;
}

/* What depends on the node. */
static char *translate_node(char *sql, const struct translator_shared *shared)
{
	char number[16], create[64];
	snprintf(number, sizeof number, "%u", shared->node ? shared->node : 1);
	snprintf(create, sizeof create, "CREATE DATABASE %s", shared->databases);
	sql = replace(replace(sql, "@NODE@", number), "CREATE DATABASE IF NOT EXISTS ", create);
	return replace(sql, "crdb_internal.ranges_no_leases",
		       shared->uncopied ? "(SELECT ARRAY[1] AS replicas) AS ranges"
					: "(SELECT ARRAY[1, 2, 3] AS replicas) AS ranges");
}

char *link_translate(const char *sql, const struct translator_shared *shared, enum link_kind *kind)
{
	*kind = kind_of(sql);
	if (*kind == LINK_BEGIN)
		return begin_sql(sql, shared->serializable);
	char *out = mem_dup(sql);
	if (*kind == LINK_PAST)
		out = drop_past(out);
	for (size_t i = 0; i < COUNT_OF(words); i++)
		out = replace(out, words[i].from, words[i].to);
	return translate_node(out, shared);
}
