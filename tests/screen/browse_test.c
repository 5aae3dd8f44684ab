/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Browsing on the screen: search as one types, filter, order, Esc, what stands in the title, the mouse. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("screen_browse", NULL);
	return 0;
}

/* 7001 to 7900, balances scattered, every tenth NULL. */
static int setup(void **state)
{
	(void)state;
	pg_bank(0);
	pg_exec("INSERT INTO accounts SELECT 7000 + i, CASE WHEN i %% 10 > 0 THEN i * 37 %% 1009 END "
		"FROM generate_series(1, 900) AS i");
	return 0;
}

static void the_list_follows_what_is_typed(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "/78");
	console_expect_selected(term, "7800");
	term_type(term, "5");
	console_expect_selected(term, "7850");
	term_type(term, "<BS>");
	console_expect_selected(term, "7800");
	term_type(term, "<Esc>");
	console_expect_selected(term, "7001");
	term_expect_gone(term, "Esc goes back");
	term_type(term, "/785<Enter>");
	console_expect_selected(term, "7850");
	term_type(term, "/9");
	term_expect(term, "no id begins so: this is the next one");
	console_expect_selected(term, "7001");
	term_type(term, "x");
	term_expect(term, "no id of this table can begin so");
	term_type(term, "<Esc>");
	console_expect_selected(term, "7850");
	console_quit(term);
}

static void a_filter_is_seen_changed_and_taken_off(void **state)
{
	struct term *term = console_open(state, 24, 80);
	char count[32];
	snprintf(count, sizeof count, " %lld accounts",
		 (long long)pg_number("SELECT count(*) FROM accounts WHERE balance < 30 and id > 7100"));
	term_type(term, "&balance <lt> 30 and id > 7100<Enter>");
	term_expect(term, "where balance < 30 and id");
	term_expect(term, count);
	term_type(term, "&");
	term_expect(term, ":filter balance < 30 and id > 7100");
	term_type(term, "0000<Enter>");
	term_expect(term, "no account passes the filter");
	term_type(term, "&");
	term_type(term, "<^U>"); /* the command that the key stands for stays, until it is alone */
	term_expect(term, ":filter");
	term_expect_gone(term, "id > 71000000");
	term_type(term, "<^U>filter id <lt><^U>id <lt><Enter>");
	term_expect(term, "filter, column 5: expected a number");
	term_expect(term, "no account passes the filter");
	term_type(term, "<Esc>");
	term_expect(term, "900 accounts");
	term_expect_gone(term, "where");
	console_quit(term);
}

/* So it is with a digit, which goes to an account; what was typed after : is all one's own. */
static void a_line_is_deleted_to_its_command(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "9<^U>7007<Enter>");
	console_expect_selected(term, "7007");
	term_type(term, "&x<^U>id = 7009<Enter>");
	term_expect(term, "where id = 7009");
	term_type(term, ":filter id = 7010<^U>goto 7009<Enter>");
	console_expect_selected(term, "7009");
	term_type(term, "&<^U><^U>unfilter<Enter>"); /* twice deletes all of it */
	term_expect(term, "there is no command unfilter");
	console_quit(term);
}

static void esc_leaves_the_search_and_then_the_filter(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":filter id > 7500<Enter>");
	console_expect_selected(term, "7501");
	term_type(term, "/76");
	console_expect_selected(term, "7600");
	term_type(term, "<Esc>");
	console_expect_selected(term, "7501");
	term_expect(term, "where id > 7500");
	term_type(term, "<Esc>");
	term_expect_gone(term, "where");
	console_expect_selected(term, "7501"); /* stays where it was */
	console_quit(term);
}

static void orders_are_changed_by_keys(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "o");
	term_expect(term, "Accounts by balance");
	char *least = pg_value("SELECT id FROM accounts ORDER BY balance, id LIMIT 1");
	console_expect_selected(term, least);
	term_type(term, "O");
	term_expect(term, "by balance desc");
	console_expect_selected(term, "7900"); /* the largest id of those without a balance */
	term_expect(term, "NULL");
	term_type(term, "G");
	console_expect_selected(term, least);
	term_type(term, ":sort<Enter>");
	console_expect_selected(term, "7001");
	term_type(term, ":sort owner<Enter>");
	term_expect(term, "accounts can be sorted by id or balance");
	console_quit(term);
	free(least);
}

