/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window of accounts without a server: pages added, trimmed, replaced, and the selection in them. */
#include "src/bank/window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"

/* A made-up page: n rows with ids from, from + step ...; the balance of id 3 is NULL. */
struct page {
	struct rows rows;
	char text[WINDOW_PAGE][2][16];
	const char *cells[WINDOW_PAGE * 2];
	uint32_t lengths[WINDOW_PAGE * 2];
};

static struct page *page(int from, int step, size_t n)
{
	struct page *p = NEW(struct page);
	p->rows = (struct rows){.nrows = n, .ncols = 2, .cells = p->cells, .lengths = p->lengths};
	for (size_t i = 0; i < n; i++, from += step) {
		snprintf(p->text[i][0], 16, "%d", from);
		snprintf(p->text[i][1], 16, "%d", from * 2);
		for (size_t c = 0; c < 2; c++) {
			p->cells[2 * i + c] = c == 1 && from == 3 ? NULL : p->text[i][c];
			p->lengths[2 * i + c] = p->cells[2 * i + c] ? (uint32_t)strlen(p->text[i][c]) : 0;
		}
	}
	return p;
}

static void append(struct window *window, int from, size_t n)
{
	struct page *p = page(from, 1, n);
	window_append(window, &p->rows, NULL);
	free(p);
}

static void prepend(struct window *window, int from, size_t n)
{
	struct page *p = page(from, -1, n);
	window_prepend(window, &p->rows, NULL);
	free(p);
}

