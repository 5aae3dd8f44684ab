/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transcripts that do not come to their end: signals, a server that goes, a session that hears nothing, a reader who
 * has gone. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

#define SESSIONS                                                                                                       \
	"setup { CREATE TABLE stop (n int); INSERT INTO stop VALUES (1); }\n"                                          \
	"teardown { DROP TABLE stop; }\n"                                                                              \
	"session a step hold { BEGIN; UPDATE stop SET n = 2; }\n"

static const char waits[] = SESSIONS "step never { COMMIT; }\n"
				     "session b step wait { UPDATE stop SET n = 3; } step next { SELECT 1; }\n"
				     "permutation hold wait next never\n";

static const char deaf[] =
	SESSIONS "session b step wait { DO $$BEGIN FOR i IN 1..8 LOOP BEGIN PERFORM pg_sleep(2); EXCEPTION WHEN "
		 "query_canceled THEN NULL; END; END LOOP; END$$ }\n"
		 "permutation hold wait\n";

static struct proc *play(const char *spec)
{
	char path[] = "/tmp/teller-stop-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, spec, strlen(spec)), (ssize_t)strlen(spec));
	close(fd);
	struct proc *proc =
		proc_start((const char *const[]){proc_teller(), "lab", "run", path, "--transcript", NULL}, NULL, NULL);
	proc_wait_output(proc, "starting permutation");
	unlink(path);
	return proc;
}

static void expect_end(struct proc *proc, int status)
{
	proc_wait(proc);
	proc_expect_status(proc, status);
}

static void wait_for(const char *query)
{
	while (pg_number("%s", query) == 0)
		usleep(5000);
}

static void expect_clean(void)
{
	assert_int_equal(pg_number("SELECT count(*) FROM pg_class WHERE relname = 'stop'"), 0);
	while (pg_number("SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('/a', '/b')") > 0)
		usleep(5000);
}

static void stopped_by(int signum)
{
	struct proc *proc = play(waits);
	proc_wait_output(proc, "<waiting ...>");
	proc_signal(proc, signum);
	expect_end(proc, 128 + signum);
	assert_string_equal(buf_text(&proc->err), "");
	expect_clean();
	proc_free(proc);
}

static void a_signal_cancels_and_tears_down(void **state)
{
	(void)state;
	stopped_by(SIGINT);
	stopped_by(SIGTERM);
	stopped_by(SIGHUP);
}

static void a_session_that_hears_no_cancel_is_left(void **state)
{
	(void)state;
	struct proc *proc = play(deaf);
	wait_for("SELECT count(*) FROM pg_stat_activity WHERE application_name = '/b' AND wait_event = 'PgSleep'");
	proc_signal(proc, SIGINT);
	expect_end(proc, 130);
	assert_int_equal(pg_number("SELECT count(*) FROM pg_class WHERE relname = 'stop'"), 0);
	pg_end_backend((int)pg_number("SELECT pid FROM pg_stat_activity WHERE application_name = '/b'"));
	proc_free(proc);
}

/* Another session has locked the table: the teardown cannot be run, and that is said. */
static void what_was_not_torn_down_is_said(void **state)
{
	(void)state;
	struct proc *proc = play(waits);
	proc_wait_output(proc, "<waiting ...>");
	struct pg_session *other = pg_open();
	pg_run(other, "BEGIN; LOCK TABLE stop IN ACCESS SHARE MODE");
	proc_signal(proc, SIGINT);
	expect_end(proc, 130);
	proc_expect_err(proc, "teller: not torn down: the server does not answer; run the spec's teardown by hand\n");
	pg_close(other);
	pg_exec("DROP TABLE IF EXISTS stop");
	proc_free(proc);
}

static void a_reader_who_has_gone_ends_it(void **state)
{
	(void)state;
	struct proc *proc = play(waits);
	close(proc->out_fd);
	proc->out_fd = -1; /* the table may be there and gone again before anybody can see it */
	expect_end(proc, 128 + SIGPIPE);
	expect_clean();
	proc_free(proc);
}

static void a_server_that_goes_ends_it(void **state)
{
	(void)state;
	struct own_server server;
	char *host = mem_dup(getenv("PGHOST")), *database = mem_dup(getenv("PGDATABASE"));
	own_server_make(&server, (const char *const[]){NULL});
	struct proc *proc = play(waits);
	proc_wait_output(proc, "<waiting ...>");
	own_server_stop(&server, SIGQUIT);
	expect_end(proc, 1);
	assert_true(proc->err.len > 0);
	proc_free(proc);
	own_server_remove(&server);
	setenv("PGHOST", host, 1);
	setenv("PGDATABASE", database, 1);
	free(host);
	free(database);
}

static void no_server_is_no_transcript(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), "lab", "run", "tests/lab/specs/one-step.spec", "--transcript", NULL};
	const char *const env[] = {"PGHOST=/nonexistent", NULL};
	struct proc *proc = proc_run(argv, env, NULL);
	expect_end(proc, 1);
	proc_expect_err(proc, "Connection 0 failed: cannot connect to ");
	assert_string_equal(buf_text(&proc->out), "Parsed test spec with 1 sessions\n");
	proc_free(proc);
}

static int database(void **state)
{
	(void)state;
	pg_fresh_database("lab_stop", NULL);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_cancels_and_tears_down),
		cmocka_unit_test(a_session_that_hears_no_cancel_is_left),
		cmocka_unit_test(what_was_not_torn_down_is_said),
		cmocka_unit_test(a_reader_who_has_gone_ends_it),
		cmocka_unit_test(a_server_that_goes_ends_it),
		cmocka_unit_test(no_server_is_no_transcript),
	};
	return cmocka_run_group_tests(tests, database, NULL);
}
