/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A part of a table, with all columns of its key fixed but one: every verb keeps to it, and what is beside it never changes. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

/* Two tenants with the same ids, in a table of either shape; what the other one has must never change. */
static void tenants(const char *types, const char *partition)
{
	pg_exec("DROP TABLE IF EXISTS shared, shared_7");
	pg_exec("CREATE TABLE shared (tenant %s NOT NULL, id int, balance int, note text, PRIMARY KEY (tenant, id)) %s",
		types, partition);
	if (partition[0])
		pg_exec("CREATE TABLE shared_rest PARTITION OF shared DEFAULT");
	pg_exec("INSERT INTO shared SELECT t::%s, n, 1000, 'of ' || t FROM unnest('{7,8}'::text[]) AS t, "
		"generate_series(1, 10) AS n",
		types);
}

#define PART(...) teller_run("--table", "shared", "--where-key", "tenant=7", "--ledger", "shared_7", __VA_ARGS__)

static void expect_others_alone(void)
{
	pg_expect("10 10000 10",
		  "SELECT concat_ws(' ', count(*), sum(balance), count(*) FILTER (WHERE balance = 1000 AND "
		  "note = 'of 8')) FROM shared WHERE tenant::text = '8'");
	pg_expect("0", "SELECT count(*) FROM shared WHERE tenant::text NOT IN ('7', '8')");
}

static void expect_ok(struct proc *proc, const char *words)
{
	proc_expect_status(proc, 0);
	proc_expect_out(proc, words);
	proc_free(proc);
	expect_others_alone();
}

static void transfers_of_a_part(void)
{
	static const char *const ways[][2] = {{"--wire=step", "--locking=off"},
					      {"--wire=pipeline", "--locking=on"},
					      {"--wire=oneshot", "--locking=off"}};
	static const char *const amounts[] = {"half", "5", "all"};
	for (size_t w = 0; w < COUNT_OF(ways); w++)
		for (size_t a = 0; a < COUNT_OF(amounts); a++) {
			pg_exec("UPDATE shared SET balance = 1000 WHERE tenant::text = '7'");
			expect_ok(PART(ways[w][0], ways[w][1], "transfer", "1", "2", amounts[a], "--yes"),
				  "from 1 to 2");
			pg_expect("2000", "SELECT sum(balance) FROM shared WHERE tenant::text = '7' AND id < 3");
		}
	expect_ok(PART("-c", "rival on", "-c", "transfer 2 1 --yes", "-c", "undo --yes"), "from 1 to 2");
	pg_exec("INSERT INTO shared SELECT t, 99, 1000, '' FROM (SELECT DISTINCT tenant FROM shared WHERE tenant::text "
		"= "
		"'8') AS x(t)");
	proc_expect_all(PART("transfer", "1", "99", "--yes"), 3, "", "there is no account 99");
	proc_expect_all(PART("delete", "99", "--yes"), 3, "", "99");
	proc_expect_all(PART("show", "99"), 3, "", "99");
	pg_exec("DELETE FROM shared WHERE id = 99 AND note = ''");
	expect_others_alone();
}

static void lists_of_a_part(void)
{
	pg_exec("UPDATE shared SET balance = id WHERE tenant::text = '7'");
	expect_ok(PART("count"), "10\n");
	expect_ok(PART("list", "--csv", "--limit", "2"), "id,balance,note\n1,1,of 7\n2,2,of 7\n");
	expect_ok(PART("list", "--csv", "--limit", "1", "--sort", "balance desc"), "10,10,of 7\n");
	expect_ok(PART("list", "--csv", "--sort", "note", "--where", "balance > 8 or id = 1"),
		  "1,1,of 7\n9,9,of 7\n10,10,of 7\n");
	expect_ok(PART("list", "--csv", "--after", "9"), "id,balance,note\n10,10,of 7\n");
	expect_ok(PART("show", "3", "--csv"), "3,3,of 7\n");
	expect_ok(PART("export", "-"), "id,balance,note\n1,1,of 7\n");
	expect_ok(PART("verify", "--total", "55"), "55, as expected");
	struct proc *proc = PART("doctor", "--csv");
	proc_expect_out(proc,
			"columns,ok,\"id: id, what is left of the primary key; balance: balance, by its name; only "
			"tenant=7\"");
	proc_free(proc);
}

