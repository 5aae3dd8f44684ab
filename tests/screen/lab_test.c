/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab on the screen: a lesson played by Space alone, questions judged, steps out of turn, and every way out of
 * it. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/asset.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/lessons.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static int fresh_bank(void **state)
{
	(void)state;
	pg_bank(30);
	return 0;
}

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("screen_lab", NULL);
	return 0;
}

static void the_list(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<F3>");
	term_expect(term, "> first-transfer");
	term_expect(term, "Teaches:");
	console_expect_in_order(term, "first-transfer", "when-the-snapshot", "lost-update");
	term_type(term, "<Down>");
	term_expect(term, "> when-the-snapshot");
	term_type(term, "<End>");
	char last[40];
	size_t n = lessons_count(); /* and the exercises behind them */
	for (const struct asset_lesson *exercise = asset_exercises; exercise->name; exercise++)
		n++;
	snprintf(last, sizeof last, "%zu of %zu", n, n);
	term_expect(term, last);
	term_type(term, "<Esc>");
	console_expect_selected(term, "7001");
	console_quit(term);
}

/* A newcomer who knows no other key. */
static void by_space_alone(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_lesson(term, "lost-update");
	term_expect(term, "Next: A: BEGIN ISOLATION LEVEL SERIALIZABLE");
	term_expect(term, "Txn: none");
	console_space_to(term, 0, 1, 14);
	term_expect(term, "Txn: A");
	console_space_to(term, 1, 5, 14);
	term_expect(term, "QUESTION");
	term_expect(term, "Txn: A, B");
	term_expect(term, "  3  it waits for A, then fails: 40001");
	console_space_to(term, 5, 6, 14);
	term_expect(term, "WAITS for A");
	console_space_to(term, 6, 8, 14);
	term_expect(term, "The server's answer: 3, it waits for A, then fails: 40001");
	term_expect(term, "RETRY WANTED 40001");
	term_expect(term, "B read 1000 (old)");
	term_expect(term, "run all of it again");
	console_space_to(term, 8, 14, 14);
	term_expect(term, "OVER");
	term_expect(term, "Txn: none");
	term_expect(term, "Why the retry");
	console_expect_in_order(term, "A  COMMITTED                        step  B  COMMITTED", "What is true now");
	term_type(term, "A");
	term_expect(term, "this order is over; Space, twice, plays the next one, R plays this one again");
	term_type(term, "c");
	term_settle(term);
	term_expect(term, "this order is over; Space, twice, plays the next one, R plays this one again");
	term_type(term, "<lt>");
	term_expect(term, "Enter shows all of it; > goes on, Space, twice, plays the next order.");
	term_type(term, "  ");
	term_expect(term, "2 of 2  READ COMMITTED");
	term_expect(term, "PAUSED  step 0 of 10"); /* set up: before that Space does nothing */
	console_space_to(term, 0, 10, 10);
	term_expect(term, "A's update is lost");
	term_expect(term, "OVER");
	term_type(term, " ");
	term_expect(term, "that was all of it");
	term_type(term, "<Esc>");
	term_expect(term, "> ");
	console_expect_no_lanes(term, "screen_lab");
	console_quit(term);
}

static void answers_are_judged(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_lesson(term, "lost-update");
	term_type(term, "7");
	term_expect(term, "no question is open");
	term_type(term, "c");
	term_expect(term, "QUESTION  step 5 of 14");
	term_type(term, "4");
	term_expect(term, "the answers are 1 to 3");
	term_type(term, "3c"); /* goes on until there is the verdict */
	term_expect(term, "Right: 3, it waits for A");
	term_type(term, "c");
	term_expect(term, "QUESTION  step 10 of 14");
	term_type(term, "1");
	term_expect(term, "Yours: 1, 1000, as before");
	term_type(term, "c");
	term_expect(term, "You answered 1 of 2 as the server did");
	console_quit(term);
	assert_int_equal(pg_number("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'teller\\_lesson%%'"), 0);
}

static void out_of_turn(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_lesson(term, "lost-update");
	term_type(term, "b");
	term_expect(term, "out of turn");
	term_expect(term, "step 1 of 14");
	term_type(term, "b");
	term_expect(term, "step 2 of 14");
	term_expect(term, "B read 1000");
	term_type(term, "<Esc>");
	term_expect(term, "Teaches:");
	console_expect_no_lanes(term, "screen_lab");
	console_quit(term);
}

static void looking_back_and_again(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_lesson(term, "lost-update");
	console_space_to(term, 0, 3, 14);
	term_type(term, "<lt>");
	term_expect(term, "Looking back");
	term_expect(term, "Step 3, A: SELECT balance");
	term_type(term, "<Enter>");
	term_expect(term, "a_read");
	term_type(term, "<Esc>");
	term_expect_gone(term, "a_read");
	term_type(term, ">");
	term_expect(term, "The story");
	term_type(term, "<Down><Down>t");
	term_expect(term, "b 6");
	term_type(term, "c");
	term_expect(term, "step 5 of 14");
	term_type(term, "R");
	term_expect(term, "PAUSED  step 0 of 14");
	term_type(term, "o");
	term_expect(term, "The orders of this lesson");
	term_type(term, "<Esc>:lab order 2<Enter>");
	term_expect(term, "2 of 2  READ COMMITTED");
	term_expect(term, "PAUSED  step 0 of 10"); /* set up: before that Space does nothing */
	console_quit(term);
}

