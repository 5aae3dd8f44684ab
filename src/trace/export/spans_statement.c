/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The statements of a track: sent, waiting, answered; each is a span once its answer is there. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "spans_internal.h"

static void spans_forget_sent(struct spans_track *track)
{
	free(track->sent[0]);
	track->nsent--;
	memmove(&track->sent[0], &track->sent[1], track->nsent * sizeof track->sent[0]);
}

static void spans_forget_waits(struct spans_track *track)
{
	while (track->nwaits)
		free(track->waits[--track->nwaits].event);
	track->waits_now = false;
}

void spans_sent(struct spans_track *track, const struct event *event)
{
	if (track->nsent == SPANS_SENT_MAX)
		spans_forget_sent(track);
	track->sent[track->nsent++] = spans_keep(event);
}

/* It waits for another than before, or not any more. */
void spans_blocked(struct spans_track *track, const struct event *event)
{
	uint64_t from = event->wall_us;
	bool first = !track->waits_now;
	if (track->waits_now && (event->rows <= 0 || track->nwaits < SPANS_WAITS_MAX))
		track->waits[track->nwaits - 1].to_us = event->wall_us;
	if (event->rows <= 0)
		track->waits_now = false;
	if (event->rows <= 0 || track->nwaits == SPANS_WAITS_MAX)
		return;
	if (first)
		from = event->wait_us < from ? from - event->wait_us : 0;
	track->waits[track->nwaits++] = (struct spans_wait){spans_keep(event), from, 0};
	track->waits_now = true;
}

/* Who holds is seen doing it for as long as we wait. */
static void spans_wait(struct spans *spans, struct spans_track *track, const struct spans_wait *wait, uint64_t end_us)
{
	uint64_t to = wait->to_us && wait->to_us < end_us ? wait->to_us : end_us;
	struct spans_track *holder = spans_track_of_holder(spans, wait->event);
	bool other = holder && holder->pid && !holder->nopen;
	if (other)
		spans_begin(spans, holder, SPAN_HOLD, wait->from_us, wait->event);
	spans_begin(spans, track, SPAN_WAIT, wait->from_us, wait->event);
	if (holder && holder != track && spans_innermost(holder) && spans_innermost(track))
		spans->ops->blocked(spans->arg, spans_innermost(track), spans_innermost(holder));
	spans_end(spans, track, to, wait->event);
	if (other)
		spans_end(spans, holder, to, wait->event);
}

static void spans_statement(struct spans *spans, struct spans_track *track, uint64_t from_us, uint64_t to_us,
			    const struct event *event, bool answered)
{
	if (track->nopen + 2 > SPANS_DEPTH)
		return;
	spans_begin(spans, track, SPAN_STATEMENT, from_us, event);
	for (size_t i = 0; i < track->nwaits; i++)
		spans_wait(spans, track, &track->waits[i], to_us);
	spans_end(spans, track, to_us, answered ? event : NULL);
	spans_forget_waits(track);
}

static bool spans_tagged(const struct event *event, const char *tag)
{
	return event->tag && strcmp(event->tag, tag) == 0;
}

/* Without a number of the engine's, as a lesson's session has none, BEGIN and COMMIT are all that is known; the steps of a
 * lesson are the user's SQL, and the server's tags tell what they were. */
static bool spans_begins(const struct event *event)
{
	return (event->verb == VERB_BEGIN || spans_tagged(event, "BEGIN")) && !event_failed(event);
}

static bool spans_ends(const struct event *event)
{
	bool to_savepoint = event->sql && strcasestr(event->sql, " to ");
	return ((event->verb == VERB_COMMIT || spans_tagged(event, "COMMIT")) && !event_failed(event)) ||
	       event->verb == VERB_ROLLBACK || (spans_tagged(event, "ROLLBACK") && !to_savepoint);
}

void spans_answered(struct spans *spans, struct spans_track *track, const struct event *event)
{
	uint64_t wall = event->wall_us, from = event->duration_us < wall ? wall - event->duration_us : 0;
	if (track->nsent && event->unanswered)
		from = track->sent[0]->wall_us;
	if (track->nsent)
		spans_forget_sent(track);
	if (event->skipped && !event->unanswered)
		return;
	if (!event->txn && spans_begins(event) && !track->nopen)
		spans_begin(spans, track, SPAN_TXN, from, event);
	spans_statement(spans, track, from, wall, event, true);
	if (!event->txn && !track->txn && spans_ends(event))
		spans_end_kind(spans, track, SPAN_TXN, wall, event);
}

void spans_cut(struct spans *spans, struct spans_track *track, uint64_t at_us)
{
	if (track->nsent)
		spans_statement(spans, track, track->sent[0]->wall_us, at_us, track->sent[0], false);
	while (track->nsent)
		spans_forget_sent(track);
	spans_forget_waits(track);
	while (track->nopen)
		spans_end(spans, track, at_us, NULL);
}
