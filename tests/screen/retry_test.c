/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson whose session the engine runs, on the screen: its attempts in the lane, its outcome, and every way out of
 * it. */
#include <locale.h>
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

static int fresh_bank(void **state)
{
	(void)state;
	pg_bank(3);
	return 0;
}

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("screen_retry", NULL);
	return 0;
}

static struct term *opened(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":lab play retry-by-itself<Enter>");
	term_expect(term, "PAUSED  step 0 of 9");
	return term;
}

static void attempts_are_seen(void **state)
{
	struct term *term = opened(state);
	console_space_to(term, 0, 6, 9);
	term_expect(term, "attempt 1");
	term_expect(term, "QUESTION");
	term_type(term, "3");
	term_expect(term, "rolled back, waited ");
	term_expect(term, "x 40001");
	term_expect(term, "Right: 3, 40001, and the engine retries");
	term_expect(term, "PAUSED  step 8 of 13");
	term_expect(term, "Next: A, attempt 2: BEGIN");
	console_space_to(term, 8, 10, 13);
	term_expect(term, "A read 900");
	term_expect(term, "Attempt 2 reads again, and finds 900");
	console_space_to(term, 10, 11, 13);
	term_expect(term, "Attempt 1: error 40001: could not serialize access"); /* the lesson has no text for it */
	term_expect(term, "Attempt 2: UPDATE 1.");
	console_space_to(term, 11, 12, 13);
	term_expect(term, "Attempt 1 did not come this far.");
	term_type(term, " ");
	term_expect(term, "COMMITTED on attempt 2");
	term_expect(term, "You answered 1 of 1 as the server did.");
	term_type(term, "<Up>");
	term_expect(term, "Step 13, A, attempt 2: COMMIT");
	term_type(term, "<Up><Up><Up><Up>");
	term_expect(term, "Step 9, A, attempt 2: BEGIN");
	term_expect(term, "Nothing of attempt 1 is left."); /* as it was said before the step */
	term_type(term, "R");
	term_expect(term, "PAUSED  step 0 of 9");
	term_type(term, "<Esc>");
	term_expect(term, "Teaches:");
	console_expect_no_lanes(term, "screen_retry");
	console_quit(term);
}

static void left_while_the_engine_holds(void **state)
{
	struct term *term = opened(state);
	console_space_to(term, 0, 2, 9);
	term_type(term, "<Esc>");
	term_expect(term, "Teaches:");
	console_expect_no_lanes(term, "screen_retry");
	term_type(term, ":lab play retry-by-itself<Enter>");
	term_expect(term, "PAUSED  step 0 of 9");
	console_space_to(term, 0, 6, 9);
	term_type(term, " ");
	term_expect(term, "PAUSED  step 8 of 13");
	console_quit(term);
	console_expect_no_lanes(term, "screen_retry");
}

/* A waits in the engine for B's row. */
static void left_while_the_engine_waits(void **state)
{
	struct term *term = opened(state);
	console_space_to(term, 0, 4, 9);
	term_type(term, "a");
	term_expect(term, "WAITS for B");
	term_type(term, "<Esc>");
	term_expect(term, "Teaches:");
	console_expect_no_lanes(term, "screen_retry");
	console_quit(term);
}

/* A connection that was made again would not have the session's set-up: the engine must not go on over it. */
static void its_backend_is_killed(void **state)
{
	struct term *term = opened(state);
	console_space_to(term, 0, 4, 9);
	term_type(term, "a");
	term_expect(term, "WAITS for B");
	pg_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
		" AND datname = 'screen_retry'");
	term_expect(term, "CONNECTION LOST");
	term_type(term, "a");
	term_expect(term, "start again to get a new one");
	term_type(term, "R");
	term_expect(term, "PAUSED  step 0 of 9");
	console_space_to(term, 0, 2, 9);
	pg_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
		" AND datname = 'screen_retry'");
	term_expect(term, "CONNECTION LOST");
	term_type(term, "<Esc>");
	term_expect(term, "Teaches:");
	console_expect_no_lanes(term, "screen_retry");
	console_quit(term);
}

static void by_itself_and_on_small_screens(void **state)
{
	struct term *term = console_open(state, 10, 40);
	term_type(term, ":lab play retry-by-itself<Enter>");
	term_expect(term, "PAUSED  step 0 of 9");
	term_type(term, "c");
	term_expect(term, "QUESTION  step 6 of 9");
	term_type(term, "c");
	term_expect(term, "OVER");
	term_resize(term, 45, 140);
	term_expect(term, "COMMITTED on attempt 2");
	console_quit(term);
	console_expect_no_lanes(term, "screen_retry");
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(attempts_are_seen, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(left_while_the_engine_holds, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(left_while_the_engine_waits, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(its_backend_is_killed, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(by_itself_and_on_small_screens, fresh_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/retry", tests, own_database, NULL);
}
