/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Harmless text cut into lines of a width, at blanks where there are any; pure. */
#ifndef UI_WRAP_H
#define UI_WRAP_H

#include <stdbool.h>
#include <stddef.h>

struct wrap {
	const char *rest;
	size_t columns;
	bool done;
};

struct piece {
	const char *text; /* borrowed from the text */
	size_t n;
};

struct wrap wrap_start(const char *text, int columns);
bool wrap_next(struct wrap *wrap, struct piece *piece); /* a newline in the text ends a line too */

int wrap_count(const char *text, int columns); /* lines that a text takes when wrapped, one at least */

#endif
