/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The statements of a query without a server: pages in both orders, NULL balances, the past, ids by their beginning. */
#include "bank/query.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"

/* accounts(id int4, balance numeric) */
static struct catalogue *catalogue(void)
{
	static struct catalogue c = {
		.id_name = "id",
		.balance_name = "balance",
		.id_type = "int4",
		.balance_type = "numeric",
		.id_is_number = true,
		.id_max = INT32_MAX,
		.ncolumns = 2,
		.columns = {"id", "balance"},
		.sql[CAT_COLUMNS] = "id, balance",
		.sql[CAT_ALWAYS] = "id, balance",
		.sql[CAT_TABLE] = "accounts",
		.sql[CAT_ID] = "id",
		.sql[CAT_BALANCE] = "balance",
	};
	return &c;
}

static void check_page(const struct query *query, enum way way, const struct spot *place, const char *wanted)
{
	struct ask ask = {0};
	struct buf got = {0};
	query_page(&ask, query, way, place, 200);
	for (size_t i = 0; i < ask.n; i++) {
		buf_fmt(&got, "%s%s", i ? "\n" : "", ask.statements[i].sql);
		for (unsigned p = 0; p < ask.statements[i].nparams; p++)
			buf_fmt(&got, "|%s", ask.statements[i].params[p]);
	}
	assert_string_equal(buf_text(&got), wanted);
	buf_free(&got);
	ask_free(&ask);
}

#define ALL "SELECT id, balance FROM accounts"
static const struct spot rich = {"7", "12.5"}, poor = {"7", NULL};

static void pages_by_id(void **state)
{
	(void)state;
	const struct dialect *pg = dialect_of(SERVER_POSTGRES);
	struct query *query = query_new(catalogue(), pg, (struct sort){SORT_ID, false}, NULL, NULL);
	check_page(query, WAY_AFTER, NULL, ALL " ORDER BY id LIMIT $1|200");
	check_page(query, WAY_AFTER, &rich, ALL " WHERE id > $1 ORDER BY id LIMIT $2|7|200");
	check_page(query, WAY_FROM, &rich, ALL " WHERE id >= $1 ORDER BY id LIMIT $2|7|200");
	check_page(query, WAY_BEFORE, &rich, ALL " WHERE id < $1 ORDER BY id DESC LIMIT $2|7|200");
	check_page(query, WAY_BEFORE, NULL, ALL " ORDER BY id DESC LIMIT $1|200");
	query_free(query);
	query = query_new(catalogue(), pg, (struct sort){SORT_ID, true}, NULL, "'-10s'");
	check_page(query, WAY_AFTER, &rich, ALL " WHERE id < $1 ORDER BY id DESC LIMIT $2|7|200");
	check_page(query, WAY_FROM, &rich, ALL " WHERE id <= $1 ORDER BY id DESC LIMIT $2|7|200");
	check_page(query, WAY_BEFORE, &rich, ALL " WHERE id > $1 ORDER BY id LIMIT $2|7|200");
	query_free(query);
}

static void pages_by_balance(void **state)
{
	(void)state;
	struct filter *filter;
	struct err err;
	struct catalogue c = *catalogue();
	const struct dialect *pg = dialect_of(SERVER_POSTGRES);
	struct query *query = query_new(&c, pg, (struct sort){SORT_BALANCE, false}, NULL, NULL);
	check_page(query, WAY_AFTER, &rich,
		   ALL " WHERE (balance, id) > ($1, $2) ORDER BY balance, id LIMIT $3|12.5|7|200");
	query_free(query);
	c.balance_nullable = true;
	assert_int_equal(filter_new(&filter, &c, "id > 3 or id < 1", &err), ST_OK);
	query = query_new(&c, pg, (struct sort){SORT_BALANCE, false}, filter, NULL);
#define SOME ALL " WHERE (id > $1::int8 OR id < $2::int8) AND "
	check_page(query, WAY_AFTER, &rich,
		   SOME "(balance, id) > ($3, $4) ORDER BY balance, id LIMIT $5|3|1|12.5|7|200\n" SOME
			"balance IS NULL ORDER BY id LIMIT $3|3|1|200");
	check_page(query, WAY_BEFORE, &rich,
		   SOME "(balance, id) < ($3, $4) ORDER BY balance DESC, id DESC LIMIT $5|3|1|12.5|7|200");
	check_page(query, WAY_FROM, &poor, SOME "balance IS NULL AND id >= $3 ORDER BY id LIMIT $4|3|1|7|200");
	check_page(query, WAY_BEFORE, &poor,
		   SOME "balance IS NULL AND id < $3 ORDER BY id DESC LIMIT $4|3|1|7|200\n" SOME
			"balance IS NOT NULL ORDER BY balance DESC, id DESC LIMIT $3|3|1|200");
	check_page(query, WAY_BEFORE, NULL,
		   SOME "balance IS NULL ORDER BY id DESC LIMIT $3|3|1|200\n" SOME
			"balance IS NOT NULL ORDER BY balance DESC, id DESC LIMIT $3|3|1|200");
	query_free(query);
}

