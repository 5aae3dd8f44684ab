/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections to the stand-in that are drained, closed or cut at any statement. */
#include <stdio.h>

#include "tests/crdb/drill.h"
#include "tests/support/check.h"

/* The server says that it goes, and does not close the connection at once: it must not be asked again over it. */
static void a_drain_that_leaves_the_connection_open(void **state)
{
	struct drill *drill = *state;
	drill_fault(drill, KIND_UPDATE, 1, EFFECT_ERROR, "57P01");
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 2, "BSss|u!|v|BSss|uuiRC|");
}

static void a_drain_is_met_by_another_connection(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.wire = WIRE_STEP;
	drill->standin.shared->refuse_logins = 2;
	drill_fault(drill, KIND_UPDATE, 1, EFFECT_FATAL, "57P01");
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 4, "B|S|s|s|u/v|B|S|s|s|u|u|i|R|C|");
	assert_false(drill->rig->result.settled);
	assert_int_equal(txn_counters(drill->rig->txn)->by_connection, 3);
}

/* With the RELEASE on its way behind it, it may be asked what became of it. */
static void a_drain_under_a_pipeline(void **state)
{
	struct drill *drill = *state;
	drill->standin.shared->refuse_logins = 2;
	drill_fault(drill, KIND_UPDATE, 1, EFFECT_FATAL, "57P01");
	drill_run(drill);
	assert_int_equal(drill->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(txn_counters(drill->rig->txn)->by_connection, drill->rig->result.attempts - 1);
	drill_run_again(drill);
}

static void a_connection_lost_before_the_commit_is_certain(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.wire = WIRE_STEP;
	drill_fault(drill, KIND_LEDGER, 1, EFFECT_CLOSE_DONE, NULL);
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 2, "B|S|s|s|u|u|i/v|B|S|s|s|u|u|i|R|C|");
	assert_false(drill->rig->result.settled);
}

static void a_connection_lost_at_rollback_to(void **state)
{
	struct drill *drill = *state;
	drill_fault(drill, KIND_UPDATE, 1, EFFECT_ERROR, "40001");
	drill_fault(drill, KIND_ROLLBACK_TO, 1, EFFECT_CLOSE, NULL);
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 3, "BSss|u!|</v|BSss|uuiRC|");
}

static void a_connection_lost_at_rollback(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.savepoint_retries = 0;
	drill_fault(drill, KIND_UPDATE, 1, EFFECT_ERROR, "40001");
	drill_fault(drill, KIND_ROLLBACK, 1, EFFECT_CLOSE, NULL);
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 2, "BSss|u!|r/v|BSss|uuiRC|");
}

static void our_own_cuts(void **state)
{
	struct drill *drill = *state;
	for (int i = 0; i < 10; i++) {
		snprintf(drill->body.run, sizeof drill->body.run, "%d", i);
		standin_write(&drill->standin, 1, 1000);
		standin_write(&drill->standin, 2, 0);
		txn_inject(drill->rig->txn)->cut = i % 2;
		txn_inject(drill->rig->txn)->cut_before = i % 2 == 0;
		drill_run(drill);
		assert_int_equal(drill->rig->result.outcome, OUTCOME_COMMITTED);
		assert_int_equal(drill->rig->result.settled, i % 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DRILL_EACH(a_drain_is_met_by_another_connection),
		DRILL_EACH(a_drain_under_a_pipeline),
		DRILL_EACH(a_drain_that_leaves_the_connection_open),
		DRILL_EACH(a_connection_lost_before_the_commit_is_certain),
		DRILL_EACH(a_connection_lost_at_rollback_to),
		DRILL_EACH(a_connection_lost_at_rollback),
		DRILL_EACH(our_own_cuts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
