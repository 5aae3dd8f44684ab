/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stand-in's transactions and cockroach_restart, as each version is documented to, and as 2.2-alpha and 20.1.5 were
 * measured: tags, status bytes, errors. */
#include "tests/crdb/talk.h"
#include "tests/support/check.h"

static void release_is_the_commit(void **state)
{
	(void)state;
	talk_open();
	talk_write("900", "UPDATE 1", 'T');
	assert_int_equal(talk_balance(1), 1000);
	talk_say(RELEASE, "COMMIT", 'T');
	assert_int_equal(talk_balance(1), 900);
	talk_read("25000", 'T');
	talk_say(SAVEPOINT, "25000", 'T');
	talk_say("COMMIT", "COMMIT", 'I');
	assert_int_equal(talk_balance(1), 900);
}

static void rollback_after_release_undoes_nothing(void **state)
{
	(void)state;
	talk_open();
	talk_write("900", "UPDATE 1", 'T');
	talk_say(RELEASE, "COMMIT", 'T');
	talk_say("ROLLBACK", "COMMIT", 'I');
	assert_int_equal(talk_balance(1), 900);
}

static void a_retry_error_leaves_the_way_back(void **state)
{
	(void)state;
	talk_open();
	talk_fault(KIND_UPDATE, EFFECT_ERROR, "40001");
	talk_write("900", "40001", talk_after_retry());
	talk_read("25P02", 'E');
	talk_say(ROLLBACK_TO, "ROLLBACK", 'T');
	talk_read("SELECT 1", 'T');
	talk_write("900", "UPDATE 1", 'T');
	talk_say(RELEASE, "COMMIT", 'T');
	talk_say("COMMIT", "COMMIT", 'I');
	assert_int_equal(talk_balance(1), 900);
}

static void commit_after_a_retry_error_commits_nothing(void **state)
{
	(void)state;
	talk_open();
	talk_write("900", "UPDATE 1", 'T');
	talk_fault(KIND_READ, EFFECT_ERROR, "40001");
	talk_read("40001", talk_after_retry());
	talk_say("COMMIT", talk_is_old() ? "COMMIT" : "ROLLBACK", 'I');
	assert_int_equal(talk_balance(1), 1000);
}

static void rollback_to_without_an_error(void **state)
{
	(void)state;
	talk_open();
	talk_write("900", "UPDATE 1", 'T');
	talk_say(ROLLBACK_TO, talk_is_old() ? "SAVEPOINT" : "ROLLBACK", 'T');
	talk_say(SAVEPOINT, "SAVEPOINT", 'T');
	talk_say(RELEASE, "COMMIT", 'T');
	talk_say("COMMIT", "COMMIT", 'I');
	assert_int_equal(talk_balance(1), 1000);
}

static void savepoint_in_an_aborted_transaction_is_a_way_back(void **state)
{
	(void)state;
	talk_open();
	talk_fault(KIND_UPDATE, EFFECT_ERROR, "40001");
	talk_write("900", "40001", talk_after_retry());
	if (talk_is_old())
		talk_say(SAVEPOINT, "25P02", 'E');
	else
		talk_say(SAVEPOINT, "SAVEPOINT", 'T');
}

static void the_savepoint_comes_first(void **state)
{
	(void)state;
	talk_say("BEGIN", "BEGIN", 'T');
	talk_read("SELECT 1", 'T');
	talk_say(SAVEPOINT, talk_is_old() ? "XX000" : "42601", 'E');
	talk_say("ROLLBACK", "ROLLBACK", 'I');
}

static void a_savepoint_that_was_not_declared(void **state)
{
	(void)state;
	talk_say("BEGIN", "BEGIN", 'T');
	talk_say(ROLLBACK_TO, talk_no_savepoint(), 'E');
	talk_say("COMMIT", "ROLLBACK", 'I');
	talk_say("BEGIN", "BEGIN", 'T');
	talk_say(RELEASE, talk_no_savepoint(), 'E');
	talk_say("BEGIN", "25P02", 'E');
	talk_say("ROLLBACK", "ROLLBACK", 'I');
}

static void a_commit_that_fails_ends_the_transaction(void **state)
{
	(void)state;
	talk_say("BEGIN", "BEGIN", 'T');
	talk_write("900", "UPDATE 1", 'T');
	talk_fault(KIND_COMMIT, EFFECT_ERROR, "40001");
	talk_say("COMMIT", "40001", 'I');
	assert_int_equal(talk_balance(1), 1000);
}

static void a_release_that_wants_a_retry_keeps_the_savepoint(void **state)
{
	(void)state;
	talk_open();
	talk_fault(KIND_RELEASE, EFFECT_ERROR, "40001");
	talk_say(RELEASE, "40001", talk_after_retry());
	talk_say(ROLLBACK_TO, "ROLLBACK", 'T');
	talk_say(RELEASE, "COMMIT", 'T');
	talk_say("COMMIT", "COMMIT", 'I');
}

static void a_release_that_fails_otherwise_takes_it_away(void **state)
{
	(void)state;
	talk_open();
	talk_write("900", "UPDATE 1", 'T');
	talk_fault(KIND_RELEASE, EFFECT_ERROR_DONE, "40003");
	talk_say(RELEASE, "40003", 'E');
	talk_say(ROLLBACK_TO, talk_no_savepoint(), 'E');
	talk_say("ROLLBACK", "ROLLBACK", 'I');
	assert_int_equal(talk_balance(1), 900);
}

static void an_ambiguous_statement_closes_the_way_back(void **state)
{
	(void)state;
	talk_open();
	talk_fault(KIND_UPDATE, EFFECT_ERROR, "40003");
	talk_write("900", "40003", 'E');
	talk_say(ROLLBACK_TO, "0A000", 'E');
	talk_say("ROLLBACK", "ROLLBACK", 'I');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TALK_EACH(release_is_the_commit),
		TALK_EACH(rollback_after_release_undoes_nothing),
		TALK_EACH(a_retry_error_leaves_the_way_back),
		TALK_EACH(commit_after_a_retry_error_commits_nothing),
		TALK_EACH(rollback_to_without_an_error),
		TALK_EACH(savepoint_in_an_aborted_transaction_is_a_way_back),
		TALK_EACH(the_savepoint_comes_first),
		TALK_EACH(a_savepoint_that_was_not_declared),
		TALK_EACH(a_commit_that_fails_ends_the_transaction),
		TALK_EACH(a_release_that_wants_a_retry_keeps_the_savepoint),
		TALK_EACH(a_release_that_fails_otherwise_takes_it_away),
		TALK_EACH(an_ambiguous_statement_closes_the_way_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
