/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger, undo and verify: what was made is listed, taken back once, and checked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

#define ONE "00000000-0000-4000-8000-000000000001"
#define TWO "00000000-0000-4000-8000-000000000002"
#define THREE "00000000-0000-4000-8000-000000000003"

static int bank(void **state)
{
	(void)state;
	pg_bank(4);
	return 0;
}

static void move(const char *from, const char *to, const char *amount, const char *id)
{
	struct proc *proc = teller_run("transfer", from, to, amount, "--id", id, "--yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
}

static void three_transfers(void)
{
	move("7001", "7002", "5", ONE);
	move("7002", "7003", "half", TWO);
	move("7003", "7001", "1", THREE);
}

/* The ids and accounts of the CSV, without the times. */
static void expect_rows(struct proc *proc, const char *const rows[], size_t n)
{
	const char *at = strchr(buf_text(&proc->out), '\n');
	proc_expect_status(proc, 0);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(at);
		assert_memory_equal(at + 1, rows[i], 36);
		at = strchr(at + 1, '\n');
		assert_memory_equal(at - strlen(rows[i] + 36), rows[i] + 36, strlen(rows[i] + 36));
	}
	assert_string_equal(at, "\n");
	proc_free(proc);
}

static void newest_first(void **state)
{
	(void)state;
	static const char *const all[] = {THREE ",7003,7001,1", TWO ",7002,7003,502", ONE ",7001,7002,5"};
	static const char *const of[] = {TWO ",7002,7003,502", ONE ",7001,7002,5"};
	three_transfers();
	expect_rows(teller_run("ledger", "--csv"), all, 3);
	expect_rows(teller_run("ledger", "--csv", "--limit=1"), all, 1);
	expect_rows(teller_run("ledger", "--csv", "--of", "7002"), of, 2);
	expect_rows(teller_run("ledger", "--csv", "--id", TWO), of, 1);
	expect_rows(teller_run("ledger", "--csv", "--of", "7004"), NULL, 0);
	proc_expect_all(teller_run("ledger", "--id", "00000000-0000-4000-8000-000000000009"), 3, "",
			"there is no transfer 00000000-0000-4000-8000-000000000009 in the ledger");
	proc_expect_all(teller_run("ledger", "--of", "x"), 1, "", "\"x\" is not a valid account id");
	proc_expect_all(teller_run("ledger", "--id", "x"), 1, "", "--id takes a UUID");
}

/* More than a page, many of them of one moment. */
static void pages_of_the_ledger(void **state)
{
	(void)state;
	pg_exec("INSERT INTO transfers SELECT gen_random_uuid(), 7001, 7002, 1, now() + (g / 7) * interval '1 s'"
		" FROM generate_series(1, 1203) g");
	char *wanted = pg_value("SELECT string_agg(id::text, ',' ORDER BY made_at DESC, id DESC) FROM transfers");
	struct proc *proc = teller_run("ledger", "--csv", "--limit=2000");
	struct buf ids = {0};
	proc_expect_status(proc, 0);
	for (const char *at = strchr(buf_text(&proc->out), '\n'); at && at[1]; at = strchr(at + 1, '\n'))
		buf_fmt(&ids, "%s%.36s", ids.len ? "," : "", at + 1);
	assert_string_equal(buf_text(&ids), wanted);
	buf_free(&ids);
	free(wanted);
	proc_free(proc);
}

static void an_account_with_its_transfers(void **state)
{
	(void)state;
	three_transfers();
	struct proc *proc = teller_run("show", "7002");
	const char *out = buf_text(&proc->out), *account = strstr(out, "7002"), *newest = strstr(out, TWO);
	proc_expect_status(proc, 0);
	assert_true(account && newest && account < newest && newest < strstr(out, ONE));
	assert_null(strstr(out, THREE));
	proc_free(proc);
	proc_expect_all(teller_run("show", "7002", "--csv"), 0, "id,balance\n7002,503\n", "");
	proc_expect_all(teller_run("show"), 1, "", "which account? show ID");
}

static void no_ledger(void **state)
{
	(void)state;
	pg_exec("DROP TABLE transfers");
	proc_expect_all(teller_run("ledger"), 1, "", "there is no ledger table; `init` makes one");
	proc_expect_all(teller_run("undo", ONE), 1, "", "there is no ledger table; `init` makes one");
	struct proc *proc = teller_run("-c", "transfer 7001 7002 30 --yes", "-c", "undo --yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
}

static void undone_once(void **state)
{
	(void)state;
	three_transfers();
	struct proc *proc = teller_run("undo", TWO, "--yes");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(buf_text(&proc->out), "moved 502 from 7003 to 7002"));
	proc_free(proc);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1005);
	proc = teller_run("undo", TWO, "--yes");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(buf_text(&proc->out), "nothing was moved now"));
	proc_free(proc);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1005);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 4);
}

