/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the events of a trace stand in its file, so that any of them is found at once; memory is bounded. */
#ifndef TRACE_INDEX_H
#define TRACE_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "trace/state.h"

/* Every line behind the header that is no state is an event, from 1 on; whether it really is one shows when it is
 * read. A last line that is cut is none. The events are stops, and so are the lines of a player's state. */
struct trace_index;

/* What the events that are lists count their numbers and times from: the last such line before them. */
struct trace_base {
	uint64_t number, wall_us;
};

/* A place from which the file is read on. */
struct trace_place {
	uint64_t stop;                     /* the one that stands there, from 1 */
	uint64_t at;                       /* byte of its line */
	uint64_t events;                   /* before it */
	uint64_t state[TRACE_STATE_COUNT]; /* bytes of the last line of each state before it; 0: there was none */
	struct trace_base base;
};

/* Reads all of the file once, looking only into the lines that later ones refer to. NULL with a sentence. */
struct trace_index *trace_index_read(const char *path, struct err *err);
void trace_index_free(struct trace_index *index); /* NULL is fine */

uint64_t trace_index_stops(const struct trace_index *index);
struct refs;
const struct refs *trace_index_refs(const struct trace_index *index); /* what lines have said for later ones */
bool trace_index_cut(const struct trace_index *index);                /* the last line is cut, and left out */
/* The last place that is not behind that stop. */
struct trace_place trace_index_before(const struct trace_index *index, uint64_t stop);

#endif
