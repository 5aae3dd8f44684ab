/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one attempt sends: its frame, the statements of the body, the commit; and its first error. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "txn_internal.h"

void attempt_add(struct attempt *attempt, enum item_role role, size_t body_index, const struct statement *statement)
{
	attempt->items[attempt->nitems] = (struct item){role, body_index};
	attempt->statements[attempt->nitems++] = *statement;
}

static void frame_add(struct txn *txn, enum item_role role, struct statement statement)
{
	attempt_add(&txn->attempt, role, 0, &statement);
}

/* Without a ledger, the server's number of the transaction is what a lost commit can be asked about. In one round
 * trip it would come too late: PostgreSQL sends its answers together, at the end, so that the number would be lost
 * with the answer to the commit. */
static bool wants_xid(const struct txn *txn)
{
	struct ledger_probe probe;
	bool ledger = txn->body->ops->ledger_probe && txn->body->ops->ledger_probe(txn->body, &probe);
	return !ledger && !txn->options.unnumbered && db_dialect(txn->db)->xid_sql && txn->attempt.wire != WIRE_ONESHOT;
}

/* Behind a pooler each transaction may run in another backend, or on another server: which it is must be asked
 * inside it. */
static bool wants_who(const struct txn *txn)
{
	return db_pooled(txn->db) && db_dialect(txn->db)->who_xid_sql && db_who(txn->db)->system[0] &&
	       !txn->options.unnumbered && txn->attempt.wire != WIRE_ONESHOT;
}

static void add_frame(struct txn *txn)
{
	static const struct statement rollback_to = {.sql = "ROLLBACK TO SAVEPOINT cockroach_restart",
						     .verb = VERB_ROLLBACK_TO},
				      savepoint = {.sql = "SAVEPOINT cockroach_restart", .verb = VERB_SAVEPOINT};
	const struct dialect *dialect = db_dialect(txn->db);
	if (txn->by_savepoint) {
		frame_add(txn, ITEM_ROLLBACK_TO, rollback_to);
		return;
	}
	frame_add(txn, ITEM_BEGIN,
		  (struct statement){.sql = txn_begin_sql(txn->options.isolation), .verb = VERB_BEGIN});
	frame_add(txn, ITEM_SAVEPOINT, savepoint);
	if (wants_who(txn))
		frame_add(txn, ITEM_WHO, proof_who(dialect->who_xid_sql));
	else if (wants_xid(txn))
		frame_add(txn, ITEM_XID, (struct statement){.sql = dialect->xid_sql, .verb = VERB_SELECT});
}

/* On CockroachDB the RELEASE is the commit, and the COMMIT behind it only closes the session's state. */
static void add_commit(struct txn *txn)
{
	bool release = db_dialect(txn->db)->release_commits;
	frame_add(txn, ITEM_RELEASE,
		  (struct statement){
			  .sql = "RELEASE SAVEPOINT cockroach_restart", .verb = VERB_RELEASE, .commits = release});
	frame_add(txn, ITEM_COMMIT, (struct statement){.sql = "COMMIT", .verb = VERB_COMMIT, .commits = !release});
	txn->attempt.commit_added = true;
}

bool attempt_is_commit(const struct attempt *attempt, size_t item)
{
	enum item_role role = attempt->items[item].role;
	return role == ITEM_COMMIT || (role == ITEM_RELEASE && attempt->statements[item].commits);
}

bool attempt_holds_commit(const struct txn *txn, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (attempt_is_commit(&txn->attempt, i))
			return true;
	return false;
}

/* Its statements are written before they are read. */
void batch_clear(struct batch *batch)
{
	batch->n = 0;
	batch->last = batch->alone = false;
}

void attempt_forget_answers(struct txn *txn)
{
	struct attempt *attempt = &txn->attempt;
	for (size_t i = 0; i < attempt->nkept; i++) {
		rows_free(attempt->rows[i]);
		attempt->rows[i] = NULL;
		attempt->answers[i] = (struct answer){0};
	}
	attempt->nkept = 0;
}

/* A retry by savepoint goes on in the transaction that is open, with the number it has. */
void attempt_forget(struct txn *txn)
{
	struct attempt *attempt = &txn->attempt;
	attempt_forget_answers(txn);
	fault_clear(&attempt->fault);
	attempt->nitems = attempt->next = attempt->first_sent = 0;
	batch_clear(&attempt->batch);
	attempt->batches = 0;
	attempt->commit_added = attempt->durable = attempt->gate_passed = attempt->delayed = false;
	if (txn->by_savepoint)
		return;
	attempt->opened = false;
	attempt->who.xid[0] = '\0';
}

/* Ends the attempt by the body's own will, or because it broke the rules; no error of the server's, and no earlier one. */
static void stop_attempt(struct txn *txn, enum outcome outcome, const struct err *reason)
{
	txn->result.sqlstate[0] = '\0';
	txn->result.reason = *reason;
	retry_clean(txn, AFTER_END, outcome);
}

