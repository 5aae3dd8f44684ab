/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLAlchemy's echo of statements: names, parameter sets, what is shortened, and hostile values. */
#include "event/echo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"

#define HEAD "1970-01-01 00:00:01,234 INFO sqlalchemy.engine.base.Engine"

static int in_utc(void **state)
{
	(void)state;
	return setenv("TZ", "UTC", 1);
}

static struct event sent(enum verb verb, const char *sql, const char *params)
{
	return (struct event){.kind = EVENT_SENT,
			      .verb = verb,
			      .wall_us = 1234567,
			      .sql = sql,
			      .params = params,
			      .txn = 1,
			      .attempt = 1};
}

static void check_echo(enum verb verb, const char *sql, const char *params, const char *expected)
{
	struct echo *echo = echo_new();
	struct buf out = {0};
	struct event event = sent(verb, sql, params);
	echo_event(echo, &out, &event);
	echo_flush(echo, &out);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
	echo_free(echo);
}

static void frames_have_no_parameters(void **state)
{
	(void)state;
	check_echo(VERB_BEGIN, "BEGIN ISOLATION LEVEL SERIALIZABLE", NULL, HEAD " BEGIN (implicit)\n");
	check_echo(VERB_COMMIT, "COMMIT", NULL, HEAD " COMMIT\n");
	check_echo(VERB_ROLLBACK, "ROLLBACK", NULL, HEAD " ROLLBACK\n");
	check_echo(VERB_SAVEPOINT, "SAVEPOINT cockroach_restart", NULL,
		   HEAD " SAVEPOINT cockroach_restart\n" HEAD " {}\n");
}

static void a_number_that_is_left_out_has_no_name(void **state)
{
	(void)state;
	check_echo(VERB_SELECT, "SELECT a FROM t WHERE b = $3", "$1 = 1, $2 = 2, $3 = 3",
		   HEAD " SELECT a FROM t WHERE b = %(b_1)s\n" HEAD " {'b_1': 3}\n");
}

static void names_are_those_of_the_columns(void **state)
{
	(void)state;
	check_echo(VERB_SELECT, "SELECT a\nFROM accounts\nWHERE accounts.id = $1", "$1 = 7",
		   HEAD " SELECT a\nFROM accounts\nWHERE accounts.id = %(id_1)s\n" HEAD " {'id_1': 7}\n");
	check_echo(VERB_UPDATE, "UPDATE accounts SET balance=$1 WHERE accounts.id = $2", "$1 = 50080, $2 = 7",
		   HEAD " UPDATE accounts SET balance=%(balance)s WHERE accounts.id = %(accounts_id)s\n" HEAD
			" {'balance': 50080, 'accounts_id': 7}\n");
	check_echo(VERB_UPDATE, "UPDATE accounts SET balance=(accounts.balance + $1) WHERE accounts.id = $2",
		   "$1 = 50080, $2 = 8",
		   HEAD
		   " UPDATE accounts SET balance=(accounts.balance + %(balance_1)s) WHERE accounts.id = %(id_1)s\n" HEAD
		   " {'balance_1': 50080, 'id_1': 8}\n");
	check_echo(VERB_SELECT, "SELECT id FROM accounts WHERE id NOT IN ($1, $2) AND id > $1 LIMIT $3",
		   "$1 = 1, $2 = 2, $3 = 20",
		   HEAD " SELECT id FROM accounts WHERE id NOT IN (%(id_1)s, %(id_2)s) AND id > %(id_1)s LIMIT "
			"%(param_1)s\n" HEAD " {'id_1': 1, 'id_2': 2, 'param_1': 20}\n");
	check_echo(VERB_INSERT, "INSERT INTO a (id, \"the sum\") VALUES ($1, $2), ($3, $4) ON CONFLICT (id) DO NOTHING",
		   "$1 = 1, $2 = 2, $3 = 3, $4 = 4",
		   HEAD
		   " INSERT INTO a (id, \"the sum\") VALUES (%(id_m0)s, %(thesum_m0)s), (%(id_m1)s, %(thesum_m1)s) "
		   "ON CONFLICT (id) DO NOTHING\n" HEAD " {'id_m0': 1, 'thesum_m0': 2, 'id_m1': 3, 'thesum_m1': 4}\n");
}

