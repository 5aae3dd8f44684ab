/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every shipped lesson on the real server, its answers included; what a wrong one is told. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "tests/lesson/leftovers.h"
#include "tests/lesson/spec_file.h"
#include "tests/support/check.h"
#include "tests/support/lessons.h"
#include "tests/support/pg.h"

/* The skeleton with one text of it replaced by another. */
static char *skeleton_with(const char *from, const char *to)
{
	struct buf text = {0};
	const char *at = strstr(asset_skeleton_spec, from);
	assert_non_null(at);
	buf_add(&text, asset_skeleton_spec, (size_t)(at - asset_skeleton_spec));
	buf_str(&text, to);
	buf_str(&text, at + strlen(from));
	return buf_take(&text);
}

/* ---- the shipped lessons ---- */

static size_t count_of(const char *text, const char *part)
{
	size_t n = 0;
	for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
		n++;
	return n;
}

static void expect_orders(struct proc *proc, bool superuser)
{
	struct lessons_orders orders = lessons_orders(lessons_postgres(superuser));
	char line[80];
	snprintf(line, sizeof line, "%zu orders played, %zu not; ", orders.played, orders.skipped);
	proc_expect_out(proc, line);
}

static void every_lesson_comes_out_as_it_says(void **state)
{
	(void)state;
	pg_bank(3);
	struct proc *proc = teller_run("lab", "run", "all");
	if (proc->status)
		check_tell("%s", buf_text(&proc->out));
	proc_expect_status(proc, 0);
	for (const struct asset_lesson *lesson = asset_lessons; lesson->name; lesson++)
		proc_expect_out(proc, lesson->name);
	expect_orders(proc, true);
	size_t skipped = lessons_orders(lessons_postgres(true)).skipped;
	assert_int_equal(count_of(proc->out.p, "not played: it needs "), skipped);
	assert_int_equal(count_of(proc->out.p, ", and this server is PostgreSQL"), skipped);
	proc_free(proc);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 3000);
	leftovers_expect_none();
}

static void a_lesson_does_not_mind_what_another_left(void **state)
{
	(void)state;
	pg_exec("CREATE SCHEMA teller_lesson; CREATE TABLE teller_lesson.accounts (id text)");
	struct proc *proc = teller_run("lab", "run", "lost-update");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "lost-update 1: SERIALIZABLE: B is asked to retry: 14 of 14 as expected");
	proc_free(proc);
	pg_exec("DROP TABLE teller_lesson.accounts; DROP SCHEMA teller_lesson");
}

static void who_is_no_superuser_is_told_what_is_not_played(void **state)
{
	(void)state;
	pg_exec("DROP ROLE IF EXISTS lesson_clerk");
	pg_exec("CREATE ROLE lesson_clerk LOGIN; GRANT ALL ON DATABASE %s TO lesson_clerk", getenv("PGDATABASE"));
	struct proc *proc = teller_run("-U", "lesson_clerk", "lab", "run", "all");
	proc_expect_status(proc, 0);
	proc_expect_out(
		proc,
		"deadlock 1: Opposite orders: a deadlock: not played: it needs a superuser, which this role is not");
	expect_orders(proc, false);
	proc_free(proc);
	pg_exec("REVOKE ALL ON DATABASE %s FROM lesson_clerk; DROP ROLE lesson_clerk", getenv("PGDATABASE"));
}

/* ---- surprises ---- */

static void the_skeleton_runs(void **state)
{
	(void)state;
	struct proc *proc = spec_file_lab("run", asset_skeleton_spec, NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, SPEC_FILE_NAME " 1: Two savers, one account: 6 of 6 as expected\n"
					     "1 order played, 0 not; 6 of 6 as expected\n");
	proc_free(proc);
}

static void check_surprise(const char *from, const char *to, const char *told)
{
	char *text = skeleton_with(from, to);
	struct proc *proc = spec_file_lab("run", text, NULL);
	proc_expect_status(proc, 6);
	proc_expect_out(proc, told);
	proc_expect_err(proc, "the server did something else than the lesson says");
	proc_free(proc);
	free(text);
	leftovers_expect_none();
}

