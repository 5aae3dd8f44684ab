/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collects the latest transfer from its events: attempts, waits, injected faults, outcome; pure. */
#include "ui/attempts.h"

#include <stdio.h>
#include <string.h>

static struct step *attempts_add(struct attempts *attempts, enum step_kind kind, const struct event *event)
{
	if (attempts->n == STEPS_MAX) {
		memmove(attempts->steps, attempts->steps + 1, (STEPS_MAX - 1) * sizeof *attempts->steps);
		attempts->n--;
	}
	struct step *step = &attempts->steps[attempts->n++];
	*step = (struct step){.kind = kind, .number = event->attempt, .began_us = event->wall_us};
	return step;
}

static struct step *attempt_step(struct attempts *attempts)
{
	for (size_t i = attempts->n; i-- > 0;)
		if (attempts->steps[i].kind == STEP_ATTEMPT)
			return &attempts->steps[i];
	return NULL;
}

static void attempts_begin(struct attempts *attempts, const struct event *event)
{
	struct cursor cursor = attempts->cursor;
	*attempts = (struct attempts){.cursor = cursor, .txn = event->txn, .since_us = event->wall_us};
}

/* What came between, such as the rival, stands above what it led to. */
static struct step *attempts_to_end(struct attempts *attempts, struct step *step)
{
	struct step *last = &attempts->steps[attempts->n - 1], moved = *step;
	memmove(step, step + 1, (size_t)(last - step) * sizeof *step);
	*last = moved;
	return last;
}

static void attempts_fail(struct attempts *attempts, struct step *step, const struct event *event)
{
	step = attempts_to_end(attempts, step);
	step->failed = true;
	step->verb = event->verb;
	memcpy(step->sqlstate, event->sqlstate, sizeof step->sqlstate);
	snprintf(step->text, sizeof step->text, "%s", event->message ? event->message : "");
}

/* The first error of an attempt is the one that counts; the ROLLBACK after it is not part of its time. */
static void attempts_answered(struct attempts *attempts, const struct event *event)
{
	struct step *step = attempt_step(attempts);
	if (attempts->in_flight)
		attempts->in_flight--;
	attempts->since_us = event->wall_us;
	if (event->round_trip > attempts->round_trips)
		attempts->round_trips = event->round_trip;
	if (!step || step->failed || event->skipped)
		return;
	if (event->wall_us > step->began_us)
		step->took_us = event->wall_us - step->began_us;
	if (event->durable && !step->durable)
		step = attempts_to_end(attempts, step);
	step->durable = step->durable || event->durable;
	if (event_failed(event) && !step->durable)
		attempts_fail(attempts, step, event);
}

/* Nothing of it will be answered any more; what the server did is found out, or done again. */
static void attempts_lost(struct attempts *attempts, const struct event *event)
{
	struct step *step = attempt_step(attempts);
	attempts->in_flight = 0;
	if (!step || step->failed || step->durable)
		return;
	attempts_fail(attempts, step, event);
	step = &attempts->steps[attempts->n - 1];
	step->verb = VERB_OTHER;
	step->took_us = event->wall_us > step->began_us ? event->wall_us - step->began_us : 0;
	if (!step->sqlstate[0])
		snprintf(step->text, sizeof step->text, "%s%s",
			 event->unmade ? "" : "connection lost: ", event->message ? event->message : "");
}

static void attempts_blocked(struct attempts *attempts, const struct event *event)
{
	attempts->blocked = event->rows > 0 ? event->number : 0;
	for (size_t i = 0; i < attempts->n && !attempts->blocked; i++)
		if (attempts->steps[i].kind == STEP_ATTEMPT && attempts->steps[i].number == event->attempt)
			attempts->steps[i].waited_us += event->wait_us;
}

static void attempts_note(struct attempts *attempts, enum step_kind kind, const struct event *event)
{
	struct step *step = attempts_add(attempts, kind, event);
	snprintf(step->text, sizeof step->text, "%s", event->message ? event->message : "");
}

static void attempts_take(struct attempts *attempts, const struct event *event)
{
	switch (event->kind) {
	case EVENT_ATTEMPT:
		attempts_add(attempts, STEP_ATTEMPT, event);
		attempts->blocked = 0;
		attempts->limit = event->limit;
		attempts->made = event->attempt;
		attempts->in_flight = 0;
		attempts->since_us = event->wall_us;
		return;
	case EVENT_SENT:
		attempts->since_us = attempts->in_flight++ ? attempts->since_us : event->wall_us;
		return;
	case EVENT_RESULT:
		attempts_answered(attempts, event);
		return;
	case EVENT_BACKOFF:
		attempts_add(attempts, STEP_WAIT, event)->took_us = event->wait_us;
		return;
	case EVENT_OUTCOME:
		attempts->blocked = 0;
		attempts->outcome = event->outcome;
		attempts->took_us = event->duration_us;
		attempts->in_flight = 0;
		return;
	case EVENT_LEVER:
		attempts_note(attempts, STEP_LEVER, event);
		return;
	case EVENT_BLOCKED:
		attempts_blocked(attempts, event);
		return;
	case EVENT_SETTLE:
		attempts_note(attempts, STEP_SETTLE, event);
		return;
	case EVENT_LOST:
		attempts_lost(attempts, event);
		return;
	case EVENT_TXN:
	case EVENT_CONNECTED:
	case EVENT_NOTICE:
		return;
	}
}

bool attempts_read(struct attempts *attempts, const struct ring *ring)
{
	struct event event;
	bool any = false;
	while (cursor_read(&attempts->cursor, ring, &event)) {
		bool running = attempts->txn && attempts->outcome == OUTCOME_NONE;
		bool ours = event.txn && event.txn == attempts->txn;
		bool aside =
			event.kind == EVENT_LEVER || (event.kind == EVENT_LOST && event.session == SESSION_TRANSFER);
		if (event.kind == EVENT_TXN && event.session == SESSION_TRANSFER)
			attempts_begin(attempts, &event);
		else if (ours || (running && aside))
			attempts_take(attempts, &event);
		else
			continue;
		any = true;
	}
	return any;
}

bool attempts_waiting(const struct attempts *attempts)
{
	return attempts->n > 0 && attempts->steps[attempts->n - 1].kind == STEP_WAIT;
}
