/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A request to cancel that does not reach the server, or that nobody answers, is said, and what runs goes on. */
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"
#include "tests/support/spawn.h"

/* What the first message of a CancelRequest holds, behind its length. */
#define CANCEL_CODE "\x04\xd2\x16\x2e"

static void wait_for_the_lock(void)
{
	static const char sql[] = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
	for (int tries = 0; pg_number("%s", sql) == 0; tries++) {
		assert_true(tries < 2000);
		poll(NULL, 0, 10);
	}
}

/* The relay's connections stay, and nobody gets another one: as with a proxy that takes only TLS. */
static void close_the_door(const struct relay *relay)
{
	char path[96];
	snprintf(path, sizeof path, "%s/.s.PGSQL.5432", relay->dir);
	assert_int_equal(unlink(path), 0);
}

static void a_request_that_does_not_arrive_is_said(void **state)
{
	(void)state;
	struct relay relay;
	char host[80];
	relay_start(&relay);
	snprintf(host, sizeof host, "PGHOST=%s", relay.dir);
	struct pg_session *locker = pg_open();
	pg_run(locker, "BEGIN");
	pg_run(locker, "SELECT balance FROM accounts WHERE id = 7001 FOR UPDATE");
	const char *const argv[] = {proc_teller(), "transfer", "7001", "7002", "5", "--yes", "--echo=plain", NULL};
	struct proc *proc = proc_start(argv, (const char *const[]){host, NULL}, NULL);
	wait_for_the_lock();
	close_the_door(&relay);
	proc_signal(proc, SIGINT);
	proc_wait_output(proc, "teller: the request to cancel did not reach the server: ");
	proc_expect_err(proc, "what runs goes on");
	proc_expect_err(proc, "notice: the request to cancel did not reach the server: ");
	pg_run(locker, "COMMIT");
	proc_wait(proc);
	assert_true(proc->status == 0 || proc->status == 4); /* either is true, as the ledger says */
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), proc->status == 0);
	proc_free(proc);
	pg_close(locker);
	relay_stop(&relay);
}

static size_t open_descriptors(int pid)
{
	char path[64];
	size_t n = 0;
	snprintf(path, sizeof path, "/proc/%d/fd", pid);
	DIR *dir = opendir(path);
	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* It arrives somewhere, and nobody closes the connection, which would say that it was heard. */
static void check_unanswered(bool answered_first)
{
	struct relay relay;
	char host[80];
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	int64_t before = pg_number("SELECT count(*) FROM transfers WHERE amount = 5");
	relay_start(&relay);
	snprintf(host, sizeof host, "PGHOST=%s", relay.dir);
	struct pg_session *locker = pg_open();
	pg_run(locker, "BEGIN");
	pg_run(locker, "SELECT balance FROM accounts WHERE id = 7001 FOR UPDATE");
	const char *const argv[] = {proc_teller(), "transfer", "7001", "7002", "5", "--yes", "--echo=plain", NULL};
	struct proc *proc = proc_start(argv, (const char *const[]){host, NULL}, NULL);
	proc_wait_output(proc, "T1.1  waits for "); /* all connections but that of the request are there */
	size_t there = open_descriptors(relay.pid);
	relay_keep_out(&relay, CANCEL_CODE);
	proc_signal(proc, SIGINT);
	while (open_descriptors(relay.pid) == there)
		assert_true(deadline_left(deadline) > 0);
	if (!answered_first)
		proc_wait_output(proc, "teller: the request to cancel was not answered within 5 s; what runs goes on");
	pg_run(locker, "COMMIT");
	proc_wait(proc);
	proc_expect_status(proc, 0);
	proc_expect_err(proc, "the request to cancel was not answered within 5 s");
	proc_expect_out(proc, "moved 5 from 7001 to 7002");
	assert_int_equal(pg_number("SELECT count(*) FROM transfers WHERE amount = 5"), before + 1);
	proc_free(proc);
	pg_close(locker);
	relay_stop(&relay);
}

static void a_request_that_nobody_answers_ends_no_wait(void **state)
{
	(void)state;
	check_unanswered(false);
}

static void an_answer_does_not_wait_for_a_request_that_nobody_answers(void **state)
{
	(void)state;
	check_unanswered(true);
}

static int bank(void **state)
{
	pg_own_database(state);
	pg_bank(2);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_that_does_not_arrive_is_said),
		cmocka_unit_test(a_request_that_nobody_answers_ends_no_wait),
		cmocka_unit_test(an_answer_does_not_wait_for_a_request_that_nobody_answers),
	};
	return cmocka_run_group_tests(tests, bank, NULL);
}
