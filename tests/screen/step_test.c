/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walking through a transfer on the screen: each statement is named and held, the rival goes first, ^C cancels what is
 * held. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

/* Not console_quit(): where curses scrolled the log, libvterm puts the hidden cursor back with the old screen. */
static void quit(struct term *term)
{
	term_type(term, "q");
	term_expect_exit(term, 0);
	assert_false(term_alternate(term));
}

static struct term *open_stepping(void **state, int rows, int cols)
{
	struct term *term = console_open(state, rows, cols);
	term_type(term, ":step on<Enter>");
	term_expect(term, "STEPPING");
	return term;
}

static void start(struct term *term)
{
	term_type(term, ":transfer 7001 7002 half --yes<Enter>");
	term_expect(term, "next: BEGIN");
}

/* Sends what is held, and waits for the next one. */
static void step(struct term *term, const char *next)
{
	term_type(term, " ");
	term_expect(term, next);
}

static void each_statement_is_held(void **state)
{
	struct term *term = open_stepping(state, 24, 80);
	start(term);
	term_expect(term, "Space sends it, ^C cancels");
	step(term, "next: SAVEPOINT cockroach_restart");
	step(term, "next: SELECT");
	step(term, "balance - 500 WHERE id = 7001; Space");
	step(term, "balance + 500 WHERE id = 7002; Space");
	step(term, "next: INSERT transfers ~ 7001, 7002, 500); ");
	term_expect(term, "Space sends it, ^C cancels     "); /* in the pane, too */
	term_type(term, "<Tab><Tab>");                        /* the log, where Space is a page when nothing is held */
	step(term, "next: RELEASE");
	step(term, "next: COMMIT");
	term_settle(term);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
	step(term, "moved 500 from 7001 to 7002");
	term_expect_gone(term, "next:");
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 500);
	quit(term);
}

/* Another session acts while it is held: a real conflict, by hand; the retry is held, too. */
static void another_window_may_act(void **state)
{
	struct term *term = open_stepping(state, 45, 140);
	start(term);
	step(term, "next: SAVEPOINT");
	step(term, "next: SELECT");
	step(term, "next: UPDATE accounts SET balance = balance - 500");
	pg_exec("UPDATE accounts SET balance = 100 WHERE id = 7001");
	step(term, "next: BEGIN");
	term_expect(term, "40001");
	term_type(term, ":step off<Enter>");
	term_expect(term, "moved 50 from 7001 to 7002");
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 50);
	quit(term);
}

static void the_rival_goes_first(void **state)
{
	struct term *term = open_stepping(state, 45, 140);
	term_type(term, "I");
	term_expect(term, "RIVAL ARMED");
	start(term);
	step(term, "next: SAVEPOINT");
	step(term, "next: SELECT");
	step(term, "next: UPDATE accounts SET balance = balance - 500");
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 999);
	step(term, "next: BEGIN");
	step(term, "next: SAVEPOINT");
	step(term, "next: SELECT");
	step(term, "next: UPDATE accounts SET balance = balance - 499");
	term_type(term, ":step off<Enter>");
	term_expect(term, "moved 499 from 7001 to 7002");
	console_expect_number(term, "SELECT balance FROM accounts WHERE id = 7001", 501);
	quit(term);
}

static void what_is_held_can_be_cancelled(void **state)
{
	struct term *term = open_stepping(state, 24, 80);
	start(term);
	step(term, "next: SAVEPOINT");
	step(term, "next: SELECT");
	step(term, "next: UPDATE");
	term_type(term, "<^C>");
	term_expect(term, "cancelled; nothing changed");
	term_expect_gone(term, "next:");
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 30000);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
	term_type(term, " ");
	term_expect(term, "nothing is held; the next transfer will be");
	start(term); /* and leaving ends what is held */
	term_type(term, ":quit --yes<Enter>");
	term_expect_exit(term, 0);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
}

