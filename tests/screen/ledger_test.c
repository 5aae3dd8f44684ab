/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger on the screen: F5 lists the transfers, u takes one back after a review, F2 and Esc go back to the
 * accounts. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

static int fresh_bank(void **state)
{
	(void)state;
	pg_bank(30);
	pg_exec("INSERT INTO transfers SELECT ('00000000-0000-4000-8000-' || lpad(g::text, 12, '0'))::uuid,"
		" 7001 + mod(g, 3), 7011, g, timestamptz '2020-01-01 10:00:00+00' + g * interval '1 s'"
		" FROM generate_series(1, 900) g");
	return 0;
}

static void there_and_back(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<F5>");
	term_expect(term, "Ledger  newest first");
	term_expect(term, ">2020-01-01 10:15:00");
	assert_true(term_shows(term, "900  00000000  ")); /* an id that does not fit is its first digits, uncut */
	assert_false(term_shows(term, "00000000-0"));
	term_type(term, "<Down>");
	term_expect(term, ">2020-01-01 10:14:59");
	term_type(term, "<Enter>");
	term_expect(term, "00000000-0000-4000-8000-000000000899");
	term_type(term, "<Esc>");
	term_expect_gone(term, "A transfer of the ledger");
	term_type(term, "<Esc>");
	term_expect(term, "Accounts");
	console_expect_selected(term, "7001");
	console_expect_number(
		term,
		"SELECT count(*) FROM pg_stat_activity WHERE split_part(application_name, ' ', 1) = 'teller/ledger'",
		0);
	term_type(term, "<F5>");
	term_expect(term, "Ledger");
	term_type(term, "<F2>");
	term_expect_gone(term, "Ledger");
	console_quit(term);
}

/* 900 of them are more than are kept in memory. */
static void from_end_to_end(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<F5>");
	term_expect(term, ">2020-01-01 10:15:00");
	term_type(term, "<End>");
	term_expect(term, ">2020-01-01 10:00:01");
	for (int i = 0; i < 100; i++)
		term_type(term, "<PgUp>");
	term_expect(term, ">2020-01-01 10:15:00");
	for (int i = 0; i < 100; i++)
		term_type(term, "<PgDn>");
	term_expect(term, ">2020-01-01 10:00:01");
	term_type(term, "g");
	term_expect(term, ">2020-01-01 10:15:00");
	console_quit(term);
}

static void of_one_account(void **state)
{
	struct term *term = console_open(state, 45, 140);
	term_type(term, ":ledger --of 7003<Enter>");
	term_expect(term, "of account 7003");
	term_expect(term, "00000000-0000-4000-8000-000000000899");
	term_expect(term, ">2020-01-01 10:14:59");
	for (int i = 0; i < 20; i++)
		term_type(term, "<PgDn>");
	term_expect(term, ">2020-01-01 10:00:02");
	term_expect(term, "300 transfers");
	term_type(term, ":ledger --of 7029<Enter>");
	term_expect(term, "this account took part in no transfer");
	term_type(term, "<F2>");
	console_expect_selected(term, "7001");
	term_type(term, "i");
	term_expect(term, "Account 7001");
	term_expect(term, "2020-01-01 10:15:00  paid 900 to 7011"); /* the whole time, to the second */
	term_type(term, "<Esc>");
	console_quit(term);
}

/* What is for a printed ledger alone is refused, one transfer is shown in full, and nothing is passed over in silence. */
static void options_on_a_screen(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":ledger --id 00000000-0000-4000-8000-000000000007<Enter>");
	term_expect(term, "A transfer of the ledger");
	term_expect(term, "2020-01-01 10:00:07");
	term_type(term, "<Esc>");
	term_expect_gone(term, "A transfer of the ledger");
	term_type(term, ":ledger --id 00000000-0000-4000-8000-00000000ffff<Enter>");
	term_expect(term, "there is no transfer 00000000-0000-4000-8000-00000000ffff in the ledger");
	pg_exec("INSERT INTO transfers VALUES ('abcdef01-0000-4000-8000-000000000001', 7001, 7002, 3, '2021-01-01 "
		"10:00Z')");
	term_type(term, ":ledger --id abcdef01<Enter>");
	term_expect(term, "abcdef01-0000-4000-8000-000000000001");
	term_type(term, "<Esc>");
	term_expect_gone(term, "A transfer of the ledger");
	term_type(term, ":ledger --id 00000000<Enter>");
	term_expect(term, "more than one transfer in the ledger has an id that begins with 00000000");
	term_type(term, ":ledger --limit 3<Enter>");
	term_expect(term, "ledger takes --limit only where it prints, in a shell");
	term_type(term, ":show 7001 --csv<Enter>");
	term_expect(term, "show takes --csv only where it prints, in a shell");
	term_type(term, ":count --format=json<Enter>");
	term_expect(term, "count takes --format only where it prints, in a shell");
	console_expect_selected(term, "7001");
	console_quit(term);
}

static void undone_after_a_review(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":transfer 7001 7002 100 --yes<Enter>");
	term_expect(term, "moved 100 from 7001 to 7002");
	term_type(term, "<F5>");
	term_expect(term, "2020-01-01 10:15:00");
	term_type(term, "u");
	term_expect(term, ":transfer 7002 7001 100");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "moved 100 from 7002 to 7001");
	console_expect_in_order(term, "7002    7001     100", "7001    7002     100", "10:15:00");
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
	char *id =
		pg_value("SELECT left(id::text, 8) FROM transfers WHERE source = 7002 ORDER BY made_at DESC LIMIT 1");
	char line[40]; /* as this list shows it */
	snprintf(line, sizeof line, ":undo %s<Enter>", id);
	free(id);
	term_type(term, line);
	term_expect(term, ":transfer 7001 7002 100");
	term_settle(term);
	term_type(term, "n");
	term_expect_gone(term, "y do it");
	term_type(term, "<F2>");
	console_expect_selected(term, "7001");
	term_type(term, "u"); /* nobody is asked about what will not happen */
	term_expect(term, "is undone already");
	assert_false(term_shows(term, "y do it"));
	console_quit(term);
}

static void the_session_is_lost(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<F5>");
	term_expect(term, ">2020-01-01 10:15:00");
	pg_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE split_part(application_name, ' ', 1) = "
		"'teller/ledger'");
	term_expect(term, "failed read");
	term_type(term, "<End>");
	term_expect(term, ">2020-01-01 10:00:01");
	console_quit(term);
}

static void at_40x10(void **state)
{
	struct term *term = console_open(state, 10, 40);
	term_type(term, "<F5>");
	console_expect_in_order(term, " at       from      to  amount", ">10:15    7001    7011     900");
	term_type(term, "<Enter>");
	term_expect(term, "2020-01-01");
	term_type(term, "q<Tab>");
	term_expect(term, "SQL log");
	term_type(term, "<Esc><F2>");
	term_expect(term, "Accounts");
	console_quit(term);
}

static void without_a_ledger(void **state)
{
	pg_exec("DROP TABLE transfers");
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<F5>");
	term_expect(term, "there is no ledger table; `:init` makes one");
	console_expect_selected(term, "7001");
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(there_and_back, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(from_end_to_end, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(of_one_account, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(options_on_a_screen, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(undone_after_a_review, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_session_is_lost, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(at_40x10, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(without_a_ledger, fresh_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/ledger", tests, pg_own_database, NULL);
}
