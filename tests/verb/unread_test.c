/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages that nobody reads: a load ends in time, a transfer commits, and a signal ends the program. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/spawn.h"

enum { UNREAD_ROOM = 4096 };

static struct proc *unread;
static struct pg_session *locker;

static int unread_setup(void **state)
{
	(void)state;
	pg_bank(30);
	return 0;
}

static int unread_teardown(void **state)
{
	(void)state;
	proc_free(unread);
	unread = NULL;
	if (locker)
		pg_close(locker);
	locker = NULL;
	return 0;
}

/* Its standard error is full from here on, until it is read. */
static void stop_reading(struct proc *proc)
{
	static const char line[] = "................................................................\n";
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", proc->err_fd);
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0 && fcntl(fd, F_SETPIPE_SZ, UNREAD_ROOM) >= 0);
	while (write(fd, line, sizeof line - 1) > 0)
		;
	close(fd);
}

static void start(const char *const argv[])
{
	unread = proc_start(argv, NULL, NULL);
	stop_reading(unread);
}

static void no_session_left(const char *which)
{
	pg_until(NULL,
		 "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database()"
		 " AND application_name LIKE '%s'",
		 which);
}

/* Each of its seconds is a line. */
static void a_load_ends_in_time(void **state)
{
	(void)state;
	start((const char *const[]){proc_teller(), "load", "--time", "3", "--workers", "3", "--yes", "--json", NULL});
	pg_until(NULL, "SELECT count(*) > 0 FROM transfers");
	no_session_left("teller/load-%");
	proc_wait(unread);
	proc_expect_status(unread, 0);
	proc_expect_err(unread, "  3 s  ");
	proc_expect_out(unread, "\"committed\"");
	pg_expect("30000", "SELECT sum(balance) FROM accounts");
}

static void transfer_that_waits(void)
{
	locker = pg_open();
	pg_run(locker, "BEGIN; SELECT FROM accounts WHERE id = 7001 FOR UPDATE");
	start((const char *const[]){proc_teller(), "--wire", "step", "--echo=plain", "transfer", "7001", "7002", "half",
				    "--yes", NULL});
	pg_until(NULL, "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
		       " AND split_part(application_name, ' ', 1) = 'teller/transfer'");
}

static void a_transfer_commits(void **state)
{
	(void)state;
	transfer_that_waits();
	pg_run(locker, "ROLLBACK");
	pg_until(NULL, "SELECT count(*) = 1 FROM transfers");
	proc_wait(unread);
	proc_expect_status(unread, 0);
	proc_expect_err(unread, "BEGIN");
	proc_expect_err(unread, "COMMIT");
	proc_expect_out(unread, "moved 500 from 7001 to 7002");
}

static void a_signal_ends_it(void **state)
{
	(void)state;
	transfer_that_waits();
	proc_signal(unread, SIGTERM);
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	while (!spawn_ended(unread->pid, &unread->status)) {
		if (!deadline_left(deadline))
			fail_msg("it does not end");
		usleep(10000);
	}
	assert_int_equal(unread->status, 128 + SIGTERM);
	unread->pid = 0;
	no_session_left("teller/transfer%");
	pg_run(locker, "ROLLBACK");
	pg_expect("0", "SELECT count(*) FROM transfers");
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_load_ends_in_time, unread_setup, unread_teardown),
		cmocka_unit_test_setup_teardown(a_transfer_commits, unread_setup, unread_teardown),
		cmocka_unit_test_setup_teardown(a_signal_ends_it, unread_setup, unread_teardown),
	};
	return cmocka_run_group_tests_name("verb/unread", tests, pg_own_database, NULL);
}