/* What is armed stands in the title and in the review box, until it is used up; P is the next protocol. */
static void what_is_armed_is_shown(void **state)
{
	struct term *term = console_open(state, 45, 140);
	term_type(term, ":inject 2<Enter>");
	term_expect(term, "INJECT 2");
	term_type(term, ":delay 20<Enter>");
	term_expect(term, "INJECT 2  DELAY 20 ms");
	term_type(term, "P");
	term_expect(term, "protocol savepoint");
	term_type(term, "PP");
	term_expect(term, "protocol none");
	term_type(term, "P:set<Enter>");
	term_expect(term, "Settings");
	term_expect(term, "attempts        10 in all");
	term_type(term, "q:transfer 7001 7002<Enter>");
	term_expect(term, "The server will fail the first 2 attempts. There will be a wait of 20");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "3 attempts");
	term_expect_gone(term, "INJECT");
	term_expect(term, "DELAY 20 ms");
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 500);
	term_type(term, ":counters<Enter>");
	term_expect(term, "by_serialization            2");
	term_type(term, "q");
	term_expect_gone(term, "by_serialization");
	quit(term);
}

static void none_is_told_as_what_it_is(void **state)
{
	struct term *term = console_open(state, 45, 140);
	term_type(term, ":protocol none<Enter>:inject 1<Enter>");
	term_expect(term, "INJECT 1");
	term_type(term, ":transfer 7001 7002 --yes<Enter>");
	term_expect(term, "FAILED  attempt 1 of 1");
	term_expect(term, "the transfer failed: not retried, because the protocol is none: ");
	console_expect_in_order(term, "attempt 1 of 1", "1 attempt: not retried, because the protocol is none");
	quit(term);
}

/* The attempts tell how each ended, and the log what was on its way when nothing answered any more. */
static void a_cut_is_told_whole(void **state)
{
	struct term *term = console_open(state, 45, 140);
	term_type(term, ":inject cut-before<Enter>");
	term_expect(term, "CUT-BEFORE ARMED");
	term_type(term, ":transfer 7001 7002 --yes<Enter>");
	term_expect(term, "moved 500 from 7001 to 7002");
	term_expect(term, "1 x  connection lost: our own connection was dropped");
	term_expect(term, "2 *  committed");
	assert_false(term_shows(term, "1 .  ..."));
	term_type(term, ":inject cut<Enter>");
	term_expect(term, "CUT ARMED");
	term_type(term, ":transfer 7001 7002 --yes<Enter>");
	term_expect(term, "moved 250 from 7001 to 7002");
	console_expect_in_order(term, "inject: cut with the commit in flight", "no answer", "no answer", "no answer",
				"? RELEASE SAVEPOINT", "? COMMIT", "connection lost", "settled: ");
	quit(term);
}

/* Without a screen Enter does what Space does on it. */
static void in_plain_mode_enter_sends_it(void **state)
{
	const char *const argv[] = {proc_teller(), "--plain", NULL};
	struct term *term = term_start(argv, NULL, 45, 140);
	*state = term;
	term_expect(term, "connected to");
	term_type(term, "step on<Enter>transfer 7001 7002 --yes<Enter>");
	term_expect(term, "next: BEGIN ISOLATION LEVEL SERIALIZABLE; Enter sends it, ^C cancels");
	static const char *const next[] = {"next: SAVEPOINT", "next: SELECT",       "balance - 500",
					   "balance + 500",   "next: WITH written", "next: RELEASE",
					   "next: COMMIT",    "moved 500 from 7001"};
	for (size_t i = 0; i < sizeof next / sizeof next[0]; i++) {
		term_type(term, "<Enter>");
		term_expect(term, next[i]);
	}
	term_type(term, "transfer 7002 7001 all --yes<Enter><Enter><Enter>");
	term_expect(term, "WHERE id IN (7002, 7001); Enter");
	term_type(term, "<^C>");
	term_expect(term, "cancelled; nothing changed");
	term_type(term, "count<Enter>");
	term_expect(term, "30");
	term_type(term, "quit<Enter>");
	term_expect_exit(term, 0);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 500);
}

static void without_a_person_it_is_refused(void **state)
{
	(void)state;
	struct proc *proc = teller_run("-c", "step on", "-c", "transfer 7001 7002");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "step on needs an interactive terminal");
	proc_free(proc);
	proc = teller_run("-c", "step off", "-c", "step", "-c", "transfer 7001 7002 --yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_statement_is_held, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(another_window_may_act, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_rival_goes_first, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(what_is_held_can_be_cancelled, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(what_is_armed_is_shown, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(none_is_told_as_what_it_is, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_cut_is_told_whole, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(in_plain_mode_enter_sends_it, console_bank, term_teardown),
		cmocka_unit_test_setup(without_a_person_it_is_refused, console_bank),
	};
	return cmocka_run_group_tests_name("screen/step", tests, pg_own_database, NULL);
}
