/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an attempt travels: round trips out, past the gate and the delay; answers in, and the commit read by its tag. */
#include <stdio.h>
#include <string.h>

#include "txn_internal.h"

/* ---- answers ---- */

/* Only the tag tells: a COMMIT that rolled back is answered without an error, with the tag ROLLBACK. */
static void read_commit(struct txn *txn, const struct answer *answer)
{
	struct attempt *attempt = &txn->attempt;
	if (strcmp(answer->tag, "COMMIT") == 0 && !attempt->durable) {
		attempt->durable = true;
		txn->result.warning[0] = '\0';
		if (answer->warning)
			snprintf(txn->result.warning, sizeof txn->result.warning, "%s", answer->warning);
	}
	if (attempt->durable || strcmp(answer->tag, "ROLLBACK") != 0)
		return;
	struct answer rolled_back = *answer;
	rolled_back.message = "the server answered COMMIT with ROLLBACK";
	memcpy(rolled_back.sqlstate, "40000", 6);
	fault_keep(&attempt->fault, &rolled_back);
	attempt->fault.role = ITEM_COMMIT;
}

static void read_frame(struct txn *txn, size_t item, const struct answer *answer)
{
	struct attempt *attempt = &txn->attempt;
	enum item_role role = attempt->items[item].role;
	if (role == ITEM_BEGIN)
		attempt->opened = true;
	if (role == ITEM_XID && answer->rows && rows_cell(answer->rows, 0, 0))
		snprintf(attempt->who.xid, sizeof attempt->who.xid, "%s", rows_cell(answer->rows, 0, 0));
	if (role == ITEM_WHO)
		attempt->who_known = who_read(&attempt->who, attempt->who.server, answer->rows);
	if (attempt_is_commit(attempt, item))
		read_commit(txn, answer);
}

static void keep_for_body(struct attempt *attempt, size_t index, const struct answer *answer)
{
	struct answer *kept = &attempt->answers[index];
	attempt->nkept = index + 1 > attempt->nkept ? index + 1 : attempt->nkept;
	*kept = *answer;
	kept->tag = kept->message = kept->detail = ""; /* what they borrow ends with this call */
	kept->rows = attempt->rows[index] = rows_copy(answer->rows);
}

static void send_on_answer(void *arg, size_t index, const struct answer *answer)
{
	struct txn *txn = arg;
	struct attempt *attempt = &txn->attempt;
	size_t at = attempt->first_sent + index;
	const struct item *item = &attempt->items[at];
	if (item->role == ITEM_BODY)
		keep_for_body(attempt, item->body_index, answer);
	if (answer->ok) {
		read_frame(txn, at, answer);
		return;
	}
	if (answer->skipped || attempt->fault.set)
		return;
	if (attempt->durable) {
		err_set(&txn->result.cleanup, ST_STATEMENT, "after the commit: %s", answer->message);
		return;
	}
	fault_keep(&attempt->fault, answer);
	/* An error that is not the server's own says nothing about what the server did with the rest. */
	attempt->fault.commit =
		answer->clean ? attempt_is_commit(attempt, at) : attempt_holds_commit(txn, at, attempt->next);
	attempt->fault.role = item->role;
	attempt->fault.body_index = item->body_index;
}

/* The body looks at the results of what was committed with it; it promised that the server would have refused them. */
static void finish_committed(struct txn *txn)
{
	struct attempt *attempt = &txn->attempt;
	struct batch *batch = &attempt->batch;
	size_t answered = batch->n;
	struct err reason;
	err_clear(&reason);
	if (answered && batch->last) {
		batch_clear(batch);
		txn->body->ops->next(txn->body, attempt->answers, answered, batch, &reason);
	}
	retry_clean(txn, AFTER_END, OUTCOME_COMMITTED);
}

static void send_on_idle(void *arg)
{
	struct txn *txn = arg;
	struct attempt *attempt = &txn->attempt;
	if (!db_in_transaction(txn->db))
		attempt->opened = false;
	if (attempt->durable && attempt->next == attempt->nitems) {
		finish_committed(txn);
	} else if (attempt->fault.set && !attempt->durable) {
		retry_decide(txn);
	} else if (!attempt->durable && attempt_is_elsewhere(txn)) {
		; /* a pooler has gone on to another server */
	} else if (txn->cancelled && !attempt->durable) {
		retry_clean(txn, AFTER_END, OUTCOME_CANCELLED);
	} else if (attempt->next < attempt->nitems) {
		send_next(txn);
	} else if (!attempt->commit_added) {
		if (attempt_ask_body(txn))
			send_next(txn);
	} else {
		err_set(&txn->result.reason, ST_UNKNOWN,
			"the server answered the commit with neither COMMIT nor an error");
		txn_finish(txn, OUTCOME_UNKNOWN);
	}
}

