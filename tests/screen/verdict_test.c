/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a lesson tells on the screen follows what happened: verdicts and reasons, steps out of turn, the end. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

/* Three questions one after another, and the last step of the order asks, too. */
static const char asks[] =
	"setup { CREATE SCHEMA verdicts; CREATE TABLE verdicts.t (id INT PRIMARY KEY, n INT); }\n"
	"setup { INSERT INTO verdicts.t VALUES (1, 1000); }\n"
	"teardown { DROP SCHEMA verdicts CASCADE; }\n"
	"session A setup { SET search_path = verdicts; }\n"
	"step a_begin { BEGIN; } step a_take { UPDATE t SET n = n - 1; } step a_commit { COMMIT; }\n"
	"session B setup { SET search_path = verdicts; }\n"
	"step b_take { UPDATE t SET n = n - 2; } step b_bad { SELECT 1/0; } step b_look { SELECT n FROM t; }\n"
	"step b_wrong { SELECT 5; }\n"
	"#@ title Asked\n"
	"#@ say b_take \"B takes 2.\"\n"
	"#@ ask b_take \"How does it end for B?\"\n"
	"#@ | it waits, and fails = waits 40001\n#@ because \"Only a stricter level does that.\"\n"
	"#@ | it waits, and succeeds = waits ok *\n#@ because \"A holds the row until it ends.\"\n"
	"#@ after b_take waits ok \"B has gone on with what A left.\"\n"
	"#@ after b_take waits \"B stands and waits.\"\n"
	"#@ say b_bad \"B divides by zero.\"\n"
	"#@ ask b_bad \"What does B get?\"\n"
	"#@ | 22012 = 22012 *\n#@ because \"Nobody can do that.\"\n"
	"#@ | nothing = ok\n#@ because \"It is not nothing.\"\n"
	"#@ ask b_look \"What is left?\"\n"
	"#@ | 997 = reads 997 *\n#@ because \"1000 less 1 less 2:\"\n#@ \"nothing is lost.\"\n"
	"#@ | 999 = reads 999\n#@ because \"That would lose 2.\"\n"
	"#@ end \"So ends it.\"\n"
	"#@ check \"SELECT n FROM verdicts.t\" = 997\n"
	"permutation a_begin a_take b_take a_commit b_bad b_look\n"
	"permutation a_begin a_take b_wrong a_commit b_bad b_look\n"
	"#@ title Surprised\n#@ expect b_wrong reads 6\n#@ say a_commit \"B has read 6.\"\n"
	"permutation a_begin a_take b_take\n";

static int fresh_bank(void **state)
{
	(void)state;
	pg_bank(30);
	pg_exec("DROP SCHEMA IF EXISTS verdicts CASCADE"); /* of a test that failed */
	return 0;
}

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("screen_verdict", NULL);
	return 0;
}

static void verdict_open(struct term *term, int order)
{
	char path[200], line[240];
	snprintf(path, sizeof path, "%s/verdict.spec", getenv("TMPDIR"));
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(asks, file);
	fclose(file);
	snprintf(line, sizeof line, ":lab play %s<Enter>", path);
	term_type(term, line);
	term_expect(term, "PAUSED  step 0 of");
	if (order == 1)
		return;
	snprintf(line, sizeof line, ":lab order %d<Enter>", order);
	term_type(term, line);
	snprintf(line, sizeof line, "%d of 3", order);
	term_expect(term, line);
	term_expect(term, "PAUSED  step 0 of");
}

static void verdict_leave(struct term *term)
{
	term_type(term, "<Esc>");
	term_expect(term, "> first-transfer");
	console_quit(term);
}

/* The verdict on who waited comes when it has ended, though the next step asks at once; a question opens behind it. */
static void a_verdict_is_read_before_the_next_question(void **state)
{
	struct term *term = console_open(state, 24, 80);
	verdict_open(term, 1);
	console_space_to(term, 0, 2, 6);
	term_expect(term, "QUESTION");
	term_type(term, "1");
	term_expect(term, "B stands and waits.");
	term_type(term, " ");
	term_expect(term, "The server's answer: 2, it waits, and succeeds. Yours: 1, it waits, and ");
	console_expect_in_order(term, "Yours: 1", "A holds the row until it ends.", "Only a stricter level does that.",
				"B has gone on with what A left.");
	assert_false(term_shows(term, "What does B get?"));
	assert_false(term_shows(term, "B stands and waits."));
	term_type(term, "1");
	term_expect(term, "Space shows the next question first");
	term_type(term, " ");
	term_expect(term, "What does B get?");
	term_expect(term, "QUESTION  step 4 of 6");
	assert_false(term_shows(term, "The server's answer"));
	term_type(term, "1");
	term_expect(term, "Right: 1, 22012");
	term_expect(term, "Nobody can do that.");
	term_type(term, " ");
	term_expect(term, "What is left?");
	term_type(term, "2");
	term_expect(term, "OVER  step 6 of 6");
	console_expect_in_order(term, "The server's answer: 1, 997. Yours: 2, 999",
				"1000 less 1 less 2:", "nothing is lost.", "That would lose 2.", "So ends it.",
				"You answered 1 of 3");
	verdict_leave(term);
}

/* Keys that come before the question is on the screen are no answer to it, nor do they pass it over. */
static void keys_ahead_pass_nothing_over(void **state)
{
	struct term *term = console_open(state, 24, 80);
	verdict_open(term, 1);
	term_type(term, "         ");
	term_expect(term, "QUESTION  step 2 of 6");
	term_settle(term);
	term_expect(term, "QUESTION  step 2 of 6");
	term_type(term, "2c");
	term_expect(term, "Right: 2, it waits, and succeeds");
	term_expect(term, "A holds the row until it ends.");
	console_quit(term);
}

