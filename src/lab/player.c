/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The player: begun with an order, ended, and freed. */
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

void player_take_order(struct player *player, size_t order)
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

void player_forget_order(struct player *player)
{
	player_data_forget(player);
	player_turns_forget(player);
	free(player->error);
	free(player->left);
	free(player->impossible);
	player->error = player->left = player->impossible = NULL;
	player->strayed = player->has_read = false;
	player->moment = 0;
	player->asked = -1;
}

static void begin_now(struct player *player)
{
	size_t order = (size_t)player->begin;
	player->begin = -1;
	player_forget_order(player);
	player_take_order(player, order);
	values_begin(player->values, (long)order);
	player_turns_make(player);
	player_checks_make(player);
	player->state = PLAYER_STARTING;
	for (size_t i = 0; i < player->lesson->spec->nsessions; i++)
		stage_retry(player->stage, i, lesson_retry_of(player->lesson, (long)order, i) != NULL);
	stage_isolation(player->stage, player->isolation);
	for (size_t i = 0; i < player->lesson->spec->nsteps; i++)
		stage_cut(player->stage, i, lesson_cuts(player->lesson, (long)order, (long)i));
	stage_begin(player->stage, player->permutation);
}

void player_clean(struct player *player, const char *session_sql)
{
	stage_clean(player->stage, session_sql);
}

void player_isolation(struct player *player, const char *level)
{
	player->isolation = level;
}

void player_begin(struct player *player, size_t order)
{
	if (order >= player->norders)
		return;
	player->begin = (long)order;
	player->pace = PLAYER_BY_HAND;
	player->go_to = 0;
	player->wants = WANTS_NOTHING;
	player->state = PLAYER_STARTING; /* what is played until then is sent nothing more */
	timer_stop(player->pause);
	if (stage_state(player->stage) == STAGE_OFF)
		begin_now(player);
	else
		stage_end(player->stage);
	player_tell(player);
}

void player_pause_ms(struct player *player, uint64_t pause_ms)
{
	player->pause_ms = pause_ms < PAUSE_MIN_MS ? PAUSE_MIN_MS : pause_ms > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause_ms;
}

size_t player_norders(const struct player *player)
{
	return player->norders;
}

void player_server(struct player *player, const struct lesson_server *server)
{
	player->server = *server;
	player->server_known = true;
}

/* ---- why it cannot go on, and its end ---- */

/* Connected, and nothing set up yet: is this order for this server? */
void player_starts(struct player *player)
{
	struct lesson_server server;
	struct buf text = {0};
	struct err why = {0};
	if (lesson_server_of(stage_control(player->stage), &server))
		player_server(player, &server);
	if (player_can(player, player->order, &why))
		return;
	buf_fmt(&text, "this order is not played here: it %s", why.text);
	player_fail(player, text.p);
	buf_free(&text);
	player->state = PLAYER_FAILED;
	stage_end(player->stage);
}

static const char *player_who(const struct player *player, long lane)
{
	return lane < 0 ? "the control session" : player->lesson->spec->sessions[lane].name;
}

void player_failed(struct player *player, const struct stage_fact *fact)
{
	struct buf text = {0};
	const char *words = fact->text ? fact->text : fact->word ? fact->word->message : "";
	switch (fact->fail) {
	case FAIL_CONNECT:
		buf_fmt(&text, "%.60s cannot connect: %s", player_who(player, fact->lane), words);
		break;
	case FAIL_POOL:
		break;
	case FAIL_SCHEMA:
		buf_str(&text, fact->text);
		break;
	case FAIL_SET_UP:
		buf_fmt(&text, "the set-up of %.60s was refused: %s", player_who(player, fact->lane), words);
		break;
	case FAIL_CONTROL:
		buf_fmt(&text, "the server cannot be asked who waits for whom: %s", words);
		break;
	case FAIL_SEND:
	case FAIL_LOST:
	case FAIL_TIME:
	case FAIL_STILL:
	case FAIL_TOGETHER:
	case FAIL_IMPOSSIBLE: /* of a play by itself */
		buf_fmt(&text, "it cannot go on: %s", words[0] ? words : "a session is gone");
		break;
	}
	if (!text.len)
		buf_str(&text, words);
	player_fail(player, text.p);
	buf_free(&text);
	player->state = PLAYER_FAILED;
}

/* Comes behind a failure too. */
void player_ended(struct player *player, const struct stage_fact *fact)
{
	player_changed_fn *ended = player->ended;
	player->ended = NULL;
	free(player->left);
	player->left = mem_dup(fact->text);
	timer_stop(player->pause);
	if (ended)
		ended(player->ended_arg);
	else if (player->begin >= 0)
		begin_now(player);
	else if (player->state != PLAYER_FAILED)
		player->state = PLAYER_OVER;
}

/* ---- life ---- */

struct player *player_new(struct loop *loop, struct ring *ring, const struct conninfo *info, const char *name,
			  const struct lesson *lesson, player_changed_fn *changed, void *arg)
{
	struct player *player = NEW(struct player);
	struct values *values = values_new(lesson);
	struct stage_options options = {.limit_us = stage_limit(), .values = values};
	*player = (struct player){
		.loop = loop,
		.ring = ring,
		.name = mem_dup(name),
		.lesson = lesson,
		.values = values,
		.changed = changed,
		.arg = arg,
		.pause_ms = PAUSE_MS,
		.begin = -1,
		.asked = -1,
		.wants = WANTS_NOTHING,
		.norders = count_orders(lesson->spec),
		.knows = mem_array(lesson->spec->nsessions, sizeof *player->knows),
		.pause = timer_new(loop, player_on_pause, player),
	};
	player->stage = stage_new(loop, ring, info, lesson->spec, &options, player_on_fact, player);
	return player;
}

void player_for_reader(struct player *player)
{
	player->reader = true;
}

void player_second(struct player *player, const struct conninfo *info)
{
	player->second = info;
	stage_second(player->stage, &player->lesson->second, info);
}

void player_free(struct player *player)
{
	if (!player)
		return;
	stage_free(player->stage);
	values_free(player->values);
	player_forget_order(player);
	spec_permutations_free(player->made);
	timer_free(player->pause);
	for (size_t i = 0; player->shown && i < player->lesson->spec->nsessions; i++)
		free((char *)player->shown[i].lost);
	free(player->shown);
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
