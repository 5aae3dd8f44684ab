/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who waits for whom on a real server: queues, prepared transactions, tables, other databases, hidden sessions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/watch/crowd.h"

static const char account_sql[] = "SELECT ctid, id FROM public.accounts WHERE ctid OPERATOR(pg_catalog.=) "
				  "ANY ($1::pg_catalog.tid[])";

static int ask_setup(void **state)
{
	crowd_setup(state);
	((struct crowd *)*state)->question = (struct sessions_question){
		.account_sql = account_sql, .account_schema = "public", .account_table = "accounts"};
	return 0;
}

/* What the server itself says, asked in the test's own words. */
static char *true_pairs(void)
{
	return pg_value(
		"SELECT string_agg(pair, ' ' ORDER BY pair COLLATE \"C\") FROM (SELECT DISTINCT a.pid || '<' || "
		"CASE b WHEN 0 THEN (SELECT gid FROM pg_prepared_xacts) ELSE b::text END AS pair "
		"FROM pg_stat_activity a, unnest(pg_blocking_pids(a.pid)) b) x");
}

static void expect_true_pairs(const struct crowd *crowd)
{
	char *wanted = true_pairs(), *found = crowd_pairs(crowd);
	assert_non_null(wanted);
	assert_string_equal(found, wanted);
	free(wanted);
	free(found);
}

static enum wait_kind kind_of(const struct crowd *crowd, int waiter, int holder)
{
	const struct sessions *sessions = crowd->sessions;
	for (size_t i = 0; i < sessions->nwaits; i++)
		if (sessions->at[sessions->waits[i].waiter].pid == waiter &&
		    sessions->at[sessions->waits[i].holder].pid == holder)
			return sessions->waits[i].kind;
	fail_msg("%d does not wait for %d", waiter, holder);
	return WAIT_UNKNOWN;
}

static char *hold_of(const struct crowd *crowd, int waiter)
{
	struct buf out = {0};
	long wait = sessions_holder(crowd->sessions, sessions_find(crowd->sessions, waiter));
	assert_true(wait != SESSIONS_NONE);
	sessions_add_hold(&out, crowd->sessions, &crowd->sessions->waits[wait]);
	return buf_take(&out);
}

static void expect_hold(const struct crowd *crowd, int waiter, const char *words)
{
	char *hold = hold_of(crowd, waiter);
	assert_string_equal(hold, words);
	free(hold);
}

/* ---- tests ---- */

static void nobody_waits(void **state)
{
	struct crowd *crowd = *state;
	crowd_ask(crowd);
	assert_int_equal(crowd->sessions->nwaits, 0);
	assert_int_equal(crowd->sessions->n, 0);
	crowd->question.all = true;
	size_t other = crowd_add(crowd, "other");
	crowd_ask(crowd);
	const struct server_session *session = crowd_find(crowd, crowd_pid(crowd, other));
	assert_string_equal(session->state, "idle");
	assert_string_equal(session->user, "teller");
	assert_string_equal(session->type, "client backend");
	assert_true(session->here);
	assert_true(strstr(session->application, "teller/other ") == session->application);
	assert_int_equal(sessions_find(crowd->sessions, db_facts(crowd->rig->db)->pid), SESSIONS_NONE);
}