static void a_step_out_of_turn_takes_the_texts_away(void **state)
{
	struct term *term = console_open(state, 24, 80);
	verdict_open(term, 1);
	term_type(term, "b");
	term_expect(term, "step 1 of 6");
	term_expect(term, "B's UPDATE succeeded: UPDATE 1.");
	term_expect(term, "A step was sent out of turn");
	assert_false(term_shows(term, "B takes 2."));
	assert_false(term_shows(term, "The server's answer"));
	console_space_to(term, 1, 4, 6);
	term_expect(term, "A's COMMIT succeeded.");
	term_expect(term, "PAUSED  out of turn  step 4 of 6");
	assert_false(term_shows(term, "B divides by zero."));
	term_type(term, "1");
	term_expect(term, "no question is open");
	console_space_to(term, 4, 5, 6);
	term_expect(term, "B's SELECT failed, error 22012: division by zero.");
	term_type(term, " ");
	term_expect(term, "OVER  out of turn  step 6 of 6");
	term_expect(term, "It ended so: A's COMMIT succeeded. B's SELECT reads 997.");
	assert_false(term_shows(term, "So ends it."));
	assert_false(term_shows(term, "You answered"));
	verdict_leave(term);
}

static void a_surprise_takes_the_texts_away(void **state)
{
	struct term *term = console_open(state, 24, 80);
	verdict_open(term, 2);
	console_space_to(term, 0, 3, 6);
	term_expect(term, "B's SELECT reads 5.");
	term_expect(term, "Step 3 did not do what the lesson expects");
	assert_false(term_shows(term, "B has read 6."));
	console_space_to(term, 3, 5, 6);
	term_type(term, " ");
	term_expect(term, "OVER");
	term_expect(term, "It ended so: A's COMMIT succeeded. B's SELECT reads 999.");
	term_expect(term, "1 step did not do what the lesson expects (marked !).");
	term_expect(term, "BREAKS   SELECT n FROM verdicts.t: expected 997, found 999");
	assert_false(term_shows(term, "So ends it."));
	verdict_leave(term);
}

/* How each session ended stands above its lane, and one Space more does not take the conclusion away. */
static void the_end_stays(void **state)
{
	struct term *term = console_open(state, 24, 80);
	verdict_open(term, 1);
	console_space_to(term, 0, 4, 6);
	term_type(term, " "); /* the verdict */
	term_expect(term, "QUESTION  step 4 of 6");
	term_type(term, " ");
	term_expect(term, "What does B get?");
	console_expect_in_order(term, "A  COMMITTED  ", "What is true now");
	term_type(term, " ");
	term_expect(term, "PAUSED  step 5 of 6");
	term_type(term, " ");
	term_expect(term, "What is left?");
	term_type(term, " ");
	term_expect(term, "OVER  step 6 of 6");
	term_expect(term, "So ends it.");
	console_expect_in_order(term, "A  COMMITTED                        step  B  no transaction",
				"What is true now");
	term_type(term, " ");
	term_expect(term, "Space again plays the next one");
	term_expect(term, "So ends it.");
	assert_false(term_shows(term, "You answered"));
	term_type(term, " ");
	term_expect(term, "2 of 3  Surprised");
	console_quit(term);
}

/* A session that was in a transaction when all was over has not committed it. */
static void what_was_left_open_is_said(void **state)
{
	struct term *term = console_open(state, 24, 80);
	verdict_open(term, 3);
	console_space_to(term, 0, 3, 3);
	term_type(term, " ");
	term_expect(term, "OVER  step 3 of 3");
	term_expect(term, "A  left open: ROLLED BACK");
	verdict_leave(term);
}

static void auto_play_waits_for_answers(void **state)
{
	struct term *term = console_open(state, 24, 80);
	verdict_open(term, 1);
	term_type(term, "++++++++A");
	term_expect(term, "QUESTION  step 2 of 6");
	term_settle(term);
	term_type(term, "<Down>t");
	term_expect(term, "b 4");
	term_type(term, "2");
	term_expect(term, "PAUSED  step 3 of 6");
	term_type(term, "A");
	term_expect(term, "What does B get?"); /* behind the verdict, which stood there for a pause */
	term_settle(term);
	term_type(term, "1");
	term_expect(term, "What is left?");
	term_settle(term);
	term_type(term, "1");
	term_expect(term, "OVER  step 6 of 6");
	term_expect(term, "You answered 3 of 3 as the server did.");
	verdict_leave(term);
}

/* Where nothing was answered nothing is counted. */
static void nothing_answered_is_no_score(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":lab play hot-account<Enter>");
	term_expect(term, "PAUSED  step 0 of");
	for (int i = 0; i < 30 && !term_shows(term, "OVER"); i++) {
		term_type(term, "c");
		term_settle(term);
	}
	term_expect(term, "OVER");
	term_type(term, "<Esc>");
	term_expect(term, "> hot-account");
	term_expect(term, "Played: 1 of ");
	assert_false(term_shows(term, "questions right"));
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_verdict_is_read_before_the_next_question, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(keys_ahead_pass_nothing_over, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_step_out_of_turn_takes_the_texts_away, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_surprise_takes_the_texts_away, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_end_stays, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(what_was_left_open_is_said, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(auto_play_waits_for_answers, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(nothing_answered_is_no_score, fresh_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/verdict", tests, own_database, NULL);
}
