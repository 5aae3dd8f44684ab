/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs on tables that other programs made: pgbench's, and those of ORMs, with columns of any name. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

/* What pgbench makes, with fewer rows. */
static void pgbench_tables(void)
{
	pg_exec("DROP TABLE IF EXISTS pgbench_accounts;"
		"CREATE TABLE pgbench_accounts (aid integer NOT NULL, bid integer, abalance integer, filler char(84)) "
		"WITH (fillfactor=100);"
		"INSERT INTO pgbench_accounts SELECT n, 1, 0, '' FROM generate_series(1, 20) AS n;"
		"ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid)");
}

#define BENCH(...) teller_run("--table", "pgbench_accounts", __VA_ARGS__)

static void pgbench_itself(void **state)
{
	(void)state;
	struct proc *proc = proc_run((const char *const[]){"pgbench", "-i", "-q", NULL}, NULL, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
	proc_expect_all(BENCH("count"), 0, "100000\n", NULL);
	pg_exec("UPDATE pgbench_accounts SET abalance = 11 WHERE aid = 7");
	proc = BENCH("transfer", "7", "99999", "--yes");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "moved 5 from 7 to 99999: 7 has 6, 99999 has 5.");
	proc_free(proc);
	pg_expect("6 5", "SELECT string_agg(abalance::text, ' ' ORDER BY aid) FROM pgbench_accounts WHERE aid IN (7, "
			 "99999)");
}

/* Half of nothing is nothing, and that is said. */
static void pgbench_accounts_begin_with_nothing(void **state)
{
	(void)state;
	static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};
	struct proc *proc;
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		pgbench_tables();
		proc_expect_all(BENCH(wires[i], "transfer", "1", "2", "--yes"), 3, "",
				"account 1 holds 0: there is nothing to move");
		pg_exec("UPDATE pgbench_accounts SET abalance = 100 WHERE aid = 1");
		proc = BENCH(wires[i], "transfer", "1", "2", "30", "--yes");
		proc_expect_status(proc, 0);
		proc_expect_out(proc, "moved 30 from 1 to 2: 1 has 70, 2 has 30.");
		proc_free(proc);
		pg_expect("100", "SELECT sum(abalance) FROM pgbench_accounts");
	}
	proc_expect_all(BENCH("list", "--limit", "1", "--csv"), 0, "aid,abalance,bid,filler\n1,70,1,\"\"\n", NULL);
	proc_expect_all(BENCH("list", "--sort", "balance desc", "--where", "abalance > 50", "--format", "jsonl"), 0,
			"{\"aid\":\"1\",\"abalance\":\"70\",\"bid\":\"1\",\"filler\":\"\"}\n", NULL);
	proc = BENCH("verify");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "balances below zero");
	proc_free(proc);
}

static void the_doctor_says_which_and_why(void **state)
{
	(void)state;
	pgbench_tables();
	struct proc *proc = BENCH("doctor", "--csv");
	proc_expect_out(proc, "columns,ok,\"id: aid, the primary key; balance: abalance, the only column for money "
			      "that has balance in its name\"");
	proc_free(proc);
	proc = BENCH("--balance-column", "bid", "--id-column", "aid", "doctor", "--csv");
	proc_expect_out(proc, "columns,ok,\"id: aid, as --id-column asks; balance: bid, as --balance-column asks\"");
	proc_free(proc);
	pg_exec("ALTER TABLE pgbench_accounts ADD bbalance int");
	proc = BENCH("doctor");
	proc_expect_out(proc, "--balance-column");
	proc_free(proc);
	proc_expect_all(BENCH("count"), 3, "",
			"pgbench_accounts has 2 columns that may be the balance (abalance, bbalance): say which with "
			"--balance-column NAME");
	proc_expect_all(BENCH("--balance-column=bbalance", "count"), 0, "20\n", NULL);
}

/* Names are text: quoted in SQL, escaped on the terminal. */
static void hostile_column_names(void **state)
{
	(void)state;
	static const char *const names[] = {
		"a\"; drop table prey; --", "$1", "b\nc", "\033[31mred\033[0m", "select", "it's", "%s%n", "UPPER"};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *id = names[i], *balance = names[(i + 1) % COUNT_OF(names)];
		char *make = pg_value("SELECT format('CREATE TABLE prey (%%I int PRIMARY KEY, %%I int, other int)', "
				      "$n$%s$n$, $n$%s$n$)",
				      id, balance);
		pg_exec("DROP TABLE IF EXISTS prey");
		pg_exec("%s", make);
		pg_exec("INSERT INTO prey VALUES (1, 10, 0), (2, 0, 0)");
		free(make);
		struct proc *proc = teller_run("--table", "prey", "--id-column", id, "--balance-column", balance, "-c",
					       "transfer 1 2 3 --yes", "-c", "transfer 1 2 half --yes", "-c", "list",
					       "-c", "verify");
		proc_expect_status(proc, 0);
		proc_expect_out(proc, "moved 3 from 1 to 2: 1 has 7, 2 has 3.");
		proc_expect_out(proc, "moved 3 from 1 to 2: 1 has 4, 2 has 6.");
		assert_null(strchr(proc->out.p, '\033'));
		assert_null(strchr(proc->err.p ? proc->err.p : "", '\033'));
		proc_free(proc);
		char *now = pg_value("SELECT string_agg(prey::text, ' ' ORDER BY prey) FROM prey");
		assert_string_equal(now, "(1,4,0) (2,6,0)");
		free(now);
		proc = teller_run("--table", "prey", "--id-column", id, "--balance-column", balance, "doctor");
		assert_null(strchr(proc->out.p, '\033'));
		proc_expect_out(proc, "--balance-column asks");
		proc_free(proc);
		proc = teller_run("--table", "prey", "--id-column", id, "count");
		proc_expect_status(proc, 3);
		assert_null(strchr(proc->err.p, '\033'));
		proc_expect_err(proc, "no column named balance");
		proc_free(proc);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pgbench_accounts_begin_with_nothing),
		cmocka_unit_test(the_doctor_says_which_and_why),
		cmocka_unit_test(hostile_column_names),
		cmocka_unit_test(pgbench_itself),
	};
	return cmocka_run_group_tests_name("verb/others", tests, pg_own_database, NULL);
}
