/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directives of lessons: what each says, and where it holds. */
#include "lab/lesson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/lab/directives.h"
#include "tests/support/check.h"

static void check_text(const struct lesson *lesson, enum lesson_text_kind kind, long permutation, long step,
		       const char *expected)
{
	const char *text = lesson_text(lesson, kind, permutation, step);
	if (expected)
		assert_string_equal(text, expected);
	else
		assert_null(text);
}

static void a_spec_without_directives_says_nothing(void **state)
{
	(void)state;
	struct lesson *lesson = directives_parsed("# @ nothing\n# say", "", "");
	assert_int_equal(lesson->spec->nnotes, 0);
	check_text(lesson, LESSON_TITLE, -1, -1, NULL);
	assert_null(lesson_ask_of(lesson, 0, 0));
	assert_null(lesson_expect_of(lesson, 0, 0));
	lesson_free(lesson);
}

static void texts_are_found_by_step(void **state)
{
	(void)state;
	struct lesson *lesson =
		directives_parsed("#@ title  Two at once \n#@teaches\tone; two\n#@\n"
				  "#@ say \"Hello.\"\n#@ \"World.\"\n"
				  "#@ say a1 \"He said \"\"a\"\".\"\n#@ say \"b one\" \"B.\"\n#@ end \"Bye.\"",
				  "", "");
	check_text(lesson, LESSON_TITLE, -1, -1, "Two at once");
	check_text(lesson, LESSON_TEACHES, -1, -1, "one; two");
	check_text(lesson, LESSON_SAY, 0, -1, "Hello.\nWorld.");
	check_text(lesson, LESSON_SAY, 1, 0, "He said \"a\".");
	check_text(lesson, LESSON_SAY, 0, 2, "B.");
	check_text(lesson, LESSON_SAY, 0, 1, NULL);
	check_text(lesson, LESSON_END, 1, -1, "Bye.");
	lesson_free(lesson);
}

static void a_permutations_own_goes_before(void **state)
{
	(void)state;
	struct lesson *lesson =
		directives_parsed("#@ say a1 \"all\"\n#@ expect a1 ok", "#@ title One\n#@ say a1 \"one\"",
				  "#@ title Two\n#@ expect a1 waits");
	check_text(lesson, LESSON_SAY, -1, 0, "all");
	check_text(lesson, LESSON_SAY, 0, 0, "one");
	check_text(lesson, LESSON_SAY, 1, 0, "all");
	check_text(lesson, LESSON_TITLE, -1, -1, NULL);
	check_text(lesson, LESSON_TITLE, 0, -1, "One");
	check_text(lesson, LESSON_TITLE, 1, -1, "Two");
	assert_false(lesson_expect_of(lesson, 0, 0)->outcome.ways[0].waits);
	assert_true(lesson_expect_of(lesson, 1, 0)->outcome.ways[0].waits);
	lesson_free(lesson);
}

static void questions_have_answers(void **state)
{
	(void)state;
	struct lesson *lesson =
		directives_parsed("#@ ask a1 \"What?\" | it waits = waits for B * | \"a = b\" = ok reads \"1, 2\"\n"
				  "#@  | neither|40001 at once = 40001",
				  "", "");
	const struct lesson_ask *ask = lesson_ask_of(lesson, 0, 0);
	assert_string_equal(ask->question, "What?");
	assert_int_equal(ask->nanswers, 4);
	assert_string_equal(ask->answers[0].text, "it waits");
	assert_true(ask->answers[0].right);
	assert_true(ask->answers[0].outcome.ways[0].waits);
	assert_int_equal(ask->answers[0].outcome.ways[0].waits_for, 1);
	assert_null(ask->answers[0].outcome.ways[0].end);
	assert_string_equal(ask->answers[1].text, "a = b");
	assert_string_equal(ask->answers[1].outcome.ways[0].reads, "1, 2");
	assert_string_equal(ask->answers[1].outcome.ways[0].end, "ok");
	assert_string_equal(ask->answers[2].text, "neither");
	assert_int_equal(ask->answers[2].outcome.nways, 0);
	assert_string_equal(ask->answers[3].outcome.ways[0].end, "40001");
	lesson_free(lesson);
}

