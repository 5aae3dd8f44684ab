/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays a recorded run: back and forth, and at its own speed. */
#include "app/play.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "play_internal.h"

enum {
	PLAY_AT_ONCE = 2000,    /* stops that may come in one turn while it runs */
	PLAY_SEEN_LEAST = 5000, /* events before the one where it stands that the log has, where there are as many */
	PLAY_SLEEP_MS = 3600000,
};

/* ---- where it stands ---- */

static void play_add(struct app *app, uint64_t from, uint64_t to)
{
	struct recorded stop;
	for (uint64_t n = from; n <= to; n++) {
		recording_stop(app->play->recording, n, &stop);
		if (stop.is_event)
			ring_repeat(app->ring, &stop.event);
		app->play->wall_us = stop.wall_us;
	}
}

/* Begins the ring anew, with about as many events as it would have had then. */
static void play_fill(struct app *app, uint64_t number)
{
	struct recorded first;
	uint64_t from = number > APP_RING_EVENTS ? number - APP_RING_EVENTS + 1 : 1;
	recording_stop(app->play->recording, from, &first);
	ring_empty(app->ring, first.events + !first.is_event);
	play_add(app, from, number);
}

/* Of those events the log has so many that the later ones need only be forgotten. */
static bool play_holds(const struct ring *ring, uint64_t events)
{
	uint64_t first = ring_first(ring);
	return events >= first && events < ring_next(ring) && (first == 1 || events - first >= PLAY_SEEN_LEAST);
}

/* True where the readers of the ring have to begin anew. */
static bool play_stand(struct app *app, uint64_t number)
{
	struct recorded stop;
	bool anew = number < app->play->at;
	recording_stop(app->play->recording, number, &stop);
	if (number > app->play->at && number - app->play->at <= APP_RING_EVENTS) {
		play_add(app, app->play->at + 1, number);
	} else if (number < app->play->at && play_holds(app->ring, stop.events)) {
		ring_rewind(app->ring, stop.events + 1);
		app->play->wall_us = stop.wall_us;
	} else if (number != app->play->at) {
		play_fill(app, number);
		anew = true;
	}
	app->play->at = number;
	return anew;
}

static void play_show(struct app *app, uint64_t number)
{
	bool anew = play_stand(app, number);
	play_take_states(app);
	app->play->began_us = clock_us();
	app->play->began_wall_us = app->play->wall_us;
	if (anew && app->face.again)
		app->face.again(app->face.self);
	app_changed(app);
}

void play_to(struct app *app, uint64_t number)
{
	uint64_t last = recording_stops(app->play->recording);
	play_run(app, false);
	play_show(app, number < 1 ? 1 : number > last ? last : number);
}

void play_by(struct app *app, int64_t events)
{
	uint64_t at = app->play->at, back = (uint64_t)-events;
	if (events < 0)
		play_to(app, at > back ? at - back : 1);
	else
		play_to(app, at + (uint64_t)events);
}

/* ---- its own speed ---- */

uint64_t play_now_us(const struct play *play)
{
	uint64_t gone = play->runs ? clock_us() - play->began_us : 0;
	return play->began_wall_us + (uint64_t)((double)gone * play->speed);
}

/* Where the clock went backwards, the next one is due at once. */
static void play_await(struct app *app)
{
	struct play *play = app->play;
	struct recorded next;
	if (play->at == recording_stops(play->recording)) {
		play_run(app, false);
		app_say(app, ST_OK, "the end of the recording; < steps back, Home begins again");
		return;
	}
	uint64_t now = play_now_us(play);
	recording_stop(play->recording, play->at + 1, &next);
	double wait_ms = next.wall_us > now ? (double)(next.wall_us - now) / play->speed / 1000 : 0;
	timer_start(play->timer, wait_ms < PLAY_SLEEP_MS ? (uint64_t)wait_ms + (wait_ms > 0) : PLAY_SLEEP_MS);
}

static void play_on_due(void *arg)
{
	struct app *app = arg;
	struct play *play = app->play;
	uint64_t now = play_now_us(play), to = play->at, last = recording_stops(play->recording);
	struct recorded next;
	for (; to < last && to - play->at < PLAY_AT_ONCE; to++) {
		recording_stop(play->recording, to + 1, &next);
		if (next.wall_us > now)
			break;
	}
	if (to > play->at) {
		uint64_t began_us = play->began_us, began_wall_us = play->began_wall_us;
		play_show(app, to);
		play->began_us = began_us;
		play->began_wall_us = began_wall_us;
	}
	play_await(app);
}

void play_run(struct app *app, bool on)
{
	struct play *play = app->play;
	if (!on)
		timer_stop(play->timer);
	play->runs = on;
	play->began_us = clock_us();
	play->began_wall_us = play->wall_us;
	if (on)
		play_await(app);
	app_changed(app);
}

void play_speed(struct app *app, double speed)
{
	bool runs = app->play->runs;
	app->play->speed = speed;
	if (runs)
		play_run(app, true);
}

/* ---- life ---- */

enum status play_open(struct app *app, const char *path, struct err *err)
{
	struct recording *recording = recording_open(path, err);
	if (!recording)
		return err->status;
	if (app->play)
		play_close(app);
	app->play = NEW(struct play);
	app->play->recording = recording;
	app->play->timer = timer_new(app->loop, play_on_due, app);
	app->play->speed = 1;
	ring_empty(app->ring, 1);
	if (app->face.again)
		app->face.again(app->face.self);
	play_show(app, 1);
	return ST_OK;
}

void play_close(struct app *app)
{
	struct play *play = app->play;
	play_forget_states(app);
	app->play = NULL;
	timer_free(play->timer);
	recording_close(play->recording);
	free(play);
}

struct play_place play_place(const struct app *app)
{
	const struct play *play = app->play;
	return (struct play_place){
		.at = play->at,
		.of = recording_stops(play->recording),
		.wall_us = play->wall_us,
		.runs = play->runs,
		.cut = recording_cut(play->recording),
		.speed = play->speed,
	};
}

void play_describe(struct buf *out, const struct app *app)
{
	recording_describe(out, app->play->recording);
}
