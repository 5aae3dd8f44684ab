/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directives there are: how each is read, and the table of them. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "lesson_internal.h"
#include "token.h"

enum { RETRIES_MAX = 16 };

/* ---- texts ---- */

static enum status directive_add_text(struct directive_reader *r, const char *text)
{
	struct lesson *lesson = r->lesson;
	for (size_t i = 0; i < lesson->ntexts; i++) {
		const struct lesson_text *other = &lesson->texts[i];
		if (other->kind == r->kind && directive_same_scope(r, &other->scope))
			return directive_twice(r, "there is such a text", other->scope.place.line);
	}
	lesson->texts = mem_grow(lesson->texts, lesson->ntexts, sizeof *lesson->texts);
	lesson->texts[lesson->ntexts++] = (struct lesson_text){r->kind, r->scope, text};
	return ST_OK;
}

/* Ends a note with a text that the next one may go on with. */
enum status directive_end_continued(struct directive_reader *r)
{
	r->continued = *r->lexer.strings;
	return directive_read_end(r);
}

static enum status directive_line(struct directive_reader *r)
{
	struct directive_word word;
	if (directive_until(&r->lexer, "", &word))
		return directive_failed(r);
	if (!word.text)
		return directive_error(&r->lexer, word.place, "expected a text");
	return directive_read_end(r) || directive_add_text(r, word.text) ? directive_failed(r) : ST_OK;
}

static enum status directive_end_text(struct directive_reader *r, const struct directive_word *text)
{
	return directive_end_continued(r) || directive_add_text(r, text->text) ? directive_failed(r) : ST_OK;
}

/* `say "Text"`, `say STEP "Text"`: a step may be in quotes too, and then a text follows. */
static enum status directive_say(struct directive_reader *r)
{
	struct directive_word first, text;
	if (directive_word(&r->lexer, "", &first))
		return directive_failed(r);
	if (!first.text)
		return directive_error(&r->lexer, first.place, "expected a step, or a text in double quotes");
	if (first.quoted && directive_done(&r->lexer))
		return directive_end_text(r, &first);
	if (directive_find_step(r, &first) || directive_read_text(r, &text))
		return directive_failed(r);
	return directive_end_text(r, &text);
}

static enum status directive_text(struct directive_reader *r)
{
	struct directive_word text;
	return directive_read_text(r, &text) ? directive_failed(r) : directive_end_text(r, &text);
}

/* A line that begins with a text: the NUL behind the text before it, the last that was kept, becomes the end of a
 * line. */
enum status directive_more_text(struct directive_reader *r)
{
	struct directive_word text;
	r->continued[-1] = '\n';
	return directive_word(&r->lexer, "", &text) ? directive_failed(r) : directive_end_continued(r);
}

/* ---- questions ---- */

static enum status directive_answer(struct directive_reader *r, struct lesson_ask *ask)
{
	struct lesson_answer answer = {0};
	struct directive_word word;
	if (directive_until(&r->lexer, "=|*", &word))
		return directive_failed(r);
	if (!word.text)
		return directive_error(&r->lexer, word.place, "expected an answer");
	if (ask->nanswers == LESSON_ANSWERS_MAX)
		return directive_error(&r->lexer, word.place, "a question has %d answers at most",
				       (int)LESSON_ANSWERS_MAX);
	answer.text = word.text;
	if (directive_sign(&r->lexer, '=') && outcome_read(&r->lexer, r->spec, "|*", &answer.outcome))
		return directive_failed(r);
	answer.right = directive_sign(&r->lexer, '*');
	for (size_t i = 0; i < ask->nanswers && answer.right; i++) {
		if (ask->answers[i].right)
			return directive_error(&r->lexer, word.place,
					       "two answers are marked correct (*): only one is right");
	}
	ask->answers[ask->nanswers++] = answer;
	return ST_OK;
}

enum status directive_more_answers(struct directive_reader *r)
{
	while (directive_sign(&r->lexer, '|')) {
		if (directive_answer(r, r->asking))
			return directive_failed(r);
	}
	return directive_read_end(r);
}

/* "about OTHER": another step than the one that the question is asked before. */
static enum status directive_about(struct directive_reader *r, long *about)
{
	struct directive_lexer ahead = r->lexer;
	char *strings = *r->lexer.strings;
	struct directive_word word;
	long asked = r->scope.step;
	*about = asked;
	if (directive_done(&r->lexer) || *r->lexer.at == '"')
		return ST_OK;
	if (directive_word(&r->lexer, "", &word))
		return directive_failed(r);
	if (strcmp(word.text, "about") != 0) {
		r->lexer = ahead;
		*r->lexer.strings = strings;
		return ST_OK;
	}
	if (directive_read_step(r, ""))
		return directive_failed(r);
	*about = r->scope.step;
	r->scope.step = asked;
	return ST_OK;
}