static void by_itself(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_lesson(term, "wrong-retry");
	for (int i = 0; i < 8; i++)
		term_type(term, "+");
	term_type(term, "A");
	for (int step = 3; step < 5; step++) { /* questions, one behind the other */
		char asks[40];
		snprintf(asks, sizeof asks, "QUESTION  step %d of 12", step);
		term_expect(term, asks);
		term_settle(term);
		term_type(term, "2");
	}
	term_expect(term, "OVER");
	console_quit(term);
}

/* In the middle of it, with B waiting for A. */
static void leaving_in_the_middle(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_lesson(term, "lost-update");
	console_space_to(term, 0, 6, 14);
	term_expect(term, "WAITS for A");
	term_type(term, "<Esc>");
	term_expect(term, "Teaches:");
	console_expect_no_lanes(term, "screen_lab");
	console_lesson(term, "lost-update");
	console_space_to(term, 0, 6, 14);
	term_expect(term, "WAITS for A");
	console_quit(term);
	console_expect_no_lanes(term, "screen_lab");
}

/* All lessons take seconds; the one that plays is torn down. */
static void all_of_them_are_cancelled(void **state)
{
	struct term *term = console_open(state, 30, 100);
	term_type(term, ":lab run all<Enter>:lab run deadlock<Enter>");
	term_expect(term, "a lesson is running; wait for it, or `:cancel` it");
	term_type(term, ":cancel<Enter>");
	term_expect(term, "cancelled");
	term_type(term, "<Esc>:lab run deadlock<Enter>");
	term_expect(term, " as expected");
	term_type(term, "<Esc>");
	console_quit(term);
}

static void a_lane_is_killed(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_lesson(term, "lost-update");
	console_space_to(term, 0, 6, 14);
	term_expect(term, "WAITS for A");
	pg_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
		" AND datname = 'screen_lab'");
	term_expect(term, "CONNECTION LOST");
	term_expect(term, "x 57P01"); /* the server said why, before the connection ended */
	term_type(term, "R");
	term_expect(term, "PAUSED  step 0 of 14");
	console_space_to(term, 0, 2, 14);
	term_type(term, "<Esc>");
	term_expect(term, "Teaches:");
	console_expect_no_lanes(term, "screen_lab");
	console_quit(term);
}

static void at_other_sizes(void **state)
{
	struct term *term = console_open(state, 10, 40);
	console_lesson(term, "lost-update");
	console_space_to(term, 0, 5, 14);
	term_expect(term, "QUESTION");
	term_expect(term, "Enter: all of it");
	term_expect(term, "  1  it "); /* without a key: who passes on with Space has seen it */
	term_expect(term, "  2  it ");
	term_type(term, "<Enter>");
	term_expect(term, "A step of the lesson");
	term_expect(term, "A has changed the row and not");
	term_type(term, "<Esc>");
	term_resize(term, 45, 140);
	term_expect(term, "SQL log");
	term_expect(term, "UPDATE accounts SET balance = balance + 250 WHERE id = 3");
	term_expect(term, "b_take  UPDATE"); /* explore and permutations name steps so */
	term_resize(term, 24, 80);
	console_space_to(term, 5, 8, 14);
	term_expect(term, "RETRY WANTED");
	console_quit(term);
}

static void straight_to_the_lab(void **state)
{
	const char *const argv[] = {proc_teller(), "lab", NULL};
	struct term *term = term_start(argv, NULL, 24, 80);
	*state = term;
	term_expect(term, "> first-transfer");
	term_type(term, "<Enter>");
	term_expect(term, "PAUSED  step 0 of");
	console_quit(term);
	console_expect_no_lanes(term, "screen_lab");
}

/* What was played and answered is seen in the list, in this run and in the next. */
static void progress_is_kept(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_lesson(term, "hot-account");
	term_type(term, "c");
	term_expect(term, "QUESTION");
	term_type(term, "1c"); /* goes on until there is the verdict */
	term_expect(term, "Right: 1");
	term_type(term, "c");
	term_expect(term, "OVER");
	term_type(term, "<Esc>");
	term_expect(term, "hot-account             +  The account");
	term_expect(term, "* done  + begun");
	console_quit(term);
	term_teardown(state);
	term = console_open(state, 24, 80);
	term_type(term, "<F3>");
	for (size_t i = lessons_index("hot-account"); i > 0; i--)
		term_type(term, "<Down>");
	term_expect(term, "> hot-account             +");
	term_expect(term, "Played: 1 of 3 orders, ");
	console_quit(term);
}

