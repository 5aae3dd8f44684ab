/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schema that each player of a lesson has: its tables are there, nobody else's, and nothing is left of it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lesson/leftovers.h"
#include "tests/lesson/spec_file.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

/* No word of a schema in it. `b_look` sleeps where a test has to come in between. */
static const char plain_lesson[] =
	"setup { CREATE TABLE pots (id INT PRIMARY KEY, n INT NOT NULL); INSERT INTO pots VALUES (1, 100); }\n"
	"teardown { DROP TABLE pots; }\n"
	"session A\n"
	"setup { SELECT count(*) FROM pots; }\n"
	"step a_pay { UPDATE pots SET n = n + 10 WHERE id = 1; }\n"
	"teardown { SELECT count(*) FROM pots; }\n"
	"session B\n"
	"step b_look { SELECT n FROM pots WHERE id = 1; }\n"
	"permutation a_pay b_look\n"
	"#@ expect b_look ok reads 110\n"
	"#@ check \"SELECT sum(n) FROM pots\" = 110\n"
	"permutation b_look a_pay\n"
	"#@ expect b_look ok reads 100\n"
	"#@ check \"SELECT sum(n) FROM pots\" = 110\n";

static void expect_nothing_left(void)
{
	leftovers_expect_none();
	assert_int_equal(pg_number("SELECT count(*) FROM pg_class WHERE relname = 'pots'"), 0);
}

static void a_lesson_needs_no_schema_of_its_own(void **state)
{
	(void)state;
	struct proc *proc = spec_file_lab("run", plain_lesson, NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "2 orders played, 0 not; 4 of 4 as expected");
	proc_free(proc);
	expect_nothing_left();
}

/* isolationtester would play it among the bank's tables, where it finds an accounts table and goes no further. */
static void a_transcript_of_a_shipped_lesson_has_one_too(void **state)
{
	(void)state;
	pg_exec("CREATE TABLE accounts AS SELECT 1 AS id, 77 AS balance");
	struct proc *proc = teller_run("lab", "run", "lost-update", "--transcript");
	proc_expect_status(proc, 0);
	proc_expect_out(proc,
			"step b_take: <... completed>\nERROR:  could not serialize access due to concurrent update\n");
	assert_string_equal(buf_text(&proc->err), "");
	proc_free(proc);
	assert_int_equal(pg_number("SELECT balance FROM accounts"), 77);
	pg_exec("DROP TABLE accounts");
	expect_nothing_left();
}

/* The role's own search_path goes on behind it. */
static void what_stands_elsewhere_is_found_as_before(void **state)
{
	(void)state;
	pg_exec("CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.jars AS SELECT 7 AS n; "
		"CREATE TABLE pots AS SELECT 1 AS id, 5 AS n; ALTER ROLE %s SET search_path = elsewhere, public",
		getenv("PGUSER"));
	struct proc *proc =
		spec_file_lab("run",
			      "setup { CREATE TABLE pots AS SELECT 1 AS id, 100 AS n; } teardown { DROP TABLE pots; }\n"
			      "session A step a { SELECT jars.n, pots.n FROM jars, pots; }\n"
			      "#@ expect a ok reads \"7, 100\"\n",
			      NULL);
	pg_exec("ALTER ROLE %s RESET search_path", getenv("PGUSER"));
	proc_expect_status(proc, 0);
	proc_free(proc);
	proc = spec_file_lab("run", "session A step a { SHOW search_path; }\n#@ expect a ok\n", "--json");
	proc_expect_status(proc, 0);
	proc_free(proc);
	assert_int_equal(pg_number("SELECT n FROM pots"), 5);
	pg_exec("DROP TABLE pots; DROP SCHEMA elsewhere CASCADE");
	expect_nothing_left();
}

static void a_role_that_may_not_make_one_is_told(void **state)
{
	(void)state;
	pg_exec("DROP ROLE IF EXISTS schema_guest");
	pg_exec("CREATE ROLE schema_guest LOGIN");
	char *path = spec_file_write(plain_lesson);
	struct proc *proc = teller_run("-U", "schema_guest", "lab", "run", path);
	proc_expect_status(proc, 3);
	proc_expect_err(
		proc,
		"a lesson is played in a schema of its own, which cannot be made: permission denied for database ");
	proc_expect_err(proc, "; GRANT CREATE ON DATABASE, by its owner, lets this role make one");
	proc_free(proc);
	pg_exec("DROP ROLE schema_guest");
	free(path);
	expect_nothing_left();
}

/* ---- players who end in the middle ---- */

static const char held_lesson[] =
	"setup { CREATE TABLE pots (id INT PRIMARY KEY, n INT NOT NULL); INSERT INTO pots VALUES (1, 100); }\n"
	"teardown { DROP TABLE pots; }\n"
	"session A\n"
	"step a_pay { BEGIN; UPDATE pots SET n = n + 10 WHERE id = 1; SELECT pg_sleep(600); }\n";

