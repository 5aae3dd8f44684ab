/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Much at once while a load runs: two hundred sizes, a paste of a megabyte, ^Z and fg; it goes on, and the screen is right. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

enum { BURST_SIZES = 200, BURST_PASTE = 1 << 20 };

static int burst_bank(void **state)
{
	(void)state;
	pg_bank(30);
	return 0;
}

static void begin_load(struct term *term)
{
	term_type(term, ":load --time 0 --workers 3<Enter>");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "Load  runs");
	term_expect(term, "committed ");
}

static void expect_more_transfers(void)
{
	pg_until(NULL, "SELECT count(*) > %lld FROM transfers", (long long)pg_number("SELECT count(*) FROM transfers"));
}

static void end_load(struct term *term)
{
	term_expect(term, "Load  runs");
	expect_more_transfers();
	term_type(term, "c");
	term_expect(term, "Load  is over");
	console_expect_number(term, "SELECT sum(balance) FROM accounts", 30000);
}

static void sizes(void **state, int rows, int cols)
{
	struct term *term = console_open(state, rows, cols);
	begin_load(term);
	for (int i = 0; i < BURST_SIZES; i++)
		term_resize(term, 3 + i * 7 % 50, 12 + i * 11 % 150);
	term_resize(term, rows, cols);
	end_load(term);
	console_quit(term);
}

static void two_hundred_sizes(void **state)
{
	sizes(state, 24, 80);
}

static void two_hundred_sizes_on_a_small_screen(void **state)
{
	sizes(state, 10, 40);
}

static void a_paste_of_a_megabyte(void **state)
{
	struct term *term = console_open(state, 24, 80);
	char *text = mem_new(BURST_PASTE + 1);
	memset(text, 'x', BURST_PASTE);
	begin_load(term);
	term_type(term, ":");
	term_expect(term, "Enter runs it");
	term_paste(term, text);
	free(text);
	term_type(term, "<Esc>");
	term_expect_gone(term, "Enter runs it");
	end_load(term);
	console_quit(term);
}

static void stopped_and_continued(void **state, int rows, int cols)
{
	const char *const argv[] = {"bash", "--norc", "--noprofile", "-i", NULL};
	struct term *term = term_start(argv, (const char *const[]){"PS1=shell> ", NULL}, rows, cols);
	*state = term;
	char command[600];
	snprintf(command, sizeof command, "%s<Enter>", proc_teller());
	term_expect(term, "shell>");
	term_type(term, command);
	term_expect(term, "Txn: none");
	term_expect(term, "7001");
	begin_load(term);
	for (int i = 0; i < 3; i++) {
		term_type(term, "<^Z>");
		term_expect(term, "Stopped");
		assert_false(term_alternate(term));
		term_type(term, "clear; fg<Enter>");
		term_expect(term, "Load  runs");
	}
	end_load(term);
	term_type(term, "Q");
	term_expect_gone(term, "Load  is over");
	term_type(term, "echo status=$?<Enter>exit<Enter>");
	term_expect(term, "status=0");
	term_expect_exit(term, 0);
}

static void stopped_and_continued_at_80x24(void **state)
{
	stopped_and_continued(state, 24, 80);
}

static void stopped_and_continued_at_40x10(void **state)
{
	stopped_and_continued(state, 10, 40);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_hundred_sizes, burst_bank, term_teardown),
		cmocka_unit_test_setup_teardown(two_hundred_sizes_on_a_small_screen, burst_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_paste_of_a_megabyte, burst_bank, term_teardown),
		cmocka_unit_test_setup_teardown(stopped_and_continued_at_80x24, burst_bank, term_teardown),
		cmocka_unit_test_setup_teardown(stopped_and_continued_at_40x10, burst_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/burst", tests, pg_own_database, NULL);
}
