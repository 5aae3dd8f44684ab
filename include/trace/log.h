/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log in a file: the lines that the screen shows, as text with dates, appended as they happen. */
#ifndef TRACE_LOG_H
#define TRACE_LOG_H

#include "base/err.h"
#include "base/loop.h"
#include "event/ring.h"

/* It cannot be written any more, and is over: what it has is whole lines. May free it. */
typedef void trace_log_failed_fn(void *arg, const struct err *err);

struct trace_log;

/*
 * Appends a line that names `program` and this process, then all that the ring holds, and then each event at the end
 * of the turn in which it happened; a statement is a line once it is answered. Harmless text without passwords. NULL
 * with a sentence where the file cannot be written.
 */
struct trace_log *trace_log_new(struct loop *loop, const struct ring *ring, const char *path, const char *program,
				trace_log_failed_fn *failed, void *arg, struct err *err);
void trace_log_now(struct trace_log *log);  /* writes what has happened so far */
void trace_log_end(struct trace_log *log);  /* and what was sent and not answered, before it is freed */
void trace_log_free(struct trace_log *log); /* NULL is fine; writes nothing more */

#endif
