/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds out what became of a commit whose answer was lost, and believes only what is proved. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "txn/backoff.h"
#include "txn_internal.h"

/*
 * The session that sent the commit may still be at work on the server. So the questions come in this order, again and
 * again until they are answered or the time is up:
 *
 * 1. Who answers now (db/who.h), and is the backend that got the commit gone there? Where it is provably ours it is
 *    ended first (proof.c).
 * 2. With a ledger: is the id in it? A row that can be seen is a commit, wherever it is seen. No row is proof only
 *    where the commit cannot come any more into this history: the backend is gone; or its server was restarted, or
 *    replaced by a promoted standby; or the id was written, waiting for whoever had written it before, and the commit
 *    had been sent alone, after the ledger's INSERT was answered. Without such a proof a next attempt with the same id
 *    is still safe, because the primary key lets only one of them commit; but an end without a commit (limits, a
 *    rejection, a cancel) asks once more, and is UNKNOWN if the id is still not there. On another server nothing is
 *    proved and nothing is tried again: UNKNOWN.
 * 3. Without a ledger: the server's memory of its transaction numbers, on the server and in the history that gave the
 *    number.
 */
enum { DIAL_LIMIT_MS = 10000 };

static void settle_dial(struct txn *txn);
static void settle_ask(struct txn *txn);
static void ask_truth(struct txn *txn);

static void settle_give_up(struct txn *txn)
{
	txn->settle.open = false;
	txn->counters.unsettled++;
	txn->result.reason = txn->settle.doubt;
	retry_clean(txn, AFTER_END, OUTCOME_UNKNOWN);
}

/* A refusal of the server itself that will come again is the transaction's end; what was lost with the connection is
 * tried again. */
static bool will_recur(const struct txn *txn)
{
	const struct fault *fault = &txn->attempt.fault;
	return fault->clean && sqlstate_class(fault->sqlstate, db_server(txn->db), PHASE_WORK) == CLASS_FINAL &&
	       sqlstate_class(fault->sqlstate, db_server(txn->db), PHASE_COMMIT) == CLASS_AMBIGUOUS &&
	       db_dialect(txn->db)->errors_recur;
}

static void conclude_aborted(struct txn *txn)
{
	bool replaced = txn->settle.now == WHO_NEW_HISTORY;
	txn->counters.settled_aborted++;
	txn->settle.open = !txn->settle.final;
	txn_say(txn, EVENT_SETTLE,
		replaced ? "settled: it did not commit in the history of this server, which replaced the other"
			 : "settled: it did not commit");
	txn->attempt.fault.lost = true;
	if (txn->cancelled)
		retry_clean(txn, AFTER_END, OUTCOME_CANCELLED);
	else if (will_recur(txn))
		retry_failed(txn);
	else
		retry_or_end(txn);
}

static void conclude(struct txn *txn, bool committed)
{
	txn->result.settled = true;
	if (committed) {
		txn->settle.open = false;
		txn->counters.settled_committed++;
		txn_say(txn, EVENT_SETTLE, "settled: it did commit");
		retry_clean(txn, AFTER_END, OUTCOME_COMMITTED);
	} else if (txn->settle.last && !txn->settle.final) {
		settle_give_up(txn);
	} else {
		conclude_aborted(txn);
	}
}

static void again_later(struct txn *txn)
{
	unsigned asked = ++txn->settle.asked;
	if (txn->cancelled || clock_us() >= txn->settle.deadline_us)
		settle_give_up(txn);
	else
		timer_start(txn->timer, backoff_ms(&txn->options, &txn->rng, asked, asked));
}

/* ---- what the answers prove ---- */

/*
 * The server that answers the question may be another one than at the connect: a pooler goes on to the next server
 * unseen. What was sent to a server that has been restarted or replaced since cannot be committed into the history
 * that is read here, unless that still comes from the other one, because this one is a standby. Where the
 * transaction's own server and backend are not known, that another backend is gone says nothing.
 */
static void judge_server(struct txn *txn, const struct who *who)
{
	struct settle *settle = &txn->settle;
	settle->now = who_compare(&txn->attempt.who, who);
	settle->recovery = who->recovery;
	settle->final = !who->recovery && txn->attempt.who_known &&
			(settle->now == WHO_RESTARTED || settle->now == WHO_NEW_HISTORY ||
			 (settle->now == WHO_SAME && settle->ended));
}

