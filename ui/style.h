/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Styles: the looks of a theme as what curses draws with, on terminals with and without colours. */
#ifndef UI_STYLE_H
#define UI_STYLE_H

#include <stdbool.h>

#include "app/theme.h"

struct settings;

/* Colours are used where the terminal has them and --color and NO_COLOR allow it. `shown` is what the settings say, or
 * what is tried out; from the next drawing on it looks so. Nothing is done where it does so already. */
void style_show(const struct settings *settings, const struct looks *shown);
void style_dim(bool on);                          /* from here on all of them are STYLE_FAINT, or themselves again */
unsigned long style_attributes(enum style style); /* of curses */

#endif
