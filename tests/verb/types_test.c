/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs on tables that others made: their types, ids that are hard to write, and what one may not do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

#define ONE "11111111-2222-4333-8444-555555555555"

/* ---- kinds of tables ---- */

static void cents(void **state)
{
	(void)state;
	pg_exec("CREATE TABLE cents (id int PRIMARY KEY, owner text, balance numeric(18,2));"
		"INSERT INTO cents VALUES (1, 'Ann', 10.01), (2, 'Bob', 0), (3, NULL, NULL),"
		" (4, 'all', 9999999999999999.99)");
	proc_expect_all(teller_run("--table", "cents", "list", "--csv"), 0,
			"id,balance,owner\n1,10.01,Ann\n2,0.00,Bob\n3,,\n4,9999999999999999.99,all\n", NULL);
	proc_expect_all(teller_run("--table", "cents", "list", "--limit", "1", "--format", "jsonl"), 0,
			"{\"id\":\"1\",\"balance\":\"10.01\",\"owner\":\"Ann\"}\n", NULL);
	proc_expect_all(teller_run("--table", "cents", "count"), 0, "4\n", NULL);
	struct proc *proc = teller_run("--table", "cents", "transfer", "1", "2", "half", "--yes");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(proc->out.p, "moved 5.00 from 1 to 2: 1 has 5.01, 2 has 5.00."));
	proc_free(proc);
	proc = teller_run("--table", "cents", "--echo", "transfer", "1", "2", "0.5", "--yes");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(proc->out.p, "moved 0.50 from 1 to 2: 1 has 4.51, 2 has 5.50."));
	proc_expect_err(proc, "0.50");
	proc_free(proc);
	static const struct {
		const char *from, *to, *amount;
		int status;
		const char *words;
	} cases[] = {
		{"1", "2", "0.001", 1, "more decimals than the 2"},
		{"1", "2", "1.000", 1, "more decimals than the 2"},
		{"1", "2", "0.00", 1, "must be 0.01 or more"},
		{"1", "2", "4.52", 3, "account 1 holds 4.51, less than the 4.52 to move"},
		{"1", "4", "4.51", 3,
		 "account 4 holds 9999999999999999.99 and cannot take 4.51 more: its balance holds at most "
		 "9999999999999999.99"},
		{"3", "1", "half", 3, "the balance of account 3 is unknown (NULL)"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		proc_expect_all(teller_run("--table", "cents", "transfer", cases[i].from, cases[i].to, cases[i].amount,
					   "--yes"),
				cases[i].status, "", cases[i].words);
	pg_expect("4.51 5.50", "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM cents WHERE id < 3");
}

/* The rival's unit is the smallest one. */
static void a_rival_of_one_cent(void **state)
{
	(void)state;
	pg_exec("CREATE TABLE three (id int PRIMARY KEY, balance numeric(9,2)); INSERT INTO three VALUES (1, 10), (2, "
		"0), "
		"(3, 9999999.99), (4, 1)");
	struct proc *proc = teller_run("--table", "three", "-c", "rival on", "-c", "transfer 1 2 --yes");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(proc->out.p, "moved 4.99 from 1 to 2: 1 has 5.00, 2 has 4.99."));
	proc_free(proc);
	pg_expect("5.01 4.99 9999999.99 1.00", "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM three");
}

