/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A transfer that waits for a lock says on the screen whom it waits for, as long as it does, and then how long. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

/* Another program holds account 7001 in an open transaction. */
static struct pg_session *hold(const char *id)
{
	struct pg_session *holder = pg_open_at("application_name=psql");
	pg_run(holder, "BEGIN; UPDATE accounts SET balance = balance + 1 WHERE id = %s", id);
	return holder;
}

static void start_transfer(struct term *term)
{
	console_expect_selected(term, "7001");
	term_type(term, "s<Down>");
	console_expect_selected(term, "7002");
	term_type(term, "d<Enter>");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
}

static void whom_it_waits_for_at_80x24(void **state)
{
	struct term *term = console_open(state, 24, 80);
	struct pg_session *holder = hold("7001");
	start_transfer(term);
	term_expect(term, "waits for psql, pid ");
	printf("%s\n", term_screen(term));
	term_expect(term, "holds account 7001");
	pg_run(holder, "COMMIT");
	pg_close(holder);
	term_expect(term, "moved 500 from 7001");
	printf("%s\n", term_screen(term));
	console_quit(term);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whom_it_waits_for_at_80x24, console_bank, term_teardown),
	};
	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, pg_own_database, NULL);
}
