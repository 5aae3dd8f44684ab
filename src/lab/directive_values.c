/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directive let, and the places for its values in the SQL of steps and in the texts of a lesson. */
#include <string.h>

#include "base/mem.h"
#include "lesson_internal.h"
#include "places.h"
#include "token.h"

enum { LETS_MAX = 64 };

/* ---- let NAME = STEP [column COLUMN] ---- */

static enum status directive_let_name(struct directive_reader *r, struct lesson_let *let)
{
	struct directive_word word;
	if (directive_word(&r->lexer, "=", &word))
		return directive_failed(r);
	if (!word.text || word.quoted || !places_is_name(word.text, strlen(word.text)))
		return directive_error(&r->lexer, word.place, "expected a name: letters, digits and _, at most 40");
	if (!directive_sign(&r->lexer, '='))
		return directive_error(&r->lexer, r->lexer.place, "expected = and the step that reads the value");
	let->name = word.text;
	return ST_OK;
}

static enum status directive_let_column(struct directive_reader *r, struct lesson_let *let)
{
	struct directive_word word;
	if (directive_done(&r->lexer))
		return ST_OK;
	if (directive_word(&r->lexer, "", &word))
		return directive_failed(r);
	if (strcmp(word.text, "column") != 0)
		return directive_error(&r->lexer, word.place, "expected column and its name, or nothing more");
	if (directive_word(&r->lexer, "", &word))
		return directive_failed(r);
	if (!word.text)
		return directive_error(&r->lexer, word.place, "expected the name of a column");
	let->column = word.text;
	return directive_read_end(r);
}

enum status directive_let(struct directive_reader *r)
{
	struct lesson *lesson = r->lesson;
	struct lesson_let let = {0};
	struct spec_place place = r->scope.place;
	if (directive_let_name(r, &let) || directive_read_step(r, "") || directive_let_column(r, &let))
		return directive_failed(r);
	let.scope = r->scope;
	for (size_t i = 0; i < lesson->nlets; i++)
		if (strcmp(lesson->lets[i].name, let.name) == 0 &&
		    lesson->lets[i].scope.permutation == let.scope.permutation)
			return directive_twice(r, "this name has a value", lesson->lets[i].scope.place.line);
	if (lesson->nlets == LETS_MAX)
		return directive_error(&r->lexer, place, "a lesson names %d values at most", (int)LETS_MAX);
	lesson->lets = mem_grow(lesson->lets, lesson->nlets, sizeof let);
	lesson->lets[lesson->nlets++] = let;
	return ST_OK;
}

/* ---- places in SQL ---- */

static enum status directive_add_place(struct directive_reader *r, size_t step, const struct place *place)
{
	struct lesson *lesson = r->lesson;
	const char *name = NULL;
	for (size_t i = 0; i < lesson->nlets && !name; i++)
		if (strlen(lesson->lets[i].name) == place->length &&
		    memcmp(lesson->lets[i].name, place->name, place->length) == 0)
			name = lesson->lets[i].name;
	if (!name)
		return directive_error(&r->lexer, r->spec->steps[step].place,
				       "nothing gives /*:%.*s*/ a value: write #@ let %.*s = STEP", (int)place->length,
				       place->name, (int)place->length, place->name);
	lesson->places = mem_grow(lesson->places, lesson->nplaces, sizeof *lesson->places);
	lesson->places[lesson->nplaces++] = (struct lesson_place){step, place->from, place->to, name};
	return ST_OK;
}

static enum status directive_find_places(struct directive_reader *r)
{
	for (size_t step = 0; step < r->spec->nsteps; step++) {
		struct place places[PLACES_MAX];
		struct err why = {0};
		size_t n;
		if (places_find(r->spec->steps[step].sql, places, &n, &why))
			return directive_error(&r->lexer, r->spec->steps[step].place, "%s", why.text);
		for (size_t i = 0; i < n; i++)
			if (directive_add_place(r, step, &places[i]))
				return directive_failed(r);
	}
	return ST_OK;
}

/* ---- names in texts ---- */

/* Braces mean something only to a lesson that names values. */
static enum status directive_check_text(struct directive_reader *r, struct spec_place place, const char *text)
{
	for (const char *at = text; at && (at = strchr(at, '{')); at++) {
		const char *end = strchr(at, '}');
		size_t n = end ? (size_t)(end - at) - 1 : 0;
		bool known = false;
		for (size_t i = 0; i < r->lesson->nlets; i++)
			known = known || (strlen(r->lesson->lets[i].name) == n &&
					  memcmp(r->lesson->lets[i].name, at + 1, n) == 0);
		if (places_is_name(at + 1, n) && !known)
			return directive_error(&r->lexer, place,
					       "nothing gives {%.*s} a value: write #@ let %.*s = STEP", (int)n, at + 1,
					       (int)n, at + 1);
	}
	return ST_OK;
}

static enum status directive_check_ask_texts(struct directive_reader *r, const struct lesson_ask *ask)
{
	if (directive_check_text(r, ask->scope.place, ask->question))
		return directive_failed(r);
	for (size_t i = 0; i < ask->nanswers; i++)
		if (directive_check_text(r, ask->scope.place, ask->answers[i].text) ||
		    directive_check_text(r, ask->scope.place, ask->answers[i].because))
			return directive_failed(r);
	return ST_OK;
}

static enum status directive_check_texts(struct directive_reader *r)
{
	const struct lesson *lesson = r->lesson;
	for (size_t i = 0; i < lesson->ntexts; i++)
		if (directive_check_text(r, lesson->texts[i].scope.place, lesson->texts[i].text))
			return directive_failed(r);
	for (size_t i = 0; i < lesson->nafters; i++)
		if (directive_check_text(r, lesson->afters[i].scope.place, lesson->afters[i].text))
			return directive_failed(r);
	for (size_t i = 0; i < lesson->nasks; i++)
		if (directive_check_ask_texts(r, &lesson->asks[i]))
			return directive_failed(r);
	return ST_OK;
}

enum status directive_check_values(struct directive_reader *r)
{
	if (directive_find_places(r))
		return directive_failed(r);
	return r->lesson->nlets ? directive_check_texts(r) : ST_OK;
}
