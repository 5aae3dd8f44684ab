/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real program on any server: making, listing, moving, settling, undoing and verifying, levers and the rival. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/cluster/cluster.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

#define UUID "01234567-89ab-cdef-0123-456789abcdef"
#define OTHER "fedcba98-7654-3210-fedc-ba9876543210"

static int bank(void **state)
{
	(void)state;
	pg_bank(5);
	return 0;
}

/* What it printed, owned; it left with 0. */
static char *printed(struct proc *proc)
{
	proc_expect_status(proc, 0);
	char *out = strdup(buf_text(&proc->out));
	proc_free(proc);
	return out;
}

static void expect_out(struct proc *proc, const char *text)
{
	char *out = printed(proc);
	if (!strstr(out, text))
		fail_msg("no \"%s\" in: %s", text, out);
	free(out);
}

static void check_balances(long from, long to)
{
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), from);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), to);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 5000);
}

static void init_makes_and_fills(void **state)
{
	(void)state;
	pg_exec("DROP TABLE accounts, transfers");
	free(printed(teller_run("init", "--accounts", "30", "--seed", "1")));
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 30);
	free(printed(teller_run("init", "--accounts", "30", "--seed", "1"))); /* what is there stays */
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 30);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	expect_out(teller_run("count"), "30");
}

static void list_and_show(void **state)
{
	(void)state;
	char *csv = printed(teller_run("list", "--limit", "2", "--csv"));
	assert_string_equal(csv, "id,balance\n7001,1000\n7002,1000\n");
	free(csv);
	csv = printed(teller_run("list", "--after", "7004", "--csv"));
	assert_string_equal(csv, "id,balance\n7005,1000\n");
	free(csv);
	expect_out(teller_run("show", "7003"), "1000");
	expect_out(teller_run("list", "--json"), "\"7005\"");
	struct proc *proc = teller_run("show", "4711");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "4711");
	proc_free(proc);
}

static void conninfo_tells_the_server(void **state)
{
	(void)state;
	char *version = pg_value("SELECT version()");
	expect_out(teller_run("conninfo"), strstr(version, "CockroachDB") ? "CockroachDB" : "PostgreSQL");
	free(version);
}

static void transfer_and_settle(void **state)
{
	(void)state;
	static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};
	for (int i = 0; i < 3; i++) {
		pg_bank(5);
		expect_out(teller_run("transfer", "7001", "7002", "--id", UUID, "--yes", wires[i]),
			   "moved 500 from 7001 to 7002");
		check_balances(500, 1500);
		free(printed(teller_run("transfer", "7001", "7002", "--id", UUID, "--yes", wires[i])));
		check_balances(500, 1500); /* the same id, once */
		expect_out(teller_run("settle", UUID), "committed");
		struct proc *proc = teller_run("settle", OTHER);
		proc_expect_status(proc, 3);
		proc_expect_err(proc, "did not commit");
		proc_free(proc);
	}
}

static void rejections_leave_with_3(void **state)
{
	(void)state;
	struct proc *proc = teller_run("transfer", "7001", "4711", "--yes");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "there is no account 4711 to move to");
	proc_free(proc);
	proc = teller_run("transfer", "7001", "7002", "1001", "--yes");
	proc_expect_status(proc, 3);
	proc_free(proc);
	check_balances(1000, 1000);
}

/* A real conflict by the rival: the transfer is decided again, and the rival's unit comes back. */
static void the_rival_is_met_and_survived(void **state)
{
	(void)state;
	char *out = printed(teller_run("-c", "rival on", "-c", "transfer 7001 7002 --yes"));
	if (!strstr(out, "moved 499 from 7001 to 7002") || !strstr(out, "attempts"))
		fail_msg("%s", out);
	free(out);
	check_balances(501, 1499);
}

static void levers_end_well(void **state)
{
	(void)state;
	expect_out(teller_run("-c", "inject 2", "-c", "transfer 7001 7002 --yes"), "3 attempts");
	check_balances(500, 1500);
	expect_out(teller_run("-c", "inject cut", "-c", "transfer 7001 7002 half --yes --id " UUID), "moved 250");
	check_balances(250, 1750);
	expect_out(teller_run("-c", "inject cut-before", "-c", "transfer 7001 7002 half --yes"), "moved 125");
	check_balances(125, 1875);
	assert_int_equal(pg_number("SELECT sum(amount) FROM transfers WHERE source = 7001"), 875);
}

