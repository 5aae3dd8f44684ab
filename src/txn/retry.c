/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The retry policy: what follows the fault of an attempt. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "db/pool.h"
#include "txn/backoff.h"
#include "txn_internal.h"

enum { DIAL_LIMIT_MS = 10000 };

static void reason_from_fault(struct txn *txn, enum status status, const char *before)
{
	const struct fault *fault = &txn->attempt.fault;
	bool at_work = fault->lost && !txn->attempt.commit_added;
	struct buf text = {0};
	fault_sentence(fault, &text);
	buf_str(&text, at_work ? pool_advice(txn->db, fault->sqlstate) : "");
	err_set(&txn->result.reason, status, "%s%s", before, buf_text(&text));
	buf_free(&text);
}

/* ---- clean-up: ROLLBACK, and then what was decided ---- */

static void retry_wait(struct txn *txn);

/* Whatever is next, the savepoint went with its transaction. */
static void cleaned(struct txn *txn)
{
	txn->attempt.opened = txn->by_savepoint = false;
	if (txn->after == AFTER_END)
		txn_finish(txn, txn->outcome);
	else if (txn->after == AFTER_SETTLE)
		settle_turn(txn);
	else if (txn->cancelled)
		txn_finish(txn, OUTCOME_CANCELLED);
	else if (txn->after == AFTER_AGAIN)
		attempt_again(txn);
	else
		retry_wait(txn);
}

static void clean_answer(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct txn *txn = arg;
	if (!answer->ok)
		err_set(&txn->result.cleanup, ST_STATEMENT, "ROLLBACK failed: %s", answer->message);
}

/* What is still open would swallow the next transaction: it ends with its connection. */
static void clean_idle(void *arg)
{
	struct txn *txn = arg;
	if (db_in_transaction(txn->db)) {
		txn_say(txn, EVENT_LOST, "the transaction could not be rolled back: its connection is closed");
		db_close(txn->db);
	}
	cleaned(txn);
}

static void clean_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct txn *txn = arg;
	err_set(&txn->result.cleanup, ST_LOST, "the connection was lost while rolling back: %s", why->message);
	cleaned(txn);
}

void retry_clean(struct txn *txn, enum after after, enum outcome outcome)
{
	txn->after = after;
	txn->outcome = outcome;
	if (db_state(txn->db) != DB_IDLE || !db_in_transaction(txn->db)) {
		cleaned(txn); /* nothing is open: the server or the loss of the connection has ended it */
		return;
	}
	struct statement rollback = {.sql = "ROLLBACK", .verb = VERB_ROLLBACK};
	struct db_context context = txn_context(txn, 1);
	struct db_reply reply = {clean_answer, clean_idle, clean_lost, txn, NULL};
	txn_move(txn, TXN_CLEANING, NULL);
	db_send(txn->db, &rollback, 1, &context, &reply);
}

/* ---- the next attempt ---- */

static uint64_t elapsed_ms(const struct txn *txn)
{
	return (clock_us() - txn->start_us) / 1000;
}

static void retry_wait(struct txn *txn)
{
	txn->losses = txn->attempt.fault.lost ? txn->losses + 1 : 0;
	unsigned again = txn->losses ? txn->losses - 1 : 0;
	uint64_t wait_ms = backoff_ms(&txn->options, &txn->rng, txn->restarts, again);
	struct event fact = txn_fact(txn, EVENT_BACKOFF);
	fact.attempt = txn->result.attempts + 1;
	fact.wait_us = wait_ms * 1000;
	txn->backoff_start_us = clock_us();
	txn_move(txn, TXN_WAITING, &fact);
	timer_start(txn->timer, wait_ms);
}

static bool may_retry(struct txn *txn)
{
	const struct txn_options *options = &txn->options;
	char before[96];
	if (txn->result.protocol == PROTOCOL_NONE)
		snprintf(before, sizeof before, "not retried, because the protocol is none: ");
	else if (txn->result.attempts >= options->max_attempts)
		snprintf(before, sizeof before, "gave up after %u attempt%s: ", txn->result.attempts,
			 txn->result.attempts == 1 ? "" : "s");
	else if (elapsed_ms(txn) >= options->max_elapsed_ms)
		snprintf(before, sizeof before, "gave up after %.1f s: ", (double)elapsed_ms(txn) / 1000);
	else
		return true;
	reason_from_fault(txn, ST_GAVE_UP, before);
	return false;
}

/* ROLLBACK TO keeps locks and our place in line, so it is tried first, at once; it is right only while the
 * transaction is open. On a server where it cannot help it is done only where someone insists. */
static bool use_savepoint(const struct txn *txn)
{
	bool insisted = !txn_protocol_helps(txn->options.protocol, db_dialect(txn->db));
	return txn->result.protocol == PROTOCOL_SAVEPOINT && !txn->attempt.fault.lost && db_in_transaction(txn->db) &&
	       txn->attempt.fault.role != ITEM_ROLLBACK_TO &&
	       (insisted || txn->savepoint_retries < txn->options.savepoint_retries);
}

