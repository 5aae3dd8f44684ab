/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directive word: what a lesson explains of the words that it uses. */
#include <string.h>

#include "base/mem.h"
#include "lesson_internal.h"

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
