/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lessons with sessions on a second server, here another database: no transaction is in both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lesson/spec_file.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

static const char second[] = "dbname=lesson_second";

/* A transfer from a bank in one database to a bank in the other. */
static const char two_banks[] =
	"#@ session B on second\n#@ setup on both\n"
	"setup { CREATE TABLE accounts (id INT PRIMARY KEY, balance INT); }\n"
	"setup { INSERT INTO accounts VALUES (1, 1000); }\n"
	"#@ setup on second\n"
	"setup { INSERT INTO accounts VALUES (2, 500); }\n"
	"#@ teardown on both\n"
	"teardown { DROP TABLE accounts; }\n"
	"session A\nsetup { SET work_mem = '77MB'; }\nstep ab { BEGIN; }\n"
	"step aw { UPDATE accounts SET balance = balance - 100 WHERE id = 1; }\nstep ac { COMMIT; }\n"
	"step al { SELECT current_database(), current_setting('work_mem') FROM accounts; }\n"
	"session B\nsetup { SET work_mem = '78MB'; }\nstep bb { BEGIN; }\n"
	"step bw { UPDATE accounts SET balance = balance + 100 WHERE id = 2; }\nstep bc { COMMIT; }\n"
	"step br { ROLLBACK; }\n"
	"step bl { SELECT current_database(), current_setting('work_mem') FROM accounts; }\n"
	"session C\nstep cb { BEGIN; }\nstep cw { UPDATE accounts SET balance = balance + 1 WHERE id = 2; }\n"
	"step cc { COMMIT; }\n";

static char *two_banks_and(const char *directives)
{
	struct buf text = {0};
	buf_fmt(&text, "%s%s\n", two_banks, directives);
	return buf_take(&text);
}

/* A file of this text, and `lab WORD` with the second database. */
static struct proc *lab(const char *word, const char *directives)
{
	char *text = two_banks_and(directives), *path = spec_file_write(text);
	const char *const argv[] = {proc_teller(), "--plain", "--second", second, "lab", word, path, NULL};
	struct proc *proc = proc_run(argv, NULL, "");
	free(path);
	free(text);
	return proc;
}

static void expect_nothing_left(void)
{
	static const char sql[] =
		"SELECT count(*) FROM pg_class AS c, pg_namespace AS n WHERE c.relname = 'accounts' OR "
		"n.nspname LIKE 'teller\\_lesson%%'";
	struct pg_session *there = pg_open_at(second);
	assert_int_equal(pg_number(sql), 0);
	assert_int_equal(pg_ask(there, sql), 0);
	pg_close(there);
}

static void each_session_is_where_it_says(void **state)
{
	(void)state;
	struct proc *proc = lab("run", "#@ expect bl reads \"lesson_second, 78MB\" ; al reads \"lesson_first, 77MB\"\n"
				       "#@ check \"SELECT count(*) FROM accounts\" = 1\n"
				       "#@ check on second \"SELECT id, balance FROM accounts\" = 2, 500\n"
				       "permutation al bl\n");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "4 of 4 as expected\n");
	proc_free(proc);
	expect_nothing_left();
}

/* What the lesson is about: one commits, the other does not, and nobody takes the first one back. */
static void no_transaction_is_in_both(void **state)
{
	(void)state;
	static const char half[] = "#@ check \"SELECT balance FROM accounts\" = 900\n"
				   "#@ check on second \"SELECT balance FROM accounts\" = 500\n"
				   "permutation ab bb aw bw ac br\n";
	struct proc *proc = lab("run", half);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "2 of 2 as expected\n");
	proc_free(proc);
	proc = lab("play", half);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "5. A: COMMIT\n   COMMIT\n6. B: ROLLBACK\n   ROLLBACK\n"
			      "Checked: SELECT balance FROM accounts is 900\n"
			      "Checked: SELECT balance FROM accounts is 500\n");
	proc_free(proc);
	expect_nothing_left();
}

static void on_paper_it_is_said_where(void **state)
{
	(void)state;
	static const char half[] = "#@ title Two banks\n#@ check on second \"SELECT balance FROM accounts\" = 500\n"
				   "permutation ab bb aw bw ac br\n";
	struct proc *proc = lab("handout", half);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "\n| step | A | B, on the second server | C |\n");
	proc_expect_out(proc, "\n| 6 |  | `ROLLBACK`<br>ROLLBACK |  |\n");
	proc_expect_out(proc, "**At the end, on the second server:** `SELECT balance FROM accounts` gives 500\n");
	proc_free(proc);
	expect_nothing_left();
}

