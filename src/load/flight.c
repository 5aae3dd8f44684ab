/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers of one round trip each, many of them under way on one connection, each retried by itself. */
#include "flight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "load_internal.h"
#include "txn/backoff.h"

/*
 * FLIGHT_SENT    BEGIN, the statement and COMMIT are on their way, and nothing of them waits for an answer.
 * FLIGHT_WAITING the backoff before another attempt.
 * FLIGHT_READY   another attempt is due, and there is no connection.
 * FLIGHT_CAREFUL what can be neither told nor sent again in this way goes through the engine, on another connection:
 *                a refusal, whose reason the body is asked for, and a commit whose answer was lost. It goes there
 *                with its id, which the ledger takes once; where that one ends without a commit, and the first may
 *                still come, the outcome is UNKNOWN, and is settled at the end of the load.
 *
 * Where the connection takes it, the statement is a transaction by itself, with one Sync. Elsewhere BEGIN and COMMIT are
 * around it; the COMMIT is behind a Sync of its own, so that it is run whether the statement failed or not: the next
 * transaction on the connection begins outside of any other.
 */
enum flight_state { FLIGHT_FREE, FLIGHT_SENT, FLIGHT_WAITING, FLIGHT_READY, FLIGHT_CAREFUL };
enum { FLIGHT_BEGIN, FLIGHT_STATEMENT, FLIGHT_COMMIT, FLIGHT_STATEMENTS };
enum { CAREFUL_TRIES = 5 };

struct flight {
	struct slot *slot;
	enum flight_state state;
	struct timer *timer;
	struct txn_result result;
	uint64_t start_us, sent_us, waits_us;
	unsigned restarts, tries;
	unsigned nstatements; /* of this attempt */
	bool committed;
	bool failed, clean, at_commit; /* its first error */
	char sqlstate[6];
	bool doubt; /* a commit was sent that may still be done */
};

struct careful {
	struct db *db;
	struct txn *txn;
	struct slot *slot; /* that it works for; NULL */
};

/* ---- events and the end ---- */

static struct event flight_fact(const struct flight *flight, enum event_kind kind)
{
	return (struct event){.kind = kind,
			      .session = SESSION_TRANSFER,
			      .txn = flight->result.txn,
			      .attempt = flight->result.attempts,
			      .limit = flight->slot->worker->load->spec.txn.max_attempts,
			      .rows = -1};
}

static void flight_tell(const struct flight *flight, const struct event *fact)
{
	ring_append(flight->slot->worker->load->ring, fact);
}

static void flight_end(struct flight *flight, enum outcome outcome)
{
	struct txn_result *result = &flight->result;
	result->outcome = outcome;
	result->elapsed_us = clock_us() - flight->start_us;
	struct event fact = flight_fact(flight, EVENT_OUTCOME);
	fact.outcome = outcome;
	fact.duration_us = result->elapsed_us;
	flight_tell(flight, &fact);
	flight->state = FLIGHT_FREE;
	struct txn_result told = *result;
	worker_ended(flight->slot, &told);
}

/* ---- the careful way ---- */

static void careful_on_done(void *arg, const struct txn_result *result);

static void careful_start(struct careful *careful, struct slot *slot)
{
	struct load *load = slot->worker->load;
	struct txn_options options = load->spec.txn;
	options.wire = WIRE_PIPELINE;
	careful->slot = slot;
	op_again(load, &slot->op);
	txn_start(careful->txn, op_body(&slot->op), "load: transfer, asked again", &options, careful_on_done, careful);
}

static void careful_next(struct worker *worker)
{
	struct careful *careful = worker->careful;
	for (size_t i = 0; i < worker->nslots && !careful->slot; i++)
		if (worker->slots[i].flight->state == FLIGHT_CAREFUL)
			careful_start(careful, &worker->slots[i]);
}

