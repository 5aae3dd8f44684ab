/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Search in lines on the screen, and what the help runs: / in help, full texts and the log, n and N, what is marked, and Esc, which goes back. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"

/* The text is shown, and is or is not in reverse: the opposite of its line where it is marked. */
static void expect_mark(struct term *term, const char *text, bool marked)
{
	int row, col;
	assert_true(term_find(term, text, &row, &col));
	assert_int_equal(term_pen(term, row, col).reverse, marked);
}

static void search_for(struct term *term, const char *text)
{
	char keys[64];
	snprintf(keys, sizeof keys, "/%s", text);
	term_type(term, keys);
	term_expect(term, keys);
	term_type(term, "<Enter>");
	term_expect_gone(term, keys);
}

/* The selected line of the log, which is drawn in reverse from its beginning on, holds that. */
static bool selects(struct term *term, void *text)
{
	for (int row = 0; row < term_rows(term); row++)
		if (term_pen(term, row, 2).reverse && strstr(term_row(term, row), text))
			return true;
	return false;
}

static void in_the_help(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "?");
	term_expect(term, "Keys in the accounts:");
	term_expect(term, "/ search");
	term_type(term, "/RIVAL: ");
	term_expect(term, "the rival: another session");
	term_expect(term, "in capitals or not");
	expect_mark(term, "rival: another", false); /* in the selected line */
	expect_mark(term, "another session", true);
	term_type(term, "<Esc>");
	term_expect(term, "Keys in the accounts:");
	term_type(term, "/Signs in the<Enter>");
	term_expect(term, "Signs in the log:");
	term_type(term, "/no such words");
	term_expect(term, "no line holds that");
	term_type(term, "<Enter>n");
	term_expect(term, "no line holds what was searched for");
	term_type(term, "q");
	term_expect(term, "Accounts");
	console_quit(term);
}

/* Enter runs what the selected line stands for: a key's command, a command, or the beginning of one that takes words. */
static void a_line_of_the_help_is_run(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "?");
	term_expect(term, "Keys in the accounts:");
	term_type(term, "<Enter>");
	term_expect(term, "this line stands for no command");
	search_for(term, "to the lessons");
	term_type(term, "<Enter>");
	term_expect(term, "first-transfer");
	term_expect_gone(term, "q close");
	term_type(term, "<F2>?");
	term_expect(term, "Enter run");
	search_for(term, "TRANSFER [");
	term_type(term, "<Enter>");
	term_expect(term, ":transfer");
	term_type(term, " 7003 7004 10<Enter>");
	term_expect(term, "y do it");
	term_settle(term); /* what is typed before all of the question is drawn does not answer it */
	term_type(term, "n");
	term_expect_gone(term, "y do it");
	term_type(term, ":help ledger<Enter>");
	term_expect(term, "Help on a command");
	term_type(term, "G<Enter>");
	term_expect(term, "no transfer was made yet");
	console_quit(term);
}

/* Lines move the selection, which moves the text at its edge; pages move the text at once, and so does the wheel. */
static void the_help_moves(void **state)
{
	static const char wheel[] = "\x1b[<65;10;10M";
	struct term *term = console_open(state, 24, 80);
	term_type(term, "?");
	term_expect(term, "lines 1-19");
	term_type(term, "<Down>");
	term_wait(term, selects, "the selected account pays", "the second line is selected");
	assert_true(term_shows(term, "lines 1-19"));
	term_type(term, " ");
	term_expect(term, "lines 19-37");
	search_for(term, "CONNECTION RESTS"); /* the words of the title are explained */
	term_expect(term, "is made again when something is asked");
	term_type(term, "g");
	term_expect(term, "lines 1-19");
	term_send(term, wheel, strlen(wheel));
	term_expect(term, "lines 4-22");
	term_type(term, "G");
	term_expect(term, "drag with Shift held");
	term_type(term, "q");
	console_quit(term);
}

/* What is typed in one piece with the key that opens the help is looked for there, too. */
static void from_match_to_match(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "?/:<BS>: another session<Enter>");
	term_expect(term, "the rival: another session");
	term_type(term, "n");
	term_expect(term, "went on at the first line");
	term_type(term, "g/Keys in <Enter>");
	term_expect(term, "lines 1-");
	term_type(term, "nnnnnn");
	term_expect(term, "Keys in the SQL log:");
	term_type(term, "NNNN");
	term_expect(term, "Keys in the list of lessons:");
	term_type(term, "gN");
	term_expect(term, "went on at the last line");
	term_expect(term, "Keys in a full text:");
	term_type(term, "q");
	console_quit(term);
}

static void in_the_log(void **state)
{
	struct term *term = console_open(state, 45, 140);
	term_type(term, ":transfer 7001 7002 100 --yes<Enter>");
	term_expect(term, "moved 100 from 7001 to 7002");
	term_type(term, "<F6>n");
	term_expect(term, "nothing was searched for here");
	search_for(term, "begin");
	term_expect(term, "f follows the newest");
	term_wait(term, selects, "BEGIN", "the line of the BEGIN is selected");
	expect_mark(term, "BEGIN", false); /* in a line in reverse */
	search_for(term, "- 100");
	term_wait(term, selects, "- 100", "the first UPDATE is selected");
	search_for(term, "+ 100");
	term_wait(term, selects, "+ 100", "the second UPDATE is selected");
	expect_mark(term, "+ 100", false);
	term_type(term, "n");
	term_expect(term, "went on at the first line");
	term_type(term, "G/begin");
	term_expect(term, "found from the first line on");
	term_type(term, "<Esc>");
	term_expect(term, "following the newest");
	expect_mark(term, "BEGIN", false);
	console_quit(term);
}

/* The full text is wrapped, and is searched where it is cut, too; from the panes beside the log, / looks for accounts. */
static void in_a_full_text(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":transfer 7001 7002 100 --yes<Enter>");
	term_expect(term, "moved 100 from 7001 to 7002");
	term_type(term, "<F6>");
	search_for(term, "update");
	term_type(term, "<Enter>");
	term_expect(term, "q close");
	search_for(term, "where");
	expect_mark(term, "WHERE", true);
	term_type(term, "q<F2>/7029");
	term_expect(term, "the beginning of an id");
	term_type(term, "<Enter>");
	console_expect_selected(term, "7029");
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(in_the_help, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(from_match_to_match, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_line_of_the_help_is_run, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_help_moves, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(in_the_log, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(in_a_full_text, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/find", tests, NULL, NULL);
}