/* Names and answers are cut before they push out what a session does, and what it was asked. */
static void long_names_and_answers(void **state)
{
	char path[200];
	snprintf(path, sizeof path, "%s/long.spec", getenv("TMPDIR"));
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs("session \"A\x1b[31m has a name that is longer than its lane is wide\" step a { SELECT repeat('x', 99); "
	      "}\n"
	      "session B step b { SELECT 2; } session C step c { SELECT 3; }\npermutation a b c\n",
	      file);
	fclose(file);
	struct term *term = console_open(state, 24, 80);
	char line[240];
	snprintf(line, sizeof line, ":lab play %s<Enter>", path);
	term_type(term, line);
	term_expect(term, "PAUSED  step 0 of 3");
	term_expect(term, "no transaction   B");
	term_type(term, " ");
	term_expect(term, "SELECT");
	term_expect(term, "-> xxxxxxxxxx");
	term_expect(term, "step 1 of 3");
	console_quit(term);
}

/* What SERIALIZABLE remembers of reads stands behind the head line, and what stands below it stays where it was. */
static void remembered_reads(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_lesson(term, "write-skew");
	int head = term_row_with(term, "What is true now", 0), waits = term_row_with(term, "Waits      nobody", 0);
	assert_true(head > 0 && waits > head);
	assert_false(term_shows(term, "Remembered"));
	console_space_to(term, 0, 3, 11);
	term_expect(term, "What is true now   Remembered reads: A 1 table ");
	console_space_to(term, 3, 4, 11);
	term_expect(term, "What is true now   Remembered reads: A 1 table; B 1 table");
	term_resize(term, 45, 140);
	term_expect(term, "What is true now   Remembered reads: A 1 table; B 1 table");
	term_resize(term, 10, 40);
	term_expect(term, " = balance - 700 WHERE id = 1");
	assert_false(term_shows(term, "true now"));
	term_resize(term, 24, 80);
	term_expect(term, "What is true now   Remembered reads: A 1 table; B 1 table");
	console_space_to(term, 4, 7, 11);
	term_expect(term, "A  COMMITTED "); /* and what it has read is remembered for as long as B runs */
	term_expect(term, "What is true now   Remembered reads: A 1 page, 1 table; B 1 page, 1 table ");
	console_space_to(term, 7, 8, 11);
	term_expect_gone(term, "Remembered");
	console_space_to(term, 8, 10, 11);
	term_expect(term, "What is true now   Remembered reads: B 1 table ");
	term_type(term, " ");
	term_expect(term, "OVER");
	term_expect_gone(term, "Remembered");
	console_quit(term);
}

static const char *row_of(struct term *term, int rows, const char *one, const char *other)
{
	for (int i = 0; i < rows; i++)
		if (strstr(term_row(term, i), one) && strstr(term_row(term, i), other))
			return term_row(term, i);
	fail_msg("no row has \"%s\" and \"%s\"", one, other);
	return "";
}

/* A name of letters that are two bytes each takes as much room in the log as one that is ASCII. */
static void names_are_counted_in_columns(void **state)
{
	char path[200], line[240];
	snprintf(path, sizeof path, "%s/letters.spec", getenv("TMPDIR"));
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs("session \"\u00e9\u00e8\u00e0\u00fc\" step a { SELECT 41; }\npermutation a\n", file);
	fclose(file);
	struct term *term = console_open(state, 45, 140);
	snprintf(line, sizeof line, ":lab play %s<Enter>", path);
	term_type(term, line);
	term_expect(term, "PAUSED  step 0 of 1");
	term_type(term, " ");
	term_expect(term, "OVER  step 1 of 1");
	const char *row = row_of(term, 45, "\u00e9\u00e8\u00e0\u00fc", "SELECT 41; ");
	const char *border = NULL;
	for (const char *at = row; (at = strstr(at, "\u2502")); at++)
		border = at;
	assert_true(border && border > row);
	assert_true(border[-1] >= '0' && border[-1] <= '9'); /* the time, however long it is, ends there */
	console_quit(term);
}

static void no_such_lesson(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":lab play nothing<Enter>");
	term_expect(term, "there is no lesson nothing");
	term_type(term, ":lab next<Enter>");
	term_expect(term, "no lesson is being played");
	term_type(term, ":lab play /etc/hostname<Enter>");
	term_expect(term, "/etc/hostname:1:1:");
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_list, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(by_space_alone, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(answers_are_judged, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(out_of_turn, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(looking_back_and_again, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(by_itself, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(leaving_in_the_middle, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(all_of_them_are_cancelled, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_lane_is_killed, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(at_other_sizes, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(straight_to_the_lab, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(progress_is_kept, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(long_names_and_answers, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(remembered_reads, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(names_are_counted_in_columns, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(no_such_lesson, fresh_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/lab", tests, own_database, NULL);
}
