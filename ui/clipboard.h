/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text as the sequence that puts it into the terminal's clipboard (OSC 52), also from inside tmux and screen; pure. */
#ifndef UI_CLIPBOARD_H
#define UI_CLIPBOARD_H

#include <stddef.h>

#include "base/buf.h"

enum { CLIPBOARD_MAX = 74994 }; /* bytes of a text: as base64 they are 100,000, the most that some terminals take */

/* Programs between us and the terminal that keep such a sequence for themselves, unless it is wrapped. */
enum clipboard_between { CLIPBOARD_DIRECT, CLIPBOARD_TMUX, CLIPBOARD_SCREEN };

/* From the variables that those programs set; each may be NULL. */
enum clipboard_between clipboard_between(const char *term, const char *tmux, const char *sty);

/* How much of the text is copied: all of it, or so many whole characters as CLIPBOARD_MAX allows. */
size_t clipboard_fits(const char *text, size_t n);

/* Appends the sequence for text[0..n), which fits. */
void clipboard_sequence(struct buf *out, const char *text, size_t n, enum clipboard_between between);

#endif
