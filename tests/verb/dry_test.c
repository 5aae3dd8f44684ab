/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dry runs, which read and decide and write nothing; and the isolation that transfers ask for. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("verb_dry", NULL);
	return 0;
}

static int bank(void **state)
{
	(void)state;
	pg_bank(3);
	return 0;
}

static void check_untouched(void)
{
	assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE balance <> 1000"), 0);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
}

static void it_tells_and_writes_nothing(void **state)
{
	(void)state;
	static const char *const wires[] = {"pipeline", "step", "oneshot"};
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		struct proc *proc = teller_run("transfer", "7001", "7002", "300", "--dry-run", "--wire", wires[i]);
		const char *out = buf_text(&proc->out);
		proc_expect_status(proc, 0);
		assert_non_null(
			strstr(out, "would send  UPDATE accounts SET balance = balance - 300 WHERE id = 7001\n"));
		assert_non_null(
			strstr(out, "would send  UPDATE accounts SET balance = balance + 300 WHERE id = 7002\n"));
		assert_non_null(strstr(out, "would send  WITH written AS (INSERT INTO transfers "));
		assert_non_null(strstr(out, "\nwould move 300 from 7001 to 7002: 7001 would have 700, 7002 would have "
					    "1300; nothing was moved\n"));
		assert_null(strstr(buf_text(&proc->err), "review")); /* nothing to ask about */
		check_untouched();
		proc_free(proc);
	}
}

/* What the log shows is what went out: one read, and the way back. */
static void only_a_read_is_sent(void **state)
{
	(void)state;
	struct proc *proc = teller_run("transfer", "7001", "7002", "--dry-run", "--echo");
	proc_expect_status(proc, 0);
	proc_expect_err(proc, "Engine SELECT id, balance FROM accounts");
	proc_expect_err(proc, "Engine ROLLBACK");
	assert_null(strstr(proc->err.p, "Engine UPDATE"));
	assert_null(strstr(proc->err.p, "Engine COMMIT"));
	proc_free(proc);
}

static void what_would_be_rejected_is(void **state)
{
	(void)state;
	struct proc *proc = teller_run("transfer", "7001", "7002", "5000", "--dry-run");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "rejected: ");
	assert_null(strstr(buf_text(&proc->out), "would"));
	proc_free(proc);
	proc = teller_run("-c", "transfer 7001 7002 --dry-run --csv", "-c", "transfer 7001 7002 100 --yes");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(proc->out.p, "\n,DRY RUN,false,7001,7002,500,500,1500,1,,"));
	assert_non_null(strstr(proc->out.p, "moved 100 from 7001 to 7002"));
	proc_free(proc);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1100);
}

/* The row that the rival changed cannot be written: 40001, and the second attempt halves what it reads then. */
static void repeatable_read_meets_conflicts_too(void **state)
{
	(void)state;
	static const char *const wires[] = {"pipeline", "step", "oneshot"};
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		struct proc *proc = teller_run("--isolation", "repeatable read", "--wire", wires[i], "--echo=plain",
					       "-c", "rival on", "-c", "transfer 7001 7002 --yes");
		proc_expect_status(proc, 0);
		proc_expect_err(proc, "BEGIN ISOLATION LEVEL REPEATABLE READ");
		proc_expect_err(proc, "40001 serialization failure");
		proc_expect_err(proc, "attempt 2 of 10");
		assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 3000);
		proc_free(proc);
	}
}

/* It is there on every server, and off where it does not pay; a dry run locks nothing. */
static void a_locking_read_can_be_asked_for(void **state)
{
	(void)state;
	static const char lock[] = " FOR UPDATE";
	struct proc *proc = teller_run("--echo=plain", "transfer", "7001", "7002", "1", "--yes");
	proc_expect_status(proc, 0);
	assert_null(strstr(buf_text(&proc->err), "FOR UPDATE"));
	proc_free(proc);
	proc = teller_run("--locking=on", "--echo=plain", "transfer", "7001", "7002", "1", "--yes");
	proc_expect_status(proc, 0);
	proc_expect_err(proc, lock);
	proc_free(proc);
	proc = teller_run("--locking=on", "--echo=plain", "transfer", "7001", "7002", "1", "--dry-run");
	proc_expect_status(proc, 0);
	assert_null(strstr(buf_text(&proc->err), "FOR UPDATE"));
	proc_free(proc);
}

static void read_committed_is_refused(void **state)
{
	(void)state;
	struct proc *proc = teller_run("--isolation", "read committed", "transfer", "7001", "7002");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "transfers are not made at read committed: ");
	proc_free(proc);
	proc = teller_run("-c", "set isolation=chaos");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "teller: isolation is one of serializable|repeatable-read, not \"chaos\"");
	proc_free(proc);
	check_untouched();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_tells_and_writes_nothing, bank),
		cmocka_unit_test_setup(only_a_read_is_sent, bank),
		cmocka_unit_test_setup(what_would_be_rejected_is, bank),
		cmocka_unit_test_setup(repeatable_read_meets_conflicts_too, bank),
		cmocka_unit_test_setup(a_locking_read_can_be_asked_for, bank),
		cmocka_unit_test_setup(read_committed_is_refused, bank),
	};
	return cmocka_run_group_tests_name("verb/dry", tests, own_database, NULL);
}
