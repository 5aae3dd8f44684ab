/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console on the translator: the past in every order, and the server's name in the title. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/crdb/translator.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/lessons.h"
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

/* What nobody has seen is not said to be so. */
static void lessons_say_what_is_only_documented(void **state)
{
	struct term *term = open_console(state, 100);
	term_type(term, "<F3>");
	term_expect(term, "Orders verified here: 0, documented: 1. Teaches: what belongs to a transfer");
	for (size_t i = lessons_index("lost-update"); i > 0; i--)
		term_type(term, "<Down>");
	term_expect(term, "Teaches: lost update");
	assert_int_equal(term_row_with(term, "documented:", 0), -1);
	console_quit(term);
}

/* The name of the database may be long, and is what is cut. */
static void the_title_names_the_server(void **state)
{
	pg_exec("DROP DATABASE IF EXISTS a_database_with_a_name_that_is_long");
	pg_exec("CREATE DATABASE a_database_with_a_name_that_is_long");
	char target[300];
	snprintf(target, sizeof target,
		 "cockroachdb://teller@/a_database_with_a_name_that_is_long?host=%s&port=26257&sslmode=disable",
		 translator.dir);
	const char *const argv[] = {proc_teller(), target, NULL};
	struct term *term = term_start(argv, NULL, 24, 80);
	*state = term;
	term_expect(term, "init");
	term_expect(term, "CRDB 22.1.0");
	assert_non_null(strstr(term_row(term, 0), "teller@[socket]:26257/"));
}

/* A lesson on the server of --against is told of under that server's name. */
static void the_title_follows_the_lesson(void **state)
{
	char home[300];
	snprintf(home, sizeof home, "host=%s", getenv("PGHOST"));
	const char *const argv[] = {proc_teller(), home,   "--against",   translator_target(&translator),
				    "lab",         "play", "lost-update", NULL};
	struct term *term = term_start(argv, NULL, 24, 100);
	*state = term;
	term_expect(term, "PostgreSQL 15");
	term_expect(term, "Committed  id"); /* asked once it is set up */
	term_type(term, "v");
	term_expect(term, "on the server of --against");
	term_expect(term, "CockroachDB 22.1.0-alpha.1");
	term_expect(term, ":26257/");
	term_expect(term, "Committed  id");
	term_type(term, "v");
	term_expect(term, "on the first server again");
	term_expect(term, "PostgreSQL 15");
}

static struct term *play(void **state, const char *target, const char *spec)
{
	char path[200];
	snprintf(path, sizeof path, "%s/own.spec", getenv("TMPDIR"));
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(spec, file);
	fclose(file);
	const char *const argv[] = {proc_teller(), target, "lab", "play", path, NULL};
	struct term *term = term_start(argv, NULL, 24, 80);
	*state = term;
	term_expect(term, "step 0 of");
	return term;
}

static void step_on(struct term *term, int from, int to, int of)
{
	char sign[40];
	for (int i = from + 1; i <= to; i++) {
		snprintf(sign, sizeof sign, "step %d of %d", i, of);
		term_type(term, " ");
		term_expect(term, sign);
	}
}

/* RELEASE is the commit: what was read behind it stays true when the ROLLBACK behind it is answered with COMMIT. */
static void a_commit_is_counted_once(void **state)
{
	static const char spec[] =
		"setup { CREATE TABLE once (id INT PRIMARY KEY, v INT); INSERT INTO once VALUES (1, 1000); }\n"
		"teardown { DROP TABLE once; }\n"
		"session A\n"
		"step a_begin { BEGIN; }\n"
		"step a_save { SAVEPOINT cockroach_restart; }\n"
		"step a_take { UPDATE once SET v = 500 WHERE id = 1; }\n"
		"step a_release { RELEASE SAVEPOINT cockroach_restart; }\n"
		"step a_end { ROLLBACK; }\n"
		"session B\n"
		"step b_read { SELECT v FROM once WHERE id = 1; }\n"
		"step b_more { SELECT 7; }\n"
		"permutation b_read a_begin a_save a_take a_release a_end\n"
		"permutation a_begin a_save a_take a_release b_read a_end\n";
	struct term *term = play(state, translator_target(&translator), spec);
	step_on(term, 0, 5, 6);
	term_expect(term, "B read 1000 (old)");
	step_on(term, 5, 6, 6);
	term_expect(term, "OVER");
	term_type(term, "  ");
	term_expect(term, "step 0 of 6");
	step_on(term, 0, 5, 6);
	term_expect(term, "B read 500");
	step_on(term, 5, 6, 6);
	term_expect(term, "OVER");
	assert_true(term_shows(term, "B read 500"));
	assert_false(term_shows(term, "B read 500 (old)"));
}

/* A reader there waits for a writer; here one is made to wait, and has the data of before when the writer commits. */
static void what_is_committed_is_asked_again(void **state)
{
	static const char spec[] = "#@ check \"SELECT v FROM again, pg_advisory_xact_lock_shared(4712)\" = \"2\"\n"
				   "setup { CREATE TABLE again (v INT); INSERT INTO again VALUES (1); }\n"
				   "teardown { DROP TABLE again; }\n"
				   "session A\n"
				   "step a_begin { BEGIN; }\n"
				   "step a_lock { SELECT 5 FROM pg_advisory_xact_lock(4712); }\n"
				   "step a_take { UPDATE again SET v = 2; }\n"
				   "step a_commit { COMMIT; }\n"
				   "permutation a_begin a_lock a_take a_commit\n";
	char target[300];
	snprintf(target, sizeof target, "host=%s", getenv("PGHOST"));
	struct term *term = play(state, target, spec);
	step_on(term, 0, 4, 4);
	term_expect(term, "OVER");
	term_expect(term, "Committed  v:  2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_title_names_the_server, term_teardown),
		cmocka_unit_test_teardown(the_title_follows_the_lesson, term_teardown),
		cmocka_unit_test_teardown(a_commit_is_counted_once, term_teardown),
		cmocka_unit_test_teardown(what_is_committed_is_asked_again, term_teardown),
		cmocka_unit_test_teardown(the_past_is_read_in_every_order, term_teardown),
		cmocka_unit_test_teardown(lessons_say_what_is_only_documented, term_teardown),
	};
	return cmocka_run_group_tests(tests, bank, no_bank);
}
