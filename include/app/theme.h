/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Themes: what each role of a text on the screen looks like, on terminals with many colours, few, or none. */
#ifndef APP_THEME_H
#define APP_THEME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/choice.h"
#include "base/err.h"

/* What a text on the screen is; state is a word or a sign everywhere, and colour repeats it. */
#define STYLES(X)                                                                                                      \
	X(STYLE_TEXT, "text")                                                                                          \
	X(STYLE_TITLE, "title")       /* the first line */                                                             \
	X(STYLE_WARNING, "warning")   /* something to know before money moves */                                       \
	X(STYLE_FRAME, "frame")       /* of a pane */                                                                  \
	X(STYLE_FOCUS, "focus")       /* the frame of the pane that keys go to */                                      \
	X(STYLE_HEAD, "head")         /* column heads */                                                               \
	X(STYLE_SELECTED, "selected") /* the selected line of the pane with the focus */                               \
	X(STYLE_MARKED, "marked")     /* the selected line elsewhere */                                                \
	X(STYLE_SOURCE, "source")                                                                                      \
	X(STYLE_DESTINATION, "destination")                                                                            \
	X(STYLE_GOOD, "good")                                                                                          \
	X(STYLE_BAD, "bad")                                                                                            \
	X(STYLE_WAIT, "wait")                                                                                          \
	X(STYLE_LEVER, "lever") /* a person's doing */                                                                 \
	X(STYLE_FAINT, "faint")                                                                                        \
	X(STYLE_KEY, "key")                                                                                            \
	X(STYLE_FOUND, "found") /* what was searched for */
#define STYLE_CONSTANT(constant, word) constant,
enum style { STYLES(STYLE_CONSTANT) STYLE_COUNT };

/* terminal: the colours of text and ground are the terminal's own. */
#define THEMES(X, SEP, LAST)                                                                                           \
	X(THEME_TERMINAL, "terminal")                                                                                  \
	SEP X(THEME_DARK, "dark") SEP X(THEME_LIGHT, "light") SEP X(THEME_CONTRAST, "high-contrast") SEP X(            \
		THEME_MONO, "mono") LAST                                                                               \
	X(THEME_BLIND, "colour-blind")
#define THEME_CHOICES THEMES(CHOICE_WORD, "|", "|")
enum theme { THEMES(CHOICE_CONSTANT, CHOICE_COMMA, CHOICE_COMMA), THEME_COUNT };

/* A colour: -1, the terminal's own; 0 to 255, one of xterm's; COLOUR_RGB + 0xrrggbb, that one. */
enum { COLOUR_OWN = -1, COLOUR_RGB = 1 << 24 };

enum { LOOK_BOLD = 1, LOOK_UNDERLINE = 2, LOOK_REVERSE = 4, LOOK_DIM = 8 };

struct look {
	int fg, bg;
	int few_fg, few_bg;  /* of a terminal with 8 colours: -1 or 0 to 7 */
	unsigned attributes; /* LOOK_... */
};

/* A theme, and the roles that look otherwise. */
struct looks {
	enum theme theme;
	bool changed[STYLE_COUNT];
	struct look own[STYLE_COUNT];
};

struct look theme_look(enum theme theme, enum style style);
struct look looks_get(const struct looks *looks, enum style style);
bool looks_same(const struct looks *a, const struct looks *b);
const char *theme_word(enum theme theme);    /* "dark", static */
const char *theme_meaning(enum theme theme); /* what it is for, static */
const char *style_word(enum style style);    /* "title", static */

/* Each a sentence that names what there is where the word is none of them. */
MUST_CHECK enum status theme_parse(const char *word, enum theme *theme, struct err *err);
MUST_CHECK enum status style_parse(const char *word, enum style *style, struct err *err);
/* default, a name as red or bright-red, 0 to 255, or #rrggbb. */
MUST_CHECK enum status colour_parse(const char *word, int *colour, struct err *err);
/* bold, underline, reverse, dim, with commas between them, or none. */
MUST_CHECK enum status colour_attributes_parse(const char *words, unsigned *attributes, struct err *err);

/* As they would be typed. */
void colour_show(struct buf *out, int colour);
void colour_attributes_show(struct buf *out, unsigned attributes);

int colour_rgb(int colour); /* 0xrrggbb, as xterm has it; of a colour that is not the terminal's own */
int colour_256(int colour); /* the nearest of those that all terminals with 256 have alike; -1 and 0 to 255 stay */
int colour_8(int colour);   /* the nearest of 8; -1 stays */

#endif
