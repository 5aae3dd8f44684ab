/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sessions on the screen: F4 shows who waits for whom, each second anew; c and X ask first; ours are left alone
 * while they commit. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static struct own_server server;

/* Sessions of the tests, closed when the test is over. */
static struct pg_session *opened[8];
static size_t nopened;

static int sessions_server(void **state)
{
	(void)state;
	own_server_make(&server, (const char *const[]){NULL});
	return 0;
}

static int sessions_no_server(void **state)
{
	(void)state;
	own_server_remove(&server);
	return 0;
}

static int fresh_bank(void **state)
{
	(void)state;
	nopened = 0;
	pg_bank(30);
	return 0;
}

static void no_standby_is_waited_for(void)
{
	pg_exec("ALTER SYSTEM RESET synchronous_standby_names");
	pg_exec("SELECT pg_reload_conf()");
}

static int sessions_over(void **state)
{
	no_standby_is_waited_for();
	term_teardown(state);
	for (size_t i = 0; i < nopened; i++)
		pg_close(opened[i]);
	return 0;
}

static struct pg_session *open_as(const char *application)
{
	char target[80];
	snprintf(target, sizeof target, "application_name=%s", application);
	struct pg_session *session = pg_open_at(target);
	assert_true(nopened < COUNT_OF(opened));
	return opened[nopened++] = session;
}

static int pid_as(const char *application)
{
	return (int)pg_number("SELECT pid FROM pg_stat_activity WHERE application_name = '%s'", application);
}

static const char watchers[] =
	"SELECT count(*) FROM pg_stat_activity WHERE split_part(application_name, ' ', 1) = 'teller/watch'";

/* The selected line holds the text. */
static bool is_selected(struct term *term, void *arg)
{
	for (int row = 0; row < term_rows(term); row++) {
		const char *line = term_row(term, row);
		const char *mark = strchr(line, '>');
		if (mark && strspn(line, "\xe2\x94\x82| ") == (size_t)(mark - line) && strstr(mark, arg))
			return true;
	}
	return false;
}

static void expect_selected(struct term *term, const char *text)
{
	term_wait(term, is_selected, (void *)text, text);
}

