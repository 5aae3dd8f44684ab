/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A terminal that is not read for a while: transfers commit, a load goes on, signals end the program, and what is read afterwards is right. */
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/spawn.h"

static int unread_bank(void **state)
{
	(void)state;
	pg_bank(30);
	return 0;
}

/* From here on nothing is read; keys that draw everything anew are typed until the terminal takes no more. */
static void stop_reading(struct term *term)
{
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	while (!term_is_full(term)) {
		if (!deadline_left(deadline))
			fail_msg("the terminal never was full");
		term_type(term, "<^L>");
		poll(NULL, 0, 10);
	}
}

static void begin_load(struct term *term)
{
	term_type(term, ":load --time 0 --workers 3<Enter>");
	term_expect(term, "make random transfers until it is stopped");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "Load  runs");
	term_expect(term, "committed ");
}

static void a_load_goes_on(void **state)
{
	struct term *term = console_open(state, 45, 140);
	begin_load(term);
	stop_reading(term);
	pg_until(NULL, "SELECT count(*) > %lld FROM transfers",
		 (long long)pg_number("SELECT count(*) FROM transfers") + 100);
	term_type(term, "c");
	pg_until(NULL, "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database()"
		       " AND application_name LIKE 'teller/load-%%'");
	term_expect(term, "Load  is over"); /* all that was drawn since is read */
	term_expect(term, "30000, as expected");
	console_quit(term);
}

/* It waits for a lock while nothing is read, and commits when the lock is free. */
static void a_transfer_commits(void **state)
{
	struct term *term = console_open(state, 45, 140);
	struct pg_session *locker = pg_open();
	pg_run(locker, "BEGIN; SELECT FROM accounts WHERE id = 7001 FOR UPDATE");
	term_type(term, ":set wire step<Enter>"); /* what follows the lock is sent when it is there */
	term_expect(term, "wire");
	term_type(term, ":transfer 7001 7002 half<Enter>");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	console_expect_number(term,
			      "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
			      "split_part(application_name, ' ', 1) = 'teller/transfer'",
			      1);
	stop_reading(term);
	pg_run(locker, "ROLLBACK");
	pg_until(NULL, "SELECT count(*) = 1 FROM transfers");
	pg_expect("500", "SELECT balance FROM accounts WHERE id = 7001");
	term_expect(term, "COMMITTED");
	pg_close(locker);
	console_quit(term);
}

/* A question that the terminal has not taken yet is not answered by what was typed meanwhile. */
static void a_question_waits_for_its_reader(void **state)
{
	struct term *term = console_open(state, 45, 140);
	stop_reading(term);
	term_type(term, ":transfer 7001 7002 half<Enter>y");
	poll(NULL, 0, 300);
	term_type(term, "y"); /* answers nothing: the question has not been sent */
	term_expect(term, "y do it");
	term_settle(term);
	pg_expect("0", "SELECT count(*) FROM transfers");
	term_type(term, "y");
	term_expect(term, "COMMITTED");
	pg_expect("1", "SELECT count(*) FROM transfers");
	console_quit(term);
}

static void ended_while_unread(void **state, int signum)
{
	struct term *term = console_open(state, 45, 140);
	begin_load(term);
	stop_reading(term);
	kill(term_pid(term), signum);
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	int status;
	while (!term_ended(term, &status)) {
		if (!deadline_left(deadline))
			fail_msg("signal %d does not end it", signum);
		poll(NULL, 0, 10);
	}
	assert_int_equal(status, 128 + signum);
	pg_until(NULL, "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'teller%%'");
	pg_expect("30000", "SELECT sum(balance) FROM accounts");
	term_expect_exit(term, 128 + signum); /* what the terminal has kept of it is read */
	term_expect_restored(term);
}

static void sigterm_ends_it(void **state)
{
	ended_while_unread(state, SIGTERM);
}

static void sighup_ends_it(void **state)
{
	ended_while_unread(state, SIGHUP);
}

/* The terminal is given back in the handler. */
static void a_signal_that_nobody_handles_ends_it(void **state)
{
	ended_while_unread(state, SIGALRM);
}

static void quitting_ends_it(void **state)
{
	struct term *term = console_open(state, 45, 140);
	stop_reading(term);
	term_type(term, ":quit<Enter>");
	term_expect_exit(term, 0);
	term_expect_restored(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_load_goes_on, unread_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_transfer_commits, unread_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_question_waits_for_its_reader, unread_bank, term_teardown),
		cmocka_unit_test_setup_teardown(sigterm_ends_it, unread_bank, term_teardown),
		cmocka_unit_test_setup_teardown(sighup_ends_it, unread_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_signal_that_nobody_handles_ends_it, unread_bank, term_teardown),
		cmocka_unit_test_setup_teardown(quitting_ends_it, unread_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/unread", tests, pg_own_database, NULL);
}
