/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Through a session-mode pool everything works as without one: transfers, settling, the console, lessons with sessions
 * that wait. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tests/pool/pooled.h"
#include "tests/support/check.h"
#include "tests/support/console.h"

#define UUID "01234567-89ab-cdef-0123-456789abcdef"

static struct pooled pooled;

static const char *const wires[] = {"--wire=pipeline", "--wire=step", "--wire=oneshot"};

static void transfers_in_every_wire_mode(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct proc *proc = teller_run("transfer", "7001", "7002", "5", "--yes", wires[i]);
		proc_expect_status(proc, 0);
		proc_free(proc);
		pooled_expect_balance(&pooled, "accounts", 7002, 1000 + 5 * (i + 1));
	}
	assert_int_equal(pg_ask(pooled.direct, "SELECT count(*) FROM transfers"), 3);
}

/* The answer is lost on purpose: the transfer is found out, and made once. */
static void settled_in_every_wire_mode(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct proc *proc = teller_run(wires[i], "-c", "inject cut", "-c", "transfer 7001 7002 5 --yes");
		proc_expect_status(proc, 0);
		proc_free(proc);
		pooled_wait_quiet(&pooled);
		pooled_expect_balance(&pooled, "accounts", 7002, 1000 + 5 * (i + 1));
		assert_int_equal(pg_ask(pooled.direct, "SELECT count(*) FROM transfers"), i + 1);
	}
}

static void settled_by_its_id(void **state)
{
	(void)state;
	struct proc *proc = teller_run("transfer", "7001", "7002", "5", "--yes", "--id", UUID);
	proc_expect_status(proc, 0);
	proc_free(proc);
	proc = teller_run("settle", UUID);
	proc_expect_status(proc, 0);
	assert_string_equal(buf_text(&proc->out), "transfer " UUID " committed: it moved 5 from 7001 to 7002\n");
	proc_free(proc);
}

static void the_console(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":transfer 7001 7002 5 --yes<Enter>");
	term_expect(term, "moved 5 from 7001 to 7002");
	term_type(term, "<Down>");
	console_expect_selected(term, "7002");
	console_quit(term);
	pooled_expect_balance(&pooled, "accounts", 7002, 1005);
}

/* ---- lessons ---- */

static void lesson(const char *name)
{
	struct proc *proc = teller_run("lab", "run", name);
	proc_expect_status(proc, 0);
	proc_free(proc);
}

static void a_lesson_of_one_session(void **state)
{
	(void)state;
	lesson("first-transfer");
}

static void lessons_that_do_not_wait(void **state)
{
	(void)state;
	lesson("write-skew");
	lesson("read-only-anomaly");
}

static void a_lesson_that_waits(void **state)
{
	(void)state;
	lesson("lost-update");
}

static void a_lesson_of_many_that_wait(void **state)
{
	(void)state;
	lesson("hot-account");
}

static void the_deadlock(void **state)
{
	(void)state;
	lesson("deadlock");
}

static void the_lost_answer(void **state)
{
	(void)state;
	lesson("commit-cut");
}

/* ---- around the tests ---- */

static int setup(void **state)
{
	(void)state;
	pooled_open(&pooled, 30, &(struct pooler_options){.mode = "session", .size = 10});
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pooled_close(&pooled);
	return 0;
}

static int teardown_console(void **state)
{
	term_teardown(state);
	return teardown(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		TEST(transfers_in_every_wire_mode),
		TEST(settled_in_every_wire_mode),
		TEST(settled_by_its_id),
		cmocka_unit_test_setup_teardown(the_console, setup, teardown_console),
		TEST(a_lesson_of_one_session),
		TEST(lessons_that_do_not_wait),
		TEST(a_lesson_that_waits),
		TEST(a_lesson_of_many_that_wait),
		TEST(the_deadlock),
		TEST(the_lost_answer),
	};
	return cmocka_run_group_tests_name("pool/session", tests, NULL, NULL);
}