/* CockroachDB has NULL first, and can read the past. */
static void pages_on_cockroachdb(void **state)
{
	(void)state;
	struct catalogue c = *catalogue();
	const struct dialect *crdb = dialect_of(SERVER_COCKROACH);
	c.balance_nullable = true;
	struct query *query = query_new(&c, crdb, (struct sort){SORT_BALANCE, true}, NULL, "'-10s'");
#define PAST ALL " AS OF SYSTEM TIME '-10s'"
	check_page(query, WAY_AFTER, &rich,
		   PAST " WHERE (balance, id) < ($1, $2) ORDER BY balance DESC, id DESC LIMIT $3|12.5|7|200\n" PAST
			" WHERE balance IS NULL ORDER BY id DESC LIMIT $1|200");
	check_page(query, WAY_BEFORE, &rich,
		   PAST " WHERE (balance, id) > ($1, $2) ORDER BY balance, id LIMIT $3|12.5|7|200");
	query_free(query);
}

static void how_far_back(void **state)
{
	(void)state;
	static const char *const good[][2] = {
		{"off", NULL}, {"follower", "follower_read_timestamp()"}, {"-10s", "'-10s'"}, {"-0500ms", "'-500ms'"}};
	static const char *const bad[] = {
		"", "10s", "-s", "-0s", "-10", "-10s'", "- 1s", "-1y", "-99999999999999999999s"};
	struct err err;
	char *as_of;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		assert_int_equal(query_as_of(good[i][0], &as_of, &err), ST_OK);
		assert_int_equal(as_of != NULL, good[i][1] != NULL);
		if (as_of)
			assert_string_equal(as_of, good[i][1]);
		free(as_of);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_int_equal(query_as_of(bad[i], &as_of, &err), ST_USAGE);
		assert_null(as_of);
	}
}

static void orders_in_words(void **state)
{
	(void)state;
	struct sort order;
	struct err err;
	assert_int_equal(sort_parse(catalogue(), " Balance  DESC ", &order, &err), ST_OK);
	assert_true(order.by == SORT_BALANCE && order.descending);
	assert_int_equal(sort_parse(catalogue(), "id asc", &order, &err), ST_OK);
	assert_true(order.by == SORT_ID && !order.descending);
	static const char *const bad[] = {"", "owner", "id down", "id desc desc", "balance; drop", "idx"};
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(sort_parse(catalogue(), bad[i], &order, &err), ST_USAGE);
}

static void check_search(const char *beginning, size_t statements, const char *low, const char *high)
{
	struct query *query = query_new(catalogue(), dialect_of(SERVER_POSTGRES), (struct sort){0}, NULL, NULL);
	struct ask ask = {0};
	struct err err;
	assert_int_equal(query_search(&ask, query, beginning, &err), ST_OK);
	assert_int_equal(ask.n, statements);
	if (statements > 1) { /* the last range; behind it comes the next larger id */
		assert_string_equal(ask.statements[statements - 2].params[0], low);
		assert_string_equal(ask.statements[statements - 2].params[1], high);
	}
	assert_string_equal(ask.statements[statements - 1].params[0], beginning);
	ask_free(&ask);
	query_free(query);
}

static void ids_by_their_beginning(void **state)
{
	(void)state;
	check_search("26", 9, "260000000", "269999999"); /* 26, 260 to 269 ..., as far as the type goes */
	check_search("21", 10, "2100000000", "2147483647");
	check_search("2147483647", 2, "2147483647", "2147483647");
	check_search("0", 1, NULL, NULL);
	check_search("-5", 1, NULL, NULL);
	struct query *query = query_new(catalogue(), dialect_of(SERVER_POSTGRES), (struct sort){0}, NULL, NULL);
	struct ask ask = {0};
	struct err err;
	assert_int_equal(query_search(&ask, query, "2x", &err), ST_USAGE);
	assert_int_equal(query_search(&ask, query, "2147483648", &err), ST_USAGE);
	ask_free(&ask);
	query_free(query);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_by_id),          cmocka_unit_test(pages_by_balance),
		cmocka_unit_test(pages_on_cockroachdb), cmocka_unit_test(how_far_back),
		cmocka_unit_test(orders_in_words),      cmocka_unit_test(ids_by_their_beginning),
	};
	return cmocka_run_group_tests_name("unit/query", tests, NULL, NULL);
}
