/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace as spans of OpenTelemetry in JSON (OTLP): a trace for each transaction, its statements as calls of a database. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "event/show.h"
#include "object_internal.h"
#include "spans_internal.h"
#include "src/trace/entry_internal.h"

enum {
	OTLP_INTERNAL = 1, /* enum SpanKind */
	OTLP_CLIENT = 3,
	OTLP_OK = 1, /* enum StatusCode */
	OTLP_ERROR = 2,
	OTLP_EVENTS_MAX = 128, /* of one span */
};

/* A span that has begun: what is known of it so far. */
struct otlp_open {
	uint64_t id;
	struct buf name, attributes, events, links;
	unsigned nevents, dropped;
};

struct otlp {
	struct buf *out;
	const struct trace_file *file;
	uint64_t seed; /* of the ids: the same trace has the same */
	const char *system;
	struct otlp_open *open; /* owned, the innermost of each track behind the outer ones */
	size_t nopen;
};

/* ---- ids and times ---- */

static uint64_t otlp_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	x ^= x >> 31;
	return x ? x : 1; /* zeros are no id */
}

static void otlp_trace_id(struct buf *out, const struct otlp *otlp, const char *key, uint64_t root)
{
	char id[33];
	snprintf(id, sizeof id, "%016" PRIx64 "%016" PRIx64, otlp_mix(otlp->seed), otlp_mix(otlp->seed ^ ~root));
	object_text(out, key, id);
}

static void otlp_span_id(struct buf *out, const struct otlp *otlp, const char *key, uint64_t span)
{
	char id[17];
	snprintf(id, sizeof id, "%016" PRIx64, otlp_mix(otlp->seed + otlp_mix(span)));
	object_text(out, key, id);
}

/* 64 bits are written as texts. */
static void otlp_time(struct buf *out, const char *key, uint64_t us)
{
	const uint64_t last = INT64_MAX / 1000;
	char ns[24];
	snprintf(ns, sizeof ns, "%" PRIu64, (us < last ? us : last) * 1000);
	object_text(out, key, ns);
}

/* ---- attributes ---- */

static void otlp_text(struct buf *out, const char *key, const char *text)
{
	if (!text || !text[0])
		return;
	object_begin(out, NULL);
	object_text(out, "key", key);
	object_begin(out, "value");
	object_text(out, "stringValue", text);
	object_end(out);
	object_end(out);
}

static void otlp_number(struct buf *out, const char *key, int64_t number)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRId64, number);
	object_begin(out, NULL);
	object_text(out, "key", key);
	object_begin(out, "value");
	object_text(out, "intValue", text);
	object_end(out);
	object_end(out);
}

static void otlp_true(struct buf *out, const char *key, bool value)
{
	if (!value)
		return;
	object_begin(out, NULL);
	object_text(out, "key", key);
	object_begin(out, "value");
	object_true(out, "boolValue", true);
	object_end(out);
	object_end(out);
}

/* ---- spans that are open ---- */

static struct otlp_open *otlp_find(struct otlp *otlp, uint64_t id)
{
	for (size_t i = otlp->nopen; i-- > 0;)
		if (otlp->open[i].id == id)
			return &otlp->open[i];
	return NULL;
}

static struct otlp_open *otlp_new(struct otlp *otlp, uint64_t id)
{
	otlp->open = mem_resize(otlp->open, otlp->nopen + 1, sizeof *otlp->open);
	otlp->open[otlp->nopen] = (struct otlp_open){.id = id};
	return &otlp->open[otlp->nopen++];
}

static void otlp_forget(struct otlp *otlp, struct otlp_open *open)
{
	size_t i = (size_t)(open - otlp->open);
	buf_free(&open->name);
	buf_free(&open->attributes);
	buf_free(&open->events);
	buf_free(&open->links);
	otlp->nopen--;
	memmove(open, open + 1, (otlp->nopen - i) * sizeof *open);
}

static void otlp_add_event(struct otlp_open *open, uint64_t at_us, const char *name, const struct event *event)
{
	if (open->nevents == OTLP_EVENTS_MAX) {
		open->dropped++;
		return;
	}
	open->nevents++;
	object_begin(&open->events, NULL);
	otlp_time(&open->events, "timeUnixNano", at_us);
	object_text(&open->events, "name", name);
	object_list(&open->events, "attributes");
	otlp_number(&open->events, "teller.event", (int64_t)event->number);
	if (event->attempt)
		otlp_number(&open->events, "teller.attempt", event->attempt);
	otlp_text(&open->events, "db.response.status_code", event->sqlstate);
	otlp_text(&open->events, "teller.message", event->message);
	object_list_end(&open->events);
	object_end(&open->events);
}

