/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks on accounts: kept by their ids across pages and orders, and what delete and transfer make of them. */
#include <locale.h>
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

static void kept_by_their_ids(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "m");
	term_expect(term, " *7001");
	console_expect_selected(term, "7002"); /* on to the next one */
	term_expect(term, "1 marked");
	term_type(term, "Gm");
	term_expect(term, ">*7030");
	term_expect(term, "2 marked");
	term_type(term, "O"); /* the other way round: 7030 comes first */
	term_expect(term, "by id desc");
	console_expect_in_order(term, ">*7030", "7029");
	term_type(term, "m");
	term_expect(term, "1 marked");
	term_expect(term, "  7030");
	term_type(term, ":mark 7003<Enter>");
	term_expect(term, "2 marked");
	term_type(term, "U");
	term_expect_gone(term, "marked");
	term_type(term, "G");
	console_expect_selected(term, "7001");
	console_quit(term);
}

static void answer_yes(struct term *term)
{
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
}

/* From the one that was marked first to the other, after a review; picks come before marks. */
static void two_make_a_transfer(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "m<Enter>");
	term_expect(term, "mark two accounts with m, or pick");
	term_type(term, ":7004<Enter>");
	console_expect_selected(term, "7004");
	term_type(term, "m<Enter>");
	term_expect(term, ":transfer 7001 7004 half");
	answer_yes(term);
	term_expect(term, "moved 500 from 7001 to 7004");
	console_expect_number(term, "SELECT balance FROM accounts WHERE id = 7004", 1500);
	console_quit(term);
}

static void those_that_are_marked_are_deleted(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":delete<Enter>");
	term_expect(term, "or mark accounts with m first");
	term_type(term, "mmm:delete<Enter>");
	term_expect(term, ":delete 7001 7002 7003");
	term_expect(term, "delete 3 accounts with the money in them");
	term_settle(term);
	term_type(term, "n");
	term_expect(term, "nothing was changed");
	term_expect(term, "3 marked");
	term_type(term, ":delete<Enter>");
	answer_yes(term);
	term_expect(term, "deleted 3 accounts");
	term_expect_gone(term, "marked");
	console_expect_number(term, "SELECT count(*) FROM accounts WHERE id < 7004", 0);
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(kept_by_their_ids, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(two_make_a_transfer, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(those_that_are_marked_are_deleted, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/marks", tests, pg_own_database, NULL);
}
