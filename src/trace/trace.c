/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a trace: a reader of the ring that puts its events into a file, and ends with whole lines. */
#include "trace/trace.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "entry_internal.h"
#include "sink_internal.h"

enum {
	TRACE_HEAD = 100,        /* bytes of a line of a state before its members */
	TRACE_PIECE = 256 << 10, /* bytes that are written at once */
	TRACE_MOST = 8 << 20,    /* bytes that wait while others are written: then the events wait for the disk */
	TRACE_HELD = 200,        /* events that wait for the header */
	TRACE_BUSY = 200,        /* events within that time: the states are written once in it, not at each turn */
	TRACE_GATHER_MS = 10,    /* what happens within it is written together; what is said, before it is said */
};

struct trace {
	struct loop *loop;
	const struct ring *ring;
	struct cursor cursor;
	struct turn *turn;
	struct timer *gather;
	struct sink sink;
	struct entry_writer writer;
	bool begun, over;
	uint64_t events;                      /* in the file */
	unsigned recent;                      /* since lines were written last */
	bool busy;                            /* so were those before them */
	uint64_t skipped;                     /* of the cursor's, those that a line tells of */
	struct buf lines;                     /* to be written */
	struct buf states[TRACE_STATE_COUNT]; /* as they were written last */
	struct trace_ops ops;
};

/* False where it failed: the trace may be gone then. */
static bool trace_took(struct trace *trace, int why)
{
	struct err err;
	if (!why)
		return true;
	trace->over = true;
	err_set(&err, ST_OWN, "the trace has stopped: cannot write to %.300s: %s", trace->sink.path, strerror(why));
	trace->ops.failed(trace->ops.arg, &err);
	return false;
}

static void trace_handed(void *arg, int why);

/* Aside, one piece after another. */
static bool trace_write(struct trace *trace)
{
	if (trace->lines.len > TRACE_MOST)
		return trace_took(trace, sink_write(&trace->sink, &trace->lines));
	if (!trace->sink.under_way && trace->lines.len)
		sink_hand_over(&trace->sink, trace->loop, &trace->lines, trace_handed, trace);
	return true;
}

static void trace_handed(void *arg, int why)
{
	struct trace *trace = arg;
	if (trace_took(trace, why) && !trace->over && !timer_pending(trace->gather))
		(void)trace_write(trace);
}

static void trace_head(void *with, const struct trace_about *about)
{
	struct trace *trace = with;
	entry_write_header(&trace->lines, about, trace->writer.values);
}

static void trace_add(struct trace *trace, const struct event *event)
{
	if (!trace->begun)
		trace->ops.about(trace->ops.arg, trace_head, trace);
	trace->begun = true;
	if (trace->cursor.skipped > trace->skipped) {
		entry_write_gap(&trace->lines, trace->cursor.skipped - trace->skipped);
		trace->skipped = trace->cursor.skipped;
	}
	bool kept = event->sql && ring_keeps(trace->ring, event->sql);
	entry_write_event(&trace->lines, event, kept, &trace->writer);
	trace->events++;
	trace->recent++;
}

/* The header names the server, and so it is written once there is one, or there will be none. */
static bool trace_may_begin(const struct trace *trace)
{
	struct event event;
	for (uint64_t n = trace->cursor.next; ring_get(trace->ring, n, &event); n++)
		if (event.kind == EVENT_CONNECTED || event.kind == EVENT_LOST || n - trace->cursor.next > TRACE_HELD)
			return true;
	return false;
}

static void trace_say_states(struct trace *trace)
{
	if (!trace->over && trace->begun && trace->ops.states)
		trace->ops.states(trace->ops.arg, trace);
}

