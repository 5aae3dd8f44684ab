/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shipped lessons as texts: complete, asking, with a reason for every answer, and fit for the screen. */
#include <string.h>

#include "base/asset.h"
#include "base/text.h"
#include "lab/lesson.h"
#include "tests/support/check.h"
#include "tests/support/lessons.h"

enum { LINE_COLUMNS = 76, LINES = 2, ANSWER_COLUMNS = 64 };

static void check_fits(const char *name, const char *text, size_t columns, size_t lines)
{
	for (size_t line = 1; *text; line++) {
		size_t n = strcspn(text, "\n");
		if (line > lines || text_width(text, n) > columns)
			fail_msg("%s: line %zu of a text: %.*s", name, line, (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void check_ask_fits(const char *name, const struct lesson_ask *ask)
{
	check_fits(name, ask->question, LINE_COLUMNS, 1);
	for (size_t i = 0; i < ask->nanswers; i++) {
		check_fits(name, ask->answers[i].text, ANSWER_COLUMNS, 1);
		if (ask->answers[i].because)
			check_fits(name, ask->answers[i].because, LINE_COLUMNS, 1);
	}
}

static void every_text_fits_the_screen(void **state)
{
	(void)state;
	for (const struct asset_lesson *asset = asset_lessons; asset->name; asset++) {
		struct lesson *lesson = lessons_parsed(asset->name, asset->text);
		for (size_t i = 0; i < lesson->ntexts; i++) {
			bool one = lesson->texts[i].kind == LESSON_TITLE;
			bool told = lesson->texts[i].kind == LESSON_SAY || lesson->texts[i].kind == LESSON_END;
			if (one || told)
				check_fits(asset->name, lesson->texts[i].text, LINE_COLUMNS, one ? 1 : LINES);
		}
		for (size_t i = 0; i < lesson->nafters; i++)
			check_fits(asset->name, lesson->afters[i].text, LINE_COLUMNS, LINES);
		for (size_t i = 0; i < lesson->nasks; i++)
			check_ask_fits(asset->name, &lesson->asks[i]);
		lesson_free(lesson);
	}
}

/* Something is said before every step, and one is expected to come out in a way that is asked for. */
static void check_permutation(const char *name, const struct lesson *lesson, long permutation)
{
	const struct spec_permutation *order = &lesson->spec->permutations[permutation];
	size_t asked = 0;
	for (size_t i = 0; i < order->nturns; i++) {
		long step = (long)order->turns[i].step;
		if (!lesson_text(lesson, LESSON_SAY, permutation, step))
			fail_msg("%s: nothing is said before %s", name, lesson->spec->steps[step].name);
		const struct lesson_ask *ask = lesson_ask_of(lesson, permutation, step);
		asked += ask != NULL;
		if (ask && ask->nanswers != 3)
			fail_msg("%s: the question before %s has not three answers", name,
				 lesson->spec->steps[step].name);
	}
	if (!asked || !lesson_text(lesson, LESSON_END, permutation, -1))
		fail_msg("%s: permutation %ld asks nothing, or has no end", name, permutation + 1);
}

static bool is_checked(const struct lesson *lesson)
{
	for (size_t p = 0; p < lesson->spec->npermutations; p++) {
		bool checked = false;
		for (size_t i = 0; i < lesson->nchecks; i++) {
			long of = lesson->checks[i].scope.permutation;
			checked |= of < 0 || (size_t)of == p;
		}
		for (size_t i = 0; i < lesson->nexpects; i++)
			checked |= (size_t)lesson->expects[i].scope.permutation == p;
		if (!checked)
			return false;
	}
	return lesson->nexpects > 0;
}

static void every_lesson_is_complete(void **state)
{
	(void)state;
	size_t n = 0;
	for (const struct asset_lesson *asset = asset_lessons; asset->name; asset++, n++) {
		struct lesson *lesson = lessons_parsed(asset->name, asset->text);
		if (!lesson_text(lesson, LESSON_TITLE, -1, -1) || !lesson_text(lesson, LESSON_TEACHES, -1, -1) ||
		    !lesson_text(lesson, LESSON_SAY, -1, -1))
			fail_msg("%s: no title, nothing that it teaches, or no beginning", asset->name);
		if (lesson->spec->npermutations == 0 || !is_checked(lesson))
			fail_msg("%s: no order of its own, or nothing is checked", asset->name);
		for (size_t i = 0; i < lesson->spec->npermutations; i++)
			check_permutation(asset->name, lesson, (long)i);
		for (size_t i = 0; i < lesson->spec->nsteps; i++) {
			if (!lesson->spec->steps[i].used)
				fail_msg("%s: step %s is never run", asset->name, lesson->spec->steps[i].name);
		}
		lesson_free(lesson);
	}
	assert_true(n >= 30);
}

/* The player has a schema for each who plays: a lesson names its tables alone, and makes no schema. */
static void no_lesson_names_a_schema(void **state)
{
	(void)state;
	for (const struct asset_lesson *asset = asset_lessons; asset->name; asset++) {
		if (strstr(asset->text, "SCHEMA ") || strstr(asset->text, "search_path"))
			fail_msg("%s: it makes or sets a schema", asset->name);
	}
}

/* ---- answers ---- */

enum { ANSWERS = 3 };

static void count_right(const char *name, const struct lesson_ask *ask, size_t right[ANSWERS])
{
	for (size_t i = 0; i < ask->nanswers; i++) {
		const struct lesson_answer *answer = &ask->answers[i];
		if (!answer->because)
			fail_msg("%s: line %u: no reason is given for \"%s\"", name, ask->scope.place.line,
				 answer->text);
		if (!answer->outcome.nways)
			fail_msg("%s: \"%s\" has no outcome to be judged by", name, answer->text);
		right[i] += answer->right;
	}
}

/* Nobody can learn where the right answer stands. */
static void every_answer_has_a_reason_and_any_may_be_right(void **state)
{
	(void)state;
	size_t right[ANSWERS] = {0}, asked = 0;
	for (const struct asset_lesson *asset = asset_lessons; asset->name; asset++) {
		struct lesson *lesson = lessons_parsed(asset->name, asset->text);
		for (size_t i = 0; i < lesson->nasks; i++)
			count_right(asset->name, &lesson->asks[i], right);
		asked += lesson->nasks;
		lesson_free(lesson);
	}
	for (size_t i = 0; i < ANSWERS; i++)
		if (right[i] * 4 < asked || right[i] * 2 > asked)
			fail_msg("answer %zu is right %zu of %zu times", i + 1, right[i], asked);
}

/* ---- where it is known to come out so ---- */

/* What an order says of a product that can play it was seen there, or is written in its documentation. */
static void every_order_says_how_it_is_known(void **state)
{
	(void)state;
	for (const struct asset_lesson *asset = asset_lessons; asset->name; asset++) {
		struct lesson *lesson = lessons_parsed(asset->name, asset->text);
		struct lesson_proved pg = lesson_proved_on(lesson, SERVER_POSTGRES);
		struct lesson_proved crdb = lesson_proved_on(lesson, SERVER_COCKROACH);
		if (pg.verified != pg.orders)
			fail_msg("%s: %zu of %zu orders were verified on PostgreSQL", asset->name, pg.verified,
				 pg.orders);
		if (crdb.verified + crdb.documented != crdb.orders)
			fail_msg("%s: %zu of %zu orders were verified or are documented for CockroachDB", asset->name,
				 crdb.verified + crdb.documented, crdb.orders);
		lesson_free(lesson);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_fits_the_screen),
		cmocka_unit_test(every_lesson_is_complete),
		cmocka_unit_test(no_lesson_names_a_schema),
		cmocka_unit_test(every_answer_has_a_reason_and_any_may_be_right),
		cmocka_unit_test(every_order_says_how_it_is_known),
	};
	return cmocka_run_group_tests_name("lab/shipped", tests, NULL, NULL);
}
