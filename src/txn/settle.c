/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds out what became of a commit whose answer was lost, through the ledger or the server's own memory of transactions. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine.h"

/*
 * The session that sent the commit may still be at work on the server: it is ended first, where the server lets us, so that the
 * answer cannot change afterwards. Then the question, again and again until it is answered or the time is up:
 *
 * With a ledger: write the same id in a new transaction. Touched 0 rows: it is there, so the first transaction committed. Touched
 * 1: it is not, and the new transaction is rolled back. A transaction that comes after, with the same id, can be committed only if
 * the first one was not: the primary key decides, even if the first should still be on its way.
 * Where the session could not be ended, that is also why an end without a commit (limits, a rejection, a cancel) asks once more, and
 * if the id is still not there calls the outcome unknown.
 * Without a ledger, on PostgreSQL: pg_xact_status() of the number that the transaction had.
 */
enum { DIAL_LIMIT_MS = 10000, WAY_MS = 100 /* the most that BEGIN was quicker than the question */ };

static void dial(struct txn *txn);
static void ask(struct txn *txn);

static void give_up(struct txn *txn)
{
	txn->settle.open = false;
	txn->counters.unsettled++;
	txn->result.reason = txn->settle.doubt;
	retry_clean(txn, AFTER_END, OUTCOME_UNKNOWN);
}

/* Lost together with the ledger's INSERT, the commit can still be on its way. Sent alone it cannot: the INSERT before it would have
 * been found. Over a connection that lives the server has answered everything. */
static bool may_come_late(const struct txn *txn)
{
	const struct attempt *attempt = &txn->attempt;
	bool alone = attempt_is_commit(&attempt->items[attempt->first_sent]);
	return attempt->fault.lost && !txn->settle.ended && !alone;
}

static void conclude(struct txn *txn, bool committed)
{
	txn->result.settled = true;
	if (committed) {
		txn->settle.open = false;
		txn->counters.settled_committed++;
		txn_say(txn, EVENT_SETTLE, "settled: it did commit");
		retry_clean(txn, AFTER_END, OUTCOME_COMMITTED);
		return;
	}
	if (txn->settle.last) {
		give_up(txn);
		return;
	}
	txn->counters.settled_aborted++;
	txn->settle.open = may_come_late(txn);
	txn_say(txn, EVENT_SETTLE, "settled: it did not commit");
	txn->attempt.fault.lost = true;
	if (txn->cancelled)
		retry_clean(txn, AFTER_END, OUTCOME_CANCELLED);
	else
		retry_or_end(txn);
}

static void again_later(struct txn *txn)
{
	if (txn->cancelled || clock_us() >= txn->settle.deadline_us)
		give_up(txn);
	else
		timer_start(txn->timer, retry_backoff_ms(txn, ++txn->settle.asked));
}

/* ---- the conversation ---- */

static void on_idle(void *arg)
{
	struct txn *txn = arg;
	if (txn->settle.verdict != VERDICT_NONE)
		conclude(txn, txn->settle.verdict == VERDICT_COMMITTED);
	else if (txn->settle.gone)
		give_up(txn);
	else
		again_later(txn);
}

static void on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	(void)why;
	again_later(arg);
}

/* An error that will come again makes the question useless; one that asks for a retry does not. */
static void read_failure(struct txn *txn, const struct answer *answer)
{
	enum sql_class class = sqlstate_class(answer->sqlstate, db_server(txn->db), PHASE_WORK);
	if (!answer->skipped && (class == CLASS_FINAL || txn->cancelled))
		txn->settle.gone = true;
}

static void take_found(struct txn *txn, const struct rows *row)
{
	txn->settle.verdict = VERDICT_COMMITTED;
	if (txn->body->ops->found)
		txn->body->ops->found(txn->body, row);
}

static void on_fence(void *arg, size_t index, const struct answer *answer)
{
	struct txn *txn = arg;
	if (!answer->ok)
		read_failure(txn, answer);
	else if (index == 1 && answer->affected == 1)
		txn->settle.verdict = VERDICT_ABORTED;
	else if (index == 2 && answer->rows && answer->rows->nrows == 1 && txn->settle.verdict == VERDICT_NONE)
		take_found(txn, answer->rows);
}

static void on_status(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct txn *txn = arg;
	const char *status = answer->ok ? rows_cell(answer->rows, 0, 0) : NULL;
	if (!answer->ok)
		read_failure(txn, answer);
	else if (!status)
		txn->settle.gone = true; /* too long ago for the server to remember */
	else if (strcmp(status, "committed") == 0)
		txn->settle.verdict = VERDICT_COMMITTED;
	else if (strcmp(status, "aborted") == 0)
		txn->settle.verdict = VERDICT_ABORTED;
}

