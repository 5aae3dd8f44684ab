/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a trace as spans of time: each event begins one, ends one, or is a moment in one. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "spans_internal.h"

bool spans_name(struct buf *name, enum span_kind kind, const struct event *event)
{
	switch (kind) {
	case SPAN_TXN:
		buf_str(name, event->kind == EVENT_TXN && event->message ? event->message : "transaction");
		return true;
	case SPAN_ATTEMPT:
		buf_fmt(name, "attempt %u", event->attempt);
		return true;
	case SPAN_BACKOFF:
		buf_fmt(name, "wait before attempt %u", event->attempt);
		return true;
	case SPAN_SETTLE:
		buf_str(name, "settle");
		return true;
	case SPAN_STATEMENT:
	case SPAN_WAIT:
	case SPAN_HOLD:
		break;
	}
	return false;
}

static void spans_mark(struct spans *spans, struct spans_track *track, const struct event *event)
{
	spans->ops->mark(spans->arg, spans_number(spans, track), spans_innermost(track), event);
}

/* ---- what the engine does ---- */

static void spans_txn(struct spans *spans, struct spans_track *track, const struct event *event)
{
	spans_cut(spans, track, event->wall_us); /* a lesson's BEGIN without an end */
	track->txn = event->txn;
	spans_begin(spans, track, SPAN_TXN, event->wall_us, event);
}

/* What came before it in the transaction is over. */
static void spans_step(struct spans *spans, struct spans_track *track, const struct event *event)
{
	static const enum span_kind kinds[] = {SPAN_ATTEMPT, SPAN_BACKOFF, SPAN_SETTLE};
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		spans_end_kind(spans, track, kinds[i], event->wall_us, event);
}

static void spans_settle(struct spans *spans, struct spans_track *track, const struct event *event)
{
	if (!spans_is_open(track, SPAN_SETTLE)) {
		spans_step(spans, track, event);
		spans_begin(spans, track, SPAN_SETTLE, event->wall_us, event);
	} else {
		spans_mark(spans, track, event);
	}
}

static void spans_outcome(struct spans *spans, struct spans_track *track, const struct event *event)
{
	spans_step(spans, track, event);
	spans_end_kind(spans, track, SPAN_TXN, event->wall_us, event);
	track->txn = 0;
}

/* ---- statements ---- */

static bool spans_is_moment(const struct event *event)
{
	bool savepoint =
		event->verb == VERB_SAVEPOINT || event->verb == VERB_RELEASE || event->verb == VERB_ROLLBACK_TO;
	return event_failed(event) || event->durable || (savepoint && !event->skipped);
}

static void spans_result(struct spans *spans, struct spans_track *track, const struct event *event)
{
	spans_answered(spans, track, event);
	if (spans_is_moment(event))
		spans_mark(spans, track, event);
}

static void spans_lost(struct spans *spans, struct spans_track *track, const struct event *event)
{
	spans_mark(spans, track, event);
	if (!track->txn)
		spans_cut(spans, track, event->wall_us);
}

static void spans_tell(struct spans *spans, struct spans_track *track, const struct event *event)
{
	switch (event->kind) {
	case EVENT_TXN:
		spans_txn(spans, track, event);
		return;
	case EVENT_ATTEMPT:
		spans_step(spans, track, event);
		spans_begin(spans, track, SPAN_ATTEMPT, event->wall_us, event);
		return;
	case EVENT_BACKOFF:
		spans_step(spans, track, event);
		spans_begin(spans, track, SPAN_BACKOFF, event->wall_us, event);
		return;
	case EVENT_SETTLE:
		spans_settle(spans, track, event);
		return;
	case EVENT_OUTCOME:
		spans_outcome(spans, track, event);
		return;
	case EVENT_SENT:
		spans_sent(track, event);
		return;
	case EVENT_RESULT:
		spans_result(spans, track, event);
		return;
	case EVENT_BLOCKED:
		spans_blocked(track, event);
		return;
	case EVENT_LOST:
		spans_lost(spans, track, event);
		return;
	case EVENT_CONNECTED:
	case EVENT_NOTICE:
	case EVENT_LEVER:
		spans_mark(spans, track, event);
		return;
	}
}

/* ---- all of it ---- */

static void spans_event(struct spans *spans, const struct event *event)
{
	struct spans_track *track = spans_track(spans, event);
	if (event->wall_us > spans->last_us)
		spans->last_us = event->wall_us;
	if (!track) {
		spans->crowded++;
		return;
	}
	if (event->kind == EVENT_ATTEMPT)
		track->txn = event->txn; /* its start may not be in the trace */
	spans_tell(spans, track, event);
}

/* What had not ended with the trace ends with it. */
static void spans_close(struct spans *spans)
{
	for (size_t i = 0; i < spans->ntracks; i++)
		spans_cut(spans, spans->tracks[i], spans->last_us);
	for (size_t i = 0; i < spans->ntracks; i++)
		free(spans->tracks[i]);
}

static void spans_left_out(const struct spans *spans, uint64_t gone, struct buf *said)
{
	if (gone)
		buf_fmt(said, "%" PRIu64 " %s gone before they could be written\n", gone,
			text_plural(gone, "event was", "events were"));
	if (spans->crowded)
		buf_fmt(said, "%" PRIu64 " events of more than %d sessions are left out\n", spans->crowded,
			SPANS_TRACKS_MAX);
}

void spans_read(struct export *export, const struct spans_ops *ops, void *arg)
{
	struct spans *spans = NEW(struct spans);
	struct event event;
	uint64_t gone = 0, all_gone = 0;
	spans->ops = ops;
	spans->arg = arg;
	while (trace_next(export->file, &event, &gone)) {
		all_gone += gone;
		if (!export_in_range(export, event.number))
			continue;
		spans_event(spans, &event);
		if (export->out.len > SPANS_FLUSH)
			export_flush(export);
	}
	spans_close(spans);
	spans_left_out(spans, all_gone, export->said);
	free(spans);
}
