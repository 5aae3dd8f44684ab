/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two nodes of one cluster: both are used, one that drains or dies is left, and no transfer is told falsely. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/crdb/translator.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

enum { NODES = 2, TRIES_MAX = 64 };

static struct translator nodes[NODES];

static int database(void **state)
{
	(void)state;
	pg_fresh_database("crdb_nodes", NULL);
	return 0;
}

static int both_nodes(void **state)
{
	(void)state;
	pg_bank(3);
	for (unsigned i = 0; i < NODES; i++) {
		translator_start(&nodes[i]);
		nodes[i].shared->node = i + 1;
	}
	return 0;
}

static int no_nodes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NODES; i++)
		translator_stop(&nodes[i]);
	return 0;
}

/* teller on both of them. */
#define cluster(...) teller_run(translator_cluster(nodes, NODES), __VA_ARGS__)

/* As another product's string has it: the scheme says nothing of nodes that are alike. */
static const char *plain_target(const char *more)
{
	static char target[400];
	snprintf(target, sizeof target, "postgresql://teller@/%s?host=%s,%s&port=26257&sslmode=disable%s",
		 getenv("PGDATABASE"), nodes[0].dir, nodes[1].dir, more);
	return target;
}

static void ask(const char *target)
{
	struct proc *proc = teller_run(target, "conninfo");
	proc_expect_status(proc, 0);
	proc_free(proc);
}

/* ---- which node is taken ---- */

static void nodes_are_taken_at_random(void **state)
{
	(void)state;
	const char *targets[] = {translator_cluster(nodes, NODES), plain_target("&load_balance_hosts=random")};
	for (size_t i = 0; i < COUNT_OF(targets); i++) {
		translator_reset(&nodes[0]);
		translator_reset(&nodes[1]);
		for (unsigned n = 0; n < TRIES_MAX && !(nodes[0].shared->logins && nodes[1].shared->logins); n++)
			ask(targets[i]);
		assert_true(nodes[0].shared->logins > 0 && nodes[1].shared->logins > 0);
	}
}

static void hosts_of_others_are_taken_in_their_order(void **state)
{
	(void)state;
	char words[400];
	snprintf(words, sizeof words, "host=%s,%s port=26257 user=teller dbname=%s load_balance_hosts = 'disable'",
		 nodes[0].dir, nodes[1].dir, getenv("PGDATABASE"));
	const char *targets[] = {plain_target(""), words};
	for (size_t i = 0; i < COUNT_OF(targets); i++)
		for (unsigned n = 0; n < 12; n++)
			ask(targets[i]);
	assert_int_equal(nodes[1].shared->logins, 0);
}

static void a_wrong_word_is_refused(void **state)
{
	(void)state;
	struct proc *proc = teller_run(plain_target("&load_balance_hosts=often"), "conninfo");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "load_balance_hosts is random or disable");
	proc_free(proc);
}

static void a_node_that_drains_takes_nobody(void **state)
{
	(void)state;
	nodes[0].shared->drain = DRAIN_IDLE;
	for (unsigned n = 0; n < TRIES_MAX && !nodes[0].shared->refusals; n++) {
		struct proc *proc = cluster("transfer", "7001", "7002", "1", "--yes");
		proc_expect_status(proc, 0);
		proc_free(proc);
	}
	assert_true(nodes[0].shared->refusals > 0);
}

/* ---- transfers on a node that goes ---- */

static void expect_moved(long long moved)
{
	assert_int_equal(pg_number("SELECT balance - 1000 FROM accounts WHERE id = 7002"), moved);
	assert_int_equal(pg_number("SELECT 1000 - balance FROM accounts WHERE id = 7001"), moved);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), moved);
}

/* One unit, by the node that was prepared or the other: it is moved, once, and told. Returns what was told. */
static struct proc *move_one(const char *wire, long long before)
{
	struct proc *proc = cluster(wire, "--echo", "transfer", "7001", "7002", "1", "--yes");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "moved 1 ");
	expect_moved(before + 1);
	return proc;
}

/* At each step of a transfer in turn the first node ends its sessions, and is not asked again: the other one is. */
static void drains_in_mid_transfer(const char *wire, unsigned steps)
{
	long long moved = 0;
	for (unsigned step = 1; step <= steps; step++) {
		translator_reset(&nodes[0]);
		nodes[0].shared->drain = DRAIN_NOT;
		nodes[0].shared->drains_at = step;
		for (unsigned n = 0; n < TRIES_MAX && nodes[0].shared->drain == DRAIN_NOT; n++)
			proc_free(move_one(wire, moved++));
		assert_int_equal(nodes[0].shared->drain, DRAIN_ALL);
		assert_int_equal(nodes[0].shared->refusals, 0);
	}
}

static void a_transfer_is_drained_at_any_step(void **state)
{
	(void)state;
	drains_in_mid_transfer("--wire=step", 7);
}

static void a_transfer_is_drained_between_its_round_trips(void **state)
{
	(void)state;
	drains_in_mid_transfer("--wire=pipeline", 1);
}

