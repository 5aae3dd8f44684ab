/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs on tables that other programs made: pgbench's, balances below zero, and columns of any name. */
#include <stdio.h>
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

static void expect_balances(const char *all)
{
	char *now = pg_value("SELECT string_agg(abalance::text, ' ' ORDER BY aid) FROM pgbench_accounts WHERE aid < 4");
	assert_string_equal(now, all);
	free(now);
}

/* Refused with a sentence, or done, in every way of writing; what the table itself refuses stays refused. */
static void an_overdraft(void **state)
{
	(void)state;
	static const char *const ways[][2] = {{"--wire=step", "--locking=off"},
					      {"--wire=pipeline", "--locking=on"},
					      {"--wire=oneshot", "--locking=off"}};
	static const struct {
		const char *overdraft, *from, *amount;
		int status;
		const char *words, *after;
	} cases[] = {
		{"none", "1", "5", 3, "account 1 holds 0, less than the 5 to move", "0 0 -7"},
		{"none", "3", "1", 3, "account 3 holds -7: a negative balance cannot be moved", "0 0 -7"},
		{"100", "1", "5", 0, "moved 5 from 1 to 2: 1 has -5, 2 has 5.", "-5 5 -7"},
		{"100", "1", "half", 3, "account 1 holds -5: a negative balance cannot be moved", "-5 5 -7"},
		{"100", "1", "96", 3, "account 1 holds -5 and may go down to -100: too little for the 96 to move",
		 "-5 5 -7"},
		{"100", "1", "95", 0, "moved 95 from 1 to 2: 1 has -100, 2 has 100.", "-100 100 -7"},
		{"unlimited", "1", "150", 0, "moved 150 from 1 to 2: 1 has -250, 2 has 250.", "-250 250 -7"},
		{"unlimited", "1", "100", 3, "account 1 may not hold -350", "-250 250 -7"},
		{"unlimited", "3", "3000000000", 3, "too little for the 3000000000 to move", "-250 250 -7"},
		{"9999999999999999999", "3", "1", 0, "moved 1 from 3 to 2: 3 has -8, 2 has 251.", "-250 251 -8"},
	};
	for (size_t w = 0; w < COUNT_OF(ways); w++) {
		pgbench_tables();
		pg_exec("UPDATE pgbench_accounts SET abalance = -7 WHERE aid = 3;"
			"ALTER TABLE pgbench_accounts ADD CHECK (abalance >= -300)");
		for (size_t i = 0; i < COUNT_OF(cases); i++) {
			struct proc *proc = BENCH("--overdraft", cases[i].overdraft, ways[w][0], ways[w][1], "transfer",
						  cases[i].from, "2", cases[i].amount, "--yes");
			proc_expect_status(proc, cases[i].status);
			if (cases[i].status)
				proc_expect_err(proc, cases[i].words);
			else
				proc_expect_out(proc, cases[i].words);
			proc_free(proc);
			expect_balances(cases[i].after);
		}
		struct proc *proc =
			BENCH(ways[w][0], "transfer", "2", "3", "1", "--yes"); /* who is below zero can receive */
		proc_expect_status(proc, 0);
		proc_expect_out(proc, "3 has -7.");
		proc_free(proc);
	}
	proc_expect_all(BENCH("list", "--where", "abalance < 0", "--csv"), 0,
			"aid,abalance,bid,filler\n1,-250,1,\"\"\n3,-7,1,\"\"\n", NULL);
}

static void wrong_overdrafts(void **state)
{
	(void)state;
	static const char *const words[] = {"-5", "some", "1e5", "", "1.", "0x10", "--", "1.5.5"};
	pgbench_tables();
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		char option[40];
		snprintf(option, sizeof option, "--overdraft=%s", words[i]);
		proc_expect_all(BENCH(option, "count"), 1, "", "--overdraft takes none, unlimited or the amount");
	}
	proc_expect_all(BENCH("--overdraft=0.5", "count"), 3, "",
			"--overdraft 0.5 has more decimals than the balances of pgbench_accounts, which have 0");
	proc_expect_all(BENCH("--overdraft=0", "transfer", "1", "2", "1", "--yes"), 3, "",
			"account 1 holds 0, less than the 1 to move");
}

/* What is below zero is found, unless that is allowed. */
static void verify_knows_the_overdraft(void **state)
{
	(void)state;
	pgbench_tables();
	pg_exec("DROP TABLE IF EXISTS transfers");
	proc_expect_all(BENCH("--overdraft=100", "init"), 0, "", NULL);
	for (int i = 0; i < 2; i++) {
		struct proc *proc = BENCH("--overdraft=100", "transfer", "1", "2", "50", "--yes");
		proc_expect_status(proc, 0);
		proc_free(proc);
	}
	struct proc *proc = BENCH("verify", "--csv");
	proc_expect_status(proc, 6);
	proc_expect_out(proc, "balances below zero,FAILED,\"1 of them, account 1 for one\"");
	proc_free(proc);
	proc = BENCH("--overdraft=100", "verify", "--csv");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "balances below the overdraft,ok,none");
	proc_expect_out(proc, "accounts that began below the overdraft,ok,none");
	proc_free(proc);
	proc = BENCH("--overdraft=99", "verify", "--csv");
	proc_expect_status(proc, 6);
	proc_expect_out(proc, "balances below the overdraft,FAILED,\"1 of them, account 1 for one\"");
	proc_free(proc);
	pg_exec("DROP TABLE transfers");
}

