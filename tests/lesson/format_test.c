/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the directives of a lesson do when it is played and run: questions about other steps, values that steps
 * have read, connections that are cut, words, programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lesson/spec_file.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

static const char two_writers[] =
	"setup { CREATE TABLE format_t (id INT PRIMARY KEY, n INT); INSERT INTO format_t VALUES (1, 100); }\n"
	"teardown { DROP TABLE format_t; }\n"
	"session A step ab { BEGIN; } step aw { UPDATE format_t SET n = n + 1 WHERE id = 1; } step ac { COMMIT; }\n"
	"session B step bw { UPDATE format_t SET n = n + 10 WHERE id = 1; }\n"
	"step bl { SELECT n FROM format_t; }\n";

static char *two_writers_and(const char *directives)
{
	struct buf text = {0};
	buf_fmt(&text, "%s%s\n", two_writers, directives);
	return buf_take(&text);
}

/* `lab play` with lines of standard input. */
static struct proc *played(const char *text, const char *input)
{
	char *path = spec_file_write(text);
	struct proc *proc =
		proc_run((const char *const[]){proc_teller(), "--plain", "lab", "play", path, NULL}, NULL, input);
	free(path);
	return proc;
}

/* `lab WORD` with a lesson and directives behind it. */
static struct proc *lab_with(const char *word, const char *lesson, const char *directives)
{
	struct buf text = {0};
	buf_fmt(&text, "%s%s\n", lesson, directives);
	struct proc *proc = strcmp(word, "play") == 0 ? played(text.p, "") : spec_file_lab(word, text.p, NULL);
	buf_free(&text);
	return proc;
}

/* ---- questions about another step ---- */

#define ASKED                                                                                                          \
	"#@ ask ac about bw \"A commits. What becomes of B, which waits?\" | it goes on = waits ok tag \"UPDATE 1\" "  \
	"%s "                                                                                                          \
	"| it fails = waits 40001 %s\n"

static char *asked(const char *first, const char *second, const char *order)
{
	struct buf directives = {0};
	buf_fmt(&directives, ASKED "permutation %s", first, second, order);
	char *text = two_writers_and(buf_text(&directives));
	buf_free(&directives);
	return text;
}

static void a_question_about_a_waiting_step_is_judged_by_its_end(void **state)
{
	(void)state;
	char *text = asked("*", "", "ab aw bw ac bl");
	struct proc *proc = spec_file_lab("run", text, NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "2 of 2 as expected\n");
	proc_free(proc);
	proc = played(text, "\n\n\n2\n");
	proc_expect_status(proc, 0);
	proc_expect_out(proc,
			"A commits. What becomes of B, which waits?\n   1  it goes on\n   2  it fails\n4. A: COMMIT");
	proc_expect_out(proc, "   The server's answer: 1, it goes on. Yours: 2, it fails\n");
	proc_free(proc);
	proc = played(text, "\n\n\n1\n");
	proc_expect_out(proc, "   Right: 1, it goes on\n");
	proc_expect_out(proc, "You answered 1 of 1 as the server did.");
	proc_free(proc);
	free(text);
}

static void a_wrong_answer_about_another_step_is_a_surprise(void **state)
{
	(void)state;
	char *text = asked("", "*", "ab aw bw ac bl");
	struct proc *proc = spec_file_lab("run", text, NULL);
	proc_expect_status(proc, 6);
	proc_expect_out(proc,
			SPEC_FILE_NAME ":6: bw: expected the answer \"it fails\" (waits 40001), found waits ok\n");
	proc_free(proc);
	free(text);
}

/* B's step had ended before A's: there is nothing to guess. */
static void what_is_decided_is_not_asked(void **state)
{
	(void)state;
	char *text = asked("*", "", "bw ab aw ac");
	struct proc *proc = played(text, "");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "4. A: COMMIT\n   COMMIT\n");
	assert_null(strstr(proc->out.p, "What becomes of B"));
	assert_null(strstr(proc->out.p, "answer"));
	proc_free(proc);
	free(text);
}

/* ---- values ---- */

