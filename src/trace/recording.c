/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a trace from any of its events on: by its index, then line by line. */
#include "trace/recording.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "entry_internal.h"
#include "scan_internal.h"
#include "trace/index.h"
#include "trace/read.h"

struct recording {
	struct trace_file *header;
	struct trace_index *index;
	struct scan *scan;
	struct trace_place place;          /* before the event that was read last: the states are those behind it */
	uint64_t next;                     /* byte of the line behind those states */
	struct json_object *event, *state; /* that were given last */
	struct event given;                /* the event at `place`; borrows from `event`, or `notice` */
	struct buf notice;
	uint64_t wall_us; /* of the event that was read last */
};

struct recording *recording_open(const char *path, struct err *err)
{
	struct recording *recording = NEW(struct recording);
	recording->header = trace_open(path, err);
	if (recording->header)
		recording->index = trace_index_read(path, err);
	if (recording->index)
		recording->scan = scan_open(path, err);
	if (recording->scan && trace_index_events(recording->index) > 0)
		return recording;
	if (recording->scan)
		err_set(err, ST_OWN, "%.300s has no events: there is nothing to play", path);
	recording_close(recording);
	return NULL;
}

void recording_close(struct recording *recording)
{
	if (!recording)
		return;
	trace_close(recording->header);
	trace_index_free(recording->index);
	scan_free(recording->scan);
	json_object_free(recording->event);
	json_object_free(recording->state);
	buf_free(&recording->notice);
	free(recording);
}

uint64_t recording_events(const struct recording *recording)
{
	return trace_index_events(recording->index);
}

bool recording_cut(const struct recording *recording)
{
	return trace_index_cut(recording->index);
}

void recording_describe(struct buf *out, const struct recording *recording)
{
	trace_describe(out, recording->header);
}

/* ---- one event ---- */

static void recording_say(struct recording *recording, struct event *event, const char *why)
{
	buf_clear(&recording->notice);
	buf_fmt(&recording->notice, "event %" PRIu64 " of the trace: %s", recording->place.event, why);
	*event = (struct event){.kind = EVENT_NOTICE, .message = buf_text(&recording->notice)};
}

static void recording_take(struct recording *recording, const struct scan_line *line, struct event *event)
{
	json_object_free(recording->event);
	recording->event = line->is_long ? NULL : json_object_read(line->text, line->n);
	int64_t gone = recording->event ? json_object_number(recording->event, "gone", 0) : 0;
	if (recording->event && entry_read_event(recording->event, event)) {
		recording->wall_us = event->wall_us ? event->wall_us : recording->wall_us;
	} else if (gone > 0) {
		recording_say(recording, event, "");
		buf_clear(&recording->notice);
		buf_fmt(&recording->notice, "%" PRId64 " events were gone before they could be written", gone);
	} else {
		recording_say(recording, event,
			      line->is_long ? "its line is too long, and is left out"
					    : "its line is none, and is left out");
	}
}

/* Remembers the states behind the event, up to the next one. */
static void recording_note_states(struct recording *recording)
{
	struct scan_line line;
	int state;
	recording->next = UINT64_MAX;
	while (scan_next(recording->scan, &line) && !line.cut) {
		if (scan_kind(&line, &state) == SCAN_EVENT) {
			recording->next = line.at;
			return;
		}
		if (state < TRACE_STATE_COUNT)
			recording->place.state[state] = line.at;
	}
}

/* The line of that event is the next one. */
static bool recording_go(struct recording *recording, uint64_t number, struct scan_line *line)
{
	struct trace_place before = trace_index_before(recording->index, number);
	if (recording->place.event < number && recording->place.event >= before.event &&
	    recording->next != UINT64_MAX) {
		before = recording->place;
		before.event++;
		before.at = recording->next;
	}
	recording->place = before;
	scan_go(recording->scan, before.at);
	while (scan_next(recording->scan, line) && !line->cut) {
		int state;
		if (scan_kind(line, &state) == SCAN_EVENT && recording->place.event++ == number)
			break;
		if (scan_kind(line, &state) == SCAN_STATE && state < TRACE_STATE_COUNT)
			recording->place.state[state] = line->at;
	}
	bool there = recording->place.event == number + 1;
	recording->place.event = number;
	return there;
}

void recording_event(struct recording *recording, uint64_t number, struct event *event)
{
	struct scan_line line;
	if (recording->place.event == number) {
		*event = recording->given;
		return;
	}
	if (recording_go(recording, number, &line)) {
		recording_take(recording, &line, event);
		recording_note_states(recording);
	} else {
		recording_say(recording, event, "its line cannot be read any more");
		recording->next = UINT64_MAX;
	}
	event->wall_us = recording->wall_us;
	recording->given = *event;
}

/* ---- one state ---- */

uint64_t recording_state_at(struct recording *recording, uint64_t number, enum trace_state state)
{
	struct event event;
	if (recording->place.event != number)
		recording_event(recording, number, &event);
	return recording->place.state[state];
}

const struct json_object *recording_state(struct recording *recording, uint64_t number, enum trace_state state)
{
	struct scan_line line;
	uint64_t at = recording_state_at(recording, number, state);
	json_object_free(recording->state);
	recording->state = NULL;
	if (at == 0)
		return NULL;
	scan_go(recording->scan, at);
	if (scan_next(recording->scan, &line) && !line.is_long)
		recording->state = json_object_read(line.text, line.n);
	return recording->state;
}