/* Two sessions there wait for each other, as that server says. */
static void waits_there_are_asked_there(void **state)
{
	(void)state;
	static const char wait[] = "#@ session C on second\n#@ expect cw waits for B ok tag \"UPDATE 1\"\n"
				   "#@ check on second \"SELECT balance FROM accounts\" = 601\n"
				   "permutation ab aw bb bw cb cw bc ac cc\n";
	struct proc *proc = lab("run", wait);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "2 of 2 as expected\n");
	proc_free(proc);
	proc = lab("play", wait);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "   waits for B\n");
	proc_free(proc);
	expect_nothing_left();
}

/* The new connection is one to the second server, set up as the first was. */
static void a_cut_session_comes_back_there(void **state)
{
	(void)state;
	struct proc *proc = lab("run", "#@ cut bc\n#@ expect bc lost ; bl reads \"lesson_second, 78MB\"\n"
				       "#@ check on second \"SELECT balance FROM accounts\" = 600\n"
				       "permutation bb bw bc bl\n");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "3 of 3 as expected\n");
	proc_free(proc);
}

static void the_engine_retries_there(void **state)
{
	(void)state;
	struct proc *proc =
		lab("run", "#@ retry B committed on attempt 1\n"
			   "#@ check on second \"SELECT balance FROM accounts\" = 600\npermutation bb bw bc\n");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "2 of 2 as expected\n");
	proc_free(proc);
}

static void without_a_second_server_it_is_refused(void **state)
{
	(void)state;
	char *text = two_banks_and("permutation al bl\n");
	struct proc *proc = spec_file_lab("run", text, NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "not played: it needs a second server: name one with --second URL\n");
	proc_free(proc);
	char *path = spec_file_path();
	proc = teller_run("--plain", "lab", "play", path);
	assert_int_not_equal(proc->status, 0);
	proc_expect_err(proc, "needs a second server: name one with --second URL");
	proc_free(proc);
	free(path);
	free(text);
}

static void a_second_server_that_is_not_there_is_said(void **state)
{
	(void)state;
	char *text = two_banks_and("permutation al bl\n"), *path = spec_file_write(text);
	const char *const argv[] = {proc_teller(), "--plain", "--second", "dbname=lesson_nowhere",
				    "lab",         "run",     path,       NULL};
	struct proc *proc = proc_run(argv, NULL, "");
	proc_expect_status(proc, 2);
	proc_expect_err(proc, "database \"lesson_nowhere\" does not exist");
	proc_free(proc);
	free(path);
	free(text);
	expect_nothing_left();
}

static void a_set_up_there_that_is_refused_is_said(void **state)
{
	(void)state;
	struct proc *proc =
		lab("run", "session D\nsetup { SELECT 1/0; }\nstep ds { SELECT 1; }\n#@ session D on second\n"
			   "permutation al bl ds\n");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "division by zero");
	proc_free(proc);
	expect_nothing_left();
}

/* isolationtester plays all of it on one server, and so does a transcript. */
static void a_transcript_knows_one_server(void **state)
{
	(void)state;
	char *text = two_banks_and("permutation al bl\n");
	struct proc *proc = spec_file_lab("run", text, "--transcript");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "lesson_first");
	assert_null(strstr(proc->out.p, "lesson_second"));
	proc_free(proc);
	free(text);
}

static int setup(void **state)
{
	(void)state;
	pg_fresh_database("lesson_second", NULL);
	pg_fresh_database("lesson_first", NULL);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_session_is_where_it_says),
		cmocka_unit_test(no_transaction_is_in_both),
		cmocka_unit_test(on_paper_it_is_said_where),
		cmocka_unit_test(waits_there_are_asked_there),
		cmocka_unit_test(a_cut_session_comes_back_there),
		cmocka_unit_test(the_engine_retries_there),
		cmocka_unit_test(without_a_second_server_it_is_refused),
		cmocka_unit_test(a_second_server_that_is_not_there_is_said),
		cmocka_unit_test(a_set_up_there_that_is_refused_is_said),
		cmocka_unit_test(a_transcript_knows_one_server),
	};
	return cmocka_run_group_tests_name("lesson/second", tests, setup, NULL);
}
