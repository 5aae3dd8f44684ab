/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace as the lines of the log: a statement is a line once it is answered. */
#ifndef TRACE_LINES_H
#define TRACE_LINES_H

#include <stdbool.h>

#include "base/buf.h"
#include "event/event.h"

/* The statements that wait for their answers. */
struct trace_lines;
struct trace_lines *trace_lines_new(void);
void trace_lines_free(struct trace_lines *lines);

/* Appends the event's line, harmless, without a newline; false where it has none yet. */
bool trace_lines_event(struct trace_lines *lines, struct buf *out, const struct event *event);

/* At the end: the next statement that was never answered; false where there is none (more). */
bool trace_lines_rest(struct trace_lines *lines, struct buf *out);

#endif
