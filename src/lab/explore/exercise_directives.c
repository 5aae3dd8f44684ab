/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directives of exercises: what the user has to do, which steps are the user's, and a solution. */
#include <string.h>

#include "base/mem.h"
#include "src/lab/lesson_internal.h"
#include "src/lab/token.h"

enum status directive_exercise(struct directive_reader *r)
{
	static const char *const kinds[] = {
		[LESSON_MEND] = "mend", [LESSON_FIND_ORDER] = "order", [LESSON_FORETELL] = "outcome"};
	struct lesson *lesson = r->lesson;
	struct directive_word word;
	if (directive_word(&r->lexer, "", &word))
		return directive_failed(r);
	if (lesson->exercise)
		return directive_twice(r, "this is an exercise", lesson->exercise_place.line);
	lesson->exercise = word.text ? LESSON_NO_EXERCISE : LESSON_MEND;
	for (size_t i = LESSON_MEND; word.text && i < COUNT_OF(kinds); i++)
		if (strcmp(kinds[i], word.text) == 0)
			lesson->exercise = (enum lesson_exercise)i;
	if (!lesson->exercise)
		return directive_error(&r->lexer, word.place,
				       "%s is not a kind of exercise; use mend, order or outcome",
				       token_say_name(word.text).text);
	lesson->exercise_place = r->scope.place;
	return directive_read_end(r);
}

enum status directive_edit(struct directive_reader *r)
{
	struct lesson *lesson = r->lesson;
	if (directive_read_step(r, ""))
		return directive_failed(r);
	if (lesson_edits(lesson, r->scope.step))
		return directive_error(&r->lexer, r->scope.place, "this step is the user's already");
	lesson->edits = mem_grow(lesson->edits, lesson->nedits, sizeof *lesson->edits);
	lesson->edits[lesson->nedits++] = r->scope;
	return directive_read_end(r);
}

/* `solution STEP "SQL"`; of an order, `solution "STEP ..."` */
enum status directive_solution(struct directive_reader *r)
{
	struct lesson *lesson = r->lesson;
	struct directive_word first, text;
	if (directive_word(&r->lexer, "", &first))
		return directive_failed(r);
	if (!first.text)
		return directive_error(&r->lexer, first.place, "expected a step, or a text in double quotes");
	text = first;
	if (!first.quoted && (directive_find_step(r, &first) || directive_read_text(r, &text)))
		return directive_failed(r);
	lesson->solutions = mem_grow(lesson->solutions, lesson->nsolutions, sizeof *lesson->solutions);
	lesson->solutions[lesson->nsolutions++] = (struct lesson_solution){r->scope, text.text};
	return directive_end_continued(r);
}

/* ---- all of them together ---- */

static enum status exercise_error(struct directive_reader *r, struct spec_place place, const char *sentence)
{
	return directive_error(&r->lexer, place, "%s", sentence);
}

static bool exercise_has_check(const struct lesson *lesson)
{
	for (size_t i = 0; i < lesson->nchecks; i++)
		if (lesson->checks[i].scope.permutation < 0)
			return true;
	return false;
}

static enum status exercise_check_solutions(struct directive_reader *r)
{
	const struct lesson *lesson = r->lesson;
	for (size_t i = 0; i < lesson->nsolutions; i++) {
		const struct lesson_scope *scope = &lesson->solutions[i].scope;
		bool fits = lesson->exercise == LESSON_MEND ? lesson_edits(lesson, scope->step) : scope->step < 0;
		if (!fits)
			return exercise_error(r, scope->place,
					      lesson->exercise == LESSON_MEND
						      ? "a solution is the SQL of a step that `edit` names"
						      : "the solution is the steps in their order, in double quotes");
	}
	return ST_OK;
}

enum status directive_check_exercise(struct directive_reader *r)
{
	const struct lesson *lesson = r->lesson;
	struct spec_place place = lesson->exercise_place;
	bool mend = lesson->exercise == LESSON_MEND;
	if (lesson->nedits && !mend)
		return exercise_error(r, lesson->edits[0].place, "steps are edited in an exercise that mends them");
	if (lesson->nsolutions && !lesson->exercise)
		return exercise_error(r, lesson->solutions[0].scope.place, "a solution belongs to an exercise");
	if (mend && !lesson->nedits)
		return exercise_error(r, place, "no step is the user's: `edit` names those to mend");
	if ((mend || lesson->exercise == LESSON_FIND_ORDER) && !exercise_has_check(lesson))
		return exercise_error(r, place, "this exercise needs a check that holds for all orders");
	if (lesson->exercise == LESSON_FORETELL && (r->spec->npermutations != 1 || !lesson->nexpects))
		return exercise_error(r, place,
				      "this exercise is about one permutation, and what it expects of its steps");
	return exercise_check_solutions(r);
}