static void a_question_may_be_about_another_step(void **state)
{
	(void)state;
	struct lesson *lesson = directives_parsed("#@ ask a1 about \"b one\" \"What?\" | x = ok * | y = waits", "",
						  "#@ ask a1 \"And now?\" | x * | y = 40001\n#@ expect a1 ok or waits");
	const struct lesson_ask *ask = lesson_ask_of(lesson, 0, 0);
	size_t at = 0;
	assert_string_equal(ask->question, "What?");
	assert_int_equal(ask->about, 2);
	assert_ptr_equal(lesson_ask_about(lesson, 0, 2, &at), ask);
	assert_null(lesson_ask_about(lesson, 0, 2, &at));
	at = 0;
	assert_null(lesson_ask_about(lesson, 0, 0, &at));
	ask = lesson_ask_of(lesson, 1, 0);
	assert_int_equal(ask->about, 0);
	at = 0;
	assert_ptr_equal(lesson_ask_about(lesson, 1, 0, &at), ask);
	struct lesson_fact waits = {.waited = true}, fails = {.complete = true, .sqlstate = "40001"};
	assert_true(lesson_answers(lesson, 1, ask, 0, &waits));
	assert_false(lesson_answers(lesson, 1, ask, 0, &fails));
	assert_true(lesson_answers(lesson, 1, ask, 1, &fails));
	lesson_free(lesson);
	directives_refused("#@ ask a1 about", "", "a.spec:2:16: expected the name of a step");
	directives_refused("#@ ask a1 abuot a2 \"x\"", "", "a.spec:2:11: expected a text in double quotes");
	directives_refused("#@ ask a1 about a2 x", "", "a.spec:2:20: expected a text in double quotes");
	directives_refused("#@ ask a1 about a3 \"x\"", "",
			   "a.spec:2:17: there is no step \"a3\": did you mean \"a1\"?");
	directives_refused("#@ ask a1 about a2 \"x\" | y = ok * | z", "",
			   "a.spec:2:4: step \"a2\", which this question is about, is not in permutation 1");
	directives_refused(
		"#@ ask a1 about a2 \"x\" | y * | z = ok", "",
		"a.spec:2:4: nothing tells whether the right answer is true: write \"= OUTCOME\" after it, or "
		"expect one of \"a2\"");
}

/* Why: under the answer, of several in a line under the last; more answers may follow. */
static void answers_have_reasons(void **state)
{
	(void)state;
	struct lesson *lesson =
		directives_parsed("#@ ask a1 \"What?\" | it waits = waits * | it fails = 40001\n"
				  "#@ because \"It holds\"\n#@   \"no lock.\"\n#@\n#@ | neither\n#@ because \"So.\"\n"
				  "#@ say a1 \"A.\"",
				  "", "");
	const struct lesson_ask *ask = lesson_ask_of(lesson, 0, 0);
	assert_int_equal(ask->nanswers, 3);
	assert_null(ask->answers[0].because);
	assert_string_equal(ask->answers[1].because, "It holds\nno lock.");
	assert_string_equal(ask->answers[2].text, "neither");
	assert_string_equal(ask->answers[2].because, "So.");
	check_text(lesson, LESSON_SAY, 0, 0, "A.");
	lesson_free(lesson);
}

static void check_after(const struct lesson *lesson, long permutation, const struct lesson_fact *fact,
			const char *expected)
{
	const char *text = lesson_after_of(lesson, permutation, 0, fact);
	if (expected)
		assert_string_equal(text, expected);
	else
		assert_null(text);
}

