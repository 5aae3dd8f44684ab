/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directives of lessons: what each says, where it holds, and each refusal with its line and column. */
#include "lab/lesson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/check.h"

/* Three steps in two sessions, then the directives, two permutations, and directives of each. */
static char *spec_with(const char *general, const char *first, const char *second)
{
	struct buf text = {0};
	buf_fmt(&text, "session A step a1 {} step a2 {} session B step \"b one\" {}\n%s\n", general);
	buf_fmt(&text, "permutation a1 \"b one\"\n%s\npermutation a1 a2\n%s\n", first, second);
	return buf_take(&text);
}

static struct lesson *parsed(const char *general, const char *first, const char *second)
{
	struct err err = {0};
	char *text = spec_with(general, first, second);
	struct lesson *lesson = lesson_parse("a.spec", text, strlen(text), &err);
	free(text);
	if (!lesson)
		fail_msg("%s", err.text);
	return lesson;
}

static void check_refused(const char *general, const char *first, const char *sentence)
{
	struct err err = {0};
	char *text = spec_with(general, first, "");
	assert_null(lesson_parse("a.spec", text, strlen(text), &err));
	assert_string_equal(err.text, sentence);
	assert_int_equal(err.status, ST_USAGE);
	free(text);
}

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
	struct lesson *lesson = parsed("# @ nothing\n# say", "", "");
	assert_int_equal(lesson->spec->nnotes, 0);
	check_text(lesson, LESSON_TITLE, -1, -1, NULL);
	assert_null(lesson_ask_of(lesson, 0, 0));
	assert_null(lesson_expect_of(lesson, 0, 0));
	lesson_free(lesson);
}

