/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A document of one HTML file, and pictures as SVG: their texts, their colours, the page's head. */
#ifndef BASE_PAGE_H
#define BASE_PAGE_H

#include <stdbool.h>

#include "base/buf.h"

/* Appends harmless text (base/text.h) as text of HTML or XML, or as an attribute's value: it is shown, and does nothing. */
void page_words(struct buf *out, const char *text);
void page_element(struct buf *out, const char *name, const char *text);

/*
 * X(constant, name, light, dark): what is written in a colour, and the grounds. Each colour of a text has a contrast of at
 * least 4.5 to each ground (WCAG 2, AA), in the light and in the dark; tests/unit/page_test.c computes it.
 */
#define PAGE_TEXTS(X)                                                                                                  \
	X(PAGE_TEXT, "text", 0x1b1b1b, 0xe9e9e9)                                                                       \
	X(PAGE_FAINT, "faint", 0x595959, 0xb3b3b3)                                                                     \
	X(PAGE_GOOD, "good", 0x0b5d1e, 0x8fdba3)                                                                       \
	X(PAGE_BAD, "bad", 0xa30d0d, 0xffa3a3)                                                                         \
	X(PAGE_WAIT, "wait", 0x704600, 0xffcf7d)
#define PAGE_GROUNDS(X)                                                                                                \
	X(PAGE_GROUND, "ground", 0xffffff, 0x16181c)                                                                   \
	X(PAGE_CODE, "code", 0xf1f1ef, 0x24272d)                                                                       \
	X(PAGE_GOOD_GROUND, "good-ground", 0xe6f3e8, 0x18301f)                                                         \
	X(PAGE_BAD_GROUND, "bad-ground", 0xfbe9e9, 0x3a1f20)                                                           \
	X(PAGE_PLAIN_GROUND, "plain-ground", 0xe8eef7, 0x1d2939)
#define PAGE_LINES(X) X(PAGE_LINE, "line", 0x747474, 0x8c8c8c)

#define PAGE_CONSTANT(constant, ...) constant,
enum page_colour { PAGE_TEXTS(PAGE_CONSTANT) PAGE_GROUNDS(PAGE_CONSTANT) PAGE_LINES(PAGE_CONSTANT) PAGE_COLOURS };

const char *page_colour_name(enum page_colour colour);
unsigned page_colour(enum page_colour colour, bool dark); /* 0xrrggbb */

/* Appends everything before the body: the style knows each colour as var(--NAME). `script` may be NULL. Nothing but
 * these two may run, and nothing is fetched. */
void page_begin(struct buf *out, const char *title, const char *style, const char *script);
void page_end(struct buf *out, const char *script);

#endif
