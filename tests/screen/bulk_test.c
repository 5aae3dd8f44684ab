/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Long work on the screen: it tells how far it is while the screen lives on, ends with the list read again, and asks
 * before it deletes. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

static char file[300];

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("screen_bulk", NULL);
	snprintf(file, sizeof file, "%s/screen.csv", getenv("TMPDIR"));
	return 0;
}

static int bank(void **state)
{
	(void)state;
	pg_exec("DROP TABLE IF EXISTS accounts, transfers; DROP SEQUENCE IF EXISTS calls");
	pg_bank(3);
	unlink(file);
	return 0;
}

/* What a sentence tells to type is written as it is typed here. */
static void init_is_named_as_it_is_typed(void **state)
{
	pg_exec("DROP TABLE transfers, accounts");
	struct term *term = console_open_with(state, 24, 80, NULL, "`:init` makes it");
	term_type(term, ":list<Enter>");
	term_settle(term);
	term_type(term, ":init<Enter>");
	term_expect_gone(term, "there is no table accounts");
	term_expect(term, "100 accounts");
	console_quit(term);
}

static void created_accounts_are_in_the_list(void **state)
{
	struct term *term = console_open(state, 24, 80);
	pg_exec("UPDATE accounts SET id = id + 1000000000");
	term_type(term, ":create 5000<Enter>");
	term_expect(term, "created 5000 accounts in ");
	term_expect_gone(term, "> 7001");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 5003);
	console_quit(term);
}

/* From the third chunk on it waits for a lock that we hold. */
static struct pg_session *hold_the_third_chunk(void)
{
	pg_exec("CREATE SEQUENCE calls; CREATE OR REPLACE FUNCTION wait_at() RETURNS trigger LANGUAGE plpgsql AS $$"
		" BEGIN IF nextval('calls') > 2 THEN PERFORM pg_advisory_xact_lock(4712); END IF;"
		" PERFORM pg_sleep(0.15); RETURN NULL; END $$;"
		"CREATE TRIGGER wait_at AFTER INSERT ON accounts EXECUTE FUNCTION wait_at()");
	struct pg_session *holder = pg_open();
	pg_run(holder, "SELECT pg_advisory_lock(4712)");
	return holder;
}

static void the_screen_lives_on(void **state, int rows, int cols)
{
	struct term *term = console_open(state, rows, cols);
	struct pg_session *holder = hold_the_third_chunk();
	term_type(term, ":create 50000 --copy --chunk 1000<Enter>");
	term_expect(term, "created 2000 of 50000 accounts (4 %), ");
	term_type(term, "<Down>");
	console_expect_selected(term, "7002");
	term_expect(term, "created 2000 of 50000 accounts (4 %), ");
	term_type(term, ":create 5<Enter>");
	term_expect(term, "create is running; wait for it, or `:cancel` it");
	term_type(term, ":version<Enter>");
	term_expect_gone(term, "create is running");
	term_type(term, ":transfer 7001 7002 1 --yes<Enter>");
	term_expect(term, "create is running; wait for it, or `:cancel` it");
	term_type(term, "<^C>");
	term_expect(term, "created 2000 of 50000 accounts, which are kept: cancelled");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 2003);
	pg_close(holder);
	console_quit(term);
}

/* Who leaves meanwhile is told what was kept, below the screen that is gone. */
static void leaving_in_the_middle(void **state)
{
	struct term *term = console_open(state, 24, 80);
	struct pg_session *holder = hold_the_third_chunk();
	term_type(term, ":create 50000 --copy --chunk 1000<Enter>");
	term_expect(term, "created 2000 of 50000 accounts (4 %), ");
	term_type(term, "q");
	term_expect(term, "create is running: it is cancelled");
	term_settle(term);
	term_type(term, "y");
	term_expect_exit(term, 130);
	term_expect(term, "teller: created 2000 of 50000 accounts, which are kept: cancelled");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 2003);
	pg_close(holder);
}

static void at_80x24(void **state)
{
	the_screen_lives_on(state, 24, 80);
}

static void at_140x45(void **state)
{
	the_screen_lives_on(state, 45, 140);
}

static void import_and_export(void **state)
{
	char line[400];
	struct term *term = console_open(state, 24, 100);
	snprintf(line, sizeof line, ":export %s<Enter>", file);
	term_type(term, line);
	term_expect(term, "exported 3 accounts in ");
	FILE *to = fopen(file, "a");
	assert_non_null(to);
	fputs("6001,5\n6002,\n", to);
	fclose(to);
	snprintf(line, sizeof line, ":import %s<Enter>", file);
	term_type(term, line);
	term_expect(term, "nothing was imported");
	snprintf(line, sizeof line, ":import %s --skip-bad<Enter>", file);
	term_type(term, line);
	term_expect(term, "imported 2 accounts");
	term_type(term, "g");
	console_expect_selected(term, "6001");
	term_type(term, ":import -<Enter>");
	term_expect(term, "commands come from standard input");
	term_type(term, ":export -<Enter>");
	term_expect(term, "name a file");
	console_quit(term);
}

/* Between two pieces of its file an import sends nothing, and the session is its own all the same. */
static void an_import_that_waits_keeps_its_session(void **state)
{
	static const char *const others[] = {"tutorial --accounts 2 --yes", "create 5",         "init", "count",
					     "transfer 7001 7002 1 --yes",  "delete 7003 --yes"};
	static const char rows[] = "id,balance\n6001,5\n6002,5\n";
	char line[400];
	struct term *term = console_open(state, 24, 100);
	assert_int_equal(mkfifo(file, 0600), 0);
	int fd = open(file, O_RDWR | O_CLOEXEC);
	snprintf(line, sizeof line, ":import %s<Enter>", file);
	term_type(term, line);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		snprintf(line, sizeof line, ":%s<Enter>", others[i]);
		term_type(term, line);
		term_expect(term, "an import is running; wait for it, or `:cancel` it");
		term_type(term, ":version<Enter>");
		term_expect_gone(term, "an import is running");
	}
	term_type(term, ":doctor<Enter>");
	term_expect(term, "try again when it is over");
	term_type(term, "q");
	term_expect_gone(term, "try again when it is over");
	assert_true(write(fd, rows, strlen(rows)) == (ssize_t)strlen(rows));
	close(fd);
	term_expect(term, "imported 2 accounts");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 5);
	console_quit(term);
}

static void delete_asks(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":delete 7002 7003 7009<Enter>");
	term_expect(term, "delete 3 accounts with the money in them: 7002, 7003, 7009");
	term_settle(term);
	term_type(term, "n");
	term_expect(term, "nothing was changed");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 3);
	term_type(term, ":delete 7002 7003 7009<Enter>");
	term_expect(term, "delete 3 accounts");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "not there: 7009");
	term_expect_gone(term, "7003  ");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 1);
	console_quit(term);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(init_is_named_as_it_is_typed, bank, term_teardown),
		cmocka_unit_test_setup_teardown(created_accounts_are_in_the_list, bank, term_teardown),
		cmocka_unit_test_setup_teardown(at_80x24, bank, term_teardown),
		cmocka_unit_test_setup_teardown(at_140x45, bank, term_teardown),
		cmocka_unit_test_setup_teardown(leaving_in_the_middle, bank, term_teardown),
		cmocka_unit_test_setup_teardown(import_and_export, bank, term_teardown),
		cmocka_unit_test_setup_teardown(an_import_that_waits_keeps_its_session, bank, term_teardown),
		cmocka_unit_test_setup_teardown(delete_asks, bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/bulk", tests, own_database, NULL);
}
