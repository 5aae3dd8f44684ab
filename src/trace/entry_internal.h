/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of a trace: the header or an event as one JSON object, written and read. */
#ifndef TRACE_ENTRY_INTERNAL_H
#define TRACE_ENTRY_INTERNAL_H

#include "base/buf.h"
#include "event/event.h"
#include "event/json.h"
#include "texts_internal.h"
#include "trace/state.h"
#include "trace/trace.h"

/* 1: the text of each statement in each of its lines; 2: of most of them by a number. Both are read. */
enum { ENTRY_FORMAT = 2, ENTRY_LINE_MAX = 512 << 10 /* bytes; a longer line is never written, and left out */ };

/* The enum as a word, and back: how many words there are, or -1 for no such word. */
const char *entry_kind(enum event_kind kind);
const char *entry_verb(enum verb verb);
const char *entry_outcome(enum outcome outcome);
const char *entry_session(enum session session);
int entry_kind_of(const char *word);
int entry_verb_of(const char *word);
int entry_outcome_of(const char *word);
int entry_session_of(const char *word);
const char *entry_state(enum trace_state state);
int entry_state_of(const char *word, size_t n); /* TRACE_STATE_COUNT for no such word */

/* Each appends one line, without a newline; an event's text that is new has a line before it. A byte that is no text stands there as people see it: \xe9. */
void entry_write_header(struct buf *out, const struct trace_about *about, bool values);
void entry_write_event(struct buf *out, const struct event *event, bool values, struct texts *texts);
void entry_write_gap(struct buf *out, uint64_t events); /* so many were gone before they could be written */
void entry_write_state(struct buf *out, enum trace_state state, const struct buf *members);

/* False where the object is no event. Strings are borrowed from it, and from the texts. */
bool entry_read_event(const struct json_object *object, const struct texts *texts, struct event *event);

#endif
