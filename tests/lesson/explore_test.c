/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab explore: what it counts, plays and leaves out, at which level, its options, and every end of it. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/lesson/spec_file.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

#define TABLE                                                                                                          \
	"setup { CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 10), (2, 20); }\n"               \
	"teardown { DROP TABLE t; }\n"
#define ADDS(s)                                                                                                        \
	"session " s " step " s "1 { BEGIN; } step " s "2 { UPDATE t SET n = n + 1 WHERE id = 1; } step " s            \
	"3 { COMMIT; }\n"

#define explore(...) proc_run((const char *const[]){proc_teller(), "lab", "explore", __VA_ARGS__, NULL}, NULL, NULL)

/* ---- what is counted ---- */

static void locks_keep_the_rule(void **state)
{
	(void)state;
	struct proc *proc = spec_file_lab(
		"explore", TABLE ADDS("a") ADDS("b") "#@ check \"SELECT n FROM t WHERE id = 1\" = 12\n", NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "as written: 20 orders, 14 possible, 6 not (");
	proc_expect_out(proc, "   6 waited, 0 ended in a retry (40001), 0 in a deadlock, 0 in another error\n"
			      "   line 5: SELECT n FROM t WHERE id = 1 = 12: holds in each of them\n");
	proc_free(proc);
	assert_int_equal(pg_number("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'teller_lesson%%'"), 0);
}

#define CROSSED(s, first, second)                                                                                      \
	"session " s " step " s "1 { BEGIN; UPDATE t SET n = n + 1 WHERE id = " first "; } step " s                    \
	"2 { UPDATE t SET n = n + 1 WHERE id = " second "; } step " s "3 { COMMIT; }\n"

/* Where both have their first row, the second who wants the other one closes the circle. */
static void deadlocks_and_errors_are_counted(void **state)
{
	(void)state;
	struct proc *proc = spec_file_lab("explore", TABLE CROSSED("a", "1", "2") CROSSED("b", "2", "1"), "--json");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "\"all\":\"20\",\"orders\":\"20\",\"seed\":null,");
	proc_expect_out(proc, "\"possible\":\"12\",\"impossible\":\"8\",\"waited\":\"10\",\"retried\":\"0\","
			      "\"deadlocks\":\"8\",\"errors\":\"0\",\"line\":null,\"check\":null,");
	proc_free(proc);
	proc = spec_file_lab("explore",
			     TABLE "session a step a { INSERT INTO t VALUES (3, 1); }\n"
				   "session b step b { INSERT INTO t VALUES (3, 2); }\n"
				   "#@ check \"SELECT n FROM t WHERE id = 3\" = 1\n",
			     NULL);
	proc_expect_status(proc, 6);
	proc_expect_out(proc, "0 in a deadlock, 2 in another error\n");
	proc_expect_out(proc,
			"breaks in 1\n   the shortest, with 1 switch between sessions, has 2:\npermutation b a\n");
	proc_expect_err(proc, "a check breaks");
	proc_free(proc);
}

/* Each check has a shortest order of its own; one behind a permutation is that permutation's. */
static void each_check_is_counted(void **state)
{
	(void)state;
	struct proc *proc = spec_file_lab(
		"explore",
		TABLE "session a step a { UPDATE t SET n = 1; }\nsession b step b { UPDATE t SET n = 2; }\n"
		      "#@ check \"SELECT sum(n) FROM t\" = 2\n#@ check \"SELECT sum(n) FROM t\" = 4\n"
		      "#@ check \"SELECT nothing\" = 4\npermutation a b\n#@ check \"SELECT 5\" = 6\n",
		"--csv");
	proc_expect_status(proc, 6);
	proc_expect_out(proc, ",5,SELECT sum(n) FROM t,2,1,4,permutation a b\n");
	proc_expect_out(proc, ",6,SELECT sum(n) FROM t,4,1,2,permutation b a\n");
	proc_expect_out(proc, ",7,SELECT nothing,4,2,\"column \"\"nothing\"\" does not exist\",permutation a b\n");
	assert_null(strstr(proc->out.p, "SELECT 5"));
	proc_free(proc);
}

/* ---- what is not played twice ---- */

/* a fails at its second step: where its third and fourth stand decides nothing. */
static void what_a_failed_transaction_sends_is_left_out(void **state)
{
	(void)state;
	static const char text[] = TABLE "session a step a1 { BEGIN; } step a2 { SELECT 1/0; } step a3 { UPDATE t SET "
					 "n = 0; } step a4 { COMMIT; }\n"
					 "session b step b1 { UPDATE t SET n = n + 1; } step b2 { UPDATE t SET n = n + "
					 "1; } step b3 { UPDATE t SET n = n "
					 "+ 1; }\n#@ check \"SELECT sum(n) FROM t\" = 36\n";
	struct proc *proc = spec_file_lab("explore", text, "--json");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "\"orders\":\"35\",\"seed\":null,\"played\":\"10\",\"possible\":\"35\"");
	proc_expect_out(proc, "\"errors\":\"35\"");
	proc_free(proc);
}

