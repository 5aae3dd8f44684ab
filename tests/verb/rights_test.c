/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables that the user may only read, rows that are hidden, and names that lead elsewhere: what each verb says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static struct proc *as_reader(const char *const argv[])
{
	return proc_run(argv, (const char *const[]){"PGUSER=types_reader", NULL}, NULL);
}

#define reader_run(...) as_reader((const char *const[]){proc_teller(), __VA_ARGS__, NULL})

/* ---- who may only look ---- */

static int reader(void **state)
{
	(void)state;
	pg_bank(3);
	pg_exec("DO $$BEGIN CREATE ROLE types_reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$");
	pg_exec("ALTER TABLE accounts ADD secret text DEFAULT 'xyzzy'");
	return 0;
}

static void without_the_right_to_write(void **state)
{
	(void)state;
	static const char *const asked[] = {"transfer", "7001", "7002"};
	proc_expect_all(reader_run("list"), 3, "",
			"you may not read accounts: ask its owner to GRANT SELECT ON it to you");
	pg_exec("GRANT SELECT ON accounts, transfers TO types_reader");
	proc_expect_all(reader_run("count"), 0, "3\n", NULL);
	/* Refused before anything is asked: nothing of a question is on stderr. */
	struct proc *proc = reader_run(asked[0], asked[1], asked[2]);
	proc_expect_status(proc, 3);
	assert_string_equal(buf_text(&proc->err),
			    "teller: you may read accounts but not change it: ask its owner to GRANT "
			    "UPDATE (balance) ON it to you\n");
	proc_free(proc);
	pg_exec("GRANT UPDATE (balance) ON accounts TO types_reader");
	proc_expect_all(
		reader_run("transfer", "7001", "7002", "--yes"), 3, "",
		"transfers is not used as the ledger: you may not write it; ask its owner to GRANT SELECT, INSERT ON "
		"it");
	proc_expect_all(reader_run("ledger", "--csv"), 0, "id,made_at,source,destination,amount\n", NULL);
	pg_exec("GRANT INSERT (id, source, destination, amount) ON transfers TO types_reader");
	static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		proc = reader_run(wires[i], "transfer", "7001", "7002", "100", "--yes");
		proc_expect_status(proc, 0);
		proc_free(proc);
	}
	pg_expect("700 1300 3", "SELECT concat_ws(' ', (SELECT balance FROM accounts WHERE id = 7001), (SELECT balance "
				"FROM accounts WHERE id = 7002), (SELECT count(*) FROM transfers))");
}

/* Columns and rows that one may not see are not there. */
static void what_is_seen_is_shown(void **state)
{
	(void)state;
	pg_exec("GRANT SELECT (id, balance) ON accounts TO types_reader; GRANT UPDATE (balance) ON accounts TO "
		"types_reader;"
		"GRANT SELECT, INSERT ON transfers TO types_reader");
	proc_expect_all(reader_run("list", "--limit", "1", "--csv"), 0, "id,balance\n7001,1000\n", NULL);
	pg_exec("ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;"
		"CREATE POLICY seen ON accounts FOR SELECT TO types_reader USING (id > 7001);"
		"CREATE POLICY changed ON accounts FOR UPDATE TO types_reader USING (id < 7003)");
	proc_expect_all(reader_run("list", "--csv"), 0, "id,balance\n7002,1000\n7003,1000\n", NULL);
	static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		proc_expect_all(reader_run(wires[i], "transfer", "7002", "7001", "--yes"), 3, "",
				"there is no account 7001");
		proc_expect_all(reader_run(wires[i], "transfer", "7002", "7003", "--yes"), 3, "", "a rule or trigger");
	}
	pg_expect("1000 1000 1000", "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM accounts");
}

static void read_only_at_the_server(void **state)
{
	(void)state;
	static const char *const refused[][4] = {
		{"transfer", "7001", "7002", "--yes"}, {"init"}, {"create", "5"}, {"undo"}, {"tutorial"}};
	for (size_t i = 0; i < COUNT_OF(refused); i++)
		proc_expect_all(teller_run("--read-only", refused[i][0], refused[i][1], refused[i][2], refused[i][3]),
				3, "", "is not available with --read-only");
	proc_expect_all(teller_run("--read-only", "count"), 0, "3\n", NULL);
	proc_expect_all(teller_run("--read-only", "demo"), 1, "", "demo makes its own tables");
	/* settle writes what it takes back: it gets as far as the server, which says what it thinks of that. */
	struct proc *proc = teller_run("--read-only", "settle", "123e4567-e89b-42d3-a456-426614174000");
	proc_expect_status(proc, 5);
	proc_expect_err(proc, "in a read-only transaction");
	proc_free(proc);
}

