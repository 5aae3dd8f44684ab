/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is typed before teller is ready waits for it, and what a message says stays true. */
#include <locale.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static struct term *demo(void **state, const char *const env[])
{
	const char *const argv[] = {proc_teller(), "demo", "--seed", "1", NULL};
	struct term *term = term_start(argv, env, 24, 80);
	*state = term;
	term_expect(term, "STARTING");
	return term;
}

static void keys_wait_for_the_accounts(void **state)
{
	struct term *term = demo(state, NULL);
	term_type(term, "s<Down><Down>d");
	term_expect(term, "4 keys wait for the accounts");
	term_expect(term, "destination is ");
	term_expect(term, "half of From");
	assert_false(term_shows(term, "keys wait"));
	assert_int_equal(term_row_with(term, " F", 3), 3); /* the first account pays, the third is paid */
	const char *third = term_row(term, 5);
	assert_non_null(strstr(third, " T"));
	assert_non_null(strchr(third, '>'));
	console_quit(term);
}

static void a_command_waits_for_the_accounts(void **state)
{
	struct term *term = demo(state, NULL);
	term_type(term, ":create 7<Enter>");
	term_expect(term, "created 7 accounts");
	console_quit_changed(term);
}

static void a_lesson_waits_for_the_server(void **state)
{
	struct term *term = demo(state, NULL);
	term_type(term, "<F3>");
	term_expect(term, "first-transfer");
	term_type(term, "<Enter>");
	term_expect(term, "Space next step");
	term_type(term, "q");
	term_expect(term, "Enter play");
	term_type(term, "q");
	term_expect(term, "Accounts");
	console_quit(term);
}

static void waiting_keys_are_forgotten(void **state)
{
	struct term *term = demo(state, NULL);
	term_type(term, "sd");
	term_expect(term, "2 keys wait");
	term_type(term, "<^C>");
	term_expect(term, "the keys that waited are forgotten");
	term_expect(term, "Txn: none");
	term_expect(term, "s picks");
	term_expect(term, "d picks");
	console_quit(term);
}

/* One that is armed is there for the transfer that comes right after, though its session is still being made. */
static void the_rival_is_there_at_once(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":rival on<Enter>:transfer 7001 7002 --yes<Enter>");
	term_expect(term, "2 attempts");
	term_expect(term, "40001");
	console_expect_number(term, "SELECT balance FROM accounts WHERE id = 7001", 501);
	console_quit(term);
}

/* A message stays while one looks around, and goes when something else is done. */
static void a_message_is_of_what_was_done_last(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "I");
	term_expect(term, "the rival is armed: the next transfer");
	term_type(term, "<Down>");
	term_settle(term);
	assert_true(term_shows(term, "the rival is armed: the next transfer"));
	term_type(term, "<F5>");
	term_expect_gone(term, "the rival is armed: the next transfer");
	term_type(term, "w");
	term_expect(term, "does nothing here");
	term_type(term, "q");
	term_expect_gone(term, "does nothing here");
	console_quit(term);
}

/* No key is lost without a word: what is a key of the pane beside is said to be one. */
static void a_key_without_a_use_is_said(void **state)
{
	static const char *const keys[][2] = {
		{"B", "B is a key of the SQL log; Tab goes there"},
		{"w", "w does nothing here"},
		{"<F12>", "F12 does nothing here"},
		{"<Del>", "Delete does nothing here"},
		{"<BS>", " does nothing here"},
		{"<Tab><Tab>x", "x is a key of the accounts; Tab"},
		{"<F5>f", "f is a key of the SQL log; Tab"},
	};
	struct term *term = console_open(state, 24, 80);
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		term_type(term, keys[i][0]);
		term_expect(term, keys[i][1]);
	}
	console_quit(term);
}

/* What can stand next in a command is offered: each setting, orders, the columns of the table, and files. */
static void completion_knows_what_can_stand_next(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":set lo<Tab>");
	term_expect(term, ":set locking");
	term_type(term, "<^C>:sort ba<Tab>");
	term_expect(term, ":sort balance");
	term_type(term, "<^C>:filter balance > 5 and i<Tab>= 7003<Enter>");
	term_expect(term, "where balance > 5 and id =");
	term_expect(term, "1 account ");
	term_type(term, ":import sr<Tab>MA<Tab>x");
	term_expect(term, ":import src/MAP.md x");
	term_type(term, "<^C>:export ui/lab/ste<Tab>");
	term_expect(term, "ui/lab/step.c  ui/lab/step.h");
	term_type(term, "<^C>");
	console_quit(term);
}

/* What the doctor says is broken at blanks once, each line under the one above. */
static void what_the_doctor_says_fits(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":doctor<Enter>");
	term_expect(term, "FAILED  durability");
	term_settle(term);
	for (int row = 2; row < 21; row++) {
		const char *text = strchr(term_row(term, row), ' ');
		size_t blanks = text ? strspn(text, " ") : 0;
		bool head = text && (strncmp(text, " ok ", 4) == 0 || strncmp(text, " FAILED ", 8) == 0);
		if (text && !head && blanks != 22 && text[blanks] != '\0' && (unsigned char)text[blanks] < 0x80)
			fail_msg("not in its column: %s", term_row(term, row));
	}
	term_type(term, "q");
	console_expect_selected(term, "7001");
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(keys_wait_for_the_accounts, term_teardown),
		cmocka_unit_test_teardown(a_command_waits_for_the_accounts, term_teardown),
		cmocka_unit_test_teardown(a_lesson_waits_for_the_server, term_teardown),
		cmocka_unit_test_teardown(waiting_keys_are_forgotten, term_teardown),
		cmocka_unit_test_setup_teardown(the_rival_is_there_at_once, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_key_without_a_use_is_said, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(what_the_doctor_says_fits, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(completion_knows_what_can_stand_next, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_message_is_of_what_was_done_last, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/early", tests, NULL, NULL);
}