/* A transfer from 7001 is on its way, and waits for the holder of that row. */
static struct pg_session *hold_up_a_transfer(struct term *term)
{
	struct pg_session *holder = open_as("holder");
	pg_run(holder, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	term_type(term, ":transfer 7001 7002 100 --yes<Enter>");
	console_expect_number(term, "SELECT count(*) FROM pg_locks WHERE NOT granted", 1);
	return holder;
}

/* ---- there and back ---- */

static void there_and_back(void **state)
{
	struct term *term = console_open(state, 24, 80);
	open_as("somebody");
	term_type(term, "<F4>");
	term_expect(term, "Sessions  nobody waits");
	term_expect(term, "somebody");
	term_expect(term, "* ours");
	console_expect_number(term, watchers, 1);
	term_type(term, "<Esc>");
	term_expect_gone(term, "Sessions");
	term_expect(term, "Accounts");
	console_expect_number(term, watchers, 0); /* and nobody is asked any more */
	term_type(term, "<F5>");
	term_expect(term, "Ledger  newest first");
	term_type(term, "<F4>");
	term_expect(term, "teller/ledger"); /* which is ours, too */
	term_type(term, "q");
	term_expect(term, "Ledger  newest first");
	console_expect_number(term, watchers, 0);
	term_type(term, "<F4>");
	term_expect(term, "Sessions  nobody waits");
	term_type(term, "<F2>");
	term_expect(term, "Accounts");
	console_expect_number(term, watchers, 0);
	console_quit(term);
}

static void every_size(void **state)
{
	struct term *term = console_open(state, 24, 80);
	hold_up_a_transfer(term);
	term_type(term, "<F4>");
	term_expect(term, "who waits stands under whom it waits for");
	console_expect_in_order(term, "holder ", "account 7001 ");
	term_resize(term, 45, 140);
	console_expect_in_order(term, "session", "holder", "teller/transfer", "SQL log");
	term_expect(term, "BEGIN; UPDATE accounts SET balance");
	term_resize(term, 10, 40);
	console_expect_in_order(term, "Sessions", "  in txn ", "account 7001", "read ");
	term_resize(term, 24, 80);
	term_expect(term, "who waits stands under whom it waits for");
	pg_run(opened[0], "ROLLBACK");
	term_expect(term, "nobody waits");
	console_quit(term);
}

/* ---- what is done about it ---- */

static void the_holder_is_ended_and_the_transfer_goes_on(void **state)
{
	struct term *term = console_open(state, 24, 80);
	char number[32];
	hold_up_a_transfer(term);
	snprintf(number, sizeof number, "%d", pid_as("holder"));
	term_type(term, "<F4>");
	expect_selected(term, number);
	term_type(term, "X");
	term_expect(term, "y do it");
	term_expect(term, "sessions end?");
	term_expect(term, "1 session waits");
	term_settle(term);
	term_type(term, "n");
	term_expect(term, "nothing was changed");
	pg_expect("1", "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'holder'");
	term_type(term, "X");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "nobody waits");
	console_expect_number(term, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'holder'", 0);
	console_expect_number(term, "SELECT balance FROM accounts WHERE id = 7002", 1100);
	term_type(term, "<Esc>");
	term_expect(term, "COMMITTED");
	console_quit(term);
}

/* Whoever ended while the question was open is not ended again, and that is said. */
static void one_that_had_gone(void **state)
{
	struct term *term = console_open(state, 24, 80);
	struct pg_session *holder = hold_up_a_transfer(term);
	char number[32];
	snprintf(number, sizeof number, "%d", pid_as("holder"));
	term_type(term, "<F4>");
	expect_selected(term, number);
	term_type(term, "X");
	term_expect(term, "y do it");
	term_settle(term);
	pg_close(holder);
	nopened = 0;
	console_expect_number(term, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'holder'", 0);
	term_type(term, "y");
	term_expect(term, "had gone already; nothing was done");
	console_quit(term);
}

static void a_statement_is_cancelled(void **state)
{
	struct term *term = console_open(state, 24, 80);
	struct proc *psql =
		proc_start((const char *const[]){"psql", "-Xqc", "SELECT 'slow', pg_sleep(60)", NULL}, NULL, NULL);
	term_type(term, "<F4>");
	term_expect(term, "SELECT 'slow'");
	term_type(term, "/psql<Enter>");
	expect_selected(term, "psql");
	term_type(term, "<Enter>");
	term_expect(term, "A session of the server");
	term_expect(term, "SELECT 'slow', pg_sleep(60)");
	term_type(term, "q");
	term_expect_gone(term, "A session of the server");
	term_type(term, "c");
	term_expect(term, "y do it");
	term_expect(term, "cancel the statement of psql");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "the server was asked to cancel the statement of psql");
	proc_wait(psql);
	proc_expect_status(psql, 1);
	proc_expect_err(psql, "canceling statement due to user request");
	proc_free(psql);
	console_quit(term);
}

/* Ours, whose commit waits for a standby that there is not. */
static void ours_is_left_alone_while_it_commits(void **state)
{
	struct term *term = console_open(state, 24, 80);
	pg_exec("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
	pg_exec("SELECT pg_reload_conf()");
	console_expect_number(
		term,
		"SELECT count(*) FROM pg_settings WHERE name = 'synchronous_standby_names' AND setting = 'nobody'", 1);
	term_type(term, ":transfer 7001 7002 100 --yes<Enter>");
	console_expect_number(term, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'", 1);
	term_type(term, "<F4>");
	term_expect(term, "IPC: SyncRep");
	term_type(term, "/SyncRep<Enter>");
	expect_selected(term, "SyncRep");
	term_type(term, "X");
	term_expect(term, "is left alone: it is our own");
	term_type(term, "<Down><Up>r");
	term_expect_gone(term, "is left alone");
	expect_selected(term, "SyncRep");
	term_type(term, "c");
	term_expect(term, "is left alone: it is our own");
	assert_false(term_shows(term, "y do it"));
	no_standby_is_waited_for();
	term_expect_gone(term, "SyncRep");
	term_type(term, "<F2>");
	term_expect(term, "COMMITTED");
	console_quit(term);
}

/* Of ours that do not commit it is said what they are. */
static void ours_is_named(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<F4>");
	term_expect(term, "teller/browse");
	term_type(term, "/teller/browse<Enter>");
	expect_selected(term, "teller/browse");
	term_type(term, "X");
	term_expect(term, "y do it");
	term_expect(term, "for the list of accounts");
	term_settle(term);
	term_type(term, "n");
	term_expect(term, "nothing was changed");
	console_quit(term);
}

/* ---- each second anew ---- */

/* The selection stays on its session, whatever comes in above it. */
static void the_selection_stays(void **state)
{
	struct term *term = console_open(state, 24, 80);
	struct pg_session *last = open_as("chosen");
	char number[32];
	snprintf(number, sizeof number, "%d", pid_as("chosen"));
	term_type(term, "<F4>");
	term_expect(term, number);
	term_type(term, "/chosen<Enter>");
	expect_selected(term, number);
	pg_run(open_as("older"), "BEGIN; SELECT 1");
	hold_up_a_transfer(term);
	term_expect(term, "who waits stands under whom it waits for");
	term_expect(term, "older");
	expect_selected(term, number);
	pg_run(last, "BEGIN; SELECT 2");
	term_expect(term, "SELECT 2");
	expect_selected(term, number);
	pg_run(opened[2], "ROLLBACK");
	term_expect(term, "nobody waits");
	expect_selected(term, number);
	console_quit(term);
}

static void a_server_that_goes(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<F4>");
	term_expect(term, "nobody waits");
	own_server_stop(&server, SIGINT);
	term_expect(term, "; asking again");
	own_server_start(&server, (const char *const[]){NULL});
	own_server_wait(&server);
	term_expect_gone(term, "; asking again");
	term_expect(term, "nobody waits");
	term_type(term, "<Esc>");
	term_expect(term, "Accounts");
	console_quit(term);
}

/* ---- without the console ---- */

/* On a terminal the newest list is the only one. */
static void watch_redraws(void **state)
{
	struct term *term =
		term_start((const char *const[]){proc_teller(), "sessions", "--watch", "1", NULL}, NULL, 24, 80);
	*state = term;
	term_expect(term, "every 1 s");
	open_as("second");
	term_expect(term, "second");
	assert_int_equal(term_row_with(term, "every 1 s", 0), 0);
	assert_int_equal(term_row_with(term, "every 1 s", 1), -1);
	term_resize(term, 12, 40);
	open_as("third");
	term_expect(term, "third");
	assert_int_equal(term_row_with(term, "every 1 s", 0), 0);
	term_type(term, "<^C>");
	term_expect_exit(term, 130);
}

/* A person who types commands has the prompt back. */
static void watch_at_a_prompt(void **state)
{
	struct term *term = term_start((const char *const[]){proc_teller(), "--plain", NULL}, NULL, 24, 80);
	*state = term;
	term_expect(term, "teller>");
	term_type(term, "sessions --watch 1<Enter>");
	term_expect(term, "every 1 s");
	term_type(term, "<^C>");
	term_expect(term, "teller>");
	term_type(term, "version<Enter>");
	term_expect(term, "libpq");
	term_type(term, "<^D>");
	term_expect_exit(term, 0);
}

int main(void)
{
	setlocale(LC_ALL, "");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(there_and_back, fresh_bank, sessions_over),
		cmocka_unit_test_setup_teardown(every_size, fresh_bank, sessions_over),
		cmocka_unit_test_setup_teardown(the_holder_is_ended_and_the_transfer_goes_on, fresh_bank,
						sessions_over),
		cmocka_unit_test_setup_teardown(one_that_had_gone, fresh_bank, sessions_over),
		cmocka_unit_test_setup_teardown(a_statement_is_cancelled, fresh_bank, sessions_over),
		cmocka_unit_test_setup_teardown(ours_is_left_alone_while_it_commits, fresh_bank, sessions_over),
		cmocka_unit_test_setup_teardown(ours_is_named, fresh_bank, sessions_over),
		cmocka_unit_test_setup_teardown(the_selection_stays, fresh_bank, sessions_over),
		cmocka_unit_test_setup_teardown(a_server_that_goes, fresh_bank, sessions_over),
		cmocka_unit_test_setup_teardown(watch_redraws, fresh_bank, sessions_over),
		cmocka_unit_test_setup_teardown(watch_at_a_prompt, fresh_bank, sessions_over),
	};
	return cmocka_run_group_tests(tests, sessions_server, sessions_no_server);
}
