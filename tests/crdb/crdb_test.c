/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transaction engine against the stand-in for CockroachDB: retries, ambiguity, lost connections, by version and wire mode. */
#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "tests/crdb/standin.h"
#include "txn/txn.h"

/* A program of the tests is linked from one object: the parts of the stand-in come with it. */
#include "tests/crdb/standin.c"
#include "tests/crdb/standin_sql.c"
#include "tests/crdb/standin_wire.c"

enum { WATCHDOG_MS = 5000 };

/* ---- the body: moves half of account 1 to account 2, and writes what it read less the half, so that a lost update shows ---- */

struct mover {
	struct body body;
	bool ledger; /* writes `run` into the ledger, and can be asked by it */
	char run[24];
	bool blind;        /* writes without reading first */
	const char *extra; /* sent before the writes, in their batch */
	int resets, reads;
	long half, seen;
	char values[2][24];
	const char *reading[2][1], *writing[2][2], *moving[2], *id[1];
};

static void mover_reset(struct body *body, bool together)
{
	struct mover *mover = (struct mover *)body;
	(void)together;
	mover->resets++;
}

static void add_statement(struct batch *batch, const char *sql, enum verb verb, unsigned n, const char *const *params)
{
	batch->statements[batch->n++] = (struct statement){.sql = sql, .verb = verb, .nparams = n, .params = params};
}

static void ask_balances(struct mover *mover, struct batch *batch)
{
	mover->reading[0][0] = "1";
	mover->reading[1][0] = "2";
	for (int i = 0; i < 2; i++)
		add_statement(batch, STANDIN_READ, VERB_SELECT, 1, mover->reading[i]);
}

static void add_ledger(struct mover *mover, struct batch *batch)
{
	mover->id[0] = mover->run;
	if (mover->ledger)
		add_statement(batch, STANDIN_LEDGER, VERB_INSERT, 1, mover->id);
}

static bool write_balances(struct mover *mover, const struct answer *answers, struct batch *batch)
{
	long have[2];
	for (int i = 0; i < 2; i++)
		have[i] = atol(rows_cell(answers[i].rows, 0, 0));
	mover->reads++;
	mover->seen = have[0];
	mover->half = have[0] / 2;
	if (mover->half == 0)
		return false;
	for (int i = 0; i < 2; i++) {
		snprintf(mover->values[i], sizeof mover->values[i], "%ld", have[i] + (i ? mover->half : -mover->half));
		mover->writing[i][0] = i ? "2" : "1";
		mover->writing[i][1] = mover->values[i];
	}
	if (mover->extra)
		add_statement(batch, mover->extra, VERB_OTHER, 0, NULL);
	for (int i = 0; i < 2; i++)
		add_statement(batch, STANDIN_WRITE, VERB_UPDATE, 2, mover->writing[i]);
	add_ledger(mover, batch);
	return batch->last = true;
}

static bool mover_oneshot(struct body *body, struct batch *batch)
{
	struct mover *mover = (struct mover *)body;
	mover->moving[0] = "1";
	mover->moving[1] = "2";
	mover->half = 0; /* decided by the server */
	add_statement(batch, STANDIN_MOVE, VERB_UPDATE, 2, mover->moving);
	add_ledger(mover, batch);
	return true;
}

static enum body_say mover_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
				struct err *reason)
{
	struct mover *mover = (struct mover *)body;
	if (n > 0 && !answers[0].rows)
		return BODY_DONE;
	if (mover->blind)
		batch->last = mover_oneshot(body, batch);
	else if (n == 0)
		ask_balances(mover, batch);
	else if (!write_balances(mover, answers, batch)) {
		err_set(reason, ST_REJECTED, "there is nothing to move");
		return BODY_REJECT;
	}
	return BODY_SEND;
}

static bool mover_fence(struct body *body, struct statement *statement)
{
	struct mover *mover = (struct mover *)body;
	mover->id[0] = mover->run;
	*statement = (struct statement){.sql = STANDIN_FENCE, .verb = VERB_INSERT, .nparams = 1, .params = mover->id};
	return mover->ledger;
}

static const struct body_ops mover_ops = {mover_reset, mover_next, NULL, mover_oneshot, mover_fence};

/* ---- the world of a test ---- */

struct world {
	struct standin standin;
	struct loop *loop;
	struct timer *watchdog;
	struct ring *ring;
	struct db *db;
	struct txn *txn;
	struct txn_options options;
	struct txn_result result;
	struct mover body;
	struct cursor cursor; /* the events of the last run begin here */
	long before, gift;    /* of account 2 before the run; somebody else's doing at the gate */
	long total;           /* of accounts 1 and 2 */
	unsigned conflicts;   /* so many attempts meet somebody else's write */
	bool elsewhere;       /* what commits is not what the body did last: no statement is marked as durable */
	bool hung;
};

static long balance_now(const struct world *w, int id)
{
	return w->standin.shared->accounts[id - 1].balance;
}

static void on_connect(void *arg, const struct err *err)
{
	struct world *w = arg;
	if (err)
		fail_msg("%s", err->text);
	loop_stop(w->loop);
}

