/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a trace as bytes, from any place in its file; memory is bounded by the longest line that counts. */
#ifndef TRACE_SCAN_INTERNAL_H
#define TRACE_SCAN_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "trace/state.h"

struct scan;

/* What a line is by how it begins, as a trace is written; whether it holds what it says is seen when it is read. */
enum scan_kind { SCAN_EVENT, SCAN_STATE };

struct scan_line {
	uint64_t at;      /* its first byte in the file */
	const char *text; /* borrowed until the next call; without its newline */
	size_t n;
	bool is_long; /* `text` is only its beginning */
	bool cut;     /* the file ends without a newline */
};

struct scan *scan_open(const char *path, struct err *err); /* NULL with a sentence */
void scan_free(struct scan *scan);                         /* NULL is fine */
void scan_go(struct scan *scan, uint64_t at);              /* the next line is the one that begins there */
bool scan_next(struct scan *scan, struct scan_line *line); /* false at the end, and where it cannot be read */
int scan_why(const struct scan *scan);                     /* errno of a failed read, else 0 */

bool scan_stops(const struct scan_line *line, int *state); /* it is an event, or a state that is a stop of its own */
enum scan_kind scan_kind(const struct scan_line *line, int *state); /* *state: TRACE_STATE_COUNT of an unknown one */

#endif
