/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transaction engine from outside: options, start, cancel, gate, outcome, and its end without a wait. */
#include "txn/txn.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "txn_internal.h"

/* ---- options, and the exit status of each outcome ---- */

void txn_options_init(struct txn_options *options)
{
	*options = (struct txn_options){
		.protocol = PROTOCOL_AUTO,
		.wire = WIRE_PIPELINE,
		.max_attempts = 10,
		.max_elapsed_ms = 30000,
		.backoff_base_ms = 20,
		.backoff_cap_ms = 2000,
		.savepoint_retries = 2,
	};
}

enum status txn_status(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_COMMITTED:
		return ST_OK;
	case OUTCOME_REJECTED:
		return ST_REJECTED;
	case OUTCOME_FAILED:
		return ST_STATEMENT;
	case OUTCOME_GAVE_UP:
		return ST_GAVE_UP;
	case OUTCOME_CANCELLED:
		return ST_CANCELLED;
	case OUTCOME_UNKNOWN:
		return ST_UNKNOWN;
	case OUTCOME_NONE:
		break;
	}
	return ST_OWN;
}

/* ---- state and events ---- */

static bool waits_for_server(enum txn_state state)
{
	return state == TXN_SENT || state == TXN_CLEANING || state == TXN_DIALING || state == TXN_SETTLING;
}

static void count_server(struct txn *txn, enum txn_state state)
{
	uint64_t now_us = waits_for_server(state) || txn->asked_us ? clock_us() : 0;
	if (txn->asked_us)
		txn->result.server_us += now_us - txn->asked_us;
	txn->asked_us = waits_for_server(state) ? now_us : 0;
}

/* The only place where the state changes, and where the engine appends an event. */
void txn_move(struct txn *txn, enum txn_state state, const struct event *fact)
{
	count_server(txn, state);
	txn->state = state;
	if (fact)
		ring_append(txn->ring, fact);
}

struct event txn_fact(const struct txn *txn, enum event_kind kind)
{
	return (struct event){
		.kind = kind,
		.session = txn->session,
		.lane = db_lane(txn->db),
		.txn = txn->result.txn,
		.attempt = txn->result.attempts,
		.limit = txn->result.protocol == PROTOCOL_NONE ? 1 : txn->options.max_attempts,
		.rows = -1,
	};
}

struct db_context txn_context(struct txn *txn, size_t statements)
{
	struct db_context context = {
		.txn = txn->result.txn,
		.attempt = txn->result.attempts,
		.first_statement = txn->result.statements + 1,
		.round_trip = ++txn->result.round_trips,
	};
	txn->result.statements += (unsigned)statements;
	return context;
}

void txn_say(struct txn *txn, enum event_kind kind, const char *message)
{
	struct event fact = txn_fact(txn, kind);
	fact.message = message;
	txn_move(txn, txn->state, &fact);
}

static void txn_on_timer(void *arg)
{
	struct txn *txn = arg;
	if (txn->state == TXN_WAITING)
		txn->result.backoff_us += clock_us() - txn->backoff_start_us;
	if (txn->state == TXN_SETTLING)
		settle_turn(txn);
	else if (txn->cancelled)
		retry_clean(txn, AFTER_END, OUTCOME_CANCELLED);
	else if (txn->state == TXN_READY && txn->attempt.delayed)
		send_next(txn);
	else
		retry_connect(txn);
}

struct txn *txn_new(struct loop *loop, struct ring *ring, struct db *db, enum session session, uint64_t seed)
{
	struct txn *txn = NEW(struct txn);
	txn->loop = loop;
	txn->ring = ring;
	txn->db = db;
	txn->session = session;
	rng_seed(&txn->rng, seed);
	txn->timer = timer_new(loop, txn_on_timer, txn);
	return txn;
}

void txn_free(struct txn *txn)
{
	if (!txn)
		return;
	attempt_forget(txn);
	timer_free(txn->timer);
	free(txn->what);
	free(txn);
}

void txn_expect(struct txn *txn, const struct who *who)
{
	txn->expects = who != NULL;
	if (who)
		txn->expected = *who;
}