/* With a savepoint, or another transaction behind it, it may do something. */
static void what_may_have_an_effect_is_played(void **state)
{
	(void)state;
	struct proc *proc =
		spec_file_lab("explore",
			      TABLE "session a step a1 { BEGIN; SAVEPOINT s; } step a2 { SELECT 1/0; }\n"
				    "step a3 { ROLLBACK TO s; UPDATE t SET n = 2 * n; } step a4 { COMMIT; }\n"
				    "session b step b1 { UPDATE t SET n = n + 1; }\n"
				    "#@ check \"SELECT sum(n) FROM t\" = 64\n",
			      "--json");
	proc_expect_status(proc, 6);
	proc_expect_out(proc, "\"orders\":\"5\",\"seed\":null,\"played\":\"5\",");
	proc_expect_out(proc, "\"possible\":\"5\",\"impossible\":\"0\"");
	proc_free(proc);
}

/* Where c comes behind b2 in a1 a2 b1 b2, the beginning is the same, and decides it. */
static void an_impossible_beginning_is_played_once(void **state)
{
	(void)state;
	struct proc *proc =
		spec_file_lab("explore",
			      TABLE ADDS("a") "session b step b1 { UPDATE t SET n = n + 1; } step b2 { SELECT 1; }\n"
					      "session c step c1 { SELECT 1; }\n",
			      "--json");
	proc_expect_status(proc, 0);
	proc_expect_out(proc,
			"\"orders\":\"60\",\"seed\":null,\"played\":\"59\",\"possible\":\"54\",\"impossible\":\"6\"");
	proc_free(proc);
}

/* ---- levels, and sessions as new ones ---- */

static void the_level_is_the_one_that_is_asked_for(void **state)
{
	(void)state;
	static const char text[] = "setup { CREATE TABLE seen (what text); }\nteardown { DROP TABLE seen; }\n"
				   "session a step a1 { BEGIN; INSERT INTO seen SELECT "
				   "current_setting('transaction_isolation'); COMMIT; }\n"
				   "session b step b1 { BEGIN ISOLATION LEVEL SERIALIZABLE; INSERT INTO seen SELECT "
				   "current_setting('transaction_isolation'); COMMIT; }\n"
				   "#@ check \"SELECT min(what), max(what), count(*) FROM seen\" = \"x\"\n";
	char *path = spec_file_write(text);
	struct proc *proc = explore(path, "--isolation", "all", "--csv");
	proc_expect_status(proc, 6);
	proc_expect_err(proc, "a check breaks at 3 of 3 isolation levels");
	proc_expect_out(proc, ",READ COMMITTED,2,2,");
	proc_expect_out(proc, "\"read committed, read committed, 2\"");
	proc_expect_out(proc, "\"repeatable read, repeatable read, 2\"");
	proc_expect_out(proc, "\"serializable, serializable, 2\"");
	proc_free(proc);
	proc = explore(path, "--csv");
	proc_expect_out(proc, "\"read committed, serializable, 2\"");
	proc_free(proc);
	free(path);
}

/* What a step sets for its session would reach into the next order, and decide it. */
static void sessions_begin_as_new_ones(void **state)
{
	(void)state;
	struct proc *proc =
		spec_file_lab("explore",
			      "setup { CREATE TABLE seen (what text); }\nteardown { DROP TABLE seen; }\n"
			      "session a step a1 { INSERT INTO seen SELECT current_setting('my.own', true); }\n"
			      "step a2 { SET my.own = 'set'; CREATE TEMP TABLE own (a int); }\n"
			      "session b step b1 { SELECT 1; }\n"
			      "#@ check \"SELECT coalesce(max(what), '') FROM seen\" = \"\"\n",
			      NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "3 orders, 3 possible, 0 not");
	proc_expect_out(proc, "0 in another error\n");
	proc_free(proc);
}

/* ---- samples ---- */

/* The third has a row of its own: of two that wait for the same row any may be the next, as PostgreSQL wakes both to look
 * for its new version. */
static void a_sample_can_be_repeated(void **state)
{
	(void)state;
	char *path = spec_file_write(
		TABLE ADDS("a") ADDS("b") "session c step c1 { BEGIN; } "
					  "step c2 { UPDATE t SET n = n + 1 WHERE id = 2; } step c3 { COMMIT; }\n");
	struct proc *one = explore(path, "--sample", "5", "--seed", "11", "--json");
	struct proc *two = explore(path, "--limit", "5", "--seed", "11", "--json");
	proc_expect_status(one, 0);
	proc_expect_out(one, "\"all\":\"1680\",\"orders\":\"5\",\"seed\":\"11\"");
	assert_string_equal(one->out.p, two->out.p);
	proc_free(one);
	proc_free(two);
	one = explore(path, "--sample", "5");
	proc_expect_out(one, "as written: 5 of 1680 orders, ");
	proc_expect_out(one, "; by chance, --seed ");
	proc_free(one);
	free(path);
}

/* ---- what is refused ---- */

