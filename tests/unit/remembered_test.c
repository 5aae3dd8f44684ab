/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SERIALIZABLE remembers of reads, of answers made by hand: the words for it, and answers of another shape. */
#include "lab/remembered.h"

#include "tests/support/check.h"

static void check_words(struct remembered remembered, const char *want)
{
	struct buf out = {0};
	remembered_words(&out, &remembered);
	assert_string_equal(buf_text(&out), want);
	assert_int_equal(remembered_any(&remembered), want[0] != '\0');
	buf_free(&out);
}

static void one_and_many(void **state)
{
	(void)state;
	check_words((struct remembered){0}, "");
	check_words((struct remembered){.rows = 1}, "1 row");
	check_words((struct remembered){.rows = 2}, "2 rows");
	check_words((struct remembered){.pages = 1}, "1 page");
	check_words((struct remembered){.pages = 3}, "3 pages");
	check_words((struct remembered){.indexes = 1}, "1 index");
	check_words((struct remembered){.indexes = 2}, "2 indexes");
	check_words((struct remembered){.tables = 1}, "1 table");
	check_words((struct remembered){.tables = 12}, "12 tables");
}

static void the_smallest_first(void **state)
{
	(void)state;
	check_words((struct remembered){.rows = 2, .pages = 1}, "2 rows, 1 page");
	check_words((struct remembered){.rows = 2, .tables = 1}, "2 rows, 1 table");
	check_words((struct remembered){1, 2, 3, 4}, "1 row, 2 pages, 3 indexes, 4 tables");
}

static struct remembered read_row(size_t columns, const char *cells[], int pid)
{
	struct remembered remembered = {0};
	struct rows rows = {.nrows = 1, .ncols = columns, .cells = cells};
	assert_int_equal(remembered_read(&remembered, &rows, 0), pid);
	return remembered;
}

static void an_answer_is_read(void **state)
{
	(void)state;
	check_words(read_row(5, (const char *[]){"4711", "2", "1", "0", "0"}, 4711), "2 rows, 1 page");
	check_words(read_row(5, (const char *[]){"4711", "0", "0", "1", "2"}, 4711), "1 index, 2 tables");
}

static void other_shapes(void **state)
{
	(void)state;
	check_words(read_row(4, (const char *[]){"4711", "2", "1", "0"}, 0), "");
	check_words(read_row(0, NULL, 0), "");
	check_words(read_row(5, (const char *[]){NULL, NULL, NULL, NULL, NULL}, 0), "");
	check_words(read_row(5, (const char *[]){"x", "y", "", "\x1b[2J", "-"}, 0), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_and_many),
		cmocka_unit_test(the_smallest_first),
		cmocka_unit_test(an_answer_is_read),
		cmocka_unit_test(other_shapes),
	};
	return cmocka_run_group_tests_name("unit/remembered", tests, NULL, NULL);
}
