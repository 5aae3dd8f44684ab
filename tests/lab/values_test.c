/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that steps read: where SQL has places for them and where it only seems to, and each refusal with its place. */
#include "lab/values.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

static struct lesson *parsed(const char *sql, const char *directives, struct err *err)
{
	struct buf text = {0};
	buf_fmt(&text, "session A step r { SELECT 1 }\nstep s { %s }\n%s\n", sql, directives);
	struct lesson *lesson = lesson_parse("a.spec", text.p, text.len, err);
	buf_free(&text);
	return lesson;
}

static struct rows *row_of(const char *x, const char *y)
{
	static const char *names[] = {"x", "y"};
	static uint32_t types[2], lengths[2];
	const char *cells[] = {x, y};
	struct rows rows = {.nrows = 1, .ncols = 2, .names = names, .types = types, .cells = cells, .lengths = lengths};
	for (size_t i = 0; i < 2; i++)
		lengths[i] = cells[i] ? (uint32_t)strlen(cells[i]) : 0;
	return rows_copy(&rows);
}

/* The SQL that is sent once x is 7, and what is shown of it; NULL: it is sent as it stands. */
static void check_sent(const char *sql, const char *sent, const char *shown)
{
	struct err err = {0};
	struct lesson *lesson = parsed(sql, "#@ let x = r\n#@ let y = r column y", &err);
	if (!lesson)
		fail_msg("%s", err.text);
	struct values *values = values_new(lesson);
	struct rows *rows = row_of("7", "it's");
	struct values_sent bound;
	values_begin(values, 0);
	assert_false(values_bind(values, 1, &bound));
	values_learn(values, 0, rows);
	assert_int_equal(values_bind(values, 1, &bound), sent != NULL);
	if (sent) {
		assert_string_equal(bound.sql, sent);
		assert_string_equal(bound.shown, shown);
	}
	values_sent_free(&bound);
	rows_free(rows);
	values_free(values);
	lesson_free(lesson);
}

static void a_place_is_a_comment_before_a_literal(void **state)
{
	(void)state;
	check_sent("SELECT n - /*:x*/500 FROM t", "SELECT n - $1 FROM t", "SELECT n - 7 FROM t");
	check_sent("SELECT /*:x*/-1.50, /*:y*/'a''b'||'c', /*:x*/+3;", "SELECT $1, $2||'c', $3;",
		   "SELECT 7, 'it''s'||'c', 7;");
	check_sent("SELECT /*:x*/5::int /* :x */", "SELECT $1::int /* :x */", "SELECT 7::int /* :x */");
}

static void what_only_looks_like_a_place_is_none(void **state)
{
	(void)state;
	check_sent("SELECT '/*:x*/5', \"/*:x*/5\", 1; SELECT 2", NULL, NULL);
	check_sent("SELECT E'\\'/*:x*/5', 'a\\'", NULL, NULL);
	check_sent("SELECT $$/*:x*/5$$, $a1$/*:x*/5$$ $a1$, /* /*:x*/5 */ 1 -- /*:x*/5", NULL, NULL);
	check_sent("SELECT $$;$$, ';' /*;*/, /*:x*/5 ; ", "SELECT $$;$$, ';' /*;*/, $1 ;",
		   "SELECT $$;$$, ';' /*;*/, 7 ;");
	check_sent("SELECT 'open /*:x*/5", NULL, NULL);
	check_sent("SELECT $a/*:x*/5", "SELECT $a$1", "SELECT $a7");
}

static void check_refused(const char *sql, const char *directives, const char *sentence)
{
	struct err err = {0};
	assert_null(parsed(sql, directives, &err));
	assert_string_equal(err.text, sentence);
}

