/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson on the screen, far from its server: what waits is seen to, and a right answer is called right. */
#include <locale.h>
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/relay.h"

enum { FAR_US = 40000 }; /* each way: the deadlock is over before the server can be asked who waits */

static struct relay relay;

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("screen_far", NULL);
	pg_bank(30);
	relay_start(&relay);
	return 0;
}

static int no_relay(void **state)
{
	(void)state;
	relay_stop(&relay);
	return 0;
}

static void a_right_answer_is_right(void **state)
{
	char host[80];
	snprintf(host, sizeof host, "PGHOST=%s", relay.dir);
	struct term *term = console_open_with(state, 24, 80, (const char *const[]){host, NULL}, "7001");
	relay.shared->delay_us[0] = relay.shared->delay_us[1] = FAR_US;
	term_type(term, ":lab play deadlock<Enter>");
	term_expect(term, "PAUSED  step 0 of 10");
	console_space_to(term, 0, 7, 10);
	term_expect(term, "WAITS for B");
	term_expect(term, "QUESTION  step 7 of 10");
	term_settle(term);
	term_type(term, "2");
	term_expect(term, "Right: 2, one of the two gets an error, 40P01");
	term_expect(term, "PAUSED  step 8 of 10");
	console_space_to(term, 8, 10, 10);
	term_expect(term, "You answered 1 of 1 as the server did");
	term_type(term, "<Esc>");
	term_expect(term, "> ");
	relay.shared->delay_us[0] = relay.shared->delay_us[1] = 0;
	console_expect_no_lanes(term, "screen_far");
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(a_right_answer_is_right, term_teardown)};
	return cmocka_run_group_tests_name("screen/far", tests, own_database, no_relay);
}