void retry_or_end(struct txn *txn)
{
	counters_cause(txn);
	if (!may_retry(txn)) { /* what was never to be retried was not given up */
		bool none = txn->result.protocol == PROTOCOL_NONE;
		retry_clean(txn, AFTER_END, none ? OUTCOME_FAILED : OUTCOME_GAVE_UP);
		return;
	}
	if (txn->retried)
		txn->retried(txn->retried_arg, txn->attempt.fault.sqlstate);
	if (use_savepoint(txn)) {
		txn->by_savepoint = true;
		txn->savepoint_retries++;
		attempt_begin(txn);
	} else {
		txn->restarts++;
		retry_clean(txn, AFTER_RETRY, OUTCOME_NONE);
	}
}

static void retry_on_connected(void *arg, const struct err *err)
{
	struct txn *txn = arg;
	if (!err) {
		attempt_begin(txn);
		return;
	}
	struct answer why = {.lost = true, .message = err->text, .detail = ""};
	txn->result.attempts++;
	counters_attempt(txn);
	fault_clear(&txn->attempt.fault);
	fault_keep(&txn->attempt.fault, &why);
	retry_or_end(txn);
}

void retry_connect(struct txn *txn)
{
	if (db_state(txn->db) == DB_IDLE) {
		attempt_begin(txn);
		return;
	}
	txn->by_savepoint = false;
	txn_move(txn, TXN_DIALING, NULL);
	db_reconnect(txn->db, DIAL_LIMIT_MS, retry_on_connected, txn);
}

/* ---- the decision ---- */

static enum sql_class classify(const struct txn *txn)
{
	const struct fault *fault = &txn->attempt.fault;
	if (fault->commit && !fault->clean)
		return CLASS_AMBIGUOUS;
	if (!fault->sqlstate[0] && !fault->lost)
		return CLASS_FINAL; /* libpq refused by itself, over a connection that lives */
	if (fault->role == ITEM_ROLLBACK_TO && !fault->lost)
		return CLASS_RETRY_TXN; /* the savepoint is of no use any more: begin again */
	if (fault->outdated && !fault->commit)
		return CLASS_RETRY_TXN;
	return sqlstate_class(fault->sqlstate, db_server(txn->db), fault->commit ? PHASE_COMMIT : PHASE_WORK);
}

static bool refused_by_body(struct txn *txn)
{
	const struct fault *fault = &txn->attempt.fault;
	if (fault->role != ITEM_BODY || !txn->body->ops->refused)
		return false;
	struct answer answer = {.message = fault->message, .detail = fault->detail, .tag = "", .affected = -1};
	memcpy(answer.sqlstate, fault->sqlstate, sizeof answer.sqlstate);
	return txn->body->ops->refused(txn->body, fault->body_index, &answer, &txn->result.reason);
}

/* Our own ledger id is there after all: a transaction that was thought dead has committed since. */
static bool late_commit(const struct txn *txn)
{
	const struct fault *fault = &txn->attempt.fault;
	struct ledger_probe probe;
	return txn->result.settled && fault->role == ITEM_BODY && strcmp(fault->sqlstate, "23505") == 0 &&
	       txn->body->ops->ledger_probe && txn->body->ops->ledger_probe(txn->body, &probe);
}

void retry_failed(struct txn *txn)
{
	reason_from_fault(txn, ST_STATEMENT, "");
	retry_clean(txn, AFTER_END, OUTCOME_FAILED);
}

static void end_failed(struct txn *txn)
{
	if (late_commit(txn)) {
		settle_begin(txn);
	} else if (txn->cancelled) {
		retry_clean(txn, AFTER_END, OUTCOME_CANCELLED);
	} else if (txn->attempt.wire == WIRE_ONESHOT && txn->attempt.fault.role == ITEM_BODY) {
		txn->oneshot_refused = true; /* the body is asked why */
		retry_clean(txn, AFTER_AGAIN, OUTCOME_NONE);
	} else if (refused_by_body(txn)) {
		retry_clean(txn, AFTER_END, OUTCOME_REJECTED);
	} else {
		retry_failed(txn);
	}
}

void retry_decide(struct txn *txn)
{
	memcpy(txn->result.sqlstate, txn->attempt.fault.sqlstate, sizeof txn->result.sqlstate);
	switch (classify(txn)) {
	case CLASS_RETRY_CONN:
		if (db_state(txn->db) == DB_IDLE) {
			txn_say(txn, EVENT_LOST, "the server is closing the connection");
			db_leave(txn->db);
		}
		txn->attempt.fault.lost = true;
		/* fall through */
	case CLASS_RETRY_TXN:
		if (txn->cancelled)
			retry_clean(txn, AFTER_END, OUTCOME_CANCELLED);
		else
			retry_or_end(txn);
		return;
	case CLASS_AMBIGUOUS:
		settle_begin(txn);
		return;
	case CLASS_COMMITTED:
		txn->attempt.durable = true;
		retry_clean(txn, AFTER_END, OUTCOME_COMMITTED);
		return;
	case CLASS_FINAL:
	case CLASS_FOLLOW_UP:
		end_failed(txn);
		return;
	}
}
