/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen while a commit waits for a standby that never comes: it is not cancelled, and who leaves leaves it waiting. */
#include <locale.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"

static struct own_server server;

static int setup(void **state)
{
	static const char *const options[] = {"-c", "synchronous_standby_names=nobody", NULL};
	(void)state;
	setenv("PGOPTIONS", "-c synchronous_commit=local", 1); /* what is made here waits for nobody */
	own_server_make(&server, options);
	pg_bank(3);
	unsetenv("PGOPTIONS");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	own_server_remove(&server);
	return 0;
}

#define WAITS "FROM pg_stat_activity WHERE wait_event = 'SyncRep'"

/* It is too late to cancel; to leave asks first, and says afterwards that the end is not known. */
static void who_leaves_leaves_it_waiting(void **state)
{
	struct term *term = console_open(state, 24, 100);
	term_type(term, ":transfer 7001 7002 10 --yes<Enter>");
	pg_until(NULL, "SELECT count(*) = 1 " WAITS);
	term_type(term, ":cancel<Enter>");
	term_expect(term, "too late: the commit was sent");
	term_type(term, "Q");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	term_expect_output(term, "OUTCOME UNKNOWN");
	term_expect_exit(term, 5);
	term_expect_restored(term);
	assert_int_equal(pg_number("SELECT count(*) " WAITS), 1);
	pg_expect("1000", "SELECT balance FROM accounts WHERE id = 7002");
	pg_exec("SELECT pg_cancel_backend(pid) " WAITS);
	pg_until(NULL, "SELECT balance = 1010 FROM accounts WHERE id = 7002");
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(who_leaves_leaves_it_waiting, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/standby", tests, setup, teardown);
}
