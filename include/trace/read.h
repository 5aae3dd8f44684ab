/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a trace from its file, event by event; memory is bounded by its longest line. */
#ifndef TRACE_READ_H
#define TRACE_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "event/event.h"

struct trace_file;

/* NULL with a sentence: it cannot be read, is no trace, or is one of a newer format. */
struct trace_file *trace_open(const char *path, struct err *err);
void trace_close(struct trace_file *file); /* NULL is fine */

/* The header: who wrote it, for which server ("" where none was connected), and when; raw. */
struct trace_origin {
	const char *teller, *server, *server_version; /* borrowed until trace_close() */
	uint64_t wall_us;
};
struct trace_origin trace_origin(const struct trace_file *file);

/* The header for people: "teller 0.1.0, PostgreSQL 15.4, without values"; raw. */
void trace_describe(struct buf *out, const struct trace_file *file);

/* The next event: true, its strings borrowed until the next call. False at the end. *gone: events before it that were
 * gone before they could be written. */
bool trace_next(struct trace_file *file, struct event *event, uint64_t *gone);

/* The title of the lesson that was played when the last event was written, or its name; raw, borrowed until the next
 * call of trace_next(). NULL: none was, or the trace is an older one. */
const char *trace_lesson(const struct trace_file *file);

void trace_again(struct trace_file *file); /* from its first event on */

/* At the end: a sentence about what was left out, appended raw; nothing where all was read. False: it is more than a
 * last line that was cut. */
bool trace_left_out(struct buf *out, const struct trace_file *file);

#endif
