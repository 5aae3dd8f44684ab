/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the directives of a lesson: the first word says which one it is and what follows it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"
#include "directive_lexer.h"
#include "token.h"

enum { NOTES_MAX = 4096, RETRIES_MAX = 16 };

struct reader {
	struct directive_lexer lexer;
	struct lesson_parts *parts;
	const struct spec *spec;
	struct lesson_scope scope; /* of the note that is read */
	size_t *used_in; /* [nsteps]: the number, from 1, of the last permutation that was entered and has the step */
	char *continued; /* the end of the text that another line may follow; NULL: none */
	struct lesson_ask *asking; /* the question that more answers may follow; NULL: none */
};

static enum status directives_failed(const struct reader *r)
{
	return r->lexer.err->status;
}

/* ---- scopes ---- */

static bool before(struct spec_place a, struct spec_place b)
{
	return a.line < b.line || (a.line == b.line && a.column < b.column);
}

static void enter_permutations(struct reader *r)
{
	const struct spec *spec = r->spec;
	size_t next = (size_t)(r->scope.permutation + 1);
	while (next < spec->npermutations && before(spec->permutations[next].place, r->scope.place)) {
		const struct spec_permutation *permutation = &spec->permutations[next++];
		for (size_t i = 0; i < permutation->nturns; i++)
			r->used_in[permutation->turns[i].step] = next;
	}
	r->scope.permutation = (long)next - 1;
}

static bool same_scope(const struct reader *r, const struct lesson_scope *scope)
{
	return scope->permutation == r->scope.permutation && scope->step == r->scope.step;
}

static enum status directives_twice(struct reader *r, const char *what, unsigned line)
{
	return directive_error(&r->lexer, r->scope.place, "%s, in line %u already", what, line);
}

static enum status unknown(struct reader *r, const struct directive_word *word, const char *what, const char *best)
{
	return directive_error(&r->lexer, word->place, "there is no %s %s%s%s%s", what, token_say_name(word->text).text,
			       best ? ": did you mean " : "", best ? token_say_name(best).text : "", best ? "?" : "");
}

static enum status find_step(struct reader *r, const struct directive_word *word)
{
	const struct spec *spec = r->spec;
	r->scope.step = spec_step_find(spec, word->text);
	if (r->scope.step < 0) {
		struct nearest nearest = {.word = word->text};
		for (size_t i = 0; i < spec->nsteps; i++)
			nearest_try(&nearest, spec->steps[i].name);
		return unknown(r, word, "step", nearest.best);
	}
	if (r->scope.permutation >= 0 && r->used_in[r->scope.step] != (size_t)r->scope.permutation + 1)
		return directive_error(&r->lexer, word->place, "step %s is not in the permutation above",
				       token_say_name(word->text).text);
	return ST_OK;
}

static enum status directives_read_step(struct reader *r, const char *stops)
{
	struct directive_word word;
	if (directive_word(&r->lexer, stops, &word))
		return directives_failed(r);
	if (!word.text)
		return directive_error(&r->lexer, word.place, "expected the name of a step");
	return find_step(r, &word);
}

static enum status read_text(struct reader *r, struct directive_word *word)
{
	if (directive_word(&r->lexer, "", word))
		return directives_failed(r);
	if (!word->text || !word->quoted)
		return directive_error(&r->lexer, word->place, "expected a text in double quotes");
	return ST_OK;
}

static enum status read_end(struct reader *r)
{
	if (directive_done(&r->lexer))
		return ST_OK;
	return directive_error(&r->lexer, r->lexer.place, "unexpected text: %s", token_say_name(r->lexer.at).text);
}

/* ---- texts ---- */

static enum status directives_add_text(struct reader *r, enum lesson_text_kind kind, const char *text)
{
	struct lesson_parts *parts = r->parts;
	for (size_t i = 0; i < parts->lesson.ntexts; i++) {
		const struct lesson_text *other = &parts->texts[i];
		if (other->kind == kind && same_scope(r, &other->scope))
			return directives_twice(r, "there is such a text", other->scope.place.line);
	}
	parts->texts = mem_grow(parts->texts, parts->lesson.ntexts, sizeof *parts->texts);
	parts->texts[parts->lesson.ntexts++] = (struct lesson_text){kind, r->scope, text};
	return ST_OK;
}

static enum status read_line(struct reader *r, enum lesson_text_kind kind)
{
	struct directive_word word;
	if (directive_until(&r->lexer, "", &word))
		return directives_failed(r);
	if (!word.text)
		return directive_error(&r->lexer, word.place, "expected a text");
	return read_end(r) || directives_add_text(r, kind, word.text) ? directives_failed(r) : ST_OK;
}

