/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws escaped text and frames; what did not change is not sent again. */
#ifndef UI_DRAW_H
#define UI_DRAW_H

#include <stdbool.h>

#include "base/buf.h"
#include "ui/layout.h"
#include "ui/style.h"

/* All text passed in here went through text_escape() or is ours. Nothing is drawn outside of the screen. */

/* Adds the whole text made harmless; NULL is nothing. */
void draw_harmless(struct buf *out, const char *raw);

struct settings;
void draw_start(const struct settings *settings); /* frames of + - | where it is asked, or the locale has no others */

/* Text in exactly w columns: padded with blanks, or cut with a final '~'. */
void draw_line(int y, int x, int w, enum style style, const char *text);
void draw_right(int y, int x, int w, enum style style, const char *text); /* the same, to the right */

/* Text in at most w columns, nothing padded; returns the columns used. */
int draw_text(int y, int x, int w, enum style style, const char *text);

/* Marks in what was drawn there what find_place() finds in each line; "" is nowhere. */
void draw_found(struct rect area, const char *wanted);

void draw_clear(struct rect area);

/* A frame with words in its upper and lower edge; the inside is left alone. */
void draw_frame(struct rect area, bool focus, const char *title, const char *footer);

/* Text wrapped at blanks into the area, at most its height; returns the lines used. */
int draw_wrapped(struct rect area, enum style style, const char *text);

#endif
