/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace on the console: begun, ended and shown there; a full disk is said there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

static void recorded_and_shown(void **state)
{
	char dir[] = "/tmp/teller-trace.XXXXXX", path[64], line[128];
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/t", dir);
	struct term *term = console_open(state, 24, 100);
	snprintf(line, sizeof line, ":trace %s\r", path);
	term_type(term, line);
	term_expect(term, "every event is written to ");
	term_expect(term, " TRACE ");
	term_type(term, ":trace\r");
	term_expect(term, " kB so far");
	term_type(term, ":trace off\r");
	term_expect_gone(term, " TRACE ");
	term_expect(term, "the trace is over");
	snprintf(line, sizeof line, ":trace show %s\r", path);
	term_type(term, line);
	term_expect(term, "connected to PostgreSQL");
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
	term_type(term, "q");
	term_expect(term, "7001");
	console_quit(term);
}

static void a_full_disk_is_said(void **state)
{
	struct term *term = console_open(state, 24, 100);
	term_type(term, ":trace /dev/full\r");
	term_expect(term, "the trace has stopped: cannot write to /dev/full");
	console_quit(term);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(recorded_and_shown, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_full_disk_is_said, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/trace", tests, pg_own_database, NULL);
}
