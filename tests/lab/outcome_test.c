/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outcomes against what a step did, both in the same words; and which sessions the engine runs. */
#include "lab/lesson.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/lab/directives.h"
#include "tests/support/check.h"

static void check_holds(const char *outcome, struct lesson_fact fact, bool holds)
{
	struct buf text = {0};
	buf_fmt(&text, "#@ expect a1 %s", outcome);
	struct lesson *lesson = directives_parsed(text.p, "", "");
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
	struct lesson *lesson = directives_parsed("", "", "");
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes_hold_or_do_not),
		cmocka_unit_test(facts_are_shown_in_the_same_words),
		cmocka_unit_test(the_engine_runs_a_session_where_it_is_told_to),
		cmocka_unit_test(refusals_of_retries_have_a_place),
	};
	return cmocka_run_group_tests_name("lab/outcome", tests, NULL, NULL);
}
