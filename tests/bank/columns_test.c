/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages in the order of any column: each type, NULLs, long texts, indexes, and a column that is gone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "paged.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

enum { ACCOUNTS = 700 };

/* The columns with the order that people expect of them; "": that of the type itself. */
static const struct {
	const char *name, *type, *value, *order;
} columns[] = {
	{"owner", "text", "CASE WHEN i % 5 > 0 THEN chr(97 + i % 7) || CASE WHEN i % 2 > 0 THEN 'ä-' END || i % 3 END",
	 ""},
	{"long", "text", "repeat('x', 195 + i % 9) || i % 11", "left(long, 200)"},
	{"held", "text NOT NULL", "repeat('y', 195 + i % 9) || i % 11", ""}, /* it has an index */
	{"padded", "character(8)", "chr(65 + i % 26)", ""},
	{"small", "int2", "nullif(i % 13, 4) - 6", ""},
	{"ratio", "float8", "CASE i % 6 WHEN 0 THEN 'NaN' WHEN 1 THEN '-Infinity' ELSE 1.0::float8 / i END", ""},
	{"rate", "float4", "CASE WHEN i % 3 > 0 THEN 1.0 / i END", ""},
	{"exact", "numeric", "i % 10 * power(10::numeric, 250) + i % 3", ""}, /* more digits than a page shows */
	{"open", "bool", "nullif(i % 3, 0) = 1", ""},
	{"opened", "date", "'2020-01-01'::date + i % 40", ""},
	{"seen", "timestamptz", "'2020-01-01'::timestamptz + i % 40 * interval '1.000001 s'", ""},
	{"every", "interval", "CASE WHEN i % 2 > 0 THEN interval '30 days' ELSE interval '1 month' END", ""},
	{"token", "uuid", "md5((i % 50)::text)::uuid", ""},
	{"place", "inet", "('10.0.' || i % 4 || '.1')::inet", ""},
	{"price", "money", "(i % 30)::money", ""},
	{"doc", "json", "json_build_object('k', i % 10)", "doc::text"}, /* which has no order of its own */
	{"dot", "point", "CASE WHEN i % 4 > 0 THEN point(i % 10, 1) END", "dot::text"},
};

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("bank_columns", NULL);
	return 0;
}

/* One column at a time: so many are more than teller shows. */
static void make_column(size_t i)
{
	pg_exec("DROP TABLE IF EXISTS accounts; CREATE TABLE accounts (id int PRIMARY KEY, balance int);"
		"INSERT INTO accounts SELECT i * 7919 %% 10007, i FROM generate_series(1, %d) AS i;"
		"ALTER TABLE accounts ADD COLUMN %s %s%s",
		ACCOUNTS, columns[i].name, columns[i].type, strstr(columns[i].type, "NOT NULL") ? " DEFAULT ''" : "");
	struct buf sql = {0};
	buf_fmt(&sql,
		"UPDATE accounts SET %s = %s FROM (SELECT id AS which, balance AS i FROM accounts) AS s "
		"WHERE id = which",
		columns[i].name, columns[i].value);
	pg_exec("%s", buf_text(&sql));
	buf_free(&sql);
}

static void check_order(struct paged *paged, size_t i, bool descending)
{
	const char *order = columns[i].order[0] ? columns[i].order : columns[i].name, *down = descending ? " DESC" : "";
	paged_look(paged, (struct sort){SORT_EXTRA, descending}, NULL);
	char *there = paged_walked(paged, 1), *back = paged_walked(paged, -1);
	char *true_there =
		pg_value("SELECT string_agg(id::text, ' ' ORDER BY %s%s, id%s) FROM accounts", order, down, down);
	down = descending ? "" : " DESC";
	char *true_back =
		pg_value("SELECT string_agg(id::text, ' ' ORDER BY %s%s, id%s) FROM accounts", order, down, down);
	if (strcmp(there, true_there) != 0 || strcmp(back, true_back) != 0)
		fail_msg("by %s%s:\n%s\n%s\nback:\n%s\n%s", columns[i].name, descending ? " desc" : "", there,
			 true_there, back, true_back);
	free(there);
	free(back);
	free(true_there);
	free(true_back);
}

static void every_type_as_the_server_sorts_it(void **state)
{
	(void)state;
	struct paged *paged = NULL;
	for (size_t i = 0; i < COUNT_OF(columns); i++) {
		make_column(i);
		if (strcmp(columns[i].name, "held") == 0)
			pg_exec("CREATE INDEX ON accounts (held)");
		if (paged)
			paged_read(paged);
		else
			paged = paged_new();
		check_order(paged, i, false);
		check_order(paged, i, true);
	}
	paged_free(paged);
}

