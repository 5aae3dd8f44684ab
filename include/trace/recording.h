/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace that is played: any of its stops, and the states that held behind it. */
#ifndef TRACE_RECORDING_H
#define TRACE_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "event/event.h"
#include "event/json.h"
#include "trace/state.h"

struct recording;

/* NULL with a sentence: it cannot be read, is no trace, is one of a newer format, or has no event. */
struct recording *recording_open(const char *path, struct err *err);
void recording_close(struct recording *recording); /* NULL is fine */

uint64_t recording_stops(const struct recording *recording);
bool recording_cut(const struct recording *recording);                       /* its last line is cut, and left out */
void recording_describe(struct buf *out, const struct recording *recording); /* "teller 0.1.0, PostgreSQL 15.4"; raw */

/* A stop, from 1: an event, or a change of a lesson's player that no event tells. */
struct recorded {
	bool is_event;
	struct event event; /* its strings are borrowed until the next call */
	uint64_t events;    /* that had happened by then, with this one */
	uint64_t wall_us;
};
/* A line that is no event gives a notice that says so, at the time of the stop before it. */
void recording_stop(struct recording *recording, uint64_t number, struct recorded *out);

/* The state as it was at that stop, up to the next one; NULL: the trace has none. Borrowed until the next call. */
const struct json_object *recording_state(struct recording *recording, uint64_t number, enum trace_state state);
/* The byte at which the line of that state begins; 0: the trace has none by then. The same line, the same state. */
uint64_t recording_state_at(struct recording *recording, uint64_t number, enum trace_state state);

#endif
