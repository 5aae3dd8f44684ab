/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each pool mode allows: browsing in all, transfers where transactions stay together, lessons where sessions do;
 * the rest is refused. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tests/pool/pooled.h"
#include "tests/support/check.h"
#include "tests/support/console.h"

static struct pooled pooled;

static const char *const wires[] = {"--wire=pipeline", "--wire=step", "--wire=oneshot"};

/* ---- what is allowed ---- */

static void expect_ok(struct proc *proc, const char *text)
{
	proc_expect_status(proc, 0);
	pooled_expect_any(proc, (const char *const[]){text, NULL});
	proc_free(proc);
}

static void browsing(void **state)
{
	(void)state;
	expect_ok(teller_run("list", "--csv"), "7001,1000");
	expect_ok(teller_run("list", "--csv", "--sort", "balance desc", "--where", "id = 7002"), "7002,1000");
	expect_ok(teller_run("show", "7001"), "1000");
	expect_ok(teller_run("count"), "30");
	expect_ok(teller_run("ledger"), "");
	expect_ok(teller_run("verify"), "30000");
}

/* All of it as it was at one moment: that takes a transaction. */
static void export_is_one_transaction(void **state)
{
	(void)state;
	expect_ok(teller_run("export", "-"), "7030,1000");
}

static void the_console_browses(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<Down>");
	console_expect_selected(term, "7002");
	term_type(term, "<End>");
	term_expect(term, "> 7030");
	console_quit(term);
}

static void transfers(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		expect_ok(teller_run("transfer", "7001", "7002", "5", "--yes", wires[i]), "moved 5 from 7001 to 7002");
		pooled_expect_balance(&pooled, "accounts", 7002, 1000 + 5 * (i + 1));
	}
}

/* ---- the pooler is named ---- */

static void conninfo_names_the_pooler(void **state)
{
	(void)state;
	expect_ok(teller_run("conninfo"), "pooler");
}

/* Whatever else it has to say of the tests' server. */
static void doctor_names_the_pooler(void **state)
{
	(void)state;
	struct proc *proc = teller_run("doctor");
	proc_expect_status(proc, 6); /* the suite's server does not force its writes to disk */
	pooled_expect_any(proc, (const char *const[]){"ok      pooler       in between, in ", NULL});
	pooled_expect_any(proc, (const char *const[]){"FAILED  durability ", NULL});
	proc_free(proc);
}

static void the_title_names_the_pooler(void **state)
{
	struct term *term = console_open(state, 24, 140);
	term_expect(term, "pooler");
	console_quit(term);
}

/* ---- what is refused ---- */

static size_t lines_of(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* A sentence names a pool mode that would do. */
static void expect_refused(struct proc *proc, const char *mode)
{
	char texts[3][40];
	snprintf(texts[0], sizeof texts[0], "%s mode", mode);
	snprintf(texts[1], sizeof texts[1], "mode %s", mode);
	snprintf(texts[2], sizeof texts[2], "pool_mode=%s", mode);
	if (proc->status == 0)
		proc_expect_status(proc, 1);
	proc_expect_err(proc, "pool");
	pooled_expect_any(proc, (const char *const[]){texts[0], texts[1], texts[2], NULL});
}

static void lessons_are_refused(void **state)
{
	(void)state;
	static const char *const names[] = {"first-transfer", "lost-update", "deadlock"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct proc *proc = teller_run("lab", "run", names[i]);
		expect_refused(proc, "session");
		if (lines_of(buf_text(&proc->err)) != 1) {
			check_tell("%s", buf_text(&proc->err));
			fail_msg("more than one sentence");
		}
		proc_free(proc);
	}
	assert_int_equal(pg_ask(pooled.direct, "SELECT count(*) FROM pg_namespace WHERE nspname ~ 'lesson'"), 0);
}

static void export_is_refused(void **state)
{
	(void)state;
	struct proc *proc = teller_run("export", "-");
	expect_refused(proc, "transaction");
	proc_free(proc);
}

static void transfers_are_refused(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct proc *proc = teller_run("transfer", "7001", "7002", "5", "--yes", wires[i]);
		pooled_wait_quiet(&pooled);
		pooled_expect_balance(&pooled, "accounts", 7001, 1000);
		pooled_expect_balance(&pooled, "accounts", 7002, 1000);
		assert_int_equal(pg_ask(pooled.direct, "SELECT count(*) FROM transfers"), 0);
		assert_int_not_equal(proc->status, 5); /* nothing was sent: there is nothing to be unsure of */
		expect_refused(proc, "transaction");
		proc_free(proc);
	}
}

