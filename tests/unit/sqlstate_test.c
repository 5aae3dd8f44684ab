/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every code that decides something, on both servers and in both phases, as the servers' documentation has it. */
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

#include "db/sqlstate.h"

/* F final, T retry the transaction, C retry on a new connection, A ambiguous, D already durable, U follow-up. */
static const char letters[] = {
	[CLASS_FINAL] = 'F',     [CLASS_RETRY_TXN] = 'T', [CLASS_RETRY_CONN] = 'C',
	[CLASS_AMBIGUOUS] = 'A', [CLASS_COMMITTED] = 'D', [CLASS_FOLLOW_UP] = 'U',
};

/* code; PostgreSQL: work, commit; CockroachDB: work, commit */
static const struct {
	const char *code, *expected;
} rows[] = {
	{"40001", "TTTT"}, /* serialization failure: certainly not committed, in either phase */
	{"40P01", "TTFF"}, /* deadlock: PostgreSQL only */
	{"40003", "AAAA"}, /* statement completion unknown */
	{"40002", "FFFF"},
	{"40000", "FFFF"},
	{"25P02", "UUUU"}, /* aborted: some earlier error decides */
	{"25P03", "CAFF"}, /* idle in transaction: PostgreSQL ends the session */
	{"25P04", "FAFF"}, /* transaction_timeout of PostgreSQL 17 ends the session */
	{"25000", "FFFD"}, /* CockroachDB after RELEASE: the data are durable */
	{"25P01", "FFFF"},
	{"25001", "FFFF"},
	{"25006", "FFFF"},
	{"3B001", "FFFF"},
	{"3B000", "FFFF"},
	{"55P03", "FFFF"},
	{"57014", "FFFA"}, /* cancelled: on CockroachDB a commit may have gone through */
	{"57P01", "CACA"},
	{"57P02", "CACA"},
	{"57P03", "CACA"},
	{"57P04", "FAFA"},
	{"57P05", "CACA"},
	{"53300", "CACA"},
	{"53400", "FFFF"},
	{"53200", "FFFF"},
	{"54000", "FFFF"},
	{"08000", "CACA"},
	{"08001", "CACA"},
	{"08003", "CACA"},
	{"08004", "CACA"},
	{"08006", "CACA"},
	{"08007", "CACA"},
	{"08P01", "FAFA"},
	{"58C00", "FATA"},
	{"58C01", "FATA"},
	{"58030", "FAFA"},
	{"XXUUU", "FAFA"},
	{"XX000", "FAFA"},
	{"XXA00", "FAFD"},
	{"26000", "TTTT"},
	{"42P05", "TTTT"},
	{"XX001", "FAFA"},
	{"23505", "FFFF"},
	{"23P01", "FFFF"},
	{"23502", "FFFF"},
	{"22003", "FFFF"},
	{"42501", "FFFF"},
	{"42601", "FFFF"},
	{"0A000", "FFFF"},
	{"P0001", "FFFF"},
	{"99999", "FAFA"},
	/* the last one is not known: not retried, and not believed when a commit was sent */
	{"", "CACA"}, /* libpq by itself: the connection is gone */
};

static void each_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *code = rows[i].code;
		char told[5] = {
			letters[sqlstate_class(code, SERVER_POSTGRES, PHASE_WORK)],
			letters[sqlstate_class(code, SERVER_POSTGRES, PHASE_COMMIT)],
			letters[sqlstate_class(code, SERVER_COCKROACH, PHASE_WORK)],
			letters[sqlstate_class(code, SERVER_COCKROACH, PHASE_COMMIT)],
		};
		if (strcmp(told, rows[i].expected) != 0)
			fail_msg("%s: is %s, must be %s", code, told, rows[i].expected);
	}
}

/* CockroachDB's words for a value that its type does not take. */
static void values_to_blame(void **state)
{
	(void)state;
	static const char range[] =
		"error in argument for $2: strconv.ParseInt: parsing \"99999999999999999999\": value "
		"out of range";
	static const char spelling[] = "error in argument for $1: could not parse \"x\" as type int: "
				       "strconv.ParseInt: parsing \"x\": invalid syntax";
	assert_int_equal(sqlstate_value("08P01", range), VALUE_RANGE);
	assert_int_equal(sqlstate_value("08P01", spelling), VALUE_SPELLING);
	assert_int_equal(sqlstate_value("08P01", "invalid message format"), VALUE_FINE);
	assert_int_equal(sqlstate_value("22003", ""), VALUE_RANGE);
	assert_int_equal(sqlstate_value("22P02", ""), VALUE_SPELLING);
	assert_int_equal(sqlstate_value("23505", range), VALUE_FINE);
}

static void what_is_missing(void **state)
{
	(void)state;
	assert_true(sqlstate_missing("42703"));
	assert_true(sqlstate_missing("42P01"));
	assert_true(sqlstate_missing("42883"));
	assert_true(sqlstate_missing("42804"));
	assert_false(sqlstate_missing("42501"));
	assert_false(sqlstate_missing("0A000"));
	assert_false(sqlstate_missing(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row),
		cmocka_unit_test(what_is_missing),
		cmocka_unit_test(values_to_blame),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
