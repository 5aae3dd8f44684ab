/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The help: keys from the keymap, commands from the command table; and the key line. */
#ifndef UI_HELP_H
#define UI_HELP_H

#include "base/buf.h"
#include "base/err.h"
#include "ui/keymap.h"

/* Everything, as lines for a popup. */
void help_all(struct buf *out, const struct keymap *keymap);

/* One command; ST_USAGE with a sentence where there is none of that name. */
MUST_CHECK enum status help_command(struct buf *out, const struct keymap *keymap, const char *name, struct err *err);

/* Draws the keys that have a hint, those of `context` first, as many as fit. */
void help_hints(const struct keymap *keymap, const char *context, int y, int columns);

#endif
