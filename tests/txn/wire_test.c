/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What travels in which wire mode: statements, round trips, what one round trip decides, and a delay before each. */
#include "tests/support/check.h"
#include "tests/txn/scene.h"

static void commits_in_two_round_trips(void **state)
{
	struct scene *scene = *state;
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(scene->rig->result.attempts, 1);
	assert_int_equal(scene->rig->result.round_trips, 2);
	assert_int_equal(scene_value(), 1);
	scene_check_story(scene, "BSssuRC*");
}

static void step_is_one_statement_a_round_trip(void **state)
{
	struct scene *scene = *state;
	scene->rig->options.wire = WIRE_STEP;
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(scene->rig->result.round_trips, 7); /* one of them asks for the transaction's number */
	assert_int_equal(scene->rig->result.statements, 7);
	assert_int_equal(scene_value(), 1);
	scene_check_story(scene, "BSssuRC*");
}

static void oneshot_is_one_round_trip(void **state)
{
	struct scene *scene = *state;
	scene->rig->options.wire = WIRE_ONESHOT;
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(scene->rig->result.round_trips, 1);
	assert_int_equal(scene_value(), 1);
	scene_check_story(scene, "BSuRC*");
}

/* The server refuses, the body is asked why, and nothing has changed. */
static void oneshot_says_why_not(void **state)
{
	struct scene *scene = *state;
	scene->rig->options.wire = WIRE_ONESHOT;
	pg_run(scene->other, "UPDATE txn_test SET v = -5");
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_REJECTED);
	assert_string_equal(scene->rig->result.reason.text, "the test says no");
	assert_int_equal(scene->rig->result.attempts, 1);
	assert_int_equal(scene_value(), -5);
}

static void a_delay_goes_before_each_round_trip(void **state)
{
	struct scene *scene = *state;
	txn_inject(scene->rig->txn)->delay_ms = 20;
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_COMMITTED);
	assert_true(scene->rig->result.elapsed_us >= 40000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(commits_in_two_round_trips),          TEST(step_is_one_statement_a_round_trip),
		TEST(oneshot_is_one_round_trip),           TEST(oneshot_says_why_not),
		TEST(a_delay_goes_before_each_round_trip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
