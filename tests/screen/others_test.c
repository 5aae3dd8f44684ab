/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console on tables that other programs made: pgbench's accounts browsed, money moved below zero, and a part of a table. */
#include <locale.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static int pgbench_tables(void **state)
{
	(void)state;
	pg_exec("DROP TABLE IF EXISTS pgbench_accounts;"
		"CREATE TABLE pgbench_accounts (aid integer NOT NULL, bid integer, abalance integer, filler char(84)) "
		"WITH (fillfactor=100);"
		"INSERT INTO pgbench_accounts SELECT n, 1, 0, '' FROM generate_series(101, 400) AS n;"
		"ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid)");
	return 0;
}

static struct term *open_table(void **state, const char *const argv[])
{
	struct term *term = term_start(argv, NULL, 30, 160);
	*state = term;
	return term;
}

static void pgbench_is_browsed_and_moved(void **state)
{
	struct term *term =
		open_table(state, (const char *const[]){proc_teller(), "--table", "pgbench_accounts", NULL});
	term_expect(term, "Accounts in pgbench_accounts");
	term_expect(term, "abalance");
	console_expect_selected(term, "101");
	term_type(term, "s<Down>");
	console_expect_selected(term, "102");
	term_type(term, "d");
	term_expect(term, "nothing: half of it is 0");
	term_type(term, ":transfer 101 102 40<Enter>");
	term_expect(term, "nothing: more than there is");
	term_settle(term);
	term_type(term, "n");
	term_expect_gone(term, "y do it");
	term_type(term, ":set overdraft 50<Enter>");
	term_expect(term, "take a balance down to -50");
	term_type(term, ":transfer 101 102 40<Enter>");
	term_expect(term, "-40");
	term_settle(term);
	term_type(term, "y");
	console_expect_number(term, "SELECT abalance FROM pgbench_accounts WHERE aid = 101", -40);
	console_expect_number(term, "SELECT abalance FROM pgbench_accounts WHERE aid = 102", 40);
	term_expect(term, "COMMITTED");
	term_type(term, ":transfer 101 102 40<Enter>");
	term_expect(term, "nothing: more than the overdraft allows");
	term_settle(term);
	term_type(term, "n");
	term_type(term, "G");
	console_expect_selected(term, "400");
	console_quit(term);
}

/* Picks and marks are ids: of another column they would be other accounts. */
static void another_column_of_ids(void **state)
{
	pg_exec("DROP TABLE IF EXISTS shared; CREATE TABLE shared (id int PRIMARY KEY, no int NOT NULL UNIQUE, balance "
		"int);"
		"INSERT INTO shared VALUES (101, 102, 10), (102, 101, 20)");
	struct term *term = open_table(state, (const char *const[]){proc_teller(), "--table", "shared", NULL});
	console_expect_selected(term, "101");
	term_type(term, "sm");
	term_expect(term, "1 marked");
	term_expect(term, "From  101");
	term_type(term, ":set id-column no<Enter>");
	term_expect(term, "id-column no: no, as --id-column asks");
	term_expect_gone(term, "1 marked");
	term_expect(term, "s picks the selected account");
	term_type(term, ":delete<Enter>");
	term_settle(term);
	term_type(term, "y");
	term_settle(term);
	console_expect_number(term, "SELECT count(*) FROM shared", 2);
	console_quit(term);
}

static void a_part_of_a_table(void **state)
{
	pg_exec("DROP TABLE IF EXISTS shared; CREATE TABLE shared (tenant text, id int, balance int, PRIMARY KEY "
		"(tenant, "
		"id)); INSERT INTO shared SELECT t, n, 10 FROM unnest('{north,south}'::text[]) AS t, "
		"generate_series(1, 5) "
		"AS n");
	struct term *term = open_table(
		state, (const char *const[]){proc_teller(), "--table", "shared", "--where-key", "tenant=north", NULL});
	term_expect(term, "Accounts in shared with ten");
	term_expect(term, "5 accounts");
	term_type(term, "s<Down>d<Enter>");
	term_expect(term, ":transfer 1 2 half");
	term_settle(term);
	term_type(term, "y");
	console_expect_number(term, "SELECT sum(balance * id) FROM shared WHERE tenant = 'north' AND id < 3", 35);
	console_expect_number(term, "SELECT count(*) FROM shared WHERE tenant = 'south' AND balance = 10", 5);
	console_quit(term);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(pgbench_is_browsed_and_moved, pgbench_tables, term_teardown),
		cmocka_unit_test_setup_teardown(another_column_of_ids, NULL, term_teardown),
		cmocka_unit_test_setup_teardown(a_part_of_a_table, NULL, term_teardown),
	};
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("screen/others", tests, pg_own_database, NULL);
}
