/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spec parser: each rule of the grammar, and each refusal with its line and column. */
#include "lab/spec.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/check.h"

static struct spec *parsed(const char *text)
{
	struct err err = {0};
	struct spec *spec = spec_parse("a.spec", text, strlen(text), &err);
	if (!spec)
		fail_msg("%s", err.text);
	return spec;
}

static void check_refused(const char *text, const char *sentence)
{
	struct err err = {0};
	assert_null(spec_parse("a.spec", text, strlen(text), &err));
	assert_string_equal(err.text, sentence);
	assert_int_equal(err.status, ST_USAGE);
}

static void check_sql(const char *block, const char *sql)
{
	struct buf text = {0};
	buf_fmt(&text, "session s step a %s", block);
	struct spec *spec = parsed(text.p);
	assert_string_equal(spec->steps[0].sql, sql);
	spec_free(spec);
	buf_free(&text);
}

static void check_name(const char *written, const char *name)
{
	struct buf text = {0};
	buf_fmt(&text, "session s step %s{}", written);
	struct spec *spec = parsed(text.p);
	assert_string_equal(spec->steps[0].name, name);
	assert_int_equal(spec_step_find(spec, name), 0);
	spec_free(spec);
	buf_free(&text);
}

static void the_least_spec_is_a_session_with_a_step(void **state)
{
	(void)state;
	struct spec *spec = parsed("session s step a{SELECT 1}");
	assert_int_equal(spec->nsetups, 0);
	assert_null(spec->teardown);
	assert_int_equal(spec->nsessions, 1);
	assert_string_equal(spec->sessions[0].name, "s");
	assert_null(spec->sessions[0].setup);
	assert_null(spec->sessions[0].teardown);
	assert_int_equal(spec->sessions[0].nsteps, 1);
	assert_ptr_equal(spec->sessions[0].steps, spec->steps);
	assert_int_equal(spec->npermutations, 0);
	spec_free(spec);
}

static const char whole[] = "# a comment\n"
			    "setup { S1 }\n"
			    "setup\n{ S2 } # another\n"
			    "teardown { T }\n"
			    "session one setup { A } step a1 { x } step a2 { y } teardown { Z }\n"
			    "session \"two\"\n\tstep b1 { z }\n"
			    "permutation a1 b1(*) a2\n"
			    "permutation b1(a2, *, a1 notices 12) a1 a1 a2\n";

static void every_part_is_read(void **state)
{
	(void)state;
	struct spec *spec = parsed(whole);
	assert_int_equal(spec->nsetups, 2);
	assert_string_equal(spec->setups[0], "S1");
	assert_string_equal(spec->setups[1], "S2");
	assert_string_equal(spec->teardown, "T");
	assert_int_equal(spec->nsessions, 2);
	assert_int_equal(spec->nsteps, 3);
	assert_string_equal(spec->sessions[0].setup, "A");
	assert_string_equal(spec->sessions[0].teardown, "Z");
	assert_int_equal(spec->sessions[0].nsteps, 2);
	assert_string_equal(spec->sessions[1].name, "two");
	assert_string_equal(spec->sessions[1].steps[0].name, "b1");
	assert_int_equal(spec->steps[2].session, 1);
	assert_int_equal(spec_session_find(spec, "two"), 1);
	assert_int_equal(spec_session_find(spec, "three"), -1);
	assert_int_equal(spec_step_find(spec, "a2"), 1);
	assert_int_equal(spec_step_find(spec, "A2"), -1);
	spec_free(spec);
}