/* Ids of a database that was not careful: shown harmless, and usable by quoting. */
static void hostile_ids(void **state)
{
	(void)state;
	static const char *const ids[] = {
		"it's", "a\nb",  "\033[31mred\033[0m", "'; drop table texts; --", "\"double\" & <>", "--option",
		"$1",   "a  b\t"};
	pg_exec("CREATE TABLE texts (id text PRIMARY KEY, balance int)");
	for (size_t i = 0; i < COUNT_OF(ids); i++)
		pg_exec("INSERT INTO texts VALUES ($quote$%s$quote$, 1000)", ids[i]);
	struct proc *proc = teller_run("--table", "texts", "list");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(proc->out.p, "a\\nb"));
	assert_non_null(strstr(proc->out.p, "\\x1b[31mred"));
	assert_null(strchr(proc->out.p, '\033'));
	proc_free(proc);
	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		const char *from = ids[i], *to = ids[(i + 1) % COUNT_OF(ids)];
		proc = teller_run("--table", "texts", "show", "--csv", "--", from);
		proc_expect_status(proc, 0);
		assert_int_equal(strncmp(proc->out.p, "id,balance\n", 11), 0);
		proc_free(proc);
		proc = teller_run("--table", "texts", "transfer", "--yes", "--", from, to, "1");
		proc_expect_status(proc, 0);
		assert_null(strchr(proc->out.p, '\033'));
		proc_free(proc);
	}
	pg_expect("8 1000 1000", "SELECT concat_ws(' ', count(*), min(balance), max(balance)) FROM texts");
	proc = teller_run("--table", "texts", "-c", "transfer 'it''s' 'a\nb' 7 --yes", "-c", "show 'it''s' --csv");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(proc->out.p, "moved 7 from it's to a\\nb: it's has 993, a\\nb has 1007."));
	assert_non_null(strstr(proc->out.p, "\nit's,993\n"));
	proc_free(proc);
}

/* Only what is a connection string has a password to hide. */
static void ids_like_places_are_said_whole(void **state)
{
	(void)state;
	pg_exec("CREATE TABLE mails (id text PRIMARY KEY, balance int); INSERT INTO mails VALUES ('user:7@bank', 5)");
	proc_expect_all(teller_run("--table", "mails", "show", "user:8@bank"), 3, "", "user:8@bank");
	struct proc *proc = teller_run("--table", "mails", "transfer", "user:7@bank", "mailto:ada@bank", "--yes");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "mailto:ada@bank");
	proc_free(proc);
}

/* ---- init ---- */

static void init_fits_the_table(void **state)
{
	(void)state;
	pg_exec("CREATE SCHEMA shop; CREATE TABLE shop.\"Purses\" (id uuid PRIMARY KEY, balance numeric(6,2), note "
		"text)");
	struct proc *proc = teller_run("--table", "shop.Purses", "init", "--accounts", "30");
	proc_expect_status(proc, 0);
	proc_expect_err(proc, "added 30 accounts");
	proc_free(proc);
	pg_expect("0", "SELECT count(*) FROM pg_class WHERE relname = 'accounts'");
	pg_expect("t", "SELECT bool_or(balance <> trunc(balance)) AND count(*) = 30 FROM shop.\"Purses\"");
	pg_expect("uuid uuid uuid numeric(6,2) timestamp with time zone",
		  "SELECT string_agg(format_type(atttypid, atttypmod), ' ' ORDER BY attnum) FROM pg_attribute "
		  "WHERE attrelid = 'shop.transfers'::regclass AND attnum > 0");
	char *from = pg_value("SELECT id FROM shop.\"Purses\" WHERE balance > 1 ORDER BY id LIMIT 1");
	char *to = pg_value("SELECT id FROM shop.\"Purses\" WHERE balance < 5000 ORDER BY id DESC LIMIT 1");
	char *total = pg_value("SELECT sum(balance) FROM shop.\"Purses\"");
	proc = teller_run("--table", "shop.Purses", "transfer", from, to, "0.37", "--yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	pg_expect("0.37", "SELECT amount FROM shop.transfers");
	proc = teller_run("--table", "shop.Purses", "verify", "--total", total);
	proc_expect_status(proc, 0);
	proc_free(proc);
	pg_expect(total, "SELECT sum(balance) FROM shop.\"Purses\"");
	free(from);
	free(to);
	free(total);
}

static void init_makes_no_other_table(void **state)
{
	(void)state;
	proc_expect_all(teller_run("--table", "nowhere", "init"), 3, "", "there is no table nowhere");
	pg_exec("CREATE SCHEMA tight; CREATE TABLE tight.purses (id uuid PRIMARY KEY, balance int);"
		"CREATE TABLE tight.transfers (id uuid PRIMARY KEY, source int8, destination int8, amount int8, "
		"made_at timestamptz)");
	proc_expect_all(teller_run("--table", "tight.purses", "transfer", "a", "b", "--yes"), 3, "",
			"transfers is not used as the ledger: its column source is of type bigint");
	proc_expect_all(teller_run("--table", "tight.purses", "init", "--accounts", "2"), 0, "", "added 2 accounts");
	pg_expect("0", "SELECT count(*) FROM tight.teller_transfers");
}

/* A name may hold what parts statements, and paragraphs of them. */
static void a_schema_with_any_name(void **state)
{
	(void)state;
	static const char *const names[] = {"a;b", ";", "two\n\nparagraphs", "-- no comment\n", "it's \"\"so\"\"; $1"};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char table[80];
		snprintf(table, sizeof table, "\"%s\".accounts", names[i]);
		pg_exec("DROP TABLE IF EXISTS accounts, transfers; CREATE SCHEMA \"%s\"", names[i]);
		proc_expect_all(teller_run("--table", table, "init", "--accounts", "3"), 0, "", "added 3 accounts");
		struct proc *proc = teller_run("--table", table, "verify");
		proc_expect_status(proc, 0);
		proc_free(proc);
		pg_exec("DROP TABLE \"%s\".accounts, \"%s\".transfers; DROP SCHEMA \"%s\"", names[i], names[i],
			names[i]);
	}
	proc_expect_all(teller_run("--ledger", "\"le;dger\"", "init", "--accounts", "3"), 0, "", "added 3 accounts");
	pg_expect("0", "SELECT count(*) FROM \"le;dger\"");
}

