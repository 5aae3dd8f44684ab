/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transaction engine on a real server: real conflicts, lost connections, cancels, limits. */
#include "tests/support/check.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "txn/chain.h"
#include "txn/txn.h"

/* A body that reads account 1 and writes what it read plus one, so that a lost update would show. */
struct add_one {
	struct body body;
	int resets, reads;
	long seen;
	char next_value[24];
	const char *params[1];
	bool reject_after_read;
	const char *forbidden; /* sent in place of the update */
	bool ledger;           /* writes row `run` of txn_ledger, and can be asked by it */
	char run[24];
	const char *ledger_params[1];
};

static void add_reset(struct body *body, bool together)
{
	(void)together;
	((struct add_one *)body)->resets++;
}

static struct statement ledger_insert(struct add_one *add, const char *sql)
{
	add->ledger_params[0] = add->run;
	return (struct statement){.sql = sql, .verb = VERB_INSERT, .nparams = 1, .params = add->ledger_params};
}

static enum body_say add_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
			      struct err *reason)
{
	struct add_one *add = (struct add_one *)body;
	if (n == 0) {
		batch->statements[batch->n++] =
			(struct statement){.sql = "SELECT v FROM txn_test WHERE id = 1", .verb = VERB_SELECT};
		return BODY_SEND;
	}
	if (!answers[0].rows) /* the end: what was written last */
		return BODY_DONE;
	add->reads++;
	add->seen = atol(rows_cell(answers[0].rows, 0, 0));
	if (add->reject_after_read || add->seen < 0) {
		err_set(reason, ST_REJECTED, "the test says no");
		return BODY_REJECT;
	}
	snprintf(add->next_value, sizeof add->next_value, "%ld", add->seen + 1);
	add->params[0] = add->next_value;
	batch->statements[batch->n++] = (struct statement){
		.sql = add->forbidden ? add->forbidden : "UPDATE txn_test SET v = $1 WHERE id = 1",
		.verb = VERB_UPDATE,
		.nparams = add->forbidden ? 0 : 1,
		.params = add->params,
	};
	if (add->ledger)
		batch->statements[batch->n++] = ledger_insert(add, "INSERT INTO txn_ledger VALUES ($1)");
	batch->last = true;
	return BODY_SEND;
}

/* The whole work at once; it fails where the value is negative. */
static bool add_oneshot(struct body *body, struct batch *batch)
{
	(void)body;
	batch->statements[batch->n++] = (struct statement){
		.sql = "UPDATE txn_test SET v = CASE WHEN v >= 0 THEN v + 1 ELSE 1 / (v - v) END WHERE id = 1",
		.verb = VERB_UPDATE,
	};
	return true;
}

static bool add_fence(struct body *body, struct statement *statement)
{
	struct add_one *add = (struct add_one *)body;
	if (!add->ledger)
		return false;
	*statement = ledger_insert(add, "INSERT INTO txn_ledger VALUES ($1) ON CONFLICT DO NOTHING");
	return true;
}

static const struct body_ops add_ops = {add_reset, add_next, NULL, add_oneshot, add_fence};

/* ---- the world of a test ---- */

struct world {
	struct loop *loop;
	struct ring *ring;
	struct db *db;
	struct txn *txn;
	struct txn_options options;
	struct txn_result result;
	struct add_one body;
	PGconn *other; /* somebody else */
	unsigned conflicts;
	enum { GATE_NONE, GATE_CONFLICT, GATE_KILL, GATE_LOCK, GATE_HOLD } at_gate;
};

static void other(struct world *w, const char *sql)
{
	PGresult *result = PQexec(w->other, sql);
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(w->other));
	PQclear(result);
}

static long value(struct world *w)
{
	PGresult *result = PQexec(w->other, "SELECT v FROM txn_test WHERE id = 1");
	long v = atol(PQgetvalue(result, 0, 0));
	PQclear(result);
	return v;
}

static void connected(void *arg, const struct err *err)
{
	struct world *w = arg;
	if (err)
		fail_msg("%s", err->text);
	loop_stop(w->loop);
}

static void done(void *arg, const struct txn_result *result)
{
	struct world *w = arg;
	w->result = *result;
	loop_stop(w->loop);
}

