/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lab says without a server: the list, a lesson's text, its check, a new lesson, and the manual's example. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/asset.h"
#include "base/mem.h"
#include "tests/lesson/spec_file.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

/* ---- without a server ---- */

#define nowhere_run(...)                                                                                               \
	proc_run((const char *const[]){proc_teller(), __VA_ARGS__, NULL},                                              \
		 (const char *const[]){"PGHOST=/nonexistent", NULL}, NULL)

static void the_list_and_a_lesson_need_no_server(void **state)
{
	(void)state;
	struct proc *proc = nowhere_run("lab", "list");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "lost-update              Two people move half of the same balance\n");
	assert_memory_equal(proc->out.p, "first-transfer ", 15);
	proc_free(proc);
	proc = nowhere_run("lab", "list", "--format", "jsonl");
	proc_expect_status(proc, 0);
	proc_expect_out(proc,
			"{\"lesson\":\"locking-read\",\"title\":\"Locking what you read\",\"needs\":\"for-update\",");
	proc_free(proc);
	proc = nowhere_run("--seed", "7", "lab", "show", "lost-update");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "title    Two people move half of the same balance\n");
	proc_expect_out(proc, "\n1. SERIALIZABLE: B is asked to retry\n");
	proc_expect_out(proc, "   B  b_take: UPDATE accounts SET balance = 500 WHERE id = 1\n");
	assert_null(strstr(proc->out.p, "<- right"));
	proc_free(proc);
	proc = nowhere_run("lab", "check", "lost-update");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "       3  it waits for A, then fails: 40001   <- right\n");
	proc_expect_out(proc, "     = waits for A 40001\n");
	proc_free(proc);
}

static void lab_check_finds_what_was_not_meant(void **state)
{
	(void)state;
	struct proc *proc = spec_file_lab("check", "session s step a {} step \"b\x1b\" {}\npermutation a", NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "1 session, 2 steps, 1 permutation, 0 questions, 0 expectations, 0 checks\n"
			      "line 1: step b\\x1b is in no permutation\n"
			      "nothing is expected or checked");
	proc_free(proc);
	static const char asks[] =
		"session s step a {}\n#@ ask a \"Q?\"\n#@ | x = ok *\n#@ because \"so\x1b\"\n#@ \"it is\"\n"
		"#@ | y\n#@ after a reads 1 \"One.\"\npermutation a\n#@ after a ok \"Done.\"\n";
	proc = spec_file_lab("check", asks, NULL);
	proc_expect_out(proc, "line 2: 1 of 2 answers has no reason: write #@ because \"text\" under each\n");
	proc_expect_out(
		proc, "     ? Q?\n       1  x   <- right\n          so\\x1b\n          it is\n       2  y\n   s  a: \n"
		      "     after ok:\n          Done.\n     after ok reads 1:\n          One.\n");
	proc_free(proc);
	proc = spec_file_lab("show", asks, NULL);
	proc_expect_out(proc, "     ? Q?\n       1  x\n       2  y\n   s  a: \n");
	assert_null(strstr(proc->out.p, "it is"));
	assert_null(strstr(proc->out.p, "Done"));
	proc_free(proc);
	proc = spec_file_lab("show", "session s step a { SELECT\n  1; }\npermutation a", NULL);
	proc_expect_out(proc, "   s  a: SELECT 1\n");
	proc_free(proc);
	proc = spec_file_lab("check", "session s step a {", NULL);
	proc_expect_status(proc, 1);
	proc_expect_err(proc, SPEC_FILE_NAME ":1:18: the SQL that begins here does not end: close it with }");
	proc_free(proc);
}

static void words_of_lab_are_checked(void **state)
{
	(void)state;
	static const char *const cases[][4] = {
		{"rnu", NULL, NULL,
		 "unknown lab command \"rnu\", did you mean run; use list, show, run, play, explore, solve, check, "
		 "new, progress, program, handout or matrix"},
		{"lost-update", NULL, NULL, "`lab play lost-update` plays it, `lab show lost-update` says what it is"},
		{"run", NULL, NULL, "lab run needs a lesson's name, a file, or all"},
		{"list", "x", NULL, "lab list has no place for \"x\""},
		{"show", "lost-updat", NULL, "there is no lesson lost-updat, did you mean lost-update;"},
		{"show", "lost-update", "--transcript", "--transcript is for lab run"},
		{"show", "/nonexistent.spec", NULL, "cannot open /nonexistent.spec: No such file or directory"},
		{"run", "/tmp/", NULL, "is not a regular file"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *const argv[] = {proc_teller(), "lab", cases[i][0], cases[i][1], cases[i][2], NULL};
		struct proc *proc = proc_run(argv, NULL, NULL);
		proc_expect_err(proc, cases[i][3]);
		proc_expect_status(proc, 1);
		proc_free(proc);
	}
}

static void a_new_lesson_runs_and_is_not_overwritten(void **state)
{
	(void)state;
	char *path = spec_file_path();
	unlink(path);
	struct proc *proc = teller_run("lab", "new", path);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "is a lesson that runs");
	proc_free(proc);
	proc = teller_run("lab", "new", path);
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "exists already; choose another name");
	proc_free(proc);
	proc = teller_run("lab", "run", path);
	proc_expect_status(proc, 0);
	proc_free(proc);
	free(path);
}

/* Adds a line of roff as it is read: without its escapes. */
static void add_unescaped(struct buf *out, const char *at, const char *stop)
{
	static const struct {
		const char *escape, *text;
	} escapes[] = {{"\\-", "-"}, {"\\e", "\\"}, {"\\&", ""}, {"\\(aq", "'"}, {"\\(ha", "^"}, {"\\(ti", "~"}};
	while (at < stop) {
		size_t i = 0;
		while (i < COUNT_OF(escapes) && strncmp(at, escapes[i].escape, strlen(escapes[i].escape)) != 0)
			i++;
		if (i < COUNT_OF(escapes)) {
			buf_str(out, escapes[i].text);
			at += strlen(escapes[i].escape);
		} else {
			buf_char(out, *at++);
		}
	}
}

/* The example in the manual page of lesson files; owned. */
static char *manual_example(void)
{
	static const char begin[] = "BEGIN EXAMPLE\n", end[] = ".\\\" END EXAMPLE";
	FILE *file = fopen("assets/teller-lesson.5", "r");
	struct buf text = {0}, example = {0};
	char chunk[4096];
	size_t n;
	assert_non_null(file);
	while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
		buf_add(&text, chunk, n);
	fclose(file);
	const char *at = strstr(buf_text(&text), begin), *stop = at ? strstr(at, end) : NULL;
	assert_non_null(stop);
	add_unescaped(&example, at + strlen(begin), stop);
	buf_free(&text);
	return buf_take(&example);
}

static void the_manual_shows_a_lesson_that_runs(void **state)
{
	(void)state;
	char *example = manual_example();
	assert_non_null(strstr(example, "#@ title"));
	assert_non_null(strstr(asset_skeleton_spec, example));
	struct proc *proc = spec_file_lab("run", example, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
	free(example);
}
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_and_a_lesson_need_no_server),
		cmocka_unit_test(lab_check_finds_what_was_not_meant),
		cmocka_unit_test(words_of_lab_are_checked),
		cmocka_unit_test(a_new_lesson_runs_and_is_not_overwritten),
		cmocka_unit_test(the_manual_shows_a_lesson_that_runs),
	};
	return cmocka_run_group_tests_name("lesson/offline", tests, pg_own_database, NULL);
}
