/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What players of lessons have left on the test's server: sessions, schemas, locks. */
#include "tests/lesson/leftovers.h"

#include "tests/support/check.h"
#include "tests/support/pg.h"

int64_t leftovers_schemas(void)
{
	return pg_number("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'teller\\_lesson%%'");
}

void leftovers_await_sessions(void)
{
	pg_until(NULL, "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'teller/%%'");
}

void leftovers_expect_none(void)
{
	leftovers_await_sessions();
	assert_int_equal(leftovers_schemas(), 0);
	assert_int_equal(pg_number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), 0);
}