struct statement settle_who(const struct txn *txn)
{
	bool all = db_who(txn->db)->system[0] != '\0';
	const struct dialect *dialect = db_dialect(txn->db);
	return proof_who(all ? dialect->who_sql : dialect->who_least_sql);
}

void settle_server(struct txn *txn, const struct rows *rows)
{
	struct who who;
	if (who_read(&who, db_server(txn->db), rows))
		judge_server(txn, &who);
}

/*
 * Over a connection that lives, straight to the server, everything was answered. A commit that was sent alone cannot
 * come late: the INSERT before it would have been found, or waited for. The same server must say so, and must have
 * tried to write.
 */
static bool cannot_come(const struct txn *txn, bool wrote)
{
	const struct attempt *attempt = &txn->attempt;
	bool alone = attempt_is_commit(attempt, attempt->first_sent);
	bool here = db_dialect(txn->db)->cluster || (attempt->who_known && txn->settle.now == WHO_SAME);
	if (txn->settle.final)
		return true;
	return here && ((!attempt->fault.lost && !db_pooled(txn->db)) || (alone && wrote));
}

/* ---- the ledger ---- */

enum { LEDGER_FRAME, LEDGER_WHO, LEDGER_WRITE, LEDGER_FIND };

static void take_found(struct txn *txn, const struct rows *row)
{
	txn->settle.verdict = VERDICT_COMMITTED;
	if (txn->body->ops->found)
		txn->body->ops->found(txn->body, row);
}

/* An error that will come again makes the question useless; one that asks for a retry does not. On a standby nothing
 * can be written. */
void settle_failure(struct txn *txn, const struct answer *answer)
{
	enum sql_class class = sqlstate_class(answer->sqlstate, db_server(txn->db), PHASE_WORK);
	if (strcmp(answer->sqlstate, "25006") == 0)
		txn->settle.only_read = true;
	else if (strcmp(answer->sqlstate, "55P03") == 0)
		return; /* whoever wrote the id first is still at it */
	else if (!answer->skipped && (class == CLASS_FINAL || txn->cancelled))
		txn->settle.gone = true;
}

static void doubt_other(struct txn *txn)
{
	txn->settle.gone = true;
	err_set(&txn->settle.doubt, ST_UNKNOWN,
		"the commit was sent to another server than %.100s, which answers now and does not have the transfer",
		db_facts(txn->db)->place);
}

/* The row was not there before, could not be written, and is not there now: such a ledger proves nothing. */
static void doubt_ledger(struct txn *txn)
{
	txn->settle.gone = true;
	err_set(&txn->settle.doubt, ST_UNKNOWN,
		"the commit was sent and its answer was lost, and the ledger neither has the transfer nor takes it");
}

/* Where nobody could write, and the commit may still come, it is asked again. So it is where it is not clear which
 * server this is. */
static void judge_absent(struct txn *txn)
{
	struct settle *settle = &txn->settle;
	bool unclear = settle->now == WHO_UNCLEAR && !db_dialect(txn->db)->cluster;
	if (settle->now == WHO_OTHER)
		doubt_other(txn);
	else if (settle->asked_to_write && !settle->wrote)
		doubt_ledger(txn);
	else if (!unclear && !settle->recovery && (settle->wrote || settle->final)) {
		settle->final = cannot_come(txn, settle->wrote);
		settle->verdict = VERDICT_ABORTED;
	}
}

static void on_ledger(void *arg, size_t index, const struct answer *answer)
{
	struct txn *txn = arg;
	size_t step = txn->settle.steps[index];
	if (!answer->ok)
		settle_failure(txn, answer);
	else if (step == LEDGER_WHO)
		settle_server(txn, answer->rows);
	else if (step == LEDGER_WRITE)
		txn->settle.wrote = answer->affected == 1;
	else if (step == LEDGER_FIND && answer->rows && answer->rows->nrows > 0 && !txn->settle.wrote)
		take_found(txn, answer->rows);
	else if (step == LEDGER_FIND)
		judge_absent(txn);
}