/* Begun and committed in one round trip it is one statement to the pooler, and whole. */
static void oneshot_is_let_through(void **state)
{
	(void)state;
	expect_ok(teller_run("transfer", "7001", "7002", "5", "--yes", wires[2]), "moved 5 from 7001 to 7002");
	pooled_wait_quiet(&pooled);
	pooled_expect_balance(&pooled, "accounts", 7001, 995);
	pooled_expect_balance(&pooled, "accounts", 7002, 1005);
}

/* A session cannot be ended by the number that a pooler made up: what is told is true, or that it is not known and
 * why. */
static void a_lost_answer_is_told_truly(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		int64_t before = pg_ask(pooled.direct, "SELECT balance FROM accounts WHERE id = 7002");
		struct proc *proc = teller_run(wires[i], "-c", "set time 2", "-c", "inject cut", "-c",
					       "transfer 7001 7002 5 --yes");
		pooled_wait_quiet(&pooled);
		int64_t moved = pg_ask(pooled.direct, "SELECT balance FROM accounts WHERE id = 7002") - before;
		if (proc->status == 5)
			proc_expect_err(proc, "session");
		else
			proc_expect_status(proc, moved ? 0 : proc->status == 3 ? 3 : 4);
		assert_true(moved == 0 || moved == 5);
		proc_free(proc);
	}
}

/* ---- around the tests ---- */

static int setup(const char *mode)
{
	pooled_open(&pooled, 30, &(struct pooler_options){.mode = mode, .size = 4});
	return 0;
}

static int session_mode(void **state)
{
	(void)state;
	return setup("session");
}

static int transaction_mode(void **state)
{
	(void)state;
	return setup("transaction");
}

static int statement_mode(void **state)
{
	(void)state;
	return setup("statement");
}

static int teardown(void **state)
{
	if (*state)
		term_teardown(state);
	pooled_close(&pooled);
	return 0;
}

#define IN(mode, name)                                                                                                 \
	{                                                                                                              \
#name " in " #mode, name, mode, teardown, NULL                                                         \
	}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		IN(session_mode, browsing),
		IN(transaction_mode, browsing),
		IN(statement_mode, browsing),
		IN(session_mode, the_console_browses),
		IN(transaction_mode, the_console_browses),
		IN(statement_mode, the_console_browses),
		IN(session_mode, conninfo_names_the_pooler),
		IN(transaction_mode, conninfo_names_the_pooler),
		IN(statement_mode, conninfo_names_the_pooler),
		IN(session_mode, doctor_names_the_pooler),
		IN(transaction_mode, doctor_names_the_pooler),
		IN(transaction_mode, the_title_names_the_pooler),
		IN(session_mode, transfers),
		IN(transaction_mode, transfers),
		IN(session_mode, export_is_one_transaction),
		IN(transaction_mode, export_is_one_transaction),
		IN(statement_mode, export_is_refused),
		IN(statement_mode, transfers_are_refused),
		IN(statement_mode, oneshot_is_let_through),
		IN(transaction_mode, lessons_are_refused),
		IN(statement_mode, lessons_are_refused),
		IN(transaction_mode, a_lost_answer_is_told_truly),
		IN(session_mode, a_lost_answer_is_told_truly),
	};
	return cmocka_run_group_tests_name("pool/modes", tests, NULL, NULL);
}
