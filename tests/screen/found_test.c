/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search finds in lists and lessons: the line, which of how many it is, and the marks on all of them. */
#include <locale.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

/* The first n columns of the text are marked: underlined, and in reverse unless their line is; what follows is not. */
static void expect_found(struct term *term, const char *text, int n, bool reverse)
{
	int row, col;
	assert_true(term_find(term, text, &row, &col));
	struct term_pen first = term_pen(term, row, col);
	struct term_pen behind = term_pen(term, row, col + n);
	assert_true(first.underline);
	assert_int_equal(first.reverse, reverse);
	assert_false(behind.underline);
}

static void in_the_help_all_are_counted(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "?");
	term_expect(term, "Keys in the accounts:");
	term_type(term, "/is paid");
	term_expect(term, "1 of 2");
	expect_found(term, "is paid", 7, false);
	term_type(term, "<Enter>");
	term_expect_gone(term, "/is paid");
	term_type(term, "n");
	term_expect(term, "2 of 2");
	term_type(term, "n");
	term_expect(term, "went on at the first line: 1 of 2");
	term_type(term, "N");
	term_expect(term, "went on at the last line: 2 of 2");
	term_type(term, "q");
	console_quit(term);
}

static void without_colours(void **state)
{
	struct term *term = console_open_with(state, 24, 80, (const char *const[]){"NO_COLOR=1", NULL}, "7001");
	term_type(term, "?");
	term_expect(term, "Keys in the accounts:");
	term_type(term, "/selected account");
	term_expect(term, "1 of ");
	expect_found(term, "selected account pays", 16, false);
	expect_found(term, "selected account is paid", 16, true);
	term_type(term, "<Esc>q");
	console_quit(term);
}

static void in_the_list_of_lessons(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<F3>");
	term_expect(term, "> first-transfer");
	term_type(term, "/LOST");
	term_expect(term, "> lost-update");
	term_expect(term, "1 of ");
	expect_found(term, "lost", 4, false); /* in the selected line, which is in reverse */
	term_type(term, "<Enter>");
	term_expect_gone(term, "/LOST");
	term_type(term, "N");
	term_expect(term, "no match above; went on at the last line");
	term_type(term, "/<Esc>"); /* nothing is looked for any more, and no line was left */
	term_type(term, "g");
	term_expect(term, "> first-transfer");
	term_type(term, "/no such lesson");
	term_expect(term, "no line holds that");
	term_type(term, "<Esc>");
	term_expect(term, "> first-transfer");
	console_quit(term);
}

/* A step is found by its SQL, though it is cut, or by what is told before it; Esc goes back to the next step. */
static void in_a_lesson(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_lesson(term, "lost-update");
	term_expect(term, "Next: A: BEGIN");
	term_type(term, "/commit");
	term_expect(term, "Looking back");
	term_expect(term, "1 of ");
	expect_found(term, "COMMIT", 6, true);
	term_type(term, "<Esc>");
	term_expect(term, "Next: A: BEGIN");
	term_expect_gone(term, "Looking back");
	term_type(term, "/commit<Enter>n");
	term_expect(term, "2 of ");
	term_type(term, "<Esc>");
	console_quit(term);
}

static void in_the_load(void **state)
{
	struct term *term = console_open(state, 45, 140);
	term_type(term, ":load --time 1 --workers 2 --yes<Enter>");
	term_expect(term, "is over");
	term_type(term, "<F9>/COMMITTED");
	term_expect(term, "/COMMITTED"); /* "1 of" may stand in the load, too */
	term_expect(term, "1 of ");
	expect_found(term, "committed", 9, true);
	term_type(term, "<Enter>");
	console_quit(term);
}

static int past(void **state)
{
	(void)state;
	pg_bank(30);
	pg_exec("INSERT INTO transfers SELECT ('00000000-0000-4000-8000-' || lpad(g::text, 12, '0'))::uuid,"
		" 7001 + mod(g, 3), 7011, g, timestamptz '2020-01-01 10:00:00+00' + g * interval '1 s'"
		" FROM generate_series(1, 900) g");
	return 0;
}

/* Only what was read is searched, and said to be. */
static void in_the_ledger(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<F5>");
	term_expect(term, ">2020-01-01 10:15:00");
	term_type(term, "/10:14:4");
	term_expect(term, ">2020-01-01 10:14:49");
	term_expect(term, "1 of 10");
	expect_found(term, "10:14:48", 7, true);
	term_type(term, "<Enter>n");
	term_expect(term, ">2020-01-01 10:14:48");
	term_type(term, "/000000000890"); /* of an id that is not shown whole */
	term_expect(term, ">2020-01-01 10:14:50");
	term_type(term, "<Esc>/10:00:01");
	term_expect(term, "no line that was read so far holds that");
	term_type(term, "<Esc>");
	term_expect(term, ">2020-01-01 10:14:48");
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(in_the_help_all_are_counted, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(without_colours, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(in_the_list_of_lessons, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(in_a_lesson, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(in_the_ledger, past, term_teardown),
		cmocka_unit_test_setup_teardown(in_the_load, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/found", tests, pg_own_database, NULL);
}
