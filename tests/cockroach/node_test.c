/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command node: nodes listed, killed, stopped and started, in lines and on the screen, with transfers in between. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/cockroach.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static struct cockroach_dir dir;

static int node_setup(void **state)
{
	(void)state;
	cockroach_dir_make(&dir, "22.1");
	return 0;
}

static int node_teardown(void **state)
{
	int left = term_teardown(state);
	cockroach_dir_remove(&dir);
	return left;
}

#define three_nodes(...)                                                                                               \
	teller_run("demo", dir.option, "--nodes", "3", "--accounts", "4", "--seed", "7", "--yes", __VA_ARGS__)
#define one_node(...) teller_run("demo", dir.option, "--accounts", "4", "--seed", "7", "--yes", __VA_ARGS__)

/* ---- in lines ---- */

/* A node that is killed comes back, and the bank was there all the time. */
static void killed_and_started(void **state)
{
	(void)state;
	struct proc *proc = three_nodes("-c", "node kill 1", "-c", "node list --csv", "-c", "create 3", "-c", "count",
					"-c", "node start 1", "-c", "node list --csv", "-c", "node kill 2", "-c",
					"count", "-c", "verify");
	proc_expect_status(proc, 0);
	const char *out = buf_text(&proc->out);
	proc_expect_out(proc, "node 1 was killed; the others go on\n");
	proc_expect_out(proc, "1,down,");
	proc_expect_out(proc, "node 1 was started and answers\n");
	proc_expect_out(proc, "node 2 was killed; the others go on\n");
	const char *first = strstr(out, "\n7\n");
	assert_non_null(first);
	assert_non_null(strstr(first + 1, "\n7\n"));
	assert_non_null(strstr(first, "1,up,"));
	proc_free(proc);
}

static void stopped_in_good_order(void **state)
{
	(void)state;
	struct proc *proc =
		three_nodes("-c", "node stop 1", "-c", "count", "-c", "node stop 2", "-c", "node list --csv");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "node 1 was stopped; the others go on\n");
	proc_expect_out(proc, "node 2 was stopped; too few are left");
	proc_expect_out(proc, "2,down,");
	proc_free(proc);
}

/* The store of the only node outlives it. */
static void the_only_node(void **state)
{
	(void)state;
	struct proc *proc =
		one_node("-c", "create 3", "-c", "node kill 1", "-c", "node start 1", "-c", "count", "-c", "verify");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "node 1 was killed; nothing answers before it is started again (node start 1)\n");
	proc_expect_out(proc, "node 1 was started and answers\n7\n");
	proc_free(proc);
}

static void refused(struct proc *proc, const char *sentence)
{
	proc_expect_status(proc, 1);
	proc_expect_err(proc, sentence);
	proc_free(proc);
}

static void wrong_words(void **state)
{
	(void)state;
	refused(one_node("-c", "node start 1"), "node 1 is up: see `node list`");
	refused(one_node("-c", "node kill 2"), "node takes a whole number from 1 to 1, not \"2\"");
	refused(one_node("-c", "node kill"), "which node? node kill N, from 1 to 1");
	refused(one_node("-c", "node drain 1"), "unknown node command \"drain\"; use list, stop, kill or start");
	refused(one_node("-c", "node list 1"), "node list takes no number");
	refused(teller_run("node", "list"), "there is no cluster of teller's own here: `teller demo --cockroach");
}

/* ---- a node that dies with the commit in flight ---- */

/* The transfer was not made there, and so it is made on another node. */
static void dies_before_it_has_committed(void **state)
{
	(void)state;
	char path[128], import[160];
	snprintf(path, sizeof path, "%s/accounts.csv", dir.path);
	snprintf(import, sizeof import, "import %s", path);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs("id,balance\n1,1000\n2,1000\n", f);
	fclose(f);
	cockroach_trouble(&dir, "commit-late");
	struct proc *proc = teller_run("demo", dir.option, "--nodes", "3", "--accounts", "0", "--yes", "-c", import,
				       "-c", "inject node", "-c", "transfer 1 2 100", "-c", "list --csv", "-c",
				       "counters --csv", "-c", "node list --csv", "-c", "verify");
	unlink(path);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "moved 100 from 1 to 2: 1 has 900, 2 has 1100");
	proc_expect_err(proc, "is killed with the commit in flight");
	proc_expect_out(proc, "1,900\n2,1100\n");
	proc_expect_out(proc, "settled_aborted,1\n");
	proc_expect_out(proc, ",down,");
	proc_free(proc);
}

static void no_node_to_kill(void **state)
{
	(void)state;
	refused(teller_run("demo", "-c", "inject node"),
		"there is no node of teller's own to kill: `teller demo --cock");
}

/* ---- on the screen ---- */

static struct term *screen(void **state)
{
	return console_demo_with(state, 24, 100,
				 (const char *const[]){dir.option, "--nodes", "3", "--accounts", "4", NULL});
}

/* The process of a node that the list shows. */
static int process_of(struct term *term, const char *node)
{
	term_settle(term); /* all of it is drawn */
	int at = term_row_with(term, node, 0);
	const char *text = at < 0 ? NULL : strstr(term_row(term, at), "process ");
	assert_non_null(text);
	int pid = (int)strtol(text + strlen("process "), NULL, 10);
	assert_true(pid > 1);
	return pid;
}

