/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a server who it is, and compares what it says with what was said before. */
#include "db/who.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/dialect.h"

/* The columns of who_sql and its kin (db/dialect.h), in this order; what is not there is "". */
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

const char who_shown[] = "SELECT version(), pg_backend_pid(), pg_postmaster_start_time(), ...";

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
	const struct dialect *dialect = dialect_of(server);
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
	who->started_us = strtoll(who_text_of(rows, STARTED), NULL, 10);
	who->timeline = read_timeline(who_text_of(rows, WALFILE));
	who->flushed = read_lsn(who_text_of(rows, FLUSHED));
	who->pooled = who_is_true(rows, POOLED);
	who->recovery = who_is_true(rows, RECOVERY);
	who->safe_path = !dialect->qualifies || who_is_true(rows, SAFE_PATH);
	who->durability = dialect->cluster ? DURABLE_REPLICATED
					   : read_durability(who_text_of(rows, COMMIT), who_text_of(rows, SYNC_NAMES),
							     strtol(who_text_of(rows, SENDERS), NULL, 10));
	read_backend(who, who_text_of(rows, BACKEND_START));
	return true;
}

/* ---- the comparison ---- */

static enum who_now compare_clusters(const struct who *then, const struct who *now)
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
	if (dialect_of(then->server)->cluster)
		return compare_clusters(then, now);
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
	if (who->node[0])
		buf_fmt(out, "; node %s", who->node);
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
