/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The orders of a lesson on the screen: those of another server are not played, and one may not be possible. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/lesson/spec_file.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("screen_orders", NULL);
	pg_bank(30);
	return 0;
}

/* The first order of this lesson is for CockroachDB, and so are two others: they are not counted, and not played. */
static void the_first_order_for_this_server(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_lesson(term, "savepoint-protocol");
	term_expect(term, "1 of 2  PostgreSQL");
	term_type(term, "o");
	term_expect(term, "-   1  CockroachDB: the second attempt succeeds");
	term_expect(term, "not played here: it needs a ROLLBACK TO that begins the transaction");
	term_expect(term, ">   2  PostgreSQL: only a new BEGIN helps");
	term_expect(term, "    4  PostgreSQL: RELEASE only forgets a savepoint");
	term_type(term, "<Esc>:lab order 3<Enter>");
	term_expect(term, "order 3 is not played here: it needs a RELEASE that is the commit");
	term_expect(term, "1 of 2  PostgreSQL");
	term_type(term, ":lab order 4<Enter>");
	term_expect(term, "2 of 2  PostgreSQL: RELEASE only");
	term_expect(term, "PAUSED  step 0 of");
	term_type(term, "<Esc>");
	term_expect(term, "> ");
	console_expect_no_lanes(term, "screen_orders");
	console_quit(term);
}

/* Its second order is for CockroachDB: there is nothing left to play. */
static void no_order_of_another_server(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_lesson(term, "first-transfer");
	term_expect(term, "first-transfer  PostgreSQL");
	term_type(term, "A");
	for (int i = 0; i < 8; i++)
		term_type(term, "+");
	term_expect(term, "QUESTION");
	term_settle(term);
	term_type(term, "1");
	term_expect(term, "OVER");
	term_expect(term, "R plays it again, Esc goes back to the lessons.");
	term_type(term, " ");
	term_expect(term, "that was all of it");
	term_type(term, "<Esc>");
	term_expect(term, "Lab  lessons on this server");
	term_type(term, ":lab progress<Enter>");
	term_expect(term, "first-transfer              1 of 1     1 of 1");
	term_type(term, "q");
	term_expect(term, "Played: 1 of 1 orders");
	console_quit(term);
}

/* From the end of a lesson's last order, the next lesson is as near as the next order was. */
static void the_next_lesson_follows(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_lesson(term, "first-transfer");
	term_type(term, "c");
	term_expect(term, "QUESTION");
	term_settle(term);
	term_type(term, "1");
	term_settle(term);
	term_type(term, "c");
	term_expect(term, "OVER");
	term_expect(term, "Space, twice, goes on to the next lesson.");
	term_type(term, " ");
	term_expect(term, "Space again goes on to when-the-snapshot");
	term_settle(term);
	term_type(term, " ");
	term_expect(term, "when-the-snapshot");
	term_expect(term, "PAUSED  step 0 of");
	term_type(term, "<Esc>");
	term_expect(term, "> when-the-snapshot"); /* and not the one that was begun with */
	console_expect_no_lanes(term, "screen_orders");
	console_lesson(term, "ex-total"); /* whatever orders an exercise has, it is not about them */
	term_type(term, "c");
	term_expect(term, "OVER");
	term_expect(term, "Space, twice, goes on to the next exercise.");
	term_type(term, "<Esc>");
	console_expect_no_lanes(term, "screen_orders");
	console_lesson(term, "ex-doctors"); /* the last */
	term_type(term, "c");
	term_expect(term, "OVER");
	term_settle(term);
	assert_false(term_shows(term, "Space, twice"));
	console_quit(term);
}

/* The message that names the key goes with the next key; the story goes on to name it. */
static void an_exercise_goes_on_to_name_its_key(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_lesson(term, "ex-total");
	term_expect(term, "e writes your answer; R shows the task again.");
	term_type(term, " ");
	term_expect(term, "PAUSED  step 1 of");
	term_expect(term, "e writes your answer; R shows the task again.");
	term_type(term, "c");
	term_expect(term, "OVER");
	term_expect(term, "e writes your answer; R shows the task again, Esc goes back to the lessons.");
	term_type(term, "R");
	term_expect(term, "Mend a_write and b_write");
	console_quit(term);
}

/* Without a permutation there are all orders, and in some of them a session that waits is next. */
static const char lockers[] =
	"setup { CREATE TABLE two (id int PRIMARY KEY, n int); INSERT INTO two VALUES (1, 10), (2, 20); }\n"
	"teardown { DROP TABLE two; }\n"
	"session A step A_begin { BEGIN; } step A_lock { SELECT n FROM two FOR UPDATE; } step A_commit { COMMIT; }\n"
	"session B step B_begin { BEGIN; } step B_lock { SELECT n FROM two FOR UPDATE; } step B_commit { COMMIT; }\n";

static void an_order_that_is_not_possible(void **state)
{
	char line[300];
	char *path = spec_file_write(lockers);
	struct term *term = console_open(state, 24, 80);
	snprintf(line, sizeof line, ":lab play %s<Enter>", path);
	term_type(term, line);
	term_expect(term, "PAUSED  step 0 of 6");
	term_type(term, ":lab order 4<Enter>");
	term_expect(term, "4 of 20");
	term_expect(term, "PAUSED  step 0 of 6");
	console_space_to(term, 0, 4, 6);
	term_expect(term, "this order is not possible: B_lock waits for A");
	term_type(term, "a"); /* out of turn: it lets B go on */
	term_expect(term, "step 5 of 6");
	term_settle(term);
	term_expect_gone(term, "not possible");
	term_type(term, ":lab order 4<Enter>");
	term_expect(term, "PAUSED  step 0 of 6");
	console_space_to(term, 0, 4, 6);
	term_expect(term, "this order is not possible: B_lock waits for A");
	term_type(term, " ");
	term_expect(term, "5 of 20");
	term_expect(term, "PAUSED  step 0 of 6");
	console_quit(term);
	free(path);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_first_order_for_this_server, term_teardown),
		cmocka_unit_test_teardown(no_order_of_another_server, term_teardown),
		cmocka_unit_test_teardown(the_next_lesson_follows, term_teardown),
		cmocka_unit_test_teardown(an_exercise_goes_on_to_name_its_key, term_teardown),
		cmocka_unit_test_teardown(an_order_that_is_not_possible, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/orders", tests, own_database, NULL);
}