static void refusals_have_a_place(void **state)
{
	(void)state;
	check_refused("", "#@ let", "a.spec:3:7: expected a name: letters, digits and _, at most 40");
	check_refused("", "#@ let 1x = r", "a.spec:3:8: expected a name: letters, digits and _, at most 40");
	check_refused("", "#@ let x r", "a.spec:3:10: expected = and the step that reads the value");
	check_refused("", "#@ let x = q", "a.spec:3:12: there is no step \"q\"");
	check_refused("", "#@ let x = r y", "a.spec:3:14: expected column and its name, or nothing more");
	check_refused("", "#@ let x = r column", "a.spec:3:20: expected the name of a column");
	check_refused("", "#@ let x = r column a b", "a.spec:3:23: unexpected text: \"b\"");
	check_refused("", "#@ let x = r\n#@ let x = s", "a.spec:4:4: this name has a value, in line 3 already");
	check_refused("", "#@ let x = r\n#@ say \"It is {z}.\"",
		      "a.spec:4:4: nothing gives {z} a value: write #@ let z = STEP");
	check_refused("SELECT /*:z*/5", "", "a.spec:2:1: nothing gives /*:z*/ a value: write #@ let z = STEP");
	check_refused(
		"SELECT /*:x*/ 5", "#@ let x = r",
		"a.spec:2:1: expected a number or a text in single quotes directly after /*:x*/: it is what is sent "
		"without teller");
	check_refused("SELECT /*:x y*/5", "#@ let x = r",
		      "a.spec:2:1: after /*: stands \"x y\", which is not a name: letters, digits and _, at most 40");
	check_refused("SELECT /*:x*/5; SELECT 1", "#@ let x = r",
		      "a.spec:2:1: a step with a place for a value has one statement: it is sent with parameters");
}

static void sizes_are_bounded(void **state)
{
	(void)state;
	struct buf sql = {0}, lets = {0};
	for (int i = 0; i < 17; i++)
		buf_str(&sql, "/*:x*/1,");
	check_refused(sql.p, "#@ let x = r", "a.spec:2:1: a step has 16 places for values at most");
	for (int i = 0; i < 65; i++)
		buf_fmt(&lets, "#@ let x%d = r\n", i);
	check_refused("", lets.p, "a.spec:67:4: a lesson names 64 values at most");
	buf_free(&sql);
	buf_free(&lets);
}

static void check_text(const struct values *values, const char *text, const char *told)
{
	struct buf out = {0};
	values_text(&out, values, text, strlen(text));
	assert_string_equal(buf_text(&out), told);
	buf_free(&out);
}

static void texts_have_the_values(void **state)
{
	(void)state;
	struct err err = {0};
	struct lesson *lesson =
		parsed("", "#@ let x = r\n#@ let y = r column y\npermutation r\n#@ let x = r column y", &err);
	struct values *values = values_new(lesson);
	struct rows *rows = row_of("7", "a\n\x1b"), *null = row_of(NULL, NULL);
	values_begin(values, -1);
	check_text(values, "{x} of {y}, {, {}, {x", "x of y, {, {}, {x");
	values_learn(values, 0, rows);
	check_text(values, "{x} of {y}{x}", "7 of a\\n\\x1b7");
	values_learn(values, 0, NULL);
	values_learn(values, 1, null);
	check_text(values, "{x}", "7");
	values_learn(values, 0, null);
	check_text(values, "{x}", "NULL");
	values_begin(values, 0); /* its own let goes before */
	check_text(values, "{x}", "x");
	values_learn(values, 0, rows);
	check_text(values, "{x}", "a\\n\\x1b");
	check_text(NULL, "{x}\x1b", "{x}\\x1b");
	rows_free(rows);
	rows_free(null);
	values_free(values);
	lesson_free(lesson);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_place_is_a_comment_before_a_literal),
		cmocka_unit_test(what_only_looks_like_a_place_is_none),
		cmocka_unit_test(refusals_have_a_place),
		cmocka_unit_test(sizes_are_bounded),
		cmocka_unit_test(texts_have_the_values),
	};
	return cmocka_run_group_tests_name("lab/values", tests, NULL, NULL);
}
