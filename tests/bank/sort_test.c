/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages in every order, with and without a filter, against the same rows sorted by the server; rows that change
 * meanwhile; searches. */
#include "bank/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "paged.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

enum { ACCOUNTS = 1500 };

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("bank_order", NULL);
	return 0;
}

/* Scattered ids; each balance thirty times, and every seventh is NULL. */
static int setup(void **state)
{
	pg_bank(0);
	pg_exec("INSERT INTO accounts SELECT (i::bigint * 7919) %% 100003, CASE WHEN i %% 7 > 0 THEN i * 31 %% 50 - 10 "
		"END FROM generate_series(1, %d) AS i",
		ACCOUNTS);
	*state = paged_new();
	return 0;
}

static int teardown(void **state)
{
	paged_free(*state);
	return 0;
}

static void look(struct paged *paged, enum sort_by by, bool descending, const char *filter)
{
	paged_look(paged, (struct sort){by, descending}, filter);
}

/* The ids in the order that the server sorts them in, separated by blanks. */
static char *truth(enum sort_by by, bool descending, const char *filter)
{
	static const char *const orders[2][2] = {{"id", "id DESC"}, {"balance, id", "balance DESC, id DESC"}};
	return pg_value("SELECT string_agg(id::text, ' ' ORDER BY %s) FROM accounts WHERE %s", orders[by][descending],
			filter ? filter : "true");
}

static void check_walk(struct paged *paged, enum sort_by by, bool descending, const char *filter)
{
	look(paged, by, descending, filter);
	char *there = paged_walked(paged, 1), *true_there = truth(by, descending, filter);
	assert_string_equal(there, true_there ? true_there : "");
	free(there);
	free(true_there);
	char *back = paged_walked(paged, -1), *true_back = truth(by, !descending, filter);
	assert_string_equal(back, true_back ? true_back : "");
	free(back);
	free(true_back);
}

static void every_order_is_the_servers(void **state)
{
	static const char *const filters[] = {NULL, "balance is null", "id > 50000 or balance in (3, 4)", "id < 0"};
	for (int descending = 0; descending < 2; descending++)
		for (size_t i = 0; i < COUNT_OF(filters); i++) {
			check_walk(*state, SORT_ID, descending, filters[i]);
			check_walk(*state, SORT_BALANCE, descending, filters[i]);
		}
}

static void every_operator_is_the_servers(void **state)
{
	static const char *const filters[] = {
		"balance = 3",
		"balance <> 3",
		"balance < 3",
		"balance <= 3",
		"balance > 3",
		"balance >= 3",
		"balance between 3 and 5",
		"balance not in (3)",
		"not (balance = 3 or id < 9000)",
		"id::text like '1%'",
	};
	struct paged *paged = *state;
	for (size_t i = 0; i + 1 < COUNT_OF(filters); i++)
		check_walk(paged, SORT_ID, false, filters[i]);
	look(paged, SORT_ID, false, "id like '1%'"); /* not SQL as it is typed */
	char *there = paged_walked(paged, 1), *wanted = truth(SORT_ID, false, filters[COUNT_OF(filters) - 1]);
	assert_string_equal(there, wanted);
	free(there);
	free(wanted);
}

/* Nobody sees an account twice or misses one that was there all the time. */
static void rows_that_change_meanwhile(void **state)
{
	struct paged *paged = *state;
	pg_exec("ALTER TABLE accounts ADD steady bool DEFAULT true; UPDATE accounts SET steady = id %% 3 > 0");
	look(paged, SORT_BALANCE, false, NULL);
	struct buf seen = {0};
	char last[32] = "";
	for (int i = 0; strcmp(last, paged_selected(paged)) != 0; i++) {
		snprintf(last, sizeof last, "%s", paged_selected(paged));
		buf_fmt(&seen, "%s%s", seen.len ? "," : "", last);
		if (i % 50 == 0)
			pg_exec("DELETE FROM accounts WHERE NOT steady AND id %% 100 = %d;"
				"UPDATE accounts SET balance = balance - 40 WHERE NOT steady AND id %% 100 = %d;"
				"INSERT INTO accounts VALUES (%d, %d, false)",
				i / 50, i / 50 + 50, 200000 + i, i % 40);
		pages_move(paged->pages, 1);
		paged_settle(paged);
	}
	assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE steady AND id NOT IN (%s)", seen.p), 0);
	assert_int_equal(pg_number("SELECT count(*) - count(DISTINCT id) FROM (SELECT unnest(ARRAY[%s]) AS id) AS s "
				   "JOIN accounts USING (id) WHERE steady",
				   seen.p),
			 0);
	buf_free(&seen);
}

static void check_search(struct paged *paged, const char *beginning, const char *id)
{
	struct err err;
	assert_int_equal(pages_search(paged->pages, beginning, &err), ST_OK);
	paged_settle(paged);
	assert_string_equal(paged_selected(paged), id);
}