/* ---- what a span is ---- */

/* "SELECT"; of what is none of these, a word that names it. */
static void otlp_operation(struct buf *out, enum verb verb)
{
	for (const char *p = verb == VERB_OTHER ? "statement" : entry_verb(verb); *p; p++)
		buf_char(out, verb == VERB_OTHER ? *p : (char)toupper((unsigned char)*p));
}

/* Few names for many spans: what each is about stands in its attributes. */
static void otlp_name(struct buf *name, enum span_kind kind, const struct event *event)
{
	if (spans_name(name, kind, event))
		return;
	if (kind == SPAN_STATEMENT)
		otlp_operation(name, event->verb);
	else
		buf_str(name, "wait for a lock");
}

static void otlp_add_statement(const struct otlp *otlp, struct buf *out, const struct event *event)
{
	struct buf operation = {0};
	otlp_operation(&operation, event->verb);
	otlp_text(out, "db.system.name", otlp->system);
	otlp_text(out, "db.operation.name", buf_text(&operation));
	otlp_text(out, "db.query.text", event->sql);
	otlp_text(out, "teller.parameters", event->params);
	otlp_number(out, "teller.statement", event->statement);
	otlp_number(out, "teller.round_trip", event->round_trip);
	buf_free(&operation);
}

static void otlp_add_holder(struct buf *out, const struct event_holder *holder)
{
	otlp_text(out, "teller.blocked_by.application", holder->name);
	otlp_text(out, "teller.blocked_by.user", holder->user);
	otlp_text(out, "teller.blocked_by.state", holder->state);
	otlp_text(out, "teller.blocked_by.holds", holder->holds);
	if (holder->pid)
		otlp_number(out, "teller.blocked_by.pid", holder->pid);
}

static void otlp_track(void *arg, size_t track, const char *name)
{
	(void)arg, (void)track, (void)name;
}

static void otlp_begin(void *arg, const struct span *span, const struct event *event)
{
	struct otlp *otlp = arg;
	if (span->kind == SPAN_HOLD)
		return;
	struct otlp_open *open = otlp_new(otlp, span->id), *outer = otlp_find(otlp, span->parent);
	otlp_name(&open->name, span->kind, event);
	otlp_text(&open->attributes, "teller.session", event->lane ? event->lane : show_session(event->session));
	if (event->txn)
		otlp_number(&open->attributes, "teller.transaction", event->txn);
	if (event->attempt)
		otlp_number(&open->attributes, "teller.attempt", event->attempt);
	if (span->kind == SPAN_TXN && (event->lane || event->session == SESSION_LAB))
		otlp_text(&open->attributes, "teller.lesson", trace_lesson(otlp->file));
	if (span->kind == SPAN_STATEMENT)
		otlp_add_statement(otlp, &open->attributes, event);
	if (span->kind == SPAN_WAIT)
		otlp_add_holder(&open->attributes, &event->holder);
	if (span->kind == SPAN_ATTEMPT && event->attempt > 1 && outer)
		otlp_add_event(outer, span->from_us, "retry", event);
}

/* ---- what came of it ---- */

static void otlp_add_answer(struct buf *out, const struct event *event)
{
	if (event->verb == VERB_SELECT && event->rows >= 0)
		otlp_number(out, "db.response.returned_rows", event->rows);
	otlp_text(out, "db.response.status_code", event->sqlstate);
	otlp_text(out, "error.type", event->unanswered ? "no answer" : event->sqlstate);
	otlp_text(out, "teller.answer", event->values);
	otlp_text(out, "teller.tag", event->tag);
	otlp_text(out, "teller.detail", event->detail);
	otlp_true(out, "teller.durable", event->durable);
}

static void otlp_add_end(struct otlp_open *open, const struct span *span, const struct event *event)
{
	struct buf *out = &open->attributes;
	if (span->kind == SPAN_STATEMENT && event)
		otlp_add_answer(out, event);
	if (span->kind == SPAN_TXN && event && event->kind == EVENT_OUTCOME) {
		otlp_text(out, "teller.outcome", show_outcome(event->outcome));
		otlp_number(out, "teller.attempts", event->attempt);
	}
	otlp_true(out, "teller.cut", span->cut);
}

