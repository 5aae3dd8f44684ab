/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What PostgreSQL itself knows of the session that sent a commit, and of its transaction's number. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "txn_internal.h"

enum { WAY_MS = 100 /* the most that BEGIN was quicker than the question */ };

struct statement proof_who(const char *sql)
{
	static const char *const nobody[] = {"0", "0"}; /* whether a pooler is there is not asked */
	return (struct statement){
		.sql = sql, .verb = VERB_SELECT, .nparams = 2, .params = nobody, .shown = who_shown, .once = true};
}

/* ---- the session ---- */

enum { PROOF_BEGIN, PROOF_ROLE, PROOF_GONE, PROOF_ROLLBACK, PROOF_END };

/*
 * Provably ours: started straight from here, by its process number, its start and its server's start, and called by
 * the name that only this process gives. Behind a pooler the same backend may work for another client by now.
 */
static bool may_end(const struct txn *txn)
{
	const struct who *who = &txn->attempt.who;
	return !txn->settle.end_asked && !who->pooled && !db_pooled(txn->db) && who->backend_us &&
	       strstr(who->application, db_token(txn->db));
}

void proof_on_answer(void *arg, size_t index, const struct answer *answer)
{
	struct txn *txn = arg;
	struct settle *settle = &txn->settle;
	const char *gone = rows_cell(answer->rows, 0, 0), *status = rows_cell(answer->rows, 0, 1);
	size_t step = settle->steps[index];
	if (step == PROOF_END && !answer->ok)
		settle->end_failed = true;
	if (step != PROOF_GONE || !answer->ok || !gone)
		return;
	bool over = status && strcmp(status, "in progress") != 0;
	settle->ended = settle->ended || gone[0] == 't' || over;
}

/* The role may look at its own sessions, and end them, only under the name that it logged in with. */
bool proof_ask(struct txn *txn, struct db_reply reply)
{
	const struct who *who = &txn->attempt.who;
	const struct dialect *dialect = db_dialect(txn->db);
	char pid[16], born[24], started[24];
	const char *ends[] = {pid, born, started, who->application}, *asks[] = {pid, born, started, who->xid};
	bool itself = who->pid == db_who(txn->db)->pid && who->backend_us == db_who(txn->db)->backend_us;
	if (txn->settle.ended || !dialect->gone_sql || !txn->attempt.who_known || !who->pid || !who->started_us ||
	    itself)
		return false;
	snprintf(pid, sizeof pid, "%d", who->pid);
	snprintf(born, sizeof born, "%" PRId64, who->backend_us);
	snprintf(started, sizeof started, "%" PRId64, who->started_us);
	const char *end_sql =
		db_version_at_least(txn->db, 14, 0) ? dialect->end_session_sql : dialect->end_session_sql_13;
	const struct statement all[] = {
		[PROOF_BEGIN] = {.sql = "BEGIN READ ONLY", .verb = VERB_BEGIN},
		[PROOF_ROLE] = {.sql = "SET LOCAL ROLE NONE", .verb = VERB_SET, .once = true},
		[PROOF_GONE] =
			{.sql = dialect->gone_sql, .verb = VERB_SELECT, .nparams = 4, .params = asks, .once = true},
		[PROOF_ROLLBACK] = {.sql = "ROLLBACK", .verb = VERB_ROLLBACK},
		[PROOF_END] = {.sql = end_sql, .verb = VERB_SELECT, .nparams = 4, .params = ends, .once = true},
	};
	static const size_t steps[] = {PROOF_BEGIN, PROOF_ROLE, PROOF_END, PROOF_GONE, PROOF_ROLLBACK};
	struct statement statements[SETTLE_STEPS];
	size_t n = 0;
	bool end = may_end(txn);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		if (steps[i] == PROOF_END && !end)
			continue;
		txn->settle.steps[n] = steps[i];
		statements[n++] = all[steps[i]];
	}
	txn->settle.end_asked = txn->settle.end_asked || end;
	settle_send(txn, statements, n, reply);
	return true;
}

/* ---- the number ---- */

enum { STATUS_WHO = 1, STATUS_ASKED };

/* A number means something only to the server that gave it, in the history in which it gave it. */
static bool is_its_own(const struct txn *txn)
{
	return txn->attempt.who_known && (txn->settle.now == WHO_SAME || txn->settle.now == WHO_RESTARTED);
}

void proof_on_status(void *arg, size_t index, const struct answer *answer)
{
	struct txn *txn = arg;
	struct settle *settle = &txn->settle;
	const char *status = answer->ok ? rows_cell(answer->rows, 0, 0) : NULL;
	if (!answer->ok) {
		settle_failure(txn, answer);
		return;
	}
	if (index == STATUS_WHO)
		settle_server(txn, answer->rows);
	if (index == STATUS_WHO && !is_its_own(txn))
		settle->gone = settle->now != WHO_UNCLEAR;
	if (index != STATUS_ASKED || !is_its_own(txn))
		return;
	if (!status)
		settle->gone = true; /* too long ago for the server to remember */
	else if (strcmp(status, "committed") == 0)
		settle->verdict = VERDICT_COMMITTED;
	else if (strcmp(status, "aborted") == 0)
		settle->verdict = VERDICT_ABORTED;
	settle->final = settle->final || settle->verdict == VERDICT_ABORTED;
}

bool proof_ask_status(struct txn *txn, struct db_reply reply)
{
	char age[40];
	const char *params[] = {txn->attempt.who.xid, age};
	const char *sql = db_dialect(txn->db)->xid_status_sql;
	if (!sql || !txn->attempt.who.xid[0])
		return false;
	snprintf(age, sizeof age, "%llu milliseconds",
		 (unsigned long long)(clock_us() - txn->attempt.begun_us) / 1000 + WAY_MS);
	const struct statement statements[] = {
		{.sql = "BEGIN READ ONLY", .verb = VERB_BEGIN},
		[STATUS_WHO] = settle_who(txn),
		[STATUS_ASKED] = {.sql = sql, .verb = VERB_SELECT, .nparams = 2, .params = params},
		{.sql = "ROLLBACK", .verb = VERB_ROLLBACK},
	};
	settle_send(txn, statements, sizeof statements / sizeof *statements, reply);
	return true;
}
