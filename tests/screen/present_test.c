/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen in front of people: a log that is emptied for the next demonstration, and --present, which shows one thing large. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lesson/spec_file.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/proc.h"

/* ---- :clear ---- */

/* What was shown stays away, whatever is pressed, until it is asked for; what comes is shown. */
static void the_log_is_emptied(void **state)
{
	struct term *term = console_open(state, 45, 140);
	term_type(term, ":transfer 7001 7002 100 --yes<Enter>");
	term_expect(term, "moved 100 from 7001 to 7002");
	term_expect(term, "balance - 100");
	term_type(term, ":clear<Enter>");
	term_expect(term, "SQL log  0 lines since :clear  following the newest");
	term_expect(term, "statements appear here as they are sent");
	term_type(term, "<F6><Home><PgUp><Up>ee");
	term_settle(term);
	assert_false(term_shows(term, "balance - 100"));
	term_type(term, ":transfer 7001 7002 7 --yes<Enter>");
	term_expect(term, "moved 7 from 7001 to 7002");
	term_expect(term, "balance - 7");
	assert_false(term_shows(term, "balance - 100"));
	term_type(term, ":clear undo<Enter>");
	term_expect_gone(term, "since :clear");
	term_type(term, "<Home>");
	term_expect(term, "balance - 100");
	term_type(term, "?");
	term_expect(term, "Keys in the SQL log");
	term_type(term, ":clear<Enter>q"); /* under what is on top of it, too */
	term_expect(term, "SQL log  0 lines since :clear");
	term_type(term, ":clear everything<Enter>");
	term_expect(term, "clear undo shows its lines again; not \"everything\"");
	console_quit(term);
}

/* ---- --present ---- */

/* The text is bold, has its line for itself, and is in the middle of it. */
static bool is_large(struct term *term, void *text)
{
	int row, col, from = -1;
	while ((from = term_row_with(term, text, from + 1)) >= 0) {
		const char *line = term_row(term, from);
		size_t blank = strspn(line, " ");
		row = from;
		col = (int)blank;
		int left = term_cols(term) - col - (int)strlen(line + blank);
		if (strcmp(line + blank, text) == 0 && abs(left - col) <= 1 && term_pen(term, row, col).bold)
			return true;
	}
	return false;
}

static void expect_large(struct term *term, const char *text)
{
	char copy[120];
	snprintf(copy, sizeof copy, "%s", text);
	term_wait(term, is_large, copy, text);
}

static void expect_bold(struct term *term, const char *text, bool bold)
{
	int row, col;
	term_expect(term, text);
	assert_true(term_find(term, text, &row, &col));
	assert_int_equal(term_pen(term, row, col).bold, bold);
}

static const char payments[] =
	"#@ title Two savers\n#@ say \"Account 1\"\n#@ \"holds 100.\"\n"
	"setup { CREATE TABLE t (n INT); INSERT INTO t VALUES (100); }\nteardown { DROP TABLE t; }\n"
	"session A step ab { BEGIN; } step aw { UPDATE t SET n = n + 1; } step ac { COMMIT; }\n"
	"session B step bw { UPDATE t SET n = n + 10; } step bl { SELECT n FROM t; }\n"
	"#@ say ab \"A begins.\"\n#@ say aw \"A pays in.\"\n#@ say bl \"B looks.\"\n"
	"#@ ask bw \"What happens to B?\"\n#@ | it pays = ok\n#@ | it waits = waits *\n"
	"#@ because \"A has the row.\"\n#@ after bw waits ok \"B had to wait.\"\n#@ say ac \"A is done.\"\n"
	"#@ check \"SELECT n FROM t\" = 111\n#@ end \"Both are there.\"\n"
	"permutation ab aw bw ac bl\n";

static void open_payments(struct term *term)
{
	struct buf line = {0};
	char *path = spec_file_write(payments);
	buf_fmt(&line, ":lab play %s<Enter>", path);
	term_type(term, line.p);
	buf_free(&line);
	free(path);
}

static void a_lesson_is_presented(void **state)
{
	struct term *term = console_open(state, 24, 80);
	open_payments(term);
	term_expect(term, "PAUSED  step 0 of");
	term_expect(term, "Space next step");
	expect_bold(term, "A  no transaction", false);
	term_type(term, "<F11>");
	expect_large(term, "Account 1 holds 100.");
	term_expect_gone(term, "Space next step");
	assert_false(term_shows(term, "The story"));
	term_type(term, " ");
	expect_large(term, "A begins.");
	term_type(term, " ");
	term_expect(term, "QUESTION  step 2 of 5"); /* it goes before the answer to the step above */
	expect_large(term, "UPDATE t SET n = n + 10");
	expect_bold(term, "1  it pays", true);
	assert_false(term_shows(term, "Press 1 to"));
	console_quit(term);
}

