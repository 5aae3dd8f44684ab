/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console on the translator: the past in every order, and the server's name in the title. */
#include "tests/crdb/translator.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/term.h"

static struct translator translator;

static int bank(void **state)
{
	(void)state;
	pg_bank(30);
	pg_exec("UPDATE accounts SET balance = 500 WHERE id = 7007");
	translator_start(&translator);
	return 0;
}

static int no_bank(void **state)
{
	(void)state;
	translator_stop(&translator);
	return 0;
}

static struct term *open_console(void **state, int cols)
{
	const char *const argv[] = {proc_teller(), translator_target(&translator), NULL};
	struct term *term = term_start(argv, NULL, 24, cols);
	*state = term;
	term_expect(term, "7001");
	return term;
}

/* Each statement that reads the past must be a transaction of its own. */
static void the_past_is_read_in_every_order(void **state)
{
	struct term *term = open_console(state, 80);
	term_type(term, ":set as-of -10s<Enter>");
	term_expect(term, "as-of -10s");
	term_type(term, ":sort balance<Enter>");
	term_expect(term, "by balance");
	term_expect(term, "7007");
	term_type(term, ":goto 7020<Enter>");
	console_expect_selected(term, "7020");
	console_quit(term);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_past_is_read_in_every_order, term_teardown),
	};
	return cmocka_run_group_tests(tests, bank, no_bank);
}