static void check(const struct window *window, int first, size_t n, int selected)
{
	assert_int_equal(window->n, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(atoi(window->rows[i]->id), first + (int)i);
	if (n)
		assert_int_equal(atoi(window->rows[window->selected]->id), selected);
}

static int setup(void **state)
{
	*state = NEW(struct window);
	return 0;
}

static int teardown(void **state)
{
	window_clear(*state);
	free(*state);
	return 0;
}

static void cells_are_copied(void **state)
{
	struct window *window = *state;
	append(window, 1, 5);
	check(window, 1, 5, 1);
	assert_string_equal(window->rows[1]->balance, "4");
	assert_null(window->rows[2]->balance);
	assert_true(window->at_end);
	assert_int_equal(window_find(window, "4"), 3);
	assert_int_equal(window_find(window, "04"), -1);
}

static void an_empty_window(void **state)
{
	struct window *window = *state;
	append(window, 1, 0);
	prepend(window, 1, 0);
	assert_true(window->at_start && window->at_end);
	assert_int_equal(window_move(window, 5), 0);
	assert_int_equal(window_move(window, -5), 0);
	assert_int_equal(window_need(window, 0), NEED_NONE);
}

static void moves_stop_at_the_edges(void **state)
{
	struct window *window = *state;
	append(window, 1000, 200);
	assert_int_equal(window_move(window, 10), 0);
	assert_int_equal(window_move(window, 300), 300 - 189);
	check(window, 1000, 200, 1199);
	assert_int_equal(window_move(window, -500), -301);
	check(window, 1000, 200, 1000);
	window->at_start = window->at_end = true;
	assert_int_equal(window_move(window, 500), 0);
	assert_int_equal(window_move(window, -500), 0);
	check(window, 1000, 200, 1000);
}

static void what_is_needed(void **state)
{
	struct window *window = *state;
	append(window, 1000, 200);
	window->at_start = true;
	assert_int_equal(window_need(window, 0), NEED_NONE);
	assert_int_equal(window_need(window, 1), NEED_AFTER);
	window_move(window, 119);
	assert_int_equal(window_need(window, 0), NEED_NONE);
	window_move(window, 1);
	assert_int_equal(window_need(window, 0), NEED_AFTER);
	window->at_end = true;
	assert_int_equal(window_need(window, 0), NEED_NONE);
	window->at_start = false;
	assert_int_equal(window_need(window, 0), NEED_NONE);
	assert_int_equal(window_need(window, -1), NEED_BEFORE);
	window_move(window, -41);
	assert_int_equal(window_need(window, 0), NEED_BEFORE);
}

static void the_far_end_is_dropped(void **state)
{
	struct window *window = *state;
	append(window, 1000, 200);
	window->at_start = true;
	for (int from = 1200; from < 2000; from += 200) {
		window_move(window, 199);
		append(window, from, 200);
		assert_true(window->n <= WINDOW_MAX);
	}
	check(window, 1400, 600, 1796);
	assert_false(window->at_start);
	assert_false(window->at_end);
	window_move(window, -350);
	prepend(window, 1399, 200);
	check(window, 1200, 600, 1446);
	assert_false(window->at_end);
	prepend(window, 1199, 7);
	assert_true(window->at_start);
	assert_int_equal(window->n, 600);
}

/* The selection went to the other end while the page was on its way: it stays, and the page does not. */
static void the_selection_is_never_dropped(void **state)
{
	struct window *window = *state;
	for (int from = 1000; from < 1600; from += 200)
		append(window, from, 200);
	check(window, 1000, 600, 1000);
	append(window, 1600, 200);
	check(window, 1000, 600, 1000);
	assert_false(window->at_end);
	window_move(window, 599);
	prepend(window, 999, 150);
	assert_int_equal(window->n, 600);
	assert_int_equal(atoi(window->rows[window->selected]->id), 1599);
	assert_false(window->at_start);
}

static void a_renewed_window_keeps_the_selection(void **state)
{
	struct window *window = *state, fresh = {0};
	append(window, 1000, 200);
	window_move(window, 50);
	append(&fresh, 1040, 100);
	assert_int_equal(window_renew(window, &fresh, "1040"), 0);
	check(window, 1040, 100, 1050);
	/* The row is gone: what stands in its place. */
	struct window gone = {0};
	append(&gone, 1051, 20);
	prepend(&gone, 1049, 5);
	assert_int_equal(window_renew(window, &gone, "1050"), 0);
	assert_int_equal(atoi(window->rows[window->selected]->id), 1051);
	/* The selection went on while the window was read: it goes on as far, and the rest is owed. */
	window_move(window, 15);
	struct window around = {0};
	append(&around, 1051, 10);
	around.at_end = false;
	assert_int_equal(window_renew(window, &around, "1051"), 6);
	assert_int_equal(atoi(window->rows[window->selected]->id), 1060);
	struct window none = {0};
	assert_int_equal(window_renew(window, &none, "1051"), 0);
	assert_int_equal(window->n, 0);
}

/* By balance: those with one in one answer, those without in another. */
static void a_page_in_two_parts(void **state)
{
	struct window *window = *state;
	struct page *a = page(1, 1, 150), *b = page(151, 1, 150), *none = page(1, 1, 0);
	window_append(window, &a->rows, &b->rows);
	check(window, 1, WINDOW_PAGE, 1);
	assert_false(window->at_end); /* what is too much for a page is read again with the next one */
	window_append(window, &none->rows, &none->rows);
	assert_true(window->at_end);
	window_clear(window);
	window_append(window, &a->rows, &none->rows);
	check(window, 1, 150, 1);
	assert_true(window->at_end);
	free(a);
	free(b);
	free(none);
}

static void an_account_that_comes_again_is_shown_once(void **state)
{
	struct window *window = *state;
	append(window, 1000, 200);
	window_move(window, 50);
	append(window, 1010, 1);
	assert_int_equal(window->n, 200);
	assert_int_equal(window_find(window, "1010"), 199);
	assert_string_equal(window->rows[window->selected]->id, "1050");
	append(window, 1050, 1); /* the selected one itself: the selection stays at its place */
	assert_int_equal(window->n, 200);
	assert_int_equal(window_find(window, "1050"), 199);
	assert_string_equal(window->rows[window->selected]->id, "1051");
	prepend(window, 1100, 1);
	assert_int_equal(window->n, 200);
	assert_int_equal(window_find(window, "1100"), 0);
	assert_string_equal(window->rows[window->selected]->id, "1051");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_page_in_two_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(an_account_that_comes_again_is_shown_once, setup, teardown),
		cmocka_unit_test_setup_teardown(cells_are_copied, setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_window, setup, teardown),
		cmocka_unit_test_setup_teardown(moves_stop_at_the_edges, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_needed, setup, teardown),
		cmocka_unit_test_setup_teardown(the_far_end_is_dropped, setup, teardown),
		cmocka_unit_test_setup_teardown(the_selection_is_never_dropped, setup, teardown),
		cmocka_unit_test_setup_teardown(a_renewed_window_keeps_the_selection, setup, teardown),
	};
	return cmocka_run_group_tests_name("unit/window", tests, NULL, NULL);
}
