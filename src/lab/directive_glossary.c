/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directives word, program and race: what a lesson explains, and where else the user can see what it teaches. */
#include <stdlib.h>
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

/* ---- race ---- */

enum { RACE_WAY_BYTES = 15, RACE_HOT_MIN = 2, RACE_HOT_MAX = 100000 };

/* What a way is called is decided by the command load; here, only that it is a word of that kind. */
static bool directive_may_be_way(const char *word)
{
	static const char of[] = "abcdefghijklmnopqrstuvwxyz0123456789-=";
	return word[0] && word[0] != '-' && strlen(word) <= RACE_WAY_BYTES && word[strspn(word, of)] == '\0';
}

/* Behind the ways: hot N. */
static enum status directive_read_hot(struct directive_reader *r, struct lesson_race *race)
{
	struct directive_word number;
	unsigned long n;
	if (directive_word(&r->lexer, "", &number))
		return directive_failed(r);
	n = number.text && strlen(number.text) <= 6 && strspn(number.text, "0123456789") == strlen(number.text)
		    ? strtoul(number.text, NULL, 10)
		    : 0;
	if (n < RACE_HOT_MIN || n > RACE_HOT_MAX)
		return directive_error(&r->lexer, number.place, "expected how many accounts are hot, %d to %d",
				       (int)RACE_HOT_MIN, (int)RACE_HOT_MAX);
	race->hot = (unsigned)n;
	return ST_OK;
}

static enum status directive_read_ways(struct directive_reader *r, struct lesson_race *race)
{
	for (;;) {
		struct directive_word word;
		if (directive_word(&r->lexer, "", &word))
			return directive_failed(r);
		bool hot = word.text && strcmp(word.text, "hot") == 0;
		if (hot && race->nways >= LESSON_RACE_MIN)
			return directive_read_hot(r, race);
		if (hot || !word.text || race->nways == LESSON_RACE_MAX || !directive_may_be_way(word.text))
			return directive_error(&r->lexer, word.place,
					       "expected %d to %d ways of writing a transfer, as load race takes "
					       "them, then hot N",
					       (int)LESSON_RACE_MIN, (int)LESSON_RACE_MAX);
		race->ways[race->nways++] = word.text;
	}
}

enum status directive_race(struct directive_reader *r)
{
	struct lesson *lesson = r->lesson;
	struct lesson_race race = {.scope = r->scope};
	if (directive_read_ways(r, &race))
		return directive_failed(r);
	for (size_t i = 0; i < lesson->nraces; i++)
		if (directive_same_scope(r, &lesson->races[i].scope))
			return directive_twice(r, "a race is named", lesson->races[i].scope.place.line);
	lesson->races = mem_grow(lesson->races, lesson->nraces, sizeof *lesson->races);
	lesson->races[lesson->nraces++] = race;
	return directive_read_end(r);
}
