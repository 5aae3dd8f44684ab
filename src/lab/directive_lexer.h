/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a directive: a comment that begins with #@. */
#ifndef LAB_DIRECTIVE_LEXER_H
#define LAB_DIRECTIVE_LEXER_H

#include "lab/lesson.h"

struct directive_lexer {
	const char *file, *at; /* borrowed; `at` is what is not read yet */
	struct spec_place place;
	char **strings; /* where the texts go: room for what the directive has, twice */
	struct err *err;
};

/* A word of a directive: bare, or a "text" in which "" is a quote. NULL text: there is none. */
struct directive_word {
	const char *text;
	bool quoted;
	struct spec_place place;
};

/* True where nothing is left but blanks; afterwards the place is that of what comes. */
bool directive_done(struct directive_lexer *lexer);

/* A bare word ends at a blank and at any of `stops`. A text that is not closed is an error. */
MUST_CHECK enum status directive_word(struct directive_lexer *lexer, const char *stops, struct directive_word *word);

/* All until one of `stops`, or the end, without the blanks around it; a "text" may stand for it, and hold stops. */
MUST_CHECK enum status directive_until(struct directive_lexer *lexer, const char *stops, struct directive_word *word);

/* True, and it is taken, where this character comes. */
bool directive_sign(struct directive_lexer *lexer, char sign);

enum status directive_error(struct directive_lexer *lexer, struct spec_place place, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

#endif