static void permutations_have_marks(void **state)
{
	(void)state;
	struct spec *spec = parsed(whole);
	assert_int_equal(spec->npermutations, 2);
	const struct spec_permutation *first = &spec->permutations[0], *second = &spec->permutations[1];
	assert_int_equal(first->nturns, 3);
	assert_int_equal(first->turns[1].step, 2);
	assert_int_equal(first->turns[1].nmarks, 1);
	assert_int_equal(first->turns[1].marks[0].kind, SPEC_MARK_ONCE);
	assert_int_equal(first->turns[2].nmarks, 0);
	assert_int_equal(second->nturns, 4);
	const struct spec_turn *turn = &second->turns[0];
	assert_int_equal(turn->nmarks, 3);
	assert_int_equal(turn->marks[0].kind, SPEC_MARK_STEP);
	assert_int_equal(turn->marks[0].step, 1);
	assert_int_equal(turn->marks[1].kind, SPEC_MARK_ONCE);
	assert_int_equal(turn->marks[2].kind, SPEC_MARK_NOTICES);
	assert_int_equal(turn->marks[2].step, 0);
	assert_int_equal(turn->marks[2].notices, 12);
	assert_int_equal(second->turns[3].step, 1);
	spec_free(spec);
}

static void places_count_characters_and_lines(void **state)
{
	(void)state;
	struct spec *spec = parsed("session \"caf\xc3\xa9\" step a {\n\xc3\xa9 } step b {}\npermutation b\n");
	assert_int_equal(spec->steps[0].place.line, 1);
	assert_int_equal(spec->steps[0].place.column, 16);
	assert_int_equal(spec->steps[1].place.line, 2);
	assert_int_equal(spec->steps[1].place.column, 5);
	assert_int_equal(spec->permutations[0].turns[0].place.line, 3);
	assert_int_equal(spec->permutations[0].turns[0].place.column, 13);
	spec_free(spec);
}

static void unused_steps_are_known(void **state)
{
	(void)state;
	struct spec *spec = parsed("session s step a{} step b{} permutation b");
	assert_false(spec->steps[0].used);
	assert_true(spec->steps[1].used);
	spec_free(spec);
	spec = parsed("session s step a{}");
	assert_true(spec->steps[0].used);
	spec_free(spec);
}

static void sql_loses_outer_blanks_but_not_newlines(void **state)
{
	(void)state;
	check_sql("{SELECT 1}", "SELECT 1");
	check_sql("{ \t\r\fSELECT 1; \t\r\f}", "SELECT 1;");
	check_sql("{\n  SELECT 1\n  }", "\n  SELECT 1\n");
	check_sql("{}", "");
	check_sql("{   }", "");
	check_sql("{\n}", "\n");
	check_sql("{ a \n b }", "a \n b");
	check_sql("{ '{' -- # no comment\n }", "'{' -- # no comment\n");
	check_sql("{ \"x\"\"y\" }", "\"x\"\"y\"");
	check_sql("{ \x01\x1b\xff }", "\x01\x1b\xff");
}

static void names_are_bare_or_quoted(void **state)
{
	(void)state;
	check_name("a", "a");
	check_name("_x$9", "_x$9");
	check_name("\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9");
	check_name("\"a b\"", "a b");
	check_name("\"step\"", "step");
	check_name("\"say \"\"hi\"\"\"", "say \"hi\"");
	check_name("\"{x} # (y)\"", "{x} # (y)");
	check_name("\"\"", "");
	check_name("\"\x1b[31m\"", "\x1b[31m");
	check_name("Step", "Step");
}

static void comments_end_with_their_line(void **state)
{
	(void)state;
	struct spec *spec = parsed("#one\nsession#two {\n s #three\rstep a {}#four");
	assert_int_equal(spec->nsteps, 1);
	spec_free(spec);
}

static void names_need_nothing_between_them(void **state)
{
	(void)state;
	struct spec *spec = parsed("session\"s\"step\"a\"{}step\"b\"{}permutation\"a\"b\"a\"(*)b");
	assert_int_equal(spec->npermutations, 1);
	spec_free(spec);
}