bool attempt_is_elsewhere(struct txn *txn)
{
	struct err reason;
	if (!txn->expects && !txn->began)
		txn->expected = txn->attempt.who;
	txn->began = true;
	if (who_compare(&txn->expected, &txn->attempt.who) != WHO_OTHER)
		return false;
	err_set(&reason, ST_LOST,
		"this is another server than the one whose accounts are known: %.120s; `reconnect` reads its accounts",
		db_facts(txn->db)->place);
	stop_attempt(txn, OUTCOME_FAILED, &reason);
	return true;
}

static bool add_batch(struct txn *txn)
{
	struct attempt *attempt = &txn->attempt;
	struct batch *batch = &attempt->batch;
	struct err reason;
	if (attempt->batches > 1 || batch->last)
		inject_add_failure(txn);
	for (size_t i = 0; i < batch->n; i++) {
		if (!guard_allows(&batch->statements[i], &reason)) {
			stop_attempt(txn, OUTCOME_FAILED, &reason);
			return false;
		}
		attempt_add(attempt, ITEM_BODY, i, &batch->statements[i]);
	}
	if (batch->last && attempt->wire != WIRE_STEP)
		add_commit(txn);
	return true;
}

static bool ask_body(struct txn *txn)
{
	struct attempt *attempt = &txn->attempt;
	struct batch *batch = &attempt->batch;
	size_t answered = batch->n;
	bool last = batch->last;
	struct err reason;
	err_clear(&reason);
	batch_clear(batch);
	enum body_say say = txn->body->ops->next(txn->body, attempt->answers, answered, batch, &reason);
	attempt->batches++;
	attempt_forget_answers(txn);
	if (say == BODY_REJECT) {
		stop_attempt(txn, OUTCOME_REJECTED, &reason);
		return false;
	}
	if (say == BODY_SEND && batch->n > 0 && !last)
		return add_batch(txn);
	add_commit(txn);
	return true;
}

/* Asks the body what comes next, showing it the answers to what it sent last. Returns false where the attempt is
 * over. */
bool attempt_ask_body(struct txn *txn)
{
	struct attempt *attempt = &txn->attempt;
	attempt->nitems = attempt->next = attempt->first_sent = 0; /* all of them were answered */
	return ask_body(txn);
}

/* The first statements: of the whole work at once, or of what can be known before anything is read. */
static bool ask_first(struct txn *txn)
{
	struct attempt *attempt = &txn->attempt;
	bool whole = attempt->wire == WIRE_ONESHOT && txn->body->ops->oneshot(txn->body, &attempt->batch);
	if (!whole && attempt->wire == WIRE_ONESHOT)
		attempt->wire = WIRE_PIPELINE;
	add_frame(txn);
	if (!whole)
		return ask_body(txn);
	attempt->batch.last = true;
	attempt->batches = 1;
	return add_batch(txn);
}

/* A failure on request needs a read in front of it where the server would retry the first statement by itself. */
static bool fits_one_round_trip(const struct txn *txn)
{
	bool fails_unseen = txn->inject.fail && db_dialect(txn->db)->retries_first;
	return txn->body->ops->oneshot && !txn->oneshot_refused && !fails_unseen;
}

void attempt_again(struct txn *txn)
{
	struct attempt *attempt = &txn->attempt;
	attempt_forget(txn);
	if (!txn->by_savepoint) {
		attempt->who = *db_who(txn->db);
		attempt->who_known = !db_pooled(txn->db);
		attempt->begun_us = clock_us();
	}
	if (attempt_is_elsewhere(txn))
		return;
	attempt->wire = txn->options.wire;
	if (attempt->wire == WIRE_ONESHOT && !fits_one_round_trip(txn))
		attempt->wire = WIRE_PIPELINE;
	txn->body->ops->reset(txn->body, attempt->wire != WIRE_STEP);
	if (ask_first(txn))
		send_next(txn);
}

void attempt_begin(struct txn *txn)
{
	txn->result.attempts++;
	counters_attempt(txn);
	struct event fact = txn_fact(txn, EVENT_ATTEMPT);
	txn_move(txn, TXN_READY, &fact);
	attempt_again(txn);
}

/* ---- the first error of an attempt, kept whatever comes later ---- */

void fault_keep(struct fault *fault, const struct answer *answer)
{
	if (fault->set)
		return;
	fault->set = true;
	fault->lost = answer->lost;
	fault->clean = answer->clean && !answer->lost;
	fault->outdated = answer->outdated;
	memcpy(fault->sqlstate, answer->sqlstate, sizeof fault->sqlstate);
	fault->message = mem_dup(answer->message);
	fault->detail = mem_dup(answer->detail);
}

void fault_clear(struct fault *fault)
{
	free(fault->message);
	free(fault->detail);
	*fault = (struct fault){0};
}

/* "could not serialize access due to concurrent update (40001)" */
void fault_sentence(const struct fault *fault, struct buf *out)
{
	const char *message = fault->message ? fault->message : "";
	size_t n = strlen(message);
	while (n > 0 && (message[n - 1] == '\n' || message[n - 1] == ' '))
		n--;
	for (size_t i = 0; i < n; i++)
		buf_char(out, message[i] == '\n' || message[i] == '\t' ? ' ' : message[i]);
	if (fault->sqlstate[0])
		buf_fmt(out, " (%s)", fault->sqlstate);
}