/* `because "text"`, under the line of an answer: of its last one. */
static enum status directive_because(struct directive_reader *r)
{
	struct directive_word text;
	struct lesson_answer *answer =
		r->asking && r->asking->nanswers ? &r->asking->answers[r->asking->nanswers - 1] : NULL;
	if (!answer)
		return directive_error(&r->lexer, r->scope.place, "because follows the line of an answer");
	if (answer->because)
		return directive_error(&r->lexer, r->scope.place,
				       "this answer has a reason already; another line of it begins with a quote");
	if (directive_read_text(r, &text))
		return directive_failed(r);
	answer->because = text.text;
	return directive_end_continued(r);
}

static enum status directive_ask(struct directive_reader *r)
{
	struct lesson *lesson = r->lesson;
	struct directive_word text;
	long about;
	if (directive_read_step(r, "") || directive_about(r, &about) || directive_read_text(r, &text))
		return directive_failed(r);
	for (size_t i = 0; i < lesson->nasks; i++) {
		if (directive_same_scope(r, &lesson->asks[i].scope))
			return directive_twice(r, "this step has a question", lesson->asks[i].scope.place.line);
	}
	lesson->asks = mem_grow(lesson->asks, lesson->nasks, sizeof *lesson->asks);
	r->asking = &lesson->asks[lesson->nasks++];
	*r->asking = (struct lesson_ask){.scope = r->scope, .about = about, .question = text.text};
	return directive_more_answers(r);
}

/* ---- what is expected, checked, needed ---- */

static enum status directive_add_expect(struct directive_reader *r)
{
	struct lesson *lesson = r->lesson;
	struct lesson_expect expect = {0};
	if (directive_read_step(r, ";") || outcome_read(&r->lexer, r->spec, ";", &expect.outcome))
		return directive_failed(r);
	expect.scope = r->scope;
	for (size_t i = 0; i < lesson->nexpects; i++) {
		if (directive_same_scope(r, &lesson->expects[i].scope))
			return directive_twice(r, "something is expected of this step",
					       lesson->expects[i].scope.place.line);
	}
	lesson->expects = mem_grow(lesson->expects, lesson->nexpects, sizeof expect);
	lesson->expects[lesson->nexpects++] = expect;
	return ST_OK;
}

static enum status directive_expect(struct directive_reader *r)
{
	do {
		if (directive_add_expect(r))
			return directive_failed(r);
	} while (directive_sign(&r->lexer, ';'));
	return directive_read_end(r);
}

/* `after STEP OUTCOME "text"` */
static enum status directive_after(struct directive_reader *r)
{
	struct lesson *lesson = r->lesson;
	struct lesson_after after = {0};
	struct directive_word text;
	if (directive_read_step(r, "") || outcome_read(&r->lexer, r->spec, "", &after.outcome) ||
	    directive_read_text(r, &text))
		return directive_failed(r);
	after.scope = r->scope;
	after.text = text.text;
	lesson->afters = mem_grow(lesson->afters, lesson->nafters, sizeof after);
	lesson->afters[lesson->nafters++] = after;
	return directive_end_continued(r);
}

static enum status directive_check(struct directive_reader *r)
{
	struct lesson *lesson = r->lesson;
	struct directive_word sql, value;
	bool second;
	if (directive_on_second(r, &second) || directive_read_text(r, &sql))
		return directive_failed(r);
	if (!directive_sign(&r->lexer, '='))
		return directive_error(&r->lexer, r->lexer.place, "expected = and the value that this SQL has");
	if (directive_until(&r->lexer, "", &value))
		return directive_failed(r);
	if (!value.text)
		return directive_error(&r->lexer, value.place, "expected the value that this SQL has");
	lesson->checks = mem_grow(lesson->checks, lesson->nchecks, sizeof *lesson->checks);
	lesson->checks[lesson->nchecks++] = (struct lesson_check){r->scope, second, sql.text, value.text};
	return directive_read_end(r);
}

/* "committed on attempt N" */
static enum status directive_committed(struct directive_reader *r, unsigned *attempt)
{
	static const char *const said[] = {"committed", "on", "attempt"};
	struct directive_word word;
	for (size_t i = 0; i < COUNT_OF(said); i++) {
		if (directive_word(&r->lexer, "", &word))
			return directive_failed(r);
		if (!word.text || strcmp(word.text, said[i]) != 0)
			return directive_error(&r->lexer, word.place,
					       "expected \"committed on attempt N\", or nothing more");
	}
	if (directive_word(&r->lexer, "", &word))
		return directive_failed(r);
	if (!word.text || !text_is_integer(word.text) || strlen(word.text) > 2 || atoi(word.text) < 1)
		return directive_error(&r->lexer, word.place, "expected the number of an attempt, from 1 to 99");
	*attempt = (unsigned)atoi(word.text);
	return directive_read_end(r);
}