static void values_are_harmless(void **state)
{
	(void)state;
	check_echo(VERB_SELECT, "SELECT '$1' WHERE id = $1", "$1 = it's\n\x1b[31m",
		   HEAD " SELECT '$1' WHERE id = %(id_1)s\n" HEAD " {'id_1': 'it\\'s\\n\\x1b[31m'}\n");
	check_echo(VERB_SELECT, "SELECT \"a\x1b[2J\" WHERE id = $1", NULL,
		   HEAD " SELECT \"a\\x1b[2J\" WHERE id = %(id_1)s\n" HEAD " {'id_1': None}\n");
	check_echo(
		VERB_UPDATE, "UPDATE \"$9\" SET \"it's $2\" = 0, a$3 = a$3 + 1, b = $1 WHERE '\"$4' = c AND id = $2",
		"$1 = 5, $2 = 7",
		HEAD
		" UPDATE \"$9\" SET \"it's $2\" = 0, a$3 = a$3 + 1, b = %(b)s WHERE '\"$4' = c AND id = %(id)s\n" HEAD
		" {'b': 5, 'id': 7}\n");
	check_echo(VERB_SELECT, "SELECT $9999, $99999, $0, $", NULL,
		   HEAD " SELECT $9999, $99999, $0, $\n" HEAD " {}\n");
}

static void insert_sets(struct echo *echo, struct buf *out, int from, int to)
{
	char params[64];
	for (int i = from; i <= to; i++) {
		snprintf(params, sizeof params, "$1 = %d, $2 = %d", i, 10 * i);
		struct event event = sent(VERB_INSERT, "INSERT INTO accounts (id, balance) VALUES ($1, $2)", params);
		echo_event(echo, out, &event);
	}
}

static void many_sets_are_one_statement(void **state)
{
	(void)state;
	struct echo *echo = echo_new();
	struct buf out = {0};
	insert_sets(echo, &out, 1, 101);
	assert_string_equal(buf_text(&out), ""); /* there may be more */
	struct event release = sent(VERB_COMMIT, "COMMIT", NULL);
	echo_event(echo, &out, &release);
	assert_string_equal(buf_text(&out), HEAD
			    " INSERT INTO accounts (id, balance) VALUES (%(id)s, %(balance)s)\n" HEAD
			    " ({'id': 1, 'balance': 10}, {'id': 2, 'balance': 20}, {'id': 3, 'balance': 30}, "
			    "{'id': 4, 'balance': 40}, {'id': 5, 'balance': 50}, {'id': 6, 'balance': 60}, "
			    "{'id': 7, 'balance': 70}, {'id': 8, 'balance': 80}  ... displaying 10 of 101 total bound "
			    "parameter sets ...  {'id': 100, 'balance': 1000}, {'id': 101, 'balance': 1010})\n" HEAD
			    " COMMIT\n");
	buf_clear(&out);
	insert_sets(echo, &out, 1, 2);
	echo_flush(echo, &out);
	assert_string_equal(buf_text(&out),
			    HEAD " INSERT INTO accounts (id, balance) VALUES (%(id)s, %(balance)s)\n" HEAD
				 " ({'id': 1, 'balance': 10}, {'id': 2, 'balance': 20})\n");
	buf_free(&out);
	echo_free(echo);
}

/* The second attempt sends the same again: that is another statement. */
static void attempts_are_apart(void **state)
{
	(void)state;
	struct echo *echo = echo_new();
	struct buf out = {0};
	struct event event = sent(VERB_INSERT, "INSERT INTO a (id) VALUES ($1)", "$1 = 1");
	echo_event(echo, &out, &event);
	event.attempt = 2;
	echo_event(echo, &out, &event);
	echo_flush(echo, &out);
	static const char one[] = HEAD " INSERT INTO a (id) VALUES (%(id)s)\n" HEAD " {'id': 1}\n";
	assert_memory_equal(out.p, one, sizeof one - 1);
	assert_string_equal(out.p + sizeof one - 1, one);
	buf_free(&out);
	echo_free(echo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_have_no_parameters),
		cmocka_unit_test(names_are_those_of_the_columns),
		cmocka_unit_test(a_number_that_is_left_out_has_no_name),
		cmocka_unit_test(values_are_harmless),
		cmocka_unit_test(many_sets_are_one_statement),
		cmocka_unit_test(attempts_are_apart),
	};
	return cmocka_run_group_tests_name("unit/echo", tests, in_utc, NULL);
}
