/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two who play the same lesson on one bank: each has a story and an end of their own, and sees the other's sessions. */
#include <locale.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

enum { STEPS = 14 };

static struct term *begin(void **state)
{
	struct term *term = console_open(state, 40, 120);
	term_type(term, ":lab play lost-update<Enter>");
	term_expect(term, "PAUSED  step 0 of 14");
	return term;
}

static void end(struct term *term, void **state)
{
	term_type(term, "q");
	term_expect_gone(term, "The story");
	console_quit(term);
	term_teardown(state);
	*state = NULL;
}

#define SCHEMAS "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'teller_lesson_%'"

static void play(struct term *const terms[2], int from, int to)
{
	for (int step = from; step < to; step++) {
		console_space_to(terms[0], step, step + 1, STEPS);
		console_space_to(terms[1], step, step + 1, STEPS);
	}
}

/* Of the two sessions of that name one has the star of one's own. */
static void expect_one_own(struct term *term, const char *name)
{
	int own = 0, all = 0;
	for (int row = 0; (row = term_row_with(term, name, row)) >= 0; row++) {
		const char *text = term_row(term, row), *star = strchr(text, '*');
		own += star && star < strstr(text, name);
		all++;
	}
	if (own != 1 || all != 2)
		fail_msg("%s: %d of %d are one's own\n%s", name, own, all, term_screen(term));
}

/* Step by step by turns: in each console A commits and B is asked to retry, as if the other one were not there. */
static void two_play(void **state)
{
	static void *other;
	struct term *terms[] = {begin(state), begin(&other)};
	console_expect_number(terms[0], SCHEMAS, 2);
	play(terms, 0, 4);
	term_type(terms[0], "<F4>");
	term_expect(terms[0], "teller/B");
	term_settle(terms[0]);
	expect_one_own(terms[0], "teller/A");
	expect_one_own(terms[0], "teller/B");
	expect_one_own(terms[0], "teller/lab");
	term_type(terms[0], "q");
	term_expect(terms[0], "The story");
	play(terms, 4, 7);
	end(terms[0], state); /* in the middle; it takes nothing from the other one */
	console_expect_number(terms[1], SCHEMAS, 1);
	console_space_to(terms[1], 7, STEPS, STEPS);
	term_expect(terms[1], "1, 250; 2, 1500; 3, 1250");
	end(terms[1], &other);
	pg_expect("0", SCHEMAS);
}

static int bank(void **state)
{
	pg_own_database(state);
	return console_bank(state);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(two_play, term_teardown)};
	return cmocka_run_group_tests_name("screen/players", tests, bank, NULL);
}