/* ---- ledgers of other types ---- */

/* One that is wider than it needs to be is used, and what it says can be undone and asked for. */
static void a_wider_ledger(void **state)
{
	(void)state;
	pg_exec("CREATE SCHEMA wide; CREATE TABLE wide.purses (id int2 PRIMARY KEY, balance numeric(9,2));"
		"INSERT INTO wide.purses VALUES (1, 10.01), (-2, 0); CREATE TABLE wide.transfers (id uuid PRIMARY KEY, "
		"source text, destination text, amount numeric(30,6), made_at timestamptz DEFAULT now())");
	static const char *const commands[] = {"transfer 1 -2 0.75 --yes --id=" ONE,
					       "transfer 1 -2 0.75 --yes --id=" ONE, "undo --yes " ONE, "settle " ONE,
					       "show 1 --csv"};
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		struct proc *proc = teller_run("--table", "wide.purses", "-c", commands[i]);
		proc_expect_status(proc, 0);
		proc_free(proc);
	}
	pg_expect("10.01 0.00 2 0.750000",
		  "SELECT (SELECT string_agg(balance::text, ' ' ORDER BY id DESC) FROM wide.purses) "
		  "|| concat(' ', count(*), ' ', min(amount)) FROM wide.transfers");
	pg_exec("UPDATE wide.transfers SET amount = 0.755 WHERE id = '" ONE "'");
	proc_expect_all(teller_run("--table", "wide.purses", "undo", "--yes", ONE), 6, "",
			"moved 0.755000, which balances of this table cannot hold");
}

static void a_ledger_that_does_not_fit_is_told(void **state)
{
	(void)state;
	pg_exec("CREATE SCHEMA narrow; CREATE TABLE narrow.purses (id int PRIMARY KEY, balance numeric(9,2));"
		"INSERT INTO narrow.purses VALUES (1, 10.01), (2, 0); CREATE TABLE narrow.transfers (id uuid PRIMARY "
		"KEY, "
		"source int, destination int, amount int8, made_at timestamptz DEFAULT now())");
	struct proc *proc = teller_run("--table", "narrow.purses", "transfer", "1", "2", "--yes");
	proc_expect_status(proc, 0);
	proc_expect_err(proc,
			"transfers are not recorded: transfers is not used as the ledger: its column amount is of "
			"type bigint, which does not hold every balance of narrow.purses");
	proc_free(proc);
	pg_expect("5.01 5.00", "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM narrow.purses");
}