static void a_wrong_expectation_is_a_surprise(void **state)
{
	(void)state;
	check_surprise("b_look reads 130", "b_look reads 120",
		       SPEC_FILE_NAME ":36: b_look: expected ok reads 120, found ok reads 130\n");
	check_surprise("b_pay waits for A ok", "b_pay ok", SPEC_FILE_NAME ":36: b_pay: expected ok, found waits ok\n");
	check_surprise("b_pay waits for A ok", "b_pay waits for B ok",
		       "b_pay: expected waits for B ok, found waits for A ok\n");
	check_surprise("b_pay waits for A ok", "a_commit tag ROLLBACK",
		       "a_commit: expected ok tag ROLLBACK, found ok tag COMMIT\n");
	check_surprise("step b_look   { SELECT balance FROM", "step b_look   { SELECT 1/0 FROM",
		       "b_look: expected ok reads 130, found 22012 (division by zero)\n");
}

/* It has waited for A, and runs on until the server has been asked again, and once more. */
static const char runs_on[] =
	"setup { CREATE TABLE pots (id INT PRIMARY KEY, n INT); INSERT INTO pots VALUES (1, 100); }\n"
	"teardown { DROP TABLE pots; }\n"
	"session A step ab { BEGIN; } step aw { UPDATE pots SET n = n + 1; } step ac { COMMIT; }\n"
	"session B step bw { DO $$ DECLARE since timestamptz; BEGIN UPDATE pots SET n = n + 10; FOR i IN 1..2 LOOP "
	"since = clock_timestamp(); LOOP PERFORM pg_stat_clear_snapshot(), pg_sleep(0.001); EXIT WHEN EXISTS "
	"(SELECT FROM pg_stat_activity WHERE query LIKE '%pg_isolation_test_session_is_blocked%' AND "
	"pid <> pg_backend_pid() AND query_start > since); END LOOP; END LOOP; END $$; }\n"
	"permutation ab aw bw ac\n"
	"#@ expect bw waits for A ok\n";

static void whom_a_step_has_waited_for_is_kept_while_it_runs_on(void **state)
{
	(void)state;
	struct proc *proc = spec_file_lab("run", runs_on, NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "1 of 1 as expected");
	proc_free(proc);
	proc = spec_file_lab("handout", runs_on, NULL);
	proc_expect_out(proc, "<br>waits for A |");
	proc_free(proc);
}

static void one_of_several_ways_is_enough(void **state)
{
	(void)state;
	char *text = skeleton_with("b_pay waits for A ok", "b_pay ok or waits for A ok or waits 40001");
	struct proc *proc = spec_file_lab("run", text, NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "6 of 6 as expected");
	proc_free(proc);
	free(text);
	check_surprise("b_look reads 130", "b_look reads 120 or 40001",
		       "b_look: expected ok reads 120 or 40001, found ok reads 130\n");
}

static void a_wrong_answer_is_a_surprise(void **state)
{
	(void)state;
	check_surprise("waits for A, then succeeds     = waits ok *",
		       "succeeds at once = ok *\n#@ | it waits = waits ok",
		       "b_pay: expected the answer \"it succeeds at once\" (ok), found waits ok\n");
	check_surprise("= waits 40001", "= waits",
		       "expected that the answer \"it waits for A, then fails\" (waits) is wrong, found waits ok\n");
}

static void a_wrong_check_is_a_surprise(void **state)
{
	(void)state;
	check_surprise("WHERE id = 1\" = 130", "WHERE id = 1\" = 131",
		       ":37: SELECT balance FROM accounts WHERE id = 1: expected 131, found 130\n");
	check_surprise("WHERE id = 1\" = 130", "WHERE nr = 1\" = 130", "found column \"nr\" does not exist\n");
}

static void surprises_are_data_too(void **state)
{
	(void)state;
	char *text = skeleton_with("b_look reads 130", "b_look reads 120");
	struct proc *proc = spec_file_lab("run", text, "--json");
	proc_expect_status(proc, 6);
	proc_expect_out(proc, "\"line\":\"36\",\"kind\":\"expect\",\"what\":\"b_look\",\"expected\":\"ok reads 120\","
			      "\"found\":\"ok reads 130\",\"result\":\"surprise\"}");
	proc_expect_out(proc, "\"result\":\"held\"}");
	proc_free(proc);
	free(text);
	proc = teller_run("lab", "run", "savepoint-protocol", "--csv");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "savepoint-protocol,5,CockroachDB: the savepoint that comes too late,,,,,\"needs "
			      "CockroachDB, and this server is PostgreSQL\",skipped\n");
	proc_free(proc);
}

/* ---- the engine's ---- */