static enum status read_title(struct reader *r)
{
	return read_line(r, LESSON_TITLE);
}

static enum status read_teaches(struct reader *r)
{
	return read_line(r, LESSON_TEACHES);
}

/* Ends a note with a text that the next one may go on with. */
static enum status end_text(struct reader *r, enum lesson_text_kind kind, const struct directive_word *text)
{
	r->continued = *r->lexer.strings;
	return read_end(r) || directives_add_text(r, kind, text->text) ? directives_failed(r) : ST_OK;
}

/* `say "Text"`, `say STEP "Text"`: a step may be in quotes too, and then a text follows. */
static enum status read_say(struct reader *r)
{
	struct directive_word first, text;
	if (directive_word(&r->lexer, "", &first))
		return directives_failed(r);
	if (!first.text)
		return directive_error(&r->lexer, first.place, "expected a step, or a text in double quotes");
	if (first.quoted && directive_done(&r->lexer))
		return end_text(r, LESSON_SAY, &first);
	if (find_step(r, &first) || read_text(r, &text))
		return directives_failed(r);
	return end_text(r, LESSON_SAY, &text);
}

static enum status read_end_text(struct reader *r)
{
	struct directive_word text;
	return read_text(r, &text) ? directives_failed(r) : end_text(r, LESSON_END, &text);
}

/* A line that begins with a text: the NUL behind the text before it, the last that was kept, becomes the end of a
 * line. */
static enum status continue_text(struct reader *r)
{
	struct directive_word text;
	r->continued[-1] = '\n';
	if (directive_word(&r->lexer, "", &text))
		return directives_failed(r);
	r->continued = *r->lexer.strings;
	return read_end(r);
}

/* ---- questions ---- */

static enum status read_answer(struct reader *r, struct lesson_ask *ask)
{
	struct lesson_answer answer = {.outcome = {.waits_for = -1}};
	struct directive_word word;
	if (directive_until(&r->lexer, "=|*", &word))
		return directives_failed(r);
	if (!word.text)
		return directive_error(&r->lexer, word.place, "expected an answer");
	if (ask->nanswers == LESSON_ANSWERS_MAX)
		return directive_error(&r->lexer, word.place, "a question has %d answers at most",
				       (int)LESSON_ANSWERS_MAX);
	answer.text = word.text;
	if (directive_sign(&r->lexer, '=') && outcome_read(&r->lexer, r->spec, "|*", &answer.outcome))
		return directives_failed(r);
	answer.right = directive_sign(&r->lexer, '*');
	for (size_t i = 0; i < ask->nanswers && answer.right; i++) {
		if (ask->answers[i].right)
			return directive_error(&r->lexer, word.place,
					       "two answers are marked correct (*): only one is right");
	}
	ask->answers[ask->nanswers++] = answer;
	return ST_OK;
}

static enum status directives_read_answers(struct reader *r)
{
	while (directive_sign(&r->lexer, '|')) {
		if (read_answer(r, r->asking))
			return directives_failed(r);
	}
	return read_end(r);
}

static enum status read_ask(struct reader *r)
{
	struct lesson_parts *parts = r->parts;
	struct directive_word text;
	if (directives_read_step(r, "") || read_text(r, &text))
		return directives_failed(r);
	for (size_t i = 0; i < parts->lesson.nasks; i++) {
		if (same_scope(r, &parts->asks[i].scope))
			return directives_twice(r, "this step has a question", parts->asks[i].scope.place.line);
	}
	parts->asks = mem_grow(parts->asks, parts->lesson.nasks, sizeof *parts->asks);
	r->asking = &parts->asks[parts->lesson.nasks++];
	*r->asking = (struct lesson_ask){.scope = r->scope, .question = text.text};
	return directives_read_answers(r);
}

/* ---- what is expected, checked, needed ---- */

static enum status add_expect(struct reader *r)
{
	struct lesson_parts *parts = r->parts;
	struct lesson_expect expect = {0};
	if (directives_read_step(r, ";") || outcome_read(&r->lexer, r->spec, ";", &expect.outcome))
		return directives_failed(r);
	expect.scope = r->scope;
	for (size_t i = 0; i < parts->lesson.nexpects; i++) {
		if (same_scope(r, &parts->expects[i].scope))
			return directives_twice(r, "something is expected of this step",
						parts->expects[i].scope.place.line);
	}
	parts->expects = mem_grow(parts->expects, parts->lesson.nexpects, sizeof expect);
	parts->expects[parts->lesson.nexpects++] = expect;
	return ST_OK;
}

static enum status read_expect(struct reader *r)
{
	do {
		if (add_expect(r))
			return directives_failed(r);
	} while (directive_sign(&r->lexer, ';'));
	return ST_OK;
}