static void syntax_errors_have_a_place(void **state)
{
	(void)state;
	check_refused("", "a.spec:1:1: expected setup, teardown or a session, found the end of the file");
	check_refused("  \n # x\n", "a.spec:3:1: expected setup, teardown or a session, found the end of the file");
	check_refused("sesion s", "a.spec:1:1: expected setup, teardown or a session, found \"sesion\"");
	check_refused("teardown {} setup {}", "a.spec:1:13: expected a session, found \"setup\"");
	check_refused("setup x", "a.spec:1:7: expected the SQL of this setup, in { }, found \"x\"");
	check_refused("teardown (", "a.spec:1:10: expected the SQL of this teardown, in { }, found \"(\"");
	check_refused("session {}", "a.spec:1:9: expected the name of a session, found SQL");
	check_refused("session step", "a.spec:1:9: expected the name of a session, found \"step\"");
	check_refused("session s", "a.spec:1:10: expected a step of this session, found the end of the file");
	check_refused("session s setup {} setup {}", "a.spec:1:20: expected a step of this session, found \"setup\"");
	check_refused("session s step 1a", "a.spec:1:16: expected the name of a step, found \"1\"");
	check_refused("session s\nstep a\nstep b", "a.spec:3:1: expected the SQL of this step, in { }, found \"step\"");
	check_refused("session s step a {} teardown {} step b {}",
		      "a.spec:1:33: expected a session or a permutation, found \"step\"");
	check_refused("session s step a {} setup {}",
		      "a.spec:1:21: expected a session or a permutation, found \"setup\"");
}

static void permutations_are_refused_with_a_place(void **state)
{
	(void)state;
#define TWO "session s step a {} session t step b {}\n"
	check_refused(TWO "permutation", "a.spec:2:12: expected the name of a step, found the end of the file");
	check_refused(TWO "permutation a session u step c {}",
		      "a.spec:2:15: expected a step or a permutation, found \"session\"");
	check_refused(TWO "permutation a permutation c", "a.spec:2:27: there is no step \"c\"");
	check_refused(TWO "permutation a ()",
		      "a.spec:2:16: expected a mark: * or the name of another step, found \")\"");
	check_refused(TWO "permutation a (* b)", "a.spec:2:18: expected \",\" or \")\" after this mark, found \"b\"");
	check_refused(TWO "permutation a (*,", "a.spec:2:18: expected a mark: * or the name of another step, found "
					       "the end of the file");
	check_refused(TWO "permutation a (c)", "a.spec:2:16: there is no step \"c\"");
	check_refused(TWO "permutation a (b)", "a.spec:2:16: step \"b\" is not in this permutation");
	check_refused(TWO "permutation b permutation a (b)", "a.spec:2:30: step \"b\" is not in this permutation");
	check_refused(TWO "permutation a b (b)", "a.spec:2:18: step \"b\" cannot wait for a step of its own session");
	check_refused(TWO "permutation a (b notices) b", "a.spec:2:25: expected the number of notices, found \")\"");
	check_refused(TWO "permutation a (b notices 99999999999) b",
		      "a.spec:2:26: \"99999999999\" notices are too many");
	check_refused(TWO "permutation a (b notices 2147483648) b", "a.spec:2:26: \"2147483648\" notices are too many");
#undef TWO
}

static void names_are_unique(void **state)
{
	(void)state;
	check_refused("session s step a {}\nstep b {}\nstep \"a\" {}",
		      "a.spec:3:1: there is a step \"a\" already, in line 1: every step needs a name of its own");
	check_refused("session s step a {}\nsession t\nstep a {}",
		      "a.spec:3:1: there is a step \"a\" already, in line 1: every step needs a name of its own");
}

static void what_is_not_closed_is_shown_where_it_begins(void **state)
{
	(void)state;
	check_refused("session s\n step a {\n\n", "a.spec:2:9: the SQL that begins here does not end: close it with }");
	check_refused("session \"s\nt\"", "a.spec:1:9: this quoted name does not end on its line: close it with \"");
	check_refused("session \"s\"\"", "a.spec:1:9: this quoted name does not end on its line: close it with \"");
}

static void stray_characters_are_named_harmlessly(void **state)
{
	(void)state;
	check_refused("session s; ", "a.spec:1:10: \";\" has no meaning here");
	check_refused("setup { a } }", "a.spec:1:13: \"}\" has no meaning here: SQL ends at the first }");
	check_refused("\x1b[2J", "a.spec:1:1: \"\\x1b\" has no meaning here");
	check_refused("session \"\x1b]0;x\x07\"",
		      "a.spec:1:17: expected a step of this session, found the end of the file");
	check_refused(
		"session s step \"\x1b[2J\"{} step \"\x1b[2J\"{}",
		"a.spec:1:25: there is a step \"\\x1b[2J\" already, in line 1: every step needs a name of its own");
}

