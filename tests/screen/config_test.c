/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration file on a screen: keys that it binds, which still ask, and a fault in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static char file[200];

static int config_bank(void **state)
{
	snprintf(file, sizeof file, "%s/teller.config", getenv("HOME"));
	unlink(file);
	return console_bank(state);
}

/* The screen with that configuration, and with --yes where it is asked for. */
static struct term *config_open(void **state, const char *text, const char *option)
{
	const char *const argv[] = {proc_teller(), "--config", file, option, NULL};
	FILE *to = fopen(file, "w");
	assert_non_null(to);
	fputs(text, to);
	assert_int_equal(fclose(to), 0);
	struct term *term = term_start(argv, NULL, 30, 160);
	*state = term;
	term_expect(term, "7001");
	term_expect(term, "Txn: none");
	return term;
}

static void keys_of_the_file(void **state)
{
	struct term *term =
		config_open(state, "bind accounts F12 ledger ; [past] what was moved\nbind accounts s swap\n", NULL);
	term_expect(term, "F12 past");
	term_type(term, "<F12>");
	term_expect(term, "Ledger");
	term_type(term, "<Esc>?");
	term_expect(term, "Keys in the accounts");
	term_type(term, "/what was moved<Enter>");
	term_expect(term, "F12");
	term_type(term, "<Esc>");
	console_quit(term);
}

/* Neither the key nor --yes of the command line answers for whoever presses it. */
static void a_bound_key_still_asks(void **state)
{
	static const char *const options[] = {NULL, "--yes"};
	for (size_t i = 0; i < 2; i++) {
		struct term *term = config_open(state, "bind F12 transfer 7001 7002 half\n", options[i]);
		term_type(term, "<F12>");
		term_expect(term, "y do it");
		term_settle(term);
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
		term_type(term, "n");
		term_expect(term, "nothing was changed");
		console_expect_number(term, "SELECT count(*) FROM transfers", 0);
		console_quit(term);
		term_free(term);
		*state = NULL;
	}
}

static void keys_are_bound_at_the_prompt(void **state)
{
	struct term *term = config_open(state, "", NULL);
	term_type(term, ":bind F12 ledger<Enter><F12>");
	term_expect(term, "Ledger");
	term_type(term, "<Esc>:unbind F12<Enter><F12>");
	term_expect(term, "F12 does nothing here");
	term_type(term, ":bind review Space ledger<Enter>");
	term_expect(term, "the keys that answer a question stay as they are");
	term_type(term, ":bind accounts F12 transfer 7001 7002 1 --yes<Enter>");
	term_expect(term, "--yes cannot be given beforehand");
	console_quit(term);
}

/* In the message line and in the log; and the rest of the file holds. */
static void a_fault_is_said(void **state)
{
	struct term *term = config_open(state, "\n\n\n\n\n\nset wire pigeon\nnonsense\nbind F12 ledger\n", NULL);
	term_expect(term, "teller.config:7: wire is one of");
	term_expect(term, "(and 1 more, in the log)");
	term_type(term, "<F6>z");
	term_expect(term, "teller.config:8: a configuration has no command");
	term_type(term, "<F12>");
	term_expect(term, "Ledger");
	console_quit(term);
}

/* What is set on the screen is kept, once that was agreed to. */
static void what_is_set_is_saved(void **state)
{
	struct term *term = config_open(state, "# mine\ntheme light\n", NULL);
	term_type(term, ":theme dark<Enter>");
	term_expect(term, "theme dark: light text");
	term_type(term, ":save<Enter>");
	term_expect(term, "y do it");
	term_expect(term, "comments stay");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "saved: 1 line in");
	console_quit(term);
	char held[100] = "";
	FILE *from = fopen(file, "r");
	assert_non_null(from);
	held[fread(held, 1, sizeof held - 1, from)] = '\0';
	fclose(from);
	assert_string_equal(held, "# mine\ntheme dark\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(keys_of_the_file, config_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_bound_key_still_asks, config_bank, term_teardown),
		cmocka_unit_test_setup_teardown(keys_are_bound_at_the_prompt, config_bank, term_teardown),
		cmocka_unit_test_setup_teardown(what_is_set_is_saved, config_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_fault_is_said, config_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/config", tests, pg_own_database, NULL);
}