/* Parts of a table may have triggers, with which there are no batches. */
static void accounts_of_a_part(bool partitioned)
{
	static const char *const ways[] = {"read-write", "lock", "ordered", "oneshot", "batch=5"};
	expect_ok(PART("create", "250"), "");
	pg_expect("260", "SELECT count(*) FROM shared WHERE tenant::text = '7'");
	pg_exec("DELETE FROM shared WHERE tenant::text = '7' AND id > 10; UPDATE shared SET balance = 1000 WHERE "
		"tenant::text "
		"= '7'");
	struct proc *proc =
		proc_run((const char *const[]){proc_teller(), "--table", "shared", "--where-key", "tenant=7",
					       "--ledger", "none", "import", "-", "--skip-bad", NULL},
			 NULL, "id,note,balance\n11,new,5\n3,there,5\nx,bad,5\n12,,7\n");
	proc_expect_status(proc, 0);
	proc_free(proc);
	expect_others_alone();
	pg_expect("10012 12 1000",
		  "SELECT concat_ws(' ', sum(balance), count(*), max(balance) FILTER (WHERE id = 3)) FROM "
		  "shared WHERE tenant::text = '7'");
	expect_ok(PART("delete", "11", "12", "--yes"), "");
	expect_ok(PART("tutorial", "--accounts", "5", "--yes"), "15");
	pg_exec("DELETE FROM shared WHERE tenant::text = '7' AND id > 10; UPDATE shared SET balance = 1000 WHERE "
		"tenant::text "
		"= '7'");
	for (size_t i = 0; i + partitioned < COUNT_OF(ways); i++) {
		expect_ok(
			PART("load", "--count", "100", "--workers", "3", "--amount", "half", "--way", ways[i], "--yes"),
			"");
		pg_expect("10000", "SELECT sum(balance) FROM shared WHERE tenant::text = '7'");
	}
	expect_ok(PART("verify"), "");
}

static void a_part_of_a_table(void **state)
{
	(void)state;
	static const char *const tables[][2] = {{"int", ""},
						{"text", ""},
						{"varchar(9)", ""},
						{"char(3)", ""},
						{"numeric", ""},
						{"tenant_kind", ""},
						{"int", "PARTITION BY LIST (tenant)"}};
	pg_exec("CREATE TYPE tenant_kind AS ENUM ('8', '7')");
	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		tenants(tables[i][0], tables[i][1]);
		expect_ok(PART("init"), "");
		transfers_of_a_part();
		pg_exec("DELETE FROM shared_7");
		lists_of_a_part();
		accounts_of_a_part(tables[i][1][0] != '\0');
	}
	pg_exec("DROP TABLE shared, shared_7");
}

/* The ids of one part may be those of another: without a ledger of its own nothing is recorded. */
static void a_part_without_a_ledger(void **state)
{
	(void)state;
	pg_bank(1);
	tenants("int", "");
	struct proc *proc = teller_run("--table", "shared", "--where-key=tenant=7", "transfer", "1", "2", "--yes");
	expect_ok(proc, "moved 500 from 1 to 2");
	pg_expect("0", "SELECT count(*) FROM transfers");
	proc = teller_run("--table", "shared", "--where-key=tenant=7", "doctor");
	proc_expect_out(proc, "a part of a table needs a ledger of its own");
	proc_free(proc);
	static const struct {
		const char *option;
		int status;
		const char *words;
	} cases[] = {
		{"--where-key=tenant", 1, "--where-key takes COLUMN=VALUE, as in tenant=7, not \"tenant\""},
		{"--where-key==7", 1, "--where-key takes COLUMN=VALUE"},
		{"--where-key=tenant=seven", 3,
		 "--where-key tenant=seven cannot be used: invalid input syntax for type integer"},
		{"--where-key=tenant=", 3, "--where-key tenant= cannot be used: invalid input syntax"},
		{"--where-key=tenant=7 or true", 3,
		 "cannot be used: invalid input syntax for type integer: \"7 or true\""},
		{"--where-key=id=1", 3, "has no column named balance"},
		{"--where-key=note=7", 3, "column note of shared is not in its primary key (tenant, id)"},
		{"--ascii", 3, "fix the others with --where-key COLUMN=VALUE, or name another table with --table"},
	};
	pg_exec("ALTER TABLE shared RENAME balance TO money");
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		proc_expect_all(teller_run("--table", "shared", cases[i].option,
					   i == 5 ? "--ascii" : "--balance-column=money", "count"),
				cases[i].status, "", cases[i].words);
	proc_expect_all(teller_run("--table", "shared", "--where-key=tenant=9", "--balance-column=money", "count"), 0,
			"0\n", NULL);
	pg_exec("DROP TABLE shared");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_part_of_a_table),
		cmocka_unit_test(a_part_without_a_ledger),
	};
	return cmocka_run_group_tests_name("verb/part", tests, pg_own_database, NULL);
}