static void hostile_sizes_are_answered(void **state)
{
	(void)state;
	struct err err = {0};
	assert_null(spec_parse("a.spec", "a\n\xc3\xa9\0", 5, &err));
	assert_string_equal(err.text, "a.spec:2:2: a NUL byte: this is not a text file");
	size_t n = (size_t)SPEC_MAX_BYTES + 1;
	char *big = mem_array(n, 1);
	memset(big, 'x', n);
	assert_null(spec_parse("a.spec", big, n, &err));
	assert_string_equal(err.text, "a.spec:1:1: the file has more than 16 MB: too large for a spec");
	assert_null(spec_parse("a.spec", big, n - 1, &err)); /* one long word */
	assert_memory_equal(err.text, "a.spec:1:1: expected", 20);
	memset(big, '"', n);
	assert_null(spec_parse("a.spec", big, n - 1, &err));
	free(big);
}

/* ---- the orders ---- */

static void check_orders(const char *text, const char *expected)
{
	struct spec *spec = parsed(text);
	struct spec_permutations *order = spec_permutations_new(spec);
	struct buf orders = {0};
	const struct spec_permutation *permutation;
	while ((permutation = spec_permutations_next(order))) {
		for (size_t i = 0; i < permutation->nturns; i++)
			buf_str(&orders, spec->steps[permutation->turns[i].step].name);
		buf_char(&orders, ' ');
	}
	assert_string_equal(buf_text(&orders), expected);
	assert_null(spec_permutations_next(order));
	buf_free(&orders);
	spec_permutations_free(order);
	spec_free(spec);
}

static void the_files_own_permutations_come_in_their_order(void **state)
{
	(void)state;
	check_orders("session s step a{} session t step b{} permutation b a permutation a permutation b b", "ba a bb ");
}

static void without_any_all_interleavings_come(void **state)
{
	(void)state;
	check_orders("session s step a{}", "a ");
	check_orders("session s step a{} step b{}", "ab ");
	check_orders("session s step a{} session t step b{}", "ab ba ");
	check_orders("session s step a{} step b{} session t step c{} step d{}", "abcd acbd acdb cabd cadb cdab ");
	check_orders("session s step a{} session t step b{} session u step c{}", "abc acb bac bca cab cba ");
}

static void numberless_interleavings_are_made_one_by_one(void **state)
{
	(void)state;
	struct buf text = {0};
	for (int i = 0; i < 60; i++)
		buf_fmt(&text, "session s%d step a%d {} step b%d {}\n", i, i, i);
	struct spec *spec = parsed(text.p);
	struct spec_permutations *order = spec_permutations_new(spec);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(spec_permutations_next(order)->nturns, 120);
	spec_permutations_free(order);
	spec_free(spec);
	buf_free(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least_spec_is_a_session_with_a_step),
		cmocka_unit_test(every_part_is_read),
		cmocka_unit_test(permutations_have_marks),
		cmocka_unit_test(places_count_characters_and_lines),
		cmocka_unit_test(unused_steps_are_known),
		cmocka_unit_test(sql_loses_outer_blanks_but_not_newlines),
		cmocka_unit_test(names_are_bare_or_quoted),
		cmocka_unit_test(comments_end_with_their_line),
		cmocka_unit_test(names_need_nothing_between_them),
		cmocka_unit_test(syntax_errors_have_a_place),
		cmocka_unit_test(permutations_are_refused_with_a_place),
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(what_is_not_closed_is_shown_where_it_begins),
		cmocka_unit_test(stray_characters_are_named_harmlessly),
		cmocka_unit_test(hostile_sizes_are_answered),
		cmocka_unit_test(the_files_own_permutations_come_in_their_order),
		cmocka_unit_test(without_any_all_interleavings_come),
		cmocka_unit_test(numberless_interleavings_are_made_one_by_one),
	};
	return cmocka_run_group_tests_name("lab/spec", tests, NULL, NULL);
}
