/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the console costs: bytes for a movement in the list, and nothing at all while nobody does anything. */
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

enum { ACCOUNTS = 2000, BYTES_A_MOVE = 200, IDLE_MS = 2000 };

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("screen_cost", NULL);
	pg_bank(0);
	/* As the tutorial fills it: nine digits, and balances that differ everywhere. */
	pg_exec("INSERT INTO accounts SELECT 100000000 + i * 449987, (i::bigint * 7919 + 12345) * 104729 %% 1000000"
		" FROM generate_series(1, %d) AS i",
		ACCOUNTS);
	return 0;
}

/* Each press is answered before the next one, as a held key's are: nothing is saved by skipping. */
static void press(struct term *term, const char *key, int times, int rows, int *at)
{
	char id[16];
	for (int i = 0; i < times; i++) {
		term_type(term, key);
		*at += rows;
		snprintf(id, sizeof id, "%d", 100000000 + *at * 449987);
		console_expect_selected(term, id);
	}
	term_settle(term);
}

static void moving_down_is_cheap(void **state, int rows, int cols)
{
	struct term *term = console_open_with(state, rows, cols, NULL, "100449987");
	int at = 1;
	term_settle(term);
	size_t before = term_bytes(term);
	press(term, "<Down>", 60, 1, &at);
	size_t each = (term_bytes(term) - before) / 60;
	print_message("# measured: %dx%d: %zu bytes a movement\n", cols, rows, each);
	assert_in_range(each, 1, BYTES_A_MOVE);
	console_quit(term);
}

static void a_movement_at_80x24(void **state)
{
	moving_down_is_cheap(state, 24, 80);
}

static void a_movement_at_140x45(void **state)
{
	moving_down_is_cheap(state, 45, 140);
}

static void a_movement_at_40x10(void **state)
{
	moving_down_is_cheap(state, 10, 40);
}

/* A page is many movements: all of its rows are drawn, once. */
static void a_page_costs_its_rows(void **state)
{
	struct term *term = console_open_with(state, 24, 80, NULL, "100449987");
	term_settle(term);
	size_t before = term_bytes(term);
	for (int i = 0; i < 20; i++) {
		term_type(term, "<PgDn>");
		term_settle(term);
	}
	size_t each = (term_bytes(term) - before) / 20;
	print_message("# measured: 80x24: %zu bytes a page\n", each);
	assert_in_range(each, 1, 8 * BYTES_A_MOVE);
	console_quit(term);
}

static void nothing_happens_while_nobody_does_anything(void **state)
{
	struct term *term = console_open_with(state, 24, 80, NULL, "100449987");
	term_type(term, "s<Down>d");
	term_settle(term);
	term_settle(term);
	size_t bytes = term_bytes(term);
	long before = proc_waits(term_pid(term));
	poll(NULL, 0, IDLE_MS); /* not to wait for something, but to see that nothing comes */
	assert_int_equal(proc_waits(term_pid(term)), before);
	term_settle(term);
	assert_int_equal(term_bytes(term), bytes);
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_movement_at_80x24, term_teardown),
		cmocka_unit_test_teardown(a_movement_at_140x45, term_teardown),
		cmocka_unit_test_teardown(a_movement_at_40x10, term_teardown),
		cmocka_unit_test_teardown(a_page_costs_its_rows, term_teardown),
		cmocka_unit_test_teardown(nothing_happens_while_nobody_does_anything, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/cost", tests, own_database, NULL);
}
