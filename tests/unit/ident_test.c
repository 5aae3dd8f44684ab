/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in SQL: which need quotes, how they are quoted, and how people write them. */
#include "src/bank/sql/ident.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tests/support/check.h"

static void check_written(const char *name, const char *sql)
{
	struct buf buf = {0};
	ident_add(&buf, name);
	assert_string_equal(buf_text(&buf), sql);
	buf_free(&buf);
}

static void only_simple_names_are_bare(void **state)
{
	(void)state;
	static const char *const bare[] = {"accounts", "id", "balance", "_x", "a1_b2", "transfers", "selected"};
	for (size_t i = 0; i < COUNT_OF(bare); i++)
		check_written(bare[i], bare[i]);
	static const char *const quoted[] = {"select",   "user", "order",  "index", "xmltable", "all",
					     "Accounts", "1a",   "a b",    "a.b",   "a$b",      "",
					     "a-b",      "int",  "values", "family"};
	for (size_t i = 0; i < COUNT_OF(quoted); i++) {
		struct buf sql = {0};
		buf_fmt(&sql, "\"%s\"", quoted[i]);
		check_written(quoted[i], sql.p);
		buf_free(&sql);
	}
}

static void quotes_are_doubled(void **state)
{
	(void)state;
	check_written("a\"b", "\"a\"\"b\"");
	check_written("\"", "\"\"\"\"");
	check_written("x\"; DROP TABLE y; --", "\"x\"\"; DROP TABLE y; --\"");
	check_written("caf\xc3\xa9", "\"caf\xc3\xa9\"");
}

static void check_split(const char *text, const char *schema, const char *name)
{
	char *s, *n;
	bool good = ident_split(text, &s, &n);
	assert_int_equal(good, name != NULL);
	assert_int_equal(s != NULL, schema != NULL);
	if (schema)
		assert_string_equal(s, schema);
	if (name)
		assert_string_equal(n, name);
	free(s);
	free(n);
}

static void what_people_write(void **state)
{
	(void)state;
	check_split("accounts", NULL, "accounts");
	check_split("Accounts", NULL, "Accounts");
	check_split("east.accounts", "east", "accounts");
	check_split("\"a.b\".c", "a.b", "c");
	check_split("\"a\"\"b\"", NULL, "a\"b");
	check_split("back office.order", "back office", "order");
	check_split("", NULL, NULL);
	check_split(".a", NULL, NULL);
	check_split("a.", NULL, NULL);
	check_split("a.b.c", NULL, NULL);
	check_split("\"a", NULL, NULL);
	check_split("\"a\"b", NULL, NULL);
	check_split("a\"b\"", NULL, NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_simple_names_are_bare),
		cmocka_unit_test(quotes_are_doubled),
		cmocka_unit_test(what_people_write),
	};
	return cmocka_run_group_tests_name("unit/ident", tests, NULL, NULL);
}
