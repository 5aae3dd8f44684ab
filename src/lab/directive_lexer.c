/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a directive word by word, with the place of each word. */
#include "directive_lexer.h"

#include <stdio.h>
#include <string.h>

#include "token.h"

static bool directive_lexer_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\f';
}

static char directive_take(struct directive_lexer *lexer)
{
	char c = *lexer->at++;
	lexer->place.column += (*lexer->at & 0xc0) != 0x80;
	return c;
}

bool directive_done(struct directive_lexer *lexer)
{
	while (directive_lexer_is_blank(*lexer->at))
		directive_take(lexer);
	return *lexer->at == '\0';
}

bool directive_sign(struct directive_lexer *lexer, char sign)
{
	if (directive_done(lexer) || *lexer->at != sign)
		return false;
	directive_take(lexer);
	return true;
}

static void directive_keep(struct directive_lexer *lexer, char c)
{
	*(*lexer->strings)++ = c;
}

static enum status directive_read_quoted(struct directive_lexer *lexer)
{
	struct spec_place from = lexer->place;
	directive_take(lexer);
	for (;;) {
		if (*lexer->at == '\0')
			return directive_error(lexer, from, "this text does not end on its line: close it with \"");
		char c = directive_take(lexer);
		if (c == '"') {
			if (*lexer->at != '"')
				break;
			directive_take(lexer);
		}
		directive_keep(lexer, c);
	}
	directive_keep(lexer, '\0');
	return ST_OK;
}

/* Begins a word where there is one. */
static bool directive_lexer_begin(struct directive_lexer *lexer, const char *stops, struct directive_word *word)
{
	bool none = directive_done(lexer) || strchr(stops, *lexer->at);
	*word = (struct directive_word){none ? NULL : *lexer->strings, *lexer->at == '"', lexer->place};
	return !none;
}

enum status directive_word(struct directive_lexer *lexer, const char *stops, struct directive_word *word)
{
	if (!directive_lexer_begin(lexer, stops, word))
		return ST_OK;
	if (word->quoted)
		return directive_read_quoted(lexer);
	while (*lexer->at && !directive_lexer_is_blank(*lexer->at) && !strchr(stops, *lexer->at))
		directive_keep(lexer, directive_take(lexer));
	directive_keep(lexer, '\0');
	return ST_OK;
}

enum status directive_until(struct directive_lexer *lexer, const char *stops, struct directive_word *word)
{
	if (!directive_lexer_begin(lexer, stops, word))
		return ST_OK;
	if (word->quoted)
		return directive_read_quoted(lexer);
	char *from = *lexer->strings;
	while (*lexer->at && !strchr(stops, *lexer->at))
		directive_keep(lexer, directive_take(lexer));
	while (*lexer->strings > from && directive_lexer_is_blank((*lexer->strings)[-1]))
		--*lexer->strings;
	directive_keep(lexer, '\0');
	return ST_OK;
}

enum status directive_error(struct directive_lexer *lexer, struct spec_place place, const char *fmt, ...)
{
	char sentence[sizeof lexer->err->text];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(sentence, sizeof sentence, fmt, ap);
	va_end(ap);
	return token_error(lexer->err, lexer->file, place, "%s", sentence);
}
