/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine on any server: commits, real conflicts where that server tells them, protocols, limits, lost connections,
 * cancels. */
#include <stdio.h>
#include <string.h>

#include "tests/cluster/cluster.h"
#include "tests/support/check.h"
#include "tests/txn/scene.h"

static const enum txn_wire wires[] = {WIRE_PIPELINE, WIRE_STEP, WIRE_ONESHOT};

enum { WIRES = sizeof wires / sizeof *wires };

static void put(long value)
{
	pg_exec("UPDATE txn_test SET v = %ld WHERE id = 1", value);
}

/* The verb of the first statement that the server refused with this SQLSTATE. */
static enum verb refused_at(struct scene *scene, const char *sqlstate)
{
	struct cursor cursor = {0};
	struct event event;
	while (cursor_read(&cursor, scene->rig->ring, &event))
		if (event.kind == EVENT_RESULT && event.txn && strcmp(event.sqlstate, sqlstate) == 0)
			return event.verb;
	return VERB_OTHER;
}

static unsigned durable_marks(struct scene *scene, enum verb verb)
{
	struct cursor cursor = {0};
	struct event event;
	unsigned n = 0;
	while (cursor_read(&cursor, scene->rig->ring, &event))
		n += event.durable && event.verb == verb;
	return n;
}

static void check_committed(struct scene *scene, long value)
{
	if (scene->rig->result.outcome != OUTCOME_COMMITTED)
		fail_msg("outcome %d: %s", (int)scene->rig->result.outcome, scene->rig->result.reason.text);
	assert_int_equal(scene_value(), value);
	assert_false(db_in_transaction(scene->rig->db));
	rig_check_counters(scene->rig->txn);
}

/* ---- the plain way ---- */

static void commits_in_every_wire_mode(void **state)
{
	struct scene *scene = *state;
	for (unsigned i = 0; i < WIRES; i++) {
		scene->rig->options.wire = wires[i];
		scene_run(scene);
		check_committed(scene, i + 1);
		assert_int_equal(scene->rig->result.attempts, 1);
		if (wires[i] != WIRE_STEP)
			assert_int_equal(scene->rig->result.round_trips, wires[i] == WIRE_PIPELINE ? 2 : 1);
	}
	assert_int_equal(durable_marks(scene, cluster_has(RELEASE_COMMITS) ? VERB_RELEASE : VERB_COMMIT), WIRES);
}

static void a_rejection_changes_nothing(void **state)
{
	struct scene *scene = *state;
	put(-5);
	for (unsigned i = 0; i < WIRES; i++) {
		scene->rig->options.wire = wires[i];
		scene_run(scene);
		assert_int_equal(scene->rig->result.outcome, OUTCOME_REJECTED);
		assert_string_equal(scene->rig->result.reason.text, "the test says no");
		assert_int_equal(scene_value(), -5);
	}
	put(1);
	scene_run(scene);
	check_committed(scene, 2);
}

static void a_final_error_is_told(void **state)
{
	struct scene *scene = *state;
	scene->body.forbidden = "UPDATE txn_test SET v = 7 WHERE 1 / (id - id) = 1";
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_FAILED);
	assert_string_equal(scene->rig->result.sqlstate, "22012");
	assert_int_equal(scene->rig->result.attempts, 1);
	assert_int_equal(scene_value(), 0);
	scene->body.forbidden = NULL;
	scene_run(scene);
	check_committed(scene, 1);
}

/* ---- conflicts ---- */

static void a_conflict_is_decided_again(void **state)
{
	struct scene *scene = *state;
	scene->at_gate = GATE_CONFLICT;
	for (unsigned i = 0; i < 2; i++) { /* nothing is between the read and the write of a oneshot */
		put(0);
		scene->rig->options.wire = wires[i];
		scene_run(scene);
		check_committed(scene, 101);
		assert_true(scene->rig->result.attempts >= 2);
		assert_int_equal(scene->body.seen, 100);
	}
}

static void conflict_is_told_at(struct scene *scene, enum verb verb)
{
	scene->at_gate = GATE_CONFLICT;
	scene->rig->options.wire = WIRE_STEP;
	scene_run(scene);
	check_committed(scene, 101);
	assert_int_equal(refused_at(scene, "40001"), verb);
}