void txn_start(struct txn *txn, struct body *body, const char *what, const struct txn_options *options,
	       txn_done_fn *done, void *arg)
{
	txn->options = *options;
	txn->body = body;
	txn->done = done;
	txn->arg = arg;
	if (!txn->what || strcmp(txn->what, what) != 0) {
		free(txn->what);
		txn->what = mem_dup(what);
	}
	txn->result = (struct txn_result){.txn = ring_new_txn(txn->ring),
					  .protocol = txn_protocol_on(options->protocol, db_dialect(txn->db))};
	txn->start_us = clock_us();
	txn->began = false;
	txn->cancelled = txn->by_savepoint = txn->oneshot_refused = false;
	txn->savepoint_retries = txn->restarts = txn->losses = 0;
	txn->settle = (struct settle){0};
	attempt_forget(txn);
	struct event fact = txn_fact(txn, EVENT_TXN);
	fact.message = txn->what;
	txn_move(txn, TXN_READY, &fact);
	timer_start(txn->timer, 0); /* everything else comes from the loop */
}

/* A row of the ledger can be seen whether or not the standby has it. */
static enum durability durability_now(const struct txn *txn)
{
	enum durability promised = db_who(txn->db)->durability;
	bool seen_only =
		txn->result.settled && promised == DURABLE_REPLICATED && db_dialect(txn->db)->shows_unreplicated;
	return seen_only ? DURABLE_UNKNOWN : promised;
}

void txn_finish(struct txn *txn, enum outcome outcome)
{
	struct txn_result *result = &txn->result;
	if (settle_last(txn, outcome))
		return;
	result->outcome = outcome;
	result->elapsed_us = clock_us() - txn->start_us;
	if (outcome == OUTCOME_COMMITTED) {
		err_clear(&result->reason);
		result->sqlstate[0] = '\0';
		result->durability = durability_now(txn);
	}
	if (outcome == OUTCOME_CANCELLED)
		err_set(&result->reason, ST_CANCELLED, "cancelled; nothing was changed");
	struct event fact = txn_fact(txn, EVENT_OUTCOME);
	fact.outcome = outcome;
	fact.duration_us = result->elapsed_us;
	memcpy(fact.sqlstate, result->sqlstate, sizeof fact.sqlstate);
	fact.message = result->reason.text[0] ? result->reason.text : NULL;
	fact.detail = result->cleanup.text[0] ? result->cleanup.text : NULL;
	txn->by_savepoint = false;
	attempt_forget(txn);
	counters_end(txn);
	txn_move(txn, TXN_IDLE, &fact);   /* result.server_us is complete */
	struct txn_result told = *result; /* done() may start the next one */
	txn->done(txn->arg, &told);
}

void txn_on_retry(struct txn *txn, void (*fn)(void *arg, const char *sqlstate), void *arg)
{
	txn->retried = fn;
	txn->retried_arg = arg;
}

bool txn_running(const struct txn *txn)
{
	return txn->state != TXN_IDLE;
}

/*
 * What is still in front of the commit may be cancelled where the commit itself cannot be: PostgreSQL ignores a
 * cancel while it commits, except where it waits for a synchronous standby, and then leaves a commit that no standby
 * has. On CockroachDB a cancel would make the commit's answer ambiguous; a pooler may hand it to another backend.
 */
static bool may_cancel_sent(const struct txn *txn)
{
	const struct attempt *attempt = &txn->attempt;
	enum durability durability = attempt->who.durability;
	bool commit = attempt_holds_commit(txn, attempt->first_sent, attempt->next);
	bool waits = durability == DURABLE_REPLICATED || durability == DURABLE_UNKNOWN;
	return !attempt->durable && (!commit || (db_dialect(txn->db)->cancels_before_commit && !waits));
}

bool txn_commit_sent(const struct txn *txn)
{
	const struct attempt *attempt = &txn->attempt;
	bool sent = txn->state == TXN_SENT && attempt_holds_commit(txn, attempt->first_sent, attempt->next);
	return sent || txn->state == TXN_SETTLING || (txn->state != TXN_IDLE && attempt->durable);
}

