/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the writers of exports share: the trace that they read, and where they write. */
#ifndef TRACE_EXPORT_INTERNAL_H
#define TRACE_EXPORT_INTERNAL_H

#include <stdio.h>

#include "trace/export.h"
#include "trace/read.h"

/* A choice as numbers of events. */
struct export_range {
	uint64_t from, to; /* the first and the last that there is */
	uint32_t txn;      /* 0: none was chosen */
};

/*
 * What a writer is given. It reads `file` from its first event to its end with trace_next(), may begin again with trace_again(), and
 * appends to `out`, which export_flush() empties into the file as often as the writer likes.
 */
struct export
{
	struct trace_file *file;
	struct export_range range;
	struct buf out;
	FILE *to;
	struct buf *said; /* what was left out, a line each, raw */
};

void export_flush(struct export *export);
bool export_in_range(const struct export *export, uint64_t number);

/* The numbers of the events that are chosen; an error where there is none. Leaves the trace to be read again. */
MUST_CHECK enum status export_choose(struct trace_file *file, const struct trace_choice *choice,
				     struct export_range *range, struct err *err);

/* A writer: an error where nothing can be made of the trace, and nothing is written then. */
typedef enum status export_writer(struct export *export, struct err *err);
/* clang-format off */
#define EXPORT_DECLARED(constant, word, ending, writer) extern export_writer export_##writer;
#define EXPORT_NOTHING
TRACE_FORMATS(EXPORT_DECLARED, EXPORT_NOTHING, EXPORT_NOTHING)
/* clang-format on */

#endif