static struct proc *held_player(void)
{
	int64_t before = pg_number("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
	char *path = spec_file_write(held_lesson);
	struct proc *proc = proc_start((const char *const[]){proc_teller(), "lab", "run", path, NULL}, NULL, NULL);
	free(path);
	pg_until(NULL, "SELECT count(*) > %lld FROM pg_stat_activity WHERE wait_event = 'PgSleep'", (long long)before);
	return proc;
}

static void until_no_teller_is_left(void)
{
	pg_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'teller/%%'");
	leftovers_await_sessions();
}

static void who_was_killed_is_swept_by_the_next(void **state)
{
	(void)state;
	struct proc *proc = held_player();
	assert_int_equal(leftovers_schemas(), 1);
	proc_signal(proc, SIGKILL);
	proc_wait(proc);
	proc_free(proc);
	until_no_teller_is_left();
	assert_int_equal(leftovers_schemas(), 1);
	proc = spec_file_lab("run", plain_lesson, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
	expect_nothing_left();
}

static void who_still_plays_is_not_swept(void **state)
{
	(void)state;
	struct proc *proc = held_player();
	char *name = pg_value("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'teller\\_lesson%%'");
	struct proc *other = spec_file_lab("run", plain_lesson, NULL);
	proc_expect_status(other, 0);
	proc_free(other);
	assert_int_equal(pg_number("SELECT n FROM %s.pots", name), 100);
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	assert_int_equal(proc->status, 130);
	proc_free(proc);
	free(name);
	expect_nothing_left();
}

/* A session of it that still runs is proof enough, though its program and its control connection are gone. */
static void who_has_one_session_left_is_not_swept(void **state)
{
	(void)state;
	struct proc *proc = held_player();
	char *name = pg_value("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'teller\\_lesson%%'");
	proc_signal(proc, SIGKILL);
	proc_wait(proc);
	proc_free(proc);
	pg_until(NULL, "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'teller/lab%%'");
	struct proc *other = spec_file_lab("run", plain_lesson, NULL);
	proc_expect_status(other, 0);
	proc_free(other);
	assert_int_equal(pg_number("SELECT count(*) FROM pg_namespace WHERE nspname = '%s'", name), 1);
	free(name);
	until_no_teller_is_left();
	other = spec_file_lab("run", plain_lesson, NULL);
	proc_expect_status(other, 0);
	proc_free(other);
	expect_nothing_left();
}

/* Of that name, and not made by teller; or made so and not of that name. */
static void what_others_made_is_left_alone(void **state)
{
	(void)state;
	pg_exec("CREATE SCHEMA teller_lesson_0123456789abcdef; CREATE SCHEMA teller_lesson; CREATE SCHEMA "
		"teller_lesson_of_ours_x; "
		"COMMENT ON SCHEMA teller_lesson_of_ours_x IS 'made by teller for a lesson that is being played'");
	struct proc *proc = spec_file_lab("run", plain_lesson, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
	assert_int_equal(leftovers_schemas(), 3);
	pg_exec("DROP SCHEMA teller_lesson_0123456789abcdef; DROP SCHEMA teller_lesson; DROP SCHEMA "
		"teller_lesson_of_ours_x");
	expect_nothing_left();
}

/* Whoever holds a table of it keeps nobody from playing. */
static void a_leftover_that_is_held_is_left(void **state)
{
	(void)state;
	struct proc *proc = held_player();
	char *name = pg_value("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'teller\\_lesson%%'");
	proc_signal(proc, SIGKILL);
	proc_wait(proc);
	proc_free(proc);
	until_no_teller_is_left();
	struct pg_session *holder = pg_open();
	pg_run(holder, "BEGIN; LOCK TABLE %s.pots IN ACCESS SHARE MODE", name);
	proc = spec_file_lab("run", plain_lesson, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
	assert_int_equal(leftovers_schemas(), 1);
	pg_run(holder, "COMMIT");
	pg_close(holder);
	proc = spec_file_lab("run", plain_lesson, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
	free(name);
	expect_nothing_left();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lesson_needs_no_schema_of_its_own),
		cmocka_unit_test(a_transcript_of_a_shipped_lesson_has_one_too),
		cmocka_unit_test(what_stands_elsewhere_is_found_as_before),
		cmocka_unit_test(a_role_that_may_not_make_one_is_told),
		cmocka_unit_test(who_was_killed_is_swept_by_the_next),
		cmocka_unit_test(who_still_plays_is_not_swept),
		cmocka_unit_test(who_has_one_session_left_is_not_swept),
		cmocka_unit_test(what_others_made_is_left_alone),
		cmocka_unit_test(a_leftover_that_is_held_is_left),
	};
	return cmocka_run_group_tests_name("lesson/schema", tests, pg_own_database, NULL);
}