/* What is typed before the question stands is dropped, and for an instant after it was drawn as well; whoever types
 * then has to pause. */
static void answer(struct term *term, const char *key)
{
	while (term_shows(term, "y do it")) {
		term_expect(term, "Enter does nothing here");
		term_type(term, key);
		term_settle(term);
	}
}

static void a_costly_order_is_said_first(void **state)
{
	pg_exec("INSERT INTO accounts SELECT 10000 + i, i %% 1000 FROM generate_series(1, 150000) AS i; ANALYZE "
		"accounts");
	struct term *term = console_open(state, 24, 80);
	term_type(term, "o");
	term_expect(term, "no index begins with balance");
	term_expect(term, "y do it");
	answer(term, "n");
	term_expect_gone(term, "by balance");
	term_type(term, "o");
	term_expect(term, "y do it");
	answer(term, "y");
	term_expect(term, "Accounts by balance");
	console_quit(term);
	term_free(term);
	pg_exec("CREATE INDEX ON accounts (balance)");
	term = console_open(state, 24, 80);
	term_type(term, "o");
	term_expect(term, "Accounts by balance");
	console_quit(term);
}

/* The key that goes on to the next column goes past one that was refused. */
static void any_column_orders(void **state)
{
	pg_exec("ALTER TABLE accounts ADD owner text; ALTER TABLE accounts ADD doc json;"
		"UPDATE accounts SET owner = 'owner ' || (9000 - id) %% 500, doc = json_build_object('n', id);"
		"INSERT INTO accounts SELECT 10000 + i, i %% 1000 FROM generate_series(1, 150000) AS i; ANALYZE "
		"accounts");
	struct term *term = console_open(state, 24, 80);
	term_type(term, "o");
	term_expect(term, "no index begins with balance");
	term_expect(term, "y do it");
	answer(term, "n");
	term_type(term, "o");
	term_expect(term, "no index begins with owner");
	term_expect(term, "accounts (owner) would spare that");
	term_expect(term, "y do it");
	answer(term, "n");
	term_type(term, "o");
	term_expect(term, "doc is sorted as text");
	term_expect(term, "y do it");
	answer(term, "n");
	term_type(term, ":sort owner desc<Enter>");
	term_expect(term, "no index begins with owner");
	term_expect(term, "y do it");
	answer(term, "y");
	term_expect(term, "Accounts by owner desc");
	console_expect_selected(term, "160000"); /* without an owner, the largest id */
	term_type(term, "G");
	term_expect(term, ">   7500"); /* owner 0 */
	console_quit(term);
	term_free(term);
	pg_exec("CREATE INDEX ON accounts (owner)");
	term = *state = console_open(state, 24, 80);
	term_type(term, ":sort ow<Tab><Enter>");
	term_expect(term, "Accounts by owner");
	console_expect_selected(term, "7500");
	term_type(term, "O");
	term_expect(term, "Accounts by owner desc");
	console_quit(term);
}

static void a_column_that_is_gone_orders_nothing(void **state)
{
	pg_exec("ALTER TABLE accounts ADD one int; ALTER TABLE accounts ADD owner text; UPDATE accounts SET one = -id, "
		"owner = 'o' || id");
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":sort owner desc<Enter>");
	term_expect(term, "Accounts by owner desc");
	console_expect_selected(term, "7900");
	pg_exec("ALTER TABLE accounts DROP one");
	term_type(term, "r"); /* it is another column now, by its place */
	term_expect(term, "has changed: it was looked at again");
	term_expect(term, "Accounts by owner desc");
	pg_exec("ALTER TABLE accounts DROP owner");
	term_type(term, "r");
	term_expect_gone(term, "by owner");
	console_expect_selected(term, "7001");
	console_quit(term);
}

