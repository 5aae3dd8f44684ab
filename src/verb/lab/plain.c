/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab play without a screen: lines of standard input answer and go on, what is to be said is printed as it comes. */
#include <stdlib.h>
#include <string.h>

#include "app/learned.h"
#include "base/mem.h"
#include "lab/player.h"
#include "lab/story.h"
#include "lab_internal.h"
#include "src/verb/verb_internal.h"

enum { PATIENCE_MS = 10000 }; /* for a session that still waits when its next step has come */

struct lab_plain {
	struct lab *lab;
	struct lesson *lesson;
	struct player *player;
	struct story *story;
	struct timer *soon; /* what the player has changed is looked at behind its call */
	struct timer *late;
	size_t offered; /* from 1, the row that waits to be sent; 0: none */
	bool ended;     /* this order's end was said */
	bool passing;   /* it is not possible, and is being torn down */
	bool reading;   /* a line is awaited */
	bool by_itself; /* there are no more lines */
	size_t surprises;
	struct err err;
};

/* ---- what comes ---- */

static void lab_plain_read_line(struct lab_plain *plain);

static void lab_plain_begin(struct lab_plain *plain, size_t order)
{
	struct story_items items = {0};
	story_begin(plain->story);
	plain->offered = 0;
	plain->ended = false;
	player_begin(plain->player, order);
	story_title(&items, plain->player);
	lab_lines(plain->lab->run->app, &items);
}

/* ---- the end ---- */

static void lab_plain_finish(struct lab_plain *plain)
{
	struct err *err = &plain->err;
	if (!err->status && plain->lab->stopped)
		err->status = ST_CANCELLED;
	if (!err->status)
		(void)story_surprised(err, plain->surprises);
	timer_stop(plain->soon);
	timer_stop(plain->late);
	lab_over(plain->lab, err->status, err->text[0] ? err->text : NULL);
}

static void lab_plain_end(struct lab_plain *plain)
{
	struct player_score score = player_score(plain->player);
	struct story_items items = {0};
	plain->surprises += score.surprises + score.failed;
	(void)learned_note(player_name(plain->player), player_order(plain->player), score.right,
			   score.answered ? score.asked : 0);
	story_end(&items, plain->player);
	lab_lines(plain->lab->run->app, &items);
	if (!plain->err.status)
		(void)story_left(&plain->err, plain->player);
}

static void lab_plain_go_to_next(struct lab_plain *plain)
{
	size_t next = player_following(plain->player);
	if (next < player_norders(plain->player))
		lab_plain_begin(plain, next);
	else
		lab_plain_finish(plain);
}

static void lab_plain_over(struct lab_plain *plain)
{
	if (plain->ended)
		return;
	plain->ended = true;
	lab_plain_end(plain);
	if (player_following(plain->player) == player_norders(plain->player))
		lab_plain_finish(plain);
	else
		lab_plain_read_line(plain);
}

/* ---- a turn ---- */

static bool lab_plain_next_waits(const struct lab_plain *plain, size_t at)
{
	struct player_row row = player_row(plain->player, at);
	struct stage_lane lane;
	stage_lane(player_stage(plain->player), plain->lesson->spec->steps[row.step].session, &lane);
	return lane.state == LANE_WAITING || lane.state == LANE_HELD;
}

static void lab_plain_give_up(struct lab_plain *plain, const char *sentence)
{
	if (!plain->err.status && sentence)
		err_set(&plain->err, ST_STATEMENT, "it cannot be played to its end: %.400s", sentence);
	lab_plain_stop(plain);
}

static void lab_plain_ahead(struct lab_plain *plain)
{
	struct story_items items = {0};
	story_ahead(&items, plain->player);
	lab_lines(plain->lab->run->app, &items);
	lab_plain_read_line(plain);
}

static void lab_plain_on_passed(void *arg)
{
	struct lab_plain *plain = arg;
	plain->passing = false;
	if (!plain->err.status)
		(void)story_left(&plain->err, plain->player);
	if (plain->lab->run)
		lab_plain_go_to_next(plain);
}

/* Of all orders, some cannot be. */
static void lab_plain_pass_over(struct lab_plain *plain)
{
	app_result(plain->lab->run->app, "Not possible: %s", player_impossible(plain->player));
	plain->passing = true;
	player_end(plain->player, lab_plain_on_passed, plain);
}

static void lab_plain_offer(struct lab_plain *plain)
{
	size_t next = player_next_row(plain->player);
	if (player_impossible(plain->player) && !plain->lesson->spec->npermutations) {
		lab_plain_pass_over(plain);
	} else if (player_error(plain->player)) {
		lab_plain_give_up(plain, player_error(plain->player));
	} else if (next == player_nrows(plain->player) || lab_plain_next_waits(plain, next)) {
		timer_start(plain->late, PATIENCE_MS);
	} else if (plain->offered != next + 1) {
		plain->offered = next + 1;
		lab_plain_ahead(plain);
	}
}

