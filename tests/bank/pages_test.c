/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages over a real table: first, last, jumps, long ways, rows that go while they are looked at, failed reads. */
#include "bank/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/rig.h"

enum { ACCOUNTS = 5000 }; /* ids 10, 20 ... */

struct paged {
	struct rig *rig;
	struct pages *pages;
	unsigned changes;
};

static void on_change(void *arg)
{
	struct paged *paged = arg;
	paged->changes++;
	if (!pages_loading(paged->pages))
		loop_stop(paged->rig->loop);
}

static void settle(struct paged *paged)
{
	if (pages_loading(paged->pages))
		loop_run(paged->rig->loop);
}

static void open_pages(struct paged *paged)
{
	rig_read(paged->rig, NULL);
	paged->pages = pages_new(paged->rig->db, paged->rig->catalogue, on_change, paged);
}

static int setup(void **state)
{
	struct paged *paged = NEW(struct paged);
	pg_bank(0);
	pg_exec("INSERT INTO accounts SELECT i * 10, i FROM generate_series(1, %d) AS i", ACCOUNTS);
	paged->rig = rig_new();
	open_pages(paged);
	*state = paged;
	return 0;
}

static int teardown(void **state)
{
	struct paged *paged = *state;
	pages_free(paged->pages);
	rig_free(paged->rig);
	free(paged);
	return 0;
}

static int selected_id(const struct paged *paged)
{
	return atoi(pages_row(paged->pages, pages_selected(paged->pages)).id);
}

/* Ascending ids without a gap, balance in step, the window within its bounds. */
static void check_window(const struct paged *paged)
{
	size_t n = pages_count(paged->pages);
	assert_in_range(n, 1, 600);
	for (size_t i = 0; i < n; i++) {
		struct account row = pages_row(paged->pages, i);
		assert_int_equal(atoi(row.balance) * 10, atoi(row.id));
		if (i > 0)
			assert_int_equal(atoi(row.id), atoi(pages_row(paged->pages, i - 1).id) + 10);
	}
}

static void check_selected(struct paged *paged, int id)
{
	settle(paged);
	check_window(paged);
	assert_int_equal(selected_id(paged), id);
	assert_null(pages_error(paged->pages));
}

static void first_and_last(void **state)
{
	struct paged *paged = *state;
	assert_false(pages_loaded(paged->pages));
	assert_int_equal(pages_count(paged->pages), 0);
	pages_first(paged->pages);
	assert_true(pages_loading(paged->pages));
	check_selected(paged, 10);
	assert_true(pages_loaded(paged->pages));
	assert_true(pages_at_start(paged->pages));
	assert_false(pages_at_end(paged->pages));
	assert_true(pages_read_at(paged->pages) > 0);
	pages_last(paged->pages);
	check_selected(paged, ACCOUNTS * 10);
	assert_true(pages_at_end(paged->pages));
	assert_false(pages_at_start(paged->pages));
	pages_move(paged->pages, 1);
	check_selected(paged, ACCOUNTS * 10);
	pages_first(paged->pages);
	pages_move(paged->pages, -5);
	check_selected(paged, 10);
}

static void moves_across_many_windows(void **state)
{
	struct paged *paged = *state;
	pages_first(paged->pages);
	settle(paged);
	pages_move(paged->pages, 3333);
	check_selected(paged, 33340);
	pages_move(paged->pages, -3000);
	check_selected(paged, 3340);
	pages_move(paged->pages, 1000000);
	check_selected(paged, ACCOUNTS * 10);
	pages_move(paged->pages, -2000000);
	check_selected(paged, 10);
}

/* As with a key held down: each press is one row, whatever has been answered meanwhile. */
static void no_key_press_is_lost(void **state)
{
	struct paged *paged = *state;
	pages_first(paged->pages);
	for (int i = 0; i < 450; i++)
		pages_move(paged->pages, 1);
	check_selected(paged, 4510);
	for (int i = 0; i < 300; i++)
		pages_move(paged->pages, i % 3 ? -2 : 1);
	check_selected(paged, 4510 - 3000);
}