static void careful_add(struct txn_result *all, const struct txn_result *result)
{
	all->attempts += result->attempts;
	all->round_trips += result->round_trips;
	all->statements += result->statements;
	all->backoff_us += result->backoff_us;
	all->server_us += result->server_us;
	memcpy(all->sqlstate, result->sqlstate, sizeof all->sqlstate);
	all->reason = result->reason;
}

/* The id is there, but was not yet when it was looked for: it is read again. */
static bool careful_too_early(const struct flight *flight, const struct txn_result *result)
{
	return result->outcome == OUTCOME_REJECTED && strcmp(result->sqlstate, "23505") == 0 &&
	       flight->tries < CAREFUL_TRIES;
}

static void careful_on_done(void *arg, const struct txn_result *result)
{
	struct careful *careful = arg;
	struct slot *slot = careful->slot;
	struct flight *flight = slot->flight;
	struct worker *worker = slot->worker;
	enum outcome outcome = result->outcome;
	careful->slot = NULL;
	flight->tries++;
	careful_add(&flight->result, result);
	if (careful_too_early(flight, result)) {
		stats_retry(worker->load, slot, result->sqlstate);
		careful_next(worker);
		return;
	}
	if (flight->doubt && outcome != OUTCOME_COMMITTED)
		outcome = OUTCOME_UNKNOWN;
	flight->result.settled = result->settled || (flight->doubt && outcome == OUTCOME_COMMITTED);
	flight_end(flight, outcome);
	careful_next(worker);
}

static void careful_on_retry(void *arg, const char *sqlstate)
{
	const struct careful *careful = arg;
	stats_retry(careful->slot->worker->load, careful->slot, sqlstate);
}

static void flight_be_careful(struct flight *flight, bool doubt)
{
	struct worker *worker = flight->slot->worker;
	flight->state = FLIGHT_CAREFUL;
	flight->doubt = flight->doubt || doubt;
	flight->tries = 0;
	stats_retry(worker->load, flight->slot, flight->sqlstate);
	careful_next(worker);
}

/* ---- one attempt ---- */

static void flight_attempt(struct flight *flight);

static bool flight_too_long(const struct flight *flight)
{
	const struct txn_options *options = &flight->slot->worker->load->spec.txn;
	return clock_us() - flight->start_us >= options->max_elapsed_ms * 1000;
}

static void flight_again(struct flight *flight)
{
	struct worker *worker = flight->slot->worker;
	const struct txn_options *options = &worker->load->spec.txn;
	if (flight->result.attempts >= options->max_attempts || flight_too_long(flight)) {
		flight_end(flight, OUTCOME_GAVE_UP);
		return;
	}
	stats_retry(worker->load, flight->slot, flight->sqlstate);
	uint64_t wait_ms = backoff_ms(options, &worker->rng, ++flight->restarts, 0);
	struct event fact = flight_fact(flight, EVENT_BACKOFF);
	fact.attempt++;
	fact.wait_us = wait_ms * 1000;
	flight_tell(flight, &fact);
	flight->state = FLIGHT_WAITING;
	flight->waits_us = clock_us();
	timer_start(flight->timer, wait_ms);
}

static void flight_on_timer(void *arg)
{
	struct flight *flight = arg;
	flight->result.backoff_us += clock_us() - flight->waits_us;
	flight->state = FLIGHT_READY;
	flight_attempt(flight);
}

static void flight_decide(struct flight *flight)
{
	enum sql_server server = db_server(flight->slot->worker->db);
	enum sql_phase phase = flight->at_commit ? PHASE_COMMIT : PHASE_WORK;
	enum sql_class class = sqlstate_class(flight->sqlstate, server, phase);
	if (!flight->clean || class == CLASS_AMBIGUOUS)
		flight_be_careful(flight, true);
	else if (class == CLASS_RETRY_TXN)
		flight_again(flight);
	else
		flight_be_careful(flight, false);
}