static void what_is_told_after_a_step_follows_its_outcome(void **state)
{
	(void)state;
	struct lesson *lesson =
		directives_parsed("#@ after a1 waits 40001 or waits 40P01 \"Failed\"\n#@ \"it has.\"\n"
				  "#@ after a1 waits \"It waits.\"\n#@ after a1 reads \"1, 2\" \"Read.\"",
				  "#@ after a1 ok \"Done.\"", "");
	const bool waited_for[2] = {false, true};
	struct lesson_fact waits = {.waited = true, .waited_for = waited_for};
	check_after(lesson, 0, &waits, "It waits.");
	check_after(lesson, 0, &(struct lesson_fact){0}, NULL);
	struct lesson_fact failed = {.waited = true, .complete = true, .sqlstate = "40P01"};
	check_after(lesson, 1, &failed, "Failed\nit has.");
	struct lesson_fact read = {.complete = true, .reads = "1, 2"};
	check_after(lesson, 0, &read, "Done.");
	check_after(lesson, 1, &read, "Read.");
	lesson_free(lesson);
}

static void expectations_checks_and_needs(void **state)
{
	(void)state;
	struct lesson *lesson = directives_parsed("#@ needs serializable,pg>=15 , superuser\n"
						  "#@ expect a1 waits 40P01 ; \"b one\" ok tag ROLLBACK;a2 reads 5\n"
						  "#@ check \"SELECT 1, \"\"x\"\"\" = 1, NULL",
						  "#@ check \"SELECT 2\" = 2", "");
	assert_string_equal(lesson_expect_of(lesson, 0, 0)->outcome.ways[0].end, "40P01");
	assert_string_equal(lesson_expect_of(lesson, 0, 2)->outcome.ways[0].tag, "ROLLBACK");
	assert_string_equal(lesson_expect_of(lesson, 0, 1)->outcome.ways[0].reads, "5");
	assert_int_equal(lesson->nchecks, 2);
	assert_string_equal(lesson->checks[0].sql, "SELECT 1, \"x\"");
	assert_string_equal(lesson->checks[0].value, "1, NULL");
	assert_int_equal(lesson->checks[0].scope.permutation, -1);
	assert_int_equal(lesson->checks[1].scope.permutation, 0);
	assert_int_equal(lesson->nneeds, 3);
	assert_int_equal(lesson->needs[1].major, 15);
	lesson_free(lesson);
}

static void check_runs(const struct lesson *lesson, long permutation, struct lesson_server server, const char *why)
{
	struct err err = {0};
	assert_int_equal(lesson_runs(lesson, permutation, &server, &err), why == NULL);
	if (why)
		assert_string_equal(err.text, why);
}

static void needs_decide_where_it_runs(void **state)
{
	(void)state;
	struct lesson_server old = {SERVER_POSTGRES, 14, true, NULL}, new = {SERVER_POSTGRES, 15, false, NULL};
	struct lesson_server crdb = {SERVER_COCKROACH, 13, true, NULL};
	struct lesson *lesson =
		directives_parsed("#@ needs serializable", "#@ needs crdb", "#@ needs pg>=15, superuser");
	check_runs(lesson, -1, new, NULL);
	check_runs(lesson, -1, crdb, NULL);
	check_runs(lesson, 0, crdb, NULL);
	check_runs(lesson, 0, new, "needs CockroachDB, and this server is PostgreSQL");
	check_runs(lesson, 1, crdb, "needs PostgreSQL, and this server is CockroachDB");
	check_runs(lesson, 1, old, "needs PostgreSQL 15 or newer, and this server is PostgreSQL 14");
	check_runs(lesson, 1, new, "needs a superuser, which this role is not");
	lesson_free(lesson);
	lesson = directives_parsed("#@ needs crdb>=22", "", "");
	check_runs(lesson, -1, old, "needs CockroachDB, and this server is PostgreSQL");
	check_runs(lesson, -1, crdb, "needs CockroachDB 22 or newer, and this server is CockroachDB 13");
	crdb.major = 22;
	check_runs(lesson, -1, crdb, NULL);
	struct buf shown = {0};
	lesson_need_show(&shown, &lesson->needs[0]);
	assert_string_equal(buf_text(&shown), "crdb>=22");
	buf_free(&shown);
	lesson_free(lesson);
}

