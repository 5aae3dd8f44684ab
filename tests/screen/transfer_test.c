/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main job on the screen: two accounts picked, a review that only y answers, the log of the transfer, a real
 * retry. */
#include <locale.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

static void open_review(struct term *term)
{
	console_expect_selected(term, "7001");
	term_type(term, "s<Down>");
	console_expect_selected(term, "7002");
	term_type(term, "d<Enter>");
	term_expect(term, ":transfer 7001 7002 half"); /* the exact command */
	term_settle(term);                             /* what is typed while a question appears is no answer to it */
}

/* The log alone, from its first line. */
static void zoom_log(struct term *term)
{
	term_type(term, "<Tab><Tab>z");
}

static void half_moves_and_is_logged(struct term *term)
{
	open_review(term);
	term_type(term, "<Enter>");
	term_expect(term, "Enter does nothing here:");
	term_expect_gone(term, "Enter does nothing here:"); /* y answers again */
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	term_type(term, "y");
	term_expect_gone(term, ":transfer 7001 7002 half");
	zoom_log(term);
	console_expect_in_order(term, "BEGIN", "SAVEPOINT cockroach_restart", "SELECT", "UPDATE", "UPDATE", "INSERT",
				"RELEASE", "COMMIT", "COMMITTED");
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 500);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1500);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 30000);
	assert_int_equal(pg_number("SELECT amount FROM transfers WHERE source = 7001 AND destination = 7002"), 500);
}

/* The COMMIT of the log is marked as the statement from which the transfer is durable, and no other line is. */
static void the_mark_is_at_the_commit(struct term *term)
{
	int row = term_row_with(term, "durable from here", 0);
	assert_true(row >= 0);
	assert_non_null(strstr(term_row(term, row), "COMMIT"));
	assert_null(strstr(term_row(term, row), "RELEASE"));
	assert_int_equal(term_row_with(term, "durable from here", row + 1), -1);
}

static void a_transfer_at_80x24(void **state)
{
	struct term *term = console_open(state, 24, 80);
	half_moves_and_is_logged(term);
	the_mark_is_at_the_commit(term);
	console_quit(term);
}

static void a_transfer_at_140x45(void **state)
{
	struct term *term = console_open(state, 45, 140);
	half_moves_and_is_logged(term);
	the_mark_is_at_the_commit(term);
	console_quit(term);
}

/* Too narrow for the mark: the transfer itself must work all the same. */
static void a_transfer_at_40x10(void **state)
{
	struct term *term = console_open(state, 10, 40);
	open_review(term);
	term_type(term, "<Enter>");
	term_expect(term, "Enter does nothing here:");
	term_expect_gone(term, "Enter does nothing here:");
	term_type(term, "y");
	console_expect_number(term, "SELECT count(*) FROM transfers", 1);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 500);
	term_expect(term, "Txn: none");
	console_quit(term);
}

static void no_answer_but_y_moves_money(void **state)
{
	static const char *const answers[] = {"n", "q", "<Esc>"};
	struct term *term = console_open(state, 24, 80);
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		if (i == 0)
			open_review(term);
		else
			term_type(term, "<Enter>");
		term_expect(term, ":transfer 7001 7002 half");
		term_settle(term);
		term_type(term, "<Enter> sd1x<Del><BS><^M>");
		term_settle(term);
		term_expect(term, ":transfer 7001 7002 half");
		term_type(term, answers[i]);
		term_expect_gone(term, ":transfer 7001 7002 half");
	}
	term_settle(term);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
	console_quit(term);
}

static void expect_still_asked(struct term *term)
{
	term_settle(term);
	term_expect(term, ":transfer 7001 7002 half");
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
}

/* Whoever types a command, or pastes, has not seen the question: a y in it is no answer, nor is one that comes right
 * behind it. */
static void what_was_meant_for_others_is_no_answer(void **state)
{
	static const char *const texts[] = {":verify<Enter>", "yes<Enter>", "<Tab>y", "yy"};
	struct term *term = console_open(state, 24, 80);
	open_review(term);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		term_type(term, texts[i]);
		expect_still_asked(term);
		term_type(term, "y");
		expect_still_asked(term);
		term_expect(term, "y or n");
		term_expect_gone(term, "y or n");
	}
	term_type(term, ":");
	term_expect(term, ": does nothing here: y or n");
	for (const char *key = "verify"; *key; key++) { /* by hand, a key at a time */
		term_send(term, key, 1);
		expect_still_asked(term);
	}
	term_paste(term, "y");
	expect_still_asked(term);
	term_expect_gone(term, "y or n");
	term_paste(term, "yes\r");
	term_type(term, "y");
	expect_still_asked(term);
	term_expect_gone(term, "y or n");
	term_type(term, "<Down><PgUp><F5>"); /* looking around is nothing */
	term_expect(term, "F5 does nothing here");
	term_type(term, "y");
	term_expect(term, "moved 500 from 7001 to 7002");
	console_quit(term);
}