/* What is asked about a transfer that never was must fit the columns, too. */
static void settling_on_any_ledger(void **state)
{
	(void)state;
	static const char *const types[] = {"uuid", "text", "char(3)", "int2", "numeric(4,0)"};
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		pg_exec("DROP SCHEMA IF EXISTS kind CASCADE; CREATE SCHEMA kind; CREATE TABLE kind.purses (id %s "
			"PRIMARY KEY, "
			"balance numeric(5,5))",
			types[i]);
		proc_free(teller_run("--table", "kind.purses", "init", "--accounts", "0"));
		proc_expect_all(teller_run("--table", "kind.purses", "settle", ONE), 3, "",
				"did not commit; nothing was moved");
	}
}

/* Accounts are made with parts of the whole, one by one and by COPY. */
static void accounts_are_made_with_cents(void **state)
{
	(void)state;
	static const char *const ways[] = {"--insert", "--copy"};
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		pg_exec("DROP TABLE IF EXISTS made; CREATE TABLE made (id uuid PRIMARY KEY, balance numeric(8,2))");
		struct proc *proc = teller_run("--table", "made", "create", "200", ways[i]);
		proc_expect_status(proc, 0);
		proc_free(proc);
		pg_expect("200 t t",
			  "SELECT concat_ws(' ', count(*), bool_or(balance <> trunc(balance)), max(balance) > 500000) "
			  "FROM made");
	}
}

/* ---- kinds of relations ---- */

static void partitions_and_children(void **state)
{
	(void)state;
	pg_exec("CREATE TABLE parts (id int PRIMARY KEY, balance int) PARTITION BY RANGE (id);"
		"CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (100);"
		"CREATE TABLE parts_high PARTITION OF parts FOR VALUES FROM (100) TO (200);"
		"INSERT INTO parts VALUES (1, 1000), (150, 0)");
	struct proc *proc = teller_run("--table", "parts", "transfer", "1", "150", "--yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	pg_expect("500 500", "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM parts");
	proc = teller_run("--table", "parts_high", "list", "--csv");
	proc_expect_status(proc, 0);
	assert_string_equal(proc->out.p, "id,balance\n150,500\n");
	proc_free(proc);
	pg_exec("CREATE TABLE parent (id int PRIMARY KEY, balance int); CREATE TABLE child () INHERITS (parent);"
		"INSERT INTO parent VALUES (1, 1000), (2, 1000); INSERT INTO child VALUES (2, 500), (3, 500)");
	static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		proc_expect_all(teller_run("--table", "parent", wires[i], "transfer", "1", "2", "--yes"), 3, "",
				"there is more than one account 2 in parent and the tables that inherit from it");
		proc_expect_all(teller_run("--table", "parent", wires[i], "transfer", "2", "1", "--yes"), 3, "",
				"more than one account 2");
		proc = teller_run("--table", "parent", wires[i], "transfer", "1", "3", "8", "--yes");
		proc_expect_status(proc, 0);
		proc_free(proc);
	}
	pg_expect("976 1000 500 524", "SELECT string_agg(balance::text, ' ' ORDER BY id, balance DESC) FROM parent");
	pg_exec("CREATE VIEW seen AS SELECT * FROM parent; CREATE MATERIALIZED VIEW frozen AS SELECT * FROM parent");
	proc_expect_all(teller_run("--table", "seen", "count"), 3, "", "seen is a view: name the table behind it");
	proc_expect_all(teller_run("--table", "frozen", "count"), 3, "", "frozen is a materialized view");
}

/* ---- rules of the table ---- */

static void refused_everywhere(const char *table, const char *from, const char *why)
{
	static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};
	for (size_t i = 0; i < COUNT_OF(wires); i++)
		proc_expect_all(teller_run(wires[i], "--table", table, "transfer", from, "Bob", "--yes"), 3, "", why);
}

