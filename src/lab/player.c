/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The player: which step comes next, and when it is sent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "player_internal.h"

enum { PAUSE_MS = 2500, PAUSE_MIN_MS = 200, PAUSE_MAX_MS = 20000 };

void player_tell(struct player *player)
{
	player->changed(player->arg);
}

void player_fail(struct player *player, const char *sentence)
{
	free(player->error);
	player->error = mem_dup(sentence);
}

/* ---- orders ---- */

static size_t count_orders(const struct spec *spec)
{
	if (spec->npermutations)
		return spec->npermutations;
	struct spec_permutations *order = spec_permutations_new(spec);
	size_t n = 0;
	while (n < PLAYER_ORDERS_MAX && spec_permutations_next(order))
		n++;
	spec_permutations_free(order);
	return n;
}

static void take_order(struct player *player, size_t order)
{
	const struct spec *spec = player->lesson->spec;
	spec_permutations_free(player->made);
	player->made = NULL;
	player->order = order;
	if (spec->npermutations) {
		player->permutation = &spec->permutations[order];
		return;
	}
	player->made = spec_permutations_new(spec);
	for (size_t i = 0; i <= order; i++)
		player->permutation = spec_permutations_next(player->made);
}

static void forget_order(struct player *player)
{
	player_forget(player);
	player_turns_forget(player);
}

static void begin_now(struct player *player)
{
	size_t order = (size_t)player->begin;
	player->begin = -1;
	forget_order(player);
	take_order(player, order);
	player_turns_make(player);
	player_checks_make(player);
	player->state = PLAYER_STARTING;
	for (size_t i = 0; i < player->lesson->spec->nsessions; i++)
		stage_retry(player->stage, i, lesson_retry_of(player->lesson, (long)order, i) != NULL);
	stage_begin(player->stage, player->permutation);
}

void player_begin(struct player *player, size_t order)
{
	if (order >= player->norders)
		return;
	player->begin = (long)order;
	player->pace = PLAYER_BY_HAND;
	player->go_to = 0;
	player->wants = WANTS_NOTHING;
	timer_stop(player->pause);
	if (stage_state(player->stage) == STAGE_OFF)
		begin_now(player);
	else
		stage_end(player->stage);
	player_tell(player);
}

size_t player_norders(const struct player *player)
{
	return player->norders;
}

/* ---- steps ---- */

size_t player_next_turn(const struct player *player)
{
	size_t i = 0, n = player->nturns;
	while (i < n && (player->turns[i].sent || player->turns[i].dropped))
		i++;
	return i;
}

static bool any_lane(const struct player *player, enum lane_state state)
{
	for (size_t i = 0; i < player->lesson->spec->nsessions; i++) {
		struct stage_lane lane;
		stage_lane(player->stage, i, &lane);
		if (lane.state == state)
			return true;
	}
	return false;
}

/* Marked before it is sent: the facts about it come from inside. */
static enum status send_turn(struct player *player, size_t i, struct err *err)
{
	struct turn *turn = &player->turns[i];
	size_t step = turn->step;
	bool in_turn = i == player_next_turn(player);
	bool planned = !player->strayed && turn->place == (long)stage_turn(player->stage); /* its marks hold */
	bool asked = turn->attempt <= 1 && lesson_ask_of(player->lesson, (long)player->order, (long)step) != NULL;
	turn->sent = true;
	turn->record = stage_nrecords(player->stage);
	player->sent[player->nsent++] = i;
	enum status status = in_turn && planned ? stage_next(player->stage, err) : stage_step(player->stage, step, err);
	if (status) {
		player->turns[i].sent = false;
		player->nsent--;
		player->pace = PLAYER_BY_HAND;
		return status;
	}
	free(player->error);
	player->error = NULL;
	player->strayed = player->strayed || !in_turn;
	if (asked)
		player->asked = (long)i;
	return ST_OK;
}

static void player_finish(struct player *player)
{
	player->state = PLAYER_CHECKING;
	if (player->strayed || any_lane(player, LANE_WAITING) || any_lane(player, LANE_LOST))
		stage_end(player->stage);
	else
		player_checks_ask(player);
}

static enum status after_the_end(struct player *player, struct err *err)
{
	if (player->state == PLAYER_OVER && player->order + 1 < player->norders) {
		player_begin(player, player->order + 1);
		return ST_OK;
	}
	return err_set(err, ST_USAGE, "that was all of it: R plays it again, Esc goes back to the lessons");
}

/* The session of the next step waits: what it waits for may have ended just now, and then it tells. */
static bool next_waits(const struct player *player)
{
	size_t turn = player_next_turn(player);
	struct stage_lane lane;
	if (turn >= player->nturns)
		return false;
	stage_lane(player->stage, player->lesson->spec->steps[player->turns[turn].step].session, &lane);
	return lane.state == LANE_WAITING || lane.state == LANE_HELD;
}