static void at_forty_by_ten(void **state)
{
	struct term *term = console_open(state, 10, 40);
	term_type(term, "&balance between 3 and 5<Enter>");
	term_expect(term, "where balance between 3 and");
	term_type(term, "o/7");
	term_expect(term, "/7");
	term_type(term, "<Esc><Esc>");
	term_expect_gone(term, "where");
	term_expect(term, "900 accounts");
	console_quit(term);
}

static void report(struct term *term, int button, int row, int col)
{
	char bytes[64];
	int n = snprintf(bytes, sizeof bytes, "\x1b[<%d;%d;%dM\x1b[<%d;%d;%dm", button, col + 1, row + 1, button,
			 col + 1, row + 1);
	term_send(term, bytes, (size_t)n);
}

static void the_mouse_selects_and_scrolls(void **state)
{
	struct term *term = console_open(state, 24, 80);
	int row, col;
	term_expect_output(term, "\x1b[?1000h");
	term_expect(term, "7004");
	assert_true(term_find(term, "7004", &row, &col));
	report(term, 0, row, col);
	console_expect_selected(term, "7004");
	report(term, 65, row, col);
	console_expect_selected(term, "7007");
	report(term, 64, row, col);
	console_expect_selected(term, "7004");
	report(term, 0, 14, 5); /* the log: it has the focus then */
	term_type(term, "j");
	term_expect(term, "> ");
	console_expect_selected(term, "7004");
	term_type(term, ":set mouse off<Enter>");
	term_expect_output(term, "\x1b[?1000l");
	term_type(term, "M");
	term_expect(term, "mouse on");
	console_quit(term);
	assert_true(term_sent(term, "\x1b[?1006l\x1b[?1000l"));
}

/* Each list knows the click: lessons, and the transfers of the ledger. */
static void a_click_selects_in_every_list(void **state)
{
	struct term *term = console_open(state, 24, 80);
	int row, col;
	term_type(term, "<F3>");
	term_expect(term, "> first-transfer");
	term_expect(term, "lost-update");
	term_settle(term);
	assert_true(term_find(term, "lost-update", &row, &col));
	report(term, 0, row, col);
	term_expect(term, "> lost-update");
	report(term, 0, row + 8, col); /* below the list */
	term_type(term, "<Esc>:transfer 7001 7002 1 --yes<Enter>");
	term_expect(term, "moved 1 ");
	term_type(term, ":transfer 7001 7002 2 --yes<Enter>");
	term_expect(term, "moved 2 ");
	term_type(term, "<F5>");
	term_expect(term, "2 transfers");
	report(term, 0, 5, 20); /* no row is there */
	report(term, 0, 2, 20); /* the head */
	report(term, 0, 4, 20);
	term_settle(term);
	assert_int_equal(term_row_with(term, "│>", 2), 4);
	console_quit(term);
}

/* The selected line of a popup is drawn in reverse. */
static bool line_is_selected(struct term *term, void *arg)
{
	int row, col;
	return term_find(term, arg, &row, &col) && term_pen(term, row, col).reverse;
}

/* A click selects a line of the help, and another one on it runs it, as Enter does; one beside the popup closes it. */
static void a_click_in_a_popup(void **state)
{
	static char line[] = "the transfers that were made";
	struct term *term = console_open(state, 40, 100);
	int row, col;
	for (int by_click = 0; by_click < 2; by_click++) {
		term_type(term, "?");
		term_expect(term, line);
		assert_true(term_find(term, line, &row, &col));
		assert_false(line_is_selected(term, line));
		report(term, 0, row, col);
		term_wait(term, line_is_selected, line, "the clicked line is selected");
		if (by_click)
			report(term, 0, row, col);
		else
			term_type(term, "<Enter>");
		term_expect(term, "0 transfers");
		term_type(term, "<F2>");
		term_expect(term, "> 7001");
	}
	term_type(term, "?");
	term_expect(term, "Help");
	report(term, 0, 39, 50); /* the message line */
	term_expect_gone(term, "Help");
	term_type(term, "<F6><Enter>"); /* a text without commands: a click in it leaves it as it is */
	term_expect(term, "Event ");
	report(term, 0, 5, 20);
	report(term, 0, 5, 20);
	term_settle(term);
	assert_true(term_shows(term, "Event "));
	report(term, 0, 0, 20);
	term_expect_gone(term, "Event ");
	console_quit(term);
}

