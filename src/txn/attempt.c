/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One attempt: its frame, the body's statements, the commit; sent in as few round trips as the wire mode wants. */
#include <string.h>

#include "engine.h"

static void item_add(struct txn *txn, enum item_role role, struct statement statement, size_t body_index)
{
	txn->items[txn->nitems++] = (struct item){role, body_index, statement};
}

static void add_frame(struct txn *txn)
{
	if (txn->by_savepoint) {
		item_add(txn, ITEM_ROLLBACK_TO,
			 (struct statement){.sql = "ROLLBACK TO SAVEPOINT cockroach_restart", .verb = VERB_ROLLBACK_TO},
			 0);
		return;
	}
	item_add(txn, ITEM_BEGIN, (struct statement){.sql = "BEGIN ISOLATION LEVEL SERIALIZABLE", .verb = VERB_BEGIN},
		 0);
	item_add(txn, ITEM_SAVEPOINT, (struct statement){.sql = "SAVEPOINT cockroach_restart", .verb = VERB_SAVEPOINT},
		 0);
}

/* On CockroachDB the RELEASE is the commit, and the COMMIT behind it only closes the session's state. */
static void add_commit(struct txn *txn)
{
	bool release = db_dialect(txn->db)->release_commits;
	item_add(txn, ITEM_RELEASE,
		 (struct statement){
			 .sql = "RELEASE SAVEPOINT cockroach_restart", .verb = VERB_RELEASE, .commits = release},
		 0);
	item_add(txn, ITEM_COMMIT, (struct statement){.sql = "COMMIT", .verb = VERB_COMMIT, .commits = !release}, 0);
	txn->body_done = true;
}

void txn_lose_answers(struct txn *txn)
{
	for (size_t i = 0; i < BODY_MAX_STATEMENTS; i++) {
		rows_free(txn->rows[i]);
		txn->rows[i] = NULL;
		txn->answers[i] = (struct answer){0};
	}
}

void attempt_forget(struct txn *txn)
{
	txn_lose_answers(txn);
	txn->nitems = txn->next = txn->first_sent = 0;
	txn->batches = 0;
	txn->batch = (struct batch){0};
	txn->body_done = false;
	txn->durable = false;
	txn->gate_passed = false;
}

/* Ends the attempt by the body's own will, or because it broke the rules. */
static void stop_attempt(struct txn *txn, enum outcome outcome)
{
	if (txn->opened)
		retry_clean(txn, AFTER_END, outcome);
	else
		txn_finish(txn, outcome);
}

static bool add_batch(struct txn *txn, struct err *reason)
{
	for (size_t i = 0; i < txn->batch.n; i++) {
		if (!guard_allows(&txn->batch.statements[i], reason))
			return false;
		item_add(txn, ITEM_BODY, txn->batch.statements[i], i);
	}
	return true;
}

/* Asks the body what comes next. Returns false where the attempt is over. */
static bool ask_body(struct txn *txn)
{
	size_t answered = txn->batch.n;
	bool last = txn->batch.last;
	struct err reason = {0};
	struct batch *batch = &txn->batch;
	txn->nitems = txn->next = txn->first_sent = 0; /* all of them were answered */
	*batch = (struct batch){0};
	enum body_say say = txn->body->ops->next(txn->body, txn->answers, answered, batch, &reason);
	txn->batches++;
	txn_lose_answers(txn);
	if (say == BODY_REJECT) {
		txn->result.reason = reason;
		stop_attempt(txn, OUTCOME_REJECTED);
		return false;
	}
	if (say == BODY_DONE || last) {
		add_commit(txn);
		return true;
	}
	if (!add_batch(txn, &reason)) {
		txn->result.reason = reason;
		stop_attempt(txn, OUTCOME_FAILED);
		return false;
	}
	if (batch->last && txn->options.wire == WIRE_PIPELINE)
		add_commit(txn);
	return true;
}

void attempt_begin(struct txn *txn)
{
	struct txn_result *result = &txn->result;
	result->attempts++;
	struct event fact = txn_fact(txn, EVENT_ATTEMPT);
	fault_clear(&txn->fault);
	attempt_forget(txn);
	txn_move(txn, TXN_READY, &fact);
	txn->body->ops->reset(txn->body, txn->options.wire == WIRE_PIPELINE);
	if (!ask_body(txn))
		return;
	/* The frame goes before what the body said. */
	struct item body[ITEMS_MAX];
	size_t n = txn->nitems;
	memcpy(body, txn->items, n * sizeof *body);
	txn->nitems = 0;
	add_frame(txn);
	memcpy(txn->items + txn->nitems, body, n * sizeof *body);
	txn->nitems += n;
	attempt_send(txn);
}

/* COMMIT everywhere; the RELEASE where it is what commits. */
static bool is_commit(const struct item *item)
{
	return item->role == ITEM_COMMIT || (item->role == ITEM_RELEASE && item->statement.commits);
}

static bool holds_commit(const struct txn *txn, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (is_commit(&txn->items[i]))
			return true;
	return false;
}

/* ---- sending ---- */

static bool gate_holds(struct txn *txn, size_t n)
{
	if (!txn->gate || txn->gate_passed)
		return false;
	struct txn_gate next = {
		.txn = txn->result.txn,
		.attempt = txn->result.attempts,
		.body_batch = txn->batches - 1,
		.commit = holds_commit(txn, txn->next, txn->next + n),
	};
	return txn->gate(txn->gate_arg, &next);
}

