/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leaving: q goes back to where a place was opened from, leaves only at the top, and asks where something would be
 * lost. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static void still_runs(struct term *term)
{
	int status;
	term_settle(term);
	assert_false(term_ended(term, &status));
}

static void expect_accounts(struct term *term)
{
	term_expect(term, "Accounts");
	term_expect(term, "q quit");
}

static void q_goes_back(void **state)
{
	struct term *term = console_open(state, 24, 80);
	expect_accounts(term);
	term_type(term, "<F5>");
	term_expect(term, "no transfer was made yet");
	term_expect(term, "q back");
	assert_false(term_shows(term, "q quit"));
	term_type(term, "q");
	expect_accounts(term);
	term_type(term, "<F3>");
	term_expect(term, "first-transfer");
	term_expect(term, "q back");
	term_type(term, "<Enter>");
	term_expect(term, "Space next step");
	term_type(term, "q");
	term_expect(term, "Enter play");
	term_type(term, "q");
	expect_accounts(term);
	term_type(term, "z");
	term_expect_gone(term, "SQL log");
	term_type(term, "q");
	term_expect(term, "SQL log");
	term_type(term, "?q");
	expect_accounts(term);
	term_type(term, "q");
	term_expect_exit(term, 0);
	term_expect_restored(term);
}

/* The log in the room of all panes is closed; Q and F10 leave from anywhere. */
static void q_on_a_small_screen(void **state)
{
	struct term *term = console_open_with(state, 10, 40, NULL, "7001");
	term_type(term, "<F6>");
	term_expect(term, "SQL log");
	term_type(term, "q");
	term_expect(term, "7001");
	term_type(term, "<F5>");
	term_expect(term, "Ledger");
	term_type(term, "Q");
	term_expect_exit(term, 0);
	term_expect_restored(term);
}

/* A lesson's own lanes are left by q from the log below them, too; the log alone is closed first. */
static void q_in_the_log_of_a_lesson(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":lab play first-transfer<Enter>");
	term_expect(term, "Space next step");
	term_type(term, "<F6>");
	term_expect(term, "SQL log");
	term_type(term, "q");
	term_expect(term, "Space next step");
	term_type(term, "q");
	term_expect(term, "Enter play");
	term_type(term, "qq");
	term_expect_exit(term, 0);
}

static void a_held_transfer_is_asked_about(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":step on<Enter>:transfer 7001 7002 --yes<Enter>");
	term_expect(term, "next: BEGIN");
	term_type(term, "q");
	term_expect(term, "a transfer is held");
	term_settle(term);
	term_type(term, "n");
	term_expect_gone(term, "a transfer is held");
	term_type(term, "<F10>");
	term_expect(term, "a transfer is held");
	term_settle(term);
	term_type(term, "y");
	term_expect_exit(term, 0);
	term_expect_restored(term);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
}

static void change_the_demo(struct term *term)
{
	term_type(term, "s<Down>d<Enter>");
	term_expect(term, ":transfer ");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "COMMITTED");
	term_expect(term, "moved ");
}

static void a_changed_demo_is_asked_about(void **state)
{
	struct term *term = console_demo(state, 24, 80);
	change_the_demo(term);
	term_type(term, ":q<Enter>");
	term_expect(term, "This bank is thrown away");
	term_expect(term, "1 transaction committed");
	term_settle(term);
	term_type(term, "q"); /* twice is no yes */
	term_expect_gone(term, "thrown away");
	still_runs(term);
	term_type(term, ":quit --yes<Enter>");
	term_expect_exit(term, 0);
	term_expect_restored(term);
}

/* Nothing was changed, or it is kept: nothing to ask. */
static void nothing_lost_is_not_asked(void **state)
{
	struct term *term = console_demo(state, 24, 80);
	term_type(term, "q");
	term_expect_exit(term, 0);
	term_expect_restored(term);
}

/* The first screen shows the way: in the empty pane, and by the keys below. */
static void the_first_screen_shows_the_way(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_expect_in_order(term, "Enter reviews it, y moves the money", "I     the next one meets a real conflict",
				"u     takes it back", "F3    lessons",
				"s from  d to  Enter review  I rival  u undo  F3 lab");
	term_type(term, "s<Down>d<Enter>");
	term_expect(term, ":transfer ");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "moved 500");
	assert_false(term_shows(term, "takes it back"));
	console_quit(term);
}

/* Help begins with the keys of where one is, and says what the log's letters mean; one names its columns where there is
 * room. */
static void help_begins_with_where_one_is(void **state)
{
	struct term *term = console_open(state, 45, 140);
	term_expect(term, "result");
	term_type(term, "?");
	console_expect_in_order(term, "Keys in the accounts:", "Keys everywhere:");
	term_type(term, "q<F6>?");
	console_expect_in_order(term, "Keys in the SQL log:", "Keys everywhere:");
	term_type(term, "q<F3>");
	term_expect(term, "first-transfer");
	term_type(term, "?");
	console_expect_in_order(term, "Keys in the list of lessons:", "Keys everywhere:");
	term_type(term, "q<F2>:help<Enter>G");
	term_expect(term, "drag with Shift held");
	term_type(term, "q");
	console_quit(term);
}

/* A click on a key of the key line is that key. */
static void hints_are_clicked(void **state)
{
	struct term *term = console_open(state, 24, 80);
	int row, col;
	char press[32];
	assert_true(term_find(term, "? help", &row, &col));
	snprintf(press, sizeof press, "\x1b[<0;%d;%dM", col + 4, row + 1);
	term_send(term, press, strlen(press));
	term_expect(term, "Keys in the accounts:");
	term_type(term, "q");
	expect_accounts(term);
	console_quit(term);
}

/* The wheel moves the lines of the log at once, and back to the newest. */
static void the_wheel_moves_the_log(void **state)
{
	static const char up[] = "\x1b[<64;10;20M", down[] = "\x1b[<65;10;20M";
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":transfer 7001 7002 --yes<Enter>");
	term_expect(term, "following the newest");
	term_expect(term, "moved 500");
	term_type(term, "<Down>");
	term_expect(term, "1 attempt ");
	term_send(term, up, strlen(up));
	term_expect_gone(term, "1 attempt ");
	term_expect(term, "f follows the newest");
	term_send(term, down, strlen(down));
	term_expect(term, "1 attempt ");
	term_expect(term, "following the newest");
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(q_goes_back, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(q_on_a_small_screen, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(q_in_the_log_of_a_lesson, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_held_transfer_is_asked_about, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_first_screen_shows_the_way, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(help_begins_with_where_one_is, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(hints_are_clicked, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_wheel_moves_the_log, console_bank, term_teardown),
		cmocka_unit_test_teardown(a_changed_demo_is_asked_about, term_teardown),
		cmocka_unit_test_teardown(nothing_lost_is_not_asked, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/leaving", tests, NULL, NULL);
}