static void lab_plain_turn(void *arg)
{
	struct lab_plain *plain = arg;
	struct story_items items = {0};
	bool off = stage_state(player_stage(plain->player)) == STAGE_OFF;
	timer_stop(plain->late);
	if (!plain->lab->run || plain->passing)
		return;
	story_follow(plain->story, &items);
	lab_lines(plain->lab->run->app, &items);
	switch (player_state(plain->player)) {
	case PLAYER_READY:
		lab_plain_offer(plain);
		break;
	case PLAYER_OVER:
		lab_plain_over(plain);
		break;
	case PLAYER_FAILED:
		if (!off)
			break;
		err_set(&plain->err, ST_STATEMENT, "%.480s", player_error(plain->player));
		lab_plain_finish(plain);
		break;
	case PLAYER_STARTING:
	case PLAYER_BUSY:
	case PLAYER_CHECKING:
		break;
	}
}

static void lab_plain_on_changed(void *arg)
{
	struct lab_plain *plain = arg;
	timer_start(plain->soon, 0);
}

static void lab_plain_on_late(void *arg)
{
	lab_plain_give_up(arg, "a session still waits, and nothing says that it will go on");
}

/* ---- answers ---- */

static enum status lab_plain_answer(struct lab_plain *plain, const char *line, struct err *err)
{
	size_t n = strspn(line, "0123456789");
	if (player_state(plain->player) == PLAYER_OVER) {
		lab_plain_go_to_next(plain);
		return ST_OK;
	}
	if (!line[0])
		return player_next(plain->player, err);
	if (line[n] || n > 2)
		return err_set(err, ST_USAGE, "an empty line goes on, a number answers");
	return player_answer(plain->player, (size_t)atoi(line), err);
}

static void lab_plain_on_line(void *arg, const char *line)
{
	struct lab_plain *plain = arg;
	struct err err = {0};
	plain->reading = false;
	plain->by_itself = plain->by_itself || !line;
	if (!plain->lab->run)
		return;
	if (lab_plain_answer(plain, line ? line : "", &err)) {
		app_say(plain->lab->run->app, ST_USAGE, "%s", err.text);
		if (plain->by_itself)
			lab_plain_give_up(plain, err.text);
		else
			lab_plain_read_line(plain);
	}
}

static const char *lab_plain_hint(const struct lab_plain *plain)
{
	if (player_state(plain->player) == PLAYER_OVER)
		return "Enter plays the next order: ";
	return player_asks(plain->player) ? "a number answers, Enter sends the step: " : "Enter sends the step: ";
}

static void lab_plain_read_line(struct lab_plain *plain)
{
	struct face *face = &plain->lab->run->app->face;
	if (plain->reading)
		return;
	plain->reading = !plain->by_itself;
	if (plain->by_itself)
		lab_plain_on_line(plain, NULL);
	else
		face->ask(face->self, lab_plain_hint(plain), lab_plain_on_line, plain);
}

/* ---- life ---- */

struct lab_plain *lab_plain_start(struct lab *lab, struct err *err)
{
	struct app *app = lab->run->app;
	const char *name = lab->run->args[1];
	struct lesson_server server = {0};
	struct lesson *lesson = lesson_open(name, err);
	if (!lesson)
		return NULL;
	struct lab_plain *plain = NEW(struct lab_plain);
	plain->lab = lab;
	plain->lesson = lesson;
	plain->soon = timer_new(app->loop, lab_plain_turn, plain);
	plain->late = timer_new(app->loop, lab_plain_on_late, plain);
	plain->player =
		player_new(app->loop, app->ring, &app->settings.conninfo, name, lesson, lab_plain_on_changed, plain);
	plain->story = story_new(plain->player);
	if (lesson->second.wanted && settings_second(&app->settings))
		player_second(plain->player, settings_second(&app->settings));
	if (lesson_server_of(app->browse, &server))
		player_server(plain->player, &server);
	size_t first = player_first(plain->player);
	if (first == player_norders(plain->player)) {
		(void)player_can(plain->player, 0, err);
		lab_plain_free(plain);
		return NULL;
	}
	trace_run_lesson(app, name, lesson);
	lab_plain_begin(plain, first);
	return plain;
}

static void lab_plain_on_torn_down(void *arg)
{
	struct lab_plain *plain = arg;
	if (!plain->err.status)
		(void)story_left(&plain->err, plain->player);
	if (plain->lab->run)
		lab_plain_finish(plain);
}

void lab_plain_stop(struct lab_plain *plain)
{
	player_end(plain->player, lab_plain_on_torn_down, plain);
}

void lab_plain_free(struct lab_plain *plain)
{
	if (!plain)
		return;
	story_free(plain->story);
	player_free(plain->player);
	lesson_free(plain->lesson);
	timer_free(plain->soon);
	timer_free(plain->late);
	free(plain);
}