static void on_truth(void *arg)
{
	struct txn *txn = arg;
	if (txn->settle.verdict != VERDICT_NONE)
		conclude(txn, txn->settle.verdict == VERDICT_COMMITTED);
	else if (txn->settle.gone)
		settle_give_up(txn);
	else
		again_later(txn);
}

static void settle_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	(void)why;
	again_later(arg);
}

static void add_step(struct txn *txn, struct statement *statements, size_t *n, size_t step, struct statement statement)
{
	txn->settle.steps[*n] = step;
	statements[(*n)++] = statement;
}

void settle_send(struct txn *txn, const struct statement *statements, size_t n, struct db_reply reply)
{
	struct db_context context = txn_context(txn, n);
	db_send(txn->db, statements, n, &context, &reply);
}

static bool ask_ledger(struct txn *txn)
{
	struct ledger_probe probe;
	struct statement statements[SETTLE_STEPS];
	size_t n = 0;
	if (!txn->body->ops->ledger_probe || !txn->body->ops->ledger_probe(txn->body, &probe))
		return false;
	bool write = !txn->settle.final && !txn->settle.only_read && txn->settle.now != WHO_OTHER;
	const struct dialect *dialect = db_dialect(txn->db);
	const char *begin = write ? dialect->begin_write_sql : dialect->begin_read_sql;
	txn->settle.wrote = false;
	txn->settle.asked_to_write = write;
	add_step(txn, statements, &n, LEDGER_FRAME, (struct statement){.sql = begin, .verb = VERB_BEGIN});
	if (!dialect->cluster)
		add_step(txn, statements, &n, LEDGER_WHO, settle_who(txn));
	if (write && dialect->wait_limit_sql)
		add_step(txn, statements, &n, LEDGER_FRAME,
			 (struct statement){.sql = dialect->wait_limit_sql, .verb = VERB_SET});
	if (write)
		add_step(txn, statements, &n, LEDGER_WRITE, probe.write);
	add_step(txn, statements, &n, LEDGER_FIND, probe.find);
	add_step(txn, statements, &n, LEDGER_FRAME, (struct statement){.sql = "ROLLBACK", .verb = VERB_ROLLBACK});
	settle_send(txn, statements, n, (struct db_reply){on_ledger, on_truth, settle_on_lost, txn, NULL});
	return true;
}

/* ---- the conversation ---- */

/* What the server remembers of the transaction's number is the verdict; without a ledger there is no other. */
static void ask_truth(struct txn *txn)
{
	judge_server(txn, db_who(txn->db));
	if (txn->cancelled || txn->settle.gone)
		settle_give_up(txn);
	else if (!ask_ledger(txn) &&
		 !proof_ask_status(txn, (struct db_reply){proof_on_status, on_truth, settle_on_lost, txn, NULL}))
		settle_give_up(txn);
}

/* Where the session could not be ended, it is asked once more whether it is gone. */
static void on_proof(void *arg)
{
	struct txn *txn = arg;
	if (txn->settle.end_failed) {
		txn->settle.end_failed = false;
		settle_ask(txn);
	} else {
		ask_truth(txn);
	}
}

static void settle_ask(struct txn *txn)
{
	if (txn->cancelled)
		settle_give_up(txn);
	else if (db_state(txn->db) != DB_IDLE)
		settle_dial(txn);
	else if (db_in_transaction(txn->db))
		retry_clean(txn, AFTER_SETTLE, OUTCOME_NONE);
	else if (!proof_ask(txn, (struct db_reply){proof_on_answer, on_proof, settle_on_lost, txn, NULL}))
		ask_truth(txn);
}

static void settle_on_connected(void *arg, const struct err *err)
{
	if (err)
		again_later(arg);
	else
		settle_ask(arg);
}

static void settle_dial(struct txn *txn)
{
	txn->attempt.fault.lost = true; /* the session that the commit was sent over */
	db_reconnect(txn->db, DIAL_LIMIT_MS, settle_on_connected, txn);
}

void settle_turn(struct txn *txn)
{
	txn_move(txn, TXN_SETTLING, NULL);
	txn->settle.verdict = VERDICT_NONE;
	settle_ask(txn);
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