bool txn_cancel(struct txn *txn)
{
	switch (txn->state) {
	case TXN_IDLE:
		return false;
	case TXN_READY: /* the first turn of the loop, or held by the gate */
	case TXN_WAITING:
		if (txn->attempt.durable)
			return false;
		txn->cancelled = true;
		timer_start(txn->timer, 0);
		return true;
	case TXN_SENT:
		if (!may_cancel_sent(txn))
			return false;
		txn->cancelled = true;
		db_cancel(txn->db);
		return true;
	case TXN_CLEANING:
		txn->cancelled = !txn->attempt.durable;
		return txn->cancelled;
	case TXN_DIALING:
		txn->cancelled = true;
		db_close(txn->db);
		timer_start(txn->timer, 0);
		return true;
	case TXN_SETTLING:
		settle_cancel(txn);
		return true;
	}
	return false;
}

void txn_set_gate(struct txn *txn, txn_gate_fn *gate, void *arg)
{
	txn->gate = gate;
	txn->gate_arg = arg;
}

void txn_go(struct txn *txn)
{
	if (txn->state != TXN_READY || timer_pending(txn->timer))
		return;
	txn->attempt.gate_passed = true;
	send_next(txn);
}

const char *txn_word(const struct txn *txn)
{
	switch (txn->state) {
	case TXN_IDLE:
		return txn->result.outcome == OUTCOME_UNKNOWN ? "OUTCOME UNKNOWN" : "none";
	case TXN_READY:
	case TXN_SENT:
		if (txn->attempt.durable)
			return "committed";
		return txn->attempt.opened || txn->state == TXN_SENT ? "open" : "none";
	case TXN_CLEANING:
		if (txn->attempt.durable)
			return "committed";
		return txn->after == AFTER_RETRY ? "RETRY WANTED" : "aborted";
	case TXN_WAITING:
		return "waiting";
	case TXN_DIALING:
		return "reconnecting";
	case TXN_SETTLING:
		return "settling";
	}
	return "none";
}

/* ---- abandoned: ended at once, without a wait; what is certain by then is the outcome, and the rest is UNKNOWN
 * ---- */

/* With a commit on its way nobody can know, unless the server has refused a statement before it: then the commit is
 * skipped. */
static enum outcome abandon_when_sent(struct txn *txn)
{
	const struct attempt *attempt = &txn->attempt;
	if (attempt->durable)
		return OUTCOME_COMMITTED;
	if (!attempt_holds_commit(txn, attempt->first_sent, attempt->next) ||
	    (attempt->fault.set && !attempt->fault.commit))
		return OUTCOME_CANCELLED;
	txn->counters.ambiguous++;
	txn->counters.unsettled++;
	err_set(&txn->result.reason, ST_UNKNOWN, "the commit was sent and its answer was not waited for");
	return OUTCOME_UNKNOWN;
}

static enum outcome abandon_when_asking(struct txn *txn)
{
	txn->counters.unsettled++;
	txn->result.reason = txn->settle.doubt;
	return OUTCOME_UNKNOWN;
}

static enum outcome abandon_by_now(struct txn *txn)
{
	switch (txn->state) {
	case TXN_SENT:
		return abandon_when_sent(txn);
	case TXN_SETTLING:
		return abandon_when_asking(txn);
	case TXN_CLEANING:
		if (txn->after == AFTER_END)
			return txn->outcome;
		if (txn->after == AFTER_SETTLE)
			return abandon_when_asking(txn);
		break;
	case TXN_IDLE:
	case TXN_READY:
	case TXN_WAITING:
	case TXN_DIALING:
		break;
	}
	return txn->attempt.durable ? OUTCOME_COMMITTED : OUTCOME_CANCELLED;
}

void txn_abandon(struct txn *txn)
{
	if (!txn_running(txn))
		return;
	enum outcome outcome = abandon_by_now(txn);
	if (txn->settle.open && outcome != OUTCOME_COMMITTED && outcome != OUTCOME_UNKNOWN) {
		txn->counters.ambiguous++;
		outcome = abandon_when_asking(txn);
	}
	txn->settle.open = false;
	timer_stop(txn->timer);
	db_close(txn->db);
	txn_finish(txn, outcome);
}