/* What was asked, the verdict, and what goes on beside the statement are large, too. */
static void a_question_is_presented(void **state)
{
	struct term *term = console_open(state, 45, 140);
	term_type(term, "<F11>");
	open_payments(term);
	expect_large(term, "Account 1 holds 100.");
	term_type(term, " ");
	expect_large(term, "A begins.");
	term_type(term, " ");
	expect_bold(term, "What happens to B?", true);
	expect_bold(term, "2  it waits", true);
	expect_large(term, "UPDATE t SET n = n + 10");
	expect_bold(term, "UPDATE t SET n = n + 1 ", false); /* of the lanes */
	term_type(term, "2");
	expect_large(term, "waits for A");
	expect_bold(term, "Right: 2, it waits", true);
	expect_bold(term, "A has the row.", true);
	term_type(term, " ");
	expect_bold(term, "B goes on: UPDATE 1", true);
	expect_large(term, "A is done.");
	term_type(term, "<lt><lt>");
	expect_large(term, "UPDATE t SET n = n + 10");
	expect_large(term, "B had to wait.");
	term_type(term, " ");
	expect_large(term, "SELECT n FROM t");
	expect_large(term, "111");
	expect_large(term, "Both are there.");
	term_type(term, "<F11>");
	term_expect(term, "The story");
	term_expect(term, "Space next step");
	console_quit(term);
}

/* No lane, no frame: only what is presented; and what does not fit is said to be more. */
static void on_a_very_small_screen(void **state)
{
	struct term *term = console_open(state, 10, 40);
	term_type(term, "<F11>");
	open_payments(term);
	expect_large(term, "Account 1 holds 100.");
	assert_false(term_shows(term, "step 0 of"));
	term_type(term, " ");
	expect_large(term, "A begins.");
	term_type(term, " ");
	expect_bold(term, "2  it waits", true);
	expect_bold(term, "What happens to B?", true);
	term_type(term, "2");
	expect_large(term, "waits for A");
	term_type(term, " ");
	expect_bold(term, "B goes on: UPDATE 1", true);
	term_type(term, "?");
	term_expect(term, "Keys in");
	term_type(term, "q");
	term_expect_gone(term, "Keys in");
	term_type(term, " ");
	expect_large(term, "Both are there.");
	console_quit(term);
}

/* Sends the statement that is held, and waits for the next one. */
static void hold(struct term *term, const char *held, const char *next)
{
	char words[80];
	snprintf(words, sizeof words, "next: %s", held);
	term_expect(term, words);
	term_type(term, " ");
	term_expect(term, next);
}

static void a_transfer_is_presented(void **state)
{
	const char *const argv[] = {proc_teller(), "--present", NULL};
	struct term *term = term_start(argv, NULL, 24, 80);
	*state = term;
	term_expect(term, "7001");
	expect_large(term, "No transfer was made yet.");
	expect_bold(term, "Accounts", false);
	assert_false(term_shows(term, "s from"));
	term_type(term, ":step on<Enter>:transfer 7001 7002 half --yes<Enter>");
	expect_large(term, "It is held, and not sent yet.");
	expect_large(term, "BEGIN ISOLATION LEVEL SERIALIZABLE");
	hold(term, "BEGIN", "next: SAVEPOINT");
	hold(term, "SAVEPOINT", "next: SELECT");
	hold(term, "SELECT", "next: UPDATE");
	expect_large(term, "What is moved is decided by what was read just now.");
	hold(term, "UPDATE", "next: UPDATE");
	expect_large(term, "UPDATE accounts SET balance = balance - 500 WHERE id = 7001");
	expect_large(term, "1 row");
	expect_large(term, "The new balance is written; others see it only once it is committed.");
	term_type(term, ":step off<Enter>");
	expect_large(term, "Committed on attempt 1: the money has moved.");
	term_type(term, ":set present off<Enter>");
	term_expect(term, "s from");
	expect_bold(term, "Accounts", true);
	console_quit(term);
}

/* The rival's part is told while the transfer runs, and the end is the transfer's own. */
static void a_retry_is_presented(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<F11>:step on<Enter>:rival on<Enter>:transfer 7001 7002 half --yes<Enter>");
	expect_large(term, "It is held, and not sent yet.");
	hold(term, "BEGIN", "next: SAVEPOINT");
	hold(term, "SAVEPOINT", "next: SELECT");
	hold(term, "SELECT", "next: UPDATE");
	expect_large(term, "Meanwhile another session changes one of the two accounts.");
	hold(term, "UPDATE", "next: BEGIN");
	expect_large(term, "40001 serialization failure");
	expect_large(term, "The server refuses it: serialization failure. All of it is rolled back.");
	term_type(term, ":step off<Enter>");
	expect_large(term, "Committed on attempt 2: the money has moved.");
	term_expect(term, "transfer T1, attempt 2");
	term_settle(term); /* the rival puts its unit back meanwhile */
	expect_large(term, "Committed on attempt 2: the money has moved.");
	console_quit(term);
}

/* What is a table in a shell is one on a screen of 80 columns, line for line. */
static void tables_of_the_lab(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":lab progress<Enter>");
	term_expect(term, "first-transfer                   -          -");
	term_type(term, "q:lab matrix<Enter>");
	term_expect(term, "anomaly                       READ COMMITTED  REPEATABLE READ  SERIALIZABLE");
	term_expect(term, "lost update (P4)              happens         no: 40001        no: 40001");
	term_type(term, "q:lab handout all<Enter>");
	term_expect(term, "lab handout writes to standard output; run it from a shell");
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_log_is_emptied, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_lesson_is_presented, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_question_is_presented, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(on_a_very_small_screen, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_transfer_is_presented, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_retry_is_presented, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(tables_of_the_lab, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/present", tests, NULL, NULL);
}
