/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two tellers on two tables share a pool that others keep busy: each moves money in its own table, a thousand times. */
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/pool/pooled.h"
#include "tests/support/check.h"
#include "tests/support/spawn.h"

enum { ROUNDS = 10, OF_EACH = 100, START = 1000000, BUSY = 3 };

struct side {
	const char *table;
	long amount; /* of each transfer: it tells the sides apart in a ledger that they share */
};

static struct pooled pooled;
static pid_t busy[BUSY];

/* ---- the others ---- */

/* Short transactions without end, so that nobody gets the same backend twice in a row. */
static _Noreturn void be_busy(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	PGconn *conn = PQconnectdb(pooled_target(&pooled));
	for (;;) {
		PGresult *result = PQexec(conn, "BEGIN; SELECT pg_sleep(0.0005); COMMIT");
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			_exit(1);
		PQclear(result);
	}
}

static int setup(void **state)
{
	(void)state;
	pooled_open(&pooled, 2, &(struct pooler_options){.mode = "transaction", .size = 3});
	for (int i = 0; i < BUSY; i++)
		if ((busy[i] = fork()) == 0)
			be_busy();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (int i = 0; i < BUSY; i++) {
		kill(busy[i], SIGKILL);
		spawn_reap(busy[i]);
	}
	pooled_close(&pooled);
	return 0;
}

/* ---- the tellers ---- */

static struct proc *start(const struct side *side, int round)
{
	static const char *const wires[] = {"--wire=pipeline", "--wire=step", "--wire=oneshot"};
	char commands[8192] = "";
	size_t n = 0;
	for (int i = 0; i < OF_EACH; i++)
		n += (size_t)snprintf(commands + n, sizeof commands - n, "transfer 7001 7002 %ld --yes\n",
				      side->amount);
	const char *const argv[] = {proc_teller(),    "--table", side->table, wires[round % 3],
				    "--backoff=1,50", "-f",      "-",         NULL};
	return proc_start(argv, NULL, commands);
}

static void side_by_side(const struct side sides[2])
{
	for (int round = 0; round < ROUNDS; round++) {
		struct proc *procs[2];
		for (int i = 0; i < 2; i++)
			procs[i] = start(&sides[i], round);
		for (int i = 0; i < 2; i++) {
			proc_wait(procs[i]);
			proc_expect_status(procs[i], 0);
			proc_free(procs[i]);
		}
	}
}

static void make_table(const char *schema, const char *table)
{
	pg_run(pooled.direct,
	       "CREATE TABLE %s.%s (id int PRIMARY KEY, balance int);"
	       "INSERT INTO %s.%s VALUES (7001, %d), (7002, 0)",
	       schema, table, schema, table, START);
}

static void expect_moved(const struct side *side, const char *ledger)
{
	long moved = side->amount * ROUNDS * OF_EACH;
	pooled_expect_balance(&pooled, side->table, 7001, START - moved);
	pooled_expect_balance(&pooled, side->table, 7002, moved);
	assert_int_equal(
		pg_ask(pooled.direct,
		       "SELECT count(*) FROM %s WHERE source = '7001' AND destination = '7002' AND amount = %ld",
		       ledger, side->amount),
		ROUNDS * OF_EACH);
}

static void two_tables_share_a_ledger(void **state)
{
	(void)state;
	static const struct side sides[] = {{"accounts", 1}, {"accounts2", 3}};
	pg_run(pooled.direct, "DROP TABLE accounts");
	make_table("public", "accounts");
	make_table("public", "accounts2");
	side_by_side(sides);
	for (int i = 0; i < 2; i++)
		expect_moved(&sides[i], "transfers");
	assert_int_equal(pg_ask(pooled.direct, "SELECT count(*) FROM transfers"), 2 * ROUNDS * OF_EACH);
	printf("# measured: two tables, one ledger: %d transfers each\n", ROUNDS * OF_EACH);
}

static void two_tables_have_a_ledger_each(void **state)
{
	(void)state;
	static const struct side sides[] = {{"one.accounts", 1}, {"two.accounts", 3}};
	static const char *const ledgers[] = {"one.transfers", "two.transfers"};
	for (int i = 0; i < 2; i++) {
		pg_run(pooled.direct, "CREATE SCHEMA %s; CREATE TABLE %s (LIKE public.transfers INCLUDING ALL)",
		       i ? "two" : "one", ledgers[i]);
		make_table(i ? "two" : "one", "accounts");
	}
	side_by_side(sides);
	for (int i = 0; i < 2; i++) {
		expect_moved(&sides[i], ledgers[i]);
		assert_int_equal(pg_ask(pooled.direct, "SELECT count(*) FROM %s", ledgers[i]), ROUNDS * OF_EACH);
	}
	printf("# measured: two tables, two ledgers: %d transfers each\n", ROUNDS * OF_EACH);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {TEST(two_tables_share_a_ledger), TEST(two_tables_have_a_ledger_each)};
	return cmocka_run_group_tests_name("pool/tables", tests, NULL, NULL);
}
