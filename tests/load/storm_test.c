/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Load while the server is killed, restarted, stopped or gone: every outcome told is true, and all is counted. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/load/loaded.h"
#include "tests/support/check.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"

enum { ACCOUNTS = 50 };

static struct own_server server;

static int make_server(void **state)
{
	(void)state;
	own_server_make(&server, (const char *const[]){NULL});
	return 0;
}

static int remove_server(void **state)
{
	(void)state;
	own_server_remove(&server);
	return 0;
}

static int bank(void **state)
{
	(void)state;
	pg_bank(ACCOUNTS);
	return 0;
}

/* How long a storm lasts: TELLER_ATTACK_S in longer runs (`make storm`). */
static unsigned storm_seconds(void)
{
	const char *text = getenv("TELLER_ATTACK_S");
	return text && text[0] ? (unsigned)strtoul(text, NULL, 10) : 2;
}

static void wait_second(struct proc *proc, unsigned second)
{
	char line[24];
	snprintf(line, sizeof line, "%3u s  ", second);
	proc_wait_output(proc, line);
}

/* The death of one process makes the server end all others, and recover. */
static void kill_one(void)
{
	own_server_wait(&server);
	int64_t pid = pg_number("SELECT coalesce(min(pid), 0) FROM pg_stat_activity WHERE application_name LIKE "
				"'teller/load-%%'");
	if (pid)
		kill((pid_t)pid, SIGKILL);
}

static void check_storm(struct proc *proc)
{
	proc_wait(proc);
	loaded_check(proc, 0);
	assert_int_equal(loaded_number(proc, "unknown"), 0);
	assert_int_equal(loaded_number(proc, "checks_failed"), 0);
	assert_true(loaded_number(proc, "lost_connections") > 0);
	assert_true(loaded_number(proc, "committed") > 0);
	printf("# measured: %lld committed, %lld connections lost, %lld settled\n",
	       (long long)loaded_number(proc, "committed"), (long long)loaded_number(proc, "lost_connections"),
	       (long long)loaded_number(proc, "settled"));
	proc_free(proc);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), ACCOUNTS * 1000);
	proc = teller_run("verify", "--total", "50000");
	proc_expect_status(proc, 0);
	proc_free(proc);
}

static void storm(const char *way, const char *in_flight)
{
	struct proc *proc = LOADED("--time", "0", "--workers", "4", "--way", way, "--in-flight", in_flight);
	for (unsigned second = 1; second <= storm_seconds(); second++) {
		wait_second(proc, second);
		kill_one();
	}
	wait_second(proc, storm_seconds() + 1);
	own_server_wait(&server);
	wait_second(proc, storm_seconds() + 2);
	proc_signal(proc, SIGINT);
	check_storm(proc);
}

static void processes_are_killed(void **state)
{
	(void)state;
	storm("read-write", "1");
}

static void processes_are_killed_under_one_round_trip(void **state)
{
	(void)state;
	storm("oneshot", "1");
}

static void processes_are_killed_under_a_batch(void **state)
{
	(void)state;
	storm("batch=8", "1");
}

static void processes_are_killed_under_many_in_flight(void **state)
{
	(void)state;
	storm("oneshot", "16");
}

/* It is away for two of the seconds; load waits for it, and goes on. */
static void the_server_is_restarted(void **state)
{
	(void)state;
	struct proc *proc = LOADED("--time", "0", "--workers", "4");
	wait_second(proc, 1);
	own_server_stop(&server, SIGINT);
	proc_wait_output(proc, "no server");
	own_server_start(&server, (const char *const[]){NULL});
	own_server_wait(&server);
	int64_t before = pg_number("SELECT count(*) FROM transfers");
	while (pg_number("SELECT count(*) FROM transfers") < before + 100)
		assert_false(proc_ended(proc, 50));
	proc_signal(proc, SIGINT);
	check_storm(proc);
}

/* A server that does not come back: ^C ends the transfers, those that wait, and the check, one after another. */
static void the_server_is_gone(void **state)
{
	(void)state;
	struct proc *proc = LOADED("--time", "0", "--workers", "2");
	wait_second(proc, 1);
	own_server_stop(&server, SIGINT);
	proc_wait_output(proc, "no server");
	for (int i = 0; i < 100 && !proc_ended(proc, 200); i++)
		proc_signal(proc, SIGINT);
	proc_wait(proc);
	if (proc->status != 130) /* the last one came when there was nothing left to stop */
		proc_expect_status(proc, 2);
	proc_expect_err(proc, "accounts and ledger could not be checked: cannot connect");
	proc_free(proc);
	own_server_start(&server, (const char *const[]){NULL});
	own_server_wait(&server);
}

/* All of the load's sessions stand still, from one of its seconds to the one after the next. */
static void stop_sessions(int signum)
{
	char *pids = pg_value("SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE application_name LIKE "
			      "'teller/load-%%'");
	assert_non_null(pids);
	for (char *at = pids; *at; at += *at == ' ')
		assert_int_equal(kill((pid_t)strtol(at, &at, 10), signum), 0);
	free(pids);
}

/* Latency counts from when a transfer should have begun: those that could not begin meanwhile have waited, too. */
static void a_pause_shows_in_the_open_loop(void **state)
{
	(void)state;
	struct proc *proc = LOADED("--time", "0", "--workers", "2", "--rate", "200");
	wait_second(proc, 2);
	stop_sessions(SIGSTOP);
	wait_second(proc, 4);
	stop_sessions(SIGCONT);
	wait_second(proc, 7);
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	loaded_check(proc, 0);
	assert_true(loaded_number(proc, "p99_us") > 900000);
	assert_true(loaded_number(proc, "max_us") > 1000000);
	assert_true(loaded_number(proc, "p50_us") < 900000);
	assert_true(loaded_number(proc, "begun") > 1000 && loaded_number(proc, "begun") < 1700);
	proc_free(proc);
}

/* Left while its sessions stand still: what is under way may still commit, and that is said. */
static void what_is_left_is_unknown(const char *const words[])
{
	struct proc *proc = loaded_start(words);
	wait_second(proc, 1);
	stop_sessions(SIGSTOP);
	wait_second(proc, 3);
	proc_signal(proc, SIGTERM);
	proc_wait(proc);
	stop_sessions(SIGCONT);
	proc_expect_status(proc, 128 + SIGTERM);
	proc_expect_err(proc, "OUTCOME UNKNOWN of 2 transfers of load, which was left while they ran; `verify` looks");
	proc_free(proc);
	pg_until(NULL, "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'teller/load%%'");
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), ACCOUNTS * 1000);
}

static void who_leaves_is_told_what_is_unknown(void **state)
{
	(void)state;
	what_is_left_is_unknown((const char *const[]){"--time", "0", "--workers", "2", NULL});
	what_is_left_is_unknown((const char *const[]){"--time", "0", "--workers", "2", "--way", "oneshot", NULL});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(processes_are_killed, bank),
		cmocka_unit_test_setup(processes_are_killed_under_one_round_trip, bank),
		cmocka_unit_test_setup(processes_are_killed_under_a_batch, bank),
		cmocka_unit_test_setup(processes_are_killed_under_many_in_flight, bank),
		cmocka_unit_test_setup(the_server_is_restarted, bank),
		cmocka_unit_test_setup(the_server_is_gone, bank),
		cmocka_unit_test_setup(a_pause_shows_in_the_open_loop, bank),
		cmocka_unit_test_setup(who_leaves_is_told_what_is_unknown, bank),
	};
	return cmocka_run_group_tests(tests, make_server, remove_server);
}
