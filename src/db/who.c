/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a server who it is, and compares what it says with what was said before. */
#include "db/who.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql.h"

enum {
	VERSION,
	SYSTEM,
	WALFILE,
	FLUSHED,
	STARTED,
	PID,
	POOLED,
	RECOVERY,
	SAFE_PATH,
	SESSION_USER,
	CURRENT_USER,
	APPLICATION,
	NODE,
	COMMIT,
	SYNC_NAMES,
	SENDERS,
	PRIMARY,
	BACKEND_START,
	ROLE_BACK,
	XID,
};

/*
 * All names are qualified: what is asked here must not run what others put in front of pg_catalog. The file of the
 * log names the timeline that is written now; the control file learns of a new one only later.
 */
#define MINE "pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())"

#define SYSTEM_ASKED                                                                                                   \
	"(SELECT system_identifier FROM pg_catalog.pg_control_system()), "                                             \
	"CASE WHEN pg_catalog.pg_is_in_recovery() THEN NULL ELSE "                                                     \
	"pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()) END, "                                            \
	"CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE "                      \
	"pg_catalog.pg_current_wal_flush_lsn() END, "
#define SYSTEM_LEFT_OUT "NULL, NULL, NULL, "

/*
 * After SET ROLE the role may not look at its own backend: for that column set_config() takes the role off, and the
 * next one puts it on again, because columns are computed in their order. OFFSET 0 has the role read before. $2
 * counts from before the connection was begun: no backend of ours is older.
 */
#define REST                                                                                                           \
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

#define FROM_ROLE " FROM (SELECT pg_catalog.current_setting('role') AS role OFFSET 0) AS b"

/* NULL where a column of PostgreSQL has no counterpart. */
static const char cockroach[] =
	"SELECT version(), crdb_internal.cluster_id()::STRING, NULL, NULL, NULL, pg_backend_pid(), NULL, NULL, NULL, "
	"session_user, current_user, NULL, crdb_internal.node_id()::STRING";

const char who_shown[] = "SELECT version(), pg_backend_pid(), pg_postmaster_start_time(), ...";

const char *who_sql(enum sql_server server)
{
	return server == SERVER_COCKROACH ? cockroach : "SELECT pg_catalog.version(), " SYSTEM_ASKED REST FROM_ROLE;
}

const char *who_sql_xid(void)
{
	return "SELECT pg_catalog.version(), " SYSTEM_ASKED REST ", pg_catalog.pg_current_xact_id()" FROM_ROLE;
}

const char *who_sql_least(enum sql_server server)
{
	return server == SERVER_COCKROACH ? "SELECT version()"
					  : "SELECT pg_catalog.version(), " SYSTEM_LEFT_OUT REST FROM_ROLE;
}

/* ---- the answer ---- */

static const char *who_text_of(const struct rows *rows, size_t column)
{
	const char *cell = column < rows->ncols ? rows_cell(rows, 0, column) : NULL;
	return cell ? cell : "";
}

static bool who_is_true(const struct rows *rows, size_t column)
{
	return who_text_of(rows, column)[0] == 't';
}

static uint64_t read_lsn(const char *text)
{
	unsigned high = 0, low = 0;
	return sscanf(text, "%8X/%8X", &high, &low) == 2 ? (uint64_t)high << 32 | low : 0;
}

static unsigned read_timeline(const char *walfile)
{
	unsigned timeline = 0;
	return sscanf(walfile, "%8X", &timeline) == 1 ? timeline : 0;
}

/* synchronous_commit = local waits for no standby, whatever names are given. */
static enum durability read_durability(const char *commit, const char *names, long senders)
{
	if (!commit[0])
		return DURABLE_UNKNOWN;
	if (strcmp(commit, "off") == 0)
		return DURABLE_MEMORY;
	if (names[0] && strcmp(commit, "local") != 0)
		return DURABLE_REPLICATED;
	return senders > 0 ? DURABLE_ASYNC : DURABLE_LOCAL;
}

/* "+" or "-" before the time says whether the backend is young enough to be ours. */
static void read_backend(struct who *who, const char *text)
{
	who->backend_us = text[0] ? strtoll(text + 1, NULL, 10) : 0;
	who->pooled = who->pooled || text[0] == '-';
}

static void who_copy(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text);
}