static void searches_go_to_the_first_that_begins_so(void **state)
{
	struct paged *paged = *state;
	pg_exec("DELETE FROM accounts; INSERT INTO accounts VALUES (-3, 5), (26, 4), (300, 3), (2605, 2), (2700, "
		"NULL), "
		"(31000, 0)");
	for (int by = SORT_ID; by <= SORT_BALANCE; by++) {
		look(paged, (enum sort_by)by, by == SORT_BALANCE, NULL);
		check_search(paged, "26", "26");
		check_search(paged, "260", "2605");
		check_search(paged, "3", "300");
		check_search(paged, "31", "31000");
		check_search(paged, "27", "2700"); /* whose balance is NULL */
		check_search(paged, "4", "26");    /* none: the next larger */
		check_search(paged, "9", "26");
		check_search(paged, "-4", "-3");
		pages_jump(paged->pages, "301");
		paged_settle(paged);
		assert_string_equal(paged_selected(paged), "2605");
	}
	struct err err;
	assert_int_equal(pages_search(paged->pages, "2x", &err), ST_USAGE);
	look(paged, SORT_ID, false, "balance < 3");
	check_search(paged, "26", "2605");
	check_search(paged, "3", "31000");
}

static void staying_around_an_account(void **state)
{
	struct paged *paged = *state;
	look(paged, SORT_BALANCE, false, NULL);
	pages_move(paged->pages, 700);
	paged_settle(paged);
	char *id = mem_dup(paged_selected(paged));
	pages_look(paged->pages, paged_query(paged, (struct sort){SORT_ID, true}, NULL), true);
	paged_settle(paged);
	assert_string_equal(paged_selected(paged), id);
	free(id);
}

static void about_how_many_without_analyze(void **state)
{
	struct paged *paged = *state;
	pg_exec("DROP TABLE accounts; CREATE TABLE accounts (id int PRIMARY KEY, balance int) WITH (autovacuum_enabled "
		"= "
		"off);"
		"INSERT INTO accounts SELECT i, i FROM generate_series(1, 50000) AS i");
	paged_read(paged);
	pages_first(paged->pages);
	paged_settle(paged);
	assert_in_range(pages_estimate(paged->pages), 35000, 65000);
	pg_exec("ANALYZE accounts");
	look(paged, SORT_ID, false, "balance > 40000");
	assert_in_range(pages_estimate(paged->pages), 8000, 12000);
}

/* A query that takes long is not waited for. */
static void another_query_cancels_the_one_before(void **state)
{
	struct paged *paged = *state;
	struct pg_session *locker = pg_open();
	pg_run(locker, "BEGIN; LOCK TABLE accounts");
	pages_look(paged->pages, paged_query(paged, (struct sort){0}, "balance = 3"), false);
	assert_true(pages_loading(paged->pages));
	pg_until(NULL,
		 "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database "
		 "WHERE datname = current_database())"); /* a cancel that comes before what it is meant for is lost */
	pages_look(paged->pages, paged_query(paged, (struct sort){0}, "balance = 4"), false);
	paged->once = true;
	loop_run(paged->rig->loop); /* the lock is still held: the first one can only have been cancelled */
	pg_run(locker, "COMMIT");
	pg_close(locker);
	paged_settle(paged);
	assert_null(pages_error(paged->pages));
	assert_string_equal(pages_row(paged->pages, 0).balance, "4");
}

/* What was seen before is not shown as if it were the answer. */
static void a_query_that_fails_leaves_nothing(void **state)
{
	struct paged *paged = *state;
	pg_exec("ALTER TABLE accounts ADD since date");
	paged_read(paged);
	pages_first(paged->pages);
	paged_settle(paged);
	pages_look(paged->pages, paged_query(paged, (struct sort){0}, "since > 'soon'"), false);
	paged_settle(paged);
	assert_int_equal(pages_count(paged->pages), 0);
	assert_non_null(strstr(pages_error(paged->pages), "invalid input syntax for type date: \"soon\""));
	look(paged, SORT_ID, false, NULL);
	assert_true(pages_count(paged->pages) > 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_order_is_the_servers, setup, teardown),
		cmocka_unit_test_setup_teardown(every_operator_is_the_servers, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_that_change_meanwhile, setup, teardown),
		cmocka_unit_test_setup_teardown(searches_go_to_the_first_that_begins_so, setup, teardown),
		cmocka_unit_test_setup_teardown(staying_around_an_account, setup, teardown),
		cmocka_unit_test_setup_teardown(about_how_many_without_analyze, setup, teardown),
		cmocka_unit_test_setup_teardown(another_query_cancels_the_one_before, setup, teardown),
		cmocka_unit_test_setup_teardown(a_query_that_fails_leaves_nothing, setup, teardown),
	};
	return cmocka_run_group_tests_name("bank/order", tests, own_database, NULL);
}
