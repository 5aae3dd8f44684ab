/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directives word and program: what a lesson explains, and where programs do what it teaches. */
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "lesson_internal.h"
#include "token.h"

enum { WORDS_MAX = 64, WORD_BYTES = 40 };

enum status directive_explain(struct directive_reader *r)
{
	struct lesson *lesson = r->lesson;
	struct directive_word name, text;
	if (directive_word(&r->lexer, "", &name))
		return directive_failed(r);
	if (!name.text || !name.text[0] || strlen(name.text) > WORD_BYTES)
		return directive_error(&r->lexer, name.place,
				       "expected the word that is explained, of at most %d bytes", (int)WORD_BYTES);
	if (directive_read_text(r, &text))
		return directive_failed(r);
	for (size_t i = 0; i < lesson->nwords; i++)
		if (strcmp(lesson->words[i].name, name.text) == 0)
			return directive_twice(r, "this word is explained", lesson->words[i].scope.place.line);
	if (lesson->nwords == WORDS_MAX)
		return directive_error(&r->lexer, name.place, "a lesson explains %d words at most", (int)WORDS_MAX);
	lesson->words = mem_grow(lesson->words, lesson->nwords, sizeof *lesson->words);
	lesson->words[lesson->nwords++] = (struct lesson_word){r->scope, name.text, text.text};
	return directive_end_continued(r);
}

/* ---- program ---- */

static bool directive_has_program(const char *topic)
{
	for (const struct asset_program *program = asset_programs; program->topic; program++)
		if (strcmp(program->topic, topic) == 0)
			return true;
	return false;
}

enum status directive_program(struct directive_reader *r)
{
	struct lesson *lesson = r->lesson;
	struct directive_word topic;
	if (directive_word(&r->lexer, "", &topic))
		return directive_failed(r);
	if (!topic.text)
		return directive_error(&r->lexer, topic.place, "expected a topic: loop, key or lock-order");
	if (!directive_has_program(topic.text))
		return directive_error(&r->lexer, topic.place,
				       "there is no program about %s; use loop, key or lock-order",
				       token_say_name(topic.text).text);
	for (size_t i = 0; i < lesson->nprograms; i++)
		if (strcmp(lesson->programs[i].topic, topic.text) == 0 &&
		    directive_same_scope(r, &lesson->programs[i].scope))
			return directive_twice(r, "this program is named", lesson->programs[i].scope.place.line);
	lesson->programs = mem_grow(lesson->programs, lesson->nprograms, sizeof *lesson->programs);
	lesson->programs[lesson->nprograms++] = (struct lesson_program){r->scope, topic.text};
	return directive_read_end(r);
}