static enum status read_check(struct reader *r)
{
	struct lesson_parts *parts = r->parts;
	struct directive_word sql, value;
	if (read_text(r, &sql))
		return directives_failed(r);
	if (!directive_sign(&r->lexer, '='))
		return directive_error(&r->lexer, r->lexer.place, "expected = and the value that this SQL has");
	if (directive_until(&r->lexer, "", &value))
		return directives_failed(r);
	if (!value.text)
		return directive_error(&r->lexer, value.place, "expected the value that this SQL has");
	parts->checks = mem_grow(parts->checks, parts->lesson.nchecks, sizeof *parts->checks);
	parts->checks[parts->lesson.nchecks++] = (struct lesson_check){r->scope, sql.text, value.text};
	return read_end(r);
}

/* "committed on attempt N" */
static enum status read_committed(struct reader *r, unsigned *attempt)
{
	static const char *const said[] = {"committed", "on", "attempt"};
	struct directive_word word;
	for (size_t i = 0; i < COUNT_OF(said); i++) {
		if (directive_word(&r->lexer, "", &word))
			return directives_failed(r);
		if (!word.text || strcmp(word.text, said[i]) != 0)
			return directive_error(&r->lexer, word.place,
					       "expected \"committed on attempt N\", or nothing more");
	}
	if (directive_word(&r->lexer, "", &word))
		return directives_failed(r);
	if (!word.text || !text_is_integer(word.text) || strlen(word.text) > 2 || atoi(word.text) < 1)
		return directive_error(&r->lexer, word.place, "expected the number of an attempt, from 1 to 99");
	*attempt = (unsigned)atoi(word.text);
	return read_end(r);
}

static enum status read_retry(struct reader *r)
{
	struct lesson_parts *parts = r->parts;
	struct lesson_retry retry = {.scope = r->scope};
	struct directive_word word;
	if (directive_word(&r->lexer, "", &word))
		return directives_failed(r);
	if (!word.text)
		return directive_error(&r->lexer, word.place, "expected the name of a session");
	long session = spec_session_find(r->spec, word.text);
	if (session < 0)
		return unknown(r, &word, "session", NULL);
	retry.session = (size_t)session;
	for (size_t i = 0; i < parts->lesson.nretries; i++) {
		if (parts->retries[i].session == retry.session && same_scope(r, &parts->retries[i].scope))
			return directives_twice(r, "the engine runs this session", parts->retries[i].scope.place.line);
	}
	if (parts->lesson.nretries == RETRIES_MAX)
		return directive_error(&r->lexer, word.place, "a lesson asks for %d sessions to be retried at most",
				       (int)RETRIES_MAX);
	if (!directive_done(&r->lexer) && read_committed(r, &retry.attempt))
		return directives_failed(r);
	parts->retries = mem_grow(parts->retries, parts->lesson.nretries, sizeof retry);
	parts->retries[parts->lesson.nretries++] = retry;
	return ST_OK;
}

/* "pg>=15" */
static bool directives_read_version(const char *word, struct lesson_need *need)
{
	if (strncmp(word, "pg>=", 4) != 0 || !text_is_integer(word + 4) || strlen(word + 4) > 3)
		return false;
	need->kind = LESSON_PG;
	need->major = atoi(word + 4);
	return need->major >= 0;
}

static bool read_need(const char *word, struct lesson_need *need)
{
	static const char *const names[] = {
		[LESSON_SERIALIZABLE] = "serializable",
		[LESSON_CRDB] = "crdb",
		[LESSON_PG] = "pg",
		[LESSON_SUPERUSER] = "superuser",
	};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		need->kind = (enum lesson_need_kind)i;
		if (strcmp(names[i], word) == 0)
			return true;
	}
	return directives_read_version(word, need);
}

static enum status add_need(struct reader *r, const struct directive_word *word)
{
	struct lesson_parts *parts = r->parts;
	struct lesson_need need = {.scope = r->scope};
	if (!read_need(word->text, &need))
		return directive_error(&r->lexer, word->place,
				       "unknown requirement %s; use serializable, crdb, pg, pg>=15 or superuser",
				       token_say_name(word->text).text);
	parts->needs = mem_grow(parts->needs, parts->lesson.nneeds, sizeof need);
	parts->needs[parts->lesson.nneeds++] = need;
	return ST_OK;
}

static enum status read_needs(struct reader *r)
{
	struct directive_word word;
	do {
		if (directive_word(&r->lexer, ",", &word))
			return directives_failed(r);
		if (!word.text)
			return directive_error(&r->lexer, word.place, "expected what the lesson needs");
		if (add_need(r, &word))
			return directives_failed(r);
	} while (directive_sign(&r->lexer, ','));
	return read_end(r);
}

