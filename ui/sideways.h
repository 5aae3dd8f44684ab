/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that are scrolled sideways: what stays at the left, what is cut, and how far there is to go; pure. */
#ifndef UI_SIDEWAYS_H
#define UI_SIDEWAYS_H

#include <stdbool.h>

#include "base/buf.h"

/* Zero-initialise. Columns of harmless text; `more`: so many of the widest line in sight are hidden at the right. */
struct sideways {
	int at, more;
};

/* Scrolls by steps, to the left where they are negative. False where there is nothing more on that side, */
bool sideways_move(struct sideways *side, long steps);
const char *sideways_end(long steps); /* which is said so */

void sideways_begin(struct sideways *side);                       /* a drawing begins */
void sideways_saw(struct sideways *side, int width, int columns); /* a line of that width, shown from side->at on */

/* The text from that column on; half a wide character is a blank. */
void sideways_from(struct buf *out, const char *text, int column);

/* A line whose first `frozen` columns stay; in the last of them, a blank, is '<' where something is hidden behind it. */
void sideways_line(struct buf *out, const struct sideways *side, const char *text, int frozen);

/* The names of the columns, cut in the same way, in exactly so many columns, with '>' in the last one where a line goes
 * on. */
void sideways_head(struct buf *out, const struct sideways *side, const char *text, int frozen, int columns);

#endif
