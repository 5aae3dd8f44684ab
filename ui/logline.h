/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One event as a line of the log. */
#ifndef UI_LOGLINE_H
#define UI_LOGLINE_H

#include "event/event.h"
#include "ui/layout.h"
#include "ui/sideways.h"

/* The names of its columns; '<' and '>' where statements are scrolled away, or do not fit. */
void logline_draw_head(struct rect at, const struct sideways *side);
/* `side`: the statement is scrolled; what is hidden of it is measured. */
void logline_draw(struct rect at, const struct event *event, struct sideways *side, bool selected);
/* The line, as it is drawn in w columns, holds it, or what is cut there does. */
bool logline_holds(const struct event *event, int w, int side, const char *wanted);

#endif