/* ---- where names lead ---- */

static struct proc *with_path(const char *path, const char *const argv[])
{
	char options[80];
	snprintf(options, sizeof options, "PGOPTIONS=-c search_path=%s", path);
	return proc_run(argv, (const char *const[]){options, NULL}, NULL);
}

#define path_run(path, ...) with_path(path, (const char *const[]){proc_teller(), __VA_ARGS__, NULL})

/* Without a search path a table is found by its schema, and made there. */
static void no_search_path(void **state)
{
	(void)state;
	static const char why[] =
		"there is no table accounts to be found: the search path of this session is empty; name its "
		"schema, --table SCHEMA.accounts (`init` makes it there)";
	pg_exec("DROP TABLE IF EXISTS accounts, transfers");
	proc_expect_all(path_run("''", "count"), 3, "", why);
	proc_expect_all(path_run("''", "init"), 3, "", why);
	proc_expect_all(path_run("''", "--table", "public.accounts", "init", "--accounts", "4"), 0, "",
			"added 4 accounts");
	proc_expect_all(path_run("''", "--table", "public.accounts", "count"), 0, "4\n", "");
	pg_expect("0", "SELECT count(*) FROM public.transfers");
	proc_expect_all(path_run("''", "count"), 3, "", why);
	proc_expect_all(path_run("nowhere", "init"), 3, "", why);
	pg_exec("DROP TABLE accounts, transfers");
}

static void columns_in_another_case(void **state)
{
	(void)state;
	pg_exec("CREATE TABLE caps (\"Id\" int PRIMARY KEY, \"Balance\" int, \"Owner\" text);"
		"INSERT INTO caps VALUES (1, 10, 'Ann'), (2, 0, 'Bob')");
	proc_expect_all(teller_run("--table", "caps", "list", "--csv", "--where", "balance > 5 and id < 9"), 0,
			"Id,Balance,Owner\n1,10,Ann\n", NULL);
	struct proc *proc = teller_run("--table", "caps", "transfer", "1", "2", "--yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	pg_expect("5 5", "SELECT string_agg(\"Balance\"::text, ' ') FROM caps");
	pg_exec("ALTER TABLE caps ADD \"BALANCE\" int");
	proc_expect_all(
		teller_run("--table", "caps", "count"), 3, "",
		"caps has 2 columns that may be the balance (Balance, BALANCE): say which with --balance-column NAME");
	pg_exec("ALTER TABLE caps ADD balance int");
	proc_expect_all(teller_run("--table", "caps", "list", "--csv", "--limit", "1"), 0,
			"Id,balance,Balance,Owner,BALANCE\n1,,5,Ann,\n", NULL);
}

/* Who sees some of the rows is told that they are some. */
static void rows_that_are_hidden(void **state)
{
	(void)state;
	static const char *const lines[] = {"count", "verify", "export -", "list"};
	pg_exec("CREATE TABLE partly (id int PRIMARY KEY, balance int); INSERT INTO partly VALUES (1, 10), (2, 20);"
		"ALTER TABLE partly ENABLE ROW LEVEL SECURITY; CREATE POLICY one ON partly USING (id = 1);"
		"DO $$BEGIN CREATE ROLE types_reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$;"
		"GRANT SELECT ON partly TO types_reader");
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		struct proc *proc = reader_run("--table", "partly", "-c", lines[i]);
		proc_expect_status(proc, 0);
		proc_expect_err(proc,
				"partly has row level security: only the rows that you may see are read and counted");
		proc_free(proc);
		proc = teller_run("--table", "partly", "-c", lines[i]);
		assert_null(strstr(buf_text(&proc->err), "row level security"));
		proc_free(proc);
	}
}
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_the_right_to_write, reader),
		cmocka_unit_test_setup(what_is_seen_is_shown, reader),
		cmocka_unit_test_setup(read_only_at_the_server, reader),
		cmocka_unit_test(no_search_path),
		cmocka_unit_test(columns_in_another_case),
		cmocka_unit_test(rows_that_are_hidden),
	};
	return cmocka_run_group_tests_name("verb/rights", tests, pg_own_database, NULL);
}
