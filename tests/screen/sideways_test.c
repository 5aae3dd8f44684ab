/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines and columns that do not fit are scrolled sideways, with the id kept and marks where there is more; and ids that are not there. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

static int wide(void **state)
{
	(void)state;
	pg_bank(30);
	pg_exec("ALTER TABLE accounts ADD owner text DEFAULT 'Grace Hopper', ADD branch text DEFAULT 'Philadelphia', "
		"ADD opened text DEFAULT 'in the year 1952', ADD remark text DEFAULT 'the last column'");
	return 0;
}

static void columns_are_reached(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_expect(term, "Grace");
	const char *head = term_row(term, 2);
	assert_non_null(strstr(head, "balance"));
	assert_non_null(strstr(head, " >"));
	assert_false(term_shows(term, "the last column"));
	term_type(term, "i"); /* under their own names */
	term_expect(term, "branch          Philadelphia");
	term_expect(term, "opened          in the year 1952");
	term_type(term, "<Esc>");
	term_expect_gone(term, "Account 7001");
	term_type(term, "<Right>");
	term_expect_gone(term, "balance");
	term_expect(term, "< "); /* there is something at the left */
	console_expect_selected(term, "7001");
	term_type(term, ":right 5<Enter>");
	term_expect(term, "the last column");
	console_expect_selected(term, "7001");
	term_type(term, "l");
	term_expect(term, "all columns are shown");
	term_type(term, "s<Down>d"); /* picks are marked all the same */
	term_expect(term, "7001  F");
	term_type(term, "hhhhh");
	term_expect(term, "balance");
	term_type(term, "h");
	term_expect(term, "the first columns");
	console_quit(term);
}

static void all_of_them_fit(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<Right>");
	term_expect(term, "all columns are shown");
	term_expect(term, "balance");
	console_quit(term);
}

/* The keys of vi's line: to the first column, to the last. */
static void to_the_ends(void **state)
{
	struct term *term = console_open(state, 10, 40);
	term_type(term, "$");
	term_expect(term, "the last column");
	term_expect_gone(term, "balance");
	console_expect_selected(term, "7001");
	term_type(term, "^");
	term_expect(term, "balance");
	term_expect_gone(term, "the last column");
	console_quit(term);
}

static int past(void **state)
{
	(void)state;
	pg_bank(30);
	pg_exec("INSERT INTO transfers SELECT '01234567-89ab-4def-8123-456789abcdef', 7001, 7011, 4711,"
		" timestamptz '2020-01-01 10:00:00+00'");
	return 0;
}

static void the_ledger(void **state)
{
	struct term *term = console_open(state, 10, 40);
	term_type(term, "<F5>");
	term_expect(term, ">10:00");
	const char *head = term_row(term, 2);
	assert_non_null(strstr(head, " >"));
	term_type(term, "<Right>");
	term_expect(term, ">01234567 <");
	term_type(term, "$");
	term_expect(term, ">01234567 <89ab-4def-8123-456789abcdef");
	assert_null(strstr(term_row(term, 2), " >"));
	term_type(term, "l");
	term_expect(term, "nothing is hidden at the right");
	term_type(term, ":left 2<Enter>");
	term_expect_gone(term, "456789abcdef");
	term_type(term, "^");
	term_expect(term, ">10:00");
	term_type(term, "h");
	term_expect(term, "the lines begin here");
	console_quit(term);
	term_free(term);
	term = *state = console_open(state, 45, 140);
	term_type(term, "<F5>");
	term_expect(term, "01234567-89ab-4def-8123-456789abcdef");
	term_type(term, "l");
	term_expect(term, "nothing is hidden at the right");
	term_expect(term, ">2020-01-01 10:00:00");
	console_quit(term);
}

static void the_lessons(void **state)
{
	struct term *term = console_open(state, 10, 40);
	term_type(term, "<F3>");
	term_expect(term, "> first-transfer");
	assert_false(term_shows(term, "first-transfer   <"));
	term_type(term, "l");
	term_expect(term, "> first-transfer  <");
	term_type(term, "hh");
	term_expect(term, "the lines begin here");
	console_quit(term);
}

/* The statement is read to its end, while the time, the session, the answer and the milliseconds stay. */
static void the_log(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":transfer 7001 7002 100 --yes<Enter>");
	term_expect(term, "moved 100 from 7001 to 7002");
	term_type(term, "<F6>z");
	term_expect(term, "what");
	term_expect(term, " > result");
	assert_false(term_shows(term, "< what"));
	term_type(term, "$");
	term_expect(term, "< what");
	assert_false(term_shows(term, " > result"));
	term_type(term, "l");
	term_expect(term, "nothing is hidden at the right");
	term_type(term, "^");
	term_expect_gone(term, "< what");
	term_expect(term, "BEGIN");
	console_quit(term);
}

/* The session stays while its statement, which is cut at first, is read to its end. */
static void the_sessions(void **state)
{
	struct pg_session *idle = pg_open();
	int64_t pid = pg_ask(idle, "SELECT pg_backend_pid() /* %0300d the end of it */", 7);
	char text[32];
	snprintf(text, sizeof text, "%lld", (long long)pid);
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<F4>");
	term_expect(term, text);
	assert_non_null(strstr(term_row(term, 2), " >"));
	assert_false(term_shows(term, "the end of it"));
	for (int i = 0; i < 100 && !term_shows(term, "the end of it"); i++) {
		term_type(term, "l");
		term_settle(term);
	}
	term_expect(term, "the end of it");
	term_expect(term, text);
	assert_non_null(strstr(term_row(term, 2), "<"));
	term_type(term, "^");
	term_expect_gone(term, "the end of it");
	term_expect(term, "application");
	console_quit(term);
	pg_close(idle);
}

static void ids_that_are_not_there(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":goto 59<Enter>");
	term_expect(term, "there is no account 59: this is the next one");
	console_expect_selected(term, "7001");
	term_type(term, ":goto 99999<Enter>");
	term_expect(term, "there is no account 99999: this is the last one");
	console_expect_selected(term, "7030");
	term_type(term, ":7010<Enter>");
	console_expect_selected(term, "7010");
	assert_false(term_shows(term, "there is no account"));
	term_type(term, "/8999");
	term_expect(term, "no id begins so: this is the last one");
	term_type(term, "<Esc>/2099");
	term_expect(term, "no id begins so: this is the next one");
	console_expect_selected(term, "7001");
	term_type(term, "<Esc>:filter balance <lt> 0<Enter>");
	term_expect(term, "no account passes the filter");
	term_type(term, ":filter id > 7020<Enter>");
	console_expect_selected(term, "7021");
	term_type(term, ":7003<Enter>");
	term_expect(term, "the filter shows no account 7003");
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(columns_are_reached, wide, term_teardown),
		cmocka_unit_test_setup_teardown(all_of_them_fit, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(to_the_ends, wide, term_teardown),
		cmocka_unit_test_setup_teardown(the_ledger, past, term_teardown),
		cmocka_unit_test_setup_teardown(the_lessons, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_log, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_sessions, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(ids_that_are_not_there, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/sideways", tests, pg_own_database, NULL);
}