static void on_done(void *arg, const struct txn_result *result)
{
	struct world *w = arg;
	w->result = *result;
	loop_stop(w->loop);
}

static void on_watchdog(void *arg)
{
	struct world *w = arg;
	w->hung = true;
	loop_stop(w->loop);
}

/* Somebody else takes 100 between the read and the write. */
static bool on_gate(void *arg, const struct txn_gate *next)
{
	struct world *w = arg;
	if (next->body_batch == 1 && !next->commit == (w->options.wire == WIRE_STEP) && next->attempt <= w->conflicts &&
	    w->gift > -100 * (long)next->attempt) {
		standin_write(&w->standin, 1, balance_now(w, 1) - 100);
		w->gift -= 100;
	}
	return false;
}

static void connect_db(struct world *w)
{
	struct conninfo info = {
		.host = w->standin.dir, .port = (char *)"26257", .user = (char *)"root", .dbname = (char *)"bank"};
	db_connect(w->db, &info, 5000, on_connect, w);
	loop_run(w->loop);
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	standin_start(&w->standin, *(const enum standin_version *)*state);
	w->loop = loop_new();
	w->watchdog = timer_new(w->loop, on_watchdog, w);
	w->ring = ring_new(4000, 1 << 20);
	w->db = db_new(w->loop, w->ring, SESSION_TRANSFER, "transfer", NULL);
	w->txn = txn_new(w->loop, w->ring, w->db, SESSION_TRANSFER, 7);
	w->body.body.ops = &mover_ops;
	w->body.ledger = true;
	strcpy(w->body.run, "41");
	txn_options_init(&w->options);
	w->options.backoff_base_ms = 1;
	txn_set_gate(w->txn, on_gate, w);
	connect_db(w);
	standin_arm(&w->standin);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	txn_free(w->txn);
	db_free(w->db);
	ring_free(w->ring);
	timer_free(w->watchdog);
	loop_free(w->loop);
	standin_stop(&w->standin);
	free(w);
	return 0;
}

/* ---- what holds after every run ---- */

static void check_counters(struct world *w)
{
	const struct txn_counters *c = txn_counters(w->txn);
	assert_int_equal(c->transactions,
			 c->committed + c->rejected + c->failed + c->gave_up + c->cancelled + c->unknown);
	assert_int_equal(c->attempts, c->transactions - c->unstarted + c->retries);
	assert_int_equal(c->retries, c->savepoint_retries + c->restarts);
	assert_int_equal(c->retries, c->by_serialization + c->by_deadlock + c->by_connection + c->by_other);
	assert_int_equal(c->ambiguous, c->settled_committed + c->settled_aborted + c->unsettled);
}

/* Nobody waits while a transaction is open, and only a RELEASE is marked as what makes it durable. */
static void check_events(struct world *w)
{
	struct cursor cursor = w->cursor;
	struct event event;
	bool open = false;
	unsigned durable = 0;
	while (cursor_read(&cursor, w->ring, &event)) {
		bool answered = event.kind == EVENT_RESULT && !event.skipped && !event_failed(&event);
		if (answered && event.verb == VERB_BEGIN)
			open = true;
		if ((answered && (event.verb == VERB_ROLLBACK || event.verb == VERB_COMMIT)) ||
		    event.kind == EVENT_LOST)
			open = false;
		if (event.kind == EVENT_BACKOFF && open)
			fail_msg("it waits while the transaction is open");
		if (event.durable)
			assert_int_equal(event.verb, VERB_RELEASE);
		durable += event.durable;
	}
	assert_true(durable <= 1);
	if (w->result.outcome == OUTCOME_COMMITTED && !w->result.settled && !w->elsewhere)
		assert_int_equal(durable, 1);
}

/* The outcome told is what the stand-in's memory says. */
static void check_truth(struct world *w)
{
	long moved = balance_now(w, 2) - w->before;
	assert_int_equal(balance_now(w, 1) + balance_now(w, 2), w->total + w->gift);
	if (w->body.ledger)
		assert_int_equal(standin_has_id(&w->standin, w->body.run), moved != 0);
	if (w->body.half && moved && !w->elsewhere)
		assert_int_equal(moved, w->body.half);
	if (w->result.outcome == OUTCOME_UNKNOWN || (w->result.outcome == OUTCOME_COMMITTED) == (moved != 0))
		return;
	fail_msg("the outcome told is %d, but %ld were moved: %s\n%s", (int)w->result.outcome, moved,
		 w->result.reason.text, w->standin.shared->log);
}

/* Until the transaction has ended. */
static void wait_for_end(struct world *w)
{
	timer_start(w->watchdog, WATCHDOG_MS);
	while (txn_running(w->txn) && !w->hung)
		loop_run(w->loop);
	timer_stop(w->watchdog);
	if (w->hung)
		fail_msg("no end: %s; the server ran %s%s", txn_word(w->txn), w->standin.shared->log,
			 w->standin.shared->retrying ? ", and retries by itself" : "");
	check_truth(w);
	check_events(w);
	check_counters(w);
}

