/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lessons on the translator: which orders are played there, and that those come out as they say. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/crdb/translator.h"
#include "tests/support/check.h"
#include "tests/support/lessons.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"

static struct translator translator;

static int database(void **state)
{
	(void)state;
	pg_fresh_database("crdb_lessons", NULL);
	pg_bank(3);
	translator_start(&translator);
	return 0;
}

static int no_database(void **state)
{
	(void)state;
	translator_stop(&translator);
	return 0;
}

/*
 * `held` orders come out here as they say, `otherwise` are played and need a server whose readers wait for writers, that
 * finds conflicts at COMMIT, or that has savepoints of any name, which the translator is not; and so many are not for
 * CockroachDB.
 */
static const struct {
	const char *lesson;
	unsigned held, otherwise, not_for_it;
} lessons[] = {
	{"first-transfer", 0, 1, 1},
	{"when-the-snapshot", 0, 0, 1},
	{"read-committed", 1, 0, 1},
	{"let-the-server-compute", 1, 0, 0},
	{"lost-update", 1, 0, 1},
	{"wrong-retry", 1, 0, 0},
	{"retry-by-itself", 1, 0, 0},
	{"the-outbox", 1, 0, 1},
	{"commit-that-rolled-back", 1, 0, 0},
	{"after-a-failed-commit", 0, 1, 1},
	{"let-the-schema-say-no", 1, 0, 0},
	{"locking-read", 1, 0, 2},
	{"the-lock-of-a-moment", 1, 0, 0},
	{"deadlock", 1, 0, 2},
	{"hot-account", 3, 0, 1},
	{"the-hot-account-raced", 1, 0, 2},
	{"a-queue-of-jobs", 2, 0, 1},
	{"the-job-done-twice", 0, 1, 3},
	{"the-row-that-was-missed", 1, 0, 2},
	{"write-skew", 0, 1, 2},
	{"lock-what-the-rule-reads", 1, 0, 0},
	{"phantom", 0, 1, 4},
	{"key-or-serialization", 1, 0, 1},
	{"the-row-nobody-sees", 2, 0, 1},
	{"read-only-anomaly", 1, 1, 3},
	{"the-torn-report", 0, 0, 2},
	{"the-innocent", 0, 0, 3},
	{"what-savepoints-catch", 0, 1, 1},
	{"savepoint-protocol", 2, 1, 2},
	{"commit-cut", 3, 1, 1},
	{"the-version-column", 2, 0, 0},
};

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;
	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		n++;
	return n;
}

static void expect_count(const struct proc *proc, const char *lesson, const char *what, unsigned expected)
{
	unsigned n = count(buf_text(&proc->out), what);
	if (n != expected)
		fail_msg("%s: \"%s\" %u times, not %u\n%s\n%s", lesson, what, n, expected, buf_text(&proc->out),
			 buf_text(&proc->err));
}

/* "LESSON 2: TITLE: 7 of 7 as expected" */
static unsigned count_held(const char *out)
{
	unsigned n = 0, right, all;
	for (const char *at = out; (at = strstr(at, " as expected")); at++) {
		const char *number = at;
		while (number > out && strchr("0123456789 of", number[-1]) && number[-1] != '\n')
			number--;
		n += sscanf(number, " %u of %u", &right, &all) == 2 && right == all;
	}
	return n;
}

static void orders_come_out_as_they_say(void **state)
{
	(void)state;
	assert_int_equal(COUNT_OF(lessons), lessons_count());
	for (size_t i = 0; i < COUNT_OF(lessons); i++) {
		const char *lesson = lessons[i].lesson;
		struct proc *proc = teller_run(translator_target(&translator), "lab", "run", lesson);
		unsigned held = count_held(buf_text(&proc->out)) - (proc->status == 0); /* the sum */
		expect_count(proc, lesson, "not played: it needs ", lessons[i].not_for_it);
		if (held != lessons[i].held || (proc->status == 0) != !lessons[i].otherwise)
			fail_msg("%s: status %d\n%s\n%s", lesson, proc->status, buf_text(&proc->out),
				 buf_text(&proc->err));
		proc_free(proc);
	}
}

/* ---- the schema of each player ---- */