static void the_last_is_undone(void **state)
{
	(void)state;
	proc_expect_all(teller_run("undo"), 1, "", "no transfer was made here that could be undone");
	struct proc *proc = teller_run("-c", "transfer 7001 7002 all --yes", "-c", "undo --yes");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(buf_text(&proc->out), "moved 1000 from 7002 to 7001"));
	proc_free(proc);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
	proc_expect_all(teller_run("undo", "abc"), 1, "", "undo takes a transfer's id");
	proc_expect_all(teller_run("undo", THREE), 3, "", "there is no transfer " THREE " in the ledger");
}

static struct proc *script(const char *option, const char *lines)
{
	return proc_run((const char *const[]){proc_teller(), option, NULL}, NULL, lines);
}

static int count_of(const struct buf *text, const char *word)
{
	int n = 0;
	for (const char *at = buf_text(text); (at = strstr(at, word)) != NULL; at++)
		n++;
	return n;
}

#define NINTH "00000000-1111-4000-8000-000000000009"
#define TENTH "0000000a-1111-4000-8000-00000000000a"

/* The first 8 characters are what a narrow list shows: typed back, they name the transfer. */
static void named_by_its_beginning(void **state)
{
	(void)state;
	static const char *const ninth[] = {NINTH ",7001,7002,9"}, *const tenth[] = {TENTH ",7002,7003,10"};
	move("7001", "7002", "9", NINTH);
	move("7002", "7003", "10", TENTH);
	move("7003", "7001", "1", ONE);
	expect_rows(teller_run("ledger", "--csv", "--id", "0000000A"), tenth, 1);
	expect_rows(teller_run("ledger", "--csv", "--id", "00000000-1"), ninth, 1);
	expect_rows(teller_run("ledger", "--csv", "--id", "00000000-1111-4000-8000-00000000000"), ninth, 1);
	proc_expect_all(
		teller_run("ledger", "--id", "00000000"), 3, "",
		"more than one transfer in the ledger has an id that begins with 00000000; type more of the id");
	proc_expect_all(teller_run("ledger", "--id", "0000000b"), 3, "",
			"no transfer in the ledger has an id that begins with 0000000b");
	proc_expect_all(teller_run("ledger", "--id", "0000000"), 1, "", "or its first 8 characters or more");
	proc_expect_all(teller_run("ledger", "--id", "00000000x"), 1, "", "or its first 8 characters or more");
	proc_expect_all(teller_run("ledger", "--id", NINTH "0"), 1, "", "or its first 8 characters or more");
	proc_expect_all(teller_run("undo", "00000000", "--yes"), 3, "", "more than one transfer in the ledger");
	proc_expect_all(teller_run("undo", "0000000b", "--yes"), 3, "", "no transfer in the ledger has an id");
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 3);
	for (int i = 0; i < 2; i++) { /* the opposite has the id that the whole id gives: once */
		struct proc *proc = teller_run("undo", i ? TENTH : "0000000a", "--yes");
		proc_expect_status(proc, 0);
		assert_non_null(
			strstr(buf_text(&proc->out), i ? "nothing was moved now" : "moved 10 from 7003 to 7002"));
		proc_free(proc);
	}
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 4);
}

/* With a ledger or without one, repeated it does not swing the money to and fro. */
static void undone_once_in_a_session(void **state)
{
	for (int ledger = 0; ledger < 2; ledger++) {
		bank(state);
		if (!ledger)
			pg_exec("DROP TABLE transfers");
		struct proc *proc = script("--yes", "transfer 7001 7002 30\nundo\nundo\nundo\n");
		proc_expect_status(proc, 0);
		assert_int_equal(count_of(&proc->out, "moved 30 from 7002 to 7001"), 1);
		assert_int_equal(count_of(&proc->out, "is undone already"), 2);
		assert_int_equal(count_of(&proc->out, "moved 30 from 7001 to 7002"), 1);
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
		proc_free(proc);
		proc = script("--yes", "transfer 7001 7002 30\nundo\ntransfer 7001 7002 7\nundo\n");
		proc_expect_status(proc, 0); /* the next one is another one */
		assert_int_equal(count_of(&proc->out, "moved 30 from 7002 to 7001"), 1);
		assert_int_equal(count_of(&proc->out, "moved 7 from 7002 to 7001"), 1);
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
		proc_free(proc);
	}
}

