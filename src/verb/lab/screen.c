/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson on the screen: opened, stepped by the words of the command lab, and torn down before it is left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/learned.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/options.h"
#include "cli/words.h"
#include "lab/player.h"
#include "lab/story.h"
#include "screen_internal.h"
#include "src/verb/verb_internal.h"

static const struct job_ops playing_ops;

struct playing *lab_screen_playing(const struct app *app)
{
	return (struct playing *)job_find(app, &playing_ops);
}

static enum status go_to_place(struct app *app, const char *place)
{
	struct face *face = &app->face;
	return face->act && face->act(face->self, place, NULL) ? ST_OK : ST_USAGE;
}

/* ---- opening and leaving ---- */

const struct learned *app_learned(struct app *app)
{
	if (!app->private->learned)
		app->private->learned = learned_read();
	return app->private->learned;
}

/* An order that was played to its end is remembered. */
static void lab_screen_note(struct app *app)
{
	struct playing *playing = lab_screen_playing(app);
	bool over = app->player && player_state(app->player) == PLAYER_OVER;
	if (over && !playing->noted && !playing->exercise && !player_strayed(app->player)) {
		struct player_score score = player_score(app->player);
		(void)learned_note(player_name(app->player), player_order(app->player), score.right,
				   score.answered ? score.asked : 0);
		learned_free(app->private->learned);
		app->private->learned = NULL;
	}
	playing->noted = over;
	playing->read &= over;
}

static void lab_screen_on_changed(void *arg)
{
	lab_screen_note(arg);
	app_changed(arg);
}

static void lab_screen_sweep(void *arg);

void lab_screen_open(struct app *app, const char *name, struct lesson *lesson, struct exercise *exercise, bool against)
{
	const struct conninfo *info = against ? &app->settings.against : &app->settings.conninfo;
	struct lesson_server server;
	struct playing *playing = NEW(struct playing);
	playing->job = (struct job){.ops = &playing_ops, .name = "a lesson", .uses = USES_STAGE};
	playing->lesson = lesson;
	playing->exercise = exercise;
	playing->against = against;
	playing->sweep = timer_new(app->loop, lab_screen_sweep, app);
	job_begin(app, &playing->job);
	app->player = player_new(app->loop, app->ring, info, name, lesson, lab_screen_on_changed, app);
	if (lesson->second.wanted)
		player_second(app->player, settings_second(&app->settings));
	player_for_reader(app->player);
	if (!against && lesson_server_of(app->browse, &server))
		player_server(app->player, &server);
}

static enum status play(struct app *app, const char *name, bool against, struct err *err)
{
	struct lesson *lesson = lesson_open(name, err);
	struct exercise *exercise = lesson && lesson->exercise ? exercise_open(name, err) : NULL;
	bool alone = lesson && lesson->second.wanted && !settings_second(&app->settings);
	if (alone)
		err_set(err, ST_USAGE, "the lesson %.80s needs a second server: start teller with --second URL", name);
	if (!lesson || alone || (lesson->exercise && !exercise)) {
		lesson_free(lesson);
		exercise_free(exercise);
		return err->status;
	}
	lab_screen_open(app, name, lesson, exercise, against);
	return ST_OK;
}

/* Some orders of a lesson are for one server alone: the first that is for this one. */
static void lab_screen_begin(struct app *app)
{
	size_t first = player_first(app->player);
	player_begin(app->player, first < player_norders(app->player) ? first : 0);
}

static enum status open_lesson(struct app *app, const char *name, struct err *err)
{
	if (!name)
		return err_set(err, ST_USAGE, "which lesson? lab play NAME; lab alone lists them");
	if (app->player)
		return err_set(err, ST_USAGE, "%.80s is being played; leave it first, with Esc",
			       player_name(app->player));
	if (run_standby(app, "a lesson", err) || play(app, name, false, err))
		return err->status;
	lab_screen_begin(app);
	lab_screen_say_task(app);
	return go_to_place(app, "playing");
}