/* What somebody else does between the read and the write. */
static bool gate(void *arg, const struct txn_gate *next)
{
	struct world *w = arg;
	char sql[80];
	if (next->body_batch != 1 || (next->attempt > w->conflicts && w->at_gate != GATE_HOLD))
		return false;
	switch (w->at_gate) {
	case GATE_NONE:
		return false;
	case GATE_CONFLICT:
		other(w, "UPDATE txn_test SET v = v + 100 WHERE id = 1");
		return false;
	case GATE_KILL:
		snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d, 5000)", db_facts(w->db)->pid);
		other(w, sql);
		return false;
	case GATE_LOCK:
		other(w, "BEGIN");
		other(w, "SELECT FROM txn_test WHERE id = 1 FOR UPDATE");
		return false;
	case GATE_HOLD:
		loop_stop(w->loop);
		return true;
	}
	return false;
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct conninfo info = {0};
	w->other = PQconnectdb("");
	other(w, "DROP TABLE IF EXISTS txn_test");
	other(w, "CREATE TABLE txn_test (id int PRIMARY KEY, v int8)");
	other(w, "INSERT INTO txn_test VALUES (1, 0)");
	other(w, "DROP TABLE IF EXISTS txn_ledger");
	other(w, "CREATE TABLE txn_ledger (id int PRIMARY KEY)");
	strcpy(w->body.run, "41");
	w->loop = loop_new();
	w->ring = ring_new(1000, 1 << 20);
	w->db = db_new(w->loop, w->ring, SESSION_TRANSFER, "transfer", NULL);
	w->txn = txn_new(w->loop, w->ring, w->db, SESSION_TRANSFER, 7);
	w->body.body.ops = &add_ops;
	w->conflicts = 1;
	txn_options_init(&w->options);
	txn_set_gate(w->txn, gate, w);
	db_connect(w->db, &info, 10000, connected, w);
	loop_run(w->loop);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	txn_free(w->txn);
	db_free(w->db);
	ring_free(w->ring);
	loop_free(w->loop);
	PQfinish(w->other);
	free(w);
	return 0;
}

static void run(struct world *w)
{
	txn_start(w->txn, &w->body.body, "add one", &w->options, done, w);
	loop_run(w->loop);
}

/* The verbs that the server answered, one letter each: B S s(elect) u(pdate) R C, < for ROLLBACK TO, r for ROLLBACK, ! after an
 * error, * after the durable one, ~ for a wait. Skipped statements do not show. */
static char *story(struct world *w)
{
	static const char letters[] = {
		[VERB_OTHER] = '?',  [VERB_BEGIN] = 'B',    [VERB_SAVEPOINT] = 'S',
		[VERB_SELECT] = 's', [VERB_UPDATE] = 'u',   [VERB_RELEASE] = 'R',
		[VERB_COMMIT] = 'C', [VERB_ROLLBACK] = 'r', [VERB_ROLLBACK_TO] = '<',
	};
	struct buf out = {0};
	struct cursor cursor = {0};
	struct event event;
	while (cursor_read(&cursor, w->ring, &event)) {
		if (event.kind == EVENT_BACKOFF)
			buf_char(&out, '~');
		if (event.kind != EVENT_RESULT || !event.txn || event.skipped)
			continue;
		buf_char(&out, letters[event.verb]);
		if (event_failed(&event))
			buf_char(&out, '!');
		if (event.durable)
			buf_char(&out, '*');
	}
	return buf_take(&out);
}

static void check_story(struct world *w, const char *expected)
{
	char *told = story(w);
	assert_string_equal(told, expected);
	free(told);
}

/* ---- tests ---- */

