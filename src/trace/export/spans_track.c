/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tracks of a trace: one for each session, more where it makes several transactions at once; what is open on each. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "event/show.h"
#include "spans_internal.h"

static struct spans_track *spans_new_track(struct spans *spans, enum session session, const char *name)
{
	if (spans->ntracks == SPANS_TRACKS_MAX)
		return NULL;
	struct spans_track *track = NEW(struct spans_track);
	track->session = session;
	spans->tracks[spans->ntracks++] = track;
	spans->ops->track(spans->arg, spans->ntracks - 1, name);
	return track;
}

/* "transfer", and "transfer 2" for what runs beside it. */
static struct spans_track *spans_new_session(struct spans *spans, const struct event *event, size_t before)
{
	struct buf name = {0};
	buf_str(&name, event->lane ? event->lane : show_session(event->session));
	if (before)
		buf_fmt(&name, " %zu", before + 1);
	struct spans_track *track = spans_new_track(spans, event->session, buf_text(&name));
	buf_free(&name);
	return track;
}

/* That of its transaction; else the first, which for the start of a transaction must have none. */
struct spans_track *spans_track(struct spans *spans, const struct event *event)
{
	struct spans_track *free_one = NULL;
	size_t before = 0;
	for (size_t i = 0; i < spans->ntracks; i++) {
		struct spans_track *track = spans->tracks[i];
		if (track->session != event->session || track->pid)
			continue;
		if (track->txn == event->txn && event->txn)
			return track;
		if (!free_one && (!track->txn || !event->txn))
			free_one = track;
		before++;
	}
	return free_one ? free_one : spans_new_session(spans, event, before);
}

size_t spans_number(const struct spans *spans, const struct spans_track *track)
{
	size_t i = 0;
	while (spans->tracks[i] != track)
		i++;
	return i;
}

/* A session of ours is named as its application: "teller/rival", with more behind it. */
static struct spans_track *spans_own(struct spans *spans, const char *application)
{
	const char *own =
		strncmp(application, "teller/", strlen("teller/")) == 0 ? application + strlen("teller/") : "";
	for (size_t i = 0; i < spans->ntracks; i++) {
		struct spans_track *track = spans->tracks[i];
		const char *name = show_session(track->session);
		if (track->txn && !track->pid && track->session < SESSION_COUNT &&
		    strncmp(own, name, strlen(name)) == 0 && strchr(" ", own[strlen(name)]))
			return track;
	}
	return NULL;
}

struct spans_track *spans_track_of_holder(struct spans *spans, const struct event *event)
{
	const struct event_holder *holder = &event->holder;
	struct buf name = {0};
	struct spans_track *own = spans_own(spans, holder->name ? holder->name : "");
	if (own || !holder->pid)
		return own;
	for (size_t i = 0; i < spans->ntracks; i++)
		if (spans->tracks[i]->pid == holder->pid)
			return spans->tracks[i];
	buf_fmt(&name, "%s, pid %d", holder->name && holder->name[0] ? holder->name : "another session", holder->pid);
	struct spans_track *track = spans_new_track(spans, SESSION_NONE, buf_text(&name));
	if (track)
		track->pid = holder->pid;
	buf_free(&name);
	return track;
}

/* ---- what is open ---- */

const struct span *spans_innermost(const struct spans_track *track)
{
	return track->nopen ? &track->open[track->nopen - 1] : NULL;
}

bool spans_is_open(const struct spans_track *track, enum span_kind kind)
{
	for (size_t i = 0; i < track->nopen; i++)
		if (track->open[i].kind == kind)
			return true;
	return false;
}

static uint64_t spans_not_before(struct spans_track *track, uint64_t at_us)
{
	if (at_us > track->last_us)
		track->last_us = at_us;
	return track->last_us;
}

void spans_begin(struct spans *spans, struct spans_track *track, enum span_kind kind, uint64_t at_us,
		 const struct event *event)
{
	const struct span *outer = spans_innermost(track);
	if (track->nopen == SPANS_DEPTH)
		return;
	struct span span = {.kind = kind, .track = spans_number(spans, track), .id = ++spans->ids};
	span.parent = outer ? outer->id : 0;
	span.root = outer ? outer->root : span.id;
	span.from_us = spans_not_before(track, at_us);
	track->open[track->nopen++] = span;
	spans->ops->begin(spans->arg, &track->open[track->nopen - 1], event);
}

void spans_end(struct spans *spans, struct spans_track *track, uint64_t at_us, const struct event *event)
{
	if (!track->nopen)
		return;
	struct span *span = &track->open[track->nopen - 1];
	span->to_us = spans_not_before(track, at_us);
	span->cut = !event;
	spans->ops->end(spans->arg, span, event);
	track->nopen--;
}

void spans_end_kind(struct spans *spans, struct spans_track *track, enum span_kind kind, uint64_t at_us,
		    const struct event *event)
{
	bool more = spans_is_open(track, kind);
	while (more) {
		more = spans_innermost(track)->kind != kind;
		spans_end(spans, track, at_us, event);
	}
}
