/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of what exports write: slices of Chrome's trace events that nest, and spans in the shape of OTLP. */
#ifndef TRACE_TEST_SPANS_H
#define TRACE_TEST_SPANS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { SPANS_TRACKS = 64, SPANS_DEPTH = 8 };

/* All fail the test where it is not so. Texts are borrowed from the document. */
const char *spans_text(const json_t *object, const char *key); /* "" where there is none */
json_int_t spans_number(const json_t *object, const char *key);

/* A thread: what is open on it, and how far its time has come. */
struct track {
	const char *name;
	const char *open[SPANS_DEPTH];
	size_t nopen;
	json_int_t ts;
};

struct slices {
	struct track tracks[SPANS_TRACKS];
	size_t begun, marks, arrows, heads;
};

/* All that begins ends, in the order of a stack, and time goes on. */
struct slices spans_check_slices(const json_t *document);
const json_t *spans_find_event(const json_t *document, const char *phase, const char *name); /* holds that name */
size_t spans_find_track(const struct slices *slices, const char *name);                      /* begins with that name */

json_t *spans_of(const json_t *document);
const char *spans_attribute(const json_t *span, const char *key); /* "" where there is none */
unsigned long long spans_time(const json_t *object, const char *key);
const json_t *spans_with(const json_t *spans, const char *id);
const json_t *spans_named(const json_t *spans, const char *name, const char *key, const char *value);
void spans_check_parent(const json_t *spans, const json_t *span);
void spans_check(const json_t *spans);

#endif