/* a < b < c: three levels; d waits behind b for the same row. */
static void a_queue_for_one_row(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a"), b = crowd_add(crowd, "b"), c = crowd_add(crowd, "c"),
	       d = crowd_add(crowd, "d");
	crowd_run(crowd, a, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	crowd_run(crowd, b, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7002");
	crowd_wait(crowd, b, "UPDATE accounts SET balance = balance WHERE id = 7001");
	crowd_wait(crowd, c, "UPDATE accounts SET balance = balance WHERE id = 7002");
	crowd_wait(crowd, d, "SELECT balance FROM accounts WHERE id = 7001 FOR UPDATE");
	crowd_ask(crowd);
	expect_true_pairs(crowd);
	assert_int_equal(crowd->sessions->nwaits, 3);
	assert_int_equal(kind_of(crowd, crowd_pid(crowd, b), crowd_pid(crowd, a)), WAIT_HELD);
	expect_hold(crowd, crowd_pid(crowd, b), "holds account 7001");
	expect_hold(crowd, crowd_pid(crowd, c), "holds account 7002");
	expect_hold(crowd, crowd_pid(crowd, d), "holds account 7001"); /* the place in the queue */
	const struct server_session *holder = crowd_find(crowd, crowd_pid(crowd, a));
	assert_string_equal(holder->state, "idle in transaction");
	assert_true(holder->state_us >= 0 && holder->xact_us >= holder->state_us);
	assert_string_equal(holder->statement, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	long at = sessions_find(crowd->sessions, crowd_pid(crowd, c));
	assert_int_equal(crowd->sessions->at[sessions_root(crowd->sessions, at)].pid, crowd_pid(crowd, a));
}

static void a_table_and_its_queue(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a"), b = crowd_add(crowd, "b"), c = crowd_add(crowd, "c");
	crowd_run(crowd, a, "BEGIN; SELECT balance FROM accounts");
	crowd_wait(crowd, b, "BEGIN; LOCK TABLE accounts");
	crowd_wait(crowd, c, "SELECT balance FROM accounts");
	crowd_ask(crowd);
	expect_true_pairs(crowd);
	assert_int_equal(kind_of(crowd, crowd_pid(crowd, b), crowd_pid(crowd, a)), WAIT_HELD);
	assert_int_equal(kind_of(crowd, crowd_pid(crowd, c), crowd_pid(crowd, b)), WAIT_AHEAD);
	expect_hold(crowd, crowd_pid(crowd, b), "holds table accounts");
	expect_hold(crowd, crowd_pid(crowd, c), "is ahead in the queue for table accounts");
}

static void a_prepared_transaction(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a"), b = crowd_add(crowd, "b");
	crowd_run(crowd, a, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7003");
	crowd_run(crowd, a, "PREPARE TRANSACTION 'pay-7'");
	crowd_wait(crowd, b, "UPDATE accounts SET balance = balance WHERE id = 7003");
	crowd_ask(crowd);
	expect_true_pairs(crowd);
	struct buf name = {0}, words = {0};
	long root = sessions_root(crowd->sessions, sessions_find(crowd->sessions, crowd_pid(crowd, b)));
	assert_true(root != SESSIONS_NONE);
	assert_true(crowd->sessions->at[root].prepared);
	sessions_add_name(&name, &crowd->sessions->at[root]);
	assert_string_equal(name.p, "prepared transaction pay-7 of teller");
	sessions_add_state(&words, &crowd->sessions->at[root]);
	assert_true(strncmp(words.p, "prepared ", 9) == 0);
	expect_hold(crowd, crowd_pid(crowd, b), "holds account 7003");
	buf_free(&name);
	buf_free(&words);
	pg_exec("ROLLBACK PREPARED 'pay-7'");
}

/* Whoever asks does not wait: neither for the table, which the third wants whole, nor behind it. */
static void who_asks_does_not_wait(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a"), b = crowd_add(crowd, "b"), c = crowd_add(crowd, "c");
	crowd_run(crowd, a, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7003");
	crowd_wait(crowd, b, "UPDATE accounts SET balance = balance WHERE id = 7003");
	crowd_wait(crowd, c, "BEGIN; LOCK TABLE accounts");
	crowd_ask(crowd);
	expect_true_pairs(crowd);
	expect_hold(crowd, crowd_pid(crowd, b), "holds row (0,3) of accounts");
}

static void two_who_wait_for_each_other(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a"), b = crowd_add(crowd, "b");
	crowd_run(crowd, a, "SET deadlock_timeout = '1min'");
	crowd_run(crowd, b, "SET deadlock_timeout = '1min'");
	crowd_run(crowd, a, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	crowd_run(crowd, b, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7002");
	crowd_wait(crowd, a, "UPDATE accounts SET balance = balance WHERE id = 7002");
	crowd_wait(crowd, b, "UPDATE accounts SET balance = balance WHERE id = 7001");
	crowd_ask(crowd);
	expect_true_pairs(crowd);
	size_t n, tree;
	struct sessions_line *lines = sessions_lines(crowd->sessions, &n, &tree);
	assert_int_equal(tree, 3);
	assert_true(lines[0].circle);
	assert_int_equal(lines[2].depth, 2);
	assert_true(lines[2].again);
	assert_int_equal(lines[2].session, lines[0].session);
	free(lines);
}

/* A lock of the whole server's, held in another database. */
static void a_holder_in_another_database(void **state)
{
	struct crowd *crowd = *state;
	pg_exec("CREATE ROLE contended");
	struct pg_session *other = pg_open_at("dbname=postgres application_name=elsewhere");
	pg_run(other, "BEGIN; COMMENT ON ROLE contended IS 'a'");
	size_t b = crowd_add(crowd, "b");
	crowd_wait(crowd, b, "COMMENT ON ROLE contended IS 'b'");
	crowd_ask(crowd);
	expect_true_pairs(crowd);
	long root = sessions_root(crowd->sessions, sessions_find(crowd->sessions, crowd_pid(crowd, b)));
	assert_true(root != SESSIONS_NONE);
	assert_false(crowd->sessions->at[root].here);
	struct buf name = {0}, wanted = {0};
	sessions_add_name(&name, &crowd->sessions->at[root]);
	buf_fmt(&wanted, "elsewhere, pid %d, teller, database postgres", crowd->sessions->at[root].pid);
	assert_string_equal(name.p, wanted.p);
	buf_free(&name);
	buf_free(&wanted);
	pg_close(other);
	crowd_done(crowd, b);
	pg_exec("DROP ROLE contended");
}

/* The locks are for all to see; what a session of another role does is not. */
static void a_role_that_may_not_see(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a"), b = crowd_add(crowd, "b");
	crowd_run(crowd, a, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	crowd_wait(crowd, b, "UPDATE accounts SET balance = balance WHERE id = 7001");
	struct rig *rig = crowd->rig;
	struct rig *nobody = rig_new_as("nobody_at_all");
	crowd->rig = nobody;
	crowd_ask(crowd);
	expect_true_pairs(crowd);
	const struct server_session *holder = crowd_find(crowd, crowd_pid(crowd, a));
	struct buf words = {0};
	assert_true(holder->hidden);
	sessions_add_name(&words, holder);
	sessions_add_state(&words, holder);
	assert_non_null(strstr(words.p, "teller/a "));
	assert_non_null(strstr(words.p, ", teller"
					"state hidden"));
	assert_string_equal(holder->statement, "");
	expect_hold(crowd, crowd_pid(crowd, b), "holds row (0,1) of accounts"); /* which it may not read */
	buf_clear(&words);
	sessions_add_hidden(&words, crowd->sessions);
	assert_string_equal(words.p, "state, times and statement of 2 sessions are hidden from this role: grant it "
				     "pg_read_all_stats to see them");
	buf_free(&words);
	crowd->rig = rig;
	rig_free(nobody);
}

static void ours_are_known_again(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a"), b = crowd_add(crowd, "b");
	crowd_run(crowd, a, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	crowd_wait(crowd, b, "UPDATE accounts SET balance = balance WHERE id = 7001");
	const struct db *const ours[] = {crowd->at[b], crowd->at[a]};
	struct buf words = {0};
	crowd->question.ours = ours;
	crowd->question.nours = 1;
	crowd_ask(crowd);
	assert_int_equal(crowd_find(crowd, crowd_pid(crowd, a))->ours, SESSIONS_NONE);
	assert_int_equal(crowd_find(crowd, crowd_pid(crowd, b))->ours, 0);
	crowd->question.nours = 2;
	crowd_ask(crowd);
	sessions_add_application(&words, crowd_find(crowd, crowd_pid(crowd, a)));
	assert_string_equal(words.p, "teller/a (ours)"); /* without the word that tells it from others of that name */
	buf_free(&words);
	assert_int_equal(sessions_of_ours(crowd->sessions, 0), sessions_find(crowd->sessions, crowd_pid(crowd, b)));
}

static void what_serializable_remembers(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a");
	crowd_run(crowd, a, "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT sum(balance) FROM accounts");
	crowd->question.all = crowd->question.remembered = true;
	crowd_ask(crowd);
	assert_int_equal(crowd_find(crowd, crowd_pid(crowd, a))->remembered, 1);
}

static void a_holder_is_ended(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a"), b = crowd_add(crowd, "b"), c = crowd_add(crowd, "c");
	crowd_run(crowd, a, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	crowd_wait(crowd, b, "UPDATE accounts SET balance = balance WHERE id = 7001");
	crowd_wait(crowd, c, "UPDATE accounts SET balance = balance WHERE id = 7001");
	crowd_ask(crowd);
	struct server_session stranger = *crowd_find(crowd, crowd_pid(crowd, a));
	stranger.start_us = "1"; /* another one had the number */
	assert_false(crowd_signal(crowd, SIGNAL_END, &stranger));
	assert_int_equal(crowd->err.status, ST_OK);
	assert_true(crowd_signal(crowd, SIGNAL_CANCEL, crowd_find(crowd, crowd_pid(crowd, c))));
	crowd_done(crowd, c);
	assert_true(crowd->failed[c]);
	assert_true(crowd_signal(crowd, SIGNAL_END, crowd_find(crowd, crowd_pid(crowd, a))));
	crowd_done(crowd, b);
	assert_false(crowd->failed[b]);
}

static void whom_one_may_not_end(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a");
	crowd->question.all = true;
	struct rig *rig = crowd->rig, *nobody = rig_new_as("nobody_at_all");
	crowd->rig = nobody;
	crowd_ask(crowd);
	assert_false(crowd_signal(crowd, SIGNAL_END, crowd_find(crowd, crowd_pid(crowd, a))));
	assert_int_equal(crowd->err.status, ST_STATEMENT);
	assert_non_null(strstr(crowd->err.text, "42501"));
	crowd->rig = rig;
	rig_free(nobody);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nobody_waits, ask_setup, crowd_teardown),
		cmocka_unit_test_setup_teardown(a_queue_for_one_row, ask_setup, crowd_teardown),
		cmocka_unit_test_setup_teardown(a_table_and_its_queue, ask_setup, crowd_teardown),
		cmocka_unit_test_setup_teardown(a_prepared_transaction, ask_setup, crowd_teardown),
		cmocka_unit_test_setup_teardown(who_asks_does_not_wait, ask_setup, crowd_teardown),
		cmocka_unit_test_setup_teardown(two_who_wait_for_each_other, ask_setup, crowd_teardown),
		cmocka_unit_test_setup_teardown(a_holder_in_another_database, ask_setup, crowd_teardown),
		cmocka_unit_test_setup_teardown(a_role_that_may_not_see, ask_setup, crowd_teardown),
		cmocka_unit_test_setup_teardown(ours_are_known_again, ask_setup, crowd_teardown),
		cmocka_unit_test_setup_teardown(what_serializable_remembers, ask_setup, crowd_teardown),
		cmocka_unit_test_setup_teardown(a_holder_is_ended, ask_setup, crowd_teardown),
		cmocka_unit_test_setup_teardown(whom_one_may_not_end, ask_setup, crowd_teardown),
	};
	return cmocka_run_group_tests(tests, crowd_server, crowd_no_server);
}
