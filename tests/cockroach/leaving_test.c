/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every way out of demo --cockroach, while it starts and when it serves: no process, no directory and no port is left. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/cockroach.h"
#include "tests/support/console.h"
#include "tests/support/proc.h"

static struct cockroach_dir dir;

static int leaving_setup(void **state)
{
	(void)state;
	cockroach_dir_make(&dir, "22.1");
	return 0;
}

static int leaving_teardown(void **state)
{
	int left = term_teardown(state);
	cockroach_dir_remove(&dir);
	return left;
}

struct cluster_at_work {
	struct term *term;
	int port, node; /* of the last node: its port, its process */
};

static int number_behind(struct term *term, const char *row, const char *before)
{
	term_settle(term); /* all of it is drawn */
	int at = term_row_with(term, row, 0);
	const char *text = at < 0 ? NULL : strstr(term_row(term, at), before);
	assert_non_null(text);
	int number = (int)strtol(text + strlen(before), NULL, 10);
	assert_true(number > 1);
	return number;
}

static struct cluster_at_work at_work(void **state)
{
	struct cluster_at_work c = {
		.term = console_demo_with(state, 24, 100,
					  (const char *const[]){dir.option, "--nodes", "3", "--accounts", "4", NULL})};
	term_type(c.term, "N");
	term_expect(c.term, "node 3  up");
	c.port = number_behind(c.term, "node 3  up", "127.0.0.1:");
	c.node = number_behind(c.term, "node 3  up", "process ");
	term_type(c.term, "q");
	term_expect_gone(c.term, "node 3  up");
	return c;
}

static void by_q(void **state)
{
	struct cluster_at_work c = at_work(state);
	term_type(c.term, "q");
	term_expect_exit(c.term, 0);
	cockroach_expect_gone(&dir, c.port);
}

/* With a node that was stopped for good, and one that stands still. */
static void by_q_with_nodes_in_every_state(void **state)
{
	struct cluster_at_work c = at_work(state);
	kill(c.node, SIGSTOP);
	term_type(c.term, ":node kill 1<Enter>");
	term_expect(c.term, "node 1 was killed");
	term_type(c.term, "Q");
	term_expect_exit(c.term, 0);
	cockroach_expect_gone(&dir, c.port);
}

static void by_signal(void **state, int signum)
{
	struct cluster_at_work c = at_work(state);
	kill(term_pid(c.term), signum);
	term_expect_exit(c.term, 128 + signum);
	cockroach_expect_gone(&dir, c.port);
}

static void by_sigterm(void **state)
{
	by_signal(state, SIGTERM);
}

static void by_sighup(void **state)
{
	by_signal(state, SIGHUP);
}

static void by_sigkill(void **state)
{
	by_signal(state, SIGKILL);
}

/* ^C while commands from a pipe are awaited ends the program. */
static void by_interrupt(void **state)
{
	(void)state;
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	char path[32];
	snprintf(path, sizeof path, "/dev/fd/%d", fds[0]);
	const char *const argv[] = {proc_teller(), "demo", dir.option, "-c", "conninfo", "-f", path, NULL};
	struct proc *proc = proc_start(argv, NULL, NULL);
	proc_wait_output(proc, "127.0.0.1:");
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	proc_expect_status(proc, 128 + SIGINT);
	proc_free(proc);
	close(fds[0]);
	close(fds[1]);
	cockroach_expect_gone(&dir, 0);
}

static void while_it_starts(void **state, const char *keys, int signum, int status)
{
	const char *const argv[] = {proc_teller(), "demo", dir.option, "--nodes", "3", NULL};
	cockroach_trouble(&dir, "mute");
	struct term *term = term_start(argv, NULL, 24, 100);
	*state = term;
	term_expect(term, "node 1 of 3 is starting ...");
	term_type(term, keys);
	if (signum)
		kill(term_pid(term), signum);
	term_expect_exit(term, status);
	cockroach_expect_gone(&dir, 0);
}

static void by_q_while_it_starts(void **state)
{
	while_it_starts(state, "q", 0, 0);
}

static void by_sigterm_while_it_starts(void **state)
{
	while_it_starts(state, "", SIGTERM, 128 + SIGTERM);
}

static void by_sigkill_while_it_starts(void **state)
{
	while_it_starts(state, "", SIGKILL, 128 + SIGKILL);
}

static int parent_of(int pid)
{
	char path[64], line[256];
	int parent = 0;
	snprintf(path, sizeof path, "/proc/%d/status", pid);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "PPid: %d", &parent) == 1)
			break;
	fclose(f);
	assert_true(parent > 1);
	return parent;
}

/* Nobody is left to tidy up: the kernel ends the nodes, and the next start sweeps. */
static void teller_and_its_guardian_killed(void **state)
{
	struct cluster_at_work c = at_work(state);
	int guardian = parent_of(c.node);
	assert_int_not_equal(guardian, term_pid(c.term));
	kill(guardian, SIGSTOP);
	kill(term_pid(c.term), SIGKILL);
	kill(guardian, SIGKILL);
	term_expect_exit(c.term, 128 + SIGKILL);
	proc_expect_none(dir.path);
	struct proc *proc = teller_run("demo", dir.option, "-c", "count");
	proc_expect_status(proc, 0);
	proc_free(proc);
	cockroach_expect_gone(&dir, c.port);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_q, leaving_setup, leaving_teardown),
		cmocka_unit_test_setup_teardown(by_q_with_nodes_in_every_state, leaving_setup, leaving_teardown),
		cmocka_unit_test_setup_teardown(by_sigterm, leaving_setup, leaving_teardown),
		cmocka_unit_test_setup_teardown(by_sighup, leaving_setup, leaving_teardown),
		cmocka_unit_test_setup_teardown(by_sigkill, leaving_setup, leaving_teardown),
		cmocka_unit_test_setup_teardown(by_interrupt, leaving_setup, leaving_teardown),
		cmocka_unit_test_setup_teardown(by_q_while_it_starts, leaving_setup, leaving_teardown),
		cmocka_unit_test_setup_teardown(by_sigterm_while_it_starts, leaving_setup, leaving_teardown),
		cmocka_unit_test_setup_teardown(by_sigkill_while_it_starts, leaving_setup, leaving_teardown),
		cmocka_unit_test_setup_teardown(teller_and_its_guardian_killed, leaving_setup, leaving_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
