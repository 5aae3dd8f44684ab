/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of lines scrolled sideways: what stays, where wide characters are cut, and how far there is to go. */
#include "ui/sideways.h"

#include <locale.h>

#include "base/text.h"
#include "tests/support/check.h"

static void check_from(const char *text, int column, const char *wanted)
{
	struct buf out = {0};
	sideways_from(&out, text, column);
	assert_string_equal(buf_text(&out), wanted);
	buf_free(&out);
}

static void half_a_wide_character_is_a_blank(void **state)
{
	(void)state;
	check_from("abc", 0, "abc");
	check_from("abc", 2, "c");
	check_from("abc", 3, "");
	check_from("abc", 9, "");
	check_from("李ab", 1, " ab");
	check_from("李ab", 2, "ab");
	check_from("a李b", 2, " b");
	check_from("李李", 3, " ");
	check_from("e\xcc\x81x", 1, "x"); /* its accent goes with it */
}

static void check_line(int at, const char *text, int frozen, const char *wanted)
{
	struct buf out = {0};
	struct sideways side = {.at = at};
	sideways_line(&out, &side, text, frozen);
	assert_string_equal(buf_text(&out), wanted);
	buf_free(&out);
}

static void what_is_frozen_stays(void **state)
{
	(void)state;
	check_line(0, "> 7 abcdefghij", 4, "> 7 abcdefghij");
	check_line(3, "> 7 abcdefghij", 4, "> 7<defghij");
	check_line(99, "> 7 abc", 4, "> 7<");
	check_line(1, "李李李", 4, "李 < "); /* neither side is shifted by a half */
	check_line(8, "", 4, "   <");
}

static void as_far_as_there_is_something(void **state)
{
	(void)state;
	struct sideways side = {0};
	sideways_begin(&side);
	sideways_saw(&side, 30, 20);
	sideways_saw(&side, 25, 20);
	assert_int_equal(side.more, 10);
	assert_true(sideways_move(&side, 1));
	assert_int_equal(side.at, 8);
	assert_true(sideways_move(&side, 1));
	assert_int_equal(side.at, 10);
	assert_false(sideways_move(&side, 1));
	sideways_begin(&side);
	sideways_saw(&side, 30, 20);
	assert_int_equal(side.more, 0);
	assert_true(sideways_move(&side, -1000));
	assert_int_equal(side.at, 0);
	assert_false(sideways_move(&side, -1));
	assert_true(sideways_move(&side, 1000000));
	assert_int_equal(side.at, 10);
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_a_wide_character_is_a_blank),
		cmocka_unit_test(what_is_frozen_stays),
		cmocka_unit_test(as_far_as_there_is_something),
	};
	return cmocka_run_group_tests_name("ui/sideways", tests, NULL, NULL);
}
