/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a filter, and what its values must be like for the type of a column. */
#ifndef BANK_FILTER_INTERNAL_H
#define BANK_FILTER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,   /* a bare word */
	TOKEN_QUOTED, /* a name in double quotes, which are taken off */
	TOKEN_NUMBER, /* digits, with a sign and a point perhaps */
	TOKEN_TEXT,   /* in single quotes, which are taken off */
	TOKEN_SIGN,   /* ( ) , and comparisons */
	TOKEN_BROKEN, /* `wrong` says what it is */
};

struct token {
	enum token_kind kind;
	size_t column;    /* where it begins, from 1, in columns of a terminal */
	const char *text; /* borrowed from the lexer until the next one */
	const char *wrong;
};

struct lexer {
	const char *text, *at;
	struct token token;
	struct buf word;
};

void lexer_start(struct lexer *lexer, const char *text); /* borrows the text; the first token is there then */
void lexer_next(struct lexer *lexer);
void lexer_done(struct lexer *lexer);

struct filter_column {
	const char *name, *type; /* the type as in pg_type */
};

/*
 * Whether the value can be compared with the column; *cast is what must follow the parameter for that: a whole number
 * is compared as int8, whatever integer the column is, so that none is out of range and the index is still used. What
 * teller does not know is left to the server.
 */
bool filter_value_fits(const struct filter_column *column, const struct token *value, const char **cast,
		       struct err *err);
bool filter_is_text(const struct filter_column *column);

#endif
