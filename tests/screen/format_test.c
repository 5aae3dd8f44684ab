/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directives of lessons on the screen: the value that a step has read in the one that sends it, a commit whose
 * answer is lost, the words that were met, the
 * programs at the end, a session on a second server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static int fresh_bank(void **state)
{
	(void)state;
	pg_bank(3);
	return 0;
}

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("screen_format", NULL);
	return 0;
}

/* A lesson of the test's own, in $TMPDIR. */
static void write_text(const char *text)
{
	struct buf path = {0};
	buf_fmt(&path, "%s/format.spec", getenv("TMPDIR"));
	FILE *file = fopen(path.p, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	buf_free(&path);
}

static void open_text(struct term *term, const char *text)
{
	struct buf line = {0};
	write_text(text);
	buf_fmt(&line, ":lab play %s/format.spec<Enter>", getenv("TMPDIR"));
	term_type(term, line.p);
	term_expect(term, "PAUSED  step 0 of");
	buf_free(&line);
}

static void a_value_is_shown_where_it_is_sent(void **state)
{
	struct term *term = console_open(state, 24, 80);
	open_text(term, "setup { CREATE TABLE format_t (n INT); INSERT INTO format_t VALUES (100); }\n"
			"teardown { DROP TABLE format_t; }\n"
			"session A step r { SELECT n / 2 AS half FROM format_t; }\n"
			"step w { UPDATE format_t SET n = /*:half*/1; } session B step l { SELECT n FROM format_t; }\n"
			"#@ let half = r\n#@ say w \"A writes {half}.\"\npermutation r w l\n");
	term_expect(term, "SET n = :half");
	console_space_to(term, 0, 1, 3);
	term_expect(term, "A writes 50.");
	term_expect(term, "Next: A: UPDATE format_t SET n = 50");
	console_space_to(term, 1, 3, 3);
	term_expect(term, "-> 50");
	term_type(term, "<lt><Enter>");
	term_expect(term, "SQL       UPDATE format_t SET n = 50");
	term_type(term, "<Esc>");
	console_quit(term);
}

static void a_commit_without_an_answer_is_unknown(void **state)
{
	struct term *term = console_open(state, 24, 80);
	open_text(term, "setup { CREATE TABLE format_t (n INT); INSERT INTO format_t VALUES (100); }\n"
			"teardown { DROP TABLE format_t; }\n"
			"session A step b { BEGIN; } step w { UPDATE format_t SET n = 1; } step c { COMMIT; }\n"
			"session B step l { SELECT n FROM format_t; }\n#@ cut c\n"
			"#@ check \"SELECT n FROM format_t\" = 1\npermutation b w c l\n");
	console_space_to(term, 0, 3, 4);
	term_expect(term, "A  UNKNOWN: answer to COMMIT lost");
	term_expect(term, "? UNKNOWN");
	console_space_to(term, 3, 4, 4);
	term_expect(term, "-> 1");
	term_expect(term, "ok       SELECT n FROM format_t is 1");
	term_expect(term, "A  UNKNOWN: answer to COMMIT lost");
	console_quit(term);
}

static void words_that_were_met(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":words<Enter>");
	term_expect(term, "No word was met yet");
	term_type(term, "<Esc>");
	open_text(term, "session A step x { SELECT 1; }\nsession B step y { SELECT 2; }\n"
			"#@ word snapshot \"What a transaction sees.\"\n#@ word tag \"What comes back.\"\n"
			"permutation x y\npermutation y x\n#@ word later \"Not yet.\"\n");
	term_expect(term, "New words, w explains them: snapshot, tag");
	term_type(term, "w");
	term_expect(term, "    What a transaction sees.");
	term_expect(term, "    What comes back.");
	term_expect_gone(term, "Not yet.");
	term_type(term, "<Esc>");
	term_type(term, ":lab order 2<Enter>");
	term_expect(term, "New words, w explains them: later");
	term_type(term, "w");
	term_expect(term, "    Not yet.");
	term_type(term, "<Esc>");
	console_quit(term);
}