static void the_ledger_is_listed_and_undone(void **state)
{
	(void)state;
	free(printed(teller_run("transfer", "7001", "7002", "--id", UUID, "--yes")));
	expect_out(teller_run("ledger", "--csv"), UUID);
	expect_out(teller_run("ledger", "--of", "7002", "--csv"), UUID);
	char *none = printed(teller_run("ledger", "--of", "7003", "--csv"));
	assert_null(strstr(none, UUID));
	free(none);
	free(printed(teller_run("undo", UUID, "--yes")));
	check_balances(1000, 1000);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 2);
}

static void verify_tells_what_is_wrong(void **state)
{
	(void)state;
	free(printed(teller_run("transfer", "7001", "7002", "--yes")));
	free(printed(teller_run("verify", "--total", "5000")));
	struct proc *proc = teller_run("verify", "--total", "4999");
	proc_expect_status(proc, 6);
	proc_free(proc);
	pg_exec("UPDATE accounts SET balance = -1 WHERE id = 7005");
	proc = teller_run("verify");
	proc_expect_status(proc, 6);
	proc_free(proc);
}

static void create(const char *how)
{
	free(printed(teller_run("create", "250", how, "--seed", "3")));
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 255);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE balance IS NULL OR balance < 0"), 0);
}

static void create_by_insert(void **state)
{
	(void)state;
	create("--insert");
}

static void create_by_copy(void **state)
{
	(void)state;
	cluster_need(TAKES_COPY);
	create("--copy");
}

static void accounts_go_out_and_come_back(void **state)
{
	(void)state;
	char path[200];
	snprintf(path, sizeof path, "%s/accounts.csv", getenv("TMPDIR"));
	free(printed(teller_run("export", path)));
	free(printed(teller_run("delete", "7001", "7003", "--yes")));
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 3);
	free(printed(teller_run("delete", "7002", "7004", "7005", "--yes")));
	free(printed(teller_run("import", path)));
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts WHERE id BETWEEN 7001 AND 7005"), 5000);
	struct proc *proc = teller_run("import", path); /* all of it is there */
	proc_expect_status(proc, 3);
	proc_free(proc);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 5);
	unlink(path);
}

static void counts_filters_and_orders(void **state)
{
	(void)state;
	pg_exec("UPDATE accounts SET balance = 10 WHERE id = 7004");
	expect_out(teller_run("count", "--where", "balance < 1000"), "1");
	char *csv = printed(teller_run("list", "--sort", "balance", "--limit", "1", "--csv"));
	assert_string_equal(csv, "id,balance\n7004,10\n");
	free(csv);
}

static void the_doctor_looks_at_everything(void **state)
{
	(void)state;
	struct proc *proc = teller_run("doctor", "--csv");
	static const char *const checks[] = {"\nserver,ok,",  "\nround trip,ok,", "\nprotocol,ok,", "\nisolation,ok,",
					     "\nwriting,ok,", "\ntable,ok,",      "\nledger,ok,"};
	for (size_t i = 0; i < COUNT_OF(checks); i++)
		proc_expect_out(proc, checks[i]);
	proc_free(proc);
}

static void the_tutorial_is_run(void **state)
{
	(void)state;
	pg_exec("DROP TABLE accounts, transfers");
	free(printed(teller_run("tutorial", "--accounts", "7", "--yes")));
}

#define TEST(name) cmocka_unit_test_setup(name, bank)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(init_makes_and_fills),
		TEST(list_and_show),
		TEST(conninfo_tells_the_server),
		TEST(transfer_and_settle),
		TEST(rejections_leave_with_3),
		TEST(the_rival_is_met_and_survived),
		TEST(levers_end_well),
		TEST(the_ledger_is_listed_and_undone),
		TEST(verify_tells_what_is_wrong),
		TEST(create_by_insert),
		TEST(create_by_copy),
		TEST(accounts_go_out_and_come_back),
		TEST(counts_filters_and_orders),
		TEST(the_doctor_looks_at_everything),
		TEST(the_tutorial_is_run),
	};
	return cmocka_run_group_tests_name("cluster/verbs", tests, cluster_setup, cluster_teardown);
}
