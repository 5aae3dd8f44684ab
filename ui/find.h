/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks for a text in numbered lines, and goes from one line that holds it to the next; pure. */
#ifndef UI_FIND_H
#define UI_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* What is looked for, and the line from which the search began. Zero-initialise; buf_free() the text. */
struct find {
	struct buf text;
	uint64_t origin;
};

/* Where: `n` lines, numbered from `first` on. */
struct find_lines {
	void *self;
	bool (*holds)(void *self, uint64_t line, const char *wanted);
	uint64_t first, n;
};

enum find_way {
	FIND_BEGIN,   /* the place is kept, nothing is looked for yet */
	FIND_TYPED,   /* the first line that holds the text, from that place on; without text, the place itself */
	FIND_NEXT,    /* the next line that holds the text there is */
	FIND_PREVIOUS /* the one before */
};

enum found_how {
	FOUND,
	FOUND_AROUND, /* behind the last line, where the search goes on at the first, or the other way round */
	FOUND_NONE,
	FOUND_UNASKED /* there is no text, or there are no lines */
};

/* The line is number `which` of `of` lines that hold the text; `of` is 0 where there are too many lines to count. */
struct found {
	enum found_how how;
	uint64_t which, of;
	bool part; /* there are more lines, which were not read yet */
};

enum { FIND_WORDS = 48 };
void find_words(char words[FIND_WORDS], const struct found *found); /* "3 of 17", or "" */

/* `text` is for FIND_TYPED. `at`: the line where one is, and then the line to go to. */
struct found find_go(struct find *find, const struct find_lines *lines, const char *text, enum find_way way,
		     uint64_t *at);

/* The first place at `from` or behind, and before `n`, where `text` goes on with what is wanted, in capitals or not;
 * `n`: there is none. "" is nowhere. */
size_t find_place(const char *text, size_t n, size_t from, const char *wanted);

#endif