static void rows_are_fetched_ahead(void **state)
{
	struct paged *paged = *state;
	pages_first(paged->pages);
	settle(paged);
	assert_int_equal(pages_count(paged->pages), 200);
	for (int i = 0; i < 2000; i++) {
		pages_move(paged->pages, 1);
		assert_int_equal(selected_id(paged), 10 * (i + 2));
		settle(paged);
	}
	check_window(paged);
}

static void jumps_have_rows_on_both_sides(void **state)
{
	struct paged *paged = *state;
	pages_jump(paged->pages, "25000");
	check_selected(paged, 25000);
	assert_int_equal(pages_count(paged->pages), 400);
	assert_int_equal(pages_find(paged->pages, "25000"), 200);
	assert_int_equal(pages_find(paged->pages, "25005"), -1);
	pages_jump(paged->pages, "25005");
	check_selected(paged, 25010);
	pages_jump(paged->pages, "0");
	check_selected(paged, 10);
	assert_true(pages_at_start(paged->pages));
	pages_jump(paged->pages, "2000000000");
	check_selected(paged, ACCOUNTS * 10);
	assert_true(pages_at_end(paged->pages));
	pages_jump(paged->pages, "20");
	pages_jump(paged->pages, "30");
	pages_jump(paged->pages, "40000"); /* the latest wins */
	check_selected(paged, 40000);
	pages_jump(paged->pages, "100");
	pages_move(paged->pages, 7);
	check_selected(paged, 170);
}

static void check_error(struct paged *paged, const char *words)
{
	settle(paged);
	assert_non_null(pages_error(paged->pages));
	if (!strstr(pages_error(paged->pages), words))
		fail_msg("\"%s\" does not hold \"%s\"", pages_error(paged->pages), words);
}

static void a_bad_jump_changes_nothing(void **state)
{
	struct paged *paged = *state;
	pages_jump(paged->pages, "25000");
	check_selected(paged, 25000);
	pages_jump(paged->pages, "abc");
	check_error(paged, "there is no account abc: ids of this table are integers");
	assert_int_equal(selected_id(paged), 25000);
	pages_jump(paged->pages, "99999999999");
	check_error(paged, "ids of this table go up to 2147483647");
	pages_move(paged->pages, 1);
	check_selected(paged, 25010);
}

static void refresh_keeps_the_selection(void **state)
{
	struct paged *paged = *state;
	pages_jump(paged->pages, "25000");
	settle(paged);
	pg_exec("UPDATE accounts SET balance = 7 WHERE id = 25000");
	pages_refresh(paged->pages);
	settle(paged);
	assert_int_equal(selected_id(paged), 25000);
	assert_string_equal(pages_row(paged->pages, pages_selected(paged->pages)).balance, "7");
	pg_exec("DELETE FROM accounts WHERE id = 25000");
	pages_refresh(paged->pages);
	settle(paged);
	assert_int_equal(selected_id(paged), 25010);
	pg_exec("DELETE FROM accounts WHERE id >= 25000");
	pages_refresh(paged->pages);
	settle(paged);
	assert_int_equal(selected_id(paged), 24990);
	assert_true(pages_at_end(paged->pages));
	pg_exec("UPDATE accounts SET balance = NULL WHERE id = 24990");
	pages_refresh(paged->pages);
	settle(paged);
	assert_null(pages_row(paged->pages, pages_selected(paged->pages)).balance);
	pages_refresh(paged->pages);
	pages_move(paged->pages, -300); /* farther than what is being read */
	settle(paged);
	assert_int_equal(selected_id(paged), 24990 - 3000);
	pg_exec("DELETE FROM accounts");
	pages_refresh(paged->pages);
	settle(paged);
	assert_int_equal(pages_count(paged->pages), 0);
	assert_int_equal(pages_selected(paged->pages), 0);
	pages_move(paged->pages, 1);
	pages_last(paged->pages);
	settle(paged);
	assert_int_equal(pages_count(paged->pages), 0);
	pg_exec("INSERT INTO accounts VALUES (10, 1)");
	pages_refresh(paged->pages);
	check_selected(paged, 10);
	assert_true(pages_at_start(paged->pages) && pages_at_end(paged->pages));
}