enum status player_next(struct player *player, struct err *err)
{
	switch (player->state) {
	case PLAYER_CHECKING:
		return ST_OK;
	case PLAYER_STARTING:
	case PLAYER_BUSY:
		player->wants = WANTS_NEXT;
		return ST_OK;
	case PLAYER_OVER:
	case PLAYER_FAILED:
		return after_the_end(player, err);
	case PLAYER_READY:
		break;
	}
	if (next_waits(player)) { /* then it is sent as soon as that is over */
		player->wants = WANTS_NEXT;
		return ST_OK;
	}
	size_t turn = player_next_turn(player);
	if (turn < player->nturns)
		return send_turn(player, turn, err);
	player_finish(player);
	player_tell(player);
	return ST_OK;
}

enum status player_step(struct player *player, size_t session, struct err *err)
{
	const struct spec *spec = player->lesson->spec;
	if (session >= spec->nsessions)
		return err_set(err, ST_USAGE, "this lesson has %zu sessions", spec->nsessions);
	if (player->state == PLAYER_BUSY) {
		player->wants = (long)session;
		return ST_OK;
	}
	if (player->state != PLAYER_READY)
		return err_set(err, ST_USAGE, "not now: no step can be sent");
	for (size_t i = 0; i < player->nturns; i++)
		if (!player->turns[i].sent && !player->turns[i].dropped &&
		    spec->steps[player->turns[i].step].session == session)
			return send_turn(player, i, err);
	return err_set(err, ST_USAGE, "%.40s has no step left in this order", spec->sessions[session].name);
}

/* ---- by itself ---- */

static void go_by_hand(struct player *player)
{
	player->pace = PLAYER_BY_HAND;
	player->go_to = 0;
}

/* True where the step in front of it is one to stop at. */
static bool stops(const struct player *player)
{
	size_t turn = player_next_turn(player);
	if (player->nsent < player->go_to)
		return false;
	return player->go_to || player->turns[turn].breakpoint || player_asks(player);
}

static void player_go_on(struct player *player)
{
	struct err err;
	if (player->state != PLAYER_READY || next_waits(player))
		return;
	if (player_next_turn(player) < player->nturns && stops(player))
		go_by_hand(player);
	else if (player_next(player, &err))
		player_fail(player, err.text);
}

static void on_pause(void *arg)
{
	struct player *player = arg;
	struct err err;
	if (player->state == PLAYER_READY && player->pace == PLAYER_AUTO && !next_waits(player) &&
	    player_next(player, &err)) {
		player_fail(player, err.text);
		go_by_hand(player);
	}
	player_tell(player);
}

/* What was asked for while a step was on its way. */
static void do_wanted(struct player *player)
{
	struct err err;
	long wants = player->wants;
	if (wants == WANTS_NEXT && next_waits(player))
		return;
	player->wants = WANTS_NOTHING;
	if (wants == WANTS_NEXT ? player_next(player, &err) : player_step(player, (size_t)wants, &err))
		player_fail(player, err.text);
}

static void player_settle(struct player *player)
{
	if (stage_state(player->stage) != STAGE_STANDING || player->state == PLAYER_CHECKING)
		return;
	bool runs = any_lane(player, LANE_RUNNING);
	player->state = runs ? PLAYER_BUSY : PLAYER_READY;
	if (runs)
		return;
	bool over = player_next_turn(player) == player->nturns && !any_lane(player, LANE_WAITING) &&
		    !any_lane(player, LANE_HELD);
	if (over) {
		player_finish(player);
	} else if (player->wants != WANTS_NOTHING) {
		do_wanted(player);
	} else if (player->pace == PLAYER_GOES_ON) {
		player_go_on(player);
	} else if (player->pace == PLAYER_AUTO) {
		timer_start(player->pause, player->pause_ms);
	}
}

void player_pace(struct player *player, enum player_pace pace)
{
	struct err err;
	timer_stop(player->pause);
	player->pace = pace;
	player->go_to = 0;
	if (pace == PLAYER_BY_HAND || player->state != PLAYER_READY)
		return;
	/* From where it stands it goes on, whatever there is to stop at. */
	if (player_next(player, &err)) {
		player_fail(player, err.text);
		go_by_hand(player);
	}
	player_tell(player);
}

void player_pause_ms(struct player *player, uint64_t pause_ms)
{
	player->pause_ms = pause_ms < PAUSE_MIN_MS ? PAUSE_MIN_MS : pause_ms > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause_ms;
}

void player_go_to(struct player *player, size_t sent)
{
	if (!sent)
		return;
	player->pace = PLAYER_GOES_ON;
	player->go_to = sent;
	player_settle(player);
}

