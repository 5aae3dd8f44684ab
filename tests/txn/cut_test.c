/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Our own connection cut around the commit: settled by the ledger or by the transaction's number, moved once. */
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/txn/scene.h"

static void cut_before_the_commit_is_certain(void **state)
{
	struct scene *scene = *state;
	txn_inject(scene->rig->txn)->cut_before = true;
	scene_run(scene);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(scene->rig->result.attempts, 2);
	assert_false(scene->rig->result.settled);
	assert_int_equal(scene_value(), 1);
	rig_check_counters(scene->rig->txn);
}

/* The commit is sent, the answer is lost; whichever way it went, the value is moved once and the truth is told. */
static void cut(struct scene *scene, enum txn_wire wire, bool ledger)
{
	scene->body.ledger = ledger;
	scene->rig->options.wire = wire;
	for (int i = 1; i <= 20; i++) {
		snprintf(scene->body.run, sizeof scene->body.run, "%d", i);
		txn_inject(scene->rig->txn)->cut = true;
		scene_run(scene);
		assert_int_equal(scene->rig->result.outcome, OUTCOME_COMMITTED);
		assert_true(scene->rig->result.settled);
		assert_int_equal(scene_value(), i);
	}
	rig_check_counters(scene->rig->txn);
	assert_int_equal(txn_counters(scene->rig->txn)->ambiguous, 20);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cut_before_the_commit_is_certain),
		TEST(a_cut_commit_is_settled_by_the_ledger),
		TEST(a_cut_commit_is_settled_by_its_number),
		TEST(a_cut_commit_is_settled_step_by_step),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
