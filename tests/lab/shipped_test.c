/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shipped lessons as texts: each is complete, tells something before every step, asks, and fits the screen. */
#include <string.h>

#include "base/asset.h"
#include "base/text.h"
#include "lab/lesson.h"
#include "tests/support/check.h"

enum { LINE_COLUMNS = 76, LINES = 2, ANSWER_COLUMNS = 64 };

static struct lesson *parsed(const struct asset_lesson *asset)
{
	struct err err = {0};
	struct lesson *lesson = lesson_parse(asset->name, asset->text, strlen(asset->text), &err);
	if (!lesson)
		fail_msg("%s", err.text);
	return lesson;
}

static void check_fits(const char *name, const char *text, size_t columns, size_t lines)
{
	for (size_t line = 1; *text; line++) {
		size_t n = strcspn(text, "\n");
		if (line > lines || text_width(text, n) > columns)
			fail_msg("%s: line %zu of a text: %.*s", name, line, (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void every_text_fits_the_screen(void **state)
{
	(void)state;
	for (const struct asset_lesson *asset = asset_lessons; asset->name; asset++) {
		struct lesson *lesson = parsed(asset);
		for (size_t i = 0; i < lesson->ntexts; i++) {
			bool one = lesson->texts[i].kind == LESSON_TITLE;
			bool told = lesson->texts[i].kind == LESSON_SAY || lesson->texts[i].kind == LESSON_END;
			if (one || told)
				check_fits(asset->name, lesson->texts[i].text, LINE_COLUMNS, one ? 1 : LINES);
		}
		for (size_t i = 0; i < lesson->nasks; i++) {
			const struct lesson_ask *ask = &lesson->asks[i];
			check_fits(asset->name, ask->question, LINE_COLUMNS, 1);
			for (size_t k = 0; k < ask->nanswers; k++)
				check_fits(asset->name, ask->answers[k].text, ANSWER_COLUMNS, 1);
		}
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
		struct lesson *lesson = parsed(asset);
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
	assert_true(n >= 16);
}

/* A lesson stays in a schema of its own: nobody's accounts are touched. */
static void every_lesson_keeps_to_its_schema(void **state)
{
	(void)state;
	for (const struct asset_lesson *asset = asset_lessons; asset->name; asset++) {
		struct lesson *lesson = parsed(asset);
		const struct spec *spec = lesson->spec;
		for (size_t i = 0; i < spec->nsessions; i++)
			assert_memory_equal(spec->sessions[i].setup, "SET search_path = teller_lesson;", 32);
		assert_string_equal(spec->teardown, "DROP SCHEMA teller_lesson CASCADE;");
		for (size_t i = 0; i < lesson->nchecks; i++)
			assert_non_null(strstr(lesson->checks[i].sql, "teller_lesson."));
		lesson_free(lesson);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_fits_the_screen),
		cmocka_unit_test(every_lesson_is_complete),
		cmocka_unit_test(every_lesson_keeps_to_its_schema),
	};
	return cmocka_run_group_tests_name("lab/shipped", tests, NULL, NULL);
}
