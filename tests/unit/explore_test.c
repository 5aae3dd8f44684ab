/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exploring without a server: levels in SQL, steps that do nothing, orders and samples, and what is known of beginnings. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lab/explore.h"
#include "src/lab/explore/known.h"
#include "src/lab/explore/orders.h"
#include "src/lab/explore/tokens.h"
#include "tests/support/check.h"

/* ---- levels ---- */

static void check_level(const char *sql, const char *expected)
{
	char *at = tokens_at_level(sql, "REPEATABLE READ");
	if (expected)
		assert_string_equal(at ? at : "(none)", expected);
	else
		assert_null(at);
	free(at);
}

static void a_level_that_is_named_is_replaced(void **state)
{
	(void)state;
	check_level("BEGIN ISOLATION LEVEL SERIALIZABLE", "BEGIN ISOLATION LEVEL REPEATABLE READ");
	check_level("begin /* now */ isolation\n level read  committed, READ ONLY;",
		    "begin /* now */ isolation\n level REPEATABLE READ, READ ONLY;");
	check_level("START TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; SELECT 1; SET TRANSACTION ISOLATION LEVEL "
		    "SNAPSHOT",
		    "START TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1; SET TRANSACTION ISOLATION LEVEL "
		    "REPEATABLE READ");
	check_level("SET default_transaction_isolation = 'serializable'",
		    "SET default_transaction_isolation = 'REPEATABLE READ'");
	check_level("SET LOCAL transaction_isolation TO read committed;",
		    "SET LOCAL transaction_isolation TO 'REPEATABLE READ';");
}

static void a_level_that_is_not_named_is_not_there(void **state)
{
	(void)state;
	check_level("BEGIN", NULL);
	check_level("", NULL);
	check_level("SELECT 'ISOLATION LEVEL SERIALIZABLE'", NULL);
	check_level("SELECT \"ISOLATION LEVEL SERIALIZABLE\" -- ISOLATION LEVEL SERIALIZABLE", NULL);
	check_level("DO $a$ BEGIN ISOLATION LEVEL SERIALIZABLE $a$", NULL);
	check_level("SHOW transaction_isolation", NULL);
	check_level("SET default_transaction_isolation = DEFAULT", NULL);
	check_level("BEGIN ISOLATION LEVEL", NULL);
	check_level("BEGIN ISOLATION LEVEL READ", NULL);
}

static void levels_are_words(void **state)
{
	(void)state;
	enum explore_level level;
	assert_true(explore_level_read("read-committed", 14, &level));
	assert_int_equal(level, EXPLORE_READ_COMMITTED);
	assert_true(explore_level_read("Repeatable Read,", 15, &level));
	assert_int_equal(level, EXPLORE_REPEATABLE_READ);
	assert_true(explore_level_read("REPEATABLE_READ", 15, &level));
	assert_false(explore_level_read("serial", 6, &level));
	assert_false(explore_level_read("serializable!", 13, &level));
	assert_false(explore_level_read("", 0, &level));
	assert_string_equal(explore_level_name(EXPLORE_SERIALIZABLE), "SERIALIZABLE");
}

/* ---- in a transaction that has failed ---- */

static void what_a_failed_transaction_refuses(void **state)
{
	(void)state;
	assert_int_equal(tokens_in_failed("UPDATE t SET a = 1"), TOKENS_REFUSED);
	assert_int_equal(tokens_in_failed("SELECT ';';"), TOKENS_REFUSED);
	assert_int_equal(tokens_in_failed("-- nothing\n"), TOKENS_REFUSED);
	assert_int_equal(tokens_in_failed("commit"), TOKENS_ENDS);
	assert_int_equal(tokens_in_failed("/* over */ ROLLBACK WORK;"), TOKENS_ENDS);
	assert_int_equal(tokens_in_failed("ROLLBACK TO SAVEPOINT a"), TOKENS_GOES_ON);
	assert_int_equal(tokens_in_failed("ROLLBACK AND CHAIN"), TOKENS_GOES_ON);
	assert_int_equal(tokens_in_failed("COMMIT; SELECT 1"), TOKENS_GOES_ON);
	assert_int_equal(tokens_in_failed("SELECT 1; ROLLBACK"), TOKENS_GOES_ON);
	assert_int_equal(tokens_in_failed("PREPARE TRANSACTION 'a'"), TOKENS_GOES_ON);
	assert_int_equal(tokens_in_failed("; COMMIT"), TOKENS_GOES_ON);
}

/* ---- orders ---- */

static struct spec *parse(const char *text)
{
	struct err err = {0};
	struct spec *spec = spec_parse("test", text, strlen(text), &err);
	if (!spec)
		fail_msg("%s", err.text);
	return spec;
}

static const char three[] =
	"session a step a1 {} step \"a 2\" {} session b step b1 {} step \"step\" {} session c step c1 {}"
	" permutation a1 \"a 2\" b1 \"step\" c1";

