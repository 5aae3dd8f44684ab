/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sheet: a scrollable text over the panes, for the help and for the full text of an event. */
#ifndef UI_SHEET_H
#define UI_SHEET_H

#include <stdbool.h>

#include "base/buf.h"
#include "ui/layout.h"

struct sheet;

/* Takes the text over: lines of harmless text, each ended by a newline. `context` is its part of the keymap, static. */
struct sheet *sheet_new(const char *title, const char *context, struct buf *text);
void sheet_free(struct sheet *sheet);
const char *sheet_context(const struct sheet *sheet);
void sheet_draw(struct sheet *sheet, struct rect room);
bool sheet_act(struct sheet *sheet, const char *action, const char *argument); /* false: not an action of a sheet */

#endif
