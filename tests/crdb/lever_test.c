/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failures that the stand-in is asked for, and cancels: what ends, and what may not be cancelled. */
#include "tests/crdb/drill.h"
#include "tests/support/check.h"

static void injected(struct drill *drill, const char *ran)
{
	txn_inject(drill->rig->txn)->fail = 3;
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 4, ran);
	assert_int_equal(txn_counters(drill->rig->txn)->by_serialization, 3);
}

static void injected_failures_are_the_servers(void **state)
{
	struct drill *drill = *state;
	injected(drill, drill_version(drill) >= STANDIN_25_4 ? "BSss|=x!|<ss|=x!|<ss|=x!|r|BSss|uuiRC|"
							     : "BSss|x!|<ss|x!|<ss|x!|r|BSss|uuiRC|");
}

static void injected_failures_step_by_step(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.wire = WIRE_STEP;
	drill->rig->options.savepoint_retries = 0;
	txn_inject(drill->rig->txn)->fail = 1;
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 2,
		    drill_version(drill) >= STANDIN_25_4 ? "B|S|s|s|=|x!|r|B|S|s|s|u|u|i|R|C|"
							 : "B|S|s|s|x!|r|B|S|s|s|u|u|i|R|C|");
}

/* The server would retry by itself, for an hour, what it is asked to fail before the client has any result. */
static void injected_failures_in_one_round_trip_come_to_an_end(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.wire = WIRE_ONESHOT;
	txn_inject(drill->rig->txn)->fail = 1;
	drill_run(drill);
	assert_int_equal(drill->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(drill->rig->result.attempts, 2);
}

static void injected_failures_of_writes_alone_come_to_an_end(void **state)
{
	struct drill *drill = *state;
	drill->body.blind = true;
	txn_inject(drill->rig->txn)->fail = 1;
	drill_run(drill);
	assert_int_equal(drill->rig->result.outcome, OUTCOME_COMMITTED);
}

static bool is_stalled(void *arg)
{
	const struct drill *drill = arg;
	return drill->standin.shared->stalled;
}

/* Where the server knows no cancel, the statement runs to its end, and nothing more is sent. */
static void a_cancel_before_the_commit(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.wire = WIRE_STEP;
	drill_fault(drill, KIND_UPDATE, 2, EFFECT_STALL, NULL);
	drill_start(drill);
	rig_until(drill->rig, is_stalled, drill);
	assert_true(txn_cancel(drill->rig->txn));
	if (drill_version(drill) < STANDIN_25_4)
		standin_go(&drill->standin);
	drill_wait(drill);
	assert_int_equal(drill->rig->result.outcome, OUTCOME_CANCELLED);
	assert_false(db_in_transaction(drill->rig->db));
	drill_run_again(drill);
}

/* A cancel would make the answer to a commit ambiguous: it is refused. */
static void a_commit_is_not_cancelled(void **state)
{
	struct drill *drill = *state;
	drill_fault(drill, KIND_UPDATE, 1, EFFECT_STALL, NULL);
	drill_start(drill);
	rig_until(drill->rig, is_stalled, drill);
	assert_false(txn_cancel(drill->rig->txn));
	standin_go(&drill->standin);
	drill_wait(drill);
	drill_check(drill, OUTCOME_COMMITTED, 1, "BSss|uuiRC|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DRILL_EACH(injected_failures_are_the_servers),
		DRILL(injected_failures_are_the_servers, STANDIN_25_4),
		DRILL_EACH(injected_failures_step_by_step),
		DRILL_EACH(injected_failures_in_one_round_trip_come_to_an_end),
		DRILL_EACH(injected_failures_of_writes_alone_come_to_an_end),
		DRILL_EACH(a_cancel_before_the_commit),
		DRILL_EACH(a_commit_is_not_cancelled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
