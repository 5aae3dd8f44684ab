/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A transfer whose outcome nobody can tell: the title says so until settle has asked the ledger. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

#define UUID "01234567-89ab-cdef-0123-456789abcdef"

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("screen_settle", NULL);
	return 0;
}

/* The commit is cut, and until the limit nobody gets in to ask. */
static void make_unknown(struct term *term, struct pg_session *session)
{
	term_type(term, ":set time 1<Enter>");
	term_expect(term, "time 1 s");
	term_type(term, ":inject cut<Enter>");
	term_expect(term, "CUT ARMED");
	pg_run(session, "ALTER DATABASE screen_settle ALLOW_CONNECTIONS false");
	term_type(term, ":transfer 7001 7002 half --yes --id " UUID "<Enter>");
	term_expect(term, "Txn: OUTCOME UNKNOWN");
	term_expect(term, "`:settle` finds out");
}

static void unknown_until_settled(void **state)
{
	struct term *term = console_open(state, 45, 140);
	setenv("PGDATABASE", "postgres", 1); /* a database cannot be closed from inside */
	struct pg_session *session = pg_open();
	setenv("PGDATABASE", "screen_settle", 1);
	make_unknown(term, session);
	pg_run(session, "ALTER DATABASE screen_settle ALLOW_CONNECTIONS true");
	pg_close(session);
	term_type(term, ":transfer 7003 7004 1 --yes<Enter>"); /* another one does not make it known */
	term_expect(term, "moved 1 from 7003 to 7004");
	term_expect(term, "Txn: OUTCOME UNKNOWN");
	term_type(term, ":settle 01234567<Enter>"); /* it need not be in the ledger: it is what waits */
	bool committed = pg_number("SELECT count(*) FROM transfers WHERE id = '" UUID "'") == 1;
	term_expect(term, committed ? "transfer " UUID " committed: it moved 500 from 7001 to 7002"
				    : "transfer " UUID " did not commit; nothing was moved");
	term_expect(term, "Txn: none");
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), committed ? 500 : 1000);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 30000);
	term_type(term, ":settle<Enter>");
	term_expect(term, "no transfer waits to be settled");
	term_type(term, "q");
	term_expect_exit(term, 0);
}

static long log_lines(struct term *term)
{
	int row = term_row_with(term, "SQL log  ", 0);
	return row < 0 ? -1 : strtol(strstr(term_row(term, row), "SQL log  ") + strlen("SQL log  "), NULL, 10);
}

/* Without a wait of its own the engine must not dial as fast as it can: a server that refuses is not helped by that. */
static void no_backoff_is_no_hot_loop(void **state)
{
	struct term *term = console_open(state, 45, 140);
	setenv("PGDATABASE", "postgres", 1); /* a database cannot be closed from inside */
	struct pg_session *session = pg_open();
	setenv("PGDATABASE", "screen_settle", 1);
	term_type(term, ":set backoff 0,0<Enter>");
	term_expect(term, "backoff 0,0");
	make_unknown(term, session);
	assert_in_range(log_lines(term), 10, 60);
	pg_run(session, "ALTER DATABASE screen_settle ALLOW_CONNECTIONS true");
	term_type(term, ":transfer 7003 7004 1 --yes<Enter>");
	term_expect(term, "moved 1 from 7003 to 7004");
	term_type(term, ":inject cut-before<Enter>");
	term_expect(term, "CUT-BEFORE ARMED");
	pg_run(session, "ALTER DATABASE screen_settle ALLOW_CONNECTIONS false");
	term_type(term, ":transfer 7003 7004 1 --yes<Enter>");
	term_expect(term, "gave up after 1.");
	assert_in_range(log_lines(term), 10, 120);
	pg_run(session, "ALTER DATABASE screen_settle ALLOW_CONNECTIONS true");
	pg_close(session);
	term_type(term, "q");
	term_expect_exit(term, 5);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(unknown_until_settled, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(no_backoff_is_no_hot_loop, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/settle", tests, own_database, NULL);
}
