/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One event as a line of the log. */
#ifndef UI_LOGLINE_H
#define UI_LOGLINE_H

#include "event/event.h"
#include "ui/layout.h"

/* `side`: columns that the statement is scrolled to the left. */
/* The names of its columns. */
void logline_draw_head(struct rect at);
void logline_draw(struct rect at, const struct event *event, int side, bool selected);

#endif