static bool is_dead(const struct translator *node)
{
	siginfo_t info = {0};
	return waitid(P_PID, (id_t)node->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == node->pid;
}

static void dies_in_commit(enum translator_death death, const char *settled)
{
	static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};
	long long moved = 0;
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		bool told = false;
		nodes[0].shared->dies = death;
		for (unsigned n = 0; n < TRIES_MAX && !is_dead(&nodes[0]); n++) {
			struct proc *proc = move_one(wires[i], moved++);
			told = strstr(buf_text(&proc->err), settled) != NULL;
			proc_free(proc);
		}
		assert_true(is_dead(&nodes[0]));
		assert_true(told);
		translator_stop(&nodes[0]);
		translator_start(&nodes[0]);
	}
}

static void a_node_dies_before_the_commit_is_done(void **state)
{
	(void)state;
	dies_in_commit(DIES_BEFORE_COMMIT, "settled: it did not commit");
}

static void a_node_dies_with_the_answer_to_the_commit(void **state)
{
	(void)state;
	dies_in_commit(DIES_AFTER_COMMIT, "settled: it did commit");
}

/* ---- a session that waits for its next command ---- */

static void await_login(const struct translator *node, unsigned before)
{
	for (unsigned tries = 0; node->shared->logins == before; tries++) {
		if (tries == 2000)
			fail_msg("nobody has come to node %u", node->shared->node);
		poll(NULL, 0, 10);
	}
}

static void an_idle_session_moves_without_a_word(void **state)
{
	(void)state;
	char url[700];
	snprintf(url, sizeof url, "DATABASE_URL=%s", translator_cluster(nodes, NODES));
	const char *const env[] = {url, "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", NULL};
	static const char line[] = "transfer 7001 7002 5 --yes\nconninfo\n";
	int script;
	struct proc *proc = proc_scripted("--plain", env, &script);
	assert_int_equal(write(script, "conninfo\n", 9), 9);
	proc_wait_output(proc, "; node ");
	bool second = strstr(buf_text(&proc->out), "; node 2") != NULL;
	unsigned logins = nodes[!second].shared->logins;
	nodes[second].shared->drain = DRAIN_IDLE;
	await_login(&nodes[!second], logins);
	assert_int_equal(write(script, line, sizeof line - 1), sizeof line - 1);
	close(script);
	proc_wait(proc);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, second ? "; node 1" : "; node 2");
	assert_null(strstr(buf_text(&proc->err), "lost"));
	assert_null(strstr(buf_text(&proc->err), "connected again"));
	proc_free(proc);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1005);
}

/* ---- what is said of a node ---- */

static void doctor_names_the_node(void **state)
{
	(void)state;
	struct proc *proc = teller_run(translator_target(&nodes[1]), "doctor", "--json");
	proc_expect_out(proc, "\"node\",\"result\":\"ok\",\"found\":\"2\"");
	proc_expect_out(proc, "\"cluster\",\"result\":\"ok\",\"found\":\"5f2a1d3c-0000-4000-8000-0123456789ab\"");
	proc_expect_out(proc, "\"region\",\"result\":\"ok\",\"found\":\"eu-west-2\"");
	proc_expect_out(proc, "\"locality\",\"result\":\"ok\",\"found\":\"region=eu-west-2,zone=a\"");
	proc_expect_out(proc, "CockroachDB 22.1.0");
	proc_free(proc);
	proc = teller_run(translator_target(&nodes[1]), "conninfo");
	proc_expect_out(proc, "; node 2");
	proc_free(proc);
}

/* What the server does not say is not made up, and why not is said. */
static void doctor_says_what_it_may_not_know(void **state)
{
	(void)state;
	nodes[1].shared->closed = true;
	struct proc *proc = teller_run(translator_target(&nodes[1]), "doctor", "--json");
	proc_expect_out(proc, "\"node\",\"result\":\"ok\",\"found\":\"2\"");
	proc_expect_out(proc, "\"cluster\",\"result\":\"ok\",\"found\":\"not known: ");
	proc_expect_out(proc, "42501");
	proc_expect_out(proc, "eu-west-2");
	proc_free(proc);
}

#define ON_BOTH(test) cmocka_unit_test_setup_teardown(test, both_nodes, no_nodes)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(nodes_are_taken_at_random),
		ON_BOTH(hosts_of_others_are_taken_in_their_order),
		ON_BOTH(a_wrong_word_is_refused),
		ON_BOTH(a_node_that_drains_takes_nobody),
		ON_BOTH(a_transfer_is_drained_at_any_step),
		ON_BOTH(a_transfer_is_drained_between_its_round_trips),
		ON_BOTH(a_node_dies_before_the_commit_is_done),
		ON_BOTH(a_node_dies_with_the_answer_to_the_commit),
		ON_BOTH(an_idle_session_moves_without_a_word),
		ON_BOTH(doctor_names_the_node),
		ON_BOTH(doctor_says_what_it_may_not_know),
	};
	return cmocka_run_group_tests(tests, database, NULL);
}
