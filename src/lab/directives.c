/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the directives of a lesson: where each holds, which one it is, and what several of them have in common. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "lesson_internal.h"
#include "token.h"

enum { NOTES_MAX = 4096 };

enum status directive_failed(const struct directive_reader *r)
{
	return r->lexer.err->status;
}

/* ---- scopes ---- */

static bool directives_before(struct spec_place a, struct spec_place b)
{
	return a.line < b.line || (a.line == b.line && a.column < b.column);
}

static void directives_enter(struct directive_reader *r)
{
	const struct spec *spec = r->spec;
	size_t next = (size_t)(r->scope.permutation + 1);
	while (next < spec->npermutations && directives_before(spec->permutations[next].place, r->scope.place)) {
		const struct spec_permutation *permutation = &spec->permutations[next++];
		for (size_t i = 0; i < permutation->nturns; i++)
			r->used_in[permutation->turns[i].step] = next;
	}
	r->scope.permutation = (long)next - 1;
}

bool directive_same_scope(const struct directive_reader *r, const struct lesson_scope *scope)
{
	return scope->permutation == r->scope.permutation && scope->step == r->scope.step;
}

enum status directive_twice(struct directive_reader *r, const char *what, unsigned line)
{
	return directive_error(&r->lexer, r->scope.place, "%s, in line %u already", what, line);
}

enum status directive_unknown(struct directive_reader *r, const struct directive_word *word, const char *what,
			      const char *best)
{
	return directive_error(&r->lexer, word->place, "there is no %s %s%s%s%s", what, token_say_name(word->text).text,
			       best ? ": did you mean " : "", best ? token_say_name(best).text : "", best ? "?" : "");
}

enum status directive_find_step(struct directive_reader *r, const struct directive_word *word)
{
	const struct spec *spec = r->spec;
	r->scope.step = spec_step_find(spec, word->text);
	if (r->scope.step < 0) {
		struct nearest nearest = {.word = word->text};
		for (size_t i = 0; i < spec->nsteps; i++)
			nearest_try(&nearest, spec->steps[i].name);
		return directive_unknown(r, word, "step", nearest.best);
	}
	if (r->scope.permutation >= 0 && r->used_in[r->scope.step] != (size_t)r->scope.permutation + 1)
		return directive_error(&r->lexer, word->place, "step %s is not in the permutation above",
				       token_say_name(word->text).text);
	return ST_OK;
}

enum status directive_read_step(struct directive_reader *r, const char *stops)
{
	struct directive_word word;
	if (directive_word(&r->lexer, stops, &word))
		return directive_failed(r);
	if (!word.text)
		return directive_error(&r->lexer, word.place, "expected the name of a step");
	return directive_find_step(r, &word);
}

enum status directive_read_text(struct directive_reader *r, struct directive_word *word)
{
	if (directive_word(&r->lexer, "", word))
		return directive_failed(r);
	if (!word->text || !word->quoted)
		return directive_error(&r->lexer, word->place, "expected a text in double quotes");
	return ST_OK;
}

enum status directive_read_end(struct directive_reader *r)
{
	if (directive_done(&r->lexer))
		return ST_OK;
	return directive_error(&r->lexer, r->lexer.place, "unexpected text: %s", token_say_name(r->lexer.at).text);
}

/* ---- a note ---- */

static enum status directives_take(struct directive_reader *r)
{
	struct directive_word word;
	if (directive_word(&r->lexer, "", &word))
		return directive_failed(r);
	struct nearest nearest = {.word = word.text};
	for (const struct directive *directive = directives; directive->name; directive++) {
		if (strcmp(directive->name, word.text) == 0) {
			r->kind = directive->text;
			r->asking = directive->under_answer ? r->asking : NULL;
			return directive->read(r);
		}
		nearest_try(&nearest, directive->name);
	}
	return directive_unknown(r, &word, "directive", nearest.best);
}

static enum status directives_take_note(struct directive_reader *r, const struct spec_note *note)
{
	r->lexer.at = note->text;
	r->lexer.place = note->place;
	if (directive_done(&r->lexer))
		return ST_OK;
	r->scope.place = r->lexer.place;
	r->scope.step = -1;
	directives_enter(r);
	if (*r->lexer.at == '"' && r->continued)
		return directive_more_text(r);
	r->continued = NULL;
	if (*r->lexer.at == '|' && r->asking)
		return directive_more_answers(r);
	if (*r->lexer.at == '"' || *r->lexer.at == '|')
		return directive_error(&r->lexer, r->lexer.place,
				       "there is nothing before this line for it to continue");
	return directives_take(r);
}

/* ---- the whole ---- */

static enum status directives_take_all(struct directive_reader *r)
{
	const struct spec *spec = r->spec;
	for (size_t i = 0; i < spec->nnotes; i++) {
		if (i == NOTES_MAX)
			return directive_error(&r->lexer, spec->notes[i].place, "a lesson has %d directives at most",
					       (int)NOTES_MAX);
		if (directives_take_note(r, &spec->notes[i]))
			return directive_failed(r);
	}
	return directives_check(r);
}

enum status directives_read(struct lesson *lesson, const char *file, struct err *err)
{
	const struct spec *spec = lesson->spec;
	size_t room = 0;
	for (size_t i = 0; i < spec->nnotes; i++)
		room += 2 * strlen(spec->notes[i].text);
	lesson->strings = mem_array(room, 1);
	char *strings = lesson->strings;
	struct directive_reader r = {
		.lexer = {.file = file, .strings = &strings, .err = err},
		.lesson = lesson,
		.spec = spec,
		.scope = {.permutation = -1, .step = -1},
		.used_in = mem_array(spec->nsteps, sizeof *r.used_in),
	};
	enum status status = directives_take_all(&r);
	free(r.used_in);
	return status;
}
