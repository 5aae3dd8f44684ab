/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ends a transfer on the stand-in though it is nobody's conflict, and errors after the RELEASE, which change
 * nothing. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "tests/crdb/drill.h"
#include "tests/support/check.h"

static void a_final_error_is_told(void **state)
{
	struct drill *drill = *state;
	drill->body.extra = "SELECT no_such_thing";
	drill_run(drill);
	drill_check(drill, OUTCOME_FAILED, 1, "BSss||r|");
	assert_string_equal(drill->rig->result.sqlstate, "42601");
	assert_false(db_in_transaction(drill->rig->db));
}

/* A timeout of a write is final, and the RELEASE behind it was not run. */
static void a_timeout_of_a_write_is_final(void **state)
{
	struct drill *drill = *state;
	drill_fault(drill, KIND_UPDATE, 2, EFFECT_ERROR, "57014");
	drill_run(drill);
	drill_check(drill, OUTCOME_FAILED, 1, "BSss|uu!|r|");
	assert_int_equal(txn_counters(drill->rig->txn)->ambiguous, 0);
	drill_run_again(drill);
}

/* The storage is away for a while: the way back is closed, and all of it is run again. */
static void a_range_that_is_away_is_tried_again(void **state)
{
	struct drill *drill = *state;
	drill_fault(drill, KIND_UPDATE, 1, EFFECT_ERROR, "58C00");
	drill_run(drill);
	assert_int_equal(drill->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(txn_counters(drill->rig->txn)->ambiguous, 0);
}

/* One of the body's statements committed by itself: what follows must not pass for a commit of the whole. */
static void a_transaction_that_ended_by_itself_is_not_committed(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.wire = WIRE_STEP;
	drill_fault(drill, KIND_LEDGER, 1, EFFECT_ENDS, NULL);
	drill_start(drill);
	rig_wait(drill->rig);
	drill_check(drill, OUTCOME_FAILED, 1, "B|S|s|s|u|u|i|");
	assert_non_null(strstr(drill->rig->result.reason.text, "ended by one of its own statements"));
	drill_run_again(drill);
}

static void an_id_that_is_there_moves_nothing(void **state)
{
	struct drill *drill = *state;
	strcpy(drill->standin.shared->ids[drill->standin.shared->nids++], "41");
	drill->body.ledger = true;
	drill_fault(drill, KIND_LEDGER, 1, EFFECT_ERROR, "23505");
	drill_start(drill);
	rig_wait(drill->rig);
	drill_check(drill, OUTCOME_FAILED, 1, "BSss|uui!|r|");
	assert_string_equal(drill->rig->result.sqlstate, "23505");
	assert_int_equal(drill_balance(drill, 2), 0);
}

static void an_error_of_the_trailing_commit_changes_nothing(void **state)
{
	struct drill *drill = *state;
	static const char *const codes[] = {"40001", "40003", "XX000", "57014", "25000"};
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		drill->rig->options.wire = i % 2 ? WIRE_STEP : WIRE_PIPELINE;
		snprintf(drill->body.run, sizeof drill->body.run, "%zu", i);
		standin_arm(&drill->standin);
		drill_fault(drill, KIND_COMMIT, 1, EFFECT_ERROR, codes[i]);
		drill_run(drill);
		assert_int_equal(drill->rig->result.outcome, OUTCOME_COMMITTED);
		assert_int_equal(drill->rig->result.attempts, 1);
		assert_false(drill->rig->result.settled);
		assert_non_null(strstr(drill->rig->result.cleanup.text, "after the commit"));
		db_close(drill->rig->db);
		rig_reconnect(drill->rig);
	}
}

/* RELEASE has committed, COMMIT failed, the session is still in its transaction: it must not meet the next transfer. */
static void a_failed_trailing_commit_leaves_a_usable_session(void **state)
{
	struct drill *drill = *state;
	drill_fault(drill, KIND_COMMIT, 1, EFFECT_ERROR, "XX000");
	drill_run(drill);
	assert_int_equal(drill->rig->result.outcome, OUTCOME_COMMITTED);
	assert_false(db_in_transaction(drill->rig->db));
	drill_run_again(drill);
}

static void a_lost_trailing_commit_changes_nothing(void **state)
{
	struct drill *drill = *state;
	static const enum standin_effect effects[] = {EFFECT_CLOSE, EFFECT_CLOSE_DONE, EFFECT_FATAL};
	for (size_t i = 0; i < 6; i++) {
		drill->rig->options.wire = i % 2 ? WIRE_STEP : WIRE_PIPELINE;
		snprintf(drill->body.run, sizeof drill->body.run, "%zu", i);
		standin_arm(&drill->standin);
		drill_fault(drill, KIND_COMMIT, 1, effects[i / 2], "57P01");
		drill_run(drill);
		assert_int_equal(drill->rig->result.outcome, OUTCOME_COMMITTED);
		assert_int_equal(drill->rig->result.attempts, 1);
		assert_false(drill->rig->result.settled);
		assert_int_equal(drill->standin.shared->happened, 1);
	}
	drill_run_again(drill);
}

static void a_release_of_what_is_committed(void **state)
{
	struct drill *drill = *state;
	static const char *const codes[] = {"25000", "XXA00"};
	for (size_t i = 0; i < 3 * COUNT_OF(codes); i++) {
		drill->rig->options.wire = (enum txn_wire)(WIRE_PIPELINE + i % 3);
		snprintf(drill->body.run, sizeof drill->body.run, "%zu", i);
		standin_arm(&drill->standin);
		drill->elsewhere = true; /* the error tells that it is committed */
		drill_fault(drill, KIND_RELEASE, 1, EFFECT_ERROR_DONE, codes[i / 3]);
		drill_run(drill);
		assert_int_equal(drill->rig->result.outcome, OUTCOME_COMMITTED);
		assert_int_equal(drill->rig->result.attempts, 1);
		assert_false(db_in_transaction(drill->rig->db));
		drill->elsewhere = false;
	}
	drill_run_again(drill);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DRILL_EACH(a_final_error_is_told),
		DRILL_EACH(a_transaction_that_ended_by_itself_is_not_committed),
		DRILL_EACH(a_range_that_is_away_is_tried_again),
		DRILL_EACH(a_timeout_of_a_write_is_final),
		DRILL_EACH(an_id_that_is_there_moves_nothing),
		DRILL_EACH(an_error_of_the_trailing_commit_changes_nothing),
		DRILL_EACH(a_failed_trailing_commit_leaves_a_usable_session),
		DRILL_EACH(a_lost_trailing_commit_changes_nothing),
		DRILL_EACH(a_release_of_what_is_committed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
