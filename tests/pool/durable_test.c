/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words fit what the server promises: one that has a commit alone, one that has not written it, one that follows
 * another. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/pool/pooled.h"
#include "tests/support/check.h"
#include "tests/support/replica.h"
#include "tests/support/spawn.h"

static struct replica replica;
static struct pg_session *primary;

static struct proc *transfer(const char *wire)
{
	struct proc *proc = teller_run("transfer", "7001", "7002", "5", "--yes", wire);
	proc_expect_status(proc, 0);
	pooled_expect_any(proc, (const char *const[]){"moved 5 from 7001 to 7002", NULL});
	return proc;
}

#define SAYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void expect_silent(struct proc *proc, const char *text)
{
	if (strstr(buf_text(&proc->out), text) || strstr(buf_text(&proc->err), text))
		fail_msg("it says \"%s\": %s%s", text, buf_text(&proc->out), buf_text(&proc->err));
}

/* ---- what is promised of a commit ---- */

static void a_synchronous_standby_needs_no_word(void **state)
{
	(void)state;
	replica_set_synchronous(&replica, true);
	struct proc *proc = transfer("--wire=pipeline");
	expect_silent(proc, "standby");
	proc_free(proc);
}

static void an_asynchronous_standby_is_told(void **state)
{
	(void)state;
	static const char *const wires[] = {"--wire=pipeline", "--wire=step", "--wire=oneshot"};
	for (int i = 0; i < 3; i++) {
		struct proc *proc = transfer(wires[i]);
		pooled_expect_any(proc, SAYS("standby"));
		proc_free(proc);
	}
}

static void doctor_tells_of_the_standby(void **state)
{
	(void)state;
	struct proc *proc = teller_run("doctor");
	pooled_expect_any(proc, SAYS("standby"));
	proc_free(proc);
}

static void a_commit_that_is_not_written_is_told(void **state)
{
	(void)state;
	pg_run(primary, "ALTER DATABASE bank SET synchronous_commit = off");
	struct proc *proc = transfer("--wire=pipeline");
	pooled_expect_any(proc, SAYS("synchronous_commit"));
	proc_free(proc);
	proc = teller_run("doctor");
	pooled_expect_any(proc, SAYS("synchronous_commit"));
	proc_free(proc);
}

/* As each test expects it, whatever the one before came to. */
static int as_before(void **state)
{
	(void)state;
	pg_run(primary, "ALTER DATABASE bank RESET synchronous_commit");
	pg_run(primary, "ALTER SYSTEM RESET synchronous_standby_names");
	pg_run(primary, "SELECT pg_reload_conf()");
	return 0;
}

static void set_standbys(const char *sql, const char *names)
{
	pg_run(primary, "%s", sql);
	pg_run(primary, "SELECT pg_reload_conf()");
	pg_until(primary, "SELECT current_setting('synchronous_standby_names') = '%s'", names);
}

/* Cancels the wait of a COMMIT for its standby; false where nobody waits. */
static bool cancel_wait(void)
{
	return pg_ask(primary, "SELECT count(pg_cancel_backend(pid)) FROM (SELECT pid FROM pg_stat_activity "
			       "WHERE wait_event = 'SyncRep' OFFSET 0) AS waiting") > 0;
}

/* The server gives up the wait for its standby, and says so in a warning beside the COMMIT. */
static void a_wait_that_was_given_up_is_told(void **state)
{
	(void)state;
	static const char *const wires[] = {"--wire=pipeline", "--wire=step", "--wire=oneshot"};
	set_standbys("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "nobody");
	for (int i = 0; i < 3; i++) {
		const char *const argv[] = {proc_teller(), "transfer", "7001", "7002", "5", "--yes", wires[i], NULL};
		struct proc *proc = proc_start(argv, NULL, NULL);
		while (!cancel_wait())
			if (spawn_ended(proc->pid, &proc->status))
				fail_msg("it did not wait");
		proc_wait(proc);
		proc_expect_status(proc, 0);
		pooled_expect_any(proc, SAYS("standby", "synchronous replication"));
		proc_free(proc);
	}
}

/* ---- one that follows ---- */

static struct proc *at_the_standby(const char *command)
{
	const char *const argv[] = {proc_teller(), "-h", replica.standby.dir, "-c", command, NULL};
	return proc_run(argv, NULL, NULL);
}

static void a_standby_is_shown_as_one(void **state)
{
	(void)state;
	replica_catch_up(&replica);
	static const char *const commands[] = {"conninfo", "doctor"};
	for (int i = 0; i < 2; i++) {
		struct proc *proc = at_the_standby(commands[i]);
		pooled_expect_any(proc, SAYS("standby"));
		proc_free(proc);
	}
	struct proc *proc = at_the_standby("list");
	proc_expect_status(proc, 0);
	proc_free(proc);
}

/* Refused, with where to go instead. */
static void a_standby_moves_nothing(void **state)
{
	(void)state;
	struct proc *proc = at_the_standby("transfer 7001 7002 5 --yes");
	assert_int_not_equal(proc->status, 0);
	pooled_expect_any(proc, SAYS("standby"));
	pooled_expect_any(proc, SAYS("target_session_attrs", replica.primary.dir));
	proc_free(proc);
}

/* ---- one that takes over ---- */

/* The last of all: the primary is gone afterwards. What it alone had is lost, as was told, and is not there for whoever
 * asks. */
static void what_one_server_had_alone_is_lost(void **state)
{
	(void)state;
	static const char id[] = "01234567-89ab-cdef-0123-456789abcdef";
	replica_catch_up(&replica);
	replica_stall(&replica);
	struct proc *proc = teller_run("transfer", "7001", "7002", "5", "--yes", "--id", id);
	proc_expect_status(proc, 0);
	pooled_expect_any(proc, SAYS("standby"));
	proc_free(proc);
	replica_fail_over(&replica);
	own_server_use(&replica.standby);
	proc = teller_run("settle", id);
	proc_expect_status(proc, 3);
	pooled_expect_any(proc, SAYS("did not commit"));
	proc_free(proc);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 2000);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers WHERE id = '%s'", id), 0);
}

/* ---- around the tests ---- */

static int setup(void **state)
{
	(void)state;
	/* Where nothing is forced to disk at all, that alone would be told. */
	replica_make_with(&replica, (const char *const[]){"-c", "fsync=on", NULL});
	own_server_use(&replica.primary);
	pg_bank(2);
	primary = pg_open();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pg_close(primary);
	replica_remove(&replica);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_synchronous_standby_needs_no_word, as_before),
		cmocka_unit_test_teardown(an_asynchronous_standby_is_told, as_before),
		cmocka_unit_test_teardown(doctor_tells_of_the_standby, as_before),
		cmocka_unit_test_teardown(a_commit_that_is_not_written_is_told, as_before),
		cmocka_unit_test_teardown(a_standby_is_shown_as_one, as_before),
		cmocka_unit_test_teardown(a_standby_moves_nothing, as_before),
		cmocka_unit_test_teardown(a_wait_that_was_given_up_is_told, as_before),
		cmocka_unit_test(what_one_server_had_alone_is_lost),
	};
	return cmocka_run_group_tests_name("pool/durable", tests, setup, teardown);
}
