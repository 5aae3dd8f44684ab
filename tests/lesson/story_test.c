/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson without a screen: its story as lines, answers from standard input, and every end of it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lesson/leftovers.h"
#include "tests/lesson/spec_file.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static struct proc *play(const char *name, const char *input)
{
	return proc_run((const char *const[]){proc_teller(), "--plain", "lab", "play", name, NULL}, NULL, input);
}

static void expect_nothing_left(void)
{
	leftovers_expect_none();
	assert_int_equal(pg_number("SELECT count(*) FROM pg_namespace WHERE nspname = 'my_lesson'"), 0);
}

static void the_end_of_input_goes_on_by_itself(void **state)
{
	(void)state;
	struct proc *proc = play("lost-update", "");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "Order 1 of 2: SERIALIZABLE: B is asked to retry\nAccounts 1, 2 and 3 hold 1000 each.");
	proc_expect_out(proc, "\n3. A: SELECT balance FROM accounts WHERE id = 1\n   reads 1000\n");
	proc_expect_out(proc, "\n6. B: UPDATE accounts SET balance = 500 WHERE id = 1\n   waits for A\nA gives");
	proc_expect_out(proc, "\n   step 6, B: error 40001: could not serialize access due to concurrent update\n"
			      "   The server's answer: 3, it waits for A, then fails: 40001\n");
	proc_expect_out(proc, "Checked: SELECT sum(balance) FROM accounts is 3000\n"
			      "Order 2 of 2: READ COMMITTED");
	proc_free(proc);
	expect_nothing_left();
}

static void answers_are_lines(void **state)
{
	(void)state;
	struct proc *proc = play("lost-update", "\n\n\n\n\nwhat?\n9\n3\n\n\n\n\n1\n");
	proc_expect_status(proc, 0);
	proc_expect_err(proc, "an empty line goes on, a number answers");
	proc_expect_err(proc, "the answers are 1 to 3");
	proc_expect_out(proc, "   Right: 3, it waits for A, then fails: 40001\n");
	proc_expect_out(proc, "   The server's answer: 2, 500, what A left. Yours: 1, 1000, as before\n");
	proc_expect_out(proc, "You answered 1 of 2 as the server did.");
	proc_free(proc);
}

static void the_engine_is_told(void **state)
{
	(void)state;
	struct proc *proc = play("retry-by-itself", "");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "7. A, attempt 1: UPDATE accounts SET balance = balance - 1000 WHERE id = 1\n"
			      "   error 40001: could not serialize access due to concurrent update\n");
	proc_expect_out(proc, "   A: rolled back, waited ");
	proc_expect_out(proc, "10. A, attempt 2: SELECT balance FROM accounts WHERE id = 1\n   reads 900\n");
	proc_expect_out(proc, "   COMMIT\n   A: COMMITTED on attempt 2\n");
	proc_free(proc);
}

static struct proc *play_text(const char *text)
{
	char *path = spec_file_write(text);
	struct proc *proc = play(path, "");
	free(path);
	return proc;
}

static void a_surprise_is_a_status(void **state)
{
	(void)state;
	struct proc *proc =
		play_text("session A step x { SELECT 1; }\n#@ expect x reads 2\n#@ check \"SELECT 3\" = 4\n");
	proc_expect_status(proc, 6);
	proc_expect_out(proc, "   reads 1  (a surprise: the lesson expects something else)\n");
	proc_expect_out(proc, "Surprise: SELECT 3: expected 4, found 3\n");
	proc_expect_err(proc, "2 surprises: the server did something else than the lesson says");
	proc_free(proc);
}

static void an_empty_value_is_not_no_rows(void **state)
{
	(void)state;
	struct proc *proc = play_text("session A step x { SELECT ''; } step y { SELECT 1 WHERE false; } step z {}\n");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "1. A: SELECT ''\n   reads \"\"\n2. A: SELECT 1 WHERE false\n   reads no rows\n");
	proc_expect_out(proc, "3. A: \n   done\n");
	proc_free(proc);
}

