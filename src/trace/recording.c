/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a trace from any of its stops on: by its index, then line by line. */
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
	struct trace_place place;          /* the stop that was read last; the states are those up to the next one */
	uint64_t next;                     /* byte of the line of the next stop; UINT64_MAX: there is none */
	struct json_object *event, *state; /* that were given last */
	struct recorded given;             /* the stop at `place`; borrows from `event`, or `notice` */
	struct buf notice;
};

struct recording *recording_open(const char *path, struct err *err)
{
	struct recording *recording = NEW(struct recording);
	recording->header = trace_open(path, err);
	if (recording->header)
		recording->index = trace_index_read(path, err);
	if (recording->index)
		recording->scan = scan_open(path, err);
	if (recording->scan && trace_index_stops(recording->index) > 0)
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

uint64_t recording_stops(const struct recording *recording)
{
	return trace_index_stops(recording->index);
}

bool recording_cut(const struct recording *recording)
{
	return trace_index_cut(recording->index);
}

void recording_describe(struct buf *out, const struct recording *recording)
{
	trace_describe(out, recording->header);
}

/* ---- one stop ---- */

static void recording_say(struct recording *recording, const char *what)
{
	recording->given.is_event = true;
	recording->given.event = (struct event){.kind = EVENT_NOTICE, .message = what};
}

static void recording_take_event(struct recording *recording, const struct scan_line *line)
{
	struct buf *notice = &recording->notice;
	json_object_free(recording->event);
	recording->event = line->is_long ? NULL : json_line_read(line->text, line->n);
	int64_t gone = recording->event ? json_object_number(recording->event, "gone", 0) : 0;
	recording->given.is_event = true;
	if (recording->event && entry_read_event(recording->event, trace_index_refs(recording->index),
						 &recording->place.base, &recording->given.event))
		return;
	buf_clear(notice);
	if (gone > 0)
		buf_fmt(notice, "%" PRId64 " events were gone before they could be written", gone);
	else
		buf_fmt(notice, "event %" PRIu64 " is %s, left out", recording->place.stop,
			line->is_long ? "too long" : "no event");
	recording_say(recording, buf_text(notice));
}

static void recording_take_player(struct recording *recording, const struct scan_line *line)
{
	struct json_object *player = line->is_long ? NULL : json_object_read(line->text, line->n);
	int64_t wall_us = player ? json_object_number(player, "wall_us", 0) : 0;
	recording->given.is_event = false;
	recording->given.event = (struct event){.wall_us = wall_us > 0 ? (uint64_t)wall_us : 0};
	json_object_free(player);
}

/* The time of the stop before it holds where it has none. */
static void recording_take(struct recording *recording, const struct scan_line *line)
{
	struct recorded *given = &recording->given;
	int state;
	if (scan_kind(line, &state) == SCAN_EVENT)
		recording_take_event(recording, line);
	else
		recording_take_player(recording, line);
	given->wall_us = given->event.wall_us ? given->event.wall_us : given->wall_us;
	given->event.wall_us = given->wall_us;
	given->events = recording->place.events + given->is_event;
}

static void recording_note_base(struct trace_place *place, const struct scan_line *line)
{
	struct json_object *base = NULL;
	if (refs_is_base(line->text, line->n))
		base = json_object_read(line->text, line->n);
	if (base)
		entry_read_base(base, &place->base);
	json_object_free(base);
}

/* A line that is no stop, on the way. */
static void recording_note(struct trace_place *place, const struct scan_line *line, int state)
{
	if (state < TRACE_STATE_COUNT)
		place->state[state] = line->at;
	else
		recording_note_base(place, line);
}

/* Remembers the states of the stop, up to the next one. */
static void recording_note_states(struct recording *recording)
{
	struct scan_line line;
	int state;
	recording->next = UINT64_MAX;
	while (scan_next(recording->scan, &line) && !line.cut) {
		if (scan_stops(&line, &state)) {
			recording->next = line.at;
			return;
		}
		recording_note(&recording->place, &line, state);
	}
}

/* From the stop that was read last, where the one that is wanted is not far behind it; else from the index. */
static struct trace_place recording_from(const struct recording *recording, uint64_t number)
{
	struct trace_place before = trace_index_before(recording->index, number), last = recording->place;
	if (last.stop >= number || last.stop < before.stop || recording->next == UINT64_MAX)
		return before;
	last.stop++;
	last.events += recording->given.is_event;
	last.at = recording->next;
	return last;
}

/* One line on the way; true where it is the stop that is wanted. */
static bool recording_pass(struct trace_place *place, const struct scan_line *line, uint64_t number)
{
	int state = TRACE_STATE_COUNT;
	bool stops = scan_stops(line, &state), is_event = stops && state == TRACE_STATE_COUNT;
	if (!is_event)
		recording_note(place, line, state);
	if (stops && place->stop == number)
		return true;
	place->stop += stops;
	place->events += is_event;
	return false;
}

/* The line of that stop is given. */
static bool recording_go(struct recording *recording, uint64_t number, struct scan_line *line)
{
	recording->place = recording_from(recording, number);
	scan_go(recording->scan, recording->place.at);
	while (scan_next(recording->scan, line) && !line->cut)
		if (recording_pass(&recording->place, line, number))
			return true;
	recording->place.stop = number;
	return false;
}

void recording_stop(struct recording *recording, uint64_t number, struct recorded *out)
{
	struct scan_line line;
	if (recording->place.stop == number) {
		*out = recording->given;
		return;
	}
	if (recording_go(recording, number, &line)) {
		recording_take(recording, &line);
		recording_note_states(recording);
	} else {
		recording_say(recording, "the trace cannot be read any more from here on");
		recording->given.event.wall_us = recording->given.wall_us;
		recording->given.events = recording->place.events + 1;
		recording->next = UINT64_MAX;
	}
	*out = recording->given;
}

/* ---- one state ---- */

uint64_t recording_state_at(struct recording *recording, uint64_t number, enum trace_state state)
{
	struct recorded at;
	if (recording->place.stop != number)
		recording_stop(recording, number, &at);
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