static const char engine_lesson[] =
	"setup { CREATE SCHEMA my_lesson; CREATE TABLE my_lesson.t (n INT); INSERT INTO my_lesson.t VALUES (1); }\n"
	"teardown { DROP SCHEMA my_lesson CASCADE; }\n"
	"session A setup { SET search_path = my_lesson; }\n"
	"step b { BEGIN; } step r { SELECT n FROM t; } step w { UPDATE t SET n = n + 1; } step c { COMMIT; }\n"
	"session B setup { SET search_path = my_lesson; }\n"
	"step x { UPDATE t SET n = n * 10; }\n"
	"permutation b r x w c\n"
	"#@ retry A committed on attempt %d\n"
	"#@ expect w 40001\n"
	"#@ check \"SELECT n FROM my_lesson.t\" = 11\n";

static void what_the_engine_came_to_is_judged(void **state)
{
	(void)state;
	for (int attempt = 2; attempt <= 3; attempt++) {
		struct buf text = {0};
		buf_fmt(&text, engine_lesson, attempt);
		struct proc *proc = spec_file_lab("run", text.p, NULL);
		proc_expect_status(proc, attempt == 2 ? 0 : 6);
		proc_expect_out(proc, attempt == 2 ? "3 of 3 as expected"
						   : SPEC_FILE_NAME
					      ":8: A: expected COMMITTED on attempt 3, found COMMITTED on attempt 2");
		proc_free(proc);
		proc = spec_file_lab("check", text.p, NULL);
		proc_expect_out(proc, "The engine runs A (committed on attempt");
		proc_free(proc);
		buf_free(&text);
	}
	assert_int_equal(pg_number("SELECT count(*) FROM pg_namespace WHERE nspname = 'my_lesson'"), 0);
}

/* Two statements in a step: the server takes one at a time from the engine. */
static void what_the_engine_cannot_run_is_told(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_fmt(&text, engine_lesson, 1);
	memcpy(strstr(text.p, "SELECT n FROM t;"), "SELECT 1;TABLE t", 16);
	struct proc *proc = spec_file_lab("run", text.p, NULL);
	proc_expect_status(proc, 6);
	proc_expect_out(proc, "A: expected COMMITTED on attempt 1, found FAILED on attempt 1");
	proc_free(proc);
	buf_free(&text);
}

/* ---- what cannot be played ---- */

static void check_failure(const char *from, const char *to, int status, const char *told)
{
	char *text = skeleton_with(from, to);
	struct proc *proc = spec_file_lab("run", text, NULL);
	proc_expect_status(proc, status);
	proc_expect_err(proc, told);
	proc_free(proc);
	free(text);
}

static void what_cannot_be_played_is_said(void **state)
{
	(void)state;
	check_failure("step b_look", "stop b_look", 1,
		      SPEC_FILE_NAME ":21:1: expected a session or a permutation, found \"stop\"");
	check_failure("#@ say b_look", "#@ say b_lok", 1,
		      ":35:8: there is no step \"b_lok\": did you mean \"b_look\"?");
	check_failure("CREATE TABLE accounts", "CREATE TABEL accounts", 3,
		      "the set-up was refused: syntax error at or near \"TABEL\"");
	setenv("PGISOLATIONTIMEOUT", "1", 1);
	check_failure("step b_look   { SELECT", "step b_look   { SELECT pg_sleep(60); SELECT", 6,
		      "step b_look was cancelled after 1 second: nothing in this order lets it go on");
	unsetenv("PGISOLATIONTIMEOUT");
	leftovers_expect_none();
}

static void check_spec(const char *text, int status, const char *out, const char *err)
{
	struct proc *proc = spec_file_lab("run", text, NULL);
	proc_expect_status(proc, status);
	proc_expect_out(proc, out);
	proc_expect_err(proc, err);
	proc_free(proc);
}

static void odd_ends_are_told(void **state)
{
	(void)state;
	check_spec("session A step a { SELECT pg_terminate_backend(pg_backend_pid()) } #@ expect a 57P01", 0,
		   "1 order played", "");
	check_spec("session A step a { SELECT pg_terminate_backend(pg_backend_pid()) } step b { }", 2, "",
		   "step b cannot be run, its connection has ended");
	check_spec("session A step a { SELECT 1; SELECT 2, NULL; RESET ALL }\n#@ expect a reads \"2, NULL\" tag RESET",
		   0, "1 of 1 as expected", "");
	check_spec("session A step a { SELECT 1 WHERE false }\n#@ expect a reads \"\"", 0, "1 of 1 as expected", "");
	check_spec("session A step a { SELECT 1 } teardown { BAD }", 3, "", "not all was torn down: syntax error");
	check_spec("teardown { DROP TABLE nonesuch } session A step a { }", 3, "",
		   "not all was torn down: table \"nonesuch\" does not exist");
}