/* Of the statement that is a transaction by itself. */
static void flight_on_alone(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct flight *flight = arg;
	struct body *body = op_body(&flight->slot->op);
	struct batch batch = {0};
	struct err reason;
	flight->committed = answer->ok;
	flight->failed = !answer->ok;
	flight->clean = answer->clean;
	flight->at_commit = answer->at_commit;
	memcpy(flight->sqlstate, answer->sqlstate, sizeof flight->sqlstate);
	if (answer->ok)
		body->ops->next(body, answer, 1, &batch, &reason);
}

static void flight_on_answer(void *arg, size_t index, const struct answer *answer)
{
	struct flight *flight = arg;
	struct body *body = op_body(&flight->slot->op);
	struct batch batch = {0};
	struct err reason;
	bool rolled_back = index == FLIGHT_COMMIT && answer->ok && strcmp(answer->tag, "COMMIT") != 0;
	if (index == FLIGHT_STATEMENT && answer->ok)
		body->ops->next(body, answer, 1, &batch, &reason);
	if (index == FLIGHT_COMMIT && answer->ok && !rolled_back && !flight->failed) {
		flight->committed = true;
		return;
	}
	if (flight->failed || answer->skipped || (answer->ok && !rolled_back))
		return;
	flight->failed = true;
	flight->clean = answer->clean;
	flight->at_commit = index == FLIGHT_COMMIT && !rolled_back;
	memcpy(flight->sqlstate, answer->sqlstate, sizeof flight->sqlstate);
}

static void flight_count_trip(struct flight *flight)
{
	flight->result.round_trips++;
	flight->result.statements += flight->nstatements;
	flight->result.server_us += clock_us() - flight->sent_us;
}

static void flight_on_idle(void *arg)
{
	struct flight *flight = arg;
	flight_count_trip(flight);
	if (flight->committed)
		flight_end(flight, OUTCOME_COMMITTED);
	else
		flight_decide(flight);
}

/* A clean refusal of its statement was answered before the loss, or its commit was: that is known. */
static void flight_on_lost(void *arg, size_t answered, const struct answer *why)
{
	struct flight *flight = arg;
	(void)answered;
	flight_count_trip(flight);
	worker_line_lost(flight->slot->worker);
	if (flight->committed && !why->contradicted) {
		flight_end(flight, OUTCOME_COMMITTED);
		return;
	}
	bool refused = flight->failed && flight->clean && !flight->at_commit && !why->contradicted;
	flight->sqlstate[0] = '\0';
	flight_be_careful(flight, !refused);
}

static struct statement flight_work(struct flight *flight)
{
	struct body *body = op_body(&flight->slot->op);
	struct batch batch = {0};
	struct err reason;
	body->ops->reset(body, true);
	if (!body->ops->oneshot || !body->ops->oneshot(body, &batch))
		body->ops->next(body, NULL, 0, &batch, &reason);
	batch.statements[0].alone = batch.alone && db_takes_alone(flight->slot->worker->db);
	batch.statements[0].apart = !batch.statements[0].alone;
	return batch.statements[0];
}

static void flight_send(struct flight *flight)
{
	struct worker *worker = flight->slot->worker;
	const char *begin = txn_begin_sql(worker->load->spec.txn.isolation);
	struct statement statements[FLIGHT_STATEMENTS] = {
		[FLIGHT_BEGIN] = {.sql = begin, .verb = VERB_BEGIN},
		[FLIGHT_STATEMENT] = flight_work(flight),
		[FLIGHT_COMMIT] = {.sql = "COMMIT", .verb = VERB_COMMIT, .commits = true},
	};
	bool alone = statements[FLIGHT_STATEMENT].alone;
	struct db_context context = {.txn = flight->result.txn,
				     .attempt = flight->result.attempts,
				     .first_statement = flight->result.statements + 1,
				     .round_trip = flight->result.round_trips + 1};
	struct db_reply reply = {alone ? flight_on_alone : flight_on_answer, flight_on_idle, flight_on_lost, flight,
				 NULL};
	flight->nstatements = alone ? 1 : FLIGHT_STATEMENTS;
	db_send_more(worker->db, alone ? &statements[FLIGHT_STATEMENT] : statements, flight->nstatements, &context,
		     &reply);
}