/* What a server does is asked, not what it is called. */
static void needs_are_what_a_server_does(void **state)
{
	(void)state;
	struct lesson_server pg = {SERVER_POSTGRES, 15, true, NULL}, crdb = {SERVER_COCKROACH, 22, true, NULL};
	struct lesson *lesson = directives_parsed("#@ needs for-update", "#@ needs release-commits, readers-wait",
						  "#@ needs no-release-commits, read-committed");
	check_runs(lesson, 0, crdb, NULL);
	check_runs(lesson, 0, pg, "needs a RELEASE that is the commit, and this server is PostgreSQL");
	check_runs(lesson, 1, pg, NULL);
	check_runs(lesson, 1, crdb, "needs a server without a RELEASE that is the commit, and this one is CockroachDB");
	crdb.major = 19;
	check_runs(lesson, 0, crdb, "needs a FOR UPDATE that locks, and this server is CockroachDB");
	struct buf shown = {0};
	lesson_need_show(&shown, &lesson->needs[3]);
	assert_string_equal(buf_text(&shown), "no-release-commits");
	buf_free(&shown);
	lesson_free(lesson);
}

static void check_proof(const struct lesson *lesson, long permutation, enum lesson_proof_kind pg,
			enum lesson_proof_kind crdb)
{
	assert_int_equal(lesson_proof_of(lesson, permutation, SERVER_POSTGRES), pg);
	assert_int_equal(lesson_proof_of(lesson, permutation, SERVER_COCKROACH), crdb);
}

static void proofs_are_of_a_product(void **state)
{
	(void)state;
	struct lesson *lesson = directives_parsed("#@ verified pg, crdb", "#@ documented crdb", "#@ needs pg");
	check_proof(lesson, 0, LESSON_VERIFIED, LESSON_DOCUMENTED);
	check_proof(lesson, 1, LESSON_VERIFIED, LESSON_UNPROVED);
	struct lesson_proved proved = lesson_proved_on(lesson, SERVER_COCKROACH);
	assert_int_equal(proved.orders, 1);
	assert_int_equal(proved.documented, 1);
	assert_int_equal(lesson_proved_on(lesson, SERVER_POSTGRES).verified, 2);
	lesson_free(lesson);
	directives_refused("#@ verified", "", "a.spec:2:12: expected a product, pg or crdb");
	directives_refused("#@ verified oracle", "", "a.spec:2:13: expected a product, pg or crdb");
	directives_refused("#@ verified pg>=15", "", "a.spec:2:13: expected a product, pg or crdb");
	directives_refused("#@ verified pg\n#@ documented pg", "",
			   "a.spec:3:4: that is said of this product, in line 2 already");
	directives_refused(
		"#@ needs readers-wait\n#@ verified pg", "",
		"a.spec:3:4: it does not run there: it needs readers that wait for writers, and this server is "
		"PostgreSQL");
}

static void words_are_explained_once(void **state)
{
	(void)state;
	struct lesson *lesson =
		directives_parsed("#@ word snapshot \"What it sees.\"\n#@ \"All of it.\"\n#@ word \"two words\" \"x\"",
				  "#@ word tag \"y\"", "");
	assert_int_equal(lesson->nwords, 3);
	assert_string_equal(lesson->words[0].name, "snapshot");
	assert_string_equal(lesson->words[0].text, "What it sees.\nAll of it.");
	assert_string_equal(lesson->words[1].name, "two words");
	assert_int_equal(lesson->words[2].scope.permutation, 0);
	lesson_free(lesson);
	directives_refused("#@ word", "", "a.spec:2:8: expected the word that is explained, of at most 40 bytes");
	directives_refused("#@ word \"\" \"x\"", "",
			   "a.spec:2:9: expected the word that is explained, of at most 40 bytes");
	directives_refused("#@ word x y", "", "a.spec:2:11: expected a text in double quotes");
	directives_refused("#@ word \"a text\"", "", "a.spec:2:17: expected a text in double quotes");
	directives_refused("#@ word x \"y\"", "#@ word x \"z\"",
			   "a.spec:4:4: this word is explained, in line 2 already");
	struct buf many = {0};
	for (int i = 0; i < 65; i++)
		buf_fmt(&many, "#@ word w%d \"x\"\n", i);
	directives_refused(many.p, "", "a.spec:66:9: a lesson explains 64 words at most");
	buf_free(&many);
}