/* Played to its end, and yet not well. */
static void what_is_left_behind_is_a_status(void **state)
{
	(void)state;
	struct proc *proc = play_text("teardown { SELECT 1/0; }\nsession A step x { SELECT 1; }\n");
	proc_expect_status(proc, 3);
	proc_expect_out(proc, "   reads 1\n");
	proc_expect_err(proc, "not all was torn down: ");
	proc_expect_err(proc, "division by zero");
	proc_free(proc);
}

static void hostile_names_do_no_harm(void **state)
{
	(void)state;
	struct proc *proc = play_text("session \"A\x1b[31m\" step x { SELECT 'a\x1b]0;t\x07\n b' AS n; }\n"
				      "#@ say \"\x1b[2J\"\n");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "\\x1b[2J\n1. A\\x1b[31m: SELECT 'a\\x1b]0;t\\x07\\n b' AS n\n");
	assert_null(strchr(proc->out.p, '\x1b'));
	proc_free(proc);
}

static void what_cannot_go_on_ends(void **state)
{
	(void)state;
	struct proc *proc = play_text("setup { CREATE SCHEMA my_lesson; CREATE TABLE my_lesson.t (n INT); }\n"
				      "teardown { DROP SCHEMA my_lesson CASCADE; }\n"
				      "session A step b { BEGIN; } step l { LOCK TABLE my_lesson.t; }\n"
				      "session B step w { SELECT n FROM my_lesson.t; }\npermutation b l w\n");
	proc_expect_status(proc, 3);
	proc_expect_out(proc, "   waits for A\n");
	proc_expect_err(proc, "w waits for A, and no step is left that would let it go on");
	proc_free(proc);
	expect_nothing_left();
	proc = play("savepoint-protocol", "");
	proc_expect_status(proc, 0);
	assert_null(strstr(proc->out.p, "CockroachDB: the savepoint that comes too late"));
	proc_free(proc);
	proc = play("nothing", "");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "there is no lesson nothing");
	proc_free(proc);
}

static void an_interrupt_tears_down(void **state)
{
	(void)state;
	char *path = spec_file_write("setup { CREATE SCHEMA my_lesson; }\nteardown { DROP SCHEMA my_lesson; }\n"
				     "session A step b { BEGIN; } step s { SELECT pg_sleep(60); }\n");
	const char *const argv[] = {proc_teller(), "--plain", "lab", "play", path, NULL};
	struct proc *proc = proc_start(argv, NULL, "");
	proc_wait_output(proc, "2. A: SELECT pg_sleep(60)");
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	proc_expect_status(proc, 130);
	proc_free(proc);
	free(path);
	expect_nothing_left();
}

static void a_lost_session_ends_it(void **state)
{
	(void)state;
	struct proc *proc =
		play_text("session A step k { SELECT pg_terminate_backend(pg_backend_pid()); } step n { SELECT 1; }\n");
	proc_expect_status(proc, 3);
	proc_expect_out(proc, "   error 57P01: terminating connection due to administrator command\n");
	proc_expect_err(proc, "it cannot be played to its end");
	proc_free(proc);
}

static void the_lab_alone_lists_the_lessons(void **state)
{
	(void)state;
	struct proc *proc = teller_run("--plain", "lab");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "lost-update");
	proc_free(proc);
	proc = teller_run("--plain", "lab", "next");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "lab next is for a screen; `lab play NAME` plays a lesson here");
	proc_free(proc);
	proc = teller_run("--plain", "--read-only", "lab", "play", "lost-update");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "started with --read-only");
	proc_free(proc);
}

/* ---- what is kept ---- */

static char *kept_path(void)
{
	struct buf path = {0};
	buf_fmt(&path, "%s/teller/lessons", getenv("XDG_STATE_HOME"));
	return buf_take(&path);
}

static void keep(const char *text)
{
	char *path = kept_path();
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	free(path);
}

static void expect_list(const char *text)
{
	struct proc *proc = teller_run("lab", "list");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, text);
	proc_free(proc);
}