/* The title names what is down, the log the lever, and the key shows the nodes. */
static void levers_on_the_screen(void **state)
{
	struct term *term = screen(state);
	term_expect(term, "private cluster");
	term_type(term, "<Down>");
	term_expect(term, "N nodes");
	term_type(term, ":node kill 3<Enter>");
	term_expect(term, "node 3 was killed; the others go on");
	term_expect(term, "NODE 3 DOWN");
	term_type(term, "N");
	term_expect(term, "node 3  down");
	term_type(term, "q");
	term_expect_gone(term, "node 3  down");
	term_type(term, ":node start 3<Enter>");
	term_expect(term, "node 3 was started and answers");
	term_expect_gone(term, "NODE 3 DOWN");
	term_type(term, "<F6>B");
	term_expect(term, "node kill 3");
	term_expect(term, "node start 3");
	term_type(term, "Q");
	term_expect_exit(term, 0);
}

/* Before the data are copied, one node may hold some alone: it is not killed before. */
static void killed_once_the_data_are_copied(void **state)
{
	cockroach_trouble(&dir, "copying");
	struct term *term = screen(state);
	term_type(term, ":node kill 3<Enter>");
	term_expect(term, "node 3 waits until the cluster has copied its data to three nodes");
	term_settle(term);
	assert_false(term_shows(term, "NODE 3 DOWN"));
	cockroach_trouble(&dir, "");
	term_expect(term, "node 3 was killed; the others go on");
	term_expect(term, "NODE 3 DOWN");
	console_quit(term);
}

static void a_start_that_fails(void **state)
{
	struct term *term = screen(state);
	term_type(term, ":node kill 3<Enter>");
	term_expect(term, "node 3 was killed");
	cockroach_trouble(&dir, "refuse");
	term_type(term, ":node start 3<Enter>");
	term_expect(term, "node 3 did not start: cockroach server exited with error: \\x1b[31mno room");
	cockroach_trouble(&dir, "");
	term_type(term, ":node start 3<Enter>");
	term_expect(term, "node 3 was started and answers");
	console_quit(term);
}

/* Killed by another hand, with sessions of ours on it: said, and made good. */
static void a_node_that_ends_by_itself(void **state)
{
	struct term *term = screen(state);
	term_type(term, "N");
	term_expect(term, "node 1  up");
	kill(process_of(term, "node 1  up"), SIGKILL);
	term_type(term, "q");
	term_expect(term, "NODE 1 DOWN");
	term_type(term, "N");
	term_expect(term, "node 1  ended by itself");
	term_expect(term, "it was ended by signal 9");
	term_type(term, "q:node start 1<Enter>");
	term_expect(term, "node 1 was started and answers");
	term_type(term, ":count<Enter>");
	term_expect(term, "4");
	console_quit(term);
}

/* A transfer goes on over another node than the one it was on. */
static void a_transfer_after_a_kill(void **state)
{
	struct term *term = screen(state);
	term_type(term, ":node kill 1<Enter>");
	term_expect(term, "connected again");
	term_type(term, "s<Down>d<Enter>");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "COMMITTED");
	console_quit_changed(term);
}

static int guardian_of(int node)
{
	char path[64], line[256];
	int parent = 0;
	snprintf(path, sizeof path, "/proc/%d/status", node);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	while (!parent && fgets(line, sizeof line, f))
		(void)!sscanf(line, "PPid: %d", &parent);
	fclose(f);
	assert_true(parent > 1);
	return parent;
}

static bool is_committed(struct term *term, void *arg)
{
	(void)term;
	return pg_ask(arg, "SELECT count(*) FROM transfers") == 1;
}

/* The guardian stands still until the server has the commit, whose answer is on its way: that is when the node dies. */
static void dies_before_it_has_answered(void **state)
{
	struct term *term = screen(state);
	term_type(term, "N");
	term_expect(term, "node 1  up");
	int guardian = guardian_of(process_of(term, "node 1  up"));
	char target[128], *database = pg_value("SELECT datname FROM pg_database WHERE datname ~ '^crdb_'");
	snprintf(target, sizeof target, "dbname=%s", database);
	struct pg_session *server = pg_open_at(target);
	free(database);
	cockroach_trouble(&dir, "answer-late");
	term_type(term, "q:reconnect<Enter>");
	term_expect(term, "connected again");
	term_type(term, ":inject node<Enter>");
	term_expect(term, "NODE-KILL ARMED");
	term_type(term, "s<Down>d<Enter>");
	term_expect(term, "y do it");
	term_expect(term, "Its node will be killed");
	term_settle(term);
	kill(guardian, SIGSTOP);
	term_type(term, "y");
	term_wait(term, is_committed, server, "the commit on the server");
	cockroach_trouble(&dir, "");
	kill(guardian, SIGCONT);
	term_expect(term, "settled: it did commit");
	term_expect(term, " DOWN  private cluster"); /* whichever it was connected to */
	assert_true(is_committed(term, server));
	pg_close(server);
	console_quit_changed(term);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(killed_and_started, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(stopped_in_good_order, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(the_only_node, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(wrong_words, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(dies_before_it_has_committed, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(dies_before_it_has_answered, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(no_node_to_kill, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(levers_on_the_screen, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(killed_once_the_data_are_copied, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(a_start_that_fails, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(a_node_that_ends_by_itself, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(a_transfer_after_a_kill, node_setup, node_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