static void programs_are_those_that_are_built_in(void **state)
{
	(void)state;
	struct lesson *lesson = directives_parsed("#@ program loop", "#@ program lock-order\n#@ program loop", "");
	assert_int_equal(lesson->nprograms, 3);
	assert_string_equal(lesson->programs[1].topic, "lock-order");
	lesson_free(lesson);
	directives_refused("#@ program", "", "a.spec:2:11: expected a topic: loop, key or lock-order");
	directives_refused("#@ program loops", "",
			   "a.spec:2:12: there is no program about \"loops\"; use loop, key or lock-order");
	directives_refused("#@ program loop key", "", "a.spec:2:17: unexpected text: \"key\"");
	directives_refused("#@ program key\n#@ program key", "",
			   "a.spec:3:4: this program is named, in line 2 already");
}

#define RACE_WAYS_SENTENCE "ways of writing a transfer, as load race takes them, then hot N"

static void races_name_ways_and_hot_accounts(void **state)
{
	(void)state;
	struct lesson *lesson = directives_parsed("#@ race read-write batch=16 hot 2", "", "");
	struct buf line = {0};
	assert_true(lesson_race_show(&line, lesson, 0));
	assert_string_equal(line.p, "load race read-write batch=16 --hot 2 --time 2");
	buf_free(&line);
	lesson_free(lesson);
	lesson = directives_parsed("", "", "");
	assert_false(lesson_race_show(&line, lesson, 0));
	lesson_free(lesson);
	directives_refused("#@ race lock hot 2", "", "a.spec:2:14: expected 2 to 8 " RACE_WAYS_SENTENCE);
	directives_refused("#@ race lock ordered; hot 2", "", "a.spec:2:14: expected 2 to 8 " RACE_WAYS_SENTENCE);
	directives_refused("#@ race lock --yes hot 2", "", "a.spec:2:14: expected 2 to 8 " RACE_WAYS_SENTENCE);
	directives_refused("#@ race a b c d e f g h i hot 2", "", "a.spec:2:25: expected 2 to 8 " RACE_WAYS_SENTENCE);
	directives_refused("#@ race lock ordered", "", "a.spec:2:21: expected 2 to 8 " RACE_WAYS_SENTENCE);
	directives_refused("#@ race lock ordered hot 1", "",
			   "a.spec:2:26: expected how many accounts are hot, 2 to 100000");
	directives_refused("#@ race lock ordered hot", "",
			   "a.spec:2:25: expected how many accounts are hot, 2 to 100000");
	directives_refused("#@ race lock ordered hot 2 3", "", "a.spec:2:28: unexpected text: \"3\"");
	directives_refused("#@ race lock ordered hot 2\n#@ race lock ordered hot 3", "",
			   "a.spec:3:4: a race is named, in line 2 already");
}

static void check_second_refused(const char *directives, const char *sentence)
{
	struct buf text = {0};
	struct err err = {0};
	buf_fmt(&text, "setup { SELECT 1 }\n%s\nsession A step a {}\nsession B step b {}\n", directives);
	assert_null(lesson_parse("a.spec", text.p, text.len, &err));
	assert_string_equal(err.text, sentence);
	buf_free(&text);
}