bool who_read(struct who *who, enum sql_server server, const struct rows *rows)
{
	*who = (struct who){.server = server, .safe_path = true};
	if (!rows || rows->nrows != 1 || rows->ncols == 0)
		return false;
	who_copy(who->system, sizeof who->system, who_text_of(rows, SYSTEM));
	who_copy(who->node, sizeof who->node, who_text_of(rows, NODE));
	who_copy(who->session_user, sizeof who->session_user, who_text_of(rows, SESSION_USER));
	who_copy(who->current_user, sizeof who->current_user, who_text_of(rows, CURRENT_USER));
	who_copy(who->application, sizeof who->application, who_text_of(rows, APPLICATION));
	who_copy(who->primary, sizeof who->primary, who_text_of(rows, PRIMARY));
	who_copy(who->xid, sizeof who->xid, who_text_of(rows, XID));
	who->pid = (int)strtoll(who_text_of(rows, PID), NULL, 10);
	if (server == SERVER_COCKROACH) {
		who->durability = DURABLE_REPLICATED;
		return true;
	}
	who->started_us = strtoll(who_text_of(rows, STARTED), NULL, 10);
	who->timeline = read_timeline(who_text_of(rows, WALFILE));
	who->flushed = read_lsn(who_text_of(rows, FLUSHED));
	who->pooled = who_is_true(rows, POOLED);
	who->recovery = who_is_true(rows, RECOVERY);
	who->safe_path = who_is_true(rows, SAFE_PATH);
	who->durability = read_durability(who_text_of(rows, COMMIT), who_text_of(rows, SYNC_NAMES),
					  strtol(who_text_of(rows, SENDERS), NULL, 10));
	read_backend(who, who_text_of(rows, BACKEND_START));
	return true;
}

/* ---- the comparison ---- */

static enum who_now compare_cockroach(const struct who *then, const struct who *now)
{
	if (!then->system[0] || !now->system[0])
		return WHO_UNCLEAR;
	return strcmp(then->system, now->system) == 0 ? WHO_SAME : WHO_OTHER;
}

/*
 * The moment of a postmaster's start, to the microsecond, belongs to one server. A restarted one is known by its
 * data: the same system and history, and a log that is no shorter than what was on disk. A copy of older data is
 * shorter. A history that began later has a higher number; a lower one is that of a server that was replaced, and
 * lives on.
 */
enum who_now who_compare(const struct who *then, const struct who *now)
{
	bool known = then->system[0] && now->system[0];
	if (then->server != now->server || (known && strcmp(then->system, now->system) != 0))
		return WHO_OTHER;
	if (then->server == SERVER_COCKROACH)
		return compare_cockroach(then, now);
	if (then->timeline && now->timeline && then->timeline != now->timeline)
		return !known ? WHO_UNCLEAR : now->timeline > then->timeline ? WHO_NEW_HISTORY : WHO_OTHER;
	if (then->started_us && then->started_us == now->started_us)
		return WHO_SAME;
	if (!known || !then->timeline || then->timeline != now->timeline || now->flushed < then->flushed)
		return WHO_UNCLEAR;
	return WHO_RESTARTED;
}

/* ---- words ---- */

const char *durability_name(enum durability durability)
{
	static const char *const names[] = {
		[DURABLE_UNKNOWN] = NULL,         [DURABLE_REPLICATED] = "replicated", [DURABLE_LOCAL] = "disk",
		[DURABLE_ASYNC] = "asynchronous", [DURABLE_MEMORY] = "memory",
	};
	return names[durability];
}

const char *durability_doubt(enum durability durability)
{
	if (durability == DURABLE_ASYNC)
		return "on this server only so far, because its standby is asynchronous";
	if (durability == DURABLE_MEMORY)
		return "not on disk yet, because synchronous_commit is off";
	return NULL;
}

const char *who_primary(const struct who *who)
{
	return who->primary[0] && who->primary[0] != ':' ? who->primary : NULL;
}

bool who_acts(const struct who *who)
{
	return strcmp(who->session_user, who->current_user) != 0;
}

void who_words(struct buf *out, const struct who *who)
{
	const char *primary = who_primary(who);
	if (who->pooled)
		buf_str(out, "; through a pooler");
	if (who->recovery)
		buf_fmt(out, "; standby, read-only%s%s", primary ? "; its primary: " : "", primary ? primary : "");
	if (who_acts(who))
		buf_fmt(out, "; %s, acting as %s", who->session_user, who->current_user);
}

void who_way(struct buf *out, const struct who *who)
{
	const char *primary = who_primary(who);
	buf_fmt(out, "connect to its primary%s%s, or name all hosts with target_session_attrs=read-write",
		primary ? ", " : "", primary ? primary : "");
}