/* A click is no answer to a question about money. */
static void the_mouse_never_confirms(void **state)
{
	struct term *term = console_open(state, 24, 80);
	int row, col;
	term_type(term, "sjd<Enter>");
	term_expect(term, "y do it");
	assert_true(term_find(term, "y do it", &row, &col));
	report(term, 0, row, col);
	answer(term, "n");
	term_expect(term, "nothing was changed");
	console_quit(term);
}

/* That it could not be read is true no more once it was looked at again. */
static void a_column_that_went_away(void **state)
{
	pg_exec("ALTER TABLE accounts ADD COLUMN owner text DEFAULT 'ann'");
	struct term *term = console_open(state, 24, 80);
	term_expect(term, "owner");
	pg_exec("ALTER TABLE accounts DROP COLUMN owner");
	term_type(term, "r");
	term_expect(term, "accounts has changed: it was looked at again");
	term_expect_gone(term, "owner");
	console_expect_selected(term, "7001");
	console_quit(term);
}

/* The rows that were read stay, and it is told that they are old, and why. */
static void a_table_that_went_away(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_expect_selected(term, "7001");
	pg_exec("ALTER TABLE accounts RENAME TO elsewhere");
	term_type(term, "r");
	term_expect(term, "failed read");
	term_expect(term, "accounts cannot be read: relation \"accounts\" does not exist");
	console_expect_selected(term, "7001");
	pg_exec("ALTER TABLE elsewhere RENAME TO accounts");
	term_type(term, "r");
	term_expect_gone(term, "failed read");
	console_quit(term);
}

static void a_table_that_was_altered(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<Down>");
	console_expect_selected(term, "7002");
	pg_exec("ALTER TABLE accounts ADD COLUMN note text DEFAULT 'made'");
	term_type(term, ":reconnect<Enter>");
	term_expect(term, "made");
	pg_exec("ALTER TABLE accounts DROP COLUMN note");
	term_type(term, "r");
	term_expect_gone(term, "made");
	term_expect_gone(term, "failed read");
	term_type(term, ":goto 7001<Enter>");
	console_expect_selected(term, "7001");
	console_quit(term);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_list_follows_what_is_typed, setup, term_teardown),
		cmocka_unit_test_setup_teardown(a_filter_is_seen_changed_and_taken_off, setup, term_teardown),
		cmocka_unit_test_setup_teardown(a_line_is_deleted_to_its_command, setup, term_teardown),
		cmocka_unit_test_setup_teardown(esc_leaves_the_search_and_then_the_filter, setup, term_teardown),
		cmocka_unit_test_setup_teardown(orders_are_changed_by_keys, setup, term_teardown),
		cmocka_unit_test_setup_teardown(a_costly_order_is_said_first, setup, term_teardown),
		cmocka_unit_test_setup_teardown(any_column_orders, setup, term_teardown),
		cmocka_unit_test_setup_teardown(a_column_that_is_gone_orders_nothing, setup, term_teardown),
		cmocka_unit_test_setup_teardown(a_column_that_went_away, setup, term_teardown),
		cmocka_unit_test_setup_teardown(a_table_that_went_away, setup, term_teardown),
		cmocka_unit_test_setup_teardown(a_table_that_was_altered, setup, term_teardown),
		cmocka_unit_test_setup_teardown(at_forty_by_ten, setup, term_teardown),
		cmocka_unit_test_setup_teardown(the_mouse_selects_and_scrolls, setup, term_teardown),
		cmocka_unit_test_setup_teardown(a_click_selects_in_every_list, setup, term_teardown),
		cmocka_unit_test_setup_teardown(a_click_in_a_popup, setup, term_teardown),
		cmocka_unit_test_setup_teardown(the_mouse_never_confirms, setup, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/browse", tests, own_database, NULL);
}