static void send_on_lost(void *arg, size_t answered, const struct answer *why)
{
	struct txn *txn = arg;
	struct attempt *attempt = &txn->attempt;
	attempt->opened = false;
	if (attempt->durable) {
		err_set(&txn->result.cleanup, ST_LOST, "the connection was lost after the commit: %s", why->message);
		finish_committed(txn);
		return;
	}
	if (why->contradicted && attempt_holds_commit(txn, attempt->first_sent, attempt->next))
		fault_clear(&attempt->fault); /* the commit may have been done for all that */
	if (!attempt->fault.set) {
		fault_keep(&attempt->fault, why);
		attempt->fault.commit = attempt_holds_commit(
			txn, attempt->first_sent + (why->contradicted ? 0 : answered), attempt->next);
	}
	attempt->fault.lost = true;
	retry_decide(txn);
}

/* ---- sending ---- */

static bool gate_holds(struct txn *txn, size_t n)
{
	struct attempt *attempt = &txn->attempt;
	if (!txn->gate || attempt->gate_passed)
		return false;
	struct txn_gate next = {
		.txn = txn->result.txn,
		.attempt = txn->result.attempts,
		.body_batch = attempt->batches - 1,
		.commit = attempt_holds_commit(txn, attempt->next, attempt->next + n),
		.statement = &attempt->statements[attempt->next],
	};
	return txn->gate(txn->gate_arg, &next);
}

static bool delay_holds(struct txn *txn)
{
	if (!txn->inject.delay_ms || txn->attempt.delayed)
		return false;
	txn->attempt.delayed = true;
	timer_start(txn->timer, txn->inject.delay_ms);
	return true;
}

/* A body that ended the transaction behind our back (a function with COMMIT in it, say) must not be committed as if
 * it had not. */
static bool still_open(struct txn *txn, size_t n)
{
	struct attempt *attempt = &txn->attempt;
	bool commit = attempt_holds_commit(txn, attempt->next, attempt->next + n);
	if (!commit || attempt->durable || attempt->items[attempt->next].role == ITEM_BEGIN ||
	    db_in_transaction(txn->db))
		return true;
	err_set(&txn->result.reason, ST_STATEMENT,
		"the transaction was ended by one of its own statements; what they did may have been committed piece "
		"by piece");
	txn_finish(txn, OUTCOME_FAILED);
	return false;
}

/* A connection that went while nothing was in flight: no commit was sent over it, unless it was answered. */
static bool still_connected(struct txn *txn)
{
	struct answer lost = {.lost = true, .message = "the connection was lost between two statements", .detail = ""};
	if (db_state(txn->db) == DB_IDLE)
		return true;
	if (txn->attempt.durable) {
		send_on_lost(txn, txn->attempt.next - txn->attempt.first_sent, &lost);
		return false;
	}
	fault_keep(&txn->attempt.fault, &lost);
	retry_decide(txn);
	return false;
}

static void send_items(struct txn *txn, size_t n)
{
	struct attempt *attempt = &txn->attempt;
	struct db_context context = txn_context(txn, n);
	struct db_reply reply = {send_on_answer, send_on_idle, send_on_lost, txn, NULL};
	attempt->first_sent = attempt->next;
	attempt->next += n;
	attempt->gate_passed = attempt->delayed = false;
	txn_move(txn, TXN_SENT, NULL);
	db_send(txn->db, attempt->statements + attempt->first_sent, n, &context, &reply);
	inject_cut_after(txn, attempt_holds_commit(txn, attempt->first_sent, attempt->next));
}

/* How many items travel together: one, or all that are known; a COPY goes alone. */
static size_t count_next(const struct attempt *attempt)
{
	const struct statement *statements = attempt->statements + attempt->next;
	size_t n = 1, left = attempt->nitems - attempt->next;
	while (attempt->wire != WIRE_STEP && n < left && !statements[0].feed && !statements[n].feed)
		n++;
	return n;
}

/* Sends the next item, or all that are known; first the gate and the delay have their say. */
void send_next(struct txn *txn)
{
	struct attempt *attempt = &txn->attempt;
	size_t n = count_next(attempt);
	txn_move(txn, TXN_READY, NULL);
	if (gate_holds(txn, n))
		return;
	attempt->gate_passed = true;
	if (delay_holds(txn) || !still_connected(txn) || !still_open(txn, n))
		return;
	if (attempt_holds_commit(txn, attempt->next, attempt->next + n) && !attempt->durable && inject_cuts_before(txn))
		return;
	send_items(txn, n);
}
