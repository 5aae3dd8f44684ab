/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter without a server: what each form compiles to, what is bound, and the sentence and place of what is
 * wrong. */
#include "bank/filter.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"

/* accounts(id int4, balance numeric, owner text, "Opened On" date, key uuid, limit int2) */
static struct catalogue *catalogue(void)
{
	static struct catalogue c = {
		.id_name = "id",
		.balance_name = "balance",
		.id_type = "int4",
		.balance_type = "numeric",
		.id_is_number = true,
		.id_max = INT32_MAX,
		.nextra = 4,
		.extra = {"owner", "Opened On", "key", "limit"},
		.extra_type = {"text", "date", "uuid", "int2"},
	};
	return &c;
}

/* The SQL, and the parameters behind it, each after a bar. */
static void check_compiled(const char *text, const char *wanted)
{
	struct filter *filter;
	struct err err;
	struct buf got = {0};
	unsigned n;
	if (filter_new(&filter, catalogue(), text, &err) != ST_OK)
		fail_msg("%s: %s", text, err.text);
	const char *const *params = filter_params(filter, &n);
	buf_str(&got, filter_sql(filter));
	for (unsigned i = 0; i < n; i++)
		buf_fmt(&got, "|%s", params[i]);
	assert_string_equal(buf_text(&got), wanted);
	buf_free(&got);
	filter_free(filter);
}

static void check_wrong(const char *text, const char *sentence)
{
	struct filter *filter;
	struct err err;
	assert_int_equal(filter_new(&filter, catalogue(), text, &err), ST_USAGE);
	assert_null(filter);
	assert_string_equal(err.text, sentence);
}

static void every_comparison(void **state)
{
	(void)state;
	static const char *const signs[][2] = {{"=", "="},   {"<>", "<>"}, {"!=", "<>"}, {"<", "<"},
					       {"<=", "<="}, {">", ">"},   {">=", ">="}};
	for (size_t i = 0; i < COUNT_OF(signs); i++) {
		struct buf text = {0}, sql = {0};
		buf_fmt(&text, "id%s5", signs[i][0]);
		buf_fmt(&sql, "id %s $1::int8|5", signs[i][1]);
		check_compiled(text.p, sql.p);
		buf_free(&text);
		buf_free(&sql);
	}
	check_compiled("balance between 1 and 2.5", "balance BETWEEN $1::numeric AND $2::numeric|1|2.5");
	check_compiled("balance NOT BETWEEN -1 AND +2", "balance NOT BETWEEN $1::numeric AND $2::numeric|-1|2");
	check_compiled("id in (1,2 , 3)", "id IN ($1::int8, $2::int8, $3::int8)|1|2|3");
	check_compiled("id not in (1)", "id NOT IN ($1::int8)|1");
	check_compiled("balance is null", "balance IS NULL");
	check_compiled("balance Is Not Null", "balance IS NOT NULL");
	check_compiled("owner like 'a%'", "owner LIKE $1|a%");
	check_compiled("owner not ilike '_b'", "owner NOT ILIKE $1|_b");
	check_compiled("id like '12%'", "id::text LIKE $1|12%");
	check_compiled("id not like 12", "id::text NOT LIKE $1|12");
}

static void conditions_keep_their_precedence(void **state)
{
	(void)state;
	check_compiled("balance > 1000 and id < 5", "balance > $1::numeric AND id < $2::int8|1000|5");
	check_compiled("id=1 or id=2 and not id=3", "id = $1::int8 OR id = $2::int8 AND NOT id = $3::int8|1|2|3");
	check_compiled("(id=1 or id=2) and not (id=3)",
		       "(id = $1::int8 OR id = $2::int8) AND NOT (id = $3::int8)|1|2|3");
	check_compiled("not not id is null", "NOT NOT id IS NULL");
}

static void columns_and_values_by_type(void **state)
{
	(void)state;
	check_compiled("ID = '7'", "id = $1::int8|7");
	check_compiled("\"Opened On\" < '2020-01-01'", "\"Opened On\" < $1|2020-01-01");
	check_compiled("limit <= -32769", "\"limit\" <= $1::int8|-32769");
	check_compiled("owner = 'o''neil; drop table accounts; --'", "owner = $1|o'neil; drop table accounts; --");
	check_compiled("owner = 'caf\xc3\xa9\n'", "owner = $1|caf\xc3\xa9\n");
	check_compiled("owner = ''", "owner = $1|");
	check_compiled("owner = true", "owner = $1|true");
	check_compiled("key = '00000000-0000-0000-0000-00000000000a'", "key = $1|00000000-0000-0000-0000-00000000000a");
	check_compiled("balance = .5", "balance = $1::numeric|.5");
}