static enum status directive_retry(struct directive_reader *r)
{
	struct lesson *lesson = r->lesson;
	struct lesson_retry retry = {.scope = r->scope};
	struct directive_word word;
	if (directive_word(&r->lexer, "", &word))
		return directive_failed(r);
	if (!word.text)
		return directive_error(&r->lexer, word.place, "expected the name of a session");
	long session = spec_session_find(r->spec, word.text);
	if (session < 0)
		return directive_unknown(r, &word, "session", NULL);
	retry.session = (size_t)session;
	for (size_t i = 0; i < lesson->nretries; i++) {
		if (lesson->retries[i].session == retry.session && directive_same_scope(r, &lesson->retries[i].scope))
			return directive_twice(r, "the engine runs this session", lesson->retries[i].scope.place.line);
	}
	if (lesson->nretries == RETRIES_MAX)
		return directive_error(&r->lexer, word.place, "a lesson asks for %d sessions to be retried at most",
				       (int)RETRIES_MAX);
	if (!directive_done(&r->lexer) && directive_committed(r, &retry.attempt))
		return directive_failed(r);
	lesson->retries = mem_grow(lesson->retries, lesson->nretries, sizeof retry);
	lesson->retries[lesson->nretries++] = retry;
	return ST_OK;
}

static enum status directive_add_need(struct directive_reader *r, const struct directive_word *word)
{
	struct lesson *lesson = r->lesson;
	struct lesson_need need = {.scope = r->scope};
	struct buf words = {0};
	bool known = needs_read(word->text, &need);
	if (!known) {
		needs_say(&words);
		directive_error(&r->lexer, word->place, "unknown requirement %s; use %s",
				token_say_name(word->text).text, buf_text(&words));
		buf_free(&words);
		return directive_failed(r);
	}
	lesson->needs = mem_grow(lesson->needs, lesson->nneeds, sizeof need);
	lesson->needs[lesson->nneeds++] = need;
	return ST_OK;
}

static enum status directive_needs(struct directive_reader *r)
{
	struct directive_word word;
	do {
		if (directive_word(&r->lexer, ",", &word))
			return directive_failed(r);
		if (!word.text)
			return directive_error(&r->lexer, word.place, "expected what the lesson needs");
		if (directive_add_need(r, &word))
			return directive_failed(r);
	} while (directive_sign(&r->lexer, ','));
	return directive_read_end(r);
}

/* ---- how it is known ---- */

static enum status directive_add_proof(struct directive_reader *r, enum lesson_proof_kind kind)
{
	struct lesson *lesson = r->lesson;
	struct lesson_need need = {0};
	struct directive_word word;
	if (directive_word(&r->lexer, ",", &word))
		return directive_failed(r);
	if (!word.text || !needs_read_product(word.text, &need) || need.major)
		return directive_error(&r->lexer, word.place, "expected a product, pg or crdb");
	for (size_t i = 0; i < lesson->nproofs; i++)
		if (lesson->proofs[i].product == need.product && directive_same_scope(r, &lesson->proofs[i].scope))
			return directive_twice(r, "that is said of this product", lesson->proofs[i].scope.place.line);
	lesson->proofs = mem_grow(lesson->proofs, lesson->nproofs, sizeof *lesson->proofs);
	lesson->proofs[lesson->nproofs++] = (struct lesson_proof){r->scope, kind, need.product};
	return ST_OK;
}

static enum status directive_proofs(struct directive_reader *r, enum lesson_proof_kind kind)
{
	do {
		if (directive_add_proof(r, kind))
			return directive_failed(r);
	} while (directive_sign(&r->lexer, ','));
	return directive_read_end(r);
}

static enum status directive_verified(struct directive_reader *r)
{
	return directive_proofs(r, LESSON_VERIFIED);
}

static enum status directive_documented(struct directive_reader *r)
{
	return directive_proofs(r, LESSON_DOCUMENTED);
}

static enum status directive_cut(struct directive_reader *r)
{
	struct lesson *lesson = r->lesson;
	if (directive_read_step(r, "") || directive_read_end(r))
		return directive_failed(r);
	for (size_t i = 0; i < lesson->ncuts; i++)
		if (directive_same_scope(r, &lesson->cuts[i].scope))
			return directive_twice(r, "this step is cut", lesson->cuts[i].scope.place.line);
	lesson->cuts = mem_grow(lesson->cuts, lesson->ncuts, sizeof *lesson->cuts);
	lesson->cuts[lesson->ncuts++] = (struct lesson_cut){r->scope};
	return ST_OK;
}

/* ---- what is known only when all is read ---- */

