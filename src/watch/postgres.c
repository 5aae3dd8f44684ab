/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The questions to PostgreSQL about its sessions and locks. */
#include "db/sql.h"
#include "watch_internal.h"

/* All names are qualified: whoever only looks must run nothing that others put in front of pg_catalog. */
#define EQ " OPERATOR(pg_catalog.=) "
#define NE " OPERATOR(pg_catalog.<>) "
#define ACTIVITY "pg_catalog.pg_stat_get_activity(NULL)"
#define THIS_DATABASE                                                                                                  \
	"(SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname" EQ "pg_catalog.current_database())"

#define START SQL_MICROSECONDS("a.backend_start")
#define XACT_START SQL_MICROSECONDS("a.xact_start")
#define XACT_FOR SQL_AGE_US("a.xact_start")
#define STATEMENT_FOR SQL_AGE_US("a.query_start")
#define STATE_FOR SQL_AGE_US("a.state_change")
#define PREPARED_FOR SQL_AGE_US("p.prepared")
#define WAITS_FOR SQL_AGE_US("l.since")

/*
 * What is wanted has many columns, of which each kind of lock uses some; as one text two of them can be compared. A
 * process that waits for another transaction, because that changed a row, keeps a lock on the row meanwhile
 * (type tuple), or waits for that: it tells the row.
 */
#define LOCKS(since)                                                                                                   \
	"WITH l AS MATERIALIZED (SELECT pid, virtualtransaction, locktype, mode, granted, database, relation, "        \
	"CASE WHEN locktype" EQ "'tuple' THEN pg_catalog.concat('(', page, ',', tuple, ')') END AS row, "              \
	"transactionid, " since                                                                                        \
	" AS since, pg_catalog.concat(locktype, ' ', database, ' ', relation, ' ', page, ' ', "                        \
	"tuple, ' ', virtualxid, ' ', transactionid, ' ', classid, ' ', objid, ' ', objsubid) AS object "              \
	"FROM pg_catalog.pg_locks), "                                                                                  \
	"wanted AS (SELECT DISTINCT object FROM l WHERE NOT granted), "                                                \
	"waiting AS (SELECT DISTINCT pid FROM l WHERE NOT granted) "                                                   \
	"SELECT COALESCE(a.leader_pid, l.pid) AS leader, l.virtualtransaction, l.object, l.locktype, l.mode, "         \
	"l.granted, n.nspname, c.relname, l.row, l.transactionid, " WAITS_FOR " AS age "                               \
	"FROM l LEFT JOIN wanted ON wanted.object" EQ "l.object LEFT JOIN waiting ON waiting.pid" EQ "l.pid "          \
	"LEFT JOIN " ACTIVITY " AS a ON a.pid" EQ "l.pid "                                                             \
	"LEFT JOIN pg_catalog.pg_class AS c ON c.oid" EQ "l.relation AND "                                             \
	"(l.database" EQ "0::pg_catalog.oid OR l.database" EQ THIS_DATABASE ") "                                       \
	"LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid" EQ "c.relnamespace "                                         \
	"WHERE l.mode" NE "'SIReadLock' AND (wanted.object IS NOT NULL "                                               \
	"OR (l.locktype" EQ "'tuple' AND waiting.pid IS NOT NULL) "                                                    \
	"OR (l.locktype" EQ "'transactionid' AND l.pid IS NULL)) LIMIT $1"

/* Only those that wait for a lock are asked about: each answer stops the server's whole table of locks. */
static const char waits_sql[] =
	"SELECT w.pid, pg_catalog.array_to_string(pg_catalog.pg_blocking_pids(w.pid), ' ') AS blockers, "
	"pg_catalog.array_to_string(pg_catalog.pg_safe_snapshot_blocking_pids(w.pid), ' ') AS snapshot "
	"FROM (SELECT COALESCE(a.leader_pid, l.pid) AS pid FROM pg_catalog.pg_locks AS l "
	"LEFT JOIN " ACTIVITY " AS a ON a.pid" EQ "l.pid WHERE NOT l.granted AND l.pid IS NOT NULL "
	"UNION SELECT s.pid FROM " ACTIVITY " AS s WHERE s.wait_event" EQ "'SafeSnapshot') AS w LIMIT $1";

static const char prepared_sql[] =
	"SELECT p.transaction, p.gid, " PREPARED_FOR " AS age, p.owner, p.database, "
	"p.database" EQ "pg_catalog.current_database() AS here FROM pg_catalog.pg_prepared_xacts AS p LIMIT $1";

static const char remembered_sql[] =
	"SELECT COALESCE(a.leader_pid, l.pid) AS pid, pg_catalog.count(*) AS n FROM pg_catalog.pg_locks AS l "
	"LEFT JOIN " ACTIVITY " AS a ON a.pid" EQ "l.pid "
	"WHERE l.mode" EQ "'SIReadLock' AND l.pid IS NOT NULL GROUP BY 1 LIMIT $1";

