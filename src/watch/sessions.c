/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the sessions, and who waits for whom, of a server's answers. */
#include "watch/sessions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "watch_internal.h"

/* ---- sessions ---- */

static const struct server_session sessions_blank = {.id = "",
						     .type = "",
						     .application = "",
						     .user = "",
						     .database = "",
						     .client = "",
						     .state = "",
						     .wait_type = "",
						     .wait_name = "",
						     .statement = "",
						     .xid = "",
						     .xmin = "",
						     .start_us = "",
						     .xact_us = -1,
						     .statement_us = -1,
						     .state_us = -1,
						     .ours = SESSIONS_NONE};

struct server_session *sessions_add(struct sessions *sessions)
{
	sessions->at = mem_grow(sessions->at, sessions->n, sizeof *sessions->at);
	struct server_session *session = &sessions->at[sessions->n++];
	*session = sessions_blank;
	session->lock = locks_none;
	return session;
}

static bool sessions_is_ours(const struct server_session *session, const struct ours *ours)
{
	size_t n = strlen(session->application), token = strlen(ours->token);
	bool named = token > 0 && n >= token && strcmp(session->application + n - token, ours->token) == 0;
	return named || (ours->pid != 0 && ours->pid == session->pid);
}

void sessions_mark(struct server_session *session, const struct answers *answers)
{
	for (size_t i = 0; i < answers->nours && session->ours == SESSIONS_NONE; i++)
		if (sessions_is_ours(session, &answers->ours[i]))
			session->ours = (long)i;
}

/* What a role may not see is NULL; the type is never NULL else. */
static void sessions_take(struct server_session *session, const struct rows *rows, size_t row)
{
	session->id = answer_cell(rows, row, SESSION_PID);
	session->pid = answer_pid(rows, row, SESSION_PID);
	session->leader = answer_pid(rows, row, SESSION_LEADER);
	session->hidden = !rows_cell(rows, row, SESSION_TYPE);
	session->here = answer_cell(rows, row, SESSION_HERE)[0] == 't';
	session->type = answer_cell(rows, row, SESSION_TYPE);
	session->application = answer_cell(rows, row, SESSION_APPLICATION);
	session->user = answer_cell(rows, row, SESSION_USER);
	session->database = answer_cell(rows, row, SESSION_DATABASE);
	session->client = answer_cell(rows, row, SESSION_CLIENT);
	session->state = answer_cell(rows, row, SESSION_STATE);
	session->wait_type = answer_cell(rows, row, SESSION_WAIT_TYPE);
	session->wait_name = answer_cell(rows, row, SESSION_WAIT_NAME);
	session->statement = session->hidden ? "" : answer_cell(rows, row, SESSION_STATEMENT);
	session->xid = answer_cell(rows, row, SESSION_XID);
	session->xmin = answer_cell(rows, row, SESSION_XMIN);
	session->start_us = answer_cell(rows, row, SESSION_START);
	session->xact_start_us = answer_cell(rows, row, SESSION_XACT_START);
	session->xact_us = answer_age(rows, row, SESSION_XACT_AGE);
	session->statement_us = answer_age(rows, row, SESSION_STATEMENT_AGE);
	session->state_us = answer_age(rows, row, SESSION_STATE_AGE);
}

static void sessions_take_prepared(struct server_session *session, const struct rows *rows, size_t row)
{
	session->prepared = true;
	session->id = answer_cell(rows, row, PREPARED_NAME);
	session->type = "prepared transaction";
	session->state = "prepared";
	session->xid = answer_cell(rows, row, PREPARED_XID);
	session->user = answer_cell(rows, row, PREPARED_OWNER);
	session->database = answer_cell(rows, row, PREPARED_DATABASE);
	session->here = answer_cell(rows, row, PREPARED_HERE)[0] == 't';
	session->xact_us = session->state_us = answer_age(rows, row, PREPARED_AGE);
}

static void sessions_read(struct sessions *sessions, const struct answers *answers)
{
	const struct rows *listed = answers->rows[ANSWER_SESSIONS], *prepared = answers->rows[ANSWER_PREPARED];
	sessions->more = answer_rows(listed, SIZE_MAX) > SESSIONS_MAX || answer_rows(prepared, SIZE_MAX) > SESSIONS_MAX;
	for (size_t row = 0; row < answer_rows(listed, SESSIONS_MAX); row++) {
		struct server_session *session = sessions_add(sessions);
		sessions_take(session, listed, row);
		sessions_mark(session, answers);
		sessions->hidden += session->hidden;
	}
	for (size_t row = 0; row < answer_rows(prepared, SESSIONS_MAX); row++)
		sessions_take_prepared(sessions_add(sessions), prepared, row);
}

