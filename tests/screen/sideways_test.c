/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts with more columns than fit are scrolled sideways with the id kept and marks where there is more; and ids
 * that are not there. */
#include <locale.h>
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
		cmocka_unit_test_setup_teardown(ids_that_are_not_there, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/sideways", tests, pg_own_database, NULL);
}
