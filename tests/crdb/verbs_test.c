/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real program on the translator: what its verbs do where CockroachDB answers otherwise than PostgreSQL. */
#include <stdio.h>
#include <string.h>

#include "tests/crdb/translator.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static struct translator translator;

static int bank(void **state)
{
	(void)state;
	pg_bank(20);
	translator_start(&translator);
	return 0;
}

static int no_bank(void **state)
{
	(void)state;
	translator_stop(&translator);
	return 0;
}

/* teller on the translator. */
#define crdb(...) teller_run(translator_target(&translator), __VA_ARGS__)

static void it_is_taken_for_cockroach(void **state)
{
	(void)state;
	struct proc *proc = crdb("-c", "conninfo");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "CockroachDB");
	proc_expect_out(proc, "22.1.0");
	proc_free(proc);
}

static void transfers_in_every_wire_mode(void **state)
{
	static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct proc *proc = crdb(wires[i], "transfer", "7001", "7002", "10", "--yes");
		proc_expect_status(proc, 0);
		proc_free(proc);
	}
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1030);
	struct proc *proc = crdb("verify");
	proc_expect_status(proc, 0);
	proc_free(proc);
}

/* A lever keeps its promise: the read that it comes behind does not lock. */
static void the_rival_comes_in_between(void **state)
{
	(void)state;
	struct proc *proc = crdb("--echo=plain", "-c", "rival on", "-c", "transfer 7003 7004 half --yes");
	proc_expect_status(proc, 0);
	proc_expect_err(proc, "WriteTooOldError");
	proc_expect_err(proc, "ROLLBACK TO SAVEPOINT cockroach_restart");
	proc_expect_out(proc, ", 2 attempts");
	proc_free(proc);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 20000);
}

/* A value that its type does not take is refused there as a violation of the protocol. */
static void values_that_are_none_are_no_accounts(void **state)
{
	static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct proc *proc = crdb(wires[i], "transfer", "7001", "99999999999999999999999", "1", "--yes");
		proc_expect_status(proc, 3);
		proc_expect_err(proc, "there is no account 99999999999999999999999: ids of this table go up to");
		proc_free(proc);
	}
	struct proc *proc = crdb("delete", "99999999999999999999999", "--yes");
	proc_expect_err(proc, "there is no account 99999999999999999999999: ids of this table go up to");
	proc_free(proc);
}

static void an_import_leaves_bad_values_out(void **state)
{
	(void)state;
	const char *import[] = {proc_teller(), translator_target(&translator), "import", "--skip-bad", "-", NULL};
	struct proc *proc =
		proc_run(import, NULL, "id,balance\n8001,5\n8002,much\n99999999999999999999999,1\n8003,6\n");
	proc_expect_status(proc, 0);
	proc_expect_err(proc, "imported 2 accounts");
	proc_expect_err(proc, "line 3");
	proc_expect_err(proc, "line 4");
	proc_free(proc);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts WHERE id IN (8001, 8003)"), 11);
	pg_exec("DELETE FROM accounts WHERE id >= 8000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_taken_for_cockroach),
		cmocka_unit_test(transfers_in_every_wire_mode),
		cmocka_unit_test(the_rival_comes_in_between),
		cmocka_unit_test(values_that_are_none_are_no_accounts),
		cmocka_unit_test(an_import_leaves_bad_values_out),
	};
	return cmocka_run_group_tests(tests, bank, no_bank);
}