static void sessions_read_remembered(struct sessions *sessions, const struct rows *rows)
{
	for (size_t row = 0; row < answer_rows(rows, SESSIONS_MAX); row++) {
		long at = sessions_find(sessions, answer_pid(rows, row, REMEMBERED_PID));
		if (at != SESSIONS_NONE)
			sessions->at[at].remembered =
				(unsigned)strtoul(answer_cell(rows, row, REMEMBERED_COUNT), NULL, 10);
	}
}

/* ---- who waits for whom ---- */

/* Where the answers about waits are read: the pairs that were found, and of whom is spoken. */
struct pairs {
	struct sessions *sessions;
	const struct locks *locks;
	long waiter;
	bool prepared; /* its prepared transactions were added */
};

void sessions_add_wait(struct sessions *sessions, long waiter, long holder, enum wait_kind kind)
{
	for (size_t i = sessions->nwaits; i > 0 && sessions->waits[i - 1].waiter == waiter; i--)
		if (sessions->waits[i - 1].holder == holder)
			return;
	if (sessions->nwaits == SESSIONS_WAITS) {
		sessions->more = true;
		return;
	}
	sessions->waits = mem_grow(sessions->waits, sessions->nwaits, sizeof *sessions->waits);
	sessions->waits[sessions->nwaits++] = (struct server_wait){waiter, holder, kind};
}

/* One that is waited for and is not among the sessions; the waits bound how many there can be. */
static long sessions_add_unlisted(struct sessions *sessions, int pid, const char *id)
{
	struct server_session *session = sessions_add(sessions);
	session->pid = pid;
	session->prepared = pid == 0;
	session->id = id;
	session->unlisted = true;
	return (long)sessions->n - 1;
}

static long sessions_find_prepared(const struct sessions *sessions, const char *xid)
{
	for (size_t i = 0; i < sessions->n; i++)
		if (sessions->at[i].prepared && strcmp(sessions->at[i].xid, xid) == 0)
			return (long)i;
	return SESSIONS_NONE;
}

static bool sessions_full(struct sessions *sessions)
{
	bool full = sessions->n >= 2 * SESSIONS_MAX + 2 * SESSIONS_WAITS;
	sessions->more = sessions->more || full;
	return full;
}

static void sessions_wait_for_prepared(void *arg, const char *xid)
{
	struct pairs *pairs = arg;
	long holder = sessions_find_prepared(pairs->sessions, xid);
	if (holder == SESSIONS_NONE && sessions_full(pairs->sessions))
		return;
	if (holder == SESSIONS_NONE) {
		holder = sessions_add_unlisted(pairs->sessions, 0, "");
		pairs->sessions->at[holder].xid = xid;
	}
	sessions_add_wait(pairs->sessions, pairs->waiter, holder, WAIT_HELD);
}

const char *sessions_make(struct sessions *sessions, char *text)
{
	sessions->made = mem_grow(sessions->made, sessions->nmade, sizeof *sessions->made);
	return sessions->made[sessions->nmade++] = text;
}

static const char *sessions_number(struct sessions *sessions, int pid)
{
	char text[16];
	snprintf(text, sizeof text, "%d", pid);
	return sessions_make(sessions, mem_dup(text));
}

static long sessions_find_or_add(struct sessions *sessions, int pid)
{
	long at = sessions_find(sessions, pid);
	if (at != SESSIONS_NONE || sessions_full(sessions))
		return at;
	return sessions_add_unlisted(sessions, pid, sessions_number(sessions, pid));
}

static void sessions_wait_for(struct pairs *pairs, int pid, bool snapshot)
{
	struct sessions *sessions = pairs->sessions;
	int waiter = sessions->at[pairs->waiter].pid;
	if (pid == 0) {
		if (!pairs->prepared)
			locks_prepared(pairs->locks, waiter, sessions_wait_for_prepared, pairs);
		pairs->prepared = true;
		return;
	}
	long holder = sessions_find_or_add(sessions, pid);
	if (holder != SESSIONS_NONE)
		sessions_add_wait(sessions, pairs->waiter, holder,
				  snapshot ? WAIT_SNAPSHOT : locks_why(pairs->locks, waiter, pid));
}

