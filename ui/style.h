/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Styles: one row for each meaning, for terminals with and without colours. */
#ifndef UI_STYLE_H
#define UI_STYLE_H

#include <stdbool.h>

struct settings;

enum style {
	STYLE_TEXT,
	STYLE_TITLE,   /* the first line */
	STYLE_WARNING, /* something to know before money moves */
	STYLE_FRAME,
	STYLE_FOCUS,    /* the frame of the pane that keys go to */
	STYLE_HEAD,     /* column heads */
	STYLE_SELECTED, /* the selected line of the pane with the focus */
	STYLE_MARKED,   /* the selected line elsewhere */
	STYLE_SOURCE,
	STYLE_DESTINATION,
	STYLE_GOOD,
	STYLE_BAD,
	STYLE_WAIT,
	STYLE_LEVER, /* a person's doing */
	STYLE_FAINT,
	STYLE_KEY,
	STYLE_FOUND, /* what was searched for */
	STYLE_COUNT
};

/* Colours are used where the terminal has them and --color and NO_COLOR allow it; state is a word or a sign everywhere,
 * colour repeats it. */
void style_start(const struct settings *settings);
int style_color(enum style style);                /* of a terminal with 256, -1: its own */
void style_dim(bool on);                          /* from here on all of them are STYLE_FAINT, or themselves again */
unsigned long style_attributes(enum style style); /* of curses */

#endif
