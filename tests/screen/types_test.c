/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console on tables of every type: two accounts picked and money moved by keys, amounts whole and with their scale;
 * and one to look at only. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("screen_types", NULL);
	return 0;
}

struct kind {
	const char *id, *balance;
	const char *rows[2][2]; /* as SQL: id, balance; in the order of the ids */
	const char *shown[2];   /* the ids on the screen */
	const char *question;   /* in the review */
	const char *pane[2];    /* what From and To say of what will be */
	const char *after;      /* both balances then */
};

static const struct kind kinds[] = {
	{"uuid",
	 "int8",
	 {{"'00000000-0000-4000-8000-000000000001'", "1001"}, {"'f47ac10b-58cc-4372-a567-0e02b2c3d479'", "5"}},
	 {"00000000-0000-4000-8000-", "f47ac10b-58cc-4372-a567-"},
	 "Transfer half of 00000000-0000-4000-8000-000000000001",
	 {"1001 ->  501", "5 ->  505"},
	 "501 505"},
	{"int8",
	 "int8",
	 {{"1229631649994833921", "1000"}, {"1229631649994833922", "0"}},
	 {"1229631649994833921", "1229631649994833922"},
	 "Transfer half of 1229631649994833921 to 1229631649994833922?",
	 {"1000 ->  500", "0 ->  500"},
	 "500 500"},
	{"text",
	 "int4",
	 {{"E'a\\n''b\\x1b[2J'", "1000"}, {"E'b \"c\"\\t'", "0"}},
	 {"a\\n'b\\x1b[2J", "b \"c\"\\t"},
	 "Transfer half of a\\n'b\\x1b[2J to b \"c\"\\t?",
	 {"1000 ->  500", "0 ->  500"},
	 "500 500"},
	{"int4",
	 "numeric(18,2)",
	 {{"11", "10.01"}, {"12", "1234.5"}},
	 {"11", "12"},
	 "Transfer half of 11 to 12?",
	 {"10.01 ->    5.01", "1234.50 -> 1239.50"},
	 "5.01 1239.50"},
	{"int2",
	 "int2",
	 {{"32766", "32767"}, {"32767", "0"}},
	 {"32766", "32767"},
	 "Transfer half of 32766 to 32767?",
	 {"32767 -> 16384", "0 -> 16383"},
	 "16384 16383"},
};

static void move_by_keys(void **state, const struct kind *kind)
{
	pg_exec("DROP TABLE IF EXISTS accounts, transfers; CREATE TABLE accounts (id %s PRIMARY KEY, balance %s);"
		"INSERT INTO accounts VALUES (%s, %s), (%s, %s)",
		kind->id, kind->balance, kind->rows[0][0], kind->rows[0][1], kind->rows[1][0], kind->rows[1][1]);
	proc_free(teller_run("init"));
	struct term *term = console_open_with(state, 24, 80, NULL, kind->shown[1]);
	console_expect_selected(term, kind->shown[0]);
	term_type(term, "s<Down>");
	console_expect_selected(term, kind->shown[1]);
	term_type(term, "d");
	console_expect_in_order(term, kind->pane[0], kind->pane[1]);
	term_type(term, "<Enter>");
	term_expect(term, kind->question);
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "COMMITTED");
	console_expect_in_order(term, kind->pane[0], kind->pane[1]);
	char *after = pg_value("SELECT string_agg(balance::text, ' ' ORDER BY id) FROM accounts");
	assert_string_equal(after, kind->after);
	free(after);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 1);
	console_quit(term);
	term_free(term);
	*state = NULL;
}

static void every_kind(void **state)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		move_by_keys(state, &kinds[i]);
}

static void amounts_are_typed_with_their_scale(void **state)
{
	pg_exec("DROP TABLE IF EXISTS accounts, transfers; CREATE TABLE accounts (id int PRIMARY KEY, balance "
		"numeric(9,2));"
		"INSERT INTO accounts VALUES (7001, 10.01), (7002, 0)");
	proc_free(teller_run("init"));
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":transfer 7001 7002 1.005<Enter>");
	term_expect(term, "the amount 1.005 has more decimals than the 2 that can be counted");
	term_type(term, ":transfer 7001 7002 1.5<Enter>");
	term_expect(term, "Transfer 1.5 from 7001 to 7002?");
	console_expect_in_order(term, "10.01 ->  8.51", "0.00 ->  1.50", "Move  1.50");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "moved 1.50 in");
	term_type(term, "<Tab><Tab>z");
	console_expect_in_order(term, "-1.50", "+1.50", ", 1.50", "COMMITTED");
	console_quit(term);
}

/* A number that is cut off looks like another one. */
static void numbers_are_whole(void **state)
{
	pg_exec("DROP TABLE IF EXISTS accounts, transfers; CREATE TABLE accounts (id text PRIMARY KEY, balance "
		"numeric(18,2));"
		"INSERT INTO accounts VALUES (repeat('7001', 20), 9999999999999999.99), (repeat('7002', 20), 1.01)");
	static const int sizes[][2] = {{10, 40}, {24, 80}, {45, 140}};
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct term *term = console_open(state, sizes[i][0], sizes[i][1]);
		term_expect(term, " 9999999999999999.99 ");
		term_type(term, "s<Down>d");
		term_expect(term, "destination is");
		if (sizes[i][1] == 40)
			term_type(term, "<Tab>");
		console_expect_in_order(term, "-> 5000000000000000.00 ", "-> 5000000000000001.00 ");
		console_quit(term);
		term_free(term);
		*state = NULL;
	}
}

/* ---- only to look at ---- */

static void sees_and_is_refused(struct term *term, const char *sentence)
{
	term_expect(term, "READ-ONLY");
	term_type(term, "s<Down>");
	console_expect_selected(term, "7002");
	term_type(term, "d<Enter>");
	term_expect(term, sentence);
	term_type(term, ":transfer 7001 7002<Enter>");
	term_settle(term);
	term_expect(term, sentence);
	assert_false(term_shows(term, "y do it"));
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
	console_quit(term);
}

static void without_the_right_to_write(void **state)
{
	pg_bank(3);
	pg_exec("DO $$BEGIN CREATE ROLE screen_looker LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$");
	pg_exec("GRANT SELECT ON accounts, transfers TO screen_looker");
	static const char *const env[] = {"PGUSER=screen_looker", NULL};
	struct term *term = console_open_with(state, 24, 80, env, "read-only: you may read accounts but not change it");
	sees_and_is_refused(term, "you may read accounts but not change it: ask its owner");
}

static void with_the_option(void **state)
{
	pg_bank(3);
	const char *const argv[] = {proc_teller(), "--read-only", NULL};
	struct term *term = term_start(argv, NULL, 24, 80);
	*state = term;
	term_expect(term, "7001");
	sees_and_is_refused(term, "transfer is not available with --read-only");
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_kind, term_teardown),
		cmocka_unit_test_teardown(amounts_are_typed_with_their_scale, term_teardown),
		cmocka_unit_test_teardown(numbers_are_whole, term_teardown),
		cmocka_unit_test_teardown(without_the_right_to_write, term_teardown),
		cmocka_unit_test_teardown(with_the_option, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/types", tests, own_database, NULL);
}
