/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A commit that waits for a synchronous standby: it is not cancelled, and what the server says against it is told. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/rig.h"

static struct own_server server;
static struct rig *rig;

/* A standby that never comes: each commit that asks for one waits for ever. */
static int setup(void **state)
{
	static const char *const options[] = {"-c", "synchronous_standby_names=nobody", NULL};
	(void)state;
	setenv("PGOPTIONS", "-c synchronous_commit=local", 1); /* what is made here waits for nobody */
	own_server_make(&server, options);
	pg_exec("CREATE TABLE accounts (id int PRIMARY KEY, balance int); INSERT INTO accounts VALUES (1, 1000), (2, "
		"0);"
		"CREATE TABLE transfers (id uuid PRIMARY KEY, source bigint NOT NULL, destination bigint NOT NULL, "
		"amount "
		"bigint NOT NULL, made_at timestamptz NOT NULL DEFAULT now())");
	unsetenv("PGOPTIONS");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	own_server_remove(&server);
	return 0;
}

static bool is_waiting(void *arg)
{
	(void)arg;
	return pg_number("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == 1;
}

/* Starts a transfer in a session that asks for a standby, and returns when its commit waits for one. */
static struct transfer *start_transfer(enum txn_wire wire)
{
	static const struct transfer_spec spec = {
		.source = "1", .destination = "2", .rule = TRANSFER_AMOUNT, .amount = 10};
	rig = rig_new();
	rig_read(rig, NULL);
	assert_non_null(rig->catalogue);
	rig->options.wire = wire;
	struct transfer *transfer = transfer_new(rig->catalogue, &spec);
	rig_start(rig, transfer_body(transfer), "a transfer that waits");
	rig_until(rig, is_waiting, NULL);
	return transfer;
}

static void end_wait(void)
{
	pg_exec("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
}

static void a_cancel_does_not_reach_it(void **state)
{
	(void)state;
	static const enum txn_wire wires[] = {WIRE_PIPELINE, WIRE_STEP, WIRE_ONESHOT};
	for (size_t i = 0; i < sizeof wires / sizeof *wires; i++) {
		struct transfer *transfer = start_transfer(wires[i]);
		assert_int_equal(db_who(rig->db)->durability, DURABLE_REPLICATED);
		assert_false(txn_cancel(rig->txn));
		assert_false(rig_wait_ms(rig, 200));
		assert_true(is_waiting(NULL));
		end_wait();
		rig_wait(rig);
		assert_int_equal(rig->result.outcome, OUTCOME_COMMITTED);
		assert_non_null(strstr(rig->result.warning, "canceling wait for synchronous replication"));
		transfer_free(transfer);
		rig_free(rig);
	}
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 2"), 30);
}

/* The server ends the session in the wait: it has committed, and says so to nobody. */
static void a_session_that_ends_in_the_wait_is_settled(void **state)
{
	(void)state;
	int64_t before = pg_number("SELECT balance FROM accounts WHERE id = 2");
	struct transfer *transfer = start_transfer(WIRE_PIPELINE);
	pg_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
	rig_wait(rig);
	assert_int_equal(rig->result.outcome, OUTCOME_COMMITTED);
	assert_true(rig->result.settled);
	assert_int_equal(rig->result.durability, DURABLE_UNKNOWN);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 2"), before + 10);
	transfer_free(transfer);
	rig_free(rig);
}

/* ---- the real program ---- */

/* Returns when its commit waits. */
static struct proc *start_waiting(const char *wire)
{
	const char *const argv[] = {proc_teller(), wire, "transfer", "1", "2", "10", "--yes", NULL};
	struct proc *proc = proc_start(argv, NULL, NULL);
	pg_until(NULL, "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
	return proc;
}

static void expect_moved_at_last(int64_t before)
{
	assert_true(is_waiting(NULL)); /* nobody has ended it */
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 2"), before);
	end_wait();
	pg_until(NULL, "SELECT balance = %d FROM accounts WHERE id = 2", (int)before + 10);
}

/* A signal that ends the program leaves the commit that waits, and says that its end was not waited for. */
static void a_signal_leaves_it_waiting(void **state)
{
	(void)state;
	static const char *const wires[] = {"--wire=pipeline", "--wire=step", "--wire=oneshot"};
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT};
	for (size_t i = 0; i < 3; i++) {
		int64_t before = pg_number("SELECT balance FROM accounts WHERE id = 2");
		struct proc *proc = start_waiting(wires[i]);
		proc_signal(proc, signals[i]);
		proc_wait(proc);
		proc_expect_status(proc, 128 + signals[i]);
		proc_expect_err(proc, "OUTCOME UNKNOWN: transfer ");
		proc_free(proc);
		expect_moved_at_last(before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cancel_does_not_reach_it),
		cmocka_unit_test(a_session_that_ends_in_the_wait_is_settled),
		cmocka_unit_test(a_signal_leaves_it_waiting),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
