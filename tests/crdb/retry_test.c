/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Retries on the stand-in: back to the savepoint first, then from the start, by wire mode, to the limits, and after
 * real conflicts. */
#include "tests/crdb/drill.h"
#include "tests/support/check.h"

static void first_retries_go_back_to_the_savepoint(void **state)
{
	struct drill *drill = *state;
	drill_fault(drill, KIND_UPDATE, 2, EFFECT_ERROR, "40001");
	drill_fault(drill, KIND_UPDATE, 3, EFFECT_ERROR, "40001");
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 3, "BSss|uu!|<ss|u!|<ss|uuiRC|");
	assert_int_equal(drill->rig->result.backoff_us, 0);
	assert_int_equal(drill->body.resets, 3);
	assert_int_equal(txn_counters(drill->rig->txn)->savepoint_retries, 2);
	assert_int_equal(txn_counters(drill->rig->txn)->by_serialization, 2);
}

static void first_retries_step_by_step(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.wire = WIRE_STEP;
	drill_fault(drill, KIND_UPDATE, 2, EFFECT_ERROR, "40001");
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 2, "B|S|s|s|u|u!|<|s|s|u|u|i|R|C|");
}

static void first_retries_in_one_round_trip(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.wire = WIRE_ONESHOT;
	drill_fault(drill, KIND_MOVE, 1, EFFECT_ERROR, "40001");
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 2, "BSm!|<miRC|");
}

static void a_read_is_retried_too(void **state)
{
	struct drill *drill = *state;
	drill_fault(drill, KIND_READ, 2, EFFECT_ERROR, "40001");
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 2, "BSss!|<ss|uuiRC|");
}

/* What was refused is asked for its reason in a new transaction: the savepoint went with the old one. */
static void a_refusal_after_a_retry_is_explained(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.wire = WIRE_ONESHOT;
	standin_write(&drill->standin, 1, 1);
	drill_fault(drill, KIND_MOVE, 1, EFFECT_ERROR, "40001");
	drill_run(drill);
	drill_check(drill, OUTCOME_REJECTED, 2, "BSm!|<m!|r|BSss|r|");
}

/* Later retries give the locks back, wait, and begin again. */
static void later_retries_roll_back_and_wait(void **state)
{
	struct drill *drill = *state;
	for (unsigned i = 1; i <= 4; i++)
		drill_fault(drill, KIND_UPDATE, i, EFFECT_ERROR, "40001");
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 5, "BSss|u!|<ss|u!|<ss|u!|r|BSss|u!|r|BSss|uuiRC|");
	assert_true(drill->rig->result.backoff_us > 0);
	assert_int_equal(txn_counters(drill->rig->txn)->restarts, 2);
}

static void the_limit_ends_it(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.max_attempts = 4;
	for (unsigned i = 1; i <= 4; i++)
		drill_fault(drill, KIND_UPDATE, i, EFFECT_ERROR, "40001");
	drill_run(drill);
	drill_check(drill, OUTCOME_GAVE_UP, 4, "BSss|u!|<ss|u!|<ss|u!|r|BSss|u!|r|");
	assert_string_equal(drill->rig->result.sqlstate, "40001");
	drill_run_again(drill);
}

static void none_does_not_retry(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.protocol = PROTOCOL_NONE;
	drill_fault(drill, KIND_RELEASE, 1, EFFECT_ERROR, "40001");
	drill_run(drill);
	drill_check(drill, OUTCOME_FAILED, 1, "BSss|uuiR!|r|");
}

static void restart_can_be_asked_for(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.protocol = PROTOCOL_RESTART;
	drill_fault(drill, KIND_UPDATE, 1, EFFECT_ERROR, "40001");
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 2, "BSss|u!|r|BSss|uuiRC|");
}

/* Another session's write is seen where this version sees it, and what it left is read again. */
static void a_real_conflict_is_decided_again(void **state)
{
	struct drill *drill = *state;
	drill->conflicts = 1;
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 2,
		    drill_version(drill) == STANDIN_20_1 ? "BSss|u!|<ss|uuiRC|" : "BSss|uuiR!|<ss|uuiRC|");
	assert_int_equal(drill->body.seen, 900);
	assert_int_equal(drill_balance(drill, 2), 450);
}

static void a_real_conflict_step_by_step(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.wire = WIRE_STEP;
	drill->conflicts = 2;
	drill_run(drill);
	assert_int_equal(drill->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(drill->rig->result.attempts, 3);
	assert_int_equal(drill->body.seen, 800);
}

static void a_release_is_retried_by_the_savepoint(void **state)
{
	struct drill *drill = *state;
	drill_fault(drill, KIND_RELEASE, 1, EFFECT_ERROR, "40001");
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 2, "BSss|uuiR!|<ss|uuiRC|");
	assert_int_equal(txn_counters(drill->rig->txn)->ambiguous, 0);
}

static void a_release_is_retried_step_by_step(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.wire = WIRE_STEP;
	drill_fault(drill, KIND_RELEASE, 1, EFFECT_ERROR, "40001");
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 2, "B|S|s|s|u|u|i|R!|<|s|s|u|u|i|R|C|");
}

/* The way back is gone: all of it from the start. */
static void a_lost_savepoint_restarts_the_whole(void **state)
{
	struct drill *drill = *state;
	drill_fault(drill, KIND_UPDATE, 1, EFFECT_ERROR, "40001");
	drill_fault(drill, KIND_ROLLBACK_TO, 1, EFFECT_ERROR, drill_version(drill) == STANDIN_2_2 ? "3B000" : "3B001");
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 3, "BSss|u!|<!|r|BSss|uuiRC|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DRILL_EACH(first_retries_go_back_to_the_savepoint),
		DRILL_EACH(first_retries_step_by_step),
		DRILL_EACH(first_retries_in_one_round_trip),
		DRILL_EACH(a_read_is_retried_too),
		DRILL_EACH(a_refusal_after_a_retry_is_explained),
		DRILL(a_refusal_after_a_retry_is_explained, STANDIN_22_1),
		DRILL_EACH(later_retries_roll_back_and_wait),
		DRILL_EACH(the_limit_ends_it),
		DRILL_EACH(none_does_not_retry),
		DRILL_EACH(restart_can_be_asked_for),
		DRILL_EACH(a_real_conflict_is_decided_again),
		DRILL_EACH(a_real_conflict_step_by_step),
		DRILL_EACH(a_release_is_retried_by_the_savepoint),
		DRILL_EACH(a_release_is_retried_step_by_step),
		DRILL_EACH(a_lost_savepoint_restarts_the_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