/* What has happened becomes lines; false where it failed: the trace may be gone then. */
static bool trace_read(struct trace *trace)
{
	const struct event *event;
	if (!trace->begun && !trace_may_begin(trace))
		return true;
	while (!trace->over && (event = cursor_next(&trace->cursor, trace->ring)) != NULL) {
		trace_add(trace, event);
		if (trace->lines.len >= TRACE_PIECE && !trace_write(trace))
			return false;
	}
	if (!trace->busy && trace->recent <= TRACE_BUSY)
		trace_say_states(trace);
	return true;
}

static void trace_on_turn(void *arg)
{
	struct trace *trace = arg;
	if (trace_read(trace) && trace->lines.len && !timer_pending(trace->gather))
		timer_start(trace->gather, TRACE_GATHER_MS);
}

static void trace_gather(struct trace *trace)
{
	bool busy = trace->recent > TRACE_BUSY;
	if (trace->busy || busy)
		trace_say_states(trace);
	trace->busy = busy;
	trace->recent = 0;
}

static void trace_gathered(void *arg)
{
	struct trace *trace = arg;
	trace_gather(trace);
	if (trace->busy)
		timer_start(trace->gather, TRACE_GATHER_MS); /* to see that it is not, any more */
	if (!trace->over)
		(void)trace_write(trace);
}

void trace_state(struct trace *trace, enum trace_state state, struct buf *members)
{
	struct buf *last = &trace->states[state];
	if (members->len >= ENTRY_LINE_MAX - TRACE_HEAD)
		buf_clear(members);
	if (last->len != members->len || (members->len && memcmp(last->p, members->p, members->len) != 0)) {
		entry_write_state(&trace->lines, state, members);
		buf_free(last);
		*last = *members;
		*members = (struct buf){0};
	}
	buf_clear(members);
}

bool trace_state_begins(const struct trace *trace, enum trace_state state, const struct buf *members)
{
	const struct buf *last = &trace->states[state];
	return last->len >= members->len && memcmp(last->p, members->p, members->len) == 0;
}

struct trace *trace_new(struct loop *loop, const struct ring *ring, const char *path, bool values,
			const struct trace_ops *ops, struct err *err)
{
	struct sink sink;
	int why = sink_open(&sink, path, O_TRUNC);
	if (why) {
		err_set(err, ST_OWN, "cannot write the trace to %.300s: %s", path, strerror(why));
		return NULL;
	}
	struct trace *trace = NEW(struct trace);
	trace->loop = loop;
	trace->ring = ring;
	trace->sink = sink;
	trace->writer = (struct entry_writer){.texts = texts_new(), .forms = forms_new(), .values = values};
	trace->cursor.next = ring_first(ring); /* what is no longer held was never asked for */
	trace->ops = *ops;
	trace->turn = turn_new(loop, trace_on_turn, trace);
	trace->gather = timer_new(loop, trace_gathered, trace);
	return trace;
}

bool trace_values(const struct trace *trace)
{
	return trace->writer.values;
}

void trace_now(struct trace *trace)
{
	if (!trace_read(trace))
		return;
	trace_gather(trace);
	if (!trace->over)
		(void)trace_took(trace, sink_write(&trace->sink, &trace->lines));
}

void trace_end(struct trace *trace)
{
	if (!trace->begun)
		trace->ops.about(trace->ops.arg, trace_head, trace);
	trace->begun = true;
	trace_now(trace);
}

const char *trace_path(const struct trace *trace)
{
	return trace->sink.path;
}

uint64_t trace_events(const struct trace *trace)
{
	return trace->events;
}

uint64_t trace_bytes(const struct trace *trace)
{
	return sink_bytes(&trace->sink) + trace->lines.len;
}

void trace_free(struct trace *trace)
{
	if (!trace)
		return;
	turn_free(trace->turn);
	timer_free(trace->gather);
	sink_close(&trace->sink);
	texts_free(trace->writer.texts);
	forms_free(trace->writer.forms);
	buf_free(&trace->lines);
	for (int i = 0; i < TRACE_STATE_COUNT; i++)
		buf_free(&trace->states[i]);
	free(trace);
}