static void all_orders_of_the_sessions(void **state)
{
	(void)state;
	struct spec *spec = parse(three);
	struct orders orders = {0};
	struct buf shown = {0};
	orders_make(&orders, spec, 1000, 0);
	assert_int_equal(orders.all, 30);
	assert_int_equal(orders.n, 30);
	orders_show(&orders, orders_word(&orders, 0), &shown);
	assert_string_equal(shown.p, "permutation a1 \"a 2\" b1 \"step\" c1");
	assert_int_equal(orders_switches(&orders, orders_word(&orders, 0)), 2);
	for (size_t i = 1; i < orders.n; i++)
		assert_true(memcmp(orders_word(&orders, i - 1), orders_word(&orders, i), 5) < 0);
	buf_free(&shown);
	orders_free(&orders);
	spec_free(spec);
}

/* Of a million samples each order has its share: here of 3,000, with 100 each to be expected. */
static void a_sample_is_fair_and_has_no_order_twice(void **state)
{
	(void)state;
	struct spec *spec = parse(three);
	struct orders all = {0};
	int taken[30] = {0};
	orders_make(&all, spec, 30, 0);
	for (uint64_t seed = 0; seed < 1000; seed++) {
		struct orders orders = {0};
		orders_make(&orders, spec, 3, seed);
		assert_int_equal(orders.n, 3);
		assert_true(memcmp(orders_word(&orders, 0), orders_word(&orders, 1), 5) < 0);
		assert_true(memcmp(orders_word(&orders, 1), orders_word(&orders, 2), 5) < 0);
		for (size_t i = 0; i < 3 * 30; i++)
			taken[i % 30] += memcmp(orders_word(&orders, i / 30), orders_word(&all, i % 30), 5) == 0;
		orders_free(&orders);
	}
	for (size_t i = 0; i < 30; i++)
		assert_in_range(taken[i], 60, 140);
	orders_free(&all);
	spec_free(spec);
}

static void the_same_seed_takes_the_same(void **state)
{
	(void)state;
	struct spec *spec = parse(three);
	struct orders a = {0}, b = {0};
	orders_make(&a, spec, 10, 7);
	orders_make(&b, spec, 10, 7);
	assert_memory_equal(a.words, b.words, 50);
	orders_free(&a);
	orders_free(&b);
	spec_free(spec);
}

/* ---- what is known ---- */

#define WORD(...) ((const unsigned char[]){__VA_ARGS__})

static void a_session_that_is_idle_is_left_out(void **state)
{
	(void)state;
	struct known *known = known_new();
	unsigned char out[6];
	size_t ends[6];
	known_at(known, WORD(0, 1), 2)->idle = 2;
	assert_int_equal(known_reduce(known, WORD(0, 1, 0, 1, 2, 1), 6, out, ends), 4);
	assert_memory_equal(out, WORD(0, 1, 0, 2), 4);
	assert_memory_equal(ends, ((const size_t[]){1, 2, 3, 3, 4, 4}), sizeof ends);
	assert_int_equal(known_reduce(known, WORD(1, 0, 0, 1, 2, 1), 6, out, NULL), 6);
	known_free(known);
}

static void an_impossible_beginning_ends_the_word(void **state)
{
	(void)state;
	struct known *known = known_new();
	unsigned char out[4];
	known_at(known, WORD(0, 1, 1), 3)->impossible = true;
	assert_int_equal(known_reduce(known, WORD(0, 1, 1, 0), 4, out, NULL), 3);
	assert_true(known_at(known, out, 3)->impossible);
	assert_int_equal(known_reduce(known, WORD(0, 1, 0, 1), 4, out, NULL), 4);
	known_free(known);
}

static void many_beginnings_are_kept(void **state)
{
	(void)state;
	struct known *known = known_new();
	for (size_t i = 0; i < 20000; i++)
		known_at(known, WORD((unsigned char)(i & 255), (unsigned char)(i >> 8)), 2)->outcome = i + 1;
	for (size_t i = 0; i < 20000; i++)
		assert_int_equal(known_at(known, WORD((unsigned char)(i & 255), (unsigned char)(i >> 8)), 2)->outcome,
				 i + 1);
	known_free(known);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_level_that_is_named_is_replaced),
		cmocka_unit_test(a_level_that_is_not_named_is_not_there),
		cmocka_unit_test(levels_are_words),
		cmocka_unit_test(what_a_failed_transaction_refuses),
		cmocka_unit_test(all_orders_of_the_sessions),
		cmocka_unit_test(a_sample_is_fair_and_has_no_order_twice),
		cmocka_unit_test(the_same_seed_takes_the_same),
		cmocka_unit_test(a_session_that_is_idle_is_left_out),
		cmocka_unit_test(an_impossible_beginning_ends_the_word),
		cmocka_unit_test(many_beginnings_are_kept),
	};
	return cmocka_run_group_tests_name("unit/explore", tests, NULL, NULL);
}