void player_cancel(struct player *player)
{
	go_by_hand(player);
	for (size_t i = 0; i < player->lesson->spec->nsessions && stage_state(player->stage) == STAGE_STANDING; i++) {
		struct stage_lane lane;
		stage_lane(player->stage, i, &lane);
		if (lane.state == LANE_RUNNING || lane.state == LANE_WAITING)
			stage_cancel(player->stage, i);
	}
}

/* ---- what the stage tells ---- */

static const char *who(const struct player *player, long lane)
{
	return lane < 0 ? "the control session" : player->lesson->spec->sessions[lane].name;
}

static void player_failed(struct player *player, const struct stage_fact *fact)
{
	struct buf text = {0};
	const char *words = fact->text ? fact->text : fact->word ? fact->word->message : "";
	switch (fact->fail) {
	case FAIL_CONNECT:
		buf_fmt(&text, "%.60s cannot connect: %s", who(player, fact->lane), words);
		break;
	case FAIL_POOL: /* again would be no better */
		break;
	case FAIL_SET_UP:
		buf_fmt(&text, "the set-up of %.60s was refused: %s", who(player, fact->lane), words);
		break;
	case FAIL_CONTROL:
		buf_fmt(&text, "the server cannot be asked who waits for whom: %s", words);
		break;
	case FAIL_SEND:
	case FAIL_LOST:
	case FAIL_TIME:
	case FAIL_STILL:
	case FAIL_TOGETHER:
		buf_fmt(&text, "it cannot go on: %s", words[0] ? words : "a session is gone");
		break;
	}
	buf_str(&text, text.len ? "; R plays it again" : words);
	player_fail(player, text.p);
	buf_free(&text);
	player->state = PLAYER_FAILED;
}

static void stage_is_off(struct player *player, bool fell)
{
	player_changed_fn *ended = player->ended;
	player->ended = NULL;
	timer_stop(player->pause);
	if (ended) {
		ended(player->ended_arg);
		return;
	}
	if (player->begin >= 0)
		begin_now(player);
	else if (!fell && player->state != PLAYER_FAILED)
		player->state = PLAYER_OVER;
}

static void player_on_fact(void *arg, const struct stage_fact *fact)
{
	struct player *player = arg;
	switch (fact->kind) {
	case FACT_BEGUN:
		player_watch(player);
		player_settle(player);
		break;
	case FACT_WAITS:
	case FACT_GOES_ON:
	case FACT_DONE:
		player_judge(player, fact->record);
		if (fact->kind == FACT_DONE)
			player_watch(player);
		player_settle(player);
		break;
	case FACT_SENT:
		player_settle(player);
		break;
	case FACT_AGAIN:
		player_turns_again(player, fact);
		break;
	case FACT_OUTCOME:
		player_turns_outcome(player, fact);
		break;
	case FACT_LOST:
		player_fail(player, fact->text);
		player_settle(player);
		break;
	case FACT_FAILED:
		player_failed(player, fact);
		stage_is_off(player, true);
		return player_tell(player);
	case FACT_ENDED:
		free(player->left);
		player->left = mem_dup(fact->text);
		stage_is_off(player, false);
		return player_tell(player);
	case FACT_STARTS:
	case FACT_SET_UP:
	case FACT_SAID:
	case FACT_CANCELS:
	case FACT_PLAYED:
	case FACT_TORN_DOWN:
		break;
	}
	player_tell(player);
}

/* ---- life ---- */

struct player *player_new(struct loop *loop, struct ring *ring, const struct conninfo *info, const char *name,
			  const struct lesson *lesson, player_changed_fn *changed, void *arg)
{
	struct player *player = NEW(struct player);
	struct stage_options options = {.limit_us = stage_limit()};
	*player = (struct player){
		.loop = loop,
		.ring = ring,
		.name = mem_dup(name),
		.lesson = lesson,
		.changed = changed,
		.arg = arg,
		.pause_ms = PAUSE_MS,
		.begin = -1,
		.asked = -1,
		.wants = WANTS_NOTHING,
		.norders = count_orders(lesson->spec),
		.knows = mem_array(lesson->spec->nsessions, sizeof *player->knows),
		.pause = timer_new(loop, on_pause, player),
	};
	player->stage = stage_new(loop, ring, info, lesson->spec, &options, player_on_fact, player);
	return player;
}

void player_free(struct player *player)
{
	if (!player)
		return;
	stage_free(player->stage);
	forget_order(player);
	spec_permutations_free(player->made);
	timer_free(player->pause);
	buf_free(&player->text);
	free(player->knows);
	free(player->name);
	free(player);
}

void player_end(struct player *player, player_changed_fn *ended, void *arg)
{
	player->begin = -1;
	timer_stop(player->pause);
	if (stage_state(player->stage) == STAGE_OFF) {
		ended(arg);
		return;
	}
	player->ended = ended;
	player->ended_arg = arg;
	stage_end(player->stage);
}
