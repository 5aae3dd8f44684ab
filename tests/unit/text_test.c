/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of text: widths, cutting and padding, and what hostile bytes become. */
#include "base/text.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "tests/support/check.h"

static void check_escape_n(const char *s, size_t n, size_t max, const char *expected)
{
	struct buf out = {0};
	text_escape(&out, s, n, max);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void check_escape(const char *s, const char *expected)
{
	check_escape_n(s, strlen(s), 0, expected);
}

static void plain_text_stays(void **state)
{
	(void)state;
	check_escape("", "");
	check_escape("a plain text, with \\ and '\"", "a plain text, with \\ and '\"");
	check_escape("Grüße, 東京, Ωmega, 🏦", "Grüße, 東京, Ωmega, 🏦");
	check_escape("e\xcc\x81t\xc3\xa9", "e\xcc\x81t\xc3\xa9");
}

static void controls_are_named(void **state)
{
	(void)state;
	check_escape("a\tb\nc\rd", "a\\tb\\nc\\rd");
	check_escape("\x1b]0;x\a", "\\x1b]0;x\\x07");
	check_escape("\x7f", "\\x7f");
	check_escape("\xc2\x9b"
		     "31m",
		     "\\u{9b}31m");
	check_escape("\xc2\x85", "\\u{85}");
	check_escape_n("a\0b", 3, 0, "a\\x00b");
}

static void broken_bytes_are_named(void **state)
{
	(void)state;
	check_escape("\xff\xfe", "\\xff\\xfe");
	check_escape("\x9b", "\\x9b");
	check_escape("\xc0\xaf", "\\xc0\\xaf");          /* overlong / */
	check_escape("\xe0\x80\x9b", "\\xe0\\x80\\x9b"); /* overlong C1 */
	check_escape("\xf0\x80\x80\x9b", "\\xf0\\x80\\x80\\x9b");
	check_escape("\xed\xa0\x80", "\\xed\\xa0\\x80");          /* surrogate */
	check_escape("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* above U+10FFFF */
	check_escape("\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80");
	check_escape("\xe2\x82", "\\xe2\\x82");             /* cut short */
	check_escape("\xe2\x82\x1b", "\\xe2\\x82\\x1b");    /* the ESC is not swallowed */
	check_escape_n("\xe2\x82\xac", 2, 0, "\\xe2\\x82"); /* n ends it, not the NUL */
}

static void what_hides_or_reorders_is_named(void **state)
{
	(void)state;
	check_escape("a\u202e"
		     "b",
		     "a\\u{202e}b");
	check_escape("\u200e\u200f\u202a\u202b\u202c\u202d", "\\u{200e}\\u{200f}\\u{202a}\\u{202b}\\u{202c}\\u{202d}");
	check_escape("\u2066\u2067\u2068\u2069\u061c", "\\u{2066}\\u{2067}\\u{2068}\\u{2069}\\u{61c}");
	check_escape("\u200b\u200c\u200d\u2060\ufeff", "\\u{200b}\\u{200c}\\u{200d}\\u{2060}\\u{feff}");
	check_escape("\u2028\u2029", "\\u{2028}\\u{2029}");
	check_escape("so\u00adft", "so\\u{ad}ft");
	check_escape("\U000e0041\U000e007f\U000e0100", "\\u{e0041}\\u{e007f}\\u{e0100}");
	check_escape("x\ufe0f", "x\\u{fe0f}");
	check_escape("\u3164\uffa0", "\\u{3164}\\u{ffa0}");
	check_escape("\U0003fffe\U000f0000", "\\u{3fffe}\U000f0000"); /* no character; private use */
}

static void marks_need_something_to_stand_on(void **state)
{
	(void)state;
	check_escape("\u0301a", "\\u{301}a");
	check_escape("\n\u0301", "\\n\\u{301}");
	check_escape("a\u0301\u0301\u0301\u0301\u0301\u0301"
		     "b\u0301",
		     "a\u0301\u0301\u0301\u0301\\u{301}\\u{301}b\u0301");
}

static void the_limit_is_kept(void **state)
{
	(void)state;
	check_escape_n("abcdef", 6, 6, "abcdef");
	check_escape_n("abcdefg", 7, 6, "abc...");
	check_escape_n("abcdefg", 7, 3, "...");
	check_escape_n("abcdefg", 7, 2, "..");
	check_escape_n("abcdefg", 7, 1, ".");
	check_escape_n("\x1b", 1, 2, "..");
	check_escape_n("ab\x1b"
		       "cd",
		       5, 6, "ab...");
	check_escape_n("ab\x1b", 3, 6, "ab\\x1b");
	check_escape_n("東京都", 9, 6, "東京都");
	check_escape_n("東京都市", 12, 6, "東...");
	check_escape_n("東京都市", 12, 7, "東京...");
	check_escape_n("abc\u0301xyz", 8, 6, "abc\u0301xyz");
	check_escape_n("abc\u0301xyzz", 9, 6, "abc\u0301...");
}

static void it_appends(void **state)
{
	(void)state;
	struct buf out = {0};
	buf_str(&out, "before ");
	text_escape(&out, "abcdefg", 7, 5);
	text_escape(&out, "", 0, 5);
	assert_string_equal(buf_text(&out), "before ab...");
	buf_free(&out);
}

/* A megabyte must not cost more than the columns shown, whatever it is made of. */
static void a_long_text_costs_what_is_shown(void **state)
{
	(void)state;
	static const char *const parts[] = {"x", "é", "\x1b", "\xff", "\u202e", "a\u0301\u0301\u0301\u0301"};
	for (size_t p = 0; p < COUNT_OF(parts); p++) {
		struct buf text = {0}, out = {0};
		while (text.len < 1u << 20)
			buf_str(&text, parts[p]);
		clock_t start = clock();
		for (int i = 0; i < 1000; i++) {
			buf_clear(&out);
			text_escape(&out, text.p, text.len, 80);
		}
		assert_true(clock() - start < CLOCKS_PER_SEC); /* 1,000 MB read in full takes longer */
		assert_true(out.cap <= 4096);
		assert_true(text_width(out.p, out.len) <= 80);
		buf_free(&text);
		buf_free(&out);
	}
}

/* Whatever the bytes are, what comes out is characters that the terminal shows, in the columns allowed. */
static void any_bytes_become_harmless(void **state)
{
	(void)state;
	uint32_t seed = 12345;
	for (int round = 0; round < 20000; round++) {
		char s[24];
		for (size_t i = 0; i < sizeof s; i++) {
			seed = seed * 1664525u + 1013904223u;
			s[i] = (char)(seed >> (round % 3 ? 24 : 25));
		}
		struct buf out = {0};
		size_t max = seed % 40;
		text_escape(&out, s, sizeof s, max);
		for (size_t i = 0; i < out.len;) {
			uint32_t cp;
			i += text_decode(out.p + i, out.len - i, &cp);
			assert_true(cp >= 0x20 && cp != 0x7f && cp != UINT32_MAX && (cp < 0x80 || cp > 0x9f));
		}
		assert_true(max == 0 || text_width(out.p, out.len) <= max);
		buf_free(&out);
	}
}

static void another_locale_gets_ascii(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C"));
	check_escape("Grüße\x9b", "Gr\\u{fc}\\u{df}e\\x9b");
	setlocale(LC_CTYPE, "C.UTF-8");
}

static void widths(void **state)
{
	(void)state;
	assert_int_equal(text_width("", 0), 0);
	assert_int_equal(text_width("abc", 3), 3);
	assert_int_equal(text_width("東京", 6), 4);
	assert_int_equal(text_width("e\u0301", 3), 1);
	assert_int_equal(text_width("🏦", 4), 2);
}

static void cuts_between_characters(void **state)
{
	(void)state;
	assert_int_equal(text_cut("abc", 3, 2), 2);
	assert_int_equal(text_cut("abc", 3, 9), 3);
	assert_int_equal(text_cut("abc", 3, 0), 0);
	assert_int_equal(text_cut("東京", 6, 3), 3);
	assert_int_equal(text_cut("e\u0301e", 4, 1), 3);
}

static void check_pad(const char *s, int columns, enum text_align align, const char *expected)
{
	struct buf out = {0};
	buf_str(&out, "");
	text_pad(&out, s, columns, align);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void pads_to_the_column(void **state)
{
	(void)state;
	check_pad("ab", 4, TEXT_LEFT, "ab  ");
	check_pad("ab", 4, TEXT_RIGHT, "  ab");
	check_pad("abcd", 4, TEXT_LEFT, "abcd");
	check_pad("abcde", 4, TEXT_LEFT, "abc~");
	check_pad("abcde", 4, TEXT_RIGHT, "abc~");
	check_pad("東京都", 5, TEXT_LEFT, "東京~");
	check_pad("東京都", 4, TEXT_RIGHT, "東 ~");
	check_pad("東", 1, TEXT_LEFT, "~");
	check_pad("abc", 0, TEXT_LEFT, "");
	check_pad("abc", -3, TEXT_LEFT, "");
	check_pad("abc", -3, TEXT_RIGHT, "");
	check_pad("", 2, TEXT_LEFT, "  ");
}

static void integers(void **state)
{
	(void)state;
	assert_true(text_is_integer("0"));
	assert_true(text_is_integer("-12"));
	assert_true(text_is_integer("99999999999999999999999"));
	assert_false(text_is_integer(""));
	assert_false(text_is_integer("-"));
	assert_false(text_is_integer("1x"));
	assert_false(text_is_integer("--1"));
	assert_false(text_is_integer(" 1"));
}

static void durations(void **state)
{
	(void)state;
	static const struct {
		uint64_t us;
		const char *text;
	} cases[] = {
		{0, "0.00 ms"},       {420, "0.42 ms"},        {9994, "9.99 ms"},          {9995, "10 ms"},
		{12345, "12 ms"},     {999499, "999 ms"},      {999500, "1.0 s"},          {1400000, "1.4 s"},
		{59949999, "59.9 s"}, {60000000, "1 min 0 s"}, {3725000000u, "1 h 2 min"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char out[16];
		text_duration(out, cases[i].us);
		assert_string_equal(out, cases[i].text);
	}
	char out[16];
	text_duration(out, UINT64_MAX);
	assert_true(strlen(out) < sizeof out);
}

static void plurals(void **state)
{
	(void)state;
	assert_string_equal(text_plural(1, "row", "rows"), "row");
	assert_string_equal(text_plural(0, "row", "rows"), "rows");
	assert_string_equal(text_plural(2, "row", "rows"), "rows");
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays),
		cmocka_unit_test(controls_are_named),
		cmocka_unit_test(broken_bytes_are_named),
		cmocka_unit_test(what_hides_or_reorders_is_named),
		cmocka_unit_test(marks_need_something_to_stand_on),
		cmocka_unit_test(the_limit_is_kept),
		cmocka_unit_test(it_appends),
		cmocka_unit_test(a_long_text_costs_what_is_shown),
		cmocka_unit_test(any_bytes_become_harmless),
		cmocka_unit_test(another_locale_gets_ascii),
		cmocka_unit_test(widths),
		cmocka_unit_test(cuts_between_characters),
		cmocka_unit_test(pads_to_the_column),
		cmocka_unit_test(integers),
		cmocka_unit_test(durations),
		cmocka_unit_test(plurals),
	};
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