/* Sent as it stands there, 1 would be taken; what was read is 50. */
static const char halves[] =
	"setup { CREATE TABLE format_t (id INT PRIMARY KEY, n INT, who TEXT);\n"
	"  INSERT INTO format_t VALUES (1, 100, 'it''s \x1b[31m'); }\n"
	"teardown { DROP TABLE format_t; }\n"
	"session A step ar { SELECT who, n / 2 AS half FROM format_t; }\n"
	"step at { UPDATE format_t SET n = n - /*:half*/1, who = 'was ' || /*:who*/'x' WHERE id = 1; }\n"
	"session B step bd { UPDATE format_t SET n = NULL WHERE id = 1; }\n"
	"#@ let half = ar column half\n#@ let who = ar\n";

static struct proc *halves_with(const char *word, const char *directives)
{
	return lab_with(word, halves, directives);
}

static void what_was_read_is_sent(void **state)
{
	(void)state;
	struct proc *proc = halves_with("run", "#@ check \"SELECT n, who = 'was it''s ' || chr(27) || '[31m' FROM "
					       "format_t\" = 50, t\npermutation ar at\n");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "1 of 1 as expected\n");
	proc_free(proc);
}

/* NULL is a value, too. */
static void a_null_that_was_read_is_sent(void **state)
{
	(void)state;
	struct proc *proc =
		halves_with("run", "#@ check \"SELECT n IS NULL FROM format_t\" = t\npermutation bd ar at\n");
	proc_expect_status(proc, 0);
	proc_free(proc);
	proc = halves_with("play", "permutation bd ar at\n");
	proc_expect_out(proc,
			"3. A: UPDATE format_t SET n = n - NULL, who = 'was ' || 'it''s \\x1b[31m' WHERE id = 1\n");
	proc_free(proc);
}

static void the_value_is_shown_as_it_was_sent(void **state)
{
	(void)state;
	struct proc *proc =
		halves_with("play", "#@ say at \"A takes {half} of {who}; {neither.\"\npermutation ar at\n");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "A takes 50 of it's \\x1b[31m; {neither.\n"
			      "2. A: UPDATE format_t SET n = n - 50, who = 'was ' || 'it''s \\x1b[31m' WHERE id = 1\n");
	assert_null(strchr(proc->out.p, '\x1b'));
	proc_free(proc);
}

/* As isolationtester would: the literal. */
static void what_was_not_read_is_the_literal(void **state)
{
	(void)state;
	struct proc *proc =
		halves_with("run", "#@ check \"SELECT n, who FROM format_t\" = 99, was x\npermutation at ar\n");
	proc_expect_status(proc, 0);
	proc_free(proc);
	proc = halves_with("play", "#@ say at \"A takes {half}.\"\npermutation at ar\n");
	proc_expect_out(proc,
			"A takes half.\n1. A: UPDATE format_t SET n = n - :half, who = 'was ' || :who WHERE id = 1\n");
	proc_free(proc);
	proc = halves_with("show", "permutation at ar\n");
	proc_expect_out(proc, "n - :half, who = 'was ' || :who");
	proc_free(proc);
}

static void a_value_that_is_not_there_is_a_surprise(void **state)
{
	(void)state;
	struct proc *proc = halves_with("run", "#@ let none = ar column none\n#@ let at = at\npermutation ar at\n");
	proc_expect_status(proc, 6);
	proc_expect_out(proc, ":9: ar: expected a row with column none for none, found no such column\n");
	proc_expect_out(proc, ":10: at: expected a row with a column for at, found no answer with rows\n");
	proc_free(proc);
}

/* Attempt 2 reads anew, and sends what it read then. */
static void another_attempt_sends_what_it_read(void **state)
{
	(void)state;
	static const char text[] =
		"setup { CREATE TABLE format_t (id INT PRIMARY KEY, n INT); INSERT INTO format_t VALUES (1, 100); }\n"
		"teardown { DROP TABLE format_t; }\n"
		"session A step ab { BEGIN ISOLATION LEVEL SERIALIZABLE; } step ar { SELECT n / 2 FROM format_t; }\n"
		"step aw { UPDATE format_t SET n = /*:half*/0; } step ac { COMMIT; }\n"
		"session B step bw { UPDATE format_t SET n = 500; }\n"
		"#@ let half = ar\n#@ retry A committed on attempt 2\n"
		"#@ check \"SELECT n FROM format_t\" = 250\npermutation ab ar bw aw ac\n";
	struct proc *proc = spec_file_lab("run", text, NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "2 of 2 as expected\n");
	proc_free(proc);
	proc = played(text, "");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "4. A, attempt 1: UPDATE format_t SET n = 50\n   error 40001");
	proc_expect_out(proc, "A, attempt 2: UPDATE format_t SET n = 250\n   UPDATE 1\n");
	proc_free(proc);
}