static void begin(struct world *w)
{
	w->before = balance_now(w, 2);
	w->total = w->before + balance_now(w, 1);
	w->gift = 0;
	w->cursor.next = ring_next(w->ring);
	w->result = (struct txn_result){0};
	txn_start(w->txn, &w->body.body, "move half", &w->options, on_done, w);
}

static void move(struct world *w)
{
	begin(w);
	wait_for_end(w);
}

/* Another transfer over the same connection, to see that it can be used. */
static void move_again(struct world *w)
{
	standin_arm(&w->standin);
	strcpy(w->body.run, "42");
	move(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(w->result.attempts, 1);
}

static void fault(struct world *w, enum standin_kind kind, unsigned nth, enum standin_effect effect,
		  const char *sqlstate)
{
	standin_fault(&w->standin, kind, nth, effect, sqlstate);
}

/* The outcome, the number of attempts, and what the server ran. */
static void check_run(struct world *w, enum outcome outcome, unsigned attempts, const char *ran)
{
	if (w->result.outcome != outcome || w->result.attempts != attempts || strcmp(w->standin.shared->log, ran) != 0)
		fail_msg("outcome %d after %u attempts, not %d after %u; the server ran %s, not %s: %s",
			 (int)w->result.outcome, w->result.attempts, (int)outcome, attempts, w->standin.shared->log,
			 ran, w->result.reason.text);
	assert_int_equal(w->standin.shared->happened, w->standin.shared->nfaults);
}

static enum standin_version version_of(const struct world *w)
{
	return w->standin.shared->version;
}

/* ---- the server, and the plain way ---- */

static void it_is_recognised(void **state)
{
	struct world *w = *state;
	static const char *const versions_told[] = {
		[STANDIN_2_2] = "2.2.0-alpha.20190211", [STANDIN_20_1] = "20.1.5", [STANDIN_26_2] = "26.2.0"};
	assert_int_equal(db_server(w->db), SERVER_COCKROACH);
	assert_string_equal(db_facts(w->db)->product, "CockroachDB");
	assert_string_equal(db_facts(w->db)->version, versions_told[version_of(w)]);
	assert_int_equal(db_facts(w->db)->pid != 0, version_of(w) == STANDIN_26_2);
}

/* A proxy hides crdb_version: version() tells, and the engine does as it should. */
static void it_is_recognised_behind_a_proxy(void **state)
{
	struct world *w = *state;
	db_close(w->db);
	w->standin.shared->hide_version = true;
	connect_db(w);
	it_is_recognised(state);
	move_again(w);
	assert_int_equal(w->result.protocol, PROTOCOL_SAVEPOINT);
	check_run(w, OUTCOME_COMMITTED, 1, "BSss|uuiRC|");
}

static void pipeline_takes_two_round_trips(void **state)
{
	struct world *w = *state;
	move(w);
	check_run(w, OUTCOME_COMMITTED, 1, "BSss|uuiRC|");
	assert_int_equal(w->result.protocol, PROTOCOL_SAVEPOINT);
	assert_int_equal(w->result.round_trips, 2);
	move_again(w);
}

static void step_is_one_statement_a_round_trip(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_STEP;
	move(w);
	check_run(w, OUTCOME_COMMITTED, 1, "B|S|s|s|u|u|i|R|C|");
	move_again(w);
}

static void oneshot_is_one_round_trip(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_ONESHOT;
	move(w);
	check_run(w, OUTCOME_COMMITTED, 1, "BSmiRC|");
	move_again(w);
}

/* ---- retries ---- */

static void first_retries_go_back_to_the_savepoint(void **state)
{
	struct world *w = *state;
	fault(w, KIND_UPDATE, 2, EFFECT_ERROR, "40001");
	fault(w, KIND_UPDATE, 3, EFFECT_ERROR, "40001");
	move(w);
	check_run(w, OUTCOME_COMMITTED, 3, "BSss|uu!|<ss|u!|<ss|uuiRC|");
	assert_int_equal(w->result.backoff_us, 0);
	assert_int_equal(w->body.resets, 3);
	assert_int_equal(txn_counters(w->txn)->savepoint_retries, 2);
	assert_int_equal(txn_counters(w->txn)->by_serialization, 2);
}

static void first_retries_step_by_step(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_STEP;
	fault(w, KIND_UPDATE, 2, EFFECT_ERROR, "40001");
	move(w);
	check_run(w, OUTCOME_COMMITTED, 2, "B|S|s|s|u|u!|<|s|s|u|u|i|R|C|");
}

static void first_retries_in_one_round_trip(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_ONESHOT;
	fault(w, KIND_MOVE, 1, EFFECT_ERROR, "40001");
	move(w);
	check_run(w, OUTCOME_COMMITTED, 2, "BSm!|<miRC|");
}

static void a_read_is_retried_too(void **state)
{
	struct world *w = *state;
	fault(w, KIND_READ, 2, EFFECT_ERROR, "40001");
	move(w);
	check_run(w, OUTCOME_COMMITTED, 2, "BSss!|<ss|uuiRC|");
}

/* Later retries give the locks back, wait, and begin again. */
static void later_retries_roll_back_and_wait(void **state)
{
	struct world *w = *state;
	for (unsigned i = 1; i <= 4; i++)
		fault(w, KIND_UPDATE, i, EFFECT_ERROR, "40001");
	move(w);
	check_run(w, OUTCOME_COMMITTED, 5, "BSss|u!|<ss|u!|<ss|u!|r|BSss|u!|r|BSss|uuiRC|");
	assert_true(w->result.backoff_us > 0);
	assert_int_equal(txn_counters(w->txn)->restarts, 2);
}

static void the_limit_ends_it(void **state)
{
	struct world *w = *state;
	w->options.max_attempts = 4;
	for (unsigned i = 1; i <= 4; i++)
		fault(w, KIND_UPDATE, i, EFFECT_ERROR, "40001");
	move(w);
	check_run(w, OUTCOME_GAVE_UP, 4, "BSss|u!|<ss|u!|<ss|u!|r|BSss|u!|r|");
	assert_string_equal(w->result.sqlstate, "40001");
	move_again(w);
}

static void none_does_not_retry(void **state)
{
	struct world *w = *state;
	w->options.protocol = PROTOCOL_NONE;
	fault(w, KIND_RELEASE, 1, EFFECT_ERROR, "40001");
	move(w);
	check_run(w, OUTCOME_GAVE_UP, 1, "BSss|uuiR!|r|");
}

static void restart_can_be_asked_for(void **state)
{
	struct world *w = *state;
	w->options.protocol = PROTOCOL_RESTART;
	fault(w, KIND_UPDATE, 1, EFFECT_ERROR, "40001");
	move(w);
	check_run(w, OUTCOME_COMMITTED, 2, "BSss|u!|r|BSss|uuiRC|");
}

/* Somebody else's write is seen where this version sees it, and what it left is read again. */
static void a_real_conflict_is_decided_again(void **state)
{
	struct world *w = *state;
	w->conflicts = 1;
	move(w);
	check_run(w, OUTCOME_COMMITTED, 2,
		  version_of(w) == STANDIN_20_1 ? "BSss|u!|<ss|uuiRC|" : "BSss|uuiR!|<ss|uuiRC|");
	assert_int_equal(w->body.seen, 900);
	assert_int_equal(balance_now(w, 2), 450);
}

static void a_real_conflict_step_by_step(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_STEP;
	w->conflicts = 2;
	move(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(w->result.attempts, 3);
	assert_int_equal(w->body.seen, 800);
}

static void a_release_is_retried_by_the_savepoint(void **state)
{
	struct world *w = *state;
	fault(w, KIND_RELEASE, 1, EFFECT_ERROR, "40001");
	move(w);
	check_run(w, OUTCOME_COMMITTED, 2, "BSss|uuiR!|<ss|uuiRC|");
	assert_int_equal(txn_counters(w->txn)->ambiguous, 0);
}

static void a_release_is_retried_step_by_step(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_STEP;
	fault(w, KIND_RELEASE, 1, EFFECT_ERROR, "40001");
	move(w);
	check_run(w, OUTCOME_COMMITTED, 2, "B|S|s|s|u|u|i|R!|<|s|s|u|u|i|R|C|");
}

/* The way back is gone: all of it from the start. */
static void a_lost_savepoint_restarts_the_whole(void **state)
{
	struct world *w = *state;
	fault(w, KIND_UPDATE, 1, EFFECT_ERROR, "40001");
	fault(w, KIND_ROLLBACK_TO, 1, EFFECT_ERROR, version_of(w) == STANDIN_2_2 ? "3B000" : "3B001");
	move(w);
	check_run(w, OUTCOME_COMMITTED, 3, "BSss|u!|<!|r|BSss|uuiRC|");
}

/* ---- errors that are nobody's conflict ---- */

static void a_final_error_is_told(void **state)
{
	struct world *w = *state;
	w->body.extra = "SELECT no_such_thing";
	move(w);
	check_run(w, OUTCOME_FAILED, 1, "BSss||r|");
	assert_string_equal(w->result.sqlstate, "42601");
	assert_false(db_in_transaction(w->db));
}

/* A timeout of a write is final, and the RELEASE behind it was not run. */
static void a_timeout_of_a_write_is_final(void **state)
{
	struct world *w = *state;
	fault(w, KIND_UPDATE, 2, EFFECT_ERROR, "57014");
	move(w);
	check_run(w, OUTCOME_FAILED, 1, "BSss|uu!|r|");
	assert_int_equal(txn_counters(w->txn)->ambiguous, 0);
	move_again(w);
}

/* The storage is away for a while: the way back is closed, and all of it is run again. */
static void a_range_that_is_away_is_tried_again(void **state)
{
	struct world *w = *state;
	fault(w, KIND_UPDATE, 1, EFFECT_ERROR, "58C00");
	move(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(txn_counters(w->txn)->ambiguous, 0);
}

/* One of the body's statements committed by itself: what follows must not pass for a commit of the whole. */
static void a_transaction_that_ended_by_itself_is_not_committed(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_STEP;
	fault(w, KIND_LEDGER, 1, EFFECT_ENDS, NULL);
	begin(w);
	timer_start(w->watchdog, WATCHDOG_MS);
	loop_run(w->loop);
	timer_stop(w->watchdog);
	check_run(w, OUTCOME_FAILED, 1, "B|S|s|s|u|u|i|");
	assert_non_null(strstr(w->result.reason.text, "ended by one of its own statements"));
	move_again(w);
}

static void an_id_that_is_there_moves_nothing(void **state)
{
	struct world *w = *state;
	strcpy(w->standin.shared->ids[w->standin.shared->nids++], "41");
	w->body.ledger = true;
	fault(w, KIND_LEDGER, 1, EFFECT_ERROR, "23505");
	begin(w);
	timer_start(w->watchdog, WATCHDOG_MS);
	loop_run(w->loop);
	timer_stop(w->watchdog);
	check_run(w, OUTCOME_FAILED, 1, "BSss|uui!|r|");
	assert_string_equal(w->result.sqlstate, "23505");
	assert_int_equal(balance_now(w, 2), 0);
}

/* ---- durable at the RELEASE ---- */

static void an_error_of_the_trailing_commit_changes_nothing(void **state)
{
	struct world *w = *state;
	static const char *const codes[] = {"40001", "40003", "XX000", "57014", "25000"};
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		w->options.wire = i % 2 ? WIRE_STEP : WIRE_PIPELINE;
		snprintf(w->body.run, sizeof w->body.run, "%zu", i);
		standin_arm(&w->standin);
		fault(w, KIND_COMMIT, 1, EFFECT_ERROR, codes[i]);
		move(w);
		assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
		assert_int_equal(w->result.attempts, 1);
		assert_false(w->result.settled);
		assert_non_null(strstr(w->result.cleanup.text, "after the commit"));
		db_close(w->db);
		connect_db(w);
	}
}

/* RELEASE has committed, COMMIT failed, the session is still in its transaction: it must not meet the next transfer. */
static void a_failed_trailing_commit_leaves_a_usable_session(void **state)
{
	struct world *w = *state;
	fault(w, KIND_COMMIT, 1, EFFECT_ERROR, "XX000");
	move(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_false(db_in_transaction(w->db));
	move_again(w);
}

static void a_lost_trailing_commit_changes_nothing(void **state)
{
	struct world *w = *state;
	static const enum standin_effect effects[] = {EFFECT_CLOSE, EFFECT_CLOSE_DONE, EFFECT_FATAL};
	for (size_t i = 0; i < 6; i++) {
		w->options.wire = i % 2 ? WIRE_STEP : WIRE_PIPELINE;
		snprintf(w->body.run, sizeof w->body.run, "%zu", i);
		standin_arm(&w->standin);
		fault(w, KIND_COMMIT, 1, effects[i / 2], "57P01");
		move(w);
		assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
		assert_int_equal(w->result.attempts, 1);
		assert_false(w->result.settled);
		assert_int_equal(w->standin.shared->happened, 1);
	}
	move_again(w);
}

static void a_release_of_what_is_committed(void **state)
{
	struct world *w = *state;
	w->elsewhere = true; /* the error tells that it is committed */
	fault(w, KIND_RELEASE, 1, EFFECT_ERROR_DONE, "25000");
	move(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_false(db_in_transaction(w->db));
	w->elsewhere = false;
	move_again(w);
}

/* ---- ambiguity ---- */

static const char *const ambiguous[] = {"40003", "57014", "XX000", "XXUUU", "58C00"};

enum { AMBIGUOUS = sizeof ambiguous / sizeof *ambiguous };

static void ambiguous_release(struct world *w, const char *sqlstate, enum txn_wire wire, bool committed)
{
	static const char *const stories[][2] = {
		[WIRE_PIPELINE] = {"BSss|uuiR!|r|Bfr|BSss|uuiRC|", "BSss|uuiR!|r|Bfr|"},
		[WIRE_STEP] = {"B|S|s|s|u|u|i|R!|r|Bfr|B|S|s|s|u|u|i|R|C|", "B|S|s|s|u|u|i|R!|r|Bfr|"},
		[WIRE_ONESHOT] = {"BSmiR!|r|Bfr|BSmiRC|", "BSmiR!|r|Bfr|"},
	};
	w->options.wire = wire;
	snprintf(w->body.run, sizeof w->body.run, "%s-%d-%d", sqlstate, (int)wire, committed);
	standin_write(&w->standin, 1, 1000 - balance_now(w, 2)); /* the sum as at the start */
	standin_arm(&w->standin);
	fault(w, KIND_RELEASE, 1, committed ? EFFECT_ERROR_DONE : EFFECT_ERROR, sqlstate);
	move(w);
	check_run(w, OUTCOME_COMMITTED, committed ? 1 : 2, stories[wire][committed]);
	assert_true(w->result.settled);
}

static void an_ambiguous_release_is_settled_by_the_ledger(void **state)
{
	struct world *w = *state;
	for (size_t i = 0; i < AMBIGUOUS; i++)
		for (enum txn_wire wire = WIRE_PIPELINE; wire <= WIRE_ONESHOT; wire++)
			for (int committed = 0; committed < 2; committed++) {
				standin_write(&w->standin, 2, 0);
				ambiguous_release(w, ambiguous[i], wire, committed);
			}
	assert_int_equal(txn_counters(w->txn)->settled_committed, 3 * AMBIGUOUS);
	assert_int_equal(txn_counters(w->txn)->settled_aborted, 3 * AMBIGUOUS);
	move_again(w);
}

/* No ledger, and nobody else to ask: the truth is that nobody knows. */
static void without_a_ledger_it_stays_unknown(void **state)
{
	struct world *w = *state;
	w->body.ledger = false;
	fault(w, KIND_RELEASE, 1, EFFECT_ERROR, "40003");
	move(w);
	check_run(w, OUTCOME_UNKNOWN, 1, "BSss|uuR!|r|");
	assert_int_equal(balance_now(w, 2), 0);
	standin_arm(&w->standin);
	fault(w, KIND_RELEASE, 1, EFFECT_ERROR_DONE, "40003");
	move(w);
	check_run(w, OUTCOME_UNKNOWN, 1, "BSss|uuR!|r|");
	assert_int_equal(balance_now(w, 2), 500);
	assert_int_equal(txn_counters(w->txn)->unsettled, 2);
	move_again(w);
}

static void without_a_ledger_a_lost_release_stays_unknown(void **state)
{
	struct world *w = *state;
	w->body.ledger = false;
	fault(w, KIND_RELEASE, 1, EFFECT_CLOSE_DONE, NULL);
	move(w);
	assert_int_equal(w->result.outcome, OUTCOME_UNKNOWN);
	assert_int_equal(balance_now(w, 2), 500);
	move_again(w);
}

/* An ambiguous write is no commit, but the way back is closed. */
static void an_ambiguous_write_is_settled(void **state)
{
	struct world *w = *state;
	fault(w, KIND_UPDATE, 2, EFFECT_ERROR, "40003");
	move(w);
	check_run(w, OUTCOME_COMMITTED, 2, "BSss|uu!|r|Bfr|BSss|uuiRC|");
}

static void lost_release(struct world *w, enum txn_wire wire, enum standin_effect effect)
{
	static const char *const stories[][2] = {
		[WIRE_PIPELINE] = {"BSss|uuiR/v|Bfr|BSss|uuiRC|", "BSss|uuiR/v|Bfr|"},
		[WIRE_STEP] = {"B|S|s|s|u|u|i|R/v|Bfr|B|S|s|s|u|u|i|R|C|", "B|S|s|s|u|u|i|R/v|Bfr|"},
		[WIRE_ONESHOT] = {"BSmiR/v|Bfr|BSmiRC|", "BSmiR/v|Bfr|"},
	};
	bool committed = effect == EFFECT_CLOSE_DONE || effect == EFFECT_FATAL_DONE;
	w->options.wire = wire;
	snprintf(w->body.run, sizeof w->body.run, "%d-%d", (int)wire, (int)effect);
	standin_write(&w->standin, 1, 1000);
	standin_write(&w->standin, 2, 0);
	standin_arm(&w->standin);
	fault(w, KIND_RELEASE, 1, effect, "57P01");
	move(w);
	check_run(w, OUTCOME_COMMITTED, committed ? 1 : 2, stories[wire][committed]);
	assert_true(w->result.settled);
}

static void a_release_lost_on_its_way_is_settled(void **state)
{
	static const enum standin_effect effects[] = {EFFECT_CLOSE, EFFECT_CLOSE_DONE, EFFECT_FATAL, EFFECT_FATAL_DONE};
	for (enum txn_wire wire = WIRE_PIPELINE; wire <= WIRE_ONESHOT; wire++)
		for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
			lost_release(*state, wire, effects[i]);
	assert_int_equal(txn_counters(((struct world *)*state)->txn)->ambiguous, 12);
}

/* The question meets a conflict, a drain and a loss itself, and is asked again. */
static void the_question_is_asked_again(void **state)
{
	struct world *w = *state;
	fault(w, KIND_RELEASE, 1, EFFECT_CLOSE_DONE, NULL);
	fault(w, KIND_FENCE, 1, EFFECT_ERROR, "40001");
	fault(w, KIND_FENCE, 2, EFFECT_CLOSE, NULL);
	w->standin.shared->refuse_logins = 2;
	move(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(w->result.attempts, 1);
	assert_true(w->result.settled);
	assert_int_equal(w->standin.shared->refuse_logins, 0);
	assert_int_equal(w->standin.shared->happened, 3);
	move_again(w);
}

/*
 * The writes and the RELEASE were held up on their way, and arrive after the ledger was asked: the question found no id, and the commit
 * comes all the same. It is moved once, because the id can be written once; but the outcome told must not be that it failed.
 */
static void a_commit_that_comes_late(struct world *w, enum standin_kind kind, enum txn_wire wire)
{
	w->elsewhere = true;
	w->options.wire = wire;
	fault(w, kind, 1, EFFECT_LATE, NULL);
	move(w);
	assert_int_equal(balance_now(w, 2), 500);
	if (w->result.outcome != OUTCOME_COMMITTED)
		assert_int_equal(w->result.outcome, OUTCOME_UNKNOWN);
}

static void late_writes_and_their_release(void **state)
{
	a_commit_that_comes_late(*state, KIND_UPDATE, WIRE_PIPELINE);
}

static void a_late_transfer_in_one_round_trip(void **state)
{
	a_commit_that_comes_late(*state, KIND_BEGIN, WIRE_ONESHOT);
}

/* ... and where no attempt is left that would find out. */
static void a_late_commit_after_the_last_attempt(void **state)
{
	struct world *w = *state;
	w->options.max_attempts = 1;
	fault(w, KIND_UPDATE, 1, EFFECT_LATE, NULL);
	move(w);
	assert_int_equal(balance_now(w, 2), 500);
}

/* ... and where the next attempt finds nothing left to move. */
static void a_late_commit_before_a_rejection(void **state)
{
	struct world *w = *state;
	w->elsewhere = true;
	standin_write(&w->standin, 1, 2);
	fault(w, KIND_UPDATE, 1, EFFECT_LATE, NULL);
	move(w);
	assert_int_equal(balance_now(w, 2), 1);
}

/* ---- connections ---- */

/* The server says that it goes, and does not close the connection at once: it must not be asked again over it. */
static void a_drain_that_leaves_the_connection_open(void **state)
{
	struct world *w = *state;
	fault(w, KIND_UPDATE, 1, EFFECT_ERROR, "57P01");
	move(w);
	check_run(w, OUTCOME_COMMITTED, 2, "BSss|u!|v|BSss|uuiRC|");
}

static void a_drain_is_met_by_another_connection(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_STEP;
	w->standin.shared->refuse_logins = 2;
	fault(w, KIND_UPDATE, 1, EFFECT_FATAL, "57P01");
	move(w);
	check_run(w, OUTCOME_COMMITTED, 4, "B|S|s|s|u/v|B|S|s|s|u|u|i|R|C|");
	assert_false(w->result.settled);
	assert_int_equal(txn_counters(w->txn)->by_connection, 3);
}

/* With the RELEASE on its way behind it, it may be asked what became of it. */
static void a_drain_under_a_pipeline(void **state)
{
	struct world *w = *state;
	w->standin.shared->refuse_logins = 2;
	fault(w, KIND_UPDATE, 1, EFFECT_FATAL, "57P01");
	move(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(txn_counters(w->txn)->by_connection, w->result.attempts - 1);
	move_again(w);
}

static void a_connection_lost_before_the_commit_is_certain(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_STEP;
	fault(w, KIND_LEDGER, 1, EFFECT_CLOSE_DONE, NULL);
	move(w);
	check_run(w, OUTCOME_COMMITTED, 2, "B|S|s|s|u|u|i/v|B|S|s|s|u|u|i|R|C|");
	assert_false(w->result.settled);
}

static void a_connection_lost_at_rollback_to(void **state)
{
	struct world *w = *state;
	fault(w, KIND_UPDATE, 1, EFFECT_ERROR, "40001");
	fault(w, KIND_ROLLBACK_TO, 1, EFFECT_CLOSE, NULL);
	move(w);
	check_run(w, OUTCOME_COMMITTED, 3, "BSss|u!|</v|BSss|uuiRC|");
}

static void a_connection_lost_at_rollback(void **state)
{
	struct world *w = *state;
	w->options.savepoint_retries = 0;
	fault(w, KIND_UPDATE, 1, EFFECT_ERROR, "40001");
	fault(w, KIND_ROLLBACK, 1, EFFECT_CLOSE, NULL);
	move(w);
	check_run(w, OUTCOME_COMMITTED, 2, "BSss|u!|r/v|BSss|uuiRC|");
}

static void our_own_cuts(void **state)
{
	struct world *w = *state;
	for (int i = 0; i < 10; i++) {
		snprintf(w->body.run, sizeof w->body.run, "%d", i);
		standin_write(&w->standin, 1, 1000);
		standin_write(&w->standin, 2, 0);
		txn_levers(w->txn)->cut = i % 2;
		txn_levers(w->txn)->cut_before = i % 2 == 0;
		move(w);
		assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
		assert_int_equal(w->result.settled, i % 2);
	}
}

/* ---- levers ---- */

static void injected(struct world *w, const char *ran)
{
	txn_levers(w->txn)->fail = 3;
	move(w);
	check_run(w, OUTCOME_COMMITTED, 4, ran);
	assert_int_equal(txn_counters(w->txn)->by_serialization, 3);
}

static void injected_failures_are_the_servers(void **state)
{
	struct world *w = *state;
	injected(w, version_of(w) >= STANDIN_25_4 ? "BSss|=x!|<ss|=x!|<ss|=x!|r|BSss|uuiRC|"
						  : "BSss|x!|<ss|x!|<ss|x!|r|BSss|uuiRC|");
}

static void injected_failures_step_by_step(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_STEP;
	w->options.savepoint_retries = 0;
	txn_levers(w->txn)->fail = 1;
	move(w);
	check_run(w, OUTCOME_COMMITTED, 2,
		  version_of(w) >= STANDIN_25_4 ? "B|S|s|s|=|x!|r|B|S|s|s|u|u|i|R|C|"
						: "B|S|s|s|x!|r|B|S|s|s|u|u|i|R|C|");
}

/* The server would retry by itself, for an hour, what it is asked to fail before the client has any result. */
static void injected_failures_in_one_round_trip_come_to_an_end(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_ONESHOT;
	txn_levers(w->txn)->fail = 1;
	move(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(w->result.attempts, 2);
}

static void injected_failures_of_writes_alone_come_to_an_end(void **state)
{
	struct world *w = *state;
	w->body.blind = true;
	txn_levers(w->txn)->fail = 1;
	move(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
}

/* ---- cancels ---- */

static void until_stalled(struct world *w)
{
	struct timer *tick = timer_new(w->loop, (timer_fn *)loop_stop, w->loop);
	while (!w->standin.shared->stalled) {
		timer_start(tick, 1);
		loop_run(w->loop);
	}
	timer_free(tick);
}

/* Where the server knows no cancel, the statement runs to its end, and nothing more is sent. */
static void a_cancel_before_the_commit(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_STEP;
	fault(w, KIND_UPDATE, 2, EFFECT_STALL, NULL);
	begin(w);
	until_stalled(w);
	assert_true(txn_cancel(w->txn));
	if (version_of(w) < STANDIN_25_4)
		standin_go(&w->standin);
	wait_for_end(w);
	assert_int_equal(w->result.outcome, OUTCOME_CANCELLED);
	assert_false(db_in_transaction(w->db));
	move_again(w);
}

/* A cancel would make the answer to a commit ambiguous: it is refused. */
static void a_commit_is_not_cancelled(void **state)
{
	struct world *w = *state;
	fault(w, KIND_UPDATE, 1, EFFECT_STALL, NULL);
	begin(w);
	until_stalled(w);
	assert_false(txn_cancel(w->txn));
	standin_go(&w->standin);
	wait_for_end(w);
	check_run(w, OUTCOME_COMMITTED, 1, "BSss|uuiRC|");
}

static enum standin_version versions[] = {STANDIN_2_2, STANDIN_20_1, STANDIN_26_2, STANDIN_25_4};

#define ON(name, i, text)                                                                                              \
	{                                                                                                              \
#name ", " text, name, set_up, tear_down, &versions[i]                                                 \
	}
#define EACH(name) ON(name, 0, "2.2"), ON(name, 1, "20.1"), ON(name, 2, "26.2")

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(it_is_recognised),
		EACH(it_is_recognised_behind_a_proxy),
		EACH(pipeline_takes_two_round_trips),
		EACH(step_is_one_statement_a_round_trip),
		EACH(oneshot_is_one_round_trip),
		EACH(first_retries_go_back_to_the_savepoint),
		EACH(first_retries_step_by_step),
		EACH(first_retries_in_one_round_trip),
		EACH(a_read_is_retried_too),
		EACH(later_retries_roll_back_and_wait),
		EACH(the_limit_ends_it),
		EACH(none_does_not_retry),
		EACH(restart_can_be_asked_for),
		EACH(a_real_conflict_is_decided_again),
		EACH(a_real_conflict_step_by_step),
		EACH(a_release_is_retried_by_the_savepoint),
		EACH(a_release_is_retried_step_by_step),
		EACH(a_lost_savepoint_restarts_the_whole),
		EACH(a_final_error_is_told),
		EACH(a_transaction_that_ended_by_itself_is_not_committed),
		EACH(a_range_that_is_away_is_tried_again),
		EACH(a_timeout_of_a_write_is_final),
		EACH(an_id_that_is_there_moves_nothing),
		EACH(an_error_of_the_trailing_commit_changes_nothing),
		EACH(a_failed_trailing_commit_leaves_a_usable_session),
		EACH(a_lost_trailing_commit_changes_nothing),
		EACH(a_release_of_what_is_committed),
		EACH(an_ambiguous_release_is_settled_by_the_ledger),
		EACH(without_a_ledger_it_stays_unknown),
		EACH(without_a_ledger_a_lost_release_stays_unknown),
		EACH(an_ambiguous_write_is_settled),
		EACH(a_release_lost_on_its_way_is_settled),
		EACH(the_question_is_asked_again),
		EACH(late_writes_and_their_release),
		EACH(a_late_transfer_in_one_round_trip),
		EACH(a_late_commit_after_the_last_attempt),
		EACH(a_late_commit_before_a_rejection),
		EACH(a_drain_is_met_by_another_connection),
		EACH(a_drain_under_a_pipeline),
		EACH(a_drain_that_leaves_the_connection_open),
		EACH(a_connection_lost_before_the_commit_is_certain),
		EACH(a_connection_lost_at_rollback_to),
		EACH(a_connection_lost_at_rollback),
		EACH(our_own_cuts),
		EACH(injected_failures_are_the_servers),
		ON(injected_failures_are_the_servers, 3, "25.4"),
		EACH(injected_failures_step_by_step),
		EACH(injected_failures_in_one_round_trip_come_to_an_end),
		EACH(injected_failures_of_writes_alone_come_to_an_end),
		EACH(a_cancel_before_the_commit),
		EACH(a_commit_is_not_cancelled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
