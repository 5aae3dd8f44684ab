/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a command line. */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { LINE_MAX_BYTES = 4096, WORDS_MAX = 64 };

struct word {
	char *text;  /* owned by the words; quotes taken off */
	bool quoted; /* began with a quote: never an option or a comment */
	size_t from; /* its place in the line */
};

struct words {
	size_t n;
	size_t end; /* of the last one in the line: behind it are blanks, or a comment */
	struct word word[WORDS_MAX];
};

/* Blanks separate words; 'single' and "double quotes" keep them, a quote that is written twice inside its own kind is
 * one; a word that begins with # ends the line. */
MUST_CHECK enum status words_split(struct words *words, const char *line, struct err *err);
void words_free(struct words *words);

#endif