/* All steps of the order are the engine's, and none comes again. */
static void the_engine_alone(void **state)
{
	(void)state;
	struct proc *proc = spec_file_lab("run",
					  "session A step b { BEGIN; } step s { SELECT 1; } step c { COMMIT; }\n"
					  "#@ retry A committed on attempt 1\n#@ expect c ok\npermutation b s c\n",
					  NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "2 of 2 as expected\n");
	proc_free(proc);
}

/* ---- connections that are cut ---- */

/* Where each session is known by the process that served it first. */
static const char pids[] =
	"setup { CREATE TABLE format_t (id INT PRIMARY KEY, n INT); INSERT INTO format_t VALUES (1, 100); }\n"
	"setup { CREATE TABLE pids (pid INT); }\n"
	"teardown { DROP TABLE format_t, pids; }\n"
	"session A setup { SET work_mem = '77MB'; }\n"
	"step ap { INSERT INTO pids VALUES (pg_backend_pid()); } step ab { BEGIN; }\n"
	"step aw { UPDATE format_t SET n = n + 1 WHERE id = 1; } step ac { COMMIT; }\n"
	"step al { SELECT n, pid <> pg_backend_pid(), current_setting('work_mem') FROM format_t, pids; }\n"
	"session B step bw { UPDATE format_t SET n = n + 10 WHERE id = 1; }\n"
	"step bl { SELECT n FROM format_t; }\n";

static struct proc *cut_with(const char *word, const char *directives)
{
	return lab_with(word, pids, directives);
}

static void a_commit_that_is_cut_was_done(void **state)
{
	(void)state;
	static const char text[] = "#@ cut ac\n#@ expect ac lost ; al reads \"101, t, 77MB\"\n"
				   "#@ check \"SELECT n FROM format_t\" = 101\npermutation ap ab aw ac al\n";
	struct proc *proc = cut_with("run", text);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "3 of 3 as expected\n");
	proc_free(proc);
	proc = cut_with("play", text);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "4. A: COMMIT\n   COMMIT sent, answer lost: UNKNOWN\n5. A: SELECT n");
	proc_expect_out(proc, "   reads 101, t, 77MB\nChecked: SELECT n FROM format_t is 101\n");
	proc_free(proc);
}

/* No step is left for it: the session stays without a connection, and the checks are made all the same. */
static void the_last_step_may_be_cut(void **state)
{
	(void)state;
	static const char text[] = "#@ cut ac\n#@ expect ac lost ; bl reads 101\n"
				   "#@ check \"SELECT n FROM format_t\" = 101\npermutation ab aw ac bl\n";
	struct proc *proc = cut_with("run", text);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "3 of 3 as expected\n");
	proc_free(proc);
	proc = cut_with("play", text);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "Checked: SELECT n FROM format_t is 101\n");
	proc_free(proc);
}

/* Its connection was the transaction: the server rolls it back, and B, who waited for it, goes on. */
static void a_step_that_is_cut_before_the_commit_is_rolled_back(void **state)
{
	(void)state;
	struct proc *proc = cut_with("run", "#@ cut aw\n#@ expect aw lost ; bw ok or waits for A ok ; bl reads 110\n"
					    "permutation ab aw bw bl\n");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "3 of 3 as expected\n");
	proc_free(proc);
	proc = cut_with("play", "#@ cut aw\npermutation ab aw bw bl\n");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "2. A: UPDATE format_t SET n = n + 1 WHERE id = 1\n   UPDATE sent, its answer lost\n");
	proc_expect_out(proc, "reads 110\n");
	proc_free(proc);
}

/* Outside of a transaction each statement is a commit of its own. */
static void a_statement_alone_is_unknown(void **state)
{
	(void)state;
	struct proc *proc = cut_with("play", "#@ cut bw\npermutation bw al ap al\n");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "   UPDATE sent, answer lost: UNKNOWN\n");
	proc_free(proc);
}