static void lab_screen_follow(struct app *app, const char *name)
{
	struct err err;
	if (app->leaving || !open_lesson(app, name, &err))
		return;
	app_say(app, err.status, "%s", err.text);
	go_to_place(app, "lessons");
}

/* Over: the player's own callback has returned. */
static void lab_screen_sweep(void *arg)
{
	struct app *app = arg;
	struct playing was = *lab_screen_playing(app);
	struct err err;
	char *name = mem_dup(player_name(app->player));
	if (was.back)
		lab_screen_playing(app)->back = NULL, lab_screen_playing(app)->exercise = NULL;
	job_end(&lab_screen_playing(app)->job);
	if (was.back)
		lab_screen_begin_back(app, name, &was);
	else if (was.following)
		lab_screen_follow(app, was.following);
	else if (!was.turns)
		go_to_place(app, "lessons");
	else if (play(app, name, was.against, &err))
		app_say(app, err.status, "%s", err.text);
	else {
		player_begin(app->player, was.order);
		player_go_to(app->player, was.sent);
	}
	free(name);
	app_changed(app);
}

static void on_left(void *arg)
{
	struct app *app = arg;
	struct playing *playing = lab_screen_playing(app);
	struct err err;
	if (story_left(&err, app->player))
		app_say(app, err.status, "%s", err.text);
	playing->over = true;
	timer_start(playing->sweep, 0);
	quit_look(app);
}

void lab_screen_end(struct playing *playing)
{
	struct app *app = playing->job.app;
	if (playing->ends)
		return;
	playing->ends = true;
	player_end(app->player, on_left, app);
}

/* ---- the job ---- */

/* What a played lesson sends is cancelled by its own word. */
static bool stop_playing(struct job *job, enum job_stop how)
{
	if (how != STOP_LEAVE)
		return false;
	lab_screen_end((struct playing *)job);
	return true;
}

static bool is_awaited(const struct job *job)
{
	const struct playing *playing = (const struct playing *)job;
	const struct player *player = job->app->player;
	return player && !playing->over && stage_state(player_stage(player)) != STAGE_OFF;
}

static bool lab_screen_last_words(const struct job *job, struct err *err)
{
	if (!is_awaited(job))
		return false;
	err_set(err, ST_STATEMENT,
		"the lesson %.80s was not torn down: what its setup made is still there; `lab run` tears it down",
		player_name(job->app->player));
	return true;
}

static void free_playing(struct job *job)
{
	struct playing *playing = (struct playing *)job;
	timer_free(playing->sweep);
	player_free(job->app->player);
	job->app->player = NULL;
	lesson_free(playing->lesson);
	lesson_free(playing->back);
	exercise_free(playing->exercise);
	free(playing);
}

static const struct job_ops playing_ops = {
	.stop = stop_playing, .awaited = is_awaited, .last_words = lab_screen_last_words, .free = free_playing};

/* ---- the words of a played lesson ---- */

static enum status number(const struct call *call, const char *what, unsigned long long most, size_t *n,
			  struct err *err)
{
	unsigned long long value = 0;
	if (!call->argument)
		return err_set(err, ST_USAGE, "lab %s takes a number", what);
	if (options_number(call->argument, what, 0, most, &value, err))
		return err->status;
	*n = (size_t)value;
	return ST_OK;
}

/* The next lesson that this server can play; NULL: there is none. */
static const char *lab_screen_following(const struct app *app)
{
	struct lesson_server server = {0};
	bool known = app->browse && lesson_server_of(app->browse, &server), runs = false;
	const char *name = player_name(app->player);
	server.second = settings_second(&app->settings);
	while (!runs && (name = lesson_following(name)) != NULL) {
		struct err why;
		struct lesson *lesson = lesson_open(name, &why);
		runs = lesson && (!known || lesson_runs(lesson, -1, &server, &why));
		lesson_free(lesson);
	}
	return name;
}

