/* SPDX-License-Identifier: GPL-3.0-or-later */
/* teller demo on a terminal: a bank from nothing, the first transfer, and nothing left behind on any way out. */
#include <glob.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/proc.h"

static int directories(void)
{
	char pattern[300];
	glob_t found;
	snprintf(pattern, sizeof pattern, "%s/teller-*", getenv("TMPDIR"));
	int n = glob(pattern, 0, NULL, &found) == 0 ? (int)found.gl_pathc : 0;
	globfree(&found);
	return n;
}

static bool no_directory(struct term *term, void *arg)
{
	(void)term;
	(void)arg;
	return directories() == 0;
}

/* Every process of the private server has its directory, below TMPDIR, on its command line. */
static void nothing_remains(struct term *term)
{
	char place[300];
	snprintf(place, sizeof place, "%s/teller-", getenv("TMPDIR"));
	proc_expect_none(place);
	term_wait(term, no_directory, NULL, "the end of the private server's directory");
}

static void the_first_transfer(void **state, int rows, int cols)
{
	struct term *term = console_demo(state, rows, cols);
	term_expect(term, "private server");
	term_type(term, "s<Down>d<Enter>");
	term_expect(term, ":transfer ");
	term_settle(term);
	term_type(term, "<Enter>");
	term_expect(term, "Enter does nothing here:");
	term_expect_gone(term, "Enter does nothing here:"); /* y answers again */
	term_type(term, "y");
	term_expect_gone(term, ":transfer ");
	term_type(term, "<Tab><Tab>z");
	console_expect_in_order(term, "BEGIN", "SAVEPOINT cockroach_restart", "SELECT", "UPDATE", "UPDATE", "INSERT",
				"RELEASE", "COMMIT", "COMMITTED");
	term_expect(term, "durable from here");
	assert_int_equal(directories(), 1);
	term_type(term, "z");
	console_quit_changed(term);
	nothing_remains(term);
}

static void at_80x24(void **state)
{
	the_first_transfer(state, 24, 80);
}

static void at_140x45(void **state)
{
	the_first_transfer(state, 45, 140);
}

static void at_40x10(void **state)
{
	struct term *term = console_demo(state, 10, 40);
	console_quit(term);
	nothing_remains(term);
}

static void killed_by(void **state, int signum)
{
	struct term *term = console_demo(state, 24, 80);
	kill(term_pid(term), signum);
	term_expect_exit(term, 128 + signum);
	struct proc *proc = teller_run("demo", "-c", "count");
	proc_expect_status(proc, 0);
	assert_string_equal(proc->out.p, "100\n");
	proc_free(proc);
	nothing_remains(term);
}

static void a_killed_teller_leaves_nothing(void **state)
{
	killed_by(state, SIGKILL);
}

static void a_terminated_teller_leaves_nothing(void **state)
{
	killed_by(state, SIGTERM);
}

static void quitting_while_it_starts(void **state)
{
	const char *const argv[] = {proc_teller(), "demo", NULL};
	struct term *term = term_start(argv, NULL, 24, 80);
	*state = term;
	term_expect(term, "private"); /* while it starts, the screen says so */
	term_type(term, "q");
	term_expect_exit(term, 0);
	term_expect_restored(term);
	nothing_remains(term);
}

static void a_second_demo_beside_the_first(void **state)
{
	struct term *term = console_demo(state, 24, 80);
	struct proc *proc = teller_run("demo", "--accounts", "3", "-c", "count");
	proc_expect_status(proc, 0);
	assert_string_equal(proc->out.p, "3\n");
	proc_free(proc);
	assert_int_equal(directories(), 1);
	term_type(term, "r<Down>");
	term_expect(term, "Txn: none");
	console_quit(term);
	nothing_remains(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(at_80x24, term_teardown),
		cmocka_unit_test_teardown(at_140x45, term_teardown),
		cmocka_unit_test_teardown(at_40x10, term_teardown),
		cmocka_unit_test_teardown(a_killed_teller_leaves_nothing, term_teardown),
		cmocka_unit_test_teardown(a_terminated_teller_leaves_nothing, term_teardown),
		cmocka_unit_test_teardown(quitting_while_it_starts, term_teardown),
		cmocka_unit_test_teardown(a_second_demo_beside_the_first, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/demo", tests, NULL, NULL);
}
