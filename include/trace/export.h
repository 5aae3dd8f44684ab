/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace as a document: which formats there are, and writing one of them. */
#ifndef TRACE_EXPORT_H
#define TRACE_EXPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/choice.h"
#include "base/err.h"

/*
 * X(constant, word, ending of a file, writer): FORMAT is written by export_WRITER(), src/trace/export/. From this list
 * follow --to, its help and its completion.
 *
 * md:      a diagram as a table, a column for each session and one for the server's rows, as GitHub reads it
 * html:    a sequence diagram with a slider over its events, in one file
 * svg:     the same as a picture
 * mermaid: a sequence diagram in the language of that name
 * perfetto: slices of time, a track for each session, as ui.perfetto.dev opens them (Chrome's trace events in JSON)
 * otlp:    spans of OpenTelemetry in JSON, a trace for each transaction
 * cast:    what the screen shows of it, as asciinema plays it; drawn by ui/cast, and not by trace_export()
 */
/* clang-format off */
#define TRACE_FORMATS(X, SEP, LAST) \
	X(TRACE_MARKDOWN, "md", ".md", markdown) \
	SEP X(TRACE_HTML, "html", ".html", html) \
	SEP X(TRACE_SVG, "svg", ".svg", svg) \
	SEP X(TRACE_MERMAID, "mermaid", ".mmd", mermaid) \
	SEP X(TRACE_PERFETTO, "perfetto", ".perfetto.json", perfetto) \
	SEP X(TRACE_OTLP, "otlp", ".otlp.json", otlp) \
	LAST X(TRACE_CAST, "cast", ".cast", cast)
/* clang-format on */

#define TRACE_FORMAT_CHOICES TRACE_FORMATS(CHOICE_WORD, "|", "|")
#define TRACE_FORMAT_WORDS TRACE_FORMATS(CHOICE_WORD, ", ", " or ")
enum trace_format { TRACE_FORMATS(CHOICE_CONSTANT, CHOICE_COMMA, CHOICE_COMMA) };

bool trace_format_named(const char *word, enum trace_format *format);
bool trace_format_of_file(const char *file, enum trace_format *format); /* by the ending of its name */

/* Which events are wanted. Zero-initialised: all of them. */
struct trace_choice {
	uint64_t from, to;    /* their numbers, both included; 0: no limit */
	const char *transfer; /* NULL, or one transaction: its number in the log, or an id in the ledger, of which eight
			       * characters may do; and what happens while it runs */
};

/*
 * Writes the trace of a file; whether all of it could be written, the caller asks of `to`. *said: sentences about what was left
 * out, a line each, raw. An error where the trace cannot be read, or has nothing of that choice; nothing was written then.
 * What is hostile in a trace is harmless in what is written.
 */
MUST_CHECK enum status trace_export(const char *path, enum trace_format format, const struct trace_choice *choice,
				    FILE *to, struct buf *said, struct err *err);

#endif
