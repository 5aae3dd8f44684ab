/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the CSV reader: fields and lines, what is wrong with them, and that it does not matter where the pieces
 * end. */
#include "base/csv.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/check.h"

/* "1:a|b 2:NULL|" and "3!why" for what is bad. */
static void add(struct buf *out, enum csv_got got, const struct csv_record *record)
{
	if (got == CSV_MORE)
		return;
	buf_fmt(out, "%s%llu%s", out->len ? " " : "", (unsigned long long)record->line, got == CSV_BAD ? "!" : ":");
	if (got == CSV_BAD)
		buf_str(out, record->why);
	for (size_t i = 0; got == CSV_RECORD && i < record->nfields; i++)
		buf_fmt(out, "%s%s", i ? "|" : "", record->fields[i] ? record->fields[i] : "NULL");
}

static void read_pieces(struct buf *out, const char *bytes, size_t n, size_t piece)
{
	struct csv *csv = csv_new();
	struct csv_record record;
	for (size_t at = 0; at < n; at += piece) {
		const char *p = bytes + at;
		size_t left = n - at < piece ? n - at : piece;
		enum csv_got got;
		while ((got = csv_next(csv, &p, &left, &record)) != CSV_MORE)
			add(out, got, &record);
		assert_int_equal(left, 0);
	}
	add(out, csv_end(csv, &record), &record);
	assert_int_equal(csv_end(csv, &record), CSV_MORE);
	csv_free(csv);
}

static void check_bytes(const char *bytes, size_t n, const char *expected)
{
	for (size_t piece = 1; piece <= n + 1; piece++) {
		struct buf out = {0};
		read_pieces(&out, bytes, n, piece);
		assert_string_equal(buf_text(&out), expected);
		buf_free(&out);
	}
}

#define check(text, expected) check_bytes(text, sizeof(text) - 1, expected)

static void fields_and_lines(void **state)
{
	(void)state;
	check("", "");
	check("\n\r\n\n", "");
	check("a,b", "1:a|b");
	check("a,b\n1,2\n", "1:a|b 2:1|2");
	check("a,b\r\n\r\n1,2\r\n", "1:a|b 3:1|2");
	check("a,b\r", "1:a|b");
	check("a,,\n,\n", "1:a|NULL|NULL 2:NULL|NULL");
	check("\"\",x\n\"\"\n", "1:|x 2:");
	check(" a , b \n", "1: a | b ");
	check("\xef\xbb\xbfid,b\n", "1:id|b");
	check("\xef\xbb\xbf\"id\",b\n", "1:id|b");
	check("\xef\xbc\x8c,b\n", "1:\xef\xbc\x8c|b");
	check("a\n\xef\xbb\xbf"
	      "b\n",
	      "1:a 2:\xef\xbb\xbf"
	      "b");
}

static void quotes(void **state)
{
	(void)state;
	check("\"a\"\"b\",\"c,d\"\n", "1:a\"b|c,d");
	check("\"a\nb\r\nc\",d\ne,f\n", "1:a\nb\r\nc|d 4:e|f");
	check("\"\"\"\"\n", "1:\"");
	check("a\"b,c\n1,2\n", "1!has a quote in a field that does not begin with one 2:1|2");
	check("\"a\"b,c\n1,2\n", "1!has text after a closing quote 2:1|2");
	check("a\n\"b,c\nd\n", "1:a 2!has a quote that is never closed");
}

static void what_is_no_text(void **state)
{
	(void)state;
	check("a\0b,c\n1,2\n", "1!has a byte 0 in it 2:1|2");
	check("a\n\"x\n\0\"\nb\n", "1:a 3!has a byte 0 in it 4:b");
	check("a\rb\nc\n", "1!has a carriage return in it that does not end it 2:c");
	check("\xff,a\nb\n", "1!is not valid UTF-8 2:b");
	check("\xc3,\xa4\nb\n", "1!is not valid UTF-8 2:b");
}

static void lines_of_any_length(void **state)
{
	(void)state;
	struct buf text = {0}, out = {0};
	buf_str(&text, "a\n");
	buf_fill(&text, 'x', CSV_RECORD_MAX - 1);
	buf_str(&text, "\n");
	buf_fill(&text, 'y', 2 * CSV_RECORD_MAX);
	buf_str(&text, "\nb\n");
	read_pieces(&out, text.p, text.len, 65536);
	assert_int_equal(strncmp(out.p, "1:a 2:xxx", 9), 0);
	assert_non_null(strstr(out.p, "x 3!is longer than 524288 bytes 4:b"));
	buf_clear(&text);
	buf_clear(&out);
	for (int i = 0; i < CSV_FIELDS_MAX; i++)
		buf_str(&text, i ? ",a" : "a");
	buf_str(&text, "\n,");
	for (int i = 0; i < CSV_FIELDS_MAX; i++)
		buf_str(&text, i ? ",a" : "a");
	read_pieces(&out, text.p, text.len, 1);
	assert_non_null(strstr(out.p, "a 2!has more than 64 fields"));
	buf_free(&text);
	buf_free(&out);
}

/* An open quote swallows the rest, without keeping it. */
static void a_quote_that_is_never_closed(void **state)
{
	(void)state;
	struct buf text = {0}, out = {0};
	buf_str(&text, "a\nb,\"");
	for (int i = 0; i < 200000; i++)
		buf_str(&text, "1,2\n3,4\n");
	read_pieces(&out, text.p, text.len, 65536);
	assert_string_equal(out.p, "1:a 2!is longer than 524288 bytes: is a quote not closed?");
	buf_free(&text);
	buf_free(&out);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_and_lines),
		cmocka_unit_test(quotes),
		cmocka_unit_test(what_is_no_text),
		cmocka_unit_test(lines_of_any_length),
		cmocka_unit_test(a_quote_that_is_never_closed),
	};
	return cmocka_run_group_tests_name("unit/csv", tests, NULL, NULL);
}
