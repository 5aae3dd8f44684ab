/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One event as a line of the log. */
#ifndef UI_LOGLINE_H
#define UI_LOGLINE_H

#include "event/event.h"
#include "ui/layout.h"

/* The names of its columns. */
void logline_draw_head(struct rect at);
/* `side`: columns that the statement is scrolled to the left. */
void logline_draw(struct rect at, const struct event *event, int side, bool selected);
/* The line, as it is drawn in w columns, holds it, or what is cut there does. */
bool logline_holds(const struct event *event, int w, int side, const char *wanted);

#endif
