/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is between teller and the server is said: by conninfo, the doctor, the log, the title, and where it refuses a
 * transfer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/pool/pooled.h"
#include "tests/support/check.h"
#include "tests/support/console.h"

static struct pooled pooled;

static void open_pool(const char *mode, int size)
{
	pooled_open(&pooled, 3, &(struct pooler_options){.mode = mode, .size = size});
}

static int close_pool(void **state)
{
	term_teardown(state);
	pooled_close(&pooled);
	return 0;
}

static void expect_narrow(struct proc *proc)
{
	for (const char *line = buf_text(&proc->out); *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") < 80);
}

static void doctor_says(const char *mode, int size, const char *text)
{
	open_pool(mode, size);
	struct proc *proc = teller_run("doctor");
	proc_expect_out(proc, text);
	expect_narrow(proc);
	proc_free(proc);
	pooled_wait_quiet(&pooled);
	pooled_close(&pooled);
}

static void the_doctor_knows_the_mode(void **state)
{
	(void)state;
	doctor_says("session", 4, "ok      pooler       in between, in session mode\n");
	doctor_says("transaction", 4, "ok      pooler       in between, in transaction mode; lessons need\n");
	doctor_says("statement", 4, "FAILED  pooler       in between, in statement mode: it refuses transactions\n");
	doctor_says("transaction", 1,
		    "FAILED  pooler       in between; of 2 sessions 1 got a transaction within 1 s\n");
	doctor_says("session", 2, "ok      pooler       in between; its mode could not be found out: cannot\n");
	doctor_says("session", 1, "answer within 10 s; is there a pooler in between");
}

static void conninfo_tells(void **state)
{
	(void)state;
	open_pool("transaction", 2);
	struct proc *proc = teller_run("conninfo");
	proc_expect_out(proc, "; through a pooler\n");
	proc_free(proc);
	proc = teller_run("conninfo", "--json");
	proc_expect_out(proc, "\"pooled\":\"true\",\"standby\":\"false\",\"primary\":null,\"session_user\":\"teller\"");
	proc_free(proc);
	proc = teller_run("conninfo", "--echo=plain");
	proc_expect_err(proc, "; through a pooler");
	proc_free(proc);
}

static void without_a_pooler(void **state)
{
	(void)state;
	open_pool("session", 2);
	pooled_close(&pooled);
	struct proc *proc = teller_run("conninfo");
	assert_null(strstr(buf_text(&proc->out), "pooler"));
	proc_free(proc);
	proc = teller_run("conninfo", "--json");
	proc_expect_out(proc, "\"pooled\":\"false\"");
	proc_free(proc);
	proc = teller_run("doctor");
	assert_null(strstr(buf_text(&proc->out), "pooler"));
	proc_free(proc);
}

static void no_transfer_in_statement_mode(void **state)
{
	(void)state;
	open_pool("statement", 4);
	struct proc *proc = teller_run("transfer", "7001", "7002", "100", "--yes");
	assert_int_not_equal(proc->status, 0);
	proc_expect_err(proc, "the pooler in between gives it no transaction: set pool_mode=transaction, or session; "
			      "nothing changed");
	proc_free(proc);
	static const char *const lines[] = {"create 3", "delete 7003 --yes"};
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		proc = teller_run("-c", lines[i]);
		assert_int_not_equal(proc->status, 0);
		proc_expect_err(proc, "(08P01); the pooler in between gives it no transaction: set pool_mode=");
		proc_free(proc);
	}
	pooled_wait_quiet(&pooled);
	pooled_expect_balance(&pooled, "accounts", 7001, 1000);
	pooled_expect_balance(&pooled, "accounts", 7002, 1000);
}

/* One role logs in, and acts as another. */
static void another_role(void **state)
{
	open_pool("session", 4);
	pg_run(pooled.direct, "DROP ROLE IF EXISTS show_r1; DROP ROLE IF EXISTS show_ada");
	pg_run(pooled.direct, "CREATE ROLE show_ada LOGIN; CREATE ROLE show_r1 LOGIN IN ROLE show_ada; "
			      "ALTER ROLE show_r1 SET role = show_ada; GRANT SELECT ON accounts TO show_ada");
	pooled_close(&pooled);
	char *user = mem_dup(getenv("PGUSER"));
	setenv("PGUSER", "show_r1", 1);
	struct proc *proc = teller_run("conninfo");
	struct proc *doctor = teller_run("doctor");
	struct term *term = console_open(state, 24, 80);
	setenv("PGUSER", user, 1);
	free(user);
	proc_expect_out(proc, "; show_r1, acting as show_ada\n");
	proc_expect_out(doctor, "ok      role         show_r1, acting as show_ada\n");
	term_expect(term, "  as show_ada");
	proc_free(proc);
	proc_free(doctor);
	console_quit(term);
	pg_exec("REVOKE ALL ON accounts FROM show_ada; DROP ROLE show_r1; DROP ROLE show_ada");
}

static void the_title(void **state)
{
	static const int sizes[][2] = {{24, 80}, {45, 140}};
	for (int i = 0; i < 2; i++) {
		open_pool("transaction", 4);
		struct term *term = console_open(state, sizes[i][0], sizes[i][1]);
		assert_non_null(strstr(term_row(term, 0), "  pooler  "));
		assert_non_null(strstr(term_row(term, 0), " 15."));
		console_quit(term);
		close_pool(state);
		*state = NULL;
	}
}

static void the_title_of_a_small_screen(void **state)
{
	open_pool("transaction", 4);
	struct term *term = console_open_with(state, 10, 40, NULL, "7001");
	assert_non_null(strstr(term_row(term, 0), "teller"));
	assert_non_null(strstr(term_row(term, 0), "Txn: none"));
	console_quit(term);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_doctor_knows_the_mode, close_pool),
		cmocka_unit_test_teardown(conninfo_tells, close_pool),
		cmocka_unit_test_teardown(without_a_pooler, close_pool),
		cmocka_unit_test_teardown(no_transfer_in_statement_mode, close_pool),
		cmocka_unit_test_teardown(another_role, close_pool),
		cmocka_unit_test_teardown(the_title, close_pool),
		cmocka_unit_test_teardown(the_title_of_a_small_screen, close_pool),
	};
	return cmocka_run_group_tests_name("pool/show", tests, NULL, NULL);
}
