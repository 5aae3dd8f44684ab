/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A RELEASE on the stand-in of which nobody heard, or that came late: settled by the ledger, moved once, told truly. */
#include <stdio.h>

#include "tests/crdb/drill.h"
#include "tests/support/check.h"

static const char *const ambiguous[] = {"40003", "57014", "XX000", "XXUUU", "58C00"};

enum { AMBIGUOUS = sizeof ambiguous / sizeof *ambiguous };

static void ambiguous_release(struct drill *drill, const char *sqlstate, enum txn_wire wire, bool committed)
{
	static const char *const stories[][2] = {
		[WIRE_PIPELINE] = {"BSss|uuiR!|r|Bfgr|BSss|uuiRC|", "BSss|uuiR!|r|Bfgr|"},
		[WIRE_STEP] = {"B|S|s|s|u|u|i|R!|r|Bfgr|B|S|s|s|u|u|i|R|C|", "B|S|s|s|u|u|i|R!|r|Bfgr|"},
		[WIRE_ONESHOT] = {"BSmiR!|r|Bfgr|BSmiRC|", "BSmiR!|r|Bfgr|"},
	};
	drill->rig->options.wire = wire;
	snprintf(drill->body.run, sizeof drill->body.run, "%s-%d-%d", sqlstate, (int)wire, committed);
	standin_write(&drill->standin, 1, 1000 - drill_balance(drill, 2)); /* the sum as at the start */
	standin_arm(&drill->standin);
	drill_fault(drill, KIND_RELEASE, 1, committed ? EFFECT_ERROR_DONE : EFFECT_ERROR, sqlstate);
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, committed ? 1 : 2, stories[wire][committed]);
	assert_true(drill->rig->result.settled);
}

static void an_ambiguous_release_is_settled_by_the_ledger(void **state)
{
	struct drill *drill = *state;
	for (size_t i = 0; i < AMBIGUOUS; i++)
		for (enum txn_wire wire = WIRE_PIPELINE; wire <= WIRE_ONESHOT; wire++)
			for (int committed = 0; committed < 2; committed++) {
				standin_write(&drill->standin, 2, 0);
				ambiguous_release(drill, ambiguous[i], wire, committed);
			}
	assert_int_equal(txn_counters(drill->rig->txn)->settled_committed, 3 * AMBIGUOUS);
	assert_int_equal(txn_counters(drill->rig->txn)->settled_aborted, 3 * AMBIGUOUS);
	drill_run_again(drill);
}

/* No ledger, and nobody else to ask: the truth is that nobody knows. */
static void without_a_ledger_it_stays_unknown(void **state)
{
	struct drill *drill = *state;
	drill->body.ledger = false;
	drill_fault(drill, KIND_RELEASE, 1, EFFECT_ERROR, "40003");
	drill_run(drill);
	drill_check(drill, OUTCOME_UNKNOWN, 1, "BSss|uuR!|r|");
	assert_int_equal(drill_balance(drill, 2), 0);
	standin_arm(&drill->standin);
	drill_fault(drill, KIND_RELEASE, 1, EFFECT_ERROR_DONE, "40003");
	drill_run(drill);
	drill_check(drill, OUTCOME_UNKNOWN, 1, "BSss|uuR!|r|");
	assert_int_equal(drill_balance(drill, 2), 500);
	assert_int_equal(txn_counters(drill->rig->txn)->unsettled, 2);
	drill_run_again(drill);
}

static void without_a_ledger_a_lost_release_stays_unknown(void **state)
{
	struct drill *drill = *state;
	drill->body.ledger = false;
	drill_fault(drill, KIND_RELEASE, 1, EFFECT_CLOSE_DONE, NULL);
	drill_run(drill);
	assert_int_equal(drill->rig->result.outcome, OUTCOME_UNKNOWN);
	assert_int_equal(drill_balance(drill, 2), 500);
	drill_run_again(drill);
}

/* An ambiguous write is no commit, but the way back is closed. */
static void an_ambiguous_write_is_settled(void **state)
{
	struct drill *drill = *state;
	drill_fault(drill, KIND_UPDATE, 2, EFFECT_ERROR, "40003");
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 2, "BSss|uu!|r|Bfgr|BSss|uuiRC|");
}