static void sessions_read_pids(struct pairs *pairs, const char *pids, bool snapshot)
{
	for (char *at = (char *)pids; *at;) {
		char *end;
		long pid = strtol(at, &end, 10);
		if (end == at)
			return;
		if (pid >= 0 && pid <= INT32_MAX)
			sessions_wait_for(pairs, (int)pid, snapshot);
		at = end + (*end == ' ');
	}
}

static void sessions_read_waits(struct sessions *sessions, const struct rows *waits, const struct locks *locks)
{
	struct pairs pairs = {.sessions = sessions, .locks = locks};
	for (size_t row = 0; row < answer_rows(waits, SESSIONS_WAITS); row++) {
		const char *blockers = answer_cell(waits, row, WAITS_BLOCKERS);
		const char *snapshot = answer_cell(waits, row, WAITS_SNAPSHOT);
		int pid = answer_pid(waits, row, WAITS_PID);
		if (!pid || (!*blockers && !*snapshot)) /* it has it by now */
			continue;
		pairs.waiter = sessions_find_or_add(sessions, pid);
		pairs.prepared = false;
		if (pairs.waiter == SESSIONS_NONE)
			return;
		sessions_read_pids(&pairs, blockers, false);
		sessions_read_pids(&pairs, snapshot, true);
	}
}

/* ---- all of it ---- */

struct sessions *sessions_build(struct answers *answers)
{
	struct sessions *sessions = NEW(struct sessions);
	struct locks locks = locks_read(answers->rows[ANSWER_LOCKS]);
	sessions_read(sessions, answers);
	sessions_read_waits(sessions, answers->rows[ANSWER_WAITS], &locks);
	locks_tell(sessions, &locks, answers);
	locks_done(&locks);
	sessions_read_remembered(sessions, answers->rows[ANSWER_REMEMBERED]);
	sessions_keep(sessions, answers);
	return sessions;
}

void sessions_keep(struct sessions *sessions, struct answers *answers)
{
	sessions->nrows = ANSWER_KINDS;
	sessions->rows = mem_array(ANSWER_KINDS, sizeof(struct rows *));
	for (size_t i = 0; i < ANSWER_KINDS; i++) {
		sessions->rows[i] = answers->rows[i];
		answers->rows[i] = NULL;
	}
}

void sessions_free(struct sessions *sessions)
{
	if (!sessions)
		return;
	for (size_t i = 0; i < sessions->nrows; i++)
		rows_free(sessions->rows[i]);
	for (size_t i = 0; i < sessions->nmade; i++)
		free(sessions->made[i]);
	free((void *)sessions->rows);
	free((void *)sessions->made);
	free(sessions->at);
	free(sessions->waits);
	free(sessions);
}

/* ---- questions ---- */

long sessions_find(const struct sessions *sessions, int pid)
{
	for (size_t i = 0; pid != 0 && i < sessions->n; i++)
		if (sessions->at[i].pid == pid)
			return (long)i;
	return SESSIONS_NONE;
}

long sessions_of_ours(const struct sessions *sessions, long ours)
{
	for (size_t i = 0; ours != SESSIONS_NONE && i < sessions->n; i++)
		if (sessions->at[i].ours == ours)
			return (long)i;
	return SESSIONS_NONE;
}

size_t sessions_holders(const struct sessions *sessions, long session)
{
	size_t n = 0;
	for (size_t i = 0; i < sessions->nwaits; i++)
		n += sessions->waits[i].waiter == session;
	return n;
}

long sessions_holder(const struct sessions *sessions, long session)
{
	long found = SESSIONS_NONE;
	for (size_t i = 0; i < sessions->nwaits; i++) {
		if (sessions->waits[i].waiter != session)
			continue;
		if (found == SESSIONS_NONE ||
		    (sessions->waits[found].kind != WAIT_HELD && sessions->waits[i].kind == WAIT_HELD))
			found = (long)i;
	}
	return found;
}

long sessions_root(const struct sessions *sessions, long session)
{
	long wait = sessions_holder(sessions, session);
	if (wait == SESSIONS_NONE)
		return SESSIONS_NONE;
	long first = sessions->waits[wait].holder, root = first;
	for (size_t steps = 0; (wait = sessions_holder(sessions, root)) != SESSIONS_NONE; steps++) {
		if (steps == sessions->n) /* a circle */
			return first;
		root = sessions->waits[wait].holder;
	}
	return root;
}
