/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain mode's reader of the events: attempts, errors and waits as lines on standard error; with --echo every
 * statement. */
#include "cli/plain_events.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/app_private.h"
#include "base/mem.h"
#include "event/echo.h"
#include "event/show.h"

struct narrate {
	struct app *app;
	struct cursor cursor;
	struct turn *turn;
	uint64_t skipped;
	struct buf line;
	struct echo *echo; /* NULL unless --echo */
};

/* Without --echo=plain, what a person wants to hear of a transfer: each attempt, what went wrong, how long it waits. */
static bool worth_telling(const struct narrate *narrate, const struct event *event)
{
	bool echo = narrate->app->settings.echo == ECHO_PLAIN;
	unsigned talk = job_talk(narrate->app);
	bool transfer = (talk & TALK_ALL) && event->session != SESSION_BROWSE;
	bool chunk = (talk & TALK_WAITS) && event->session == SESSION_TRANSFER;
	bool first = event->attempt == 1 && (talk & TALK_PRINTED);
	switch (event->kind) {
	case EVENT_SENT:
		return false;
	case EVENT_RESULT:
		return echo || (transfer && (event_failed(event) || event->unanswered));
	case EVENT_ATTEMPT:
		return echo || (transfer && !first);
	case EVENT_BACKOFF:
	case EVENT_SETTLE:
	case EVENT_BLOCKED:
		return echo || transfer || chunk;
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

/* Over a line of progress, where there is one. */
static void say_lines(struct narrate *narrate)
{
	const struct face *face = &narrate->app->face;
	if (narrate->line.len && app_prints(narrate->app) && face->progress)
		face->progress(face->self, NULL);
	if (narrate->line.len)
		fputs(narrate->line.p, stderr);
}

static void events_tell(struct narrate *narrate, const struct event *event)
{
	bool worth = worth_telling(narrate, event);
	if (!worth && !narrate->echo)
		return; /* nearly all, and a load has a hundred thousand a second */
	buf_clear(&narrate->line);
	if (narrate->echo)
		echo_event(narrate->echo, &narrate->line, event);
	if (worth) {
		show_plain(&narrate->line, event);
		buf_char(&narrate->line, '\n');
	}
	say_lines(narrate);
}

static void on_turn(void *arg)
{
	struct narrate *narrate = arg;
	struct event event;
	while (cursor_read(&narrate->cursor, narrate->app->ring, &event))
		events_tell(narrate, &event);
	if (narrate->cursor.skipped > narrate->skipped && narrate->app->settings.echo)
		fprintf(stderr, "(%" PRIu64 " events were gone before they could be shown)\n",
			narrate->cursor.skipped - narrate->skipped);
	narrate->skipped = narrate->cursor.skipped;
}

void narrate_now(struct narrate *narrate)
{
	on_turn(narrate);
	buf_clear(&narrate->line);
	if (narrate->echo)
		echo_flush(narrate->echo, &narrate->line);
	say_lines(narrate);
}

struct narrate *narrate_new(struct app *app)
{
	struct narrate *narrate = NEW(struct narrate);
	narrate->app = app;
	narrate->echo = app->settings.echo == ECHO_SQLALCHEMY ? echo_new() : NULL;
	narrate->turn = turn_new(app->loop, on_turn, narrate);
	return narrate;
}

void narrate_free(struct narrate *narrate)
{
	if (!narrate)
		return;
	turn_free(narrate->turn);
	buf_free(&narrate->line);
	echo_free(narrate->echo);
	free(narrate);
}