/* ---- a note ---- */

static const struct {
	const char *name;
	enum status (*read)(struct reader *r);
} directives[] = {
	{"title", read_title},   {"teaches", read_teaches}, {"needs", read_needs},
	{"say", read_say},       {"end", read_end_text},    {"ask", read_ask},
	{"expect", read_expect}, {"check", read_check},     {"retry", read_retry},
};

static enum status read_directive(struct reader *r)
{
	struct directive_word word;
	if (directive_word(&r->lexer, "", &word))
		return directives_failed(r);
	struct nearest nearest = {.word = word.text};
	for (size_t i = 0; i < COUNT_OF(directives); i++) {
		if (strcmp(directives[i].name, word.text) == 0)
			return directives[i].read(r);
		nearest_try(&nearest, directives[i].name);
	}
	return unknown(r, &word, "directive", nearest.best);
}

static enum status read_note(struct reader *r, const struct spec_note *note)
{
	r->lexer.at = note->text;
	r->lexer.place = note->place;
	if (directive_done(&r->lexer))
		return ST_OK;
	r->scope.place = r->lexer.place;
	r->scope.step = -1;
	enter_permutations(r);
	if (*r->lexer.at == '"' && r->continued)
		return continue_text(r);
	r->continued = NULL;
	if (*r->lexer.at == '|' && r->asking)
		return directives_read_answers(r);
	r->asking = NULL;
	if (*r->lexer.at == '"' || *r->lexer.at == '|')
		return directive_error(&r->lexer, r->lexer.place,
				       "there is nothing before this line for it to continue");
	return read_directive(r);
}

/* ---- the whole ---- */

/* Known only when all is read: what is expected of a step may stand behind its question. */
static enum status check_ask(struct reader *r, const struct lesson_ask *ask)
{
	const struct lesson_answer *right = NULL;
	for (size_t i = 0; i < ask->nanswers; i++) {
		if (ask->answers[i].right)
			right = &ask->answers[i];
	}
	struct spec_place place = ask->scope.place;
	if (ask->nanswers < LESSON_ANSWERS_MIN)
		return directive_error(&r->lexer, place, "a question has %d answers at least, this one has %zu",
				       (int)LESSON_ANSWERS_MIN, ask->nanswers);
	if (!right)
		return directive_error(&r->lexer, place, "no answer is marked correct (*): say which one is right");
	if (!right->outcome.given && !lesson_expect_of(&r->parts->lesson, ask->scope.permutation, ask->scope.step))
		return directive_error(
			&r->lexer, place,
			"nothing tells whether the right answer is true: write \"= OUTCOME\" after it, or "
			"expect one of this step");
	return ST_OK;
}

static void publish(struct lesson_parts *parts)
{
	parts->lesson.texts = parts->texts;
	parts->lesson.asks = parts->asks;
	parts->lesson.expects = parts->expects;
	parts->lesson.checks = parts->checks;
	parts->lesson.needs = parts->needs;
	parts->lesson.retries = parts->retries;
}

static enum status read_all(struct reader *r)
{
	const struct spec *spec = r->spec;
	for (size_t i = 0; i < spec->nnotes; i++) {
		if (i == NOTES_MAX)
			return directive_error(&r->lexer, spec->notes[i].place, "a lesson has %d directives at most",
					       (int)NOTES_MAX);
		if (read_note(r, &spec->notes[i]))
			return directives_failed(r);
	}
	publish(r->parts);
	for (size_t i = 0; i < r->parts->lesson.nasks; i++) {
		if (check_ask(r, &r->parts->asks[i]))
			return directives_failed(r);
	}
	for (size_t i = 0; i < r->parts->lesson.nretries; i++) {
		if (engine_check(&r->lexer, &r->parts->lesson, &r->parts->retries[i]))
			return directives_failed(r);
	}
	return ST_OK;
}

enum status directives_read(struct lesson_parts *parts, const char *file, struct err *err)
{
	const struct spec *spec = parts->lesson.spec;
	size_t room = 0;
	for (size_t i = 0; i < spec->nnotes; i++)
		room += 2 * strlen(spec->notes[i].text);
	parts->strings = mem_array(room, 1);
	char *strings = parts->strings;
	struct reader r = {
		.lexer = {.file = file, .strings = &strings, .err = err},
		.parts = parts,
		.spec = spec,
		.scope = {.permutation = -1, .step = -1},
		.used_in = mem_array(spec->nsteps, sizeof *r.used_in),
	};
	enum status status = read_all(&r);
	free(r.used_in);
	return status;
}