static void what_was_played_is_kept(void **state)
{
	(void)state;
	struct proc *proc = play("lost-update", "\n\n\n\n\n3\n\n\n\n\n2\n");
	proc_expect_status(proc, 0);
	proc_free(proc);
	expect_list("same balance (played 2 of 2, 2 of 2 right)\n");
	proc = play("lost-update", ""); /* a worse time takes nothing away */
	proc_free(proc);
	expect_list("same balance (played 2 of 2, 2 of 2 right)\n");
}

static void rubbish_is_passed_over(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_str(&text, "\x1b[2J\nlost-update\nlost-update 0 1 1\nlost-update 1 3 2\nlost-update -1 0 0\nnone 1 1 1\n");
	for (int i = 0; i < 100000; i++)
		buf_char(&text, 'x');
	buf_str(&text, "\ndeadlock 1 0 1\ndeadlock 1 1 1 and more\ndeadlock 99999999999 1 1\nwrite-skew 1 1 1");
	keep(text.p);
	buf_free(&text);
	struct proc *proc = teller_run("lab", "list");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "(played 1 of 3, 1 of 1 right)\n");
	assert_null(strstr(proc->out.p, "lost-update              Two people move half of the same balance ("));
	proc_free(proc);
	proc = play("first-transfer", "");
	proc_expect_status(proc, 0);
	proc_free(proc);
	expect_list("One transfer");
	char *path = kept_path();
	FILE *file = fopen(path, "r");
	char kept[400] = "";
	assert_true(fread(kept, 1, sizeof kept - 1, file) > 0);
	fclose(file);
	free(path);
	assert_non_null(strstr(kept, "deadlock 1 1 1\nwrite-skew 1 1 1\nfirst-transfer 1 0 "));
}

/* Nothing can be kept, and that is no reason not to learn. */
static void without_a_place_to_keep_it(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), "--plain", "lab", "play", "first-transfer", NULL};
	struct proc *proc = proc_run(argv, (const char *const[]){"XDG_STATE_HOME=/proc/nothing", NULL}, "");
	proc_expect_status(proc, 0);
	proc_free(proc);
}

/* Each is answered soon, all of them together not: patience is for one. */
static void many_teardowns_take_their_time(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_str(&text, "setup { CREATE TABLE pots AS SELECT 1 AS n; }\n"
		       "teardown { SELECT pg_sleep(1.5); DROP TABLE pots; }\n");
	for (char session = 'A'; session <= 'D'; session++)
		buf_fmt(&text, "session %c step %c1 { SELECT n FROM pots; } teardown { SELECT pg_sleep(0.6); }\n",
			session, session);
	buf_str(&text, "permutation A1 B1 C1 D1\n");
	struct proc *proc = play_text(text.p);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "4. D: SELECT n FROM pots\n   reads 1\n");
	assert_string_equal(buf_text(&proc->err), "");
	proc_free(proc);
	leftovers_expect_none();
	buf_free(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_of_input_goes_on_by_itself),
		cmocka_unit_test(answers_are_lines),
		cmocka_unit_test(the_engine_is_told),
		cmocka_unit_test(a_surprise_is_a_status),
		cmocka_unit_test(an_empty_value_is_not_no_rows),
		cmocka_unit_test(what_is_left_behind_is_a_status),
		cmocka_unit_test(hostile_names_do_no_harm),
		cmocka_unit_test(what_cannot_go_on_ends),
		cmocka_unit_test(an_interrupt_tears_down),
		cmocka_unit_test(a_lost_session_ends_it),
		cmocka_unit_test(the_lab_alone_lists_the_lessons),
		cmocka_unit_test(what_was_played_is_kept),
		cmocka_unit_test(rubbish_is_passed_over),
		cmocka_unit_test(without_a_place_to_keep_it),
		cmocka_unit_test(many_teardowns_take_their_time),
	};
	return cmocka_run_group_tests_name("lesson/story", tests, pg_own_database, NULL);
}
