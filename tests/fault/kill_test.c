/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that kills, ends, crashes or restarts in the middle of a transfer: a true outcome, a sentence, and the next
 * one works. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/fault/ordeal.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

/* In each wire mode at a lock; at the gate where there is something between the read and the write. */
static void everywhere(const char *what, happen_fn *happen)
{
	for (size_t w = 0; w < ORDEAL_WIRES; w++) {
		ordeal_go_through(what, ordeal_wires[w], AT_A_LOCK, happen, OUTCOME_COMMITTED);
		if (ordeal_wires[w] != WIRE_ONESHOT)
			ordeal_go_through(what, ordeal_wires[w], AT_THE_GATE, happen, OUTCOME_COMMITTED);
	}
}

/* The kill of one process makes the server end all others and recover. */
static bool kill_backend(unsigned turn)
{
	if (turn == 0)
		kill(ordeal.pid, SIGKILL);
	if (db_state(ordeal.rig->db) == DB_IDLE ||
	    (db_state(ordeal.rig->db) == DB_BUSY && db_facts(ordeal.rig->db)->pid == ordeal.pid))
		return false; /* not noticed yet */
	if (ordeal.locker)
		ordeal_unlock();
	txn_go(ordeal.rig->txn);
	return true;
}

static bool terminate_backend(unsigned turn)
{
	(void)turn;
	pg_end_backend(ordeal.pid);
	if (ordeal.locker)
		ordeal_unlock();
	txn_go(ordeal.rig->txn);
	return true;
}

/* Down until the engine has found nobody there, twice, or asks what became of its commit. */
static bool restart_server(unsigned turn)
{
	if (turn == 0) {
		own_server_stop(&ordeal.server, SIGINT);
		if (ordeal.locker)
			ordeal_unlock();
		txn_go(ordeal.rig->txn);
	}
	if (ordeal_retries() < 2 && strcmp(txn_word(ordeal.rig->txn), "settling") != 0)
		return false;
	ordeal_bring_back();
	return true;
}

/* A crash, after which others are given the number that our transaction had, and commit. */
static bool crash_and_commit_others(unsigned turn)
{
	(void)turn;
	kill(ordeal.pid, SIGKILL);
	while (kill(ordeal.pid, 0) ==
	       0) /* until the postmaster has seen it; then it lets nobody in before all is recovered */
		;
	ordeal_unlock();
	own_server_wait(&ordeal.server);
	for (int i = 0; i < 20; i++)
		pg_exec("INSERT INTO others VALUES (1)");
	return true;
}

static void kill_9(void **state)
{
	(void)state;
	everywhere("kill -9 of the server's process", kill_backend);
}

static void terminated(void **state)
{
	(void)state;
	everywhere("pg_terminate_backend", terminate_backend);
}

static void restarted(void **state)
{
	(void)state;
	everywhere("a full restart", restart_server);
}

/* Without a ledger the number of the transaction is asked for, and after a crash it may be another client's. */
static void a_number_given_twice(void **state)
{
	(void)state;
	pg_exec("CREATE TABLE others (n int); ALTER TABLE transfers RENAME TO kept; CHECKPOINT");
	ordeal_read_catalogue();
	for (size_t w = 0; w < ORDEAL_WIRES; w++) {
		int64_t before = pg_number("SELECT balance FROM accounts WHERE id = 7001");
		ordeal.rig->options.wire = ordeal_wires[w];
		ordeal_lock();
		ordeal.happen = crash_and_commit_others;
		ordeal_run("a crash", AT_A_LOCK);
		bool moved = pg_number("SELECT balance FROM accounts WHERE id = 7001") != before;
		printf("# a crash without ledger, %s: outcome %d: %s\n", ordeal_wire_name(ordeal_wires[w]),
		       (int)ordeal.rig->result.outcome, ordeal.rig->result.reason.text);
		assert_true(ordeal.rig->result.outcome == (moved ? OUTCOME_COMMITTED : OUTCOME_UNKNOWN));
	}
	pg_exec("DROP TABLE others; UPDATE accounts SET balance = 1000; TRUNCATE kept");
	pg_exec("ALTER TABLE kept RENAME TO transfers");
	ordeal_read_catalogue();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(kill_9),
		cmocka_unit_test(terminated),
		cmocka_unit_test(a_number_given_twice),
		cmocka_unit_test(restarted),
	};
	return cmocka_run_group_tests_name("fault/kill", tests, ordeal_setup, ordeal_teardown);
}
