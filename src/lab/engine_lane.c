/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lane whose steps the transaction engine runs: each step opens the engine's gate once. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "stage_internal.h"
#include "txn/txn.h"

struct engine_lane {
	struct body body; /* first: one is the other */
	struct lane *lane;
	struct txn *txn;
	size_t *steps; /* BEGIN, the body's statements, COMMIT */
	size_t nsteps;
	size_t at;               /* the next of them */
	size_t yielded;          /* statements of the body, in this attempt */
	struct values_sent sent; /* the values in the latest of them */
	unsigned attempt;
	enum outcome outcome;
	struct cursor cursor; /* in the ring: what the engine did is read there, as everybody reads it */
	struct rows *rows;    /* of the statement that was answered last */
	uint64_t wait_us;
	bool again;  /* another attempt is to be told */
	bool failed; /* an error was heard since the step was sent */
	bool gone;   /* the session that was set up is gone: another connection must not go on with it */
};

/* ---- the body: the steps between BEGIN and COMMIT ---- */

static void engine_lane_reset(struct body *body, bool together)
{
	(void)together;
	((struct engine_lane *)body)->yielded = 0;
}

/* What the statement before has read: the next one may send it. */
static void engine_lane_learn(const struct engine_lane *r)
{
	struct values *values = r->lane->stage->options.values;
	if (values)
		values_learn(values, r->steps[r->yielded], r->rows);
}

static struct statement engine_lane_statement(struct engine_lane *r, size_t step)
{
	const struct stage *stage = r->lane->stage;
	values_sent_free(&r->sent);
	if (!stage->options.values || !values_bind(stage->options.values, step, &r->sent))
		return (struct statement){.sql = stage->spec->steps[step].sql, .once = true};
	return (struct statement){.sql = r->sent.sql,
				  .nparams = (unsigned)r->sent.n,
				  .params = (const char *const *)r->sent.params,
				  .once = true};
}

static enum body_say engine_lane_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
				      struct err *reason)
{
	struct engine_lane *r = (struct engine_lane *)body;
	(void)reason;
	rows_free(r->rows);
	r->rows = n ? rows_copy(answers[0].rows) : NULL;
	if (r->rows)
		engine_lane_learn(r);
	if (r->yielded + 2 >= r->nsteps)
		return BODY_DONE;
	batch->statements[0] = engine_lane_statement(r, r->steps[1 + r->yielded++]);
	batch->n = 1;
	return BODY_SEND;
}

/* ---- what the engine did, in the words of a step ---- */

static void hear_result(struct engine_lane *r, const struct event *event)
{
	struct stage_word word = {
		.kind = event_failed(event) ? WORD_ERROR : WORD_TAG,
		.tag = event->tag,
		.message = event->message,
		.detail = event->detail,
		.affected = event->rows,
		.sender = LANE_OTHER,
	};
	memcpy(word.sqlstate, event->sqlstate, sizeof word.sqlstate);
	r->failed = r->failed || word.kind == WORD_ERROR;
	if (event->verb == VERB_OTHER && word.kind == WORD_TAG && r->rows) {
		word.kind = WORD_ROWS;
		word.rows = r->rows;
		r->rows = NULL;
	}
	lane_hear(r->lane, &word);
}

static void hear(struct engine_lane *r)
{
	const struct stage *stage = r->lane->stage;
	struct event event;
	while (cursor_read(&r->cursor, stage->ring, &event)) {
		if (event.session != db_session(r->lane->db))
			continue;
		if (event.kind == EVENT_RESULT && !event.skipped)
			hear_result(r, &event);
		else if (event.kind == EVENT_BACKOFF)
			r->wait_us = event.wait_us;
		else if (event.kind == EVENT_LOST)
			r->gone = true;
	}
}

/* The step is answered. */
static void over(struct engine_lane *r)
{
	hear(r);
	r->lane->answered = true;
	lane_over(r->lane);
}

/* ---- the gate ---- */

/* BEGIN and SAVEPOINT are one step, and so are RELEASE and COMMIT. */
static bool goes_along(const struct engine_lane *r, enum verb verb)
{
	bool opens = verb == VERB_BEGIN || verb == VERB_SAVEPOINT || verb == VERB_ROLLBACK_TO;
	bool closes = verb == VERB_RELEASE || verb == VERB_COMMIT;
	return (opens && r->at == 1) || (closes && r->at == r->nsteps);
}

static bool gate(void *arg, const struct txn_gate *next)
{
	struct engine_lane *r = arg;
	bool again = r->attempt && next->attempt != r->attempt;
	r->attempt = next->attempt;
	if (!again && goes_along(r, next->statement->verb))
		return false;
	if (again) {
		r->again = true;
		r->at = 0;
	}
	over(r);
	return true;
}

