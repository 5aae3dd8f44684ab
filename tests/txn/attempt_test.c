/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attempts on a real server: real and injected conflicts by protocol, the limits, lost connections, and what is not
 * tried again. */
#include <string.h>

#include "tests/support/check.h"
#include "tests/txn/scene.h"

static void conflict(struct scene *scene, enum txn_wire wire)
{
	scene->rig->options.wire = wire;
	scene->at_gate = GATE_CONFLICT;
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(scene->rig->result.attempts, 2);
	assert_int_equal(scene->body.resets, 2);
	assert_int_equal(scene->body.seen, 100); /* decided again, from what the other one left */
	assert_int_equal(scene_value(), 101);
	scene_check_story(scene, "BSssu!r~BSssuRC*");
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
	struct scene *scene = *state;
	scene->at_gate = GATE_CONFLICT;
	scene->conflicts = 99;
	scene->rig->options.max_attempts = 3;
	scene->rig->options.backoff_base_ms = 1;
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_GAVE_UP);
	assert_int_equal(scene->rig->result.attempts, 3);
	assert_string_equal(scene->rig->result.sqlstate, "40001");
	assert_non_null(strstr(scene->rig->result.reason.text, "gave up after 3 attempts"));
	assert_int_equal(scene_value(), 300);
	scene_check_story(scene, "BSssu!r~BSssu!r~BSssu!r");
}

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

/* One conflict is enough: the snapshot stays stale, so every ROLLBACK TO fails again. */
static void savepoint_cannot_help_on_postgres(void **state)
{
	struct scene *scene = *state;
	scene->at_gate = GATE_CONFLICT;
	scene->rig->options.protocol = PROTOCOL_SAVEPOINT;
	scene->rig->options.max_attempts = 4;
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_GAVE_UP);
	assert_int_equal(scene->body.seen, 0);
	assert_int_equal(scene_value(), 100);
	scene_check_story(scene, "BSssu!<su!<su!<su!r");
}

static void lost_before_the_commit_is_retried(void **state)
{
	struct scene *scene = *state;
	scene->at_gate = GATE_KILL;
	scene->rig->options.wire = WIRE_STEP; /* the UPDATE goes alone: no commit was sent */
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(scene->rig->result.attempts, 2);
	assert_int_equal(scene_value(), 1);
}

static void rejection_rolls_back(void **state)
{
	struct scene *scene = *state;
	scene->body.reject_after_read = true;
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_REJECTED);
	assert_string_equal(scene->rig->result.reason.text, "the test says no");
	assert_false(db_in_transaction(scene->rig->db));
	scene_check_story(scene, "BSssr");
}

static void final_error_is_told(void **state)
{
	struct scene *scene = *state;
	scene->body.forbidden = "UPDATE txn_test SET v = 1 / 0";
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_FAILED);
	assert_string_equal(scene->rig->result.sqlstate, "22012");
	assert_false(db_in_transaction(scene->rig->db));
	assert_int_equal(scene_value(), 0);
}

static void transaction_control_is_refused(void **state)
{
	struct scene *scene = *state;
	static const char *const texts[] = {"COMMIT", " /* x */ rollback", "-- y\ncreate TABLE t (x int)", "(begin"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		scene->body.forbidden = texts[i];
		scene_run(scene);
		assert_int_equal(scene->rig->result.outcome, OUTCOME_FAILED);
		assert_non_null(strstr(scene->rig->result.reason.text, "must not send"));
		assert_false(db_in_transaction(scene->rig->db));
	}
}

static void injected_failures_are_real(void **state)
{
	struct scene *scene = *state;
	txn_inject(scene->rig->txn)->fail = 2;
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(scene->rig->result.attempts, 3);
	assert_int_equal(scene_value(), 1);
	scene_check_story(scene, "BSss?!r~BSss?!r~BSssuRC*");
	assert_int_equal(txn_counters(scene->rig->txn)->by_serialization, 2);
	rig_check_counters(scene->rig->txn);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(conflict_is_retried_from_the_read),
		TEST(conflict_is_retried_step_by_step),
		TEST(gives_up_at_the_limit),
		TEST(none_does_not_retry),
		TEST(savepoint_cannot_help_on_postgres),
		TEST(lost_before_the_commit_is_retried),
		TEST(rejection_rolls_back),
		TEST(final_error_is_told),
		TEST(transaction_control_is_refused),
		TEST(injected_failures_are_real),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