static void lost_release(struct drill *drill, enum txn_wire wire, enum standin_effect effect)
{
	static const char *const stories[][2] = {
		[WIRE_PIPELINE] = {"BSss|uuiR/v|Bfgr|BSss|uuiRC|", "BSss|uuiR/v|Bfgr|"},
		[WIRE_STEP] = {"B|S|s|s|u|u|i|R/v|Bfgr|B|S|s|s|u|u|i|R|C|", "B|S|s|s|u|u|i|R/v|Bfgr|"},
		[WIRE_ONESHOT] = {"BSmiR/v|Bfgr|BSmiRC|", "BSmiR/v|Bfgr|"},
	};
	bool committed = effect == EFFECT_CLOSE_DONE || effect == EFFECT_FATAL_DONE;
	drill->rig->options.wire = wire;
	snprintf(drill->body.run, sizeof drill->body.run, "%d-%d", (int)wire, (int)effect);
	standin_write(&drill->standin, 1, 1000);
	standin_write(&drill->standin, 2, 0);
	standin_arm(&drill->standin);
	drill_fault(drill, KIND_RELEASE, 1, effect, "57P01");
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, committed ? 1 : 2, stories[wire][committed]);
	assert_true(drill->rig->result.settled);
}

static void a_release_lost_on_its_way_is_settled(void **state)
{
	static const enum standin_effect effects[] = {EFFECT_CLOSE, EFFECT_CLOSE_DONE, EFFECT_FATAL, EFFECT_FATAL_DONE};
	for (enum txn_wire wire = WIRE_PIPELINE; wire <= WIRE_ONESHOT; wire++)
		for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
			lost_release(*state, wire, effects[i]);
	assert_int_equal(txn_counters(((struct drill *)*state)->rig->txn)->ambiguous, 12);
}

/* The question meets a conflict, a drain and a loss itself, and is asked again. */
static void the_question_is_asked_again(void **state)
{
	struct drill *drill = *state;
	drill_fault(drill, KIND_RELEASE, 1, EFFECT_CLOSE_DONE, NULL);
	drill_fault(drill, KIND_PROBE, 1, EFFECT_ERROR, "40001");
	drill_fault(drill, KIND_PROBE, 2, EFFECT_CLOSE, NULL);
	drill->standin.shared->refuse_logins = 2;
	drill_run(drill);
	assert_int_equal(drill->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(drill->rig->result.attempts, 1);
	assert_true(drill->rig->result.settled);
	assert_int_equal(drill->standin.shared->refuse_logins, 0);
	assert_int_equal(drill->standin.shared->happened, 3);
	drill_run_again(drill);
}

/*
 * The writes and the RELEASE were held up on their way, and arrive after the ledger was asked: the question found no
 * id, and the commit comes all the same. It is moved once, because the id can be written once; but the outcome told
 * must not be that it failed.
 */
static void a_commit_that_comes_late(struct drill *drill, enum standin_kind kind, enum txn_wire wire)
{
	drill->elsewhere = true;
	drill->rig->options.wire = wire;
	drill_fault(drill, kind, 1, EFFECT_LATE, NULL);
	drill_run(drill);
	assert_int_equal(drill_balance(drill, 2), 500);
	if (drill->rig->result.outcome != OUTCOME_COMMITTED)
		assert_int_equal(drill->rig->result.outcome, OUTCOME_UNKNOWN);
}

static void late_writes_and_their_release(void **state)
{
	a_commit_that_comes_late(*state, KIND_UPDATE, WIRE_PIPELINE);
}

static void a_late_transfer_in_one_round_trip(void **state)
{
	a_commit_that_comes_late(*state, KIND_BEGIN, WIRE_ONESHOT);
}

/* ... and where no attempt is left that would find out. */
static void a_late_commit_after_the_last_attempt(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.max_attempts = 1;
	drill_fault(drill, KIND_UPDATE, 1, EFFECT_LATE, NULL);
	drill_run(drill);
	assert_int_equal(drill_balance(drill, 2), 500);
}

/* ... and where the next attempt finds nothing left to move. */
static void a_late_commit_before_a_rejection(void **state)
{
	struct drill *drill = *state;
	drill->elsewhere = true;
	standin_write(&drill->standin, 1, 2);
	drill_fault(drill, KIND_UPDATE, 1, EFFECT_LATE, NULL);
	drill_run(drill);
	assert_int_equal(drill_balance(drill, 2), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DRILL_EACH(an_ambiguous_release_is_settled_by_the_ledger),
		DRILL_EACH(without_a_ledger_it_stays_unknown),
		DRILL_EACH(without_a_ledger_a_lost_release_stays_unknown),
		DRILL_EACH(an_ambiguous_write_is_settled),
		DRILL_EACH(a_release_lost_on_its_way_is_settled),
		DRILL_EACH(the_question_is_asked_again),
		DRILL_EACH(late_writes_and_their_release),
		DRILL_EACH(a_late_transfer_in_one_round_trip),
		DRILL_EACH(a_late_commit_after_the_last_attempt),
		DRILL_EACH(a_late_commit_before_a_rejection),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
