/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of statements in few columns: the rows and the amount are never what is cut. */
#include "event/shorten.h"

#include <string.h>

#include "base/text.h"
#include "tests/support/check.h"

static void check(const char *text, int columns, const char *want)
{
	struct buf out = {0};
	shorten_sql(&out, text, columns);
	assert_string_equal(buf_text(&out), want);
	assert_true((int)text_width(buf_text(&out), out.len) <= columns);
	buf_free(&out);
}

static void what_fits_stays(void **state)
{
	(void)state;
	check("COMMIT", 6, "COMMIT");
	check("UPDATE accounts SET balance = balance - 5 WHERE id = 1", 60,
	      "UPDATE accounts SET balance = balance - 5 WHERE id = 1");
}

static void by_meaning(void **state)
{
	(void)state;
	check("BEGIN ISOLATION LEVEL SERIALIZABLE", 20, "BEGIN SERIALIZABLE");
	check("RELEASE SAVEPOINT cockroach_restart", 30, "RELEASE cockroach_restart");
	check("ROLLBACK TO SAVEPOINT cockroach_restart", 30, "ROLLBACK TO cockroach_restart");
	check("UPDATE accounts SET balance = balance - 457485 WHERE id = 1", 20, "UPDATE 1  -457485");
	check("UPDATE accounts SET balance = balance - 457485 WHERE id = 1; ", 20, "UPDATE 1  -457485");
	check("UPDATE accounts SET balance = 500 WHERE id = 1", 16, "UPDATE 1  = 500");
	check("UPDATE a SET x = 1, y = y + 2 WHERE id = 'a b'", 40, "UPDATE id = 'a b'  x = 1, y = y + 2");
	check("SELECT id, balance FROM accounts WHERE id IN (7001, 7002)", 40, "SELECT id IN (7001, 7002)");
	check("SELECT balance FROM accounts WHERE id = 1 FOR UPDATE", 30, "SELECT id = 1 FOR UPDATE");
	check("DELETE FROM accounts WHERE id = 7001", 30, "DELETE id = 7001");
	check("INSERT INTO accounts (id, balance) VALUES (3, 0)", 30, "INSERT accounts (3, 0)");
}

/* What guards against other people's functions says nothing to people. */
static void noise_goes_first(void **state)
{
	(void)state;
	check("UPDATE public.accounts SET balance = balance OPERATOR(pg_catalog.-) 5 WHERE id OPERATOR(pg_catalog.=) 1",
	      62, "UPDATE public.accounts SET balance = balance - 5 WHERE id = 1");
	check("UPDATE public.accounts SET balance = balance OPERATOR(pg_catalog.-) 5 WHERE id OPERATOR(pg_catalog.=) 1",
	      20, "UPDATE 1  -5");
	check("SELECT 'it::is OPERATOR( here', a::int8 FROM t", 44, "SELECT 'it::is OPERATOR( here', a FROM t");
}

/* What is written is in the statement that a WITH holds; what follows only checks it. */
static void a_with_is_what_it_holds(void **state)
{
	(void)state;
	check("WITH written AS (INSERT INTO transfers (id, amount) VALUES ('x', 5) RETURNING id) SELECT 1 FROM written "
	      "WHERE destination = 7002::int8 AND amount = 5",
	      40, "INSERT transfers ('x', 5)");
	check("WITH changed AS (UPDATE accounts SET balance = balance - 500 WHERE id = 7001 RETURNING balance) "
	      "SELECT 1 / count(*) AS checked FROM changed WHERE balance = 500",
	      40, "UPDATE 7001  -500");
	check("WITH a AS (DELETE FROM \"x) \" WHERE id = 1 RETURNING id) SELECT id FROM a", 30, "DELETE id = 1");
}

#define WRITTEN                                                                                                        \
	"(INSERT INTO \"the ledger\" (id, source, destination, amount) VALUES (CASE WHEN (SELECT balance FROM "        \
	"accounts "                                                                                                    \
	"WHERE id = 7001) = 500 THEN '0f61a3c4-5f0e-4c49-8a8d-5f1c21297868'::uuid END, 7001, 7002, 500) RETURNING id)"

/* The verb and the table, and the accounts and the amount, whatever is between. */
static void an_insert_keeps_both_ends(void **state)
{
	(void)state;
	check("WITH written AS " WRITTEN " SELECT 1 / count(*) AS written FROM written WHERE amount = 500", 46,
	      "INSERT \"the ledger\" ~ 7001, 7002, 500)");
	check("INSERT INTO transfers VALUES ('0f61a3c4-5f0e-4c49-8a8d-5f1c21297868', 7001, 7002, 500) ON CONFLICT (id) "
	      "DO "
	      "NOTHING RETURNING id",
	      36, "INSERT transfers ~ 7001, 7002, 500)");
	check("INSERT INTO accounts (id, balance) VALUES (1, 100), (2, 200), (3, 300)", 24, "INSERT accounts (1, 100~");
	check("WITH moved AS (UPDATE accounts AS a SET balance = 5 RETURNING id), recorded AS " WRITTEN
	      " SELECT c.amount "
	      "FROM checked AS c",
	      40, "UPDATE accounts ~ FROM checked AS c");
	check("INSERT INTO transfers VALUES ('x', 7001, 7002, 500)", 20, "INSERT transfers ('~");
}

/* Words inside of values are values. */
static void quoted_words_are_no_words(void **state)
{
	(void)state;
	check("UPDATE accounts SET note = ' WHERE id = 9' WHERE id = 1", 40, "UPDATE 1  = ' WHERE id = 9'");
}

static void what_is_too_long_is_cut_at_its_end(void **state)
{
	(void)state;
	check("UPDATE accounts SET balance = balance - 457485 WHERE id = 1", 12, "UPDATE 1  -~");
	check("VACUUM FULL accounts", 10, "VACUUM FU~");
	check("SELECT a", 0, "");
	check("SELECT a", 1, "~");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_stays),
		cmocka_unit_test(by_meaning),
		cmocka_unit_test(noise_goes_first),
		cmocka_unit_test(a_with_is_what_it_holds),
		cmocka_unit_test(an_insert_keeps_both_ends),
		cmocka_unit_test(quoted_words_are_no_words),
		cmocka_unit_test(what_is_too_long_is_cut_at_its_end),
	};
	return cmocka_run_group_tests_name("unit/shorten", tests, NULL, NULL);
}
