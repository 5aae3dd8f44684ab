/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an audience is shown of a transfer: its current statement, the answer, and what that means for the money. */
#include <inttypes.h>

#include "app/shown.h"
#include "base/mem.h"
#include "event/show.h"
#include "ui/attempts.h"
#include "ui/draw.h"
#include "ui/present.h"

enum { EVENTS_LOOKED_AT = 500 };

/* The attempts are those of a transfer, not of the filling of a table. */
static bool present_is_transfer(const struct app *app, const struct attempts *attempts)
{
	struct shown_transfer transfer = shown_transfer(app);
	if (!attempts->txn || !transfer.there)
		return false;
	return transfer.txn ? transfer.txn == attempts->txn : transfer.outcome == OUTCOME_NONE;
}

/* The rival's part ends with the transfer: how it puts its unit back is no part of the story. */
static bool presented(const struct event *event, const struct attempts *attempts)
{
	bool runs = attempts->outcome == OUTCOME_NONE;
	return (event->session == SESSION_TRANSFER && event->txn == attempts->txn) ||
	       (event->session == SESSION_RIVAL && runs && event->txn > attempts->txn);
}

/* What was refused is of more use than the ROLLBACK behind it, which nobody has to let go. */
static bool is_statement(const struct event *event)
{
	bool back = event->verb == VERB_ROLLBACK || event->verb == VERB_ROLLBACK_TO;
	return (event->kind == EVENT_SENT || event->kind == EVENT_RESULT) && event->sql && !event->skipped && !back;
}

/* The latest one, statements only or any. */
static bool present_find(const struct ring *ring, const struct attempts *attempts, bool statement, struct event *event)
{
	uint64_t next = ring_next(ring), first = ring_first(ring);
	for (uint64_t n = next; n > first && next - n < EVENTS_LOOKED_AT; n--)
		if (ring_get(ring, n - 1, event) && presented(event, attempts) && (!statement || is_statement(event)))
			return true;
	return false;
}

static void present_who(struct buf *out, const struct event *event)
{
	if (event->session == SESSION_RIVAL)
		buf_str(out, "another session, the rival");
	else
		buf_fmt(out, "transfer T%" PRIu32, event->txn);
	if (event->attempt && event->session != SESSION_RIVAL)
		buf_fmt(out, ", attempt %u", event->attempt);
}

/* What a statement that was answered without an error means. */
static const char *meaning_of(const struct event *event)
{
	static const char *const words[] = {
		[VERB_BEGIN] = "A transaction begins.",
		[VERB_SAVEPOINT] = "An attempt can be rolled back to here.",
		[VERB_SELECT] = "What is moved is decided by what was read just now.",
		[VERB_INSERT] = "The transfer is written into the ledger, in the same transaction.",
		[VERB_UPDATE] = "The new balance is written; others see it only once it is committed.",
		[VERB_RELEASE] = "Nothing is left to do but to commit.",
	};
	if (event->session == SESSION_RIVAL)
		return "Meanwhile another session changes one of the two accounts.";
	if (event->durable)
		return "Durable: the money has moved.";
	const char *text = (size_t)event->verb < COUNT_OF(words) ? words[event->verb] : NULL;
	return text ? text : "";
}

static void present_error(struct buf *out, const struct event *event, const struct event *latest)
{
	const char *reason = show_reason(event->sqlstate);
	if (event->session == SESSION_TRANSFER && reason)
		buf_fmt(out, "The server refuses it: %s.", reason);
	else
		draw_harmless(out, event->message);
	if (latest->number > event->number)
		buf_str(out, " All of it is rolled back.");
}

static void present_outcome(struct buf *out, const struct event *event)
{
	if (event->outcome == OUTCOME_COMMITTED) {
		buf_fmt(out, "Committed on attempt %u: the money has moved.", event->attempt);
		return;
	}
	buf_fmt(out, "%s%s", show_outcome(event->outcome), event->message && event->message[0] ? ": " : "");
	draw_harmless(out, event->message);
}

static void present_meaning(struct present *present, const struct app *app, const struct attempts *attempts,
			    const struct event *latest, const struct event *statement)
{
	struct event blocked;
	struct buf *out = &present->sentence;
	if (attempts->in_flight && attempts->blocked && ring_get(app->ring, attempts->blocked, &blocked)) {
		buf_str(out, "It waits for ");
		show_holder(out, &blocked, 0);
	} else if (latest->kind == EVENT_OUTCOME && latest->session == SESSION_TRANSFER) {
		present_outcome(out, latest);
	} else if (latest->kind == EVENT_LEVER || latest->kind == EVENT_SETTLE) {
		draw_harmless(out, latest->message);
	} else if (event_failed(statement)) {
		present_error(out, statement, latest);
	} else if (statement->kind == EVENT_RESULT) {
		buf_str(out, meaning_of(statement));
	}
}

static void present_answered(struct present *present, const struct event *event)
{
	struct show_line line = {0};
	show_line(&line, event);
	buf_str(&present->statement, buf_text(&line.what));
	buf_str(&present->answer, event->kind == EVENT_RESULT ? buf_text(&line.result) : "");
	present->tone = event_failed(event) ? STYLE_BAD : event->durable ? STYLE_GOOD : STYLE_TEXT;
	show_line_free(&line);
}

void present_transfer(struct present *present, const struct app *app, const struct attempts *attempts)
{
	struct event latest, statement;
	bool any = present_is_transfer(app, attempts) && present_find(app->ring, attempts, true, &statement) &&
		   present_find(app->ring, attempts, false, &latest);
	if (!any && app->step.next) {
		buf_str(&present->who, "next");
		draw_harmless(&present->statement, app->step.next);
		buf_str(&present->sentence, "It is held, and not sent yet.");
	}
	if (!any && !app->step.next)
		buf_str(&present->sentence, "No transfer was made yet.");
	if (!any)
		return;
	present_who(&present->who, &statement);
	present_answered(present, &statement);
	present_meaning(present, app, attempts, &latest, &statement);
}