/* It is what a surprise is about, too. */
static void a_cut_that_is_not_expected_is_a_surprise(void **state)
{
	(void)state;
	struct proc *proc = cut_with("run", "#@ cut ac\n#@ expect ac ok\npermutation ab aw ac\n");
	proc_expect_status(proc, 6);
	proc_expect_out(proc, "ac: expected ok, found lost (");
	proc_free(proc);
}

/* ---- words ---- */

static const char worded[] = "session A step x { SELECT 1; }\nsession B step y { SELECT 2; }\n"
			     "#@ word \"snap\x1b[2J"
			     "shot\" \"What a transaction sees.\"\n#@ \"All of it.\"\n"
			     "#@ say \"Hello.\"\npermutation x\npermutation x y\n#@ word tag \"What comes back.\"\n";

static void words_are_told_where_they_are_new(void **state)
{
	(void)state;
	struct proc *proc = played(worded, "");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "Hello.\nsnap\\x1b[2Jshot: What a transaction sees.\n   All of it.\n1. A: SELECT 1");
	proc_expect_out(proc, "Hello.\ntag: What comes back.\n1. A: SELECT 1");
	assert_null(strchr(proc->out.p, '\x1b'));
	proc_free(proc);
	proc = spec_file_lab("show", worded, NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "snap\\x1b[2Jshot:\n    What a transaction sees.\n    All of it.\n");
	proc_free(proc);
}

static void without_a_lesson_no_word_was_met(void **state)
{
	(void)state;
	struct proc *proc = teller_run("words");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "No word was met yet");
	proc_free(proc);
	proc = teller_run("words", "--csv");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "word,meaning,lesson\n");
	proc_free(proc);
}

static void programs_are_named_behind_the_end(void **state)
{
	(void)state;
	struct proc *proc = played("session A step x { SELECT 1; }\nsession B step y { SELECT 2; }\n"
				   "#@ program loop\n#@ end \"Bye.\"\npermutation x\npermutation x y\n#@ program key\n",
				   "");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "Bye.\nIn your program: lab program loop\nOrder 2");
	proc_expect_out(proc, "Bye.\nIn your program: lab program loop\nIn your program: lab program key\n");
	proc_free(proc);
}

static void a_race_is_named_behind_the_end(void **state)
{
	(void)state;
	struct proc *proc = played("session A step x { SELECT 1; }\nsession B step y { SELECT 2; }\n"
				   "#@ end \"Bye.\"\npermutation x y\n#@ race lock ordered hot 2\n",
				   "");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "Bye.\nRace them: load race lock ordered --hot 2 --time 2\n");
	proc_free(proc);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_about_a_waiting_step_is_judged_by_its_end),
		cmocka_unit_test(a_wrong_answer_about_another_step_is_a_surprise),
		cmocka_unit_test(what_is_decided_is_not_asked),
		cmocka_unit_test(what_was_read_is_sent),
		cmocka_unit_test(a_null_that_was_read_is_sent),
		cmocka_unit_test(the_value_is_shown_as_it_was_sent),
		cmocka_unit_test(what_was_not_read_is_the_literal),
		cmocka_unit_test(a_value_that_is_not_there_is_a_surprise),
		cmocka_unit_test(another_attempt_sends_what_it_read),
		cmocka_unit_test(the_engine_alone),
		cmocka_unit_test(a_commit_that_is_cut_was_done),
		cmocka_unit_test(the_last_step_may_be_cut),
		cmocka_unit_test(a_step_that_is_cut_before_the_commit_is_rolled_back),
		cmocka_unit_test(a_statement_alone_is_unknown),
		cmocka_unit_test(a_cut_that_is_not_expected_is_a_surprise),
		cmocka_unit_test(words_are_told_where_they_are_new),
		cmocka_unit_test(without_a_lesson_no_word_was_met),
		cmocka_unit_test(programs_are_named_behind_the_end),
		cmocka_unit_test(a_race_is_named_behind_the_end),
	};
	return cmocka_run_group_tests_name("lesson/format", tests, pg_own_database, NULL);
}