/* Behind the last order the next lesson follows: twice, as from order to order. */
static enum status do_next(const struct call *call, struct err *err)
{
	struct playing *playing = lab_screen_playing(call->app);
	enum player_state state = player_state(call->player);
	bool over = state == PLAYER_OVER || state == PLAYER_FAILED;
	bool last = playing->exercise || player_following(call->player) >= player_norders(call->player);
	const char *following = over && last && !playing->against ? lab_screen_following(call->app) : NULL;
	if (!following)
		return player_next(call->player, err);
	if (!playing->read) {
		playing->read = true;
		return err_set(err, ST_USAGE, "that was all of it: Space again goes on to %s, R plays it again",
			       following);
	}
	playing->following = following;
	lab_screen_end(playing);
	return ST_OK;
}

/* A session by its name, or by its place in the file, from 1. */
static enum status do_session(const struct call *call, struct err *err)
{
	const struct spec *spec = player_lesson(call->player)->spec;
	if (!call->argument)
		return err_set(err, ST_USAGE, "lab step takes a session: its name or its number");
	long session = spec_session_find(spec, call->argument);
	size_t n = 0;
	if (session >= 0)
		return player_step(call->player, (size_t)session, err);
	if (number(call, "step", spec->nsessions, &n, err))
		return err->status;
	return player_step(call->player, n ? n - 1 : 0, err);
}

static enum status do_answer(const struct call *call, struct err *err)
{
	size_t n = 0;
	return number(call, "answer", 9, &n, err) ? err->status : player_answer(call->player, n, err);
}

/* There is no step left to go on with. */
static enum status lab_screen_goes(const struct call *call, struct err *err)
{
	enum player_state state = player_state(call->player);
	bool more = player_following(call->player) < player_norders(call->player);
	if (state != PLAYER_OVER && state != PLAYER_FAILED)
		return ST_OK;
	return err_set(err, ST_USAGE, "this order is over; %s",
		       more ? "Space, twice, plays the next one, R plays this one again" : "R plays it again");
}

static enum status do_go(const struct call *call, struct err *err)
{
	if (lab_screen_goes(call, err))
		return err->status;
	player_pace(call->player, PLAYER_GOES_ON);
	return ST_OK;
}

static enum status do_auto(const struct call *call, struct err *err)
{
	bool on = player_paced(call->player) != PLAYER_AUTO;
	if (on && lab_screen_goes(call, err))
		return err->status;
	player_pace(call->player, on ? PLAYER_AUTO : PLAYER_BY_HAND);
	app_say(call->app, ST_OK, on ? "it plays by itself; + and - change the pause, A stops it" : "stopped");
	return ST_OK;
}

static enum status change_pause(const struct call *call, bool longer)
{
	uint64_t ms = player_pause(call->player);
	player_pause_ms(call->player, longer ? ms * 3 / 2 : ms * 2 / 3);
	app_say(call->app, ST_OK, "a pause of %.1f s between steps", (double)player_pause(call->player) / 1000);
	return ST_OK;
}

static enum status do_faster(const struct call *call, struct err *err)
{
	(void)err;
	return change_pause(call, false);
}

static enum status do_slower(const struct call *call, struct err *err)
{
	(void)err;
	return change_pause(call, true);
}

static enum status do_again(const struct call *call, struct err *err)
{
	(void)err;
	player_begin(call->player, player_order(call->player));
	return ST_OK;
}

static void list_orders(const struct call *call)
{
	const struct player *player = call->player;
	const struct lesson *lesson = player_lesson(player);
	struct buf text = {0};
	for (size_t i = 0; i < player_norders(player); i++) {
		struct err why;
		const char *title = lesson_text(lesson, LESSON_TITLE, (long)i, -1);
		bool can = player_can(player, i, &why);
		buf_fmt(&text, "%c %3zu  ", i == player_order(player) ? '>' : can ? ' ' : '-', i + 1);
		text_escape(&text, title ? title : "", title ? strlen(title) : 0, 200);
		if (can)
			buf_char(&text, '\n');
		else
			buf_fmt(&text, "\n         not played here: it %s\n", why.text);
	}
	buf_str(&text, "\n:lab order N plays one of them.\n");
	app_show(call->app, "The orders of this lesson", &text);
}

