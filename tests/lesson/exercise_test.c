/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exercises without a screen: each that is built in is failed and solved, and what answers and files may not be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/buf.h"
#include "lab/exercise.h"
#include "tests/lesson/spec_file.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

static struct proc *solve(const char *name, const char *answer)
{
	return proc_run((const char *const[]){proc_teller(), "lab", "solve", name, "-", NULL}, NULL, answer);
}

static void check_solved(const char *name, const char *answer, int status, const char *out, const char *err)
{
	struct proc *proc = solve(name, answer);
	proc_expect_status(proc, status);
	proc_expect_out(proc, out);
	proc_expect_err(proc, err);
	proc_free(proc);
}

/* ---- those that are built in ---- */

static struct exercise *read_asset(const struct asset_lesson *asset)
{
	struct err err = {0};
	struct exercise *exercise = exercise_new(asset->name, asset->text, strlen(asset->text), &err);
	if (!exercise)
		fail_msg("%s", err.text);
	return exercise;
}

static void every_solution_solves(void **state)
{
	(void)state;
	for (const struct asset_lesson *asset = asset_exercises; asset->name; asset++) {
		struct exercise *exercise = read_asset(asset);
		struct buf answer = {0};
		exercise_show_solution(&answer, exercise);
		check_solved(asset->name, answer.p, 0, "Solved: ", "");
		buf_free(&answer);
		exercise_free(exercise);
	}
	assert_int_equal(pg_number("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'teller_lesson%%'"), 0);
}

/* As they are: the SQL of the file, the sessions one after another, everything ok. */
static void what_is_there_solves_nothing(void **state)
{
	(void)state;
	size_t n = 0;
	for (const struct asset_lesson *asset = asset_exercises; asset->name; asset++, n++) {
		struct exercise *exercise = read_asset(asset);
		const struct spec *spec = exercise_lesson(exercise)->spec;
		struct buf answer = {0};
		for (size_t i = 0; i < spec->nsteps; i++) {
			const char *part = exercise_part(exercise, i);
			if (exercise_lesson(exercise)->exercise == LESSON_FIND_ORDER)
				buf_fmt(&answer, "%s ", spec->steps[i].name);
			else if (exercise_lesson(exercise)->exercise == LESSON_FORETELL && part)
				buf_fmt(&answer, "%s ok reads 1\n", spec->steps[i].name);
			else if (part)
				buf_fmt(&answer, "-- step %s\n%s\n", spec->steps[i].name, part);
		}
		check_solved(asset->name, answer.p, 6, "", "Not yet: ");
		buf_free(&answer);
		exercise_free(exercise);
	}
	assert_true(n >= 8);
}

/* Two ways out, and one for each session. */
static void another_solution_solves_too(void **state)
{
	(void)state;
	check_solved(
		"ex-half",
		"-- step a_read\nBEGIN ISOLATION LEVEL SERIALIZABLE;\nSELECT balance, balance / 2 AS half FROM "
		"accounts "
		"WHERE id = 1;\n-- step b_read\nBEGIN ISOLATION LEVEL REPEATABLE READ; SELECT balance, balance / 2 AS "
		"half FROM accounts WHERE id = 1;\n",
		0, "the program has to try again", "");
}

static void lists_and_files_name_them(void **state)
{
	(void)state;
	struct proc *proc = teller_run("lab", "list");
	proc_expect_out(proc, "\nex-total                 Exercise: a total that loses nothing (pg)\n");
	proc_free(proc);
	proc = teller_run("lab", "solve", "ex-total");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "-- step a_write\nUPDATE total SET amount = /*:a_amount*/100 + 10;\n");
	proc_free(proc);
	proc = teller_run("lab", "solve", "ex-order-doctors");
	proc_expect_out(proc,
			"-- a_leave: UPDATE doctors SET on_call = false WHERE name = 'Alice' AND :a_count > 1;\n");
	proc_free(proc);
}

/* ---- wrong answers ---- */

static void wrong_answers_are_told(void **state)
{
	(void)state;
	check_solved("ex-total", "-- step a_read\nSELECT 1\n", 1, "",
		     "\"a_read\" is not a step to write; write a_write, b_write");
	check_solved("ex-total", "", 1, "", "there is no answer yet: write one");
	check_solved("ex-total", "-- step a_write\nUPDATE nothing SET amount = 1\n", 6, "permutation a_begin",
		     "Not yet: a statement fails: relation \"nothing\" does not exist");
	check_solved("ex-order-total", "a_begin a_begin", 1, "", "a_begin is not the next step of A");
	check_solved("ex-order-total", "a_begin x", 1, "", "there is no step \"x\"");
	check_solved("ex-order-total", "a_begin", 1, "", "the order has 1 of 8 steps");
	check_solved("ex-order-total", "a_begin a_read a_write b_begin b_read b_write b_commit a_commit", 6,
		     "permutation ", "Not yet: this order is not possible: b_write waits for A");
	check_solved("ex-what-waits", "b_read ok\n", 1, "", "the answer has nothing for b_pay");
	check_solved("ex-what-waits", "b_read perhaps\nb_pay ok\nb_look ok\n", 1, "", "unknown outcome \"perhaps\"");
	check_solved("ex-what-waits", "b_read ok\nb_pay waits ok\nb_look reads 120\n", 6, "",
		     "Not yet: b_look: you wrote ok reads 120, the server: ok reads 130");
}