static void at_the_write(void **state)
{
	cluster_need(CONFLICT_AT_WRITE);
	conflict_is_told_at(*state, VERB_UPDATE);
}

static void at_the_release(void **state)
{
	cluster_need(RELEASE_COMMITS);
	if (cluster_has(CONFLICT_AT_WRITE))
		cluster_skip("this server tells of conflicts at the write");
	conflict_is_told_at(*state, VERB_RELEASE);
}

/* Each of two has read what the other writes, and the other has committed: only the commit can tell. */
static bool skew(void *arg, const struct txn_gate *next)
{
	struct scene *scene = arg;
	if (!next->commit || next->attempt > scene->conflicts || scene->held)
		return false;
	scene->held = true;
	pg_run(scene->other, "BEGIN ISOLATION LEVEL SERIALIZABLE");
	pg_run(scene->other, "SELECT v FROM txn_test WHERE id = 2");
	pg_run(scene->other, "UPDATE txn_test SET v = v + 100 WHERE id = 1");
	pg_run(scene->other, "COMMIT");
	return false;
}

static void at_the_commit(void **state)
{
	struct scene *scene = *state;
	cluster_need(READERS_PASS);
	pg_exec("INSERT INTO txn_test VALUES (2, 0)");
	scene->body.forbidden = "UPDATE txn_test SET v = v + 1 WHERE id = 2";
	scene->rig->options.wire = WIRE_STEP;
	txn_set_gate(scene->rig->txn, skew, scene);
	scene_run(scene);
	check_committed(scene, 100);
	assert_true(scene->held);
	assert_int_equal(scene->rig->result.attempts, 2);
	assert_int_equal(refused_at(scene, "40001"), cluster_has(RELEASE_COMMITS) ? VERB_RELEASE : VERB_COMMIT);
	assert_int_equal(pg_number("SELECT v FROM txn_test WHERE id = 2"), 1);
}

/* ---- protocols and limits ---- */

static void none_does_not_retry(void **state)
{
	struct scene *scene = *state;
	scene->at_gate = GATE_CONFLICT;
	scene->rig->options.protocol = PROTOCOL_NONE;
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_FAILED);
	assert_int_equal(scene->rig->result.attempts, 1);
	assert_int_equal(scene_value(), 100);
}

static void restart_always_helps(void **state)
{
	struct scene *scene = *state;
	scene->at_gate = GATE_CONFLICT;
	scene->rig->options.protocol = PROTOCOL_RESTART;
	scene_run(scene);
	check_committed(scene, 101);
	assert_true(txn_counters(scene->rig->txn)->restarts > 0);
}

/* Where ROLLBACK TO begins a new transaction it helps; where the snapshot stays it never does. */
static void savepoint_helps_where_it_is_a_restart(void **state)
{
	struct scene *scene = *state;
	scene->at_gate = GATE_CONFLICT;
	scene->rig->options.protocol = PROTOCOL_SAVEPOINT;
	scene->rig->options.max_attempts = 4;
	scene_run(scene);
	assert_true(txn_counters(scene->rig->txn)->savepoint_retries > 0);
	if (cluster_has(RELEASE_COMMITS)) {
		check_committed(scene, 101);
		return;
	}
	assert_int_equal(scene->rig->result.outcome, OUTCOME_GAVE_UP);
	assert_int_equal(scene->rig->result.attempts, 4);
	assert_int_equal(scene_value(), 100);
}

static void auto_takes_the_one_that_helps(void **state)
{
	struct scene *scene = *state;
	scene_run(scene);
	assert_int_equal(scene->rig->result.protocol,
			 cluster_has(RELEASE_COMMITS) ? PROTOCOL_SAVEPOINT : PROTOCOL_RESTART);
}

static void the_limit_ends_it(void **state)
{
	struct scene *scene = *state;
	scene->at_gate = GATE_CONFLICT;
	scene->conflicts = 99;
	scene->rig->options.max_attempts = 4;
	scene->rig->options.backoff_base_ms = 1;
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_GAVE_UP);
	assert_int_equal(scene->rig->result.attempts, 4);
	assert_string_equal(scene->rig->result.sqlstate, "40001");
	assert_int_equal(scene_value(), 400);
	assert_false(db_in_transaction(scene->rig->db));
}