static enum status do_order(const struct call *call, struct err *err)
{
	size_t n = 0, most = player_norders(call->player);
	if (!call->argument) {
		list_orders(call);
		return ST_OK;
	}
	if (number(call, "order", most, &n, err))
		return err->status;
	struct err why;
	if (!player_can(call->player, n ? n - 1 : 0, &why))
		return err_set(err, ST_USAGE, "order %zu is not played here: it %.400s", n ? n : 1, why.text);
	player_begin(call->player, n ? n - 1 : 0);
	return ST_OK;
}

/* The same place on the other server, and back. */
static enum status do_against(const struct call *call, struct err *err)
{
	struct app *app = call->app;
	if (!app->settings.against.target)
		return err_set(err, ST_USAGE,
			       "start teller with --against URI to see the same steps on another server");
	struct playing *playing = lab_screen_playing(app);
	if (is_awaited(&playing->job) && player_state(call->player) != PLAYER_READY)
		return err_set(err, ST_USAGE, "not now: wait until the running step is answered");
	playing->turns = true;
	playing->against = !playing->against;
	playing->order = player_order(call->player);
	playing->sent = player_nsent(call->player);
	lab_screen_end(playing);
	app_say(app, ST_OK, playing->against ? "on the server of --against" : "on the first server again");
	return ST_OK;
}

static enum status do_cancel_steps(const struct call *call, struct err *err)
{
	(void)err;
	player_cancel(call->player);
	return ST_OK;
}

static enum status do_leave_lesson(const struct call *call, struct err *err)
{
	(void)err;
	lab_screen_end(lab_screen_playing(call->app));
	return ST_OK;
}

static const struct {
	const char *name;
	enum status (*fn)(const struct call *call, struct err *err);
} words[] = {
	{"next", do_next},           {"step", do_session},
	{"answer", do_answer},       {"go", do_go},
	{"auto", do_auto},           {"faster", do_faster},
	{"slower", do_slower},       {"again", do_again},
	{"order", do_order},         {"against", do_against},
	{"cancel", do_cancel_steps}, {"leave", do_leave_lesson},
	{"race", lab_screen_race},   {"edit", lab_screen_edit},
	{"try", lab_screen_try},     {"solution", lab_screen_solution},
};

bool lab_screen_knows(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(word, words[i].name) == 0)
			return true;
	return strcmp(word, "play") == 0;
}

static enum status do_word(struct app *app, const struct run *run, struct err *err)
{
	const char *word = run->args[0], *argument = run->args[1];
	struct call call = {app, run, app->player, argument};
	if (!word)
		return go_to_place(app, app->player ? "playing" : "lessons");
	if (strcmp(word, "play") == 0)
		return open_lesson(app, argument, err);
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (strcmp(word, words[i].name) != 0)
			continue;
		if (app->player && lab_screen_playing(app)->ends)
			return err_set(err, ST_USAGE, "the lesson is being torn down; then its list is shown");
		if (!app->player)
			return err_set(err, ST_USAGE, "no lesson is being played; `lab` lists them");
		return words[i].fn(&call, err);
	}
	return err_set(err, ST_USAGE,
		       "unknown lab command \"%.40s\"; on a screen use play NAME, next, step, answer, go, auto, "
		       "order, again, against, race, edit, try, solution or leave",
		       word);
}

static void lab_screen_go(void *arg, const struct err *not_ready)
{
	struct run *run = arg;
	struct err err = {0};
	enum status status = ST_OK;
	if (not_ready)
		err = *not_ready, status = err.status;
	else
		status = do_word(run->app, run, &err);
	run_end(run, status, status && err.text[0] ? err.text : NULL);
}

/* A lesson needs the server; the list of lessons does not. */
void lab_screen_run(struct run *run)
{
	bool plays = run->args[0] && strcmp(run->args[0], "play") == 0;
	if (plays)
		waiters_wait(run->app, COMMAND_SERVER, lab_screen_go, run);
	else
		lab_screen_go(run, NULL);
}
