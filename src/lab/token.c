/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a spec file word by word, as isolationtester's scanner does, with line and column. */
#include "token.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { SAID_COLUMNS = 40, FILE_COLUMNS = 200 };

/* Newlines are no blanks: SQL keeps those at its edges. */
static bool token_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f';
}

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_rest(char c)
{
	return is_name_start(c) || is_digit(c) || c == '$';
}

/* '\0' at the end; a NUL byte in the file is refused before. */
static char peek(const struct lexer *lexer)
{
	return lexer->at < lexer->n ? lexer->text[lexer->at] : '\0';
}

static char token_take(struct lexer *lexer)
{
	char c = lexer->text[lexer->at++];
	if (c == '\n') {
		lexer->place.line++;
		lexer->place.column = 1;
	} else if (lexer->at == lexer->n || (lexer->text[lexer->at] & 0xc0) != 0x80) {
		lexer->place.column++;
	}
	return c;
}

static void token_keep(struct lexer *lexer, char c)
{
	lexer->strings[lexer->nstrings++] = c;
}

static bool in_line(const struct lexer *lexer)
{
	char c = peek(lexer);
	return c && c != '\n' && c != '\r';
}

static void token_skip_comment(struct lexer *lexer)
{
	token_take(lexer);
	struct spec_note note = {.text = lexer->strings + lexer->nstrings};
	bool noted = peek(lexer) == '@';
	if (noted) {
		token_take(lexer);
		note.place = lexer->place;
	}
	while (in_line(lexer)) {
		char c = token_take(lexer);
		if (noted)
			token_keep(lexer, c);
	}
	if (!noted)
		return;
	token_keep(lexer, '\0');
	lexer->notes = mem_grow(lexer->notes, lexer->nnotes, sizeof note);
	lexer->notes[lexer->nnotes++] = note;
}

static void skip(struct lexer *lexer)
{
	for (;;) {
		char c = peek(lexer);
		if (c == '#') {
			token_skip_comment(lexer);
		} else if (token_is_blank(c) || c == '\n') {
			token_take(lexer);
		} else {
			return;
		}
	}
}

static enum token_kind keyword(const char *name)
{
	static const struct {
		const char *word;
		enum token_kind kind;
	} keywords[] = {
		{"setup", TOKEN_SETUP}, {"teardown", TOKEN_TEARDOWN},       {"session", TOKEN_SESSION},
		{"step", TOKEN_STEP},   {"permutation", TOKEN_PERMUTATION}, {"notices", TOKEN_NOTICES},
	};
	for (size_t i = 0; i < COUNT_OF(keywords); i++) {
		if (strcmp(keywords[i].word, name) == 0)
			return keywords[i].kind;
	}
	return TOKEN_NAME;
}

static enum token_kind read_name(struct lexer *lexer, const char *text)
{
	while (is_name_rest(peek(lexer)))
		token_keep(lexer, token_take(lexer));
	token_keep(lexer, '\0');
	return keyword(text);
}

static enum token_kind token_read_number(struct lexer *lexer)
{
	while (is_digit(peek(lexer)))
		token_keep(lexer, token_take(lexer));
	token_keep(lexer, '\0');
	return TOKEN_NUMBER;
}

static enum token_kind token_read_quoted(struct lexer *lexer, struct spec_place from, struct err *err)
{
	token_take(lexer);
	for (;;) {
		char c = peek(lexer);
		if (c == '\0' || c == '\n') {
			token_error(err, lexer->file, from,
				    "this quoted name does not end on its line: close it with \"");
			return TOKEN_BAD;
		}
		token_take(lexer);
		if (c == '"') {
			if (peek(lexer) != '"')
				break;
			token_take(lexer);
		}
		token_keep(lexer, c);
	}
	token_keep(lexer, '\0');
	return TOKEN_NAME;
}

static enum token_kind token_read_sql(struct lexer *lexer, struct spec_place from, const char *text, struct err *err)
{
	token_take(lexer);
	while (token_is_blank(peek(lexer)))
		token_take(lexer);
	while (peek(lexer) != '}') {
		if (peek(lexer) == '\0') {
			token_error(err, lexer->file, from, "the SQL that begins here does not end: close it with }");
			return TOKEN_BAD;
		}
		token_keep(lexer, token_take(lexer));
	}
	token_take(lexer);
	while (lexer->strings + lexer->nstrings > text && token_is_blank(lexer->strings[lexer->nstrings - 1]))
		lexer->nstrings--;
	token_keep(lexer, '\0');
	return TOKEN_SQL;
}

static enum token_kind token_read_sign(struct lexer *lexer, struct err *err)
{
	static const char signs[] = "(),*";
	static const enum token_kind kinds[] = {TOKEN_OPEN, TOKEN_CLOSE, TOKEN_COMMA, TOKEN_STAR};
	struct spec_place place = lexer->place;
	char c[2] = {token_take(lexer), '\0'};
	const char *sign = strchr(signs, c[0]);
	if (sign)
		return kinds[sign - signs];
	token_error(err, lexer->file, place, "%s has no meaning here%s", token_say_name(c).text,
		    c[0] == '}' ? ": SQL ends at the first }" : "");
	return TOKEN_BAD;
}

struct token token_next(struct lexer *lexer, struct err *err)
{
	skip(lexer);
	struct token token = {.text = lexer->strings + lexer->nstrings, .place = lexer->place};
	char c = peek(lexer);
	if (c == '\0')
		token.kind = TOKEN_END;
	else if (is_name_start(c))
		token.kind = read_name(lexer, token.text);
	else if (is_digit(c))
		token.kind = token_read_number(lexer);
	else if (c == '"')
		token.kind = token_read_quoted(lexer, token.place, err);
	else if (c == '{')
		token.kind = token_read_sql(lexer, token.place, token.text, err);
	else
		token.kind = token_read_sign(lexer, err);
	return token;
}

/* ---- words for errors ---- */

struct token_said token_say_name(const char *name)
{
	struct token_said said;
	struct buf text = {0};
	text_escape(&text, name, strlen(name), SAID_COLUMNS);
	snprintf(said.text, sizeof said.text, "\"%.120s\"", buf_text(&text));
	buf_free(&text);
	return said;
}

struct token_said token_say(const struct token *token)
{
	static const char *const fixed[] = {
		[TOKEN_END] = "the end of the file",
		[TOKEN_SQL] = "SQL",
		[TOKEN_OPEN] = "\"(\"",
		[TOKEN_CLOSE] = "\")\"",
		[TOKEN_COMMA] = "\",\"",
		[TOKEN_STAR] = "\"*\"",
		[TOKEN_NOTICES] = NULL,
	};
	struct token_said said;
	if (!fixed[token->kind])
		return token_say_name(token->text);
	snprintf(said.text, sizeof said.text, "%s", fixed[token->kind]);
	return said;
}

enum status token_error(struct err *err, const char *file, struct spec_place place, const char *fmt, ...)
{
	struct buf where = {0};
	text_escape(&where, file, strlen(file), FILE_COLUMNS);
	char sentence[sizeof err->text];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(sentence, sizeof sentence, fmt, ap);
	va_end(ap);
	err_set(err, ST_USAGE, "%s:%u:%u: %s", where.p, place.line, place.column, sentence);
	buf_free(&where);
	return ST_USAGE;
}
