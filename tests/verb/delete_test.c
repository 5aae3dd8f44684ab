/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb delete: asked first, all in one transaction, and what was not there is told. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("verb_delete", NULL);
	return 0;
}

static int bank(void **state)
{
	(void)state;
	pg_exec("DROP TABLE IF EXISTS accounts, transfers");
	pg_bank(30);
	return 0;
}

static void expect_left(int n)
{
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), n);
}

static void accounts_go(void **state)
{
	(void)state;
	pg_exec("UPDATE accounts SET balance = NULL WHERE id = 7002");
	struct proc *proc = teller_run("delete", "7001", "7002", "7001", "--yes");
	proc_expect_status(proc, 0);
	assert_string_equal(buf_text(&proc->out), "deleted 2 accounts: 7001 (1000), 7002 (NULL)\n");
	proc_free(proc);
	expect_left(28);
	proc = teller_run("--echo=plain", "-c",
			  "delete 7003 7004 7005 7006 7007 7008 7009 7010 7011 7012 7013 7014 7015 7016 7017 7018 7019 "
			  "7020 --yes");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(proc->out.p, "deleted 18 accounts: 7003 (1000), "));
	const char *begin = strstr(proc->err.p, "BEGIN ISOLATION");
	assert_non_null(begin);
	assert_null(strstr(begin + 1, "BEGIN ISOLATION")); /* more than a batch, and one transaction */
	proc_free(proc);
	expect_left(10);
}

static void what_is_not_there_is_told(void **state)
{
	(void)state;
	struct proc *proc = teller_run("delete", "7001", "1", "2", "--yes");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "these accounts were not there: 1, 2");
	assert_string_equal(buf_text(&proc->out), "deleted 1 account: 7001 (1000)\n");
	proc_free(proc);
	expect_left(29);
	proc = teller_run("delete", "1", "--yes");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "this account was not there: 1; nothing was changed");
	assert_string_equal(buf_text(&proc->out), "");
	proc_free(proc);
	proc = teller_run("delete", "7002", "99999999999", "--yes");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "nothing was deleted: there is no account 99999999999");
	proc_free(proc);
	expect_left(29);
}

static void it_asks(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), NULL};
	struct proc *proc = proc_run(argv, NULL, "delete 7001 7002\nno\n");
	proc_expect_err(proc, "review: delete 2 accounts with the money in them: 7001, 7002, in one SERIALIZABLE");
	proc_expect_err(proc, "not done; nothing was changed");
	assert_int_not_equal(proc->status, 0);
	proc_free(proc);
	expect_left(30);
	proc = proc_run(argv, NULL, "delete 7001 7002\nyes\n");
	proc_expect_status(proc, 0);
	proc_free(proc);
	expect_left(28);
}

static void ids_of_text(void **state)
{
	(void)state;
	pg_exec("DROP TABLE accounts; CREATE TABLE accounts (id text PRIMARY KEY, balance int);"
		"INSERT INTO accounts VALUES ('a b', 1), ('--yes', 2), ('it''s', 3), ('#4', 4), (E'x\\x1b[2J', 5), "
		"('y', 6)");
	struct proc *proc = teller_run("-c", "delete 'a b' '--yes' 'it''s' '#4' --yes");
	proc_expect_status(proc, 0);
	assert_string_equal(buf_text(&proc->out), "deleted 4 accounts: a b (1), --yes (2), it's (3), #4 (4)\n");
	proc_free(proc);
	proc = teller_run("--yes", "delete", "x\x1b[2J");
	proc_expect_status(proc, 0);
	assert_string_equal(buf_text(&proc->out), "deleted 1 account: x\\x1b[2J (5)\n");
	proc_free(proc);
	expect_left(1);
}

static void a_refusal_changes_nothing(void **state)
{
	(void)state;
	pg_exec("CREATE TABLE cards (account int REFERENCES accounts (id)); INSERT INTO cards VALUES (7002)");
	struct proc *proc = teller_run("delete", "7001", "7002", "--yes");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "nothing was deleted: ");
	proc_expect_err(proc, "cards");
	proc_free(proc);
	expect_left(30);
	pg_exec("DROP TABLE cards");
	static const char *const lines[] = {"delete", "delete x --yes", "delete ''", "delete --yes"};
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		proc = teller_run("-c", lines[i]);
		proc_expect_status(proc, 1);
		proc_free(proc);
	}
	proc = teller_run("--read-only", "delete", "7001", "--yes");
	proc_expect_status(proc, 3);
	proc_free(proc);
	expect_left(30);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(accounts_go, bank),
		cmocka_unit_test_setup(what_is_not_there_is_told, bank),
		cmocka_unit_test_setup(it_asks, bank),
		cmocka_unit_test_setup(ids_of_text, bank),
		cmocka_unit_test_setup(a_refusal_changes_nothing, bank),
	};
	return cmocka_run_group_tests_name("verb/delete", tests, own_database, NULL);
}