/* The server would say so only in the middle of a transfer. */
static void generated_balances(void **state)
{
	(void)state;
	static const char why[] = "the balance of doubled is computed from other columns";
	pg_exec("CREATE TABLE doubled (id text PRIMARY KEY, half int, balance int GENERATED ALWAYS AS (half * 2) "
		"STORED);"
		"INSERT INTO doubled VALUES ('Ann', 5), ('Bob', 6)");
	proc_expect_all(teller_run("--table", "doubled", "list", "--csv"), 0, "id,balance,half\nAnn,10,5\nBob,12,6\n",
			NULL);
	refused_everywhere("doubled", "Ann", why);
	proc_expect_all(teller_run("--table", "doubled", "create", "2"), 3, "", why);
	proc_expect_all(teller_run("--table", "doubled", "import", "/dev/null"), 3, "", why);
	pg_expect("22", "SELECT sum(balance) FROM doubled");
	pg_exec("DELETE FROM doubled");
	struct proc *proc = teller_run("--table", "doubled", "init");
	proc_expect_err(proc, why);
	assert_null(strstr(buf_text(&proc->err), "428C9"));
	proc_expect_status(proc, 3);
	proc_free(proc);
}

/* Where ann is Ann to the server, it is not so to teller: one rule for every way to send a transfer. */
static void ids_that_are_equal_and_not_the_same(void **state)
{
	(void)state;
	if (pg_number("SELECT count(*) FROM pg_collation WHERE collprovider = 'i'") == 0)
		skip();
	pg_exec("CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
		"CREATE TABLE alike (id text COLLATE any_case PRIMARY KEY, balance int);"
		"INSERT INTO alike VALUES ('Ann', 100), ('Bob', 200)");
	proc_expect_all(teller_run("--table", "alike", "list", "--csv"), 0, "id,balance\nAnn,100\nBob,200\n", NULL);
	refused_everywhere("alike", "ann", "the ids of alike are compared by a collation");
	refused_everywhere("alike", "Ann", "the ids of alike are compared by a collation");
	pg_expect("300", "SELECT sum(balance) FROM alike");
}

/* Ids that the server wants to draw itself can be given all the same. */
static void identity_columns(void **state)
{
	(void)state;
	pg_exec("CREATE TABLE drawn (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, balance int);"
		"INSERT INTO drawn (balance) VALUES (10), (20)");
	proc_expect_all(teller_run("--table", "drawn", "create", "5", "--insert"), 0, "", "created 5 accounts");
	proc_expect_all(teller_run("--table", "drawn", "create", "5", "--copy"), 0, "", "created 5 accounts");
	struct proc *proc = teller_run("--table", "drawn", "tutorial", "--accounts", "5", "--yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	pg_expect("17", "SELECT count(*) FROM drawn");
}

static void check_constraints(void **state)
{
	(void)state;
	static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};
	pg_exec("CREATE TABLE limited (id int PRIMARY KEY, balance int CHECK (balance BETWEEN 10 AND 2000));"
		"INSERT INTO limited VALUES (1, 1000), (2, 1900)");
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		proc_expect_all(
			teller_run("--table", "limited", wires[i], "transfer", "1", "2", "half", "--yes"), 3, "",
			"account 2 may not hold 2400: new row for relation \"limited\" violates check constraint");
		proc_expect_all(teller_run("--table", "limited", wires[i], "transfer", "1", "2", "all", "--yes"), 3, "",
				"account 1 may not hold 0: new row");
	}
	pg_expect("1000 1900", "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM limited");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cents),
		cmocka_unit_test(a_rival_of_one_cent),
		cmocka_unit_test(hostile_ids),
		cmocka_unit_test(ids_like_places_are_said_whole),
		cmocka_unit_test(init_fits_the_table),
		cmocka_unit_test(init_makes_no_other_table),
		cmocka_unit_test(a_schema_with_any_name),
		cmocka_unit_test(a_wider_ledger),
		cmocka_unit_test(a_ledger_that_does_not_fit_is_told),
		cmocka_unit_test(settling_on_any_ledger),
		cmocka_unit_test(accounts_are_made_with_cents),
		cmocka_unit_test(partitions_and_children),
		cmocka_unit_test(generated_balances),
		cmocka_unit_test(ids_that_are_equal_and_not_the_same),
		cmocka_unit_test(identity_columns),
		cmocka_unit_test(check_constraints),
	};
	return cmocka_run_group_tests_name("verb/types", tests, pg_own_database, NULL);
}