/* A body that ended the transaction behind our back (a function with COMMIT in it, say) must not be committed as if it had not. */
static bool still_open(struct txn *txn, size_t n)
{
	if (!holds_commit(txn, txn->next, txn->next + n) || !txn->opened || txn->durable || db_in_transaction(txn->db))
		return true;
	err_set(&txn->result.reason, ST_STATEMENT,
		"the transaction was ended by one of its own statements; what they did may have been committed piece "
		"by piece");
	txn->opened = false;
	txn_finish(txn, OUTCOME_FAILED);
	return false;
}

/* Only the tag tells: a COMMIT that rolled back is answered without an error, with the tag ROLLBACK. */
static void read_commit(struct txn *txn, const struct answer *answer)
{
	if (strcmp(answer->tag, "COMMIT") == 0)
		txn->durable = true;
	if (txn->durable || strcmp(answer->tag, "ROLLBACK") != 0)
		return;
	struct answer rolled_back = *answer;
	rolled_back.message = "the server answered COMMIT with ROLLBACK";
	memcpy(rolled_back.sqlstate, "40000", 6);
	fault_keep(&txn->fault, &rolled_back);
}

static void on_answer(void *arg, size_t index, const struct answer *answer)
{
	struct txn *txn = arg;
	const struct item *item = &txn->items[txn->first_sent + index];
	if (item->role == ITEM_BEGIN && answer->ok)
		txn->opened = true;
	if (item->role == ITEM_BODY) {
		struct answer *kept = &txn->answers[item->body_index];
		*kept = *answer;
		kept->tag = kept->message = kept->detail = ""; /* what they borrow ends with this call */
		kept->rows = txn->rows[item->body_index] = rows_copy(answer->rows);
	}
	if (answer->ok && is_commit(item))
		read_commit(txn, answer);
	if (answer->ok || answer->skipped || txn->fault.set)
		return;
	if (txn->durable) {
		err_set(&txn->result.cleanup, ST_STATEMENT, "after the commit: %s", answer->message);
		return;
	}
	fault_keep(&txn->fault, answer);
	txn->fault.commit = is_commit(item);
	txn->fault.role = item->role;
	txn->fault.body_index = item->body_index;
}

/* The body looks at the results of what was committed with it; it promised that the server would have refused them. */
static void show_body_the_end(struct txn *txn)
{
	struct err reason = {0};
	struct batch batch = {0};
	if (txn->batch.n && txn->batch.last)
		txn->body->ops->next(txn->body, txn->answers, txn->batch.n, &batch, &reason);
}

static void on_idle(void *arg)
{
	struct txn *txn = arg;
	if (!db_in_transaction(txn->db))
		txn->opened = false;
	if (txn->fault.set && !txn->durable)
		retry_decide(txn);
	else if (txn->cancelled && !txn->durable)
		retry_clean(txn, AFTER_END, OUTCOME_CANCELLED);
	else if (txn->next < txn->nitems)
		attempt_send(txn);
	else if (!txn->body_done) {
		if (ask_body(txn))
			attempt_send(txn);
	} else if (txn->durable) {
		show_body_the_end(txn);
		txn_finish(txn, OUTCOME_COMMITTED);
	} else {
		err_set(&txn->result.reason, ST_UNKNOWN,
			"the server answered the commit with neither COMMIT nor an error");
		txn_finish(txn, OUTCOME_UNKNOWN);
	}
}

static void on_lost(void *arg, size_t answered, const struct answer *why)
{
	struct txn *txn = arg;
	size_t unanswered = txn->first_sent + answered;
	txn->opened = false;
	if (txn->durable) {
		err_set(&txn->result.cleanup, ST_LOST, "the connection was lost after the commit: %s", why->message);
		show_body_the_end(txn);
		txn_finish(txn, OUTCOME_COMMITTED);
		return;
	}
	if (!txn->fault.set) {
		fault_keep(&txn->fault, why);
		txn->fault.commit = holds_commit(txn, unanswered, txn->next);
	}
	txn->fault.lost = true;
	retry_decide(txn);
}

/* Sends the next item, or all that are known; asks the gate first. */
void attempt_send(struct txn *txn)
{
	size_t n = txn->options.wire == WIRE_STEP ? 1 : txn->nitems - txn->next;
	txn_move(txn, TXN_READY, NULL);
	if (gate_holds(txn, n))
		return;
	txn->gate_passed = false;
	if (db_state(txn->db) != DB_IDLE) {
		struct answer lost = {
			.lost = true, .message = "the connection was lost between two statements", .detail = ""};
		fault_keep(&txn->fault, &lost);
		retry_decide(txn);
		return;
	}
	if (!still_open(txn, n))
		return;
	struct statement statements[ITEMS_MAX];
	for (size_t i = 0; i < n; i++)
		statements[i] = txn->items[txn->next + i].statement;
	struct db_context context = {
		.txn = txn->result.txn,
		.attempt = txn->result.attempts,
		.first_statement = txn->result.statements + 1,
		.round_trip = ++txn->result.round_trips,
	};
	struct db_reply reply = {on_answer, on_idle, on_lost, txn};
	txn->result.statements += (unsigned)n;
	txn->first_sent = txn->next;
	txn->next += n;
	txn_move(txn, TXN_SENT, NULL);
	db_send(txn->db, statements, n, &context, &reply);
}