static void what_is_wrong_is_said_with_its_place(void **state)
{
	(void)state;
	check_wrong("", "filter, column 1: expected a column's name at the end");
	check_wrong("balance", "filter, column 8: expected a comparison such as = or < at the end");
	check_wrong("balance >", "filter, column 10: expected a number or text in single quotes at the end");
	check_wrong("balance > id", "filter, column 11: expected a number or text in single quotes, found id");
	check_wrong("owned = 1",
		    "filter, column 1: there is no column owned; there are id, balance, owner, Opened On, key, limit");
	check_wrong("'; drop table accounts; --", "filter, column 1: the text that begins here has no closing quote");
	check_wrong("id = 1; drop table accounts", "filter, column 7: this character has no meaning here; put text "
						   "in single quotes");
	check_wrong("id = 1 -- x", "filter, column 8: this is not a number; put text in single quotes");
	check_wrong("id = 1 id", "filter, column 8: expected \"and\", \"or\" or the end, found id");
	check_wrong("caf\xc3\xa9 = 1 x", "filter, column 1: there is no column caf\xc3\xa9; there are id, balance, "
					 "owner, Opened On, key, limit");
	check_wrong("owner = '\xc3\xa9' x", "filter, column 13: expected \"and\", \"or\" or the end, found x");
	check_wrong("(id = 1", "filter, column 8: expected \"and\", \"or\" or ) at the end");
	check_wrong("id in ()", "filter, column 8: expected a number or text in single quotes, found )");
	check_wrong("id in (1 2)", "filter, column 10: expected a comma or ), found 2");
	check_wrong("id not = 1", "filter, column 8: expected between, in, like or ilike, found =");
	check_wrong("id is 1", "filter, column 7: expected null or not null, found 1");
	check_wrong("id = 12abc", "filter, column 6: this is not a number; put text in single quotes");
	check_wrong("id = 1.5", "filter, column 6: id expects a whole number; 1.5 is not one");
	check_wrong("id = 'x'", "filter, column 6: id expects a whole number; x is not one");
	check_wrong("id = 99999999999999999999",
		    "filter, column 6: id expects a number of at most 8 bytes; 99999999999999999999 is not "
		    "one");
	check_wrong("balance = 'much'", "filter, column 11: balance expects a number; much is not one");
	check_wrong("balance = ''", "filter, column 11: balance expects a number; '' is not one");
	check_wrong("key = 'x'", "filter, column 7: key expects a UUID in single quotes; x is not one");
	check_wrong("\"id = 1", "filter, column 1: the name that begins here has no closing quote");
}

static void sizes_are_bounded(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_fill(&text, '(', FILTER_DEPTH_MAX + 1);
	check_wrong(text.p, "filter, column 33: it is nested deeper than 32 levels");
	buf_clear(&text);
	for (int i = 0; i < 100; i++)
		buf_str(&text, "not ");
	check_wrong(text.p, "filter, column 129: it is nested deeper than 32 levels");
	buf_clear(&text);
	buf_str(&text, "id in (1");
	for (int i = 0; i < FILTER_PARAMS_MAX; i++)
		buf_str(&text, ",1");
	buf_char(&text, ')');
	check_wrong(text.p, "filter, column 72: a filter has at most 32 values");
	buf_clear(&text);
	buf_fill(&text, ' ', FILTER_BYTES_MAX + 1);
	check_wrong(text.p, "the filter is longer than 1000 bytes");
	buf_free(&text);
}

#define EQUALS " OPERATOR(pg_catalog.=) "
#define AS_IT_IS "CASE WHEN mood IS DISTINCT FROM NULL THEN pg_catalog.format('%s', mood) END"

/* What finds its operator by name, as BETWEEN and IN do, is written as what it stands for; a type of somebody's own is
 * text. */
static void nothing_is_found_by_name(void **state)
{
	(void)state;
	struct catalogue *c = catalogue();
	char *type = c->extra_type[3], *name = c->extra[3];
	c->qualified = true;
	check_compiled("id = 5", "id" EQUALS "$1::pg_catalog.int8|5");
	check_compiled("owner = 'x' and not balance <> 1",
		       "owner" EQUALS "$1 AND NOT balance OPERATOR(pg_catalog.<>) $2::pg_catalog.numeric|x|1");
	check_compiled("id between 1 and 3", "(id OPERATOR(pg_catalog.>=) $1::pg_catalog.int8 AND id "
					     "OPERATOR(pg_catalog.<=) $2::pg_catalog.int8)|1|3");
	check_compiled("id not between 1 and 3 or id is null",
		       "NOT (id OPERATOR(pg_catalog.>=) $1::pg_catalog.int8 AND id OPERATOR(pg_catalog.<=) "
		       "$2::pg_catalog.int8) OR id IS NULL|1|3");
	check_compiled("owner in ('a', 'b')", "(owner" EQUALS "$1 OR owner" EQUALS "$2)|a|b");
	check_compiled("owner not in ('a')", "NOT (owner" EQUALS "$1)|a");
	check_compiled("owner like 'a%' or owner not ilike 'b%'",
		       "owner OPERATOR(pg_catalog.~~) $1::pg_catalog.text OR owner OPERATOR(pg_catalog.!~~*) "
		       "$2::pg_catalog.text|a%|b%");
	c->extra[3] = "mood";
	c->extra_type[3] = "public.mood";
	check_compiled("mood = 'calm'", AS_IT_IS EQUALS "$1::pg_catalog.text|calm");
	check_compiled("mood like 'c%'", AS_IT_IS " OPERATOR(pg_catalog.~~) $1::pg_catalog.text|c%");
	c->extra[3] = name;
	c->extra_type[3] = type;
	c->qualified = false;
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_comparison),           cmocka_unit_test(conditions_keep_their_precedence),
		cmocka_unit_test(columns_and_values_by_type), cmocka_unit_test(what_is_wrong_is_said_with_its_place),
		cmocka_unit_test(sizes_are_bounded),          cmocka_unit_test(nothing_is_found_by_name),
	};
	return cmocka_run_group_tests_name("unit/filter", tests, NULL, NULL);
}
