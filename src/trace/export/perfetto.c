/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace as Chrome's trace events in JSON, as ui.perfetto.dev opens them: slices begin and end on a thread for each session. */
#include <stdio.h>
#include <string.h>

#include "event/shorten.h"
#include "event/show.h"
#include "object_internal.h"
#include "spans_internal.h"

enum { PERFETTO_NAME = 60 /* columns of a statement */ };

struct perfetto {
	struct buf *out;
	const struct trace_file *file;
	uint64_t begin_us; /* the first event; 0: none yet */
	int64_t flows;
};

/* An event of the format is begun; the caller ends it. */
static void perfetto_begin(struct perfetto *perfetto, const char *phase, size_t track, uint64_t at_us)
{
	if (!perfetto->begin_us)
		perfetto->begin_us = at_us;
	object_begin(perfetto->out, NULL);
	object_text(perfetto->out, "ph", phase);
	object_number(perfetto->out, "pid", 1);
	object_number(perfetto->out, "tid", (int64_t)track + 1);
	object_number(perfetto->out, "ts", (int64_t)(at_us > perfetto->begin_us ? at_us - perfetto->begin_us : 0));
}

static void perfetto_end(struct perfetto *perfetto)
{
	object_end(perfetto->out);
	buf_char(perfetto->out, '\n');
}

/* What is said of the process (track 0) or of a thread. */
static void perfetto_name(struct buf *out, const char *what, int64_t thread, const char *name)
{
	object_begin(out, NULL);
	object_text(out, "ph", "M");
	object_number(out, "pid", 1);
	if (thread)
		object_number(out, "tid", thread);
	object_text(out, "name", what);
	object_begin(out, "args");
	object_text(out, "name", name);
	object_end(out);
	object_end(out);
	buf_char(out, '\n');
}

static void perfetto_track(void *arg, size_t track, const char *name)
{
	struct perfetto *perfetto = arg;
	perfetto_name(perfetto->out, "thread_name", (int64_t)track + 1, name);
	object_begin(perfetto->out, NULL);
	object_text(perfetto->out, "ph", "M");
	object_number(perfetto->out, "pid", 1);
	object_number(perfetto->out, "tid", (int64_t)track + 1);
	object_text(perfetto->out, "name", "thread_sort_index");
	object_begin(perfetto->out, "args");
	object_number(perfetto->out, "sort_index", (int64_t)track);
	object_end(perfetto->out);
	perfetto_end(perfetto);
}

/* ---- names ---- */

static void perfetto_statement(struct buf *name, const struct event *event)
{
	struct buf whole = {0};
	show_statement(&whole, event->sql ? event->sql : "", event->params);
	shorten_sql(name, buf_text(&whole), PERFETTO_NAME);
	buf_free(&whole);
}

static void perfetto_span_name(struct buf *name, enum span_kind kind, const struct event *event)
{
	if (spans_name(name, kind, event))
		return;
	if (kind == SPAN_STATEMENT) {
		perfetto_statement(name, event);
	} else if (kind == SPAN_WAIT) {
		buf_str(name, "waits for ");
		show_holder(name, event, 0);
	} else {
		buf_str(name, event->holder.holds && event->holder.holds[0] ? event->holder.holds : "is waited for");
	}
}

static const char *perfetto_category(enum span_kind kind)
{
	static const char *const names[] = {"transaction", "attempt", "backoff", "settle", "statement", "wait", "hold"};
	return names[kind];
}

/* ---- slices ---- */

static void perfetto_span(void *arg, const struct span *span, const struct event *event)
{
	struct perfetto *perfetto = arg;
	struct buf name = {0};
	perfetto_span_name(&name, span->kind, event);
	perfetto_begin(perfetto, "B", span->track, span->from_us);
	object_text(perfetto->out, "cat", perfetto_category(span->kind));
	object_text(perfetto->out, "name", buf_text(&name));
	object_begin(perfetto->out, "args");
	object_number(perfetto->out, "event", (int64_t)event->number);
	if (event->txn)
		object_number(perfetto->out, "transaction", event->txn);
	if (span->kind == SPAN_TXN && (event->lane || event->session == SESSION_LAB))
		object_text(perfetto->out, "lesson", trace_lesson(perfetto->file));
	if (span->kind == SPAN_STATEMENT) {
		object_text(perfetto->out, "sql", event->sql);
		object_text(perfetto->out, "parameters", event->params);
	}
	object_end(perfetto->out);
	perfetto_end(perfetto);
	buf_free(&name);
}