/* Several statements, a COMMIT inside, what ends the block of a file, places for values that are none. */
static void hostile_answers_are_judged(void **state)
{
	(void)state;
	check_solved("ex-total",
		     "-- step a_write\nUPDATE total SET amount = amount + 10; COMMIT; BEGIN;\n"
		     "-- step b_write\nUPDATE total SET amount = amount + 20;\n",
		     0, "Solved: ", "");
	check_solved("ex-total", "-- step a_write\n}; session x step y { SELECT 1\n", 6, "",
		     "syntax error at or near \"}\"");
	check_solved("ex-total", "-- step a_write\nDROP TABLE total\n", 6, "", "Not yet: ");
	check_solved("ex-total", "-- step a_write\nUPDATE total SET amount = /*:a_amount*/ + 10\n", 6, "", "Not yet: ");
	check_solved("ex-total", "-- step a_write\nUPDATE total SET amount = /*:unknown*/7 + 10\n", 6, "", "Not yet: ");
	check_solved("ex-total", "-- step a_write\nUPDATE total SET amount = /*:a_amount*/1 + /*:b_amount*/2\n", 6, "",
		     "Not yet: ");
	check_solved("ex-total", "-- step a_write\nSELECT pg_terminate_backend(pg_backend_pid())\n", 6, "",
		     "Not yet: a statement fails: ");
	assert_int_equal(pg_number("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'teller_lesson%%'"), 0);
}

/* The server's limit can be lifted by the answer: then the step is cancelled. */
static void endless_answers_end(void **state)
{
	(void)state;
	check_solved("ex-total", "-- step a_write\nDO $$ BEGIN LOOP END LOOP; END $$;\n", 6, "",
		     "canceling statement due to statement timeout");
	check_solved("ex-total", "-- step a_write\nSET statement_timeout = 0; DO $$ BEGIN LOOP END LOOP; END $$;\n", 6,
		     "", "canceling statement due to ");
}

static void answers_are_bounded(void **state)
{
	(void)state;
	char *path = spec_file_path();
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "-- step a_write\n%*s", EXERCISE_ANSWER_MAX, "");
	fclose(file);
	struct proc *proc = teller_run("lab", "solve", "ex-total", path);
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "the answer is longer than 65536 bytes");
	proc_free(proc);
	free(path);
	check_solved("lost-update", "", 1, "", "lost-update is a lesson, not an exercise");
	check_solved("ex-nothing", "", 1, "", "there is no lesson ex-nothing");
}

/* ---- files ---- */

#define T "setup { CREATE TABLE t (n int); } teardown { DROP TABLE t; } session a step a { SELECT 1; }\n"
#define CHECK "#@ check \"SELECT count(*) FROM t\" = 0\n"

static void check_file(const char *text, const char *sentence)
{
	struct proc *proc = spec_file_lab("check", text, NULL);
	proc_expect_status(proc, 1);
	proc_expect_err(proc, sentence);
	proc_free(proc);
}

static void files_are_checked(void **state)
{
	(void)state;
	check_file(T "#@ exercise\n" CHECK, ":2:4: no step is the user's: `edit` names those to mend");
	check_file(T "#@ exercise\n#@ edit a\n", ":2:4: this exercise needs a check that holds for all orders");
	check_file(T "#@ exercise order\n", ":2:4: this exercise needs a check that holds for all orders");
	check_file(T "#@ exercise outcome\n" CHECK,
		   ":2:4: this exercise is about one permutation, and what it expects");
	check_file(T "#@ exercise magic\n", ":2:13: \"magic\" is not a kind of exercise; use mend, order or outcome");
	check_file(T "#@ exercise\n#@ exercise\n", ":3:4: this is an exercise, in line 2 already");
	check_file(T "#@ edit a\n", ":2:4: steps are edited in an exercise that mends them");
	check_file(T "#@ exercise\n#@ edit a\n#@ edit a\n", ":4:4: this step is the user's already");
	check_file(T "#@ solution a \"SELECT 2\"\n", ":2:4: a solution belongs to an exercise");
	check_file(T "#@ exercise\n" CHECK "#@ edit a\n#@ solution \"a\"\n",
		   "a solution is the SQL of a step that `edit`");
	check_file(T "#@ exercise order\n" CHECK "#@ solution a \"a\"\n", "the solution is the steps in their order");
	check_file(T "#@ exercise order\n" CHECK "#@ solution b \"a\"\n", "there is no step \"b\"");
}

static void a_solution_may_have_several_lines(void **state)
{
	(void)state;
	static const char text[] = T "#@ exercise\n" CHECK "#@ edit a\n#@ solution a \"SELECT 1,\"\n#@ \"  2\"\n";
	struct err err = {0};
	struct buf shown = {0};
	struct exercise *exercise = exercise_new("test", text, sizeof text - 1, &err);
	assert_non_null(exercise);
	exercise_show_solution(&shown, exercise);
	assert_string_equal(shown.p, "-- step a\nSELECT 1,\n  2\n");
	buf_free(&shown);
	exercise_free(exercise);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_solution_solves),       cmocka_unit_test(what_is_there_solves_nothing),
		cmocka_unit_test(another_solution_solves_too), cmocka_unit_test(lists_and_files_name_them),
		cmocka_unit_test(wrong_answers_are_told),      cmocka_unit_test(hostile_answers_are_judged),
		cmocka_unit_test(endless_answers_end),         cmocka_unit_test(answers_are_bounded),
		cmocka_unit_test(files_are_checked),           cmocka_unit_test(a_solution_may_have_several_lines),
	};
	return cmocka_run_group_tests_name("lesson/exercise", tests, pg_own_database, NULL);
}