static void flight_attempt(struct flight *flight)
{
	struct worker *worker = flight->slot->worker;
	if (worker->state != WORKER_UP) {
		flight->state = FLIGHT_READY;
		return;
	}
	flight->state = FLIGHT_SENT;
	flight->committed = flight->failed = flight->clean = flight->at_commit = false;
	flight->sqlstate[0] = '\0';
	flight->result.attempts++;
	struct event fact = flight_fact(flight, EVENT_ATTEMPT);
	flight_tell(flight, &fact);
	flight->sent_us = clock_us();
	flight_send(flight);
}

/* ---- for the worker ---- */

void flight_start(struct slot *slot)
{
	struct flight *flight = slot->flight;
	struct ring *ring = slot->worker->load->ring;
	flight->result = (struct txn_result){.txn = ring_new_txn(ring), .protocol = PROTOCOL_RESTART};
	flight->start_us = clock_us();
	flight->restarts = 0;
	flight->doubt = false;
	struct event fact = flight_fact(flight, EVENT_TXN);
	fact.message = "load: transfer";
	flight_tell(flight, &fact);
	flight_attempt(flight);
}

void flight_go(struct worker *worker)
{
	for (size_t i = 0; i < worker->nslots && worker->state == WORKER_UP; i++)
		if (worker->slots[i].flight->state == FLIGHT_READY)
			flight_attempt(worker->slots[i].flight);
}

void flight_expire(struct worker *worker)
{
	for (size_t i = 0; i < worker->nslots; i++) {
		struct flight *flight = worker->slots[i].flight;
		if (flight->state == FLIGHT_READY && flight_too_long(flight))
			flight_end(flight, OUTCOME_GAVE_UP);
	}
}

/* What was sent is answered; what waits to be sent need not be. */
void flight_cancel(struct worker *worker)
{
	for (size_t i = 0; i < worker->nslots; i++) {
		struct flight *flight = worker->slots[i].flight;
		bool waits = flight->state == FLIGHT_WAITING || flight->state == FLIGHT_READY;
		if (!waits)
			continue;
		timer_stop(flight->timer);
		flight_end(flight, OUTCOME_CANCELLED);
	}
	if (worker->careful->slot)
		txn_cancel(worker->careful->txn);
}

void flight_open(struct worker *worker)
{
	struct load *load = worker->load;
	struct careful *careful = worker->careful = NEW(struct careful);
	snprintf(worker->careful_name, sizeof worker->careful_name, "%sb", worker->name);
	careful->db = db_new(load->loop, load->ring, SESSION_TRANSFER, worker->careful_name, NULL);
	db_set_place(careful->db, &load->conninfo);
	careful->txn = txn_new(load->loop, load->ring, careful->db, SESSION_TRANSFER, load->spec.seed + worker->number);
	txn_expect(careful->txn, &load->who);
	txn_on_retry(careful->txn, careful_on_retry, careful);
	for (size_t i = 0; i < worker->nslots; i++) {
		struct flight *flight = worker->slots[i].flight = NEW(struct flight);
		flight->slot = &worker->slots[i];
		flight->timer = timer_new(load->loop, flight_on_timer, flight);
	}
}

void flight_close(struct worker *worker)
{
	if (!worker->careful)
		return;
	for (size_t i = 0; i < worker->nslots; i++) {
		timer_free(worker->slots[i].flight->timer);
		free(worker->slots[i].flight);
	}
	txn_free(worker->careful->txn);
	db_free(worker->careful->db);
	free(worker->careful);
	worker->careful = NULL;
}
