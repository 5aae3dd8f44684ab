/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of wrapping: at blanks, in the middle of long words, and at newlines. */
#include "ui/wrap.h"

#include <locale.h>
#include <string.h>

#include "base/buf.h"
#include "tests/support/check.h"

static void check(const char *text, int columns, const char *expected)
{
	struct buf out = {0};
	struct wrap wrap = wrap_start(text, columns);
	for (struct piece piece; wrap_next(&wrap, &piece);) {
		buf_char(&out, '[');
		buf_add(&out, piece.text, piece.n);
		buf_char(&out, ']');
	}
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void at_blanks(void **state)
{
	(void)state;
	check("", 10, "");
	check("short", 10, "[short]");
	check("one two three", 7, "[one two][three]");
	check("one two  three", 8, "[one two][three]");
	check("ends in blank ", 13, "[ends in blank]");
}

static void long_words_are_cut(void **state)
{
	(void)state;
	check("abcdefghij", 4, "[abcd][efgh][ij]");
	check("a bcdefghijkl", 6, "[a bcde][fghijk][l]");
}

static void newlines(void **state)
{
	(void)state;
	check("a\nb\n", 10, "[a][b]");
	check("a\n\nb", 10, "[a][][b]");
}

static void wide_characters(void **state)
{
	(void)state;
	check("李李李", 4, "[李李][李]");
	check("李", 1, "[李]");
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_blanks),
		cmocka_unit_test(long_words_are_cut),
		cmocka_unit_test(newlines),
		cmocka_unit_test(wide_characters),
	};
	return cmocka_run_group_tests_name("ui/wrap", tests, NULL, NULL);
}
