/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of where a list begins that moves with its selection: in sight, no empty room, and no further than it must. */
#include "tests/support/check.h"
#include "ui/view.h"

static void check_place(const struct scroll *list, uint64_t was, uint64_t selected)
{
	uint64_t height = list->height ? list->height : 1, end = list->first + list->count;
	uint64_t top = scroll_top(list, was, selected);
	assert_true(top >= list->first);
	assert_true(top <= selected && selected < top + height);
	assert_true(list->count <= height ? top == list->first : top + height <= end);
	bool fits = was >= list->first && (list->count <= height ? was == list->first : was + height <= end);
	if (fits && was <= selected && selected < was + height)
		assert_int_equal(top, was);
	if (fits && !list->ahead && selected < was)
		assert_int_equal(top, selected);
	if (fits && !list->ahead && selected >= was + height)
		assert_int_equal(top + height - 1, selected);
}

static void the_selection_is_in_sight(void **state)
{
	(void)state;
	for (uint64_t first = 0; first < 4; first += 3)
		for (uint64_t count = 1; count < 14; count++)
			for (uint64_t height = 0; height < 16; height++)
				for (uint64_t ahead = 0; ahead < 6; ahead++)
					for (uint64_t was = 0; was < 18; was++)
						for (uint64_t i = 0; i < count; i++)
							check_place(&(struct scroll){first, count, height, ahead}, was,
								    first + i);
}

static void a_step_out_of_sight_moves_by_half(void **state)
{
	(void)state;
	struct scroll list = {0, 100, 10, 5};
	assert_int_equal(scroll_top(&list, 20, 30), 26);
	assert_int_equal(scroll_top(&list, 20, 19), 14);
	assert_int_equal(scroll_top(&list, 3, 2), 0); /* near the beginning, to the beginning */
	assert_int_equal(scroll_top(&list, 20, 39), 30);
	assert_int_equal(scroll_top(&list, 20, 10), 10);
}

static void an_empty_list_begins_at_its_first(void **state)
{
	(void)state;
	assert_int_equal(scroll_top(&(struct scroll){0, 0, 5, 0}, 7, 0), 0);
	assert_int_equal(scroll_top(&(struct scroll){4, 0, 5, 2}, 7, 4), 4);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_selection_is_in_sight),
		cmocka_unit_test(a_step_out_of_sight_moves_by_half),
		cmocka_unit_test(an_empty_list_begins_at_its_first),
	};
	return cmocka_run_group_tests_name("ui/scroll", tests, NULL, NULL);
}