static void a_failed_read_is_told_and_not_repeated(void **state)
{
	struct paged *paged = *state;
	pages_first(paged->pages);
	settle(paged);
	pg_exec("ALTER TABLE accounts RENAME TO elsewhere");
	pages_refresh(paged->pages);
	check_error(paged, "accounts cannot be read");
	assert_false(pages_loading(paged->pages));
	assert_int_equal(pages_count(paged->pages), 200);
	pg_exec("ALTER TABLE elsewhere RENAME TO accounts");
	pages_move(paged->pages, 190);
	check_selected(paged, 1910);
}

static void a_lost_connection_is_told(void **state)
{
	struct paged *paged = *state;
	pages_first(paged->pages);
	settle(paged);
	pages_last(paged->pages);
	db_cut(paged->rig->db);
	check_error(paged, "");
	assert_int_not_equal(db_state(paged->rig->db), DB_IDLE);
	pages_move(paged->pages, 5); /* the window that is there can be walked on */
	assert_int_equal(selected_id(paged), 60);
	rig_reconnect(paged->rig);
	pages_refresh(paged->pages);
	check_selected(paged, 60);
}

/* Freed while an answer is due; whoever reads over the same connection next is not held up. */
static void freed_while_loading(void **state)
{
	struct paged *paged = *state;
	pages_first(paged->pages);
	pages_free(paged->pages);
	paged->pages = pages_new(paged->rig->db, paged->rig->catalogue, on_change, paged);
	pages_jump(paged->pages, "25000");
	loop_run(paged->rig->loop);
	check_selected(paged, 25000);
	pages_last(paged->pages); /* and left so */
}

/* Closed by us while an answer is due, which never comes: the next connection is read over, and nothing is kept. */
static void closed_while_loading(void **state)
{
	struct paged *paged = *state;
	pages_first(paged->pages);
	settle(paged);
	pages_last(paged->pages);
	db_close(paged->rig->db);
	assert_false(pages_loading(paged->pages));
	rig_reconnect(paged->rig);
	pages_jump(paged->pages, "25000");
	settle(paged);
	check_selected(paged, 25000);
}

static void ids_of_text(void **state)
{
	struct paged *paged = *state;
	pages_free(paged->pages);
	pg_exec("DROP TABLE accounts; CREATE TABLE accounts (id text PRIMARY KEY, balance int, note text, more bytea);"
		"INSERT INTO accounts SELECT 'it''s \"' || i, i, repeat('0123456789', 1000), 'x' "
		"FROM generate_series(1000, 1999) AS i");
	open_pages(paged);
	pages_first(paged->pages);
	settle(paged);
	pages_move(paged->pages, 700);
	settle(paged);
	struct account row = pages_row(paged->pages, pages_selected(paged->pages));
	assert_string_equal(row.id, "it's \"1700");
	assert_int_equal(strlen(row.extra[0]), 200);
	assert_string_equal(row.extra[1], "\\x78");
	pages_jump(paged->pages, "it's \"1500");
	settle(paged);
	assert_string_equal(pages_row(paged->pages, pages_selected(paged->pages)).balance, "1500");
	pages_jump(paged->pages, "zzz");
	settle(paged);
	assert_string_equal(pages_row(paged->pages, pages_selected(paged->pages)).balance, "1999");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(first_and_last, setup, teardown),
		cmocka_unit_test_setup_teardown(moves_across_many_windows, setup, teardown),
		cmocka_unit_test_setup_teardown(no_key_press_is_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_are_fetched_ahead, setup, teardown),
		cmocka_unit_test_setup_teardown(jumps_have_rows_on_both_sides, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bad_jump_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(refresh_keeps_the_selection, setup, teardown),
		cmocka_unit_test_setup_teardown(a_failed_read_is_told_and_not_repeated, setup, teardown),
		cmocka_unit_test_setup_teardown(a_lost_connection_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(freed_while_loading, setup, teardown),
		cmocka_unit_test_setup_teardown(closed_while_loading, setup, teardown),
		cmocka_unit_test_setup_teardown(ids_of_text, setup, teardown),
	};
	return cmocka_run_group_tests_name("bank/pages", tests, pg_own_database, NULL);
}
