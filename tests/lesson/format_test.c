/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the directives of a lesson do when it is played and run: questions about other steps. */
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
	char *path = spec_file_path();
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	struct proc *proc =
		proc_run((const char *const[]){proc_teller(), "--plain", "lab", "play", path, NULL}, NULL, input);
	free(path);
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_about_a_waiting_step_is_judged_by_its_end),
		cmocka_unit_test(a_wrong_answer_about_another_step_is_a_surprise),
		cmocka_unit_test(what_is_decided_is_not_asked),
	};
	return cmocka_run_group_tests_name("lesson/format", tests, pg_own_database, NULL);
}