/* What came of it, in the words of the log. */
static void perfetto_add_result(struct perfetto *perfetto, const struct span *span, const struct event *event)
{
	struct show_line line = {0};
	bool own = span->kind == SPAN_STATEMENT || (span->kind == SPAN_TXN && event->kind == EVENT_OUTCOME);
	show_line(&line, event);
	if (own)
		object_text(perfetto->out, "result", buf_text(&line.result));
	if (own && event->message && event->message[0])
		object_text(perfetto->out, "message", event->message);
	if (own && event->detail)
		object_text(perfetto->out, "detail", event->detail);
	if (span->kind == SPAN_STATEMENT)
		object_true(perfetto->out, "durable", event->durable);
	show_line_free(&line);
}

static void perfetto_span_ends(void *arg, const struct span *span, const struct event *event)
{
	struct perfetto *perfetto = arg;
	perfetto_begin(perfetto, "E", span->track, span->to_us);
	object_begin(perfetto->out, "args");
	if (event)
		perfetto_add_result(perfetto, span, event);
	object_true(perfetto->out, "not ended in the trace", span->cut);
	object_end(perfetto->out);
	perfetto_end(perfetto);
}

static void perfetto_mark_name(struct buf *name, const struct event *event)
{
	struct show_line line = {0};
	show_line(&line, event);
	if (event_failed(event))
		buf_str(name, buf_text(&line.result));
	else if (event->durable)
		buf_str(name, "durable from here");
	else
		buf_str(name, buf_text(&line.what));
	show_line_free(&line);
}

static void perfetto_mark(void *arg, size_t track, const struct span *in, const struct event *event)
{
	(void)in;
	struct perfetto *perfetto = arg;
	struct buf name = {0};
	perfetto_mark_name(&name, event);
	perfetto_begin(perfetto, "i", track, event->wall_us);
	object_text(perfetto->out, "s", "t");
	object_text(perfetto->out, "name", buf_text(&name));
	object_begin(perfetto->out, "args");
	object_number(perfetto->out, "event", (int64_t)event->number);
	object_text(perfetto->out, "message", event->message);
	object_end(perfetto->out);
	perfetto_end(perfetto);
	buf_free(&name);
}

/* An arrow from who holds to who waits. */
static void perfetto_arrow(struct perfetto *perfetto, const char *phase, size_t track, uint64_t at_us)
{
	perfetto_begin(perfetto, phase, track, at_us);
	object_text(perfetto->out, "cat", "blocked");
	object_text(perfetto->out, "name", "blocked by");
	object_number(perfetto->out, "id", perfetto->flows);
	if (phase[0] == 'f')
		object_text(perfetto->out, "bp", "e");
	perfetto_end(perfetto);
}

static void perfetto_blocked(void *arg, const struct span *wait, const struct span *by)
{
	struct perfetto *perfetto = arg;
	perfetto->flows++;
	perfetto_arrow(perfetto, "s", by->track, wait->from_us > by->from_us ? wait->from_us : by->from_us);
	perfetto_arrow(perfetto, "f", wait->track, wait->from_us);
}

enum status export_perfetto(struct export *export, struct err *err)
{
	(void)err;
	static const struct spans_ops ops = {perfetto_track, perfetto_span, perfetto_span_ends, perfetto_mark,
					     perfetto_blocked};
	struct perfetto perfetto = {.out = &export->out, .file = export->file};
	struct buf about = {0};
	trace_describe(&about, export->file);
	buf_str(&export->out, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
	perfetto_name(&export->out, "process_name", 0, "teller");
	spans_read(export, &ops, &perfetto);
	buf_str(&export->out, "],");
	buf_str(&export->out, "\"otherData\":{");
	object_text(&export->out, "trace of", buf_text(&about));
	object_number(&export->out, "first event, microseconds since 1970", (int64_t)perfetto.begin_us);
	buf_str(&export->out, "}}\n");
	buf_free(&about);
	return ST_OK;
}
