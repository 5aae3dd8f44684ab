/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selects the events the log shows: those that pass the filter, pending statements last; pure. */
#include "ui/loglist.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool is_error(const struct event *event)
{
	return event_failed(event) || event->kind == EVENT_LOST ||
	       (event->kind == EVENT_OUTCOME && event->outcome != OUTCOME_COMMITTED);
}

static bool passes(const struct loglist *list, const struct event *event)
{
	bool error = is_error(event);
	bool statement = event->kind == EVENT_SENT || event->kind == EVENT_RESULT;
	bool reading = (event->session == SESSION_BROWSE || event->session == SESSION_LAB) && statement;
	bool aside = event->txn && event->txn == list->aside && event->kind != EVENT_OUTCOME;
	if ((reading || aside) && !error && !list->all)
		return false;
	return error || !list->errors_only;
}

/* Notes which transactions are asides: those of the rival while no transfer runs. */
static void loglist_note(struct loglist *list, const struct event *event)
{
	if (event->session == SESSION_TRANSFER && event->kind == EVENT_TXN)
		list->transferring = true;
	else if (event->session == SESSION_TRANSFER && event->kind == EVENT_OUTCOME)
		list->transferring = false;
	else if (event->session == SESSION_RIVAL && event->kind == EVENT_TXN)
		list->aside = list->transferring ? 0 : event->txn;
}

static void loglist_push(struct loglist *list, uint64_t number)
{
	if (list->end == list->cap && list->start > list->cap / 2) {
		memmove(list->lines, list->lines + list->start, (list->end - list->start) * sizeof *list->lines);
		list->end -= list->start;
		list->start = 0;
	}
	if (list->end == list->cap) {
		list->cap = list->cap ? list->cap * 2 : 256;
		list->lines = mem_resize(list->lines, list->cap, sizeof *list->lines);
	}
	list->lines[list->end++] = number;
}

static void forget_pending(struct loglist *list, size_t i)
{
	memmove(list->pending + i, list->pending + i + 1, (list->npending - i - 1) * sizeof *list->pending);
	list->npending--;
}

/* The answer takes the place of the oldest statement of its session: answers come in the order of sending. */
static void loglist_settle(struct loglist *list, const struct event *answer)
{
	for (size_t i = 0; i < list->npending; i++) {
		struct event sent;
		if (!ring_get(list->ring, list->pending[i], &sent))
			continue;
		if (sent.session == answer->session) {
			forget_pending(list, i);
			return;
		}
	}
}

/* Statements on a lost connection get no answer. */
static void forget_session(struct loglist *list, enum session session)
{
	for (size_t i = list->npending; i-- > 0;) {
		struct event sent;
		if (!ring_get(list->ring, list->pending[i], &sent) || sent.session == session)
			forget_pending(list, i);
	}
}

static void sent(struct loglist *list, uint64_t number)
{
	if (list->npending == LOGLIST_PENDING_MAX)
		forget_pending(list, 0);
	list->pending[list->npending++] = number;
}

static bool drop_old(struct loglist *list)
{
	uint64_t first = ring_first(list->ring);
	size_t before = list->start;
	while (list->start < list->end && list->lines[list->start] < first)
		list->start++;
	list->dropped += list->start - before;
	while (list->npending && list->pending[0] < first)
		forget_pending(list, 0);
	return list->start != before;
}

bool loglist_read(struct loglist *list)
{
	struct event event;
	bool changed = false;
	while (cursor_read(&list->cursor, list->ring, &event)) {
		loglist_note(list, &event);
		bool recent = event.number >= list->since || event.kind == EVENT_SENT;
		bool shown = recent && passes(list, &event);
		changed = changed || shown;
		if (event.kind == EVENT_SENT) {
			if (shown)
				sent(list, event.number);
			continue;
		}
		if (event.kind == EVENT_RESULT && list->npending)
			loglist_settle(list, &event);
		if (event.kind == EVENT_LOST)
			forget_session(list, event.session);
		if (shown)
			loglist_push(list, event.number);
	}
	return drop_old(list) || changed;
}

void loglist_filter(struct loglist *list, bool errors_only, bool all)
{
	list->errors_only = errors_only;
	list->all = all;
	list->transferring = false;
	list->aside = 0;
	list->start = list->end = list->npending = 0;
	list->dropped = 0;
	uint64_t skipped = list->cursor.skipped;
	list->cursor = (struct cursor){.next = ring_first(list->ring)};
	loglist_read(list);
	list->cursor.skipped = skipped;
}

void loglist_again(struct loglist *list)
{
	list->cursor.skipped = 0;
	loglist_filter(list, list->errors_only, list->all);
}

void loglist_since(struct loglist *list, uint64_t number)
{
	list->since = number;
	loglist_filter(list, list->errors_only, list->all);
}

size_t loglist_count(const struct loglist *list)
{
	return list->end - list->start + list->npending;
}

uint64_t loglist_event(const struct loglist *list, size_t i)
{
	size_t settled = list->end - list->start;
	return i < settled ? list->lines[list->start + i] : list->pending[i - settled];
}

void loglist_free(struct loglist *list)
{
	free(list->lines);
}
