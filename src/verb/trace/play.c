/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace play: a recorded run on the screen, or as lines at its own speed; and the command play, which moves in it. */
#include "app/play.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/job.h"
#include "base/mem.h"
#include "base/text.h"
#include "trace/lines.h"
#include "trace/recording.h"
#include "trace_internal.h"

enum { PLAY_SPEED_MOST = 1000, PLAY_LINES_AT_ONCE = 1000, PLAY_LONGEST_MS = 3600000 };

/* ---- --speed ---- */

/* "2", "0.5", "x4" is no number; within 0.01 and PLAY_SPEED_MOST. */
static enum status play_speed_of(const char *word, double *speed, struct err *err)
{
	char *end = NULL;
	*speed = word && isdigit((unsigned char)word[0]) ? strtod(word, &end) : 0;
	if (!word)
		*speed = 1;
	else if (!end || *end || !(*speed >= 0.01 && *speed <= PLAY_SPEED_MOST))
		return err_set(err, ST_USAGE,
			       "--speed takes a number from 0.01 to %d, 2 is twice as fast; not \"%.40s\"",
			       (int)PLAY_SPEED_MOST, word);
	return ST_OK;
}

enum status trace_play_check(const struct run *run, struct err *err)
{
	double speed;
	if (run->app->settings.trace)
		return err_set(err, ST_USAGE, "a recording is played, and not recorded again: leave --trace out");
	return play_speed_of(run_option(run, "speed"), &speed, err);
}

/* ---- as lines ---- */

struct play_lines {
	struct job job;
	struct run *run;
	struct recording *recording;
	struct trace_lines *lines;
	struct timer *timer;
	uint64_t next, last; /* events */
	uint64_t wall_us;    /* of the event that was printed last */
	double speed;
};

static void play_lines_free(struct job *job)
{
	struct play_lines *play = (struct play_lines *)job;
	recording_close(play->recording);
	trace_lines_free(play->lines);
	timer_free(play->timer);
	free(play);
}

static bool play_lines_stop(struct job *job, enum job_stop how)
{
	struct play_lines *play = (struct play_lines *)job;
	struct run *run = play->run;
	(void)how;
	job_end(job);
	run_end(run, ST_CANCELLED, "cancelled");
	return true;
}

static const struct job_ops play_lines_ops = {.stop = play_lines_stop, .free = play_lines_free};

static void play_lines_print(const struct play_lines *play, struct buf *line)
{
	struct app *app = play->run->app;
	app->face.print(app->face.self, buf_text(line));
	buf_clear(line);
}

static void play_lines_end(struct play_lines *play)
{
	struct run *run = play->run;
	struct buf line = {0};
	while (trace_lines_rest(play->lines, &line))
		play_lines_print(play, &line);
	buf_free(&line);
	if (recording_cut(play->recording))
		app_say(run->app, ST_OK, "the last line of the trace is cut, and left out");
	job_end(&play->job);
	run_end(run, ST_OK, NULL);
}

/* False where it is not due yet. */
static bool play_lines_stop_at(struct play_lines *play, const struct recorded *stop, struct buf *line)
{
	uint64_t gone = play->wall_us && stop->wall_us > play->wall_us ? stop->wall_us - play->wall_us : 0;
	double wait_ms = (double)gone / play->speed / 1000;
	play->wall_us = stop->wall_us;
	if (wait_ms >= 1) {
		timer_start(play->timer, wait_ms < PLAY_LONGEST_MS ? (uint64_t)wait_ms : PLAY_LONGEST_MS);
		return false;
	}
	if (stop->is_event && trace_lines_event(play->lines, line, &stop->event))
		play_lines_print(play, line);
	play->next++;
	return true;
}

static void play_lines_go_on(void *arg)
{
	struct play_lines *play = arg;
	struct recorded stop;
	struct buf line = {0};
	bool due = true;
	for (int i = 0; due && play->next <= play->last && i < PLAY_LINES_AT_ONCE; i++) {
		recording_stop(play->recording, play->next, &stop);
		due = play_lines_stop_at(play, &stop, &line);
	}
	buf_free(&line);
	if (play->next > play->last)
		play_lines_end(play);
	else if (due)
		timer_start(play->timer, 0);
}

static void play_lines_begin(struct run *run, double speed)
{
	struct err err = {0};
	struct buf said = {0};
	struct recording *recording = recording_open(run->args[1], &err);
	if (!recording) {
		run_end(run, err.status, err.text);
		return;
	}
	struct play_lines *play = NEW(struct play_lines);
	*play = (struct play_lines){.job = {.ops = &play_lines_ops, .name = "a recording that is played"}, .run = run};
	play->recording = recording;
	play->lines = trace_lines_new();
	play->timer = timer_new(run->app->loop, play_lines_go_on, play);
	play->next = 1;
	play->last = recording_stops(recording);
	play->speed = speed;
	recording_describe(&said, recording);
	app_say(run->app, ST_OK, "a trace of %s", buf_text(&said));
	buf_free(&said);
	job_begin(run->app, &play->job);
	timer_start(play->timer, 0);
}

