/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws two accounts with their balances before and after, for the transfer pane and the review box. */
#ifndef UI_TRANSFER_PREVIEW_H
#define UI_TRANSFER_PREVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/layout.h"

struct transfer_preview {
	const char *id[2];     /* raw; NULL: not picked */
	const char *before[2]; /* raw */
	bool known;            /* amount and after are */
	unsigned scale;        /* of amount and after, which are in units */
	int64_t amount, after[2];
	const char *arrow; /* between before and after */
	const char *note;  /* what the amount is */
};

/* Up to three lines: From, To, Move. Returns the lines used. */
int transfer_preview_draw(struct rect area, const struct transfer_preview *preview);

#endif
