/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From account to account that holds a text: here and on the server, in every order, around, given up, cancelled. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "paged.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

enum { ACCOUNTS = 3000 };

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("bank_seek", NULL);
	return 0;
}

static int setup(void **state)
{
	pg_exec("DROP TABLE IF EXISTS accounts; CREATE TABLE accounts (id int PRIMARY KEY, balance int, owner text, "
		"doc json); INSERT INTO accounts SELECT i * 7, i * 31 %% 97, CASE WHEN i %% 450 = 0 THEN 'Grace ' || i "
		"WHEN i %% 3 > 0 THEN 'Ann' END, json_build_object('n', i %% 1000) FROM generate_series(1, %d) AS i",
		ACCOUNTS);
	*state = paged_new();
	return 0;
}

static int teardown(void **state)
{
	paged_free(*state);
	return 0;
}

static void check_seek(struct paged *paged, const char *text, enum seek way, enum sought sought, const char *id)
{
	pages_seek(paged->pages, text, way);
	paged_settle(paged);
	assert_int_equal(pages_sought(paged->pages), sought);
	pages_sought_done(paged->pages);
	assert_int_equal(pages_sought(paged->pages), SOUGHT_NOTHING);
	assert_null(pages_error(paged->pages));
	assert_string_equal(paged_selected(paged), id);
}

/* All that hold it, one after another, and then around to the first; and back. */
static void check_all(struct paged *paged, struct sort sort, const char *order, const char *back)
{
	paged_look(paged, sort, NULL);
	for (int way = 0; way < 2; way++) {
		char *ids = pg_value("SELECT string_agg(id::text, ' ' ORDER BY %s) FROM accounts WHERE owner ILIKE "
				     "'%%grace%%'",
				     way ? back : order);
		char *rest = ids, *first = NULL;
		if (way)
			pages_last(paged->pages);
		else
			pages_first(paged->pages);
		paged_settle(paged);
		for (char *id = strsep(&rest, " "); id; id = strsep(&rest, " ")) {
			first = first ? first : id;
			check_seek(paged, "gRACE", way ? SEEK_PREVIOUS : SEEK_NEXT, SOUGHT_FOUND, id);
		}
		check_seek(paged, "gRACE", way ? SEEK_PREVIOUS : SEEK_NEXT, SOUGHT_AROUND, first);
		free(ids);
	}
}

static void in_every_order(void **state)
{
	check_all(*state, (struct sort){SORT_ID, false}, "id", "id DESC");
	check_all(*state, (struct sort){SORT_ID, true}, "id DESC", "id");
	check_all(*state, (struct sort){SORT_BALANCE, false}, "balance, id", "balance DESC, id DESC");
	check_all(*state, (struct sort){SORT_EXTRA, true}, "owner DESC, id DESC", "owner, id");
}

static void ids_by_their_beginning(void **state)
{
	struct paged *paged = *state;
	paged_look(paged, (struct sort){0}, NULL);
	check_seek(paged, "2099", SEEK_NEXT, SOUGHT_FOUND, "20993"); /* 2999 * 7: not 12099, nor n 2099 */
	check_seek(paged, "2099", SEEK_NEXT, SOUGHT_AROUND, "20993");
	check_seek(paged, "2099", SEEK_FROM, SOUGHT_FOUND, "20993");
	check_seek(paged, "no such", SEEK_NEXT, SOUGHT_NONE, "20993");
	check_seek(paged, "no such", SEEK_PREVIOUS, SOUGHT_NONE, "20993");
	check_seek(paged, "\"n\" : 77}", SEEK_NEXT, SOUGHT_AROUND, "539");
	pages_look(paged->pages, paged_query(paged, (struct sort){0}, "id > 10000 and owner is not null"), false);
	paged_settle(paged);
	check_seek(paged, "Grace", SEEK_PREVIOUS, SOUGHT_AROUND, "18900");
	check_seek(paged, "100%'", SEEK_NEXT, SOUGHT_NONE, "18900"); /* no pattern, and no SQL */
}

static void uuids(void **state)
{
	struct paged *paged = *state;
	pg_exec("DROP TABLE accounts; CREATE TABLE accounts (id uuid PRIMARY KEY, balance int);"
		"INSERT INTO accounts SELECT md5(i::text)::uuid, i FROM generate_series(1, 2000) AS i");
	paged_read(paged);
	pages_first(paged->pages);
	paged_settle(paged);
	char *last = pg_value("SELECT id FROM accounts ORDER BY id OFFSET 1500 LIMIT 1");
	char half[16];
	snprintf(half, sizeof half, "%.8s%.4s", last, last + 9); /* without its dash */
	for (char *p = half; *p; p++)
		*p = *p >= 'a' ? (char)(*p - 32) : *p;
	check_seek(paged, half, SEEK_NEXT, SOUGHT_FOUND, last);
	check_seek(paged, half, SEEK_NEXT, SOUGHT_AROUND, last);
	free(last);
}

static void texts(void **state)
{
	struct paged *paged = *state;
	pg_exec("DROP TABLE accounts; CREATE TABLE accounts (id text PRIMARY KEY, balance int);"
		"INSERT INTO accounts SELECT 'acc-' || lpad(i::text, 5, '0'), i FROM generate_series(1, 2000) AS i;"
		"INSERT INTO accounts VALUES ('zoe Hopper', 1)");
	paged_read(paged);
	pages_first(paged->pages);
	paged_settle(paged);
	check_seek(paged, "HOPPER", SEEK_NEXT, SOUGHT_FOUND, "zoe Hopper");
	check_seek(paged, "0100", SEEK_NEXT, SOUGHT_AROUND, "acc-00100");
}

/* Moving ends a search that still runs, and so does another one; the rows are walked at once. */
static void moving_ends_it(void **state)
{
	struct paged *paged = *state;
	paged_look(paged, (struct sort){0}, NULL);
	struct pg_session *locker = pg_open();
	pg_run(locker, "BEGIN; LOCK TABLE accounts");
	pages_seek(paged->pages, "no such", SEEK_NEXT);
	assert_int_equal(pages_sought(paged->pages), SOUGHT_RUNS);
	pg_until(NULL,
		 "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database "
		 "WHERE datname = current_database())");
	pages_move(paged->pages, 3);
	assert_string_equal(paged_selected(paged), "28");
	assert_int_equal(pages_sought(paged->pages), SOUGHT_NOTHING);
	paged->once = true;
	loop_run(paged->rig->loop);
	assert_null(pages_error(paged->pages));
	pages_seek(paged->pages, "no such", SEEK_NEXT);
	pg_until(NULL,
		 "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database "
		 "WHERE datname = current_database())");
	pages_cancel(paged->pages); /* as ^C does */
	paged_settle(paged);
	assert_int_equal(pages_sought(paged->pages), SOUGHT_FAILED);
	assert_non_null(strstr(pages_sought_error(paged->pages), "cancel"));
	assert_null(pages_error(paged->pages));
	assert_string_equal(paged_selected(paged), "28");
	pg_run(locker, "COMMIT");
	pg_close(locker);
	check_seek(paged, "grace 2700", SEEK_NEXT, SOUGHT_FOUND, "18900");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(in_every_order, setup, teardown),
		cmocka_unit_test_setup_teardown(ids_by_their_beginning, setup, teardown),
		cmocka_unit_test_setup_teardown(uuids, setup, teardown),
		cmocka_unit_test_setup_teardown(texts, setup, teardown),
		cmocka_unit_test_setup_teardown(moving_ends_it, setup, teardown),
	};
	return cmocka_run_group_tests_name("bank/seek", tests, own_database, NULL);
}
