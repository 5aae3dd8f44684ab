/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searching the accounts on the screen: / and n and N from one that holds a text to the next, marks, ^C. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

/* 20001 to 25000, with an owner each; Grace is one of a thousand. */
static int owners(void **state)
{
	(void)state;
	pg_bank(0);
	pg_exec("ALTER TABLE accounts ADD owner text; INSERT INTO accounts SELECT 20000 + i, i, CASE WHEN i %% 1000 = "
		"990 "
		"THEN 'Grace Hopper' ELSE 'Ann' END FROM generate_series(1, 5000) AS i");
	return 0;
}

static bool is_marked(struct term *term, const char *text)
{
	int row, col;
	term_expect(term, text);
	term_settle(term);
	assert_true(term_find(term, text, &row, &col));
	return term_pen(term, row, col).underline;
}

static void from_one_to_the_next(void **state)
{
	struct term *term = console_open_with(state, 24, 80, NULL, "20001");
	term_type(term, "/grace");
	term_expect(term, "Enter looks in the other columns");
	term_expect(term, "or a text of other columns");
	term_type(term, "<Enter>");
	console_expect_selected(term, "20990");
	assert_true(is_marked(term, "Grace"));
	assert_false(is_marked(term, "Ann"));
	term_type(term, "n");
	console_expect_selected(term, "21990");
	term_type(term, "nnN");
	console_expect_selected(term, "22990");
	term_type(term, "nnn");
	term_expect(term, "no match below; went on at the first account");
	console_expect_selected(term, "20990");
	term_type(term, "N");
	term_expect(term, "no match above; went on at the last account");
	console_expect_selected(term, "24990");
	term_type(term, "<Esc>");
	term_settle(term);
	assert_false(is_marked(term, "Grace"));
	term_type(term, "n");
	term_expect(term, "nothing was searched for here");
	term_type(term, ":search hopper<Enter>");
	term_type(term, "g");
	console_expect_selected(term, "20001");
	term_type(term, "n");
	console_expect_selected(term, "20990");
	term_type(term, "/no such<Enter>");
	term_expect(term, "no id begins with \"no such\"");
	console_expect_selected(term, "20990");
	console_quit(term);
}

/* What is in memory is gone to while it is typed; Esc goes back. */
static void while_it_is_typed(void **state)
{
	struct term *term = console_open_with(state, 10, 40, NULL, "20001");
	term_type(term, ":20985<Enter>");
	console_expect_selected(term, "20985");
	term_type(term, "/HOP");
	console_expect_selected(term, "20990");
	term_type(term, "<Esc>");
	console_expect_selected(term, "20985");
	term_type(term, "/2099<Enter>"); /* ids by their beginning come first */
	console_expect_selected(term, "20990");
	term_type(term, "n");
	console_expect_selected(term, "20991");
	assert_true(is_marked(term, "20991"));
	console_quit(term);
}

/* A search that takes long is said, and stopped; the list is where it was. */
static void one_that_takes_long(void **state)
{
	struct term *term = console_open_with(state, 24, 80, NULL, "20001");
	term_type(term, "/no such");
	term_expect(term, "/no such");
	struct pg_session *locker = pg_open();
	pg_run(locker, "BEGIN; LOCK TABLE accounts");
	term_type(term, "<Enter>");
	term_expect(term, "searching the accounts for 1 s; ^C stops it");
	term_type(term, "<^C>");
	term_expect(term, "the search was stopped");
	term_expect_gone(term, "searching the");
	console_expect_selected(term, "20001");
	term_type(term, "n");
	term_expect(term, "searching the accounts for 0 s");
	term_type(term, "<Down>"); /* whoever goes on does not wait for it */
	console_expect_selected(term, "20002");
	pg_run(locker, "COMMIT");
	pg_close(locker);
	term_expect_gone(term, "searching the");
	console_expect_selected(term, "20002");
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(from_one_to_the_next, owners, term_teardown),
		cmocka_unit_test_setup_teardown(while_it_is_typed, owners, term_teardown),
		cmocka_unit_test_setup_teardown(one_that_takes_long, owners, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/seek", tests, pg_own_database, NULL);
}