static void programs_at_the_end(void **state)
{
	struct term *term = console_open(state, 24, 80);
	open_text(term, "session A step x { SELECT 1; }\nsession B step y { SELECT 2; }\n"
			"#@ program loop\n#@ program lock-order\npermutation x y\n");
	console_space_to(term, 0, 2, 2);
	term_expect(term, "In your program, p shows it in four languages: loop, lock-order");
	term_type(term, "p");
	term_expect(term, "---- Python, psycopg ----");
	term_expect(term, "import psycopg");
	term_type(term, "/Go, pgx<Enter>");
	term_expect(term, "---- Go, pgx ----");
	term_type(term, "<Esc>");
	term_type(term, ":lab program key c<Enter>");
	term_expect(term, "In your program: key");
	term_expect(term, "#include <libpq-fe.h>");
	term_type(term, "<Esc>");
	console_quit(term);
}

/* The first one is the demo's private server, the second one the suite's. */
static void a_session_on_a_second_server(void **state)
{
	static const char text[] =
		"#@ session B on second\n#@ setup on both\nsetup { CREATE TABLE format_t (n INT); }\n"
		"#@ teardown on both\nteardown { DROP TABLE format_t; }\n"
		"session A step w { INSERT INTO format_t VALUES (1); }\n"
		"session B step r { SELECT current_database() FROM pg_database LIMIT 1; }\n"
		"#@ check on second \"SELECT count(*) FROM format_t\" = 0\npermutation w r\n";
	struct buf line = {0}, where = {0};
	buf_fmt(&line, ":lab play %s/format.spec<Enter>", getenv("TMPDIR"));
	buf_fmt(&where, "host=%s port=%s user=%s dbname=%s", getenv("PGHOST"), getenv("PGPORT"), getenv("PGUSER"),
		getenv("PGDATABASE"));
	write_text(text);
	struct term *term = console_open(state, 24, 80);
	term_type(term, line.p);
	term_expect(term, "needs a second server:");
	term_expect(term, "start teller with --second URL");
	console_quit(term);
	term_teardown(state);
	term = console_demo_with(state, 24, 80, (const char *const[]){"--second", where.p, NULL});
	term_type(term, line.p);
	term_expect(term, "PAUSED  step 0 of 2");
	term_expect(term, "B on second");
	console_space_to(term, 0, 2, 2);
	term_expect(term, "-> screen_format");
	term_expect(term, "ok       SELECT count(*) FROM format_t is 0");
	console_quit(term);
	buf_free(&line);
	buf_free(&where);
}

/* The lesson is still there when the race is over, and no money was moved before y. */
static void a_race_at_the_end(void **state)
{
	struct term *term = console_open(state, 24, 80);
	open_text(term, "session A step x { SELECT 1; }\nsession B step y { SELECT 2; }\n"
			"permutation x y\n#@ race ordered batch=4 hot 2\npermutation y x\n");
	console_space_to(term, 0, 2, 2);
	term_expect(term, "Race them (r asks first; F3 comes back here): load race ordered batch=4");
	term_type(term, "r");
	term_expect(term, ":load race ordered batch=4 --hot 2 --time 2");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "n");
	term_expect_gone(term, "y do it");
	pg_expect("0", "SELECT count(*) FROM transfers");
	term_type(term, "r");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "Race  runs");
	term_expect(term, "> batch=4");
	term_expect(term, "race: ");
	term_type(term, "<F3>");
	term_expect(term, "step 2 of 2");
	assert_true(pg_number("SELECT count(*) FROM transfers") > 0);
	term_type(term, ":lab order 2<Enter>");
	term_expect(term, "step 0 of 2");
	term_type(term, "r");
	term_expect(term, "this lesson names no ways to race");
	console_quit(term);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_commit_without_an_answer_is_unknown, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(words_that_were_met, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(programs_at_the_end, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_race_at_the_end, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_session_on_a_second_server, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_value_is_shown_where_it_is_sent, fresh_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/format", tests, own_database, NULL);
}
