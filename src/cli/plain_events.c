/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain mode's reader of the events: attempts, errors and waits as lines on standard error; with --echo every
 * statement. */
#include "cli/plain_events.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app_private.h"
#include "base/mem.h"
#include "base/outlet.h"
#include "event/echo.h"
#include "event/show.h"

/* Of what nobody reads so much is kept; events stay in the ring then, until they are gone. A signal that asked for the
 * end does not wait longer for a reader. */
enum { NARRATE_KEPT = 1 << 20, NARRATE_PATIENCE_MS = 1000 };

struct narrate {
	struct app *app;
	struct outlet *outlet;
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
		outlet_add(narrate->outlet, narrate->line.p, narrate->line.len);
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
	while (outlet_left(narrate->outlet) < NARRATE_KEPT && cursor_read(&narrate->cursor, narrate->app->ring, &event))
		events_tell(narrate, &event);
	if (narrate->cursor.skipped > narrate->skipped && narrate->app->settings.echo)
		narrate_say(narrate, "(%" PRIu64 " events were gone before they could be shown)\n",
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

struct outlet *narrate_outlet(struct narrate *narrate)
{
	return narrate->outlet;
}

void narrate_say(struct narrate *narrate, const char *fmt, ...)
{
	struct buf text = {0};
	va_list args;
	va_start(args, fmt);
	buf_vfmt(&text, fmt, args);
	va_end(args);
	outlet_add(narrate->outlet, buf_text(&text), text.len);
	buf_free(&text);
}

void narrate_wait(struct narrate *narrate)
{
	outlet_wait(narrate->outlet, narrate->app->exit_status > 128 ? NARRATE_PATIENCE_MS : -1);
}

struct narrate *narrate_new(struct app *app)
{
	struct narrate *narrate = NEW(struct narrate);
	narrate->app = app;
	narrate->outlet = outlet_new(STDERR_FILENO);
	outlet_join(narrate->outlet, app->loop);
	narrate->echo = app->settings.echo == ECHO_SQLALCHEMY ? echo_new() : NULL;
	narrate->turn = turn_new(app->loop, on_turn, narrate);
	return narrate;
}

void narrate_free(struct narrate *narrate)
{
	if (!narrate)
		return;
	narrate_wait(narrate);
	turn_free(narrate->turn);
	outlet_free(narrate->outlet);
	buf_free(&narrate->line);
	echo_free(narrate->echo);
	free(narrate);
}