static void texts_are_found_by_step(void **state)
{
	(void)state;
	struct lesson *lesson = parsed("#@ title  Two at once \n#@teaches\tone; two\n#@\n"
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
	struct lesson *lesson = parsed("#@ say a1 \"all\"\n#@ expect a1 ok", "#@ title One\n#@ say a1 \"one\"",
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
		parsed("#@ ask a1 \"What?\" | it waits = waits for B * | \"a = b\" = ok reads \"1, 2\"\n"
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
	struct lesson *lesson = parsed("#@ ask a1 about \"b one\" \"What?\" | x = ok * | y = waits", "",
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
	check_refused("#@ ask a1 about", "", "a.spec:2:16: expected the name of a step");
	check_refused("#@ ask a1 abuot a2 \"x\"", "", "a.spec:2:11: expected a text in double quotes");
	check_refused("#@ ask a1 about a2 x", "", "a.spec:2:20: expected a text in double quotes");
	check_refused("#@ ask a1 about a3 \"x\"", "", "a.spec:2:17: there is no step \"a3\": did you mean \"a1\"?");
	check_refused("#@ ask a1 about a2 \"x\" | y = ok * | z", "",
		      "a.spec:2:4: step \"a2\", which this question is about, is not in permutation 1");
	check_refused("#@ ask a1 about a2 \"x\" | y * | z = ok", "",
		      "a.spec:2:4: nothing tells whether the right answer is true: write \"= OUTCOME\" after it, or "
		      "expect one of \"a2\"");
}

/* Why: under the answer, of several in a line under the last; more answers may follow. */
static void answers_have_reasons(void **state)
{
	(void)state;
	struct lesson *lesson =
		parsed("#@ ask a1 \"What?\" | it waits = waits * | it fails = 40001\n"
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
	struct lesson *lesson = parsed("#@ after a1 waits 40001 or waits 40P01 \"Failed\"\n#@ \"it has.\"\n"
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
	struct lesson *lesson = parsed("#@ needs serializable,pg>=15 , superuser\n"
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
	struct lesson *lesson = parsed("#@ needs serializable", "#@ needs crdb", "#@ needs pg>=15, superuser");
	check_runs(lesson, -1, new, NULL);
	check_runs(lesson, -1, crdb, NULL);
	check_runs(lesson, 0, crdb, NULL);
	check_runs(lesson, 0, new, "needs CockroachDB, and this server is PostgreSQL");
	check_runs(lesson, 1, crdb, "needs PostgreSQL, and this server is CockroachDB");
	check_runs(lesson, 1, old, "needs PostgreSQL 15 or newer, and this server is PostgreSQL 14");
	check_runs(lesson, 1, new, "needs a superuser, which this role is not");
	lesson_free(lesson);
	lesson = parsed("#@ needs crdb>=22", "", "");
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
	struct lesson *lesson = parsed("#@ needs for-update", "#@ needs release-commits, readers-wait",
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
	struct lesson *lesson = parsed("#@ verified pg, crdb", "#@ documented crdb", "#@ needs pg");
	check_proof(lesson, 0, LESSON_VERIFIED, LESSON_DOCUMENTED);
	check_proof(lesson, 1, LESSON_VERIFIED, LESSON_UNPROVED);
	struct lesson_proved proved = lesson_proved_on(lesson, SERVER_COCKROACH);
	assert_int_equal(proved.orders, 1);
	assert_int_equal(proved.documented, 1);
	assert_int_equal(lesson_proved_on(lesson, SERVER_POSTGRES).verified, 2);
	lesson_free(lesson);
	check_refused("#@ verified", "", "a.spec:2:12: expected a product, pg or crdb");
	check_refused("#@ verified oracle", "", "a.spec:2:13: expected a product, pg or crdb");
	check_refused("#@ verified pg>=15", "", "a.spec:2:13: expected a product, pg or crdb");
	check_refused("#@ verified pg\n#@ documented pg", "",
		      "a.spec:3:4: that is said of this product, in line 2 already");
	check_refused("#@ needs readers-wait\n#@ verified pg", "",
		      "a.spec:3:4: it does not run there: it needs readers that wait for writers, and this server is "
		      "PostgreSQL");
}

static void refusals_of_words_have_a_place(void **state)
{
	(void)state;
	check_refused("#@ sya a1 \"x\"", "", "a.spec:2:4: there is no directive \"sya\": did you mean \"say\"?");
	check_refused("#@ xyzzy", "", "a.spec:2:4: there is no directive \"xyzzy\"");
	check_refused("#@ say a11 \"x\"", "", "a.spec:2:8: there is no step \"a11\": did you mean \"a1\"?");
	check_refused("#@ say", "", "a.spec:2:7: expected a step, or a text in double quotes");
	check_refused("#@ say a1 x", "", "a.spec:2:11: expected a text in double quotes");
	check_refused("#@ say \"x", "", "a.spec:2:8: this text does not end on its line: close it with \"");
	check_refused("#@ say a1 \"\xc3\xa9\" y", "", "a.spec:2:15: unexpected text: \"y\"");
	check_refused("#@ say a1 \"x\" y", "", "a.spec:2:15: unexpected text: \"y\"");
	check_refused("#@ title", "", "a.spec:2:9: expected a text");
	check_refused("#@ end a1", "", "a.spec:2:8: expected a text in double quotes");
	check_refused("#@ \"x\"", "", "a.spec:2:4: there is nothing before this line for it to continue");
	check_refused("#@ title x\n#@ | y", "", "a.spec:3:4: there is nothing before this line for it to continue");
	check_refused("#@ title x\n#@ title y", "", "a.spec:3:4: there is such a text, in line 2 already");
	check_refused("", "#@ say a2 \"x\"", "a.spec:4:8: step \"a2\" is not in the permutation above");
	check_refused("#@ needs pg 15", "", "a.spec:2:13: unexpected text: \"15\"");
	check_refused("#@ needs", "", "a.spec:2:9: expected what the lesson needs");
	check_refused("#@ needs pg>=x", "",
		      "a.spec:2:10: unknown requirement \"pg>=x\"; use serializable, read-committed, repeatable-read, "
		      "for-update, readers-wait, waiters-go-on, conflicts-at-commit, rollback-to-restarts, "
		      "release-commits, one of "
		      "these with no- before it, superuser, pg, crdb or a product with a version, like pg>=15");
	check_refused("#@ needs pg>=", "",
		      "a.spec:2:10: unknown requirement \"pg>=\"; use serializable, read-committed, repeatable-read, "
		      "for-update, readers-wait, waiters-go-on, conflicts-at-commit, rollback-to-restarts, "
		      "release-commits, one of "
		      "these with no- before it, superuser, pg, crdb or a product with a version, like pg>=15");
}

static void needs_that_nobody_has(void **state)
{
	(void)state;
	static const char *const words[] = {"pg>15",        "pgx",          "p",      "PG",
					    "superuser>=1", "crdb>=",       "pg>=-1", "pg>=1000",
					    "no-pg",        "no-superuser", "no-",    "readers-wait>=2"};
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		char line[40], why[400];
		snprintf(line, sizeof line, "#@ needs %s", words[i]);
		snprintf(why, sizeof why,
			 "a.spec:2:10: unknown requirement \"%s\"; use serializable, read-committed, repeatable-read, "
			 "for-update, readers-wait, waiters-go-on, conflicts-at-commit, rollback-to-restarts, "
			 "release-commits, one of these with no- before it, superuser, pg, crdb or a product with a "
			 "version, like pg>=15",
			 words[i]);
		check_refused(line, "", why);
	}
}

static void refusals_of_outcomes_have_a_place(void **state)
{
	(void)state;
	check_refused("#@ expect", "", "a.spec:2:10: expected the name of a step");
	check_refused("#@ expect a1", "", "a.spec:2:13: expected an outcome, such as ok, waits or 40001");
	check_refused("#@ expect a1 ok ;", "", "a.spec:2:18: expected the name of a step");
	check_refused("#@ expect a1 fine", "",
		      "a.spec:2:14: unknown outcome \"fine\"; use waits, waits for SESSION, ok, lost, an SQLSTATE, "
		      "reads VALUE, tag TAG, or several of them parted by or");
	check_refused("#@ expect a1 for B", "",
		      "a.spec:2:14: unknown outcome \"for\"; use waits, waits for SESSION, ok, lost, an SQLSTATE, "
		      "reads VALUE, tag TAG, or several of them parted by or");
	check_refused("#@ expect a1 or ok", "", "a.spec:2:14: expected an outcome, such as ok, waits or 40001");
	check_refused("#@ expect a1 ok or", "", "a.spec:2:19: expected an outcome, such as ok, waits or 40001");
	check_refused("#@ expect a1 ok or 40001 reads 1", "",
		      "a.spec:2:33: a step that ends with 40001 has no answer to read and no tag");
	check_refused("#@ expect a1 ok or waits or 40001 or 40P01 or 23505", "",
		      "a.spec:2:44: an outcome has 4 ways at most, parted by or");
	check_refused("#@ expect a1 waits for C", "", "a.spec:2:24: there is no session \"C\"");
	check_refused("#@ expect a1 waits for", "", "a.spec:2:23: expected the name of the session that it waits for");
	check_refused("#@ expect a1 reads", "", "a.spec:2:19: expected what it reads");
	check_refused("#@ expect a1 tag ;", "", "a.spec:2:18: expected what it is tagged");
	check_refused("#@ expect a1 40001 reads 1", "",
		      "a.spec:2:27: a step that ends with 40001 has no answer to read and no tag");
	check_refused("#@ expect a1 ok; a1 ok", "",
		      "a.spec:2:4: something is expected of this step, in line 2 already");
	check_refused("#@ check \"SELECT 1\"", "", "a.spec:2:20: expected = and the value that this SQL has");
	check_refused("#@ check \"SELECT 1\" =", "", "a.spec:2:22: expected the value that this SQL has");
	check_refused("#@ expect a1 ok \"x\"", "", "a.spec:2:17: unexpected text: \"\"x\"\"");
	check_refused("#@ after a1 ok", "", "a.spec:2:15: expected a text in double quotes");
	check_refused("#@ after a1 \"x\"", "", "a.spec:2:13: expected an outcome, such as ok, waits or 40001");
	check_refused("#@ after a1 ok \"x\" y", "", "a.spec:2:20: unexpected text: \"y\"");
	check_refused("#@ after a3 ok \"x\"", "", "a.spec:2:10: there is no step \"a3\": did you mean \"a1\"?");
	check_refused("#@ check SELECT", "", "a.spec:2:10: expected a text in double quotes");
}

static void refusals_of_questions_have_a_place(void **state)
{
	(void)state;
	check_refused("#@ ask a1 \"x\" | y", "", "a.spec:2:4: a question has 2 answers at least, this one has 1");
	check_refused("#@ ask a1 \"x\" | y | z", "",
		      "a.spec:2:4: no answer is marked correct (*): say which one is right");
	check_refused("#@ ask a1 \"x\" | y = ok * | z *", "",
		      "a.spec:2:28: two answers are marked correct (*): only one is right");
	check_refused("#@ ask a1 \"x\" | y * | z", "",
		      "a.spec:2:4: nothing tells whether the right answer is true: write \"= OUTCOME\" after it, or "
		      "expect one of this step");
	check_refused("#@ ask a1 \"x\" | = ok | z", "", "a.spec:2:17: expected an answer");
	check_refused("#@ ask a1 \"x\" y", "", "a.spec:2:15: unexpected text: \"y\"");
	check_refused("#@ ask a1 \"x\" | a = ok * | b\n#@ ask a1 \"y\" | a = ok * | b", "",
		      "a.spec:3:4: this step has a question, in line 2 already");
	check_refused("#@ because \"x\"", "", "a.spec:2:4: because follows the line of an answer");
	check_refused("#@ ask a1 \"x\"\n#@ because \"y\"", "", "a.spec:3:4: because follows the line of an answer");
	check_refused("#@ ask a1 \"x\" | y = ok *\n#@ say \"x\"\n#@ because \"x\"", "",
		      "a.spec:4:4: because follows the line of an answer");
	check_refused("#@ ask a1 \"x\" | y = ok *\n#@ because \"x\"\n#@ because \"z\"", "",
		      "a.spec:4:4: this answer has a reason already; another line of it begins with a quote");
	check_refused("#@ ask a1 \"x\" | y = ok *\n#@ because x", "", "a.spec:3:12: expected a text in double quotes");
	check_refused("#@ ask a1 \"x\" |1|2|3|4|5|6|7|8|9|10", "", "a.spec:2:34: a question has 9 answers at most");
	struct lesson *lesson = parsed("#@ ask a1 \"x\" | y * | z\n#@ expect a1 ok", "", "");
	lesson_free(lesson);
}

static void too_many_directives_are_refused(void **state)
{
	(void)state;
	struct buf many = {0};
	for (int i = 0; i < 100000; i++)
		buf_str(&many, "#@ check \"a\" = 1\n");
	check_refused(many.p, "", "a.spec:4098:3: a lesson has 4096 directives at most");
	buf_free(&many);
}

/* ---- the engine's ---- */

static struct lesson *with_retry(const char *steps, const char *directives, struct err *err)
{
	struct buf text = {0};
	buf_fmt(&text, "session A %s\nsession B step x { ROLLBACK }\n%s\n", steps, directives);
	struct lesson *lesson = lesson_parse("a.spec", text.p, text.len, err);
	buf_free(&text);
	return lesson;
}

static const char whole[] = "step b { begin; } step w { UPDATE t SET n = 1; } step c { Commit }";

static void the_engine_runs_a_session_where_it_is_told_to(void **state)
{
	(void)state;
	struct err err = {0};
	struct lesson *lesson = with_retry(
		whole, "#@ retry A\npermutation b x w c\npermutation b w c\n#@ retry A committed on attempt 2", &err);
	assert_non_null(lesson);
	assert_int_equal(lesson_retry_of(lesson, 0, 0)->attempt, 0);
	assert_int_equal(lesson_retry_of(lesson, 1, 0)->attempt, 2);
	assert_null(lesson_retry_of(lesson, 0, 1));
	assert_true(lesson_retries(lesson, 1));
	lesson_free(lesson);
	lesson = with_retry(whole, "permutation b w c\npermutation b w\npermutation x", &err);
	assert_false(lesson_retries(lesson, 0));
	lesson_free(lesson);
	lesson = with_retry(whole, "#@ retry A", &err);
	assert_true(lesson_retries(lesson, 5));
	lesson_free(lesson);
}

static void words_are_explained_once(void **state)
{
	(void)state;
	struct lesson *lesson =
		parsed("#@ word snapshot \"What it sees.\"\n#@ \"All of it.\"\n#@ word \"two words\" \"x\"",
		       "#@ word tag \"y\"", "");
	assert_int_equal(lesson->nwords, 3);
	assert_string_equal(lesson->words[0].name, "snapshot");
	assert_string_equal(lesson->words[0].text, "What it sees.\nAll of it.");
	assert_string_equal(lesson->words[1].name, "two words");
	assert_int_equal(lesson->words[2].scope.permutation, 0);
	lesson_free(lesson);
	check_refused("#@ word", "", "a.spec:2:8: expected the word that is explained, of at most 40 bytes");
	check_refused("#@ word \"\" \"x\"", "", "a.spec:2:9: expected the word that is explained, of at most 40 bytes");
	check_refused("#@ word x y", "", "a.spec:2:11: expected a text in double quotes");
	check_refused("#@ word \"a text\"", "", "a.spec:2:17: expected a text in double quotes");
	check_refused("#@ word x \"y\"", "#@ word x \"z\"", "a.spec:4:4: this word is explained, in line 2 already");
	struct buf many = {0};
	for (int i = 0; i < 65; i++)
		buf_fmt(&many, "#@ word w%d \"x\"\n", i);
	check_refused(many.p, "", "a.spec:66:9: a lesson explains 64 words at most");
	buf_free(&many);
}

static void programs_are_those_that_are_built_in(void **state)
{
	(void)state;
	struct lesson *lesson = parsed("#@ program loop", "#@ program lock-order\n#@ program loop", "");
	assert_int_equal(lesson->nprograms, 3);
	assert_string_equal(lesson->programs[1].topic, "lock-order");
	lesson_free(lesson);
	check_refused("#@ program", "", "a.spec:2:11: expected a topic: loop, key or lock-order");
	check_refused("#@ program loops", "",
		      "a.spec:2:12: there is no program about \"loops\"; use loop, key or lock-order");
	check_refused("#@ program loop key", "", "a.spec:2:17: unexpected text: \"key\"");
	check_refused("#@ program key\n#@ program key", "", "a.spec:3:4: this program is named, in line 2 already");
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
	struct lesson *lesson = parsed(
		"#@ session B on second\n#@ check on second \"SELECT 1\" = 1\n#@ check \"SELECT 2\" = 2", "", "");
	assert_true(lesson->second.wanted);
	assert_false(lesson->second.sessions[0]);
	assert_true(lesson->second.sessions[1]);
	assert_true(lesson->checks[0].second);
	assert_false(lesson->checks[1].second);
	check_runs(lesson, -1, (struct lesson_server){SERVER_POSTGRES, 15, true, NULL},
		   "needs a second server: name one with --second URL");
	lesson_free(lesson);
	check_refused("#@ session", "", "a.spec:2:11: expected the name of a session");
	check_refused("#@ session C on second", "", "a.spec:2:12: there is no session \"C\"");
	check_refused("#@ session B", "", "a.spec:2:13: expected \"on second\"");
	check_refused("#@ session B on both", "", "a.spec:2:17: expected \"on second\"");
	check_refused("#@ session B on second 3", "", "a.spec:2:24: unexpected text: \"3\"");
	check_refused(
		"", "#@ session B on second",
		"a.spec:4:4: what is on the second server holds for all permutations: write it before the first one");
	check_refused("#@ setup on second", "",
		      "a.spec:2:4: no setup follows this line: write it above the one that it is about");
	check_refused("#@ teardown on both", "", "a.spec:2:4: there is no teardown");
	check_refused("#@ check on first \"SELECT 1\" = 1", "", "a.spec:2:13: expected \"on second\"");
	check_refused("#@ check on second \"SELECT 1\" = 1", "",
		      "a.spec:2:4: no session is on the second server: write #@ session NAME on second");
	check_second_refused("#@ session A on second\n#@ session B on second",
			     "a.spec:2:4: all sessions are on the second server: one has to be on the first");
	check_second_refused("#@ setup on first\nsetup { SELECT 2 }",
			     "a.spec:2:13: expected \"on second\" or \"on both\"");
}

static void refusals_of_cuts_have_a_place(void **state)
{
	(void)state;
	struct lesson *lesson = parsed("#@ cut a1", "#@ cut \"b one\"", "");
	assert_true(lesson_cuts(lesson, 0, 0));
	assert_true(lesson_cuts(lesson, 0, 2));
	assert_true(lesson_cuts(lesson, 1, 0));
	assert_false(lesson_cuts(lesson, 1, 2));
	lesson_free(lesson);
	check_refused("#@ cut", "", "a.spec:2:7: expected the name of a step");
	check_refused("#@ cut a3", "", "a.spec:2:8: there is no step \"a3\": did you mean \"a1\"?");
	check_refused("#@ cut a1 a2", "", "a.spec:2:11: unexpected text: \"a2\"");
	check_refused("#@ cut a1\n#@ cut a1", "", "a.spec:3:4: this step is cut, in line 2 already");
	check_refused("", "#@ cut a2", "a.spec:4:8: step \"a2\" is not in the permutation above");
	check_refused("#@ expect a1 lost reads 1", "",
		      "a.spec:2:26: a step that ends with lost has no answer to read and no tag");
}

static void check_retry_refused(const char *steps, const char *directives, const char *sentence)
{
	struct err err = {0};
	assert_null(with_retry(steps, directives, &err));
	assert_string_equal(err.text, sentence);
}

static void refusals_of_retries_have_a_place(void **state)
{
	(void)state;
	check_retry_refused(whole, "#@ cut w\npermutation b w c\n#@ retry A",
			    "a.spec:3:4: the engine runs session \"A\": no step of it can be cut");
	check_retry_refused(whole, "#@ retry", "a.spec:3:9: expected the name of a session");
	check_retry_refused(whole, "#@ retry C", "a.spec:3:10: there is no session \"C\"");
	check_retry_refused(whole, "#@ retry A commits",
			    "a.spec:3:12: expected \"committed on attempt N\", or nothing more");
	check_retry_refused(whole, "#@ retry A committed on attempt 0",
			    "a.spec:3:33: expected the number of an attempt, from 1 to 99");
	check_retry_refused(whole, "#@ retry A committed on attempt 2 3", "a.spec:3:35: unexpected text: \"3\"");
	check_retry_refused(whole, "#@ retry A\n#@ retry A",
			    "a.spec:4:4: the engine runs this session, in line 3 already");
	check_retry_refused(
		whole, "#@ retry B",
		"a.spec:3:4: the engine needs BEGIN, a statement and COMMIT of session \"B\" in every order");
	check_retry_refused(whole, "#@ retry A\npermutation w b c",
			    "a.spec:3:4: the engine cannot run step \"w\": the first one has to be BEGIN");
	check_retry_refused(whole, "permutation b w b\n#@ retry A",
			    "a.spec:4:4: the engine cannot run step \"b\": the last one has to be COMMIT");
	check_retry_refused("step b { BEGIN } step s { SAVEPOINT s } step c { END }", "#@ retry A",
			    "a.spec:3:4: the engine cannot run step \"s\": between BEGIN and COMMIT stands what the "
			    "transaction does, no other frame");
}

/* ---- outcomes against facts ---- */

static void check_holds(const char *outcome, struct lesson_fact fact, bool holds)
{
	struct buf text = {0};
	buf_fmt(&text, "#@ expect a1 %s", outcome);
	struct lesson *lesson = parsed(text.p, "", "");
	assert_int_equal(lesson_holds(&lesson_expect_of(lesson, 0, 0)->outcome, &fact), holds);
	buf_free(&text);
	lesson_outcome_show(&text, lesson, &lesson_expect_of(lesson, 0, 0)->outcome);
	assert_string_equal(buf_text(&text), outcome);
	buf_free(&text);
	lesson_free(lesson);
}

static void outcomes_hold_or_do_not(void **state)
{
	(void)state;
	static const bool for_b[] = {false, true};
	struct lesson_fact done = {.complete = true, .reads = "1, 2", .tag = "UPDATE 1"};
	struct lesson_fact waited = {.waited = true, .waited_for = for_b, .complete = true, .sqlstate = "40001"};
	struct lesson_fact waiting = {.waited = true};
	check_holds("ok", done, true);
	check_holds("ok", waited, false);
	check_holds("40001", done, false);
	check_holds("40001", waited, false);
	check_holds("waits", done, false);
	check_holds("waits", waited, true);
	check_holds("waits", waiting, true);
	check_holds("waits ok", waiting, false);
	check_holds("waits ok", waited, false);
	check_holds("waits 40001", waited, true);
	check_holds("waits 40P01", waited, false);
	check_holds("waits for B 40001", waited, true);
	check_holds("waits for A 40001", waited, false);
	check_holds("waits for A", waiting, true);
	check_holds("ok reads \"1, 2\"", done, true);
	check_holds("ok reads 1", done, false);
	check_holds("ok tag UPDATE", done, true);
	check_holds("ok tag \"UPDATE 1\"", done, true);
	check_holds("ok tag \"UPDATE 2\"", done, false);
	check_holds("ok tag UP", done, false);
	check_holds("ok tag ROLLBACK", done, false);
	struct lesson_fact cut = {.complete = true, .sqlstate = "08006", .lost = true};
	check_holds("lost", cut, true);
	check_holds("ok", cut, false);
	check_holds("lost", waited, false);
	check_holds("waits 40001 or ok", done, true);
	check_holds("waits 40001 or ok", waited, true);
	check_holds("waits 40001 or ok", waiting, false);
	check_holds("waits 40P01 or 40001", waited, false);
	check_holds("ok reads or", (struct lesson_fact){.complete = true, .reads = "or"}, true);
	check_holds("ok reads 5 or ok reads \"1, 2\" or waits for B", done, true);
}

static void facts_are_shown_in_the_same_words(void **state)
{
	(void)state;
	static const bool for_a[] = {true, false};
	struct lesson *lesson = parsed("", "", "");
	struct buf text = {0};
	struct lesson_fact fact = {true, for_a, true, NULL, false, "5\x1b", "SELECT 1"};
	lesson_fact_show(&text, lesson, &fact);
	assert_string_equal(buf_text(&text), "waits for A ok reads 5\\x1b tag \"SELECT 1\"");
	buf_clear(&text);
	fact = (struct lesson_fact){.complete = true, .sqlstate = "40001"};
	lesson_fact_show(&text, lesson, &fact);
	assert_string_equal(buf_text(&text), "40001");
	buf_free(&text);
	lesson_free(lesson);
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
		cmocka_unit_test(refusals_of_words_have_a_place),
		cmocka_unit_test(needs_that_nobody_has),
		cmocka_unit_test(refusals_of_outcomes_have_a_place),
		cmocka_unit_test(refusals_of_questions_have_a_place),
		cmocka_unit_test(too_many_directives_are_refused),
		cmocka_unit_test(the_engine_runs_a_session_where_it_is_told_to),
		cmocka_unit_test(words_are_explained_once),
		cmocka_unit_test(programs_are_those_that_are_built_in),
		cmocka_unit_test(a_second_server_has_sessions),
		cmocka_unit_test(refusals_of_cuts_have_a_place),
		cmocka_unit_test(refusals_of_retries_have_a_place),
		cmocka_unit_test(outcomes_hold_or_do_not),
		cmocka_unit_test(facts_are_shown_in_the_same_words),
	};
	return cmocka_run_group_tests_name("lab/lesson", tests, NULL, NULL);
}