/* Of what nobody knows nothing is taken back, and nothing older in its place. */
static void the_unknown_is_not_undone(void **state)
{
	static const char lines[] = "transfer 7001 7002 30\ninject cut\ntransfer 7003 7004 5\nundo\n";
	(void)state;
	pg_exec("DROP TABLE transfers");
	const char *const argv[] = {proc_teller(), "--yes", "--wire=oneshot", NULL};
	struct proc *proc = proc_run(argv, NULL, lines);
	proc_expect_status(proc, 5);
	proc_expect_err(proc, "OUTCOME UNKNOWN");
	proc_expect_err(proc, "what became of the last transfer is not known: look at both balances");
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 970);
	proc_free(proc);
}

static void a_ledger_that_comes_later_is_used(void **state)
{
	(void)state;
	pg_exec("DROP TABLE transfers");
	struct proc *proc = script("--yes", "transfer 7001 7002 30\ninit\nundo\nundo\n");
	proc_expect_status(proc, 0);
	assert_int_equal(count_of(&proc->out, "moved 30 from 7002 to 7001"), 1);
	assert_int_equal(count_of(&proc->out, "is undone already"), 1);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 1);
	proc_free(proc);
}

/* What moved nothing is nothing to be undone, and hides nothing. */
static void others_in_between_do_not_matter(void **state)
{
	static const char *const between[] = {
		"transfer 7001 7002 5000 --yes",
		"create 2",
		"init",
		"inject 9\nset attempts 1\ntransfer 7001 7002 --yes\nset attempts 3\ninject off",
		"transfer 7002 7003 1 --dry-run",
		"transfer 7001 7002\nno",
		"delete 7003\nyes",
	};
	for (size_t i = 0; i < 2 * COUNT_OF(between); i++) {
		struct buf lines = {0};
		bank(state);
		if (i % 2)
			pg_exec("DROP TABLE transfers");
		buf_fmt(&lines, "transfer 7001 7002 30 --yes\n%s\nundo --yes\n", between[i / 2]);
		struct proc *proc = script("--plain", lines.p);
		if (!strstr(buf_text(&proc->out), "moved 30 from 7002 to 7001"))
			fail_msg("%s%s%s", lines.p, buf_text(&proc->out), buf_text(&proc->err));
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
		proc_free(proc);
		buf_free(&lines);
	}
}

/* Nobody is asked about what will not happen. */
static void what_is_undone_is_said_before_anything_is_asked(void **state)
{
	(void)state;
	three_transfers();
	struct proc *proc = teller_run("undo", TWO, "--yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	proc = teller_run("undo", TWO);
	proc_expect_status(proc, 0);
	assert_non_null(strstr(buf_text(&proc->out), "transfer " TWO " is undone already"));
	assert_non_null(strstr(buf_text(&proc->out), "nothing was moved now"));
	proc_free(proc);
	proc = script("--plain", "undo " TWO "\nyes\n");
	assert_null(strstr(buf_text(&proc->err), "review:"));
	assert_non_null(strstr(buf_text(&proc->out), "is undone already"));
	proc_free(proc);
	proc = teller_run("undo", TWO, "--json"); /* a program reads the same record as of a transfer */
	proc_expect_status(proc, 0);
	assert_non_null(strstr(buf_text(&proc->out), "\"before\":\"true\""));
	proc_free(proc);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1005);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 4);
}

/* What was moved on is not there to be moved back. */
static void not_enough_to_undo(void **state)
{
	(void)state;
	move("7001", "7002", "1000", ONE);
	move("7002", "7003", "all", TWO);
	proc_expect_all(teller_run("undo", ONE, "--yes"), 3, "", "rejected");
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 0);
}

static void all_is_well(void **state)
{
	(void)state;
	three_transfers();
	proc_expect_all(teller_run("verify", "--csv"), 0,
			"check,result,found\n"
			"accounts,ok,4\n"
			"total,ok,4000\n"
			"balances that are NULL,ok,none\n"
			"balances below zero,ok,none\n"
			"transfers,ok,\"3, which moved 508\"\n"
			"\"transfers of nothing, or to oneself\",ok,none\n"
			"accounts that are not in the table,ok,none\n"
			"accounts that began below zero,ok,none\n",
			"");
	proc_expect_all(teller_run("verify", "--total=4000", "--csv"), 0,
			"check,result,found\n"
			"accounts,ok,4\n"
			"total,ok,\"4000, as expected\"\n"
			"balances that are NULL,ok,none\n"
			"balances below zero,ok,none\n"
			"transfers,ok,\"3, which moved 508\"\n"
			"\"transfers of nothing, or to oneself\",ok,none\n"
			"accounts that are not in the table,ok,none\n"
			"accounts that began below zero,ok,none\n",
			"");
}

