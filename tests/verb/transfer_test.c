/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb transfer: what it moves, what it refuses and with which sentence, and that a refusal changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

#define UUID "01234567-89ab-cdef-0123-456789abcdef"

/* 7001 and 7002 as usual, 7003 NULL, 7004 negative, 7005 one unit, 7006 nothing, 7007 nearly full. */
static int bank(void **state)
{
	(void)state;
	pg_bank(7);
	pg_exec("UPDATE accounts SET balance = NULL WHERE id = 7003");
	pg_exec("UPDATE accounts SET balance = -5 WHERE id = 7004");
	pg_exec("UPDATE accounts SET balance = 1 WHERE id = 7005");
	pg_exec("UPDATE accounts SET balance = 0 WHERE id = 7006");
	pg_exec("UPDATE accounts SET balance = 2147483600 WHERE id = 7007");
	return 0;
}

static char *contents(void)
{
	return pg_value("SELECT string_agg(format('%%s=%%s', id, coalesce(balance::text, 'NULL')), ' ' ORDER BY id) ||"
			" (SELECT format(' ledger %%s', count(*)) FROM transfers) FROM accounts");
}

static void check_balances(long from, long to)
{
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), from);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), to);
}

static void half_all_and_an_amount(void **state)
{
	(void)state;
	struct proc *proc = teller_run("transfer", "7001", "7002", "--yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	check_balances(500, 1500);
	proc = teller_run("transfer", "7001", "7002", "123", "--yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	check_balances(377, 1623);
	proc = teller_run("--yes", "transfer", "7001", "7002", "half");
	proc_expect_status(proc, 0);
	proc_free(proc);
	check_balances(189, 1811); /* half of 377 is 188 */
	proc = teller_run("-y", "-c", "transfer 7001 7002 all");
	proc_expect_status(proc, 0);
	proc_free(proc);
	check_balances(0, 2000);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 4);
	assert_int_equal(pg_number("SELECT sum(amount) FROM transfers"), 1000);
}

static void every_wire_and_protocol_moves_the_same(void **state)
{
	(void)state;
	static const char *const wires[] = {"--wire=step", "--wire=pipeline"};
	static const char *const protocols[] = {"--protocol=restart", "--protocol=savepoint", "--protocol=none"};
	for (size_t w = 0; w < COUNT_OF(wires); w++) {
		for (size_t p = 0; p < COUNT_OF(protocols); p++) {
			bank(state);
			struct proc *proc = teller_run(wires[w], protocols[p], "transfer", "7001", "7002", "-y");
			proc_expect_status(proc, 0);
			proc_free(proc);
			check_balances(500, 1500);
		}
	}
}

/* Refused with exit status 3, a sentence of its own, nothing on standard output, and nothing changed. */
static void each_rejection_has_its_sentence(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *rule;
	} cases[] = {
		{"7001", "7001", "half"}, {"4711", "7001", "half"},        {"7001", "4711", "half"},
		{"7003", "7001", "half"}, {"7004", "7001", "half"},        {"7005", "7001", "half"},
		{"7006", "7001", "half"}, {"7001", "7003", "half"},        {"7001", "7002", "1001"},
		{"7001", "7007", "half"}, {"7001", "99999999999", "half"},
	};
	char *said[COUNT_OF(cases)];
	char *before = contents();
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct proc *proc = teller_run("transfer", cases[i].from, cases[i].to, cases[i].rule, "--yes");
		proc_expect_status(proc, 3);
		assert_string_equal(buf_text(&proc->out), "");
		char *after = contents();
		assert_string_equal(after, before);
		free(after);
		proc_expect_err(proc, "teller: rejected: ");
		said[i] = mem_dup(strstr(proc->err.p, "teller: rejected: "));
		print_message("# %s", said[i]);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(said[i], said[k]);
		proc_free(proc);
	}
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		free(said[i]);
	free(before);
}

/* A script that comes in on standard input is asked, and answers there. */
static void a_script_is_asked(void **state)
{
	(void)state;
	static const char *const answers[] = {"no", "y", "", "Yes please"};
	const char *const argv[] = {proc_teller(), NULL};
	char *before = contents(), script[100];
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		snprintf(script, sizeof script, "transfer 7001 7002\n%s\n", answers[i]);
		struct proc *proc = proc_run(argv, NULL, i == 2 ? "transfer 7001 7002\n" : script);
		proc_expect_err(proc, "7001");
		assert_int_not_equal(proc->status, 0);
		proc_free(proc);
		char *after = contents();
		assert_string_equal(after, before);
		free(after);
	}
	free(before);
	struct proc *proc = proc_run(argv, NULL, "transfer 7001 7002\nyes\n");
	proc_expect_status(proc, 0);
	proc_free(proc);
	check_balances(500, 1500);
}

/* An id that is in the ledger is answered with what was done then. */
static void an_id_moves_money_once(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct proc *proc = teller_run("transfer", "7001", "7002", "--id", UUID, "--yes");
		proc_expect_status(proc, 0);
		proc_free(proc);
		check_balances(500, 1500);
		assert_int_equal(pg_number("SELECT amount FROM transfers WHERE id = '" UUID "'"), 500);
	}
	struct proc *proc = teller_run("transfer", "7001", "7002", "--id", "no-uuid", "--yes");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "no-uuid");
	proc_free(proc);
	check_balances(500, 1500);
}

/* A real conflict on the verb's own connection, made by the rival. */
static void a_conflict_is_retried(void **state)
{
	(void)state;
	struct proc *proc = teller_run("--echo=plain", "-c", "rival on", "-c", "transfer 7001 7002 --yes");
	proc_expect_status(proc, 0);
	proc_expect_err(proc, "40001");
	proc_expect_err(proc, "COMMITTED");
	proc_free(proc);
	check_balances(501, 1499); /* half of 999, and the rival's unit back */
}

static void no_retry_is_exit_4_or_3(void **state)
{
	(void)state;
	struct proc *proc = teller_run("--max-attempts", "1", "-c", "rival on", "-c", "transfer 7001 7002 --yes");
	assert_in_range(proc->status, 3, 4);
	proc_expect_err(proc, "40001");
	proc_free(proc);
	check_balances(1000, 1000);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts WHERE id < 7003"), 2000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(half_all_and_an_amount, bank),
		cmocka_unit_test_setup(every_wire_and_protocol_moves_the_same, bank),
		cmocka_unit_test_setup(each_rejection_has_its_sentence, bank),
		cmocka_unit_test_setup(a_script_is_asked, bank),
		cmocka_unit_test_setup(an_id_moves_money_once, bank),
		cmocka_unit_test_setup(a_conflict_is_retried, bank),
		cmocka_unit_test_setup(no_retry_is_exit_4_or_3, bank),
	};
	return cmocka_run_group_tests_name("verb/transfer", tests, pg_own_database, NULL);
}
