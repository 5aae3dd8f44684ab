/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a filter, and what its values must be like for the type of a column. */
#include "filter_internal.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uuid/uuid.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "say.h"

/* ---- words ---- */

static void start_token(struct lexer *lexer, enum token_kind kind)
{
	size_t before = (size_t)(lexer->at - lexer->text);
	buf_clear(&lexer->word);
	lexer->token = (struct token){.kind = kind, .column = text_width(lexer->text, before) + 1};
}

/* Up to the closing quote; two of them are one. */
static void filter_lexer_read_quoted(struct lexer *lexer, char quote, const char *not_closed)
{
	const char *p = lexer->at + 1;
	for (; *p; p++) {
		if (*p == quote && *++p != quote) {
			lexer->at = p;
			return;
		}
		buf_char(&lexer->word, *p);
	}
	lexer->token.kind = TOKEN_BROKEN;
	lexer->token.wrong = not_closed;
	lexer->at = p;
}

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || (c & 0x80);
}

/* Digits with a point among them, and a sign in front; a letter behind them makes it no number. */
static void read_number(struct lexer *lexer)
{
	const char *p = lexer->at;
	size_t sign = *p == '-' || *p == '+', whole = strspn(p + sign, "0123456789"), n = sign + whole, part = 0;
	if (p[n] == '.') {
		part = strspn(p + n + 1, "0123456789");
		n += 1 + part;
	}
	if (whole + part == 0 || in_word(p[n]) || p[n] == '.') {
		lexer->token.kind = TOKEN_BROKEN;
		lexer->token.wrong = "this is not a number; put text in single quotes";
	}
	buf_add(&lexer->word, p + (*p == '+'), n - (*p == '+'));
	lexer->at += n;
}

static void read_sign(struct lexer *lexer)
{
	static const char *const signs[] = {"<>", "!=", "<=", ">=", "<", ">", "=", "(", ")", ","};
	for (size_t i = 0; i < COUNT_OF(signs); i++) {
		size_t n = strlen(signs[i]);
		if (strncmp(lexer->at, signs[i], n) != 0)
			continue;
		buf_add(&lexer->word, signs[i], n);
		lexer->at += n;
		return;
	}
	lexer->token.kind = TOKEN_BROKEN;
	lexer->token.wrong = "this character has no meaning here; put text in single quotes";
}

void lexer_next(struct lexer *lexer)
{
	lexer->at += strspn(lexer->at, " \t\r\n\v\f");
	char c = *lexer->at;
	if (c == '\0') {
		start_token(lexer, TOKEN_END);
	} else if (c == '\'') {
		start_token(lexer, TOKEN_TEXT);
		filter_lexer_read_quoted(lexer, c, "the text that begins here has no closing quote");
	} else if (c == '"') {
		start_token(lexer, TOKEN_QUOTED);
		filter_lexer_read_quoted(lexer, c, "the name that begins here has no closing quote");
	} else if (strchr("0123456789.-+", c)) {
		start_token(lexer, TOKEN_NUMBER);
		read_number(lexer);
	} else if (in_word(c)) {
		start_token(lexer, TOKEN_WORD);
		for (; in_word(*lexer->at); lexer->at++)
			buf_char(&lexer->word, *lexer->at);
	} else {
		start_token(lexer, TOKEN_SIGN);
		read_sign(lexer);
	}
	lexer->token.text = buf_text(&lexer->word);
}

void lexer_start(struct lexer *lexer, const char *text)
{
	*lexer = (struct lexer){.text = text, .at = text};
	lexer_next(lexer);
}

void lexer_done(struct lexer *lexer)
{
	buf_free(&lexer->word);
}

/* ---- values ---- */

static bool is_one_of(const char *type, const char *const *types, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

static bool is_integer(const char *type)
{
	static const char *const types[] = {"int2", "int4", "int8"};
	return is_one_of(type, types, COUNT_OF(types));
}

static bool is_decimal(const char *type)
{
	static const char *const types[] = {"numeric", "float4", "float8"};
	return is_one_of(type, types, COUNT_OF(types));
}

bool filter_is_text(const struct filter_column *column)
{
	static const char *const types[] = {"text", "varchar", "bpchar", "name", "citext"};
	return is_one_of(column->type, types, COUNT_OF(types));
}

static bool filter_lexer_refuse(struct err *err, const struct filter_column *column, const struct token *value,
				const char *wants)
{
	struct said name = say_id(column->name), word = say_id(value->text);
	err_set(err, ST_USAGE, "filter, column %zu: %s expects a %s; %s is not one", value->column, name.text, wants,
		word.text[0] ? word.text : "''");
	return false;
}

static bool fits_integer(const struct filter_column *column, const struct token *value, struct err *err)
{
	errno = 0;
	if (!text_is_integer(value->text))
		return filter_lexer_refuse(err, column, value, "whole number");
	strtoll(value->text, NULL, 10);
	return errno != ERANGE || filter_lexer_refuse(err, column, value, "number of at most 8 bytes");
}

static bool is_decimal_number(const char *text)
{
	text += *text == '-' || *text == '+';
	size_t whole = strspn(text, "0123456789"), part = 0;
	if (text[whole] == '.')
		part = strspn(text + whole + 1, "0123456789") + 1;
	return whole + part > (part > 0) && !text[whole + part];
}

bool filter_value_fits(const struct filter_column *column, const struct token *value, const char **cast,
		       struct err *err)
{
	uuid_t uuid;
	if (is_integer(column->type)) {
		*cast = "::int8";
		return fits_integer(column, value, err);
	}
	if (is_decimal(column->type)) {
		*cast = strcmp(column->type, "numeric") == 0 ? "::numeric" : "::float8";
		return is_decimal_number(value->text) || filter_lexer_refuse(err, column, value, "number");
	}
	if (strcmp(column->type, "uuid") == 0)
		return uuid_parse(value->text, uuid) == 0 ||
		       filter_lexer_refuse(err, column, value, "UUID in single quotes");
	return true;
}
