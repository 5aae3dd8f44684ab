/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain mode's reader of the events: attempts, errors and waits as lines on standard error; with --echo every statement. */
#include "narrate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "app.h"
#include "base/mem.h"
#include "event/show.h"

struct narrate {
	struct app *app;
	struct cursor cursor;
	struct turn *turn;
	uint64_t skipped;
	struct buf line;
};

/* Without --echo, what a person wants to hear of a transfer: each attempt, what went wrong, how long it waits. */
static bool worth_telling(const struct narrate *narrate, const struct event *event)
{
	const struct app *app = narrate->app;
	bool echo = app->settings.echo;
	bool transfer = app->transfer.run && event->session != SESSION_BROWSE;
	switch (event->kind) {
	case EVENT_SENT:
		return false;
	case EVENT_RESULT:
		return echo || (transfer && event_failed(event));
	case EVENT_ATTEMPT:
	case EVENT_BACKOFF:
	case EVENT_SETTLE:
	case EVENT_LEVER:
		return echo || transfer;
	case EVENT_CONNECTED:
	case EVENT_LOST:
	case EVENT_NOTICE:
	case EVENT_TXN:
	case EVENT_OUTCOME:
		return echo;
	}
	return false;
}

void narrate_now(struct narrate *narrate)
{
	struct event event;
	while (cursor_read(&narrate->cursor, narrate->app->ring, &event)) {
		if (!worth_telling(narrate, &event))
			continue;
		buf_clear(&narrate->line);
		show_plain(&narrate->line, &event);
		fprintf(stderr, "%s\n", narrate->line.p);
	}
	if (narrate->cursor.skipped > narrate->skipped && narrate->app->settings.echo)
		fprintf(stderr, "(%" PRIu64 " events were gone before they could be shown)\n",
			narrate->cursor.skipped - narrate->skipped);
	narrate->skipped = narrate->cursor.skipped;
}

static void on_turn(void *arg)
{
	narrate_now(arg);
}

struct narrate *narrate_new(struct app *app)
{
	struct narrate *narrate = NEW(struct narrate);
	narrate->app = app;
	narrate->turn = turn_new(app->loop, on_turn, narrate);
	return narrate;
}

void narrate_free(struct narrate *narrate)
{
	if (!narrate)
		return;
	turn_free(narrate->turn);
	buf_free(&narrate->line);
	free(narrate);
}