/* Damages the bank, and expects this line of verify. */
static void damaged(const char *sql, const char *line, const char *argument)
{
	pg_bank(4);
	move("7001", "7002", "all", ONE);
	pg_exec("%s", sql);
	struct proc *proc = argument ? teller_run("verify", "--csv", argument) : teller_run("verify", "--csv");
	proc_expect_status(proc, 6);
	if (!strstr(buf_text(&proc->out), line))
		fail_msg("after %s: no line %s in\n%s", sql, line, buf_text(&proc->out));
	proc_expect_err(proc, "checks failed");
	proc_free(proc);
}

static void damage_is_found(void **state)
{
	(void)state;
	damaged("SELECT 1", "total,FAILED,\"4000, but 4001 was expected\"", "--total=4001");
	damaged("UPDATE accounts SET balance = NULL WHERE id = 7004", "balances that are NULL,FAILED,1 of them", NULL);
	damaged("UPDATE accounts SET balance = -1 WHERE id = 7003",
		"balances below zero,FAILED,\"1 of them, account 7003 for one\"", NULL);
	damaged("INSERT INTO transfers VALUES (gen_random_uuid(), 7003, 7003, 0)",
		"\"transfers of nothing, or to oneself\",FAILED,1 of them", NULL);
	damaged("DELETE FROM accounts WHERE id = 7001",
		"accounts that are not in the table,FAILED,\"1 of them, account 7001 for one\"", NULL);
	damaged("UPDATE accounts SET balance = 10 WHERE id = 7002",
		"accounts that began below zero,FAILED,\"1 of them, account 7002 for one\"", NULL);
}

/* Nothing can be told of a sum with NaN in it. */
static void what_is_no_number_is_found(void **state)
{
	(void)state;
	pg_exec("DROP TABLE transfers; ALTER TABLE accounts ALTER balance TYPE numeric(9,2);"
		"UPDATE accounts SET balance = 'NaN' WHERE id = 7003");
	proc_expect_all(teller_run("verify", "--csv"), 6,
			"check,result,found\naccounts,ok,4\ntotal,FAILED,\"NaN, which is not a number\"\n"
			"balances that are NULL,ok,none\nbalances below zero,ok,none\n",
			"1 of 4 checks failed");
}

static void the_table_is_aligned(void **state)
{
	(void)state;
	pg_exec("DROP TABLE transfers");
	proc_expect_all(teller_run("verify"), 0,
			"check                   result  found\n"
			"----------------------  ------  -----\n"
			"accounts                ok      4\n"
			"total                   ok      4000\n"
			"balances that are NULL  ok      none\n"
			"balances below zero     ok      none\n",
			"");
}

static void verify_without_a_ledger(void **state)
{
	(void)state;
	pg_exec("DROP TABLE transfers");
	proc_expect_all(teller_run("verify", "--csv"), 0,
			"check,result,found\naccounts,ok,4\ntotal,ok,4000\nbalances that are NULL,ok,none\n"
			"balances below zero,ok,none\n",
			"");
	proc_expect_all(teller_run("verify", "--total=x"), 1, "",
			"--total takes the sum of all balances, a number, not \"x\"");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(newest_first, bank),
		cmocka_unit_test_setup(pages_of_the_ledger, bank),
		cmocka_unit_test_setup(an_account_with_its_transfers, bank),
		cmocka_unit_test_setup(no_ledger, bank),
		cmocka_unit_test_setup(undone_once, bank),
		cmocka_unit_test_setup(undone_once_in_a_session, bank),
		cmocka_unit_test_setup(named_by_its_beginning, bank),
		cmocka_unit_test_setup(the_unknown_is_not_undone, bank),
		cmocka_unit_test_setup(a_ledger_that_comes_later_is_used, bank),
		cmocka_unit_test_setup(others_in_between_do_not_matter, bank),
		cmocka_unit_test_setup(what_is_undone_is_said_before_anything_is_asked, bank),
		cmocka_unit_test_setup(the_last_is_undone, bank),
		cmocka_unit_test_setup(not_enough_to_undo, bank),
		cmocka_unit_test_setup(all_is_well, bank),
		cmocka_unit_test_setup(damage_is_found, bank),
		cmocka_unit_test_setup(what_is_no_number_is_found, bank),
		cmocka_unit_test_setup(the_table_is_aligned, bank),
		cmocka_unit_test_setup(verify_without_a_ledger, bank),
	};
	return cmocka_run_group_tests_name("verb/ledger", tests, pg_own_database, NULL);
}
