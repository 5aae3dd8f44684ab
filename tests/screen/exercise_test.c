/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exercises on the screen, as a student does them: failed, seen why, solved; in the editor and on the command line. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

static int fresh_bank(void **state)
{
	(void)state;
	pg_bank(30);
	return 0;
}

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("screen_exercise", NULL);
	return 0;
}

/* What the "editor" leaves: the file that it is given gets this text. */
static void write_answer(const char *text)
{
	char path[300];
	snprintf(path, sizeof path, "%s/answer.sql", getenv("TMPDIR"));
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static struct term *open_exercise(void **state, const char *name, bool editor, const char *task)
{
	char line[120], env[400];
	snprintf(env, sizeof env, "EDITOR=cp %s/answer.sql", getenv("TMPDIR"));
	const char *const with[] = {"VISUAL", env, NULL}, *const without[] = {"VISUAL", "EDITOR", NULL};
	struct term *term = console_open_with(state, 24, 80, editor ? with : without, "7001");
	snprintf(line, sizeof line, ":lab play %s<Enter>", name);
	term_type(term, line);
	term_expect(term, task);
	term_expect(term, "PAUSED  step 0 of");
	return term;
}

static void expect_nothing_left(struct term *term)
{
	term_type(term, "<Esc>");
	console_expect_no_lanes(term, "screen_exercise");
	console_quit(term);
	assert_int_equal(pg_number("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'teller_lesson%%'"), 0);
}

/* ---- mend ---- */

static void a_total_is_mended_in_the_editor(void **state)
{
	write_answer("-- step a_write\nUPDATE total SET amount = amount + 10;\n");
	struct term *term =
		open_exercise(state, "ex-total", true, "exercise: mend the SQL, so that the check holds in");
	term_type(term, "S");
	term_expect(term, "a solution is shown after the first try");
	term_type(term, "e");
	term_expect(term, "Not yet: the check breaks in ");
	term_expect(term, "OVER"); /* the order that breaks it, with the answer in it */
	term_expect(term, "Committed  amount:  120");
	term_expect(term, "BREAKS   SELECT amount FROM total: expected 130, found 120");
	term_type(term, "S");
	term_expect(term, "-- step b_write");
	term_expect(term, "UPDATE total SET amount = amount + 20;");
	term_type(term, "<Esc>");
	term_expect_gone(term, "-- step b_write");
	write_answer("-- step a_write\nUPDATE total SET amount = amount + 10;\n"
		     "-- step b_write\nUPDATE total SET amount = amount + 20;\n");
	term_type(term, "e");
	term_expect(term, "Solved: it holds in each of 70 orders (20 are not possible)");
	term_type(term, "<Esc>");
	term_expect(term, "> ex-total                *");
	console_quit(term);
}

/* Where there is no editor, the statement is on the command line. */
static void a_statement_is_mended_on_the_command_line(void **state)
{
	struct term *term = open_exercise(state, "ex-tickets", false, "exercise: mend the SQL");
	term_type(term, "e");
	term_expect(term, ":lab edit a_take 'UPDATE seats SET free = free - 1 WHERE /*:a_free*/1 > 0;'");
	term_type(term, "<Esc>");
	term_expect_gone(term, ":lab edit a_take");
	term_settle(term);
	term_type(term, ":lab edit a_take UPDATE seats SET free = free - 1 WHERE free > 0<Enter>");
	term_expect(term, "Not yet: the check breaks in ");
	term_expect(term, "OVER");
	term_settle(term);
	term_type(term, ":lab edit b_take UPDATE seats SET free = free - 1 WHERE free > 0<Enter>");
	term_expect(term, "Solved: it holds in each of 70 orders");
	expect_nothing_left(term);
}

/* The key fills in one step after another, the one that was written last being the last to come again. */
static void each_statement_has_its_turn_on_the_command_line(void **state)
{
	struct term *term = open_exercise(state, "ex-tickets", false, "exercise: mend the SQL");
	term_type(term, "e");
	term_expect(term, ":lab edit a_take 'UPDATE");
	term_settle(term);
	term_type(term, "<Enter>");
	term_expect(term, "Not yet: the check breaks in ");
	term_expect(term, "OVER");
	term_settle(term);
	term_type(term, "e");
	term_expect(term, ":lab edit b_take 'UPDATE");
	term_settle(term);
	term_type(term, "<Enter>");
	term_expect(term, "Not yet: the check breaks in ");
	term_expect(term, "OVER");
	term_settle(term);
	term_type(term, "e");
	term_expect(term, ":lab edit a_take 'UPDATE");
	term_type(term, "<Esc>");
	term_expect_gone(term, ":lab edit a_take");
	expect_nothing_left(term);
}

/* ---- find the order ---- */

static void an_order_is_found(void **state)
{
	struct term *term = open_exercise(state, "ex-order-total", false, "exercise: find an order of the steps");
	term_type(term, "e");
	term_expect(term, ":lab edit a_begin a_read a_write a_commit b_begin b_read b_write b_commit");
	term_type(term, "<Esc>");
	term_expect_gone(term, ":lab edit a_begin");
	term_settle(term);
	term_type(term, ":lab edit a_read a_begin<Enter>");
	term_expect(term, "a_read is not the next step of A: each session keeps its order");
	term_type(term, ":lab edit a_begin a_read a_write a_commit<Enter>");
	term_expect(term, "the order has 4 of 8 steps; name each of them");
	term_type(term, ":lab edit a_begin a_read a_write a_commit b_begin b_read b_write b_commit<Enter>");
	term_expect(term, "Not yet: in your order the check holds");
	term_expect(term, "OVER");
	term_settle(term);
	term_type(term, ":lab edit a_begin a_read b_begin b_read b_write b_commit a_write a_commit<Enter>");
	term_expect(term, "Solved: in your order the check does not hold");
	term_expect(term, "BREAKS   SELECT amount FROM total: expected 130, found 110");
	expect_nothing_left(term);
}

/* ---- foretell ---- */

static void what_waits_is_foretold(void **state)
{
	struct term *term =
		open_exercise(state, "ex-what-waits", false, "exercise: write what each of these steps will do");
	term_expect(term, "3   b_read  SELECT"); /* the answer names them */
	term_type(term, ":lab edit b_pay ok<Enter>");
	term_expect(term, "written; b_read is still to be written");
	term_type(term, ":lab edit b_look reads 130<Enter>");
	term_expect(term, "written; b_read is still to be written: e");
	term_settle(term);
	term_type(term, "e");
	term_expect(term, ":lab edit b_read");
	term_settle(term);
	term_type(term, "reads 100<Enter>");
	term_expect(term, "Not yet: b_pay: you wrote ok, the server: waits ok");
	term_expect(term, "OVER");
	term_settle(term);
	term_type(term, ":lab edit b_pay waits ok<Enter>");
	term_expect(term, "Solved: the server did what you wrote");
	expect_nothing_left(term);
}

/* ---- hostile answers ---- */

static void an_endless_answer_ends(void **state)
{
	write_answer("-- step a_read\nBEGIN; DO $$ BEGIN LOOP END LOOP; END $$;\n");
	struct term *term = open_exercise(state, "ex-half", true, "exercise: mend the SQL");
	term_type(term, "e");
	term_expect(term, "Not yet: a statement fails: canceling statement due to statement timeout");
	term_expect(term, "OVER"); /* played back, and ended there by the server too */
	expect_nothing_left(term);
}

static void a_judge_is_cancelled(void **state)
{
	write_answer("-- step a_read\nBEGIN; SELECT pg_sleep(4); SELECT balance, balance / 2 AS half FROM accounts;\n");
	struct term *term = open_exercise(state, "ex-half", true, "exercise: mend the SQL");
	term_type(term, "e");
	term_expect(term, "your answer is being played");
	term_type(term, "e");
	term_expect(term, "the judge of your answer is running; wait for it, or `:cancel` it");
	term_type(term, ":cancel<Enter>");
	term_expect(term, "cancelled: the answer was not judged");
	expect_nothing_left(term);
}

static void a_lesson_has_no_answer(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":lab play lost-update<Enter>");
	term_expect(term, "PAUSED  step 0 of");
	term_type(term, "e");
	term_expect(term, "this is a lesson; an exercise has something to write");
	term_type(term, "S");
	term_expect(term, "this is a lesson: it has no solution");
	console_quit(term);
}

