/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the layout: the sizes that were promised, and that no size overlaps or leaves the screen. */
#include "ui/layout.h"

#include "tests/support/check.h"

static bool overlap(struct rect a, struct rect b)
{
	return a.h && b.h && a.y < b.y + b.h && b.y < a.y + a.h && a.x < b.x + b.w && b.x < a.x + a.w;
}

static bool inside(struct rect a, int rows, int cols)
{
	return a.y >= 0 && a.x >= 0 && a.h >= 0 && a.w >= 0 && a.y + a.h <= rows && a.x + a.w <= cols;
}

static void check_size(int rows, int cols, const struct wish *wish)
{
	struct layout layout;
	layout_make(&layout, rows, cols, wish);
	assert_int_equal(layout.tiny, rows < 10 || cols < 40);
	if (layout.tiny)
		return;
	int used = layout.show.h * layout.show.w;
	assert_true(inside(layout.show, rows, cols));
	assert_int_equal(layout.show.h > 0, wish->present);
	for (int i = 0; i < PANE_COUNT; i++) {
		assert_true(inside(layout.pane[i], rows, cols));
		assert_true(layout.pane[i].h == 0 || layout.pane[i].h >= 3);
		used += layout.pane[i].h * layout.pane[i].w;
		assert_false(overlap(layout.pane[i], layout.show));
		for (int j = 0; j < i; j++)
			assert_false(overlap(layout.pane[i], layout.pane[j]));
	}
	assert_int_equal(used, layout.middle.h * layout.middle.w); /* and nothing is left empty */
	assert_true(layout.pane[wish->focus].h >= 3 || (wish->present && layout.show.h == layout.middle.h));
	assert_int_equal(layout.message, rows - 1);
}

static void no_size_breaks_it(void **state)
{
	(void)state;
	for (int rows = 1; rows < 70; rows++)
		for (int cols = 1; cols < 260; cols++)
			for (int variant = 0; variant < 8 * PLACE_COUNT * PANE_COUNT; variant++) {
				struct wish wish = {
					.place = (enum place)(variant / 8 % PLACE_COUNT),
					.focus = (enum pane)(variant / 8 / PLACE_COUNT),
					.zoom = variant % 4 >= 2,
					.present = variant % 8 >= 4,
					.accounts = variant % 2 ? 300 : 0,
				};
				if (layout_has(wish.place, wish.focus))
					check_size(rows, cols, &wish);
			}
}

static void each_place_begins_at_home(void **state)
{
	(void)state;
	for (enum place place = 0; place < PLACE_COUNT; place++) {
		assert_true(layout_has(place, layout_first(place)));
		assert_true(layout_has(place, PANE_LOG));
	}
	assert_false(layout_has(PLACE_BANK, PANE_LEDGER));
	assert_false(layout_has(PLACE_LEDGER, PANE_ACCOUNTS));
}

static void at_80x24(void **state)
{
	(void)state;
	struct layout layout;
	layout_make(&layout, 24, 80, &(struct wish){.focus = PANE_ACCOUNTS});
	assert_int_equal(layout.pane[PANE_ACCOUNTS].w, 34);
	assert_int_equal(layout.pane[PANE_ACCOUNTS].h, 10);
	assert_int_equal(layout.pane[PANE_TRANSFER].w, 46);
	assert_int_equal(layout.pane[PANE_LOG].w, 80);
	assert_int_equal(layout.pane[PANE_LOG].h, 11);
}

static void narrow_screens_show_one_pane(void **state)
{
	(void)state;
	struct layout layout;
	layout_make(&layout, 24, 50, &(struct wish){.focus = PANE_LOG});
	assert_int_equal(layout.pane[PANE_ACCOUNTS].h, 0);
	assert_int_equal(layout.pane[PANE_LOG].h, 21);
	layout_make(&layout, 24, 70, &(struct wish){.focus = PANE_LOG});
	assert_true(layout.pane[PANE_ACCOUNTS].h > 0 && layout.pane[PANE_TRANSFER].h > 0);
	assert_int_equal(layout.pane[PANE_TRANSFER].w, 70);
}

/* Both accounts, the amount, and four lines: the way to the first transfer, or an attempt, its wait, the next one. */
static void a_transfer_has_its_lines(void **state)
{
	(void)state;
	struct layout layout;
	for (int cols = 60; cols < 160; cols++)
		for (int rows = 24; rows < 70; rows++) {
			layout_make(&layout, rows, cols, &(struct wish){.focus = PANE_ACCOUNTS});
			assert_true(layout.pane[PANE_TRANSFER].h >= 9);
			assert_true(layout.pane[PANE_ACCOUNTS].h >= 6);
			assert_true(layout.pane[PANE_LOG].h >= 6);
		}
	layout_make(&layout, 24, 79, &(struct wish){.focus = PANE_ACCOUNTS});
	assert_true(layout.pane[PANE_ACCOUNTS].y == layout.pane[PANE_TRANSFER].y);
}

static void wide_screens_show_three_columns(void **state)
{
	(void)state;
	struct layout layout;
	layout_make(&layout, 50, 200, &(struct wish){.focus = PANE_LOG});
	assert_int_equal(layout.pane[PANE_ACCOUNTS].h, 47);
	assert_int_equal(layout.pane[PANE_LOG].h, 47);
	assert_true(layout.pane[PANE_LOG].w >= 80);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_size_breaks_it),
		cmocka_unit_test(each_place_begins_at_home),
		cmocka_unit_test(at_80x24),
		cmocka_unit_test(narrow_screens_show_one_pane),
		cmocka_unit_test(a_transfer_has_its_lines),
		cmocka_unit_test(wide_screens_show_three_columns),
	};
	return cmocka_run_group_tests_name("ui/layout", tests, NULL, NULL);
}