static void a_collation_is_the_columns_own(void **state)
{
	(void)state;
	pg_exec("DROP TABLE IF EXISTS accounts; CREATE TABLE accounts (id int PRIMARY KEY, balance int, "
		"name text COLLATE \"C\");"
		"INSERT INTO accounts SELECT i, i, CASE WHEN i %% 2 > 0 THEN 'b' ELSE 'A' END || i %% 3 "
		"FROM generate_series(1, 500) AS i");
	struct paged *paged = paged_new();
	paged_look(paged, (struct sort){SORT_EXTRA, false}, NULL);
	char *there = paged_walked(paged, 1);
	char *wanted = pg_value("SELECT string_agg(id::text, ' ' ORDER BY name, id) FROM accounts");
	assert_string_equal(there, wanted);
	free(there);
	free(wanted);
	paged_free(paged);
}

/* From another order, around the account that is selected; searches and jumps go where the account stands. */
static void one_stays_and_goes_to_an_account(void **state)
{
	(void)state;
	struct err err;
	make_column(0);
	struct paged *paged = paged_new();
	paged_look(paged, (struct sort){SORT_ID, false}, NULL);
	pages_move(paged->pages, 400);
	paged_settle(paged);
	char *id = mem_dup(paged_selected(paged));
	pages_look(paged->pages, paged_query(paged, (struct sort){SORT_EXTRA, true}, NULL), true);
	paged_settle(paged);
	assert_string_equal(paged_selected(paged), id);
	pages_move(paged->pages, 1);
	paged_settle(paged);
	char *after = pg_value("SELECT id FROM (SELECT id, row_number() OVER (ORDER BY owner DESC, id DESC) AS n "
			       "FROM accounts) AS s WHERE n = 1 + (SELECT n FROM (SELECT id, row_number() OVER "
			       "(ORDER BY owner DESC, id DESC) AS n FROM accounts) AS t WHERE id = %s)",
			       id);
	assert_string_equal(paged_selected(paged), after);
	pages_refresh(paged->pages);
	paged_settle(paged);
	assert_string_equal(paged_selected(paged), after);
	assert_int_equal(pages_search(paged->pages, id, &err), ST_OK);
	paged_settle(paged);
	assert_string_equal(paged_selected(paged), id);
	free(id);
	free(after);
	paged_free(paged);
}

static void in_words(void **state)
{
	(void)state;
	pg_exec("DROP TABLE IF EXISTS accounts; CREATE TABLE accounts (id int PRIMARY KEY, balance int, \"x desc\" "
		"int, "
		"\"Two Words\" json, owner text); CREATE INDEX ON accounts (owner)");
	struct paged *paged = paged_new();
	const struct catalogue *c = paged->rig->catalogue;
	struct sort sort;
	struct err err;
	static const struct {
		const char *words;
		unsigned by;
		bool descending;
	} good[] = {{"x desc", SORT_EXTRA, false},
		    {"x desc desc", SORT_EXTRA, true},
		    {"\"x desc\" DESC", SORT_EXTRA, true},
		    {" two  words", 9, false},
		    {"two words\tasc", SORT_EXTRA + 1, false},
		    {"\"Two Words\"", SORT_EXTRA + 1, false},
		    {"\"two words\"", 9, false},
		    {"Owner desc", SORT_EXTRA + 2, true},
		    {"desc", 9, false},
		    {"owner desc asc", 9, false}};
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		enum status status = sort_parse(c, good[i].words, &sort, &err);
		assert_int_equal(status, good[i].by == 9 ? ST_USAGE : ST_OK);
		if (status)
			continue;
		assert_int_equal(sort.by, good[i].by);
		assert_int_equal(sort.descending, good[i].descending);
	}
	assert_false(sort_is_slow(c, (struct sort){SORT_EXTRA + 2, false}));
	assert_true(sort_is_slow(c, (struct sort){SORT_EXTRA + 1, false}));
	char *index = sort_index(c, (struct sort){SORT_EXTRA, false});
	assert_string_equal(index, "CREATE INDEX ON accounts (\"x desc\")");
	free(index);
	assert_null(sort_index(c, (struct sort){SORT_EXTRA + 1, false}));
	paged_free(paged);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_as_the_server_sorts_it),
		cmocka_unit_test(a_collation_is_the_columns_own),
		cmocka_unit_test(one_stays_and_goes_to_an_account),
		cmocka_unit_test(in_words),
	};
	return cmocka_run_group_tests_name("bank/columns", tests, own_database, NULL);
}
