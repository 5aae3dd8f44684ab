/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several bodies in one transaction: committed, retried and rejected as one. */
#include "tests/support/check.h"
#include "tests/txn/scene.h"
#include "txn/chain.h"

/* Two bodies, one transaction: both are retried, and committed, as one. */
static void chain(struct scene *scene, enum txn_wire wire)
{
	struct adder second = {.body = {&adder_ops}};
	struct chain *both = chain_new((struct body *[]){&scene->body.body, &second.body}, 2);
	scene->at_gate = GATE_CONFLICT;
	scene->rig->options.wire = wire;
	rig_start(scene->rig, chain_body(both), "add one, twice");
	rig_wait(scene->rig);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(scene->rig->result.attempts, 2);
	assert_int_equal(scene->body.seen, 100);
	assert_int_equal(second.seen, 101);
	assert_int_equal(scene_value(), 102);
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
	struct scene *scene = *state;
	struct adder second = {.body = {&adder_ops}, .reject_after_read = true};
	struct chain *both = chain_new((struct body *[]){&scene->body.body, &second.body}, 2);
	rig_start(scene->rig, chain_body(both), "add one, then not");
	rig_wait(scene->rig);
	assert_int_equal(scene->rig->result.outcome, OUTCOME_REJECTED);
	assert_int_equal(scene->body.reads, 1);
	assert_int_equal(scene_value(), 0);
	chain_free(both);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_chain_is_one_transaction),
		TEST(a_chain_is_one_transaction_step_by_step),
		TEST(a_rejection_rejects_the_chain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