static void commits_in_two_round_trips(void **state)
{
	struct world *w = *state;
	run(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(w->result.attempts, 1);
	assert_int_equal(w->result.round_trips, 2);
	assert_int_equal(value(w), 1);
	check_story(w, "BSssuRC*");
}

static void step_is_one_statement_a_round_trip(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_STEP;
	run(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(w->result.round_trips, 7); /* one of them asks for the transaction's number */
	assert_int_equal(w->result.statements, 7);
	assert_int_equal(value(w), 1);
	check_story(w, "BSssuRC*");
}

static void conflict(struct world *w, enum txn_wire wire)
{
	w->options.wire = wire;
	w->at_gate = GATE_CONFLICT;
	run(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(w->result.attempts, 2);
	assert_int_equal(w->body.resets, 2);
	assert_int_equal(w->body.seen, 100); /* decided again, from what the other one left */
	assert_int_equal(value(w), 101);
	check_story(w, "BSssu!r~BSssuRC*");
}

static void conflict_is_retried_from_the_read(void **state)
{
	conflict(*state, WIRE_PIPELINE);
}

static void conflict_is_retried_step_by_step(void **state)
{
	conflict(*state, WIRE_STEP);
}

static void gives_up_at_the_limit(void **state)
{
	struct world *w = *state;
	w->at_gate = GATE_CONFLICT;
	w->conflicts = 99;
	w->options.max_attempts = 3;
	w->options.backoff_base_ms = 1;
	run(w);
	assert_int_equal(w->result.outcome, OUTCOME_GAVE_UP);
	assert_int_equal(w->result.attempts, 3);
	assert_string_equal(w->result.sqlstate, "40001");
	assert_non_null(strstr(w->result.reason.text, "gave up after 3 attempts"));
	assert_int_equal(value(w), 300);
	check_story(w, "BSssu!r~BSssu!r~BSssu!r");
}

static void none_does_not_retry(void **state)
{
	struct world *w = *state;
	w->at_gate = GATE_CONFLICT;
	w->options.protocol = PROTOCOL_NONE;
	run(w);
	assert_int_equal(w->result.outcome, OUTCOME_GAVE_UP);
	assert_int_equal(w->result.attempts, 1);
	assert_int_equal(value(w), 100);
}

/* One conflict is enough: the snapshot stays stale, so every ROLLBACK TO fails again. */
static void savepoint_cannot_help_on_postgres(void **state)
{
	struct world *w = *state;
	w->at_gate = GATE_CONFLICT;
	w->options.protocol = PROTOCOL_SAVEPOINT;
	w->options.max_attempts = 4;
	run(w);
	assert_int_equal(w->result.outcome, OUTCOME_GAVE_UP);
	assert_int_equal(w->body.seen, 0);
	assert_int_equal(value(w), 100);
	check_story(w, "BSssu!<su!<su!<su!r");
}

static void lost_before_the_commit_is_retried(void **state)
{
	struct world *w = *state;
	w->at_gate = GATE_KILL;
	w->options.wire = WIRE_STEP; /* the UPDATE goes alone: no commit was sent */
	run(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(w->result.attempts, 2);
	assert_int_equal(value(w), 1);
}

static void rejection_rolls_back(void **state)
{
	struct world *w = *state;
	w->body.reject_after_read = true;
	run(w);
	assert_int_equal(w->result.outcome, OUTCOME_REJECTED);
	assert_string_equal(w->result.reason.text, "the test says no");
	assert_false(db_in_transaction(w->db));
	check_story(w, "BSssr");
}

static void final_error_is_told(void **state)
{
	struct world *w = *state;
	w->body.forbidden = "UPDATE txn_test SET v = 1 / 0";
	run(w);
	assert_int_equal(w->result.outcome, OUTCOME_FAILED);
	assert_string_equal(w->result.sqlstate, "22012");
	assert_false(db_in_transaction(w->db));
	assert_int_equal(value(w), 0);
}

static void transaction_control_is_refused(void **state)
{
	struct world *w = *state;
	static const char *const texts[] = {"COMMIT", " /* x */ rollback", "-- y\ncreate TABLE t (x int)", "(begin"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		w->body.forbidden = texts[i];
		run(w);
		assert_int_equal(w->result.outcome, OUTCOME_FAILED);
		assert_non_null(strstr(w->result.reason.text, "must not send"));
		assert_false(db_in_transaction(w->db));
	}
}

/* The statement waits for a lock of somebody else; a cancel ends it, and nothing has changed. */
static void cancel(struct world *w, enum txn_wire wire)
{
	w->options.wire = wire;
	w->at_gate = GATE_LOCK;
	txn_start(w->txn, &w->body.body, "add one", &w->options, done, w);
	bool blocked = false;
	PGconn *watcher = PQconnectdb("");
	struct timer *tick = timer_new(w->loop, (timer_fn *)loop_stop, w->loop);
	while (!blocked) { /* until the server says that it waits */
		timer_start(tick, 1);
		loop_run(w->loop);
		PGresult *r = PQexec(watcher, "SELECT count(*) FROM pg_locks WHERE NOT granted");
		blocked = atol(PQgetvalue(r, 0, 0)) > 0;
		PQclear(r);
	}
	timer_free(tick);
	assert_true(txn_cancel(w->txn));
	loop_run(w->loop);
	assert_int_equal(w->result.outcome, OUTCOME_CANCELLED);
	assert_false(db_in_transaction(w->db));
	other(w, "ROLLBACK");
	assert_int_equal(value(w), 0);
	PQfinish(watcher);
}

static void cancel_ends_a_blocked_step(void **state)
{
	cancel(*state, WIRE_STEP);
}

static void cancel_ends_a_blocked_pipeline(void **state)
{
	cancel(*state, WIRE_PIPELINE);
}

static void cancel_ends_what_the_gate_holds(void **state)
{
	struct world *w = *state;
	w->at_gate = GATE_HOLD;
	run(w);
	assert_true(txn_cancel(w->txn));
	loop_run(w->loop);
	assert_int_equal(w->result.outcome, OUTCOME_CANCELLED);
	check_story(w, "BSssr");
}

static void the_gate_lets_go(void **state)
{
	struct world *w = *state;
	w->at_gate = GATE_HOLD;
	run(w);
	assert_int_equal(value(w), 0);
	txn_go(w->txn);
	loop_run(w->loop);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(value(w), 1);
}

/* Held at the gate before the writes, the connection goes: nothing was sent, so it is certain, and it is tried again. */
static void lost_at_the_gate_is_retried(void **state)
{
	struct world *w = *state;
	w->at_gate = GATE_HOLD;
	run(w);
	w->at_gate = GATE_KILL;
	w->conflicts = 1;
	struct txn_gate now = {.body_batch = 1, .attempt = 1};
	gate(w, &now);
	w->at_gate = GATE_NONE;
	struct timer *tick = timer_new(w->loop, (timer_fn *)loop_stop, w->loop);
	while (db_state(w->db) != DB_DOWN) {
		timer_start(tick, 1);
		loop_run(w->loop);
	}
	timer_free(tick);
	txn_go(w->txn);
	loop_run(w->loop);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(w->result.attempts, 2);
	assert_int_equal(value(w), 1);
}

static void oneshot_is_one_round_trip(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_ONESHOT;
	run(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(w->result.round_trips, 1);
	assert_int_equal(value(w), 1);
	check_story(w, "BSuRC*");
}

/* The server refuses, the body is asked why, and nothing has changed. */
static void oneshot_says_why_not(void **state)
{
	struct world *w = *state;
	w->options.wire = WIRE_ONESHOT;
	other(w, "UPDATE txn_test SET v = -5");
	run(w);
	assert_int_equal(w->result.outcome, OUTCOME_REJECTED);
	assert_string_equal(w->result.reason.text, "the test says no");
	assert_int_equal(w->result.attempts, 1);
	assert_int_equal(value(w), -5);
}

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

static void injected_failures_are_real(void **state)
{
	struct world *w = *state;
	txn_levers(w->txn)->fail = 2;
	run(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(w->result.attempts, 3);
	assert_int_equal(value(w), 1);
	check_story(w, "BSss?!r~BSss?!r~BSssuRC*");
	assert_int_equal(txn_counters(w->txn)->by_serialization, 2);
	check_counters(w);
}

static void cut_before_the_commit_is_certain(void **state)
{
	struct world *w = *state;
	txn_levers(w->txn)->cut_before = true;
	run(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(w->result.attempts, 2);
	assert_false(w->result.settled);
	assert_int_equal(value(w), 1);
	check_counters(w);
}

/* The commit is sent, the answer is lost; whichever way it went, the value is moved once and the truth is told. */
static void cut(struct world *w, enum txn_wire wire, bool ledger)
{
	w->body.ledger = ledger;
	w->options.wire = wire;
	for (int i = 1; i <= 20; i++) {
		snprintf(w->body.run, sizeof w->body.run, "%d", i);
		txn_levers(w->txn)->cut = true;
		run(w);
		assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
		assert_true(w->result.settled);
		assert_int_equal(value(w), i);
	}
	check_counters(w);
	assert_int_equal(txn_counters(w->txn)->ambiguous, 20);
}

static void a_cut_commit_is_settled_by_the_ledger(void **state)
{
	cut(*state, WIRE_PIPELINE, true);
}

static void a_cut_commit_is_settled_by_its_number(void **state)
{
	cut(*state, WIRE_PIPELINE, false);
}

static void a_cut_commit_is_settled_step_by_step(void **state)
{
	cut(*state, WIRE_STEP, true);
}

/* Two bodies, one transaction: both are retried, and committed, as one. */
static void chain(struct world *w, enum txn_wire wire)
{
	struct add_one second = {.body = {&add_ops}};
	struct chain *both = chain_new((struct body *[]){&w->body.body, &second.body}, 2);
	w->at_gate = GATE_CONFLICT;
	w->options.wire = wire;
	txn_start(w->txn, chain_body(both), "add one, twice", &w->options, done, w);
	loop_run(w->loop);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(w->result.attempts, 2);
	assert_int_equal(w->body.seen, 100);
	assert_int_equal(second.seen, 101);
	assert_int_equal(value(w), 102);
	chain_free(both);
}

static void a_chain_is_one_transaction(void **state)
{
	chain(*state, WIRE_PIPELINE);
}

static void a_chain_is_one_transaction_step_by_step(void **state)
{
	chain(*state, WIRE_STEP);
}

static void a_rejection_rejects_the_chain(void **state)
{
	struct world *w = *state;
	struct add_one second = {.body = {&add_ops}, .reject_after_read = true};
	struct chain *both = chain_new((struct body *[]){&w->body.body, &second.body}, 2);
	txn_start(w->txn, chain_body(both), "add one, then not", &w->options, done, w);
	loop_run(w->loop);
	assert_int_equal(w->result.outcome, OUTCOME_REJECTED);
	assert_int_equal(w->body.reads, 1);
	assert_int_equal(value(w), 0);
	chain_free(both);
}

static void a_delay_goes_before_each_round_trip(void **state)
{
	struct world *w = *state;
	txn_levers(w->txn)->delay_ms = 20;
	run(w);
	assert_int_equal(w->result.outcome, OUTCOME_COMMITTED);
	assert_true(w->result.elapsed_us >= 40000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(commits_in_two_round_trips),
		TEST(step_is_one_statement_a_round_trip),
		TEST(conflict_is_retried_from_the_read),
		TEST(conflict_is_retried_step_by_step),
		TEST(gives_up_at_the_limit),
		TEST(none_does_not_retry),
		TEST(savepoint_cannot_help_on_postgres),
		TEST(lost_before_the_commit_is_retried),
		TEST(rejection_rolls_back),
		TEST(final_error_is_told),
		TEST(transaction_control_is_refused),
		TEST(cancel_ends_a_blocked_step),
		TEST(cancel_ends_a_blocked_pipeline),
		TEST(cancel_ends_what_the_gate_holds),
		TEST(the_gate_lets_go),
		TEST(lost_at_the_gate_is_retried),
		TEST(oneshot_is_one_round_trip),
		TEST(oneshot_says_why_not),
		TEST(injected_failures_are_real),
		TEST(cut_before_the_commit_is_certain),
		TEST(a_cut_commit_is_settled_by_the_ledger),
		TEST(a_cut_commit_is_settled_by_its_number),
		TEST(a_cut_commit_is_settled_step_by_step),
		TEST(a_delay_goes_before_each_round_trip),
		TEST(a_chain_is_one_transaction),
		TEST(a_chain_is_one_transaction_step_by_step),
		TEST(a_rejection_rejects_the_chain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
