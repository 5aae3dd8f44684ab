/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A transaction held at its gate, or waiting for a lock: let go, cancelled, lost. */
#include "tests/support/check.h"
#include "tests/txn/scene.h"

static bool is_blocked(void *arg)
{
	(void)arg;
	return pg_number("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0;
}

/* The statement waits for another session's lock; a cancel ends it, and nothing has changed. */
static void cancel(struct scene *scene, enum txn_wire wire)
{
	scene->rig->options.wire = wire;
	scene->at_gate = GATE_LOCK;
	rig_start(scene->rig, &scene->body.body, "add one");
	rig_until(scene->rig, is_blocked, NULL);
	assert_true(txn_cancel(scene->rig->txn));
	rig_wait(scene->rig);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_CANCELLED);
	assert_false(db_in_transaction(scene->rig->db));
	pg_run(scene->other, "ROLLBACK");
	assert_int_equal(scene_value(), 0);
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
	struct scene *scene = *state;
	scene_hold(scene);
	assert_true(txn_cancel(scene->rig->txn));
	rig_wait(scene->rig);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_CANCELLED);
	scene_check_story(scene, "BSssr");
}

static void the_gate_lets_go(void **state)
{
	struct scene *scene = *state;
	scene_hold(scene);
	assert_int_equal(scene_value(), 0);
	txn_go(scene->rig->txn);
	rig_wait(scene->rig);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(scene_value(), 1);
}

static bool is_down(void *arg)
{
	struct scene *scene = arg;
	return db_state(scene->rig->db) == DB_DOWN;
}

/* Held at the gate before the writes, the connection goes: nothing was sent, so it is certain, and it is tried
 * again. */
static void lost_at_the_gate_is_retried(void **state)
{
	struct scene *scene = *state;
	scene_hold(scene);
	scene_kill(scene);
	scene->at_gate = GATE_NONE;
	rig_until(scene->rig, is_down, scene);
	txn_go(scene->rig->txn);
	rig_wait(scene->rig);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(scene->rig->result.attempts, 2);
	assert_int_equal(scene_value(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cancel_ends_a_blocked_step),      TEST(cancel_ends_a_blocked_pipeline),
		TEST(cancel_ends_what_the_gate_holds), TEST(the_gate_lets_go),
		TEST(lost_at_the_gate_is_retried),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
