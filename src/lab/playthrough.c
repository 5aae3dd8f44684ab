/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays the orders of a lesson one after another, by itself, and shows the player at the end of each. */
#include "lab/playthrough.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"

/* The steps of a lesson wait for each other and have little to do: what takes so long will not end. */
enum { LIMIT_MS = 30000 };

struct playthrough {
	const struct lesson *lesson;
	struct lesson_server server;
	struct playthrough_to to;
	struct player *player;
	struct timer *next, *late;
	size_t order;  /* the one that is played, or comes next */
	bool playing;  /* it was begun */
	bool stopping; /* it is torn down before its end */
	bool stopped;  /* the end was asked for */
	struct err err;
};

/* What changes comes from inside the player: it is looked at behind that. */
static void playthrough_soon(void *arg)
{
	struct playthrough *through = arg;
	timer_start(through->next, 0);
}

static void playthrough_give_up(struct playthrough *through)
{
	through->stopping = true;
	player_end(through->player, playthrough_soon, through);
}

static void playthrough_on_late(void *arg)
{
	struct playthrough *through = arg;
	if (through->stopping)
		return;
	err_set(&through->err, ST_CHECK, "order %zu has not ended in time: nothing in it lets it go on",
		through->order + 1);
	playthrough_give_up(through);
}

/* ---- one order ---- */

static bool playthrough_begin(struct playthrough *through)
{
	struct err why = {0};
	size_t n = player_norders(through->player);
	for (; through->order < n && !through->err.status && !through->stopped; through->order++) {
		if (lesson_runs(through->lesson, (long)through->order, &through->server, &why)) {
			through->playing = true;
			through->stopping = false;
			player_begin(through->player, through->order);
			player_go_to(through->player, SIZE_MAX);
			timer_start(through->late, LIMIT_MS);
			return true;
		}
		if (through->to.skipped)
			through->to.skipped(through->to.arg, through->order, why.text);
	}
	return false;
}

static void playthrough_end_order(struct playthrough *through)
{
	const char *left = player_left(through->player);
	timer_stop(through->late);
	through->playing = false;
	if (!through->err.status && !through->stopping)
		through->to.played(through->to.arg, through->order, through->player);
	if (left && !through->err.status)
		err_set(&through->err, ST_STATEMENT, "not all was torn down: %.400s", left);
	through->order++;
}

static void playthrough_look(struct playthrough *through)
{
	const char *error = player_error(through->player), *impossible = player_impossible(through->player);
	if (through->stopping || !(error || impossible))
		return;
	if (impossible)
		through->to.impossible(through->to.arg, through->order, impossible);
	else
		err_set(&through->err, ST_STATEMENT, "order %zu cannot be played to its end: %.400s",
			through->order + 1, error);
	playthrough_give_up(through);
}

static void playthrough_on_next(void *arg)
{
	struct playthrough *through = arg;
	enum player_state state = player_state(through->player);
	bool off = stage_state(player_stage(through->player)) == STAGE_OFF;
	if (through->playing)
		playthrough_look(through);
	bool over = through->stopping || state == PLAYER_OVER || state == PLAYER_FAILED;
	if (through->playing && !(off && over))
		return;
	if (through->playing)
		playthrough_end_order(through);
	if (!playthrough_begin(through))
		through->to.done(through->to.arg, through->err.status ? &through->err : NULL);
}

/* ---- life ---- */

struct playthrough *playthrough_start(struct loop *loop, struct ring *ring, const struct conninfo *info,
				      const char *name, const struct lesson *lesson, const struct lesson_server *server,
				      const char *isolation, const struct playthrough_to *to)
{
	struct playthrough *through = NEW(struct playthrough);
	through->lesson = lesson;
	through->server = *server;
	through->to = *to;
	through->next = timer_new(loop, playthrough_on_next, through);
	through->late = timer_new(loop, playthrough_on_late, through);
	through->player = player_new(loop, ring, info, name, lesson, playthrough_soon, through);
	if (lesson->second.wanted && server->second)
		player_second(through->player, server->second);
	player_isolation(through->player, isolation);
	timer_start(through->next, 0);
	return through;
}

void playthrough_stop(struct playthrough *through)
{
	through->stopped = true;
	if (through->playing && !through->stopping)
		playthrough_give_up(through);
	else if (!through->playing)
		timer_start(through->next, 0);
}

void playthrough_free(struct playthrough *through)
{
	if (!through)
		return;
	player_free(through->player);
	timer_free(through->next);
	timer_free(through->late);
	free(through);
}