static const char sessions_sql[] =
	"SELECT a.pid, a.leader_pid, a.backend_type, a.datname, a.usename, a.application_name, "
	"pg_catalog.host(a.client_addr) AS client, a.state, a.wait_event_type, a.wait_event, a.backend_xid, "
	"a.backend_xmin, " START " AS start, " XACT_FOR " AS xact, " STATEMENT_FOR " AS statement, " STATE_FOR
	" AS state_age, pg_catalog.left(a.query, $3::pg_catalog.int4) AS query, "
	"COALESCE(a.datname" EQ "pg_catalog.current_database(), false) AS here, " XACT_START " AS xact_start "
	"FROM pg_catalog.pg_stat_activity AS a WHERE ($2::pg_catalog.int4[] IS NULL "
	"AND a.pid" NE "pg_catalog.pg_backend_pid()) OR a.pid" EQ "ANY ($2::pg_catalog.int4[]) "
	"ORDER BY a.wait_event_type" EQ "'Lock' IS TRUE DESC, a.state" NE "'idle' IS TRUE DESC, a.xact_start LIMIT $1";

/* Who asks must not wait itself: not for the table of a row that is looked up, which others may want whole, nor for a
 * server that is slow to answer. It holds for its round trip, which is one transaction. */
static const char limits_sql[] = "SELECT pg_catalog.set_config('lock_timeout', '100', true), "
				 "pg_catalog.set_config('statement_timeout', '5000', true)";

static const struct {
	const char *sql, *shown;
	const char *names[SESSION_COLUMNS];
	size_t columns;
	uint64_t filled;
	unsigned params;
} postgres_questions[] = {
	[ANSWER_LIMITS] = {limits_sql, "SELECT set_config('lock_timeout', ...)", {"set_config", "set_config"}, 2, 0, 0},
	[ANSWER_LOCKS] = {LOCKS("waitstart"),
			  "SELECT ... FROM pg_locks",
			  {"leader", "virtualtransaction", "object", "locktype", "mode", "granted", "nspname",
			   "relname", "row", "transactionid", "age"},
			  LOCK_COLUMNS,
			  SHAPE_FILLED(LOCK_OBJECT) | SHAPE_FILLED(LOCK_TYPE) | SHAPE_FILLED(LOCK_MODE) |
				  SHAPE_FILLED(LOCK_GRANTED),
			  1},
	[ANSWER_WAITS] = {waits_sql,
			  "SELECT pg_blocking_pids() ...",
			  {"pid", "blockers", "snapshot"},
			  WAITS_COLUMNS,
			  SHAPE_FILLED(WAITS_PID),
			  1},
	[ANSWER_PREPARED] = {prepared_sql,
			     "SELECT ... FROM pg_prepared_xacts",
			     {"transaction", "gid", "age", "owner", "database", "here"},
			     PREPARED_COLUMNS,
			     SHAPE_FILLED(PREPARED_XID) | SHAPE_FILLED(PREPARED_NAME),
			     1},
	[ANSWER_REMEMBERED] = {remembered_sql,
			       "SELECT ... FROM pg_locks",
			       {"pid", "n"},
			       REMEMBERED_COLUMNS,
			       SHAPE_FILLED(REMEMBERED_PID) | SHAPE_FILLED(REMEMBERED_COUNT),
			       1},
	[ANSWER_SESSIONS] = {sessions_sql,
			     "SELECT ... FROM pg_stat_activity",
			     {"pid", "leader_pid", "backend_type", "datname", "usename", "application_name", "client",
			      "state", "wait_event_type", "wait_event", "backend_xid", "backend_xmin", "start", "xact",
			      "statement", "state_age", "query", "here", "xact_start"},
			     SESSION_COLUMNS,
			     SHAPE_FILLED(SESSION_PID),
			     3},
	[ANSWER_ACCOUNTS] = {NULL, NULL, {NULL}, ACCOUNT_COLUMNS, SHAPE_FILLED(ACCOUNT_ROW), 1},
};

static const char locks_13_sql[] = LOCKS("NULL::pg_catalog.timestamptz");

struct statement postgres_question(enum answer_kind kind, bool before_14)
{
	struct shape shape = {.columns = postgres_questions[kind].columns,
			      .names = kind == ANSWER_ACCOUNTS ? NULL : postgres_questions[kind].names,
			      .filled = postgres_questions[kind].filled};
	return (struct statement){.sql = kind == ANSWER_LOCKS && before_14 ? locks_13_sql
									   : postgres_questions[kind].sql,
				  .shown = postgres_questions[kind].shown,
				  .verb = VERB_SELECT,
				  .nparams = postgres_questions[kind].params,
				  .shape = shape};
}
