/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a trace is drawn: transactions, the steps of lessons, and what happened to their sessions. */
#include "diagram_internal.h"

static bool select_is_lane(const struct event *event)
{
	return event->session >= SESSION_LANE;
}

static bool select_is_statement(const struct event *event)
{
	return event->kind == EVENT_SENT || event->kind == EVENT_RESULT;
}

/* A session that is lost, and comes back. */
static unsigned select_bit(const struct event *event)
{
	return 1u << (event->session < 31 ? event->session : 31);
}

static bool select_fact(struct diagram_selection *selection, const struct event *event)
{
	if (selection->lesson && event->txn)
		return false;
	switch (event->kind) {
	case EVENT_LOST:
		selection->lost |= select_bit(event);
		return true;
	case EVENT_CONNECTED:
		return selection->plain || (selection->lost & select_bit(event));
	case EVENT_NOTICE:
	case EVENT_TXN:
	case EVENT_ATTEMPT:
	case EVENT_SENT:
	case EVENT_RESULT:
	case EVENT_BACKOFF:
	case EVENT_OUTCOME:
	case EVENT_SETTLE:
	case EVENT_LEVER:
	case EVENT_BLOCKED:
		return true;
	}
	return false;
}

/* Of a lesson: the steps, and the rows as they are between them. The statements of the lab that are not the lesson's
 * have a verb. */
static bool select_lesson(const struct event *event)
{
	if (select_is_lane(event))
		return event->statement > 0;
	return event->session == SESSION_LAB && event->kind == EVENT_RESULT && event->verb == VERB_OTHER &&
	       event->values && event->values[0];
}

static bool select_statement(const struct diagram_selection *selection, const struct event *event)
{
	return selection->plain || select_lesson(event) || (event->txn && !selection->lesson);
}

/* Of one transaction: what others do meanwhile is drawn, but not what its own session does beside it. */
static bool select_transaction(const struct diagram_selection *selection, const struct event *event)
{
	uint32_t txn = selection->export->range.txn;
	return !txn || !event->txn || event->txn == txn || event->session != SESSION_TRANSFER;
}

bool diagram_selects(struct diagram_selection *selection, const struct event *event)
{
	if (!export_in_range(selection->export, event->number) || !select_transaction(selection, event))
		return false;
	if (!select_is_statement(event))
		return select_fact(selection, event);
	bool drawn = select_statement(selection, event);
	selection->aside += !drawn && event->kind == EVENT_SENT;
	return drawn;
}

void diagram_select_begin(struct diagram_selection *selection, struct export *export)
{
	struct event event;
	uint64_t gone;
	*selection = (struct diagram_selection){.export = export, .plain = true};
	while (!selection->lesson && trace_next(export->file, &event, &gone)) {
		if (!export_in_range(export, event.number))
			continue;
		selection->lesson = select_is_lane(&event) && event.statement && !export->range.txn;
		selection->plain = selection->plain && !selection->lesson && !event.txn;
	}
	trace_again(export->file);
}