/* ---- on the screen ---- */

static void play_leave(void *arg)
{
	struct app *app = arg;
	struct err err = app->failure;
	start_fail(app, &err, "");
}

/* There is nothing to look at: the program ends with the sentence, once it runs. */
static void play_none(struct app *app, const struct err *err)
{
	app->failure = *err;
	loop_soon(app->loop, play_leave, app);
}

static void play_on_screen(struct run *run, double speed)
{
	struct app *app = run->app;
	struct err err = {0};
	struct buf said = {0};
	if (!app->settings.plays) {
		run_end(run, ST_USAGE, "a recording has the screen for itself: in a shell, teller trace play FILE");
		return;
	}
	if (play_open(app, run->args[1], &err)) {
		if (!app->play)
			play_none(app, &err);
		run_end(run, err.status, err.text);
		return;
	}
	play_speed(app, speed);
	play_describe(&said, app);
	app_say(app, ST_OK, "a recording of %s: > steps, Space plays%s", buf_text(&said),
		play_place(app).cut ? "; its last line is cut, and left out" : "");
	buf_free(&said);
	run_end(run, ST_OK, NULL);
}

void trace_play(struct run *run)
{
	double speed = 1;
	struct err err = {0};
	if (play_speed_of(run_option(run, "speed"), &speed, &err))
		run_end(run, err.status, err.text);
	else if (app_prints(run->app))
		play_lines_begin(run, speed);
	else
		play_on_screen(run, speed);
}

/* ---- the command play ---- */

static void play_faster(struct app *app, double times)
{
	double speed = play_place(app).speed * times;
	play_speed(app, speed < 0.01 ? 0.01 : speed > PLAY_SPEED_MOST ? PLAY_SPEED_MOST : speed);
	app_say(app, ST_OK, "%.4g times the recorded speed", play_place(app).speed);
}

/* Where there is no further one it is said: a key that does nothing looks broken. */
static void play_step(struct app *app, int events)
{
	uint64_t was = play_place(app).at;
	play_by(app, events);
	if (play_place(app).at == was)
		app_say(app, ST_OK,
			events > 0 ? "this is the last event; < steps back, Home goes to the first"
				   : "this is the first event; > steps, Space plays");
}

static void play_to_number(struct app *app, uint64_t number)
{
	struct play_place place = play_place(app);
	play_to(app, number);
	if (number < 1 || number > place.of)
		app_say(app, ST_OK, "there is no event %" PRIu64 ": the recording has 1 to %" PRIu64, number, place.of);
}

static bool play_word(struct app *app, const char *word)
{
	if (strcmp(word, "next") == 0)
		play_step(app, 1);
	else if (strcmp(word, "back") == 0)
		play_step(app, -1);
	else if (strcmp(word, "first") == 0)
		play_to(app, 1);
	else if (strcmp(word, "last") == 0)
		play_to(app, UINT64_MAX);
	else if (strcmp(word, "on") == 0 || strcmp(word, "off") == 0)
		play_run(app, strcmp(word, "on") == 0);
	else if (strcmp(word, "toggle") == 0)
		play_run(app, !play_place(app).runs);
	else if (strcmp(word, "faster") == 0)
		play_faster(app, 2);
	else if (strcmp(word, "slower") == 0)
		play_faster(app, 0.5);
	else if (strcmp(word, "ledger") == 0 || strcmp(word, "sessions") == 0)
		app->face.act(app->face.self, word, NULL);
	else if (strcmp(word, "lesson") != 0)
		return false;
	else if (!app->player)
		app_say(app, ST_OK, "no lesson is played at this event");
	else
		app->face.act(app->face.self, "playing", NULL);
	return true;
}

static bool play_event_number(const char *word, uint64_t *number)
{
	char *end = NULL;
	*number = isdigit((unsigned char)word[0]) ? strtoull(word, &end, 10) : 0;
	return end && !*end;
}

static void play_move(struct run *run)
{
	struct app *app = run->app;
	const char *word = run->nargs > 0 ? run->args[0] : "toggle";
	uint64_t number;
	if (!app->play)
		run_end(run, ST_USAGE, "nothing is played here: teller trace play FILE plays a recording");
	else if (play_event_number(word, &number))
		play_to_number(app, number), run_end(run, ST_OK, NULL);
	else if (play_word(app, word))
		run_end(run, ST_OK, NULL);
	else
		run_end(run, ST_USAGE,
			"play takes next, back, first, last, on, off, toggle, faster, slower, lesson, ledger, sessions "
			"or an "
			"event's number");
}

const struct command verb_play = {
	.name = "play",
	.args = {{"next|back|first|last|N", ARG_WORD, true}},
	.flags = COMMAND_SCREEN,
	.help = "move in a recording: to an event, or on at its own speed",
	.run = play_move,
};
