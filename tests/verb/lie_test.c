/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers with a column less, another one, or a NULL where there is none: refused with one sentence, and nothing of them is told. */
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"

#define UUID "01234567-89ab-cdef-0123-456789abcdef"
#define REFUSED "the answer is not what was asked for"

static struct relay relay;

static int bank(void **state)
{
	(void)state;
	pg_bank(5);
	struct proc *proc = teller_run("transfer", "7001", "7002", "5", "--id", UUID, "--yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	relay_start(&relay);
	return 0;
}

static int no_bank(void **state)
{
	(void)state;
	relay_stop(&relay);
	return 0;
}

static struct proc *lied_to(const char *wire, enum relay_lie lie, const char *about, const char *line)
{
	char target[160];
	snprintf(target, sizeof target, "host=%s", relay.dir);
	relay_lie(&relay, lie, about);
	return teller_run(target, wire, "-c", line);
}

static void check_refused_by(const char *wire, const char *about, const char *line)
{
	static const char *const said[] = {[RELAY_NARROW] = REFUSED ": it has",
					   [RELAY_RENAMED] = REFUSED ": its column 1 is _",
					   [RELAY_NULL] = REFUSED ": it has a NULL in its column 1"};
	for (enum relay_lie lie = RELAY_NARROW; lie <= RELAY_NULL; lie++) {
		struct proc *proc = lied_to(wire, lie, about, line);
		assert_int_not_equal(proc->status, 0);
		proc_expect_err(proc, said[lie]);
		assert_null(strstr(buf_text(&proc->out), "7001"));
		proc_free(proc);
	}
}

static void check_refused(const char *about, const char *line)
{
	check_refused_by("--wire=step", about, line);
}

static void lists_of_accounts(void **state)
{
	(void)state;
	check_refused("id", "list");
	check_refused("id", "list --sort balance --format csv");
	check_refused("id", "export --format json -");
	check_refused("id", "show 7001");
}

static void lists_of_transfers(void **state)
{
	(void)state;
	check_refused("id", "ledger");
	check_refused("id", "ledger --id " UUID);
	check_refused("id", "undo " UUID " --yes");
}

/* A check whose answer is not one has not passed. */
static void numbers(void **state)
{
	(void)state;
	struct proc *proc = lied_to("--wire=step", RELAY_NULL, "count", "count --exact");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, REFUSED);
	proc_free(proc);
	proc = lied_to("--wire=step", RELAY_NARROW, "accounts", "verify");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, REFUSED ": it has 12 columns, not 13");
	proc_free(proc);
}

/* Of the tables themselves: there is no bank then, rather than one without a ledger. */
static void tables(void **state)
{
	(void)state;
	for (enum relay_lie lie = RELAY_NARROW; lie <= RELAY_NULL; lie++) {
		if (lie == RELAY_RENAMED)
			continue; /* their names are the server's own, and not looked at */
		struct proc *proc = lied_to("--wire=step", lie, "nspname", "list");
		assert_int_not_equal(proc->status, 0);
		proc_expect_err(proc, "the tables of this database cannot be looked up: " REFUSED);
		proc_free(proc);
	}
}

static void no_money_moves_on_a_read_that_is_none(void **state)
{
	(void)state;
	long rows = pg_number("SELECT count(*) FROM transfers");
	check_refused_by("--wire=step", "id", "transfer 7001 7003 5 --yes");
	check_refused_by("--wire=pipeline", "id", "transfer 7001 7003 5 --yes");
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7003"), 1000);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), rows);
}

/* The commit travelled with it, and its own answer says what became of it. */
static void a_commit_stays_one_whatever_else_is_answered(void **state)
{
	(void)state;
	long rows = pg_number("SELECT count(*) FROM transfers");
	struct proc *proc = lied_to("--wire=oneshot", RELAY_NARROW, "source", "transfer 7001 7004 5 --yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7004"), 1005);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), rows + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_of_accounts),
		cmocka_unit_test(lists_of_transfers),
		cmocka_unit_test(numbers),
		cmocka_unit_test(tables),
		cmocka_unit_test(no_money_moves_on_a_read_that_is_none),
		cmocka_unit_test(a_commit_stays_one_whatever_else_is_answered),
	};
	return cmocka_run_group_tests(tests, bank, no_bank);
}