/* ---- levers ---- */

static void injected_failures_are_the_servers(void **state)
{
	struct scene *scene = *state;
	for (unsigned i = 0; i < WIRES; i++) {
		put(0);
		scene->rig->options.wire = wires[i];
		txn_inject(scene->rig->txn)->fail = 2;
		scene_run(scene);
		check_committed(scene, 1);
		assert_int_equal(scene->rig->result.attempts, 3);
	}
	assert_int_equal(txn_counters(scene->rig->txn)->by_serialization, 2 * WIRES);
}

static void cut_before_the_commit_is_certain(void **state)
{
	struct scene *scene = *state;
	txn_inject(scene->rig->txn)->cut_before = true;
	scene_run(scene);
	check_committed(scene, 1);
	assert_int_equal(scene->rig->result.attempts, 2);
	assert_false(scene->rig->result.settled);
}

/* Whichever way the commit went, it is moved once and the truth is told. */
static void a_cut_commit_is_settled_by_the_ledger(void **state)
{
	struct scene *scene = *state;
	scene->body.ledger = true;
	for (int i = 1; i <= 10; i++) {
		snprintf(scene->body.run, sizeof scene->body.run, "%d", i);
		scene->rig->options.wire = i % 2 ? WIRE_PIPELINE : WIRE_STEP;
		txn_inject(scene->rig->txn)->cut = true;
		scene_run(scene);
		check_committed(scene, i);
		assert_true(scene->rig->result.settled);
		assert_int_equal(pg_number("SELECT count(*) FROM txn_ledger"), i);
	}
	assert_int_equal(txn_counters(scene->rig->txn)->ambiguous, 10);
}

static void a_session_that_is_ended_is_replaced(void **state)
{
	struct scene *scene = *state;
	cluster_need(ENDS_SESSIONS);
	scene->at_gate = GATE_KILL;
	scene->rig->options.wire = WIRE_STEP; /* the UPDATE goes alone: no commit was sent */
	scene_run(scene);
	check_committed(scene, 1);
	assert_int_equal(scene->rig->result.attempts, 2);
}

/* ---- cancels ---- */

static void cancelled_between_statements(void **state)
{
	struct scene *scene = *state;
	scene_hold(scene);
	assert_true(txn_cancel(scene->rig->txn));
	rig_wait(scene->rig);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_CANCELLED);
	assert_false(db_in_transaction(scene->rig->db));
	assert_int_equal(scene_value(), 0);
}

static bool is_asleep(void *arg)
{
	(void)arg;
	return cluster_runs("pg_sleep(19)");
}

static void cancelled_in_a_statement(void **state)
{
	struct scene *scene = *state;
	cluster_need(CANCELS);
	cluster_runs("pg_sleep"); /* skips where it cannot be seen */
	scene->body.forbidden = "SELECT pg_sleep(19)";
	scene->rig->options.wire = WIRE_STEP;
	rig_start(scene->rig, &scene->body.body, "sleep");
	rig_until(scene->rig, is_asleep, NULL);
	assert_true(txn_cancel(scene->rig->txn));
	rig_wait(scene->rig);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_CANCELLED);
	assert_true(scene->rig->result.elapsed_us < 15000000);
	assert_false(db_in_transaction(scene->rig->db));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(commits_in_every_wire_mode),
		TEST(a_rejection_changes_nothing),
		TEST(a_final_error_is_told),
		TEST(a_conflict_is_decided_again),
		TEST(at_the_write),
		TEST(at_the_release),
		TEST(at_the_commit),
		TEST(none_does_not_retry),
		TEST(restart_always_helps),
		TEST(savepoint_helps_where_it_is_a_restart),
		TEST(auto_takes_the_one_that_helps),
		TEST(the_limit_ends_it),
		TEST(injected_failures_are_the_servers),
		TEST(cut_before_the_commit_is_certain),
		TEST(a_cut_commit_is_settled_by_the_ledger),
		TEST(a_session_that_is_ended_is_replaced),
		TEST(cancelled_between_statements),
		TEST(cancelled_in_a_statement),
	};
	return cmocka_run_group_tests_name("cluster/engine", tests, cluster_setup, cluster_teardown);
}
