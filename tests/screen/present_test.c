/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen in front of people: a log that is emptied for the next demonstration. */
#include <locale.h>

#include "tests/support/check.h"
#include "tests/support/console.h"

/* What was shown stays away, whatever is pressed, until it is asked for; what comes is shown. */
static void the_log_is_emptied(void **state)
{
	struct term *term = console_open(state, 45, 140);
	term_type(term, ":transfer 7001 7002 100 --yes<Enter>");
	term_expect(term, "moved 100 from 7001 to 7002");
	term_expect(term, "balance - 100");
	term_type(term, ":clear<Enter>");
	term_expect(term, "SQL log  0 lines since :clear  following the newest");
	term_expect(term, "statements appear here as they are sent");
	term_type(term, "<F6><Home><PgUp><Up>ee");
	term_settle(term);
	assert_false(term_shows(term, "balance - 100"));
	term_type(term, ":transfer 7001 7002 7 --yes<Enter>");
	term_expect(term, "moved 7 from 7001 to 7002");
	term_expect(term, "balance - 7");
	assert_false(term_shows(term, "balance - 100"));
	term_type(term, ":clear undo<Enter>");
	term_expect_gone(term, "since :clear");
	term_type(term, "<Home>");
	term_expect(term, "balance - 100");
	term_type(term, ":clear everything<Enter>");
	term_expect(term, "clear undo shows its lines again; not \"everything\"");
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_log_is_emptied, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/present", tests, NULL, NULL);
}
