/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of a trace: the header, or an event as one JSON object or list, written and read. */
#ifndef TRACE_ENTRY_INTERNAL_H
#define TRACE_ENTRY_INTERNAL_H

#include "base/buf.h"
#include "event/event.h"
#include "event/json.h"
#include "forms_internal.h"
#include "refs_internal.h"
#include "texts_internal.h"
#include "trace/state.h"
#include "trace/trace.h"

/* 1: the text of each statement in each of its lines; 2: of most of them by a number; 3: most events as lists, by their
 * forms. All are read. */
enum { ENTRY_FORMAT = 3, ENTRY_LINE_MAX = 512 << 10 /* bytes; a longer line is never written, and left out */ };

#define ENTRY_WALL_MAX UINT64_C(253402300799000000) /* microseconds: the end of the year 9999 */

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

/* What was written, and lines that follow refer to. */
struct entry_writer {
	struct texts *texts;
	struct forms *forms;
	struct trace_base base; /* once it is `based` */
	bool based, values;
};

/* Each appends a line with its newline, and before it those that are needed first: texts, forms, a base. A byte that
 * is no text stands there as people see it: \xe9. */
void entry_write_header(struct buf *out, const struct trace_about *about, bool values);
/* `kept`: event->sql is a text that stays where it is, and what it is, while the trace is written. */
void entry_write_event(struct buf *out, const struct event *event, bool kept, struct entry_writer *writer);
void entry_write_gap(struct buf *out, uint64_t events); /* so many were gone before they could be written */
void entry_write_state(struct buf *out, enum trace_state state, const struct buf *members);

/* Parts of them. */
extern const char entry_list_is[]; /* the sentence in the header */
void entry_write_base(struct buf *out, const struct trace_base *base);
void entry_write_list(struct buf *out, const struct event *event, unsigned form, struct entry_writer *writer);
const char *entry_message(const struct event *event, bool values); /* as it may be written */

/* False where the line is no event. Strings are borrowed from it, and from refs. */
bool entry_read_event(const struct json_object *line, const struct refs *refs, const struct trace_base *base,
		      struct event *event);
bool entry_read_list(const struct json_object *list, const struct refs *refs, const struct trace_base *base,
		     struct event *event);
/* The event of a form, with its statement's number, or 0; false where it is none. */
bool entry_read_form(const struct json_object *object, struct event *event, int64_t *sql);
void entry_read_base(const struct json_object *object, struct trace_base *base);

#endif
