/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of what exports write: slices of Chrome's trace events that nest, and spans in the shape of OTLP. */
#include "tests/trace/spans.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

const char *spans_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

json_int_t spans_number(const json_t *object, const char *key)
{
	const json_t *number = json_object_get(object, key);
	if (!json_is_integer(number))
		fail_msg("%s is no number", key);
	return json_integer_value(number);
}

/* ---- slices ---- */

static void spans_take_slice(struct track *track, const json_t *event, const char *phase)
{
	json_int_t ts = spans_number(event, "ts");
	assert_true(ts >= track->ts);
	track->ts = ts;
	if (phase[0] == 'B') {
		assert_true(track->nopen < SPANS_DEPTH);
		track->open[track->nopen++] = spans_text(event, "name");
		assert_true(spans_text(event, "name")[0] != '\0');
	} else {
		assert_true(track->nopen > 0);
		track->nopen--;
	}
}

static void spans_take_event(struct slices *slices, const json_t *event)
{
	const char *phase = spans_text(event, "ph");
	bool process = strcmp(spans_text(event, "name"), "process_name") == 0;
	assert_int_equal(spans_number(event, "pid"), 1);
	json_int_t tid = process ? 0 : spans_number(event, "tid");
	assert_true(tid >= 0 && tid < SPANS_TRACKS);
	struct track *track = &slices->tracks[tid];
	assert_int_equal(strlen(phase), 1);
	if (strcmp(spans_text(event, "name"), "thread_name") == 0)
		track->name = spans_text(json_object_get(event, "args"), "name");
	else if (!process && phase[0] != 'M')
		assert_non_null(track->name); /* before it is used */
	slices->begun += phase[0] == 'B';
	slices->marks += phase[0] == 'i';
	slices->arrows += phase[0] == 's';
	slices->heads += phase[0] == 'f';
	if (phase[0] == 'B' || phase[0] == 'E')
		spans_take_slice(track, event, phase);
	else if (!strchr("Misf", phase[0]))
		fail_msg("unknown phase %s", phase);
}

/* All that begins ends, in the order of a stack, and time goes on. */
struct slices spans_check_slices(const json_t *document)
{
	struct slices slices = {0};
	size_t i;
	json_t *event;
	json_array_foreach(json_object_get(document, "traceEvents"), i, event) spans_take_event(&slices, event);
	for (size_t t = 0; t < SPANS_TRACKS; t++)
		assert_int_equal(slices.tracks[t].nopen, 0);
	assert_int_equal(slices.arrows, slices.heads);
	return slices;
}

/* The first event of that phase and name behind `from`. */
const json_t *spans_find_event(const json_t *document, const char *phase, const char *name)
{
	size_t i;
	json_t *event;
	json_array_foreach(json_object_get(document, "traceEvents"), i, event)
	{
		if (strcmp(spans_text(event, "ph"), phase) == 0 && strstr(spans_text(event, "name"), name))
			return event;
	}
	fail_msg("there is no %s \"%s\"", phase, name);
	return NULL;
}

size_t spans_find_track(const struct slices *slices, const char *name)
{
	for (size_t t = 0; t < SPANS_TRACKS; t++)
		if (slices->tracks[t].name && strncmp(slices->tracks[t].name, name, strlen(name)) == 0)
			return t;
	fail_msg("there is no track \"%s\"", name);
	return 0;
}

/* ---- OpenTelemetry ---- */

json_t *spans_of(const json_t *document)
{
	const json_t *resource = json_array_get(json_object_get(document, "resourceSpans"), 0);
	const json_t *attributes = json_object_get(json_object_get(resource, "resource"), "attributes");
	const json_t *scope = json_array_get(json_object_get(resource, "scopeSpans"), 0);
	const json_t *service = json_array_get(attributes, 0);
	assert_string_equal(spans_text(service, "key"), "service.name");
	assert_string_equal(spans_text(json_object_get(service, "value"), "stringValue"), "teller");
	assert_string_equal(spans_text(json_object_get(scope, "scope"), "name"), "teller");
	return json_object_get(scope, "spans");
}

const char *spans_attribute(const json_t *span, const char *key)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(span, "attributes"), i, one)
	{
		const json_t *value = json_object_get(one, "value");
		if (strcmp(spans_text(one, "key"), key) == 0)
			return spans_text(value, "stringValue")[0] ? spans_text(value, "stringValue")
								   : spans_text(value, "intValue");
	}
	return "";
}

static void spans_check_id(const json_t *object, const char *key, size_t digits)
{
	const char *id = spans_text(object, key);
	if (strlen(id) != digits || strspn(id, "0123456789abcdef") != digits || strspn(id, "0") == digits)
		fail_msg("%s is \"%s\"", key, id);
}

unsigned long long spans_time(const json_t *object, const char *key)
{
	const char *text = spans_text(object, key);
	if (!text[0] || strspn(text, "0123456789") != strlen(text))
		fail_msg("%s is \"%s\"", key, text);
	return strtoull(text, NULL, 10);
}

const json_t *spans_with(const json_t *spans, const char *id)
{
	size_t i;
	json_t *span;
	json_array_foreach(spans, i, span) if (strcmp(spans_text(span, "spanId"), id) == 0) return span;
	fail_msg("there is no span %s", id);
	return NULL;
}

void spans_check_parent(const json_t *spans, const json_t *span)
{
	if (!json_object_get(span, "parentSpanId"))
		return;
	const json_t *parent = spans_with(spans, spans_text(span, "parentSpanId"));
	assert_string_equal(spans_text(span, "traceId"), spans_text(parent, "traceId"));
	assert_true(spans_time(parent, "startTimeUnixNano") <= spans_time(span, "startTimeUnixNano"));
	assert_true(spans_time(parent, "endTimeUnixNano") >= spans_time(span, "endTimeUnixNano"));
}

static void spans_check_one(const json_t *spans, const json_t *span, size_t i)
{
	json_int_t kind = spans_number(span, "kind");
	spans_check_id(span, "traceId", 32);
	spans_check_id(span, "spanId", 16);
	assert_true(json_array_get(spans, i) ==
		    spans_with(spans, spans_text(span, "spanId"))); /* no other has that id */
	assert_true(spans_time(span, "startTimeUnixNano") <= spans_time(span, "endTimeUnixNano"));
	assert_true(kind == 1 || kind == 3);
	assert_true(json_is_object(json_object_get(span, "status")));
	assert_true((kind == 3) == (spans_attribute(span, "db.query.text")[0] != '\0'));
	if (kind == 3)
		assert_string_equal(spans_attribute(span, "db.system.name"), "postgresql");
	spans_check_parent(spans, span);
	json_t *event;
	json_array_foreach(json_object_get(span, "events"), i, event)
	{
		spans_time(event, "timeUnixNano");
		assert_true(spans_text(event, "name")[0] != '\0');
	}
}

void spans_check(const json_t *spans)
{
	size_t i;
	json_t *span;
	assert_true(json_is_array(spans));
	json_array_foreach(spans, i, span) spans_check_one(spans, span, i);
}

const json_t *spans_named(const json_t *spans, const char *name, const char *key, const char *value)
{
	size_t i;
	json_t *span;
	json_array_foreach(spans, i, span)
	{
		if (strcmp(spans_text(span, "name"), name) == 0 && strcmp(spans_attribute(span, key), value) == 0)
			return span;
	}
	fail_msg("there is no span %s with %s %s", name, key, value);
	return NULL;
}