/* The engine would settle the commit by itself. */
static enum status directive_check_cut(struct directive_reader *r, const struct lesson_cut *cut)
{
	const struct spec_step *step = &r->spec->steps[cut->scope.step];
	for (size_t p = 0; p <= r->spec->npermutations; p++) {
		long permutation = (long)p - 1;
		bool holds = cut->scope.permutation < 0 || cut->scope.permutation == permutation;
		if (holds && lesson_retry_of(r->lesson, permutation, step->session))
			return directive_error(&r->lexer, cut->scope.place,
					       "the engine runs session %s: no step of it can be cut",
					       token_say_name(r->spec->sessions[step->session].name).text);
	}
	return ST_OK;
}

/* What does not run on a product was not played there. */
static enum status directive_check_proof(struct directive_reader *r, const struct lesson_proof *proof)
{
	struct err why = {0};
	if (needs_fits(r->lesson, proof->scope.permutation, proof->product, &why))
		return ST_OK;
	return directive_error(&r->lexer, proof->scope.place, "it does not run there: it %s", why.text);
}

/* A question about another step can be judged only where that one is played, too. */
static enum status directive_check_about(struct directive_reader *r, const struct lesson_ask *ask)
{
	const struct spec *spec = r->spec;
	for (size_t p = 0; p < spec->npermutations; p++) {
		const struct spec_permutation *order = &spec->permutations[p];
		bool asked = false, decided = false;
		for (size_t i = 0; i < order->nturns; i++) {
			asked = asked || order->turns[i].step == (size_t)ask->scope.step;
			decided = decided || order->turns[i].step == (size_t)ask->about;
		}
		if (asked && !decided && lesson_ask_of(r->lesson, (long)p, ask->scope.step) == ask)
			return directive_error(&r->lexer, ask->scope.place,
					       "step %s, which this question is about, is not in permutation %zu",
					       token_say_name(spec->steps[ask->about].name).text, p + 1);
	}
	return ST_OK;
}

/* What is expected of a step may stand behind its question. */
static enum status directive_check_ask(struct directive_reader *r, const struct lesson_ask *ask)
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
	if (!right->outcome.nways && !lesson_expect_of(r->lesson, ask->scope.permutation, ask->about))
		return directive_error(
			&r->lexer, place,
			"nothing tells whether the right answer is true: write \"= OUTCOME\" after it, or "
			"expect one of %s",
			ask->about == ask->scope.step ? "this step"
						      : token_say_name(r->spec->steps[ask->about].name).text);
	return ask->about == ask->scope.step ? ST_OK : directive_check_about(r, ask);
}

enum status directives_check(struct directive_reader *r)
{
	struct lesson *lesson = r->lesson;
	for (size_t i = 0; i < lesson->nasks; i++)
		if (directive_check_ask(r, &lesson->asks[i]))
			return directive_failed(r);
	for (size_t i = 0; i < lesson->nproofs; i++)
		if (directive_check_proof(r, &lesson->proofs[i]))
			return directive_failed(r);
	for (size_t i = 0; i < lesson->ncuts; i++)
		if (directive_check_cut(r, &lesson->cuts[i]))
			return directive_failed(r);
	for (size_t i = 0; i < lesson->nretries; i++)
		if (engine_check(&r->lexer, lesson, &lesson->retries[i]))
			return directive_failed(r);
	bool failed = directive_check_values(r) || directive_check_second(r) || directive_check_exercise(r);
	return failed ? directive_failed(r) : ST_OK;
}

/* ---- all of them; teller-lesson.5 describes each, which lint checks ---- */

const struct directive directives[] = {
	{.name = "title", .read = directive_line, .text = LESSON_TITLE},
	{.name = "teaches", .read = directive_line, .text = LESSON_TEACHES},
	{.name = "needs", .read = directive_needs},
	{.name = "verified", .read = directive_verified},
	{.name = "documented", .read = directive_documented},
	{.name = "say", .read = directive_say, .text = LESSON_SAY},
	{.name = "end", .read = directive_text, .text = LESSON_END},
	{.name = "ask", .read = directive_ask},
	{.name = "because", .read = directive_because, .under_answer = true},
	{.name = "after", .read = directive_after},
	{.name = "expect", .read = directive_expect},
	{.name = "check", .read = directive_check},
	{.name = "let", .read = directive_let},
	{.name = "session", .read = directive_session},
	{.name = "setup", .read = directive_setup},
	{.name = "teardown", .read = directive_teardown},
	{.name = "word", .read = directive_explain},
	{.name = "program", .read = directive_program},
	{.name = "race", .read = directive_race},
	{.name = "cut", .read = directive_cut},
	{.name = "retry", .read = directive_retry},
	{.name = "exercise", .read = directive_exercise},
	{.name = "edit", .read = directive_edit},
	{.name = "solution", .read = directive_solution},
	{.name = NULL},
};