/* ---- all orders, on the console ---- */

static void all_orders_are_explored_on_the_console(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":lab explore ex-total --isolation read-committed,serializable<Enter>");
	term_expect(term, "READ COMMITTED: 70 orders, 50 possible, 20 not");
	term_expect(term, "breaks in 40");
	term_expect(term, "SERIALIZABLE: 70 orders");
	term_type(term, "<Esc>");
	term_expect_gone(term, "READ COMMITTED: 70 orders");
	term_type(term, ":lab explore ex-half --isolation all<Enter>");
	term_expect(term, " orders ("); /* how far it is */
	term_type(term, ":cancel<Enter>");
	term_expect(term, "cancelled");
	console_expect_no_lanes(term, "screen_exercise");
	console_quit(term);
	assert_int_equal(pg_number("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'teller_lesson%%'"), 0);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_total_is_mended_in_the_editor, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_statement_is_mended_on_the_command_line, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(each_statement_has_its_turn_on_the_command_line, fresh_bank,
						term_teardown),
		cmocka_unit_test_setup_teardown(an_order_is_found, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(what_waits_is_foretold, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(an_endless_answer_ends, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_judge_is_cancelled, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(all_orders_are_explored_on_the_console, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_lesson_has_no_answer, fresh_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/exercise", tests, own_database, NULL);
}
