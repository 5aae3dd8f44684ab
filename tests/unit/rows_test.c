/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shape of an answer: what is taken, and what is refused with which sentence. */
#include "db/rows.h"

#include "tests/support/check.h"

static const char *const pair[] = {"id", "balance"};
static const struct shape account = {.columns = 2, .names = pair, .filled = SHAPE_FILLED(0)};

/* NULL for a row set that is taken, else what is wrong with it. Static, for one call. */
static const char *wrong(const struct shape *shape, size_t nrows, size_t ncols, const char **names, const char **cells)
{
	static struct err err;
	struct rows rows = {.nrows = nrows, .ncols = ncols, .names = names, .cells = cells};
	err_clear(&err);
	return rows_check(&rows, shape, &err) ? err.text : NULL;
}

static void what_was_asked_for(void **state)
{
	(void)state;
	const char *names[] = {"id", "balance"}, *cells[] = {"1", NULL, "2", "5"};
	assert_null(wrong(&account, 2, 2, names, cells));
	assert_null(wrong(&account, 0, 2, names, cells));
}

static void another_number_of_columns(void **state)
{
	(void)state;
	const char *names[] = {"id", "balance", "more"}, *cells[] = {"1", "2", "3"};
	assert_string_equal(wrong(&account, 1, 1, names, cells), "it has 1 column, not 2");
	assert_string_equal(wrong(&account, 1, 3, names, cells), "it has 3 columns, not 2");
	assert_string_equal(wrong(&account, 0, 0, names, cells), "it has 0 columns, not 2");
}

static void other_columns(void **state)
{
	(void)state;
	const char *names[] = {"balance", "id"}, *cells[] = {"1", "2"};
	assert_string_equal(wrong(&account, 1, 2, names, cells), "its column 1 is balance, not id");
	const struct shape any = {.columns = 2};
	assert_null(wrong(&any, 1, 2, names, cells));
}

static void a_null_where_there_is_none(void **state)
{
	(void)state;
	const char *names[] = {"id", "balance"}, *cells[] = {"1", "2", NULL, "3"};
	assert_string_equal(wrong(&account, 2, 2, names, cells), "it has a NULL in its column 1");
	assert_null(wrong(&account, 1, 2, names, cells));
}

static void one_row_and_no_other_number(void **state)
{
	(void)state;
	const struct shape one = {.columns = 1, .one_row = true};
	const char *names[] = {"count"}, *cells[] = {"1", "2"};
	assert_null(wrong(&one, 1, 1, names, cells));
	assert_string_equal(wrong(&one, 0, 1, names, cells), "it has 0 rows, not one");
	assert_string_equal(wrong(&one, 2, 1, names, cells), "it has 2 rows, not one");
}

static void no_rows_at_all(void **state)
{
	(void)state;
	struct err err = {0};
	const struct shape any = {0};
	assert_int_equal(rows_check(NULL, &any, &err), ST_OK);
	assert_int_equal(rows_check(NULL, &account, &err), ST_CHECK);
	assert_string_equal(err.text, "it has no rows and columns at all");
}

static void names_outlive_who_gave_them(void **state)
{
	(void)state;
	char id[] = "id";
	const char *given[] = {id, "balance"}, *names[] = {"id", "balance"}, *cells[] = {"1", "2"};
	struct arena arena = {0};
	struct shape shape = {.columns = 2, .names = given}, copy = shape_copy(&arena, &shape);
	id[0] = 'x';
	given[1] = NULL;
	assert_null(wrong(&copy, 1, 2, names, cells));
	arena_free(&arena);
}

/* A copy of rows that are somebody's own lives by itself; further copies are the same rows, until all are freed. */
static void copies_are_shared(void **state)
{
	(void)state;
	char cell[] = "5";
	const char *names[] = {"balance"}, *cells[] = {cell};
	uint32_t types[] = {23}, lengths[] = {1};
	struct rows own = {.nrows = 1, .ncols = 1, .names = names, .types = types, .cells = cells, .lengths = lengths};
	struct rows *copy = rows_copy(&own);
	cell[0] = '!';
	struct rows *shared = rows_copy(copy);
	assert_ptr_equal(shared, copy);
	rows_free(copy);
	assert_string_equal(rows_cell(shared, 0, 0), "5");
	rows_free(shared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_asked_for),
		cmocka_unit_test(another_number_of_columns),
		cmocka_unit_test(other_columns),
		cmocka_unit_test(a_null_where_there_is_none),
		cmocka_unit_test(one_row_and_no_other_number),
		cmocka_unit_test(no_rows_at_all),
		cmocka_unit_test(names_outlive_who_gave_them),
		cmocka_unit_test(copies_are_shared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