static void check_refused(const char *option, const char *value, const char *sentence)
{
	char *path = spec_file_write(TABLE ADDS("a"));
	struct proc *proc = explore(path, option, value);
	proc_expect_status(proc, 1);
	proc_expect_err(proc, sentence);
	proc_free(proc);
	free(path);
}

static void wrong_options_are_refused(void **state)
{
	(void)state;
	check_refused("--isolation", "snapshot",
		      "--isolation takes all, or levels with a comma between: read-committed, "
		      "repeatable-read and serializable");
	check_refused("--isolation", "serializable,", "--isolation takes all");
	check_refused("--isolation", "serializable,serializable", "--isolation names SERIALIZABLE twice");
	check_refused("--sample", "0", "--sample takes a whole number from 1 to 1000000");
	check_refused("--limit", "many", "--limit takes a whole number");
	struct proc *proc = teller_run("lab", "run", "deadlock", "--sample", "5");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "--sample is for lab explore");
	proc_free(proc);
	proc = teller_run("lab", "explore");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "lab explore needs a lesson's name, or a file");
	proc_free(proc);
	proc = teller_run("--read-only", "lab", "explore", "deadlock");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "lab explore makes tables of its own: teller was started with --read-only");
	proc_free(proc);
}

/* It is said before the orders are played, once for all levels; beside data, too. */
static void that_nothing_can_break_is_said_first(void **state)
{
	(void)state;
	static const char *const ways[] = {NULL, "--json"};
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		struct proc *proc =
			spec_file_lab("explore",
				      TABLE ADDS("a") ADDS("b") "permutation a1 a2 a3 b1 b2 b3\n"
								"#@ check \"SELECT n FROM t WHERE id = 1\" = 12\n",
				      ways[i]);
		proc_expect_status(proc, 0);
		proc_expect_err(proc, "no check stands before the permutations, so nothing can break");
		proc_free(proc);
	}
	struct proc *proc =
		spec_file_lab("explore", TABLE ADDS("a") "#@ check \"SELECT n FROM t WHERE id = 1\" = 11\n", NULL);
	proc_expect_status(proc, 0);
	assert_null(strstr(buf_text(&proc->err), "nothing can break"));
	proc_free(proc);
}

static void what_cannot_be_set_up_is_said(void **state)
{
	(void)state;
	struct proc *proc = spec_file_lab("explore", "setup { CREATE BAD; } session a step a { }", NULL);
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "the set-up was refused: syntax error at or near \"BAD\"");
	proc_free(proc);
	proc = spec_file_lab("explore", "#@ needs crdb\nsession a step a { }", NULL);
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "cannot be explored: it needs CockroachDB, and this server is PostgreSQL");
	proc_free(proc);
}

/* An order in which a session ends itself has failed; the others are played. */
static void a_lost_session_is_an_outcome(void **state)
{
	(void)state;
	struct proc *proc = spec_file_lab(
		"explore",
		"session a step a1 { SELECT pg_terminate_backend(pg_backend_pid()); } step a2 { SELECT 1; }\n"
		"session b step b1 { SELECT 1; }\n",
		NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "3 orders, 3 possible, 0 not");
	proc_expect_out(proc, "3 in another error");
	proc_free(proc);
}

/* ---- every end ---- */

static void an_interrupt_ends_it(void **state)
{
	(void)state;
	char *path = spec_file_write(
		TABLE "session a step a { SELECT pg_sleep(0.05); }\nsession b step b1 { SELECT 1; } step b2 { "
		      "SELECT 1; } step b3 { SELECT 1; } step b4 { SELECT 1; }\n"
		      "session c step c1 { SELECT 1; } step c2 { SELECT 1; } step c3 { SELECT 1; }\n");
	struct proc *proc = proc_start((const char *const[]){proc_teller(), "lab", "explore", path, NULL}, NULL, NULL);
	pg_until(NULL, "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%%pg_sleep(0.05)%%' AND pid <> "
		       "pg_backend_pid()");
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	assert_int_equal(proc->status, 130);
	proc_free(proc);
	free(path);
	assert_int_equal(pg_number("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'teller_lesson%%'"), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(locks_keep_the_rule),
		cmocka_unit_test(deadlocks_and_errors_are_counted),
		cmocka_unit_test(each_check_is_counted),
		cmocka_unit_test(what_a_failed_transaction_sends_is_left_out),
		cmocka_unit_test(what_may_have_an_effect_is_played),
		cmocka_unit_test(an_impossible_beginning_is_played_once),
		cmocka_unit_test(the_level_is_the_one_that_is_asked_for),
		cmocka_unit_test(sessions_begin_as_new_ones),
		cmocka_unit_test(a_sample_can_be_repeated),
		cmocka_unit_test(wrong_options_are_refused),
		cmocka_unit_test(that_nothing_can_break_is_said_first),
		cmocka_unit_test(what_cannot_be_set_up_is_said),
		cmocka_unit_test(a_lost_session_is_an_outcome),
		cmocka_unit_test(an_interrupt_ends_it),
	};
	setlocale(LC_ALL, "");
	return cmocka_run_group_tests_name("lesson/explore", tests, pg_own_database, NULL);
}