static void a_second_server_has_sessions(void **state)
{
	(void)state;
	struct lesson *lesson = directives_parsed(
		"#@ session B on second\n#@ check on second \"SELECT 1\" = 1\n#@ check \"SELECT 2\" = 2", "", "");
	assert_true(lesson->second.wanted);
	assert_false(lesson->second.sessions[0]);
	assert_true(lesson->second.sessions[1]);
	assert_true(lesson->checks[0].second);
	assert_false(lesson->checks[1].second);
	check_runs(lesson, -1, (struct lesson_server){SERVER_POSTGRES, 15, true, NULL},
		   "needs a second server: name one with --second URL");
	lesson_free(lesson);
	directives_refused("#@ session", "", "a.spec:2:11: expected the name of a session");
	directives_refused("#@ session C on second", "", "a.spec:2:12: there is no session \"C\"");
	directives_refused("#@ session B", "", "a.spec:2:13: expected \"on second\"");
	directives_refused("#@ session B on both", "", "a.spec:2:17: expected \"on second\"");
	directives_refused("#@ session B on second 3", "", "a.spec:2:24: unexpected text: \"3\"");
	directives_refused(
		"", "#@ session B on second",
		"a.spec:4:4: what is on the second server holds for all permutations: write it before the first one");
	directives_refused("#@ setup on second", "",
			   "a.spec:2:4: no setup follows this line: write it above the one that it is about");
	directives_refused("#@ teardown on both", "", "a.spec:2:4: there is no teardown");
	directives_refused("#@ check on first \"SELECT 1\" = 1", "", "a.spec:2:13: expected \"on second\"");
	directives_refused("#@ check on second \"SELECT 1\" = 1", "",
			   "a.spec:2:4: no session is on the second server: write #@ session NAME on second");
	check_second_refused("#@ session A on second\n#@ session B on second",
			     "a.spec:2:4: all sessions are on the second server: one has to be on the first");
	check_second_refused("#@ setup on first\nsetup { SELECT 2 }",
			     "a.spec:2:13: expected \"on second\" or \"on both\"");
}

static void refusals_of_cuts_have_a_place(void **state)
{
	(void)state;
	struct lesson *lesson = directives_parsed("#@ cut a1", "#@ cut \"b one\"", "");
	assert_true(lesson_cuts(lesson, 0, 0));
	assert_true(lesson_cuts(lesson, 0, 2));
	assert_true(lesson_cuts(lesson, 1, 0));
	assert_false(lesson_cuts(lesson, 1, 2));
	lesson_free(lesson);
	directives_refused("#@ cut", "", "a.spec:2:7: expected the name of a step");
	directives_refused("#@ cut a3", "", "a.spec:2:8: there is no step \"a3\": did you mean \"a1\"?");
	directives_refused("#@ cut a1 a2", "", "a.spec:2:11: unexpected text: \"a2\"");
	directives_refused("#@ cut a1\n#@ cut a1", "", "a.spec:3:4: this step is cut, in line 2 already");
	directives_refused("", "#@ cut a2", "a.spec:4:8: step \"a2\" is not in the permutation above");
	directives_refused("#@ expect a1 lost reads 1", "",
			   "a.spec:2:26: a step that ends with lost has no answer to read and no tag");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_spec_without_directives_says_nothing),
		cmocka_unit_test(texts_are_found_by_step),
		cmocka_unit_test(a_permutations_own_goes_before),
		cmocka_unit_test(questions_have_answers),
		cmocka_unit_test(a_question_may_be_about_another_step),
		cmocka_unit_test(answers_have_reasons),
		cmocka_unit_test(what_is_told_after_a_step_follows_its_outcome),
		cmocka_unit_test(expectations_checks_and_needs),
		cmocka_unit_test(needs_decide_where_it_runs),
		cmocka_unit_test(needs_are_what_a_server_does),
		cmocka_unit_test(proofs_are_of_a_product),
		cmocka_unit_test(words_are_explained_once),
		cmocka_unit_test(programs_are_those_that_are_built_in),
		cmocka_unit_test(races_name_ways_and_hot_accounts),
		cmocka_unit_test(a_second_server_has_sessions),
		cmocka_unit_test(refusals_of_cuts_have_a_place),
	};
	return cmocka_run_group_tests_name("lab/lesson", tests, NULL, NULL);
}