static void on_done(void *arg, const struct txn_result *result)
{
	struct engine_lane *r = arg;
	struct lane *lane = r->lane;
	struct stage_word word;
	r->outcome = result->outcome;
	r->attempt = result->attempts;
	hear(r);
	if (result->outcome != OUTCOME_COMMITTED && !r->failed) {
		word_own(&word, result->reason.text);
		lane_hear(lane, &word);
	}
	if (r->gone && !lane->lost)
		lane_lose(lane, "the connection of its transaction was lost");
	over(r);
}

/* ---- from outside ---- */

void engine_lane_set(struct lane *lane, bool on)
{
	if (on == (lane->engine != NULL))
		return;
	if (!on) {
		engine_lane_free(lane);
		return;
	}
	static const struct body_ops ops = {.reset = engine_lane_reset, .next = engine_lane_next};
	struct stage *stage = lane->stage;
	enum session session = db_session(lane->db);
	struct engine_lane *r = lane->engine = NEW(struct engine_lane);
	r->body.ops = &ops;
	r->lane = lane;
	r->txn = txn_new(stage->loop, stage->ring, lane->db, session, clock_us());
	txn_set_gate(r->txn, gate, r);
}

void engine_lane_free(struct lane *lane)
{
	struct engine_lane *r = lane->engine;
	if (!r)
		return;
	engine_lane_abandon(lane);
	txn_free(r->txn);
	rows_free(r->rows);
	values_sent_free(&r->sent);
	free(r->steps);
	free(r);
	lane->engine = NULL;
}

void engine_lane_begin(struct lane *lane)
{
	struct engine_lane *r = lane->engine;
	const struct spec *spec = lane->stage->spec;
	const struct spec_permutation *permutation = lane->stage->permutation;
	free(r->steps);
	r->steps = mem_array(permutation ? permutation->nturns : 0, sizeof *r->steps);
	r->nsteps = r->at = 0;
	r->attempt = 0;
	r->outcome = OUTCOME_NONE;
	r->gone = r->again = false;
	for (size_t i = 0; permutation && i < permutation->nturns; i++) {
		size_t step = permutation->turns[i].step;
		if ((long)spec->steps[step].session == lane->index)
			r->steps[r->nsteps++] = step;
	}
}

bool engine_lane_expects(const struct lane *lane, size_t step)
{
	const struct engine_lane *r = lane->engine;
	return r->at < r->nsteps && r->steps[r->at] == step && (r->at == 0 || txn_running(r->txn));
}

void engine_lane_send(struct lane *lane)
{
	struct engine_lane *r = lane->engine;
	struct txn_options options;
	lane->answered = lane->speechless = r->failed = false;
	lane->busy = true;
	r->cursor.next = ring_next(lane->stage->ring);
	r->at++;
	if (txn_running(r->txn)) {
		txn_go(r->txn);
		return;
	}
	txn_options_init(&options);
	options.wire = WIRE_STEP;
	options.unnumbered = true; /* the lesson's statements, and none of ours */
	txn_start(r->txn, &r->body, lane->name, &options, on_done, r);
}

char *engine_lane_sql(const struct lane *lane)
{
	const struct engine_lane *r = lane->engine;
	return r->at > 0 && r->at + 1 < r->nsteps ? mem_dup(r->sent.shown) : NULL;
}

void engine_lane_turn(struct lane *lane)
{
	if (lane->engine->gone)
		engine_lane_abandon(lane);
}

void engine_lane_tell(struct lane *lane, const struct stage_record *record)
{
	struct engine_lane *r = lane->engine;
	struct stage_fact fact = {.lane = lane->index, .record = record, .attempt = r->attempt};
	if (r->again) {
		fact.kind = FACT_AGAIN;
		fact.wait_us = r->wait_us;
	} else if (!txn_running(r->txn)) {
		fact.kind = FACT_OUTCOME;
		fact.outcome = r->outcome;
	} else {
		return;
	}
	r->again = false;
	r->wait_us = 0;
	stage_tell(lane->stage, &fact);
}

bool engine_lane_cancel(struct lane *lane)
{
	if (!lane->engine || !txn_running(lane->engine->txn))
		return false;
	lane->busy = true; /* until the engine has rolled back */
	(void)txn_cancel(lane->engine->txn);
	return true;
}

void engine_lane_abandon(struct lane *lane)
{
	if (lane->engine && txn_running(lane->engine->txn))
		txn_abandon(lane->engine->txn);
}

void engine_lane_show(const struct lane *lane, struct stage_lane *out)
{
	if (!lane->engine)
		return;
	out->attempt = lane->engine->attempt;
	out->outcome = lane->engine->outcome;
}