static struct proc *play_at(const char *target, const char *steps, bool killed)
{
	struct buf path = {0};
	buf_fmt(&path, "%s/player.spec", getenv("TMPDIR"));
	FILE *file = fopen(path.p, "w");
	assert_non_null(file);
	fprintf(file,
		"setup { CREATE TABLE pots (n INT); INSERT INTO pots VALUES (7); }\n"
		"session A step a { %s }\n#@ expect a reads 7\n#@ check \"SELECT n FROM pots\" = 7\n",
		steps);
	fclose(file);
	const char *const argv[] = {proc_teller(), target, "lab", "run", path.p, NULL};
	struct proc *proc = proc_start(argv, NULL, NULL);
	if (killed) {
		pg_until(NULL, "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
		proc_signal(proc, SIGKILL);
	}
	proc_wait(proc);
	buf_free(&path);
	return proc;
}

static struct proc *play(const char *steps, bool killed)
{
	return play_at(translator_target(&translator), steps, killed);
}

static int64_t schemas(void)
{
	return pg_number("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'teller\\_lesson%%'");
}

/* Named after the session that made it: of those that are gone it is dropped, of those that are not it stays. */
static void each_player_has_a_schema_of_its_own(void **state)
{
	(void)state;
	struct proc *proc = play("SELECT pg_sleep(600); SELECT n FROM pots", true);
	proc_free(proc);
	assert_int_equal(schemas(), 1);
	pg_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
	pg_until(NULL, "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'teller/%%'");
	struct pg_session *alive = pg_open();
	int64_t pid = pg_ask(alive, "SELECT pg_backend_pid()");
	pg_exec("CREATE SCHEMA teller_lesson_s%d", (int)pid);
	proc = play("SELECT n FROM pots", false);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "2 of 2 as expected");
	proc_free(proc);
	assert_int_equal(schemas(), 1);
	pg_exec("DROP SCHEMA teller_lesson_s%d", (int)pid);
	pg_close(alive);
}

/* The server does not say who waits there: who takes longer than something that was sent behind it. */
static void a_long_way_is_no_wait(void **state)
{
	(void)state;
	struct relay relay;
	struct translator far;
	char *host = mem_dup(getenv("PGHOST"));
	relay_start(&relay);
	setenv("PGHOST", relay.dir, 1);
	translator_start(&far);
	setenv("PGHOST", host, 1);
	relay.shared->delay_us[0] = relay.shared->delay_us[1] = 160000;
	struct proc *proc = play_at(translator_target(&far), "SELECT n FROM pots", false);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "2 of 2 as expected");
	proc_free(proc);
	translator_stop(&far);
	relay_stop(&relay);
	free(host);
}

/* Nobody takes for seen what was only read about. */
static void what_is_only_documented_is_said(void **state)
{
	(void)state;
	struct proc *proc = teller_run(translator_target(&translator), "lab", "run", "hot-account");
	expect_count(proc, "hot-account", " as expected (documented, not verified)\n", 2);
	proc_free(proc);
	proc = teller_run(translator_target(&translator), "lab", "list", "--csv");
	expect_count(proc, "list", "pg 3, crdb 1\",crdb 2\n", 1);
	proc_free(proc);
}

/* Whatever is asked for, it is SERIALIZABLE, and the matrix says so. */
static void the_matrix_says_which_level_it_was(void **state)
{
	(void)state;
	struct proc *proc = teller_run(translator_target(&translator), "lab", "matrix");
	proc_expect_status(proc, 0);
	expect_count(proc, "matrix", "READ COMMITTED is run as serializable here.\n", 1);
	expect_count(proc, "matrix", "REPEATABLE READ is run as serializable here.\n", 1);
	expect_count(proc, "matrix", "SERIALIZABLE is run as", 0);
	expect_count(proc, "matrix", "\nlost update (P4)              no: 40001       no: 40001        no: 40001\n", 1);
	proc_free(proc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_come_out_as_they_say),
		cmocka_unit_test(each_player_has_a_schema_of_its_own),
		cmocka_unit_test(a_long_way_is_no_wait),
		cmocka_unit_test(what_is_only_documented_is_said),
		cmocka_unit_test(the_matrix_says_which_level_it_was),
	};
	return cmocka_run_group_tests(tests, database, no_database);
}
