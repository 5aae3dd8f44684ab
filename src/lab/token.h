/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a spec file: names, numbers, SQL blocks, marks, keywords, each with its place. */
#ifndef LAB_TOKEN_H
#define LAB_TOKEN_H

#include "lab/spec.h"

enum token_kind {
	TOKEN_END,
	TOKEN_BAD, /* the error is set */
	TOKEN_NAME,
	TOKEN_NUMBER,
	TOKEN_SQL,
	TOKEN_OPEN,  /* ( */
	TOKEN_CLOSE, /* ) */
	TOKEN_COMMA,
	TOKEN_STAR,
	TOKEN_SETUP,
	TOKEN_TEARDOWN,
	TOKEN_SESSION,
	TOKEN_STEP,
	TOKEN_PERMUTATION,
	TOKEN_NOTICES,
};

struct token {
	enum token_kind kind;
	const char *
		text; /* of a name, a number and SQL: without quotes, braces and outer blanks; borrowed from the lexer */
	struct spec_place place;
};

struct lexer {
	const char *file, *text; /* borrowed */
	size_t n, at;
	struct spec_place place;
	char *strings; /* owned by who made the lexer; room for 2 * n bytes: a token has at most one byte more than its source */
	size_t nstrings;
	struct spec_note *notes; /* the comments that begin with #@; owned by who made the lexer */
	size_t nnotes;
};

struct token token_next(struct lexer *lexer, struct err *err);

/* A token as an error names it: in quotes, harmless, cut. */
struct token_said {
	char text[128];
};
struct token_said token_say(const struct token *token);
struct token_said token_say_name(const char *name);

/* "FILE:LINE:COLUMN: sentence"; returns ST_USAGE. */
enum status token_error(struct err *err, const char *file, struct spec_place place, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

#endif