/* The rival really moves one unit between read and write: 40001, a wait, and half of what attempt 2 read. */
/* The rival moves its unit back when the transfer is over; until then q asks. */
static void wait_for_the_rival(struct term *term)
{
	console_expect_number(term, "SELECT balance FROM accounts WHERE id = 7001", 501); /* 999 - 499, and the unit */
	term_settle(term);
}

static void a_rival_forces_a_retry(void **state)
{
	struct term *term = console_open(state, 45, 140);
	term_type(term, "I");
	open_review(term);
	term_type(term, "y");
	term_expect(term, "moved 499 from 7001 to 7002");
	zoom_log(term);
	console_expect_in_order(term, "40001", "ROLLBACK", "wait ", "attempt 2 of", "BEGIN",
				"SAVEPOINT cockroach_restart", "7001, 999", "- 499", "+ 499", "INSERT", "RELEASE",
				"COMMIT", "2 attempts");
	wait_for_the_rival(term);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1499);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 30000);
	assert_int_equal(pg_number("SELECT amount FROM transfers WHERE source = 7001 AND destination = 7002"), 499);
	console_quit(term);
}

/* On a screen that is too narrow for panes side by side: the way to the first transfer in full, and all of a retry, of
 * which what does not fit is marked, and the arrows show it. */
static void a_retry_on_stacked_panes(void **state)
{
	struct term *term = console_open(state, 24, 70);
	console_expect_in_order(term, "From  s picks", "To    d picks", "Enter reviews it", "a real conflict",
				"u     takes it back", "F3    lessons", "SQL log");
	term_type(term, "I");
	open_review(term);
	term_type(term, "y");
	term_expect(term, "moved 499 in");
	console_expect_in_order(term, "Move  499", "40001", "waits", "2 *  committed", "moved 499 in", "1 line above");
	term_type(term, "<Tab><Up>");
	console_expect_in_order(term, "Move  499", "the rival moves", "40001", "waits", "moved 499 in", "1 below");
	wait_for_the_rival(term);
	console_quit(term);
}

/* At 79 columns it is as at 80. */
static void a_retry_at_79_columns(void **state)
{
	struct term *term = console_open(state, 24, 79);
	term_type(term, "I");
	open_review(term);
	term_type(term, "y");
	term_expect(term, "moved 499 in");
	console_expect_in_order(term, "Move  499", "the rival moves", "40001", "waits", "2 *  committed",
				"moved 499 in", "SQL log");
	wait_for_the_rival(term);
	console_quit(term);
}

/* The pane never says COMMITTED over a transfer that was not made. */
static void what_was_done_is_shown_until_others_are_picked(void **state)
{
	struct term *term = console_open(state, 24, 80);
	open_review(term);
	term_type(term, "y");
	term_expect(term, "moved 500 from 7001 to 7002");
	term_type(term, "u");
	term_expect(term, ":transfer 7002 7001 500 --id=");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "moved 500 from 7002 to 7001");
	term_expect(term, "Transfer T2  COMMITTED");
	console_expect_in_order(term, "From  7002  1500 -> 1000", "To    7001   500 -> 1000", "Move  500  moved");
	term_type(term, "<Down>d");
	term_expect(term, "To    7003  1000 -> 1500");
	term_expect_gone(term, "COMMITTED  attempt");
	console_expect_in_order(term, "Transfer ──", "From  7001  1000 ->  500", "half of From, as last read",
				"T2 7002 -> 7001: moved 500 in");
	console_quit(term);
}

/* How it will travel, not how it would without what is armed. */
static void the_review_names_what_is_used(void **state)
{
	struct term *term = console_open(state, 45, 140);
	term_type(term, ":wire oneshot<Enter>:set isolation repeatable-read<Enter>");
	term_expect(term, "isolation repeatable-read");
	open_review(term);
	term_expect(term, "One REPEATABLE READ transaction");
	term_expect(term, "one round trip");
	term_settle(term);
	term_type(term, "n:rival on<Enter>");
	term_expect(term, "the rival is armed");
	term_type(term, "<Enter>");
	term_expect(term, ":transfer 7001 7002 half");
	term_expect(term, "Protocol restart, pipelined");
	term_settle(term);
	term_type(term, "n:rival off<Enter>:step on<Enter>");
	term_expect(term, "each statement");
	term_type(term, "<Enter>");
	term_expect(term, ":transfer 7001 7002 half");
	term_expect(term, "At most 10 attempts in 600 s");
	term_expect(term, "one statement a round");
	term_settle(term);
	term_type(term, "n");
	console_quit(term);
}

static void a_rejection_says_why(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "sd<Enter>");
	term_expect(term, ":transfer 7001 7001 half");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "REJECTED");
	term_expect(term, "source and destination are the same account, 7001");
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_transfer_at_80x24, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_transfer_at_140x45, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_transfer_at_40x10, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(no_answer_but_y_moves_money, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(what_was_meant_for_others_is_no_answer, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_rival_forces_a_retry, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_retry_on_stacked_panes, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_retry_at_79_columns, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(what_was_done_is_shown_until_others_are_picked, console_bank,
						term_teardown),
		cmocka_unit_test_setup_teardown(the_review_names_what_is_used, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_rejection_says_why, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/transfer", tests, pg_own_database, NULL);
}