/* No row: it had gone already. False: it did not go in time. */
static void on_ended(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct txn *txn = arg;
	const char *gone = rows_cell(answer->rows, 0, 0);
	txn->settle.end_asked = true;
	txn->settle.ended = answer->ok && (!gone || strcmp(gone, "t") == 0);
}

static void on_ended_idle(void *arg)
{
	ask(arg);
}

static void send(struct txn *txn, const struct statement *statements, size_t n, struct db_reply reply)
{
	struct db_context context = txn_context(txn, n);
	db_send(txn->db, statements, n, &context, &reply);
}

static bool end_session(struct txn *txn)
{
	char pid[16];
	const char *params[] = {pid};
	const char *sql = db_dialect(txn->db)->end_session_sql;
	if (txn->settle.end_asked || !sql || !txn->attempt.pid || txn->attempt.pid == db_facts(txn->db)->pid)
		return false;
	snprintf(pid, sizeof pid, "%d", txn->attempt.pid);
	struct statement statement = {.sql = sql, .verb = VERB_SELECT, .nparams = 1, .params = params, .once = true};
	send(txn, &statement, 1, (struct db_reply){on_ended, on_ended_idle, on_lost, txn, NULL});
	return true;
}

static bool ask_ledger(struct txn *txn)
{
	struct fence fence;
	if (!txn->body->ops->fence || !txn->body->ops->fence(txn->body, &fence))
		return false;
	struct statement statements[] = {
		{.sql = "BEGIN ISOLATION LEVEL SERIALIZABLE", .verb = VERB_BEGIN},
		fence.write,
		fence.find,
		{.sql = "ROLLBACK", .verb = VERB_ROLLBACK},
	};
	send(txn, statements, COUNT_OF(statements), (struct db_reply){on_fence, on_idle, on_lost, txn, NULL});
	return true;
}

static bool ask_status(struct txn *txn)
{
	char age[40];
	const char *params[] = {txn->attempt.xid, age};
	const char *sql = db_dialect(txn->db)->xid_status_sql;
	if (!sql || !txn->attempt.xid[0])
		return false;
	snprintf(age, sizeof age, "%llu milliseconds",
		 (unsigned long long)(clock_us() - txn->attempt.begun_us) / 1000 + WAY_MS);
	struct statement statement = {.sql = sql, .verb = VERB_SELECT, .nparams = 2, .params = params};
	send(txn, &statement, 1, (struct db_reply){on_status, on_idle, on_lost, txn, NULL});
	return true;
}

static void roll_back(struct txn *txn)
{
	retry_clean(txn, AFTER_SETTLE, OUTCOME_NONE);
}

static void ask(struct txn *txn)
{
	if (txn->cancelled)
		give_up(txn);
	else if (db_state(txn->db) != DB_IDLE)
		dial(txn);
	else if (db_in_transaction(txn->db))
		roll_back(txn);
	else if (!end_session(txn) && !ask_ledger(txn) && !ask_status(txn))
		give_up(txn);
}

static void on_connected(void *arg, const struct err *err)
{
	if (err)
		again_later(arg);
	else
		ask(arg);
}

static void dial(struct txn *txn)
{
	db_reconnect(txn->db, DIAL_LIMIT_MS, on_connected, txn);
}

void settle_turn(struct txn *txn)
{
	txn_move(txn, TXN_SETTLING, NULL);
	txn->settle.verdict = VERDICT_NONE;
	ask(txn);
}

void settle_begin(struct txn *txn)
{
	struct buf text = {0};
	fault_sentence(&txn->attempt.fault, &text);
	txn->settle = (struct settle){.deadline_us = clock_us() + txn->options.max_elapsed_ms * 1000};
	err_set(&txn->settle.doubt, ST_UNKNOWN, "the commit was sent and its answer was lost: %s", buf_text(&text));
	buf_free(&text);
	txn->counters.ambiguous++;
	txn->by_savepoint = false;
	txn_say(txn, EVENT_SETTLE, "commit sent, answer lost: finding out");
	settle_turn(txn);
}

bool settle_last(struct txn *txn, enum outcome outcome)
{
	if (!txn->settle.open || outcome == OUTCOME_COMMITTED || outcome == OUTCOME_UNKNOWN)
		return false;
	txn->settle.open = false;
	txn->settle.last = true;
	txn->cancelled = false;
	txn->settle.deadline_us = clock_us() + txn->options.max_elapsed_ms * 1000;
	txn->counters.ambiguous++;
	txn_say(txn, EVENT_SETTLE, "asking once more before the end");
	settle_turn(txn);
	return true;
}

/* Whoever stops asking does not know. */
void settle_cancel(struct txn *txn)
{
	enum db_state state = db_state(txn->db);
	txn->cancelled = true;
	if (state == DB_BUSY) {
		db_cancel(txn->db);
		return;
	}
	if (state == DB_CONNECTING)
		db_close(txn->db);
	timer_start(txn->timer, 0);
}