/* The rival's unit may be one that is not there. */
static void a_rival_below_zero(void **state)
{
	(void)state;
	pgbench_tables();
	struct proc *proc = BENCH("--overdraft=10", "-c", "rival on", "-c", "transfer 1 2 9 --yes");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "moved 9 from 1 to 2: 1 has -10, 2 has 9.");
	proc_free(proc);
	expect_balances("-9 9 0");
}

static void load_and_check(const char *way, const char *overdraft, int least)
{
	struct proc *proc = BENCH("--overdraft", overdraft, "load", "--count", "300", "--workers", "4", "--amount", "4",
				  "--way", way, "--yes", "--csv");
	proc_expect_status(proc, 0);
	proc_free(proc);
	pg_expect("0", "SELECT sum(abalance) FROM pgbench_accounts");
	assert_int_equal(pg_number("SELECT min(abalance) FROM pgbench_accounts") >= least, 1);
}

/* In every way of writing balances go down to the overdraft and not below it; a load that finds some there is no
 * failure of its own. */
static void load_below_zero(void **state)
{
	(void)state;
	static const char *const ways[] = {"read-write", "lock", "ordered", "oneshot", "batch=5"};
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		pgbench_tables();
		pg_exec("DROP TABLE IF EXISTS transfers");
		proc_expect_all(BENCH("init"), 0, "", NULL);
		load_and_check(ways[i], "6", -6); /* one transfer is in it, and a half */
		assert_int_equal(pg_number("SELECT min(abalance) FROM pgbench_accounts"), -4);
		pg_exec("ALTER TABLE pgbench_accounts ADD CHECK (abalance >= -20)");
		load_and_check(ways[i], "unlimited", -20);
		load_and_check(ways[i], "none", -20);
	}
	pg_exec("DROP TABLE transfers");
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

/* While it runs: the table is looked at anew, and what cannot be used changes nothing. */
static void set_while_it_runs(void **state)
{
	(void)state;
	pgbench_tables();
	struct proc *proc = BENCH("-c", "set overdraft 100", "-c", "transfer 1 2 60 --yes", "-c", "set overdraft none",
				  "-c", "set overdraft=unlimited", "-c", "transfer 1 2 60 --yes", "-c",
				  "set balance-column bid", "-c", "list --csv --limit 1", "-c", "transfer 3 4 1 --yes",
				  "-c", "set balance-column auto", "-c", "set");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "overdraft 100: transfers of an amount take a balance down to -100");
	proc_expect_out(proc, "moved 60 from 1 to 2: 1 has -60, 2 has 60.");
	proc_expect_out(proc, "overdraft none: no transfer takes a balance below 0");
	proc_expect_out(proc, "moved 60 from 1 to 2: 1 has -120, 2 has 120.");
	proc_expect_out(proc, "balance-column bid: bid, as --balance-column asks");
	proc_expect_out(proc, "aid,bid,abalance,filler\n1,1,-120,");
	proc_expect_out(proc, "moved 1 from 3 to 4: 3 has 0, 4 has 2.");
	proc_expect_out(proc, "balance-column auto: abalance, the only column for money");
	proc_expect_out(proc, "id-column       auto: aid, the primary key");
	proc_free(proc);
	static const struct {
		const char *line, *words;
		int status;
	} cases[] = {
		{"set balance-column filler", "the balance of pgbench_accounts is of type character", 3},
		{"set balance-column gone", "pgbench_accounts has no column gone", 3},
		{"set id-column bid", "column bid of pgbench_accounts is not its primary key, aid", 3},
		{"set overdraft 0.5", "--overdraft 0.5 has more decimals", 3},
		{"set overdraft lots", "overdraft takes none, unlimited or the amount", 1},
		{"set id-column ''", "a column has a name; auto finds the one that fits", 1},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *commands[] = {cases[i].line, "set balance-column", "set overdraft", "count", NULL};
		char script[200];
		snprintf(script, sizeof script, "%s\n%s\n%s\n%s\n", commands[0], commands[1], commands[2], commands[3]);
		proc = proc_run((const char *const[]){proc_teller(), "--table", "pgbench_accounts", "--plain", NULL},
				NULL, script);
		proc_expect_err(proc, cases[i].words);
		proc_expect_out(proc, "balance-column auto: abalance");
		proc_expect_out(proc, "overdraft none: no transfer");
		proc_expect_out(proc, "20\n");
		proc_free(proc);
		proc_expect_all(BENCH("-c", cases[i].line), cases[i].status, "", cases[i].words);
	}
	pg_exec("ALTER TABLE pgbench_accounts ADD bbalance int NOT NULL DEFAULT 8");
	proc = BENCH("-c", "set balance-column bbalance", "-c", "transfer 1 2 --yes");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "moved 4 from 1 to 2: 1 has 4, 2 has 12.");
	proc_free(proc);
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
		cmocka_unit_test(an_overdraft),
		cmocka_unit_test(wrong_overdrafts),
		cmocka_unit_test(verify_knows_the_overdraft),
		cmocka_unit_test(a_rival_below_zero),
		cmocka_unit_test(load_below_zero),
		cmocka_unit_test(the_doctor_says_which_and_why),
		cmocka_unit_test(set_while_it_runs),
		cmocka_unit_test(hostile_column_names),
		cmocka_unit_test(pgbench_itself),
	};
	return cmocka_run_group_tests_name("verb/others", tests, pg_own_database, NULL);
}
