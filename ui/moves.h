/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two accounts with their balances before and after, as the transfer pane and the review box draw them. */
#ifndef UI_MOVES_H
#define UI_MOVES_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/layout.h"

struct moves {
	const char *id[2];     /* raw; NULL: not picked */
	const char *before[2]; /* raw */
	bool known;            /* amount and after are */
	unsigned scale;        /* of amount and after, which are in units */
	int64_t amount, after[2];
	const char *arrow; /* between before and after */
	const char *note;  /* what the amount is */
};

/* Up to three lines: From, To, Move. Returns the lines used. */
int moves_draw(struct rect area, const struct moves *moves);

int moves_lines(const char *text, int columns); /* lines that a text takes when wrapped, one at least */

#endif