static void otlp_status(struct buf *out, const struct span *span, const struct event *event)
{
	bool statement = span->kind == SPAN_STATEMENT && event;
	bool txn = span->kind == SPAN_TXN && event && event->kind == EVENT_OUTCOME;
	bool failed = (statement && (event_failed(event) || event->unanswered)) ||
		      (txn && event->outcome != OUTCOME_COMMITTED);
	object_begin(out, "status");
	if (failed)
		object_text(out, "message", event->message);
	if (statement || txn)
		object_number(out, "code", failed ? OTLP_ERROR : OTLP_OK);
	object_end(out);
}

/* A list that was gathered. */
static void otlp_list(struct buf *out, const char *key, const struct buf *items)
{
	if (!items->len)
		return;
	object_list(out, key);
	buf_add(out, items->p[0] == ',' ? items->p + 1 : items->p, items->p[0] == ',' ? items->len - 1 : items->len);
	object_list_end(out);
}

static void otlp_write(struct otlp *otlp, const struct otlp_open *open, const struct span *span,
		       const struct event *event)
{
	struct buf *out = otlp->out;
	object_begin(out, NULL);
	otlp_trace_id(out, otlp, "traceId", span->root);
	otlp_span_id(out, otlp, "spanId", span->id);
	if (span->parent)
		otlp_span_id(out, otlp, "parentSpanId", span->parent);
	object_text(out, "name", buf_text(&open->name));
	object_number(out, "kind", span->kind == SPAN_STATEMENT ? OTLP_CLIENT : OTLP_INTERNAL);
	otlp_time(out, "startTimeUnixNano", span->from_us);
	otlp_time(out, "endTimeUnixNano", span->to_us);
	otlp_list(out, "attributes", &open->attributes);
	otlp_list(out, "events", &open->events);
	if (open->dropped)
		object_number(out, "droppedEventsCount", open->dropped);
	otlp_list(out, "links", &open->links);
	otlp_status(out, span, event);
	object_end(out);
	buf_char(out, '\n');
}

static void otlp_end(void *arg, const struct span *span, const struct event *event)
{
	struct otlp *otlp = arg;
	struct otlp_open *open = otlp_find(otlp, span->id);
	if (!open)
		return;
	otlp_add_end(open, span, event);
	otlp_write(otlp, open, span, event);
	otlp_forget(otlp, open);
}

static void otlp_mark(void *arg, size_t track, const struct span *in, const struct event *event)
{
	(void)track;
	struct otlp *otlp = arg;
	struct otlp_open *open = in ? otlp_find(otlp, in->id) : NULL;
	const char *name = event_failed(event) ? "error" : event->durable ? "durable" : entry_kind(event->kind);
	bool savepoint = event->kind == EVENT_RESULT && !event_failed(event) && !event->durable;
	if (open)
		otlp_add_event(open, event->wall_us, savepoint ? entry_verb(event->verb) : name, event);
}

static void otlp_blocked(void *arg, const struct span *wait, const struct span *by)
{
	struct otlp *otlp = arg;
	struct otlp_open *open = otlp_find(otlp, wait->id);
	if (!open || by->kind == SPAN_HOLD)
		return;
	object_begin(&open->links, NULL);
	otlp_trace_id(&open->links, otlp, "traceId", by->root);
	otlp_span_id(&open->links, otlp, "spanId", by->id);
	object_end(&open->links);
}

static void otlp_head(struct otlp *otlp, const struct trace_origin *origin)
{
	struct buf *out = otlp->out;
	buf_str(out, "{\"resourceSpans\":[{\"resource\":{\"attributes\":[");
	otlp_text(out, "service.name", "teller");
	otlp_text(out, "service.version", origin->teller);
	otlp_text(out, "teller.server", origin->server);
	otlp_text(out, "teller.server_version", origin->server_version);
	buf_str(out, "]},\"scopeSpans\":[{\"scope\":{");
	object_text(out, "name", "teller");
	object_text(out, "version", origin->teller);
	buf_str(out, "},\"spans\":[");
}

enum status export_otlp(struct export *export, struct err *err)
{
	(void)err;
	static const struct spans_ops ops = {otlp_track, otlp_begin, otlp_end, otlp_mark, otlp_blocked};
	struct trace_origin origin = trace_origin(export->file);
	bool cockroach = strncasecmp(origin.server, "Cockroach", strlen("Cockroach")) == 0;
	struct otlp otlp = {.out = &export->out, .file = export->file, .seed = otlp_mix(origin.wall_us)};
	otlp.system = cockroach ? "cockroachdb" : "postgresql";
	otlp_head(&otlp, &origin);
	spans_read(export, &ops, &otlp);
	buf_str(&export->out, "]}]}]}\n");
	free(otlp.open);
	return ST_OK;
}