/* It would hold the teardown up for ever. */
static void a_transaction_that_is_left_open_is_ended(void **state)
{
	(void)state;
	check_spec("setup { CREATE TABLE left_open (a int) } teardown { DROP TABLE left_open }"
		   "session A step a { BEGIN; LOCK left_open }",
		   0, "1 order played", "");
	assert_int_equal(pg_number("SELECT count(*) FROM pg_class WHERE relname = 'left_open'"), 0);
}

static void all_orders_are_played_where_none_is_given(void **state)
{
	(void)state;
	check_spec("setup { CREATE TABLE bin (a int) } teardown { DROP TABLE bin }"
		   "session A step a { INSERT INTO bin VALUES (1) } step b { INSERT INTO bin VALUES (2) }"
		   "session B step c { SELECT count(*) >= 0 FROM bin }\n"
		   "#@ expect c reads t\n#@ check \"SELECT count(*) FROM bin\" = 2",
		   0, "3 of 3: 2 of 2 as expected\n3 orders played, 0 not; 6 of 6 as expected", "");
}

/* 100 steps of ten sessions have more orders than there are atoms. */
static void astronomic_numbers_of_orders_are_refused(void **state)
{
	(void)state;
	check_spec("session A step a1 {} step a2 {} step a3 {} session B step b1 {} step b2 {} step b3 {}"
		   "session C step c1 {} step c2 {} step c3 {} session D step d1 {} step d2 {} step d3 {}",
		   1, "", "its steps can come in 369600 orders: lab run plays 10000 at most");
	struct buf text = {0};
	for (int i = 0; i < 100; i++)
		buf_fmt(&text, "%s step s%d {} ", i % 10 ? "" : i ? "session u" : "session t", i);
	check_spec(buf_text(&text), 1, "", "can come in more than 1000000000000 orders");
	buf_free(&text);
}

static void an_interrupt_tears_down(void **state)
{
	(void)state;
	char *text = skeleton_with("step b_look   { ", "step b_look   { SELECT pg_sleep(600); ");
	char *path = spec_file_write(text);
	struct proc *proc = proc_start((const char *const[]){proc_teller(), "lab", "run", path, NULL}, NULL, NULL);
	pg_until(NULL, "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%%pg_sleep(600)%%' AND pid <> "
		       "pg_backend_pid() AND state = 'active'");
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	assert_int_equal(proc->status, 130);
	proc_free(proc);
	free(path);
	free(text);
	assert_int_equal(pg_number("SELECT count(*) FROM pg_namespace WHERE nspname = 'my_lesson'"), 0);
}

static void who_only_looks_makes_no_tables(void **state)
{
	(void)state;
	struct proc *proc = teller_run("--read-only", "lab", "run", "lost-update");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "lab run makes tables of its own: teller was started with --read-only");
	proc_free(proc);
	proc = teller_run("--read-only", "lab", "list");
	proc_expect_status(proc, 0);
	proc_free(proc);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_lesson_comes_out_as_it_says),
		cmocka_unit_test(a_lesson_does_not_mind_what_another_left),
		cmocka_unit_test(who_is_no_superuser_is_told_what_is_not_played),
		cmocka_unit_test(the_skeleton_runs),
		cmocka_unit_test(a_wrong_expectation_is_a_surprise),
		cmocka_unit_test(whom_a_step_has_waited_for_is_kept_while_it_runs_on),
		cmocka_unit_test(one_of_several_ways_is_enough),
		cmocka_unit_test(a_wrong_answer_is_a_surprise),
		cmocka_unit_test(a_wrong_check_is_a_surprise),
		cmocka_unit_test(surprises_are_data_too),
		cmocka_unit_test(what_the_engine_came_to_is_judged),
		cmocka_unit_test(what_the_engine_cannot_run_is_told),
		cmocka_unit_test(what_cannot_be_played_is_said),
		cmocka_unit_test(odd_ends_are_told),
		cmocka_unit_test(a_transaction_that_is_left_open_is_ended),
		cmocka_unit_test(all_orders_are_played_where_none_is_given),
		cmocka_unit_test(astronomic_numbers_of_orders_are_refused),
		cmocka_unit_test(an_interrupt_tears_down),
		cmocka_unit_test(who_only_looks_makes_no_tables),
	};
	return cmocka_run_group_tests_name("lesson/run", tests, pg_own_database, NULL);
}
