/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An order with steps that the engine runs: played through the player and compared with the lesson at its end. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "event/show.h"
#include "judge_internal.h"
#include "src/lab/session/failure.h"

static void judge_engine_go_on(void *arg)
{
	struct judge *judge = arg;
	timer_start(judge->next, 0);
}

static void judge_engine_impossible(struct judge *judge)
{
	if (judge->impossible)
		return;
	judge->impossible = true;
	judge->to.impossible(judge->to.arg, judge->permutation, player_impossible(judge->player));
	timer_stop(judge->late);
	player_end(judge->player, judge_engine_go_on, judge);
}

/* Nobody is there to find another way: what stops the player ends it. */
static void on_changed(void *arg)
{
	struct judge *judge = arg;
	enum player_state state = player_state(judge->player);
	const char *error = player_error(judge->player);
	bool off = stage_state(player_stage(judge->player)) == STAGE_OFF;
	if (error && player_impossible(judge->player))
		judge_engine_impossible(judge);
	else if (error && !judge->err.status && !judge->impossible)
		err_set(&judge->err, ST_STATEMENT, "it cannot be played to its end: %.400s", error);
	if (off && (state == PLAYER_OVER || state == PLAYER_FAILED))
		judge_engine_go_on(judge);
	else if (error && !off && !judge->stopped && !judge->impossible)
		judge_engine_stop(judge);
}

static void on_late(void *arg)
{
	struct judge *judge = arg;
	err_set(&judge->err, ST_CHECK, "it has not ended in time: nothing in this order lets it go on");
	judge_engine_stop(judge);
}

void judge_engine_begin(struct judge *judge)
{
	if (!judge->late)
		judge->late = timer_new(judge->loop, on_late, judge);
	judge->impossible = false;
	judge->player = player_new(judge->loop, judge->ring, &judge->info, "", judge->lesson, on_changed, judge);
	if (judge->lesson->second.wanted)
		player_second(judge->player, judge->server.second);
	player_begin(judge->player, judge->permutation);
	player_go_to(judge->player, SIZE_MAX);
	timer_start(judge->late, (uint64_t)judge->limit_us / 1000);
}

void judge_engine_stop(struct judge *judge)
{
	judge->stopped = true;
	timer_stop(judge->late);
	player_end(judge->player, judge_engine_go_on, judge);
}

/* The outcome of the engine's transaction. */
static void judge_outcome(struct judge *judge, const struct lesson_retry *retry)
{
	char expected[64], found[64];
	struct stage_lane lane;
	stage_lane(player_stage(judge->player), retry->session, &lane);
	snprintf(expected, sizeof expected, "COMMITTED on attempt %u", retry->attempt);
	snprintf(found, sizeof found, "%s on attempt %u", show_outcome(lane.outcome), lane.attempt);
	struct judge_verdict verdict = {
		.kind = JUDGE_EXPECT,
		.right = lane.outcome == OUTCOME_COMMITTED && lane.attempt == retry->attempt,
		.place = retry->scope.place,
		.what = judge->lesson->spec->sessions[retry->session].name,
	};
	judge_give(judge, &verdict, expected, found);
}

static void judge_steps(struct judge *judge)
{
	for (size_t i = 0; i < player_nrows(judge->player); i++) {
		struct player_row row = player_row(judge->player, i);
		if (row.record && row.attempt <= 1)
			judge_record(judge, row.record);
	}
	for (size_t i = 0; i < judge->lesson->spec->nsessions; i++) {
		const struct lesson_retry *retry = lesson_retry_of(judge->lesson, (long)judge->permutation, i);
		if (retry && retry->attempt)
			judge_outcome(judge, retry);
	}
}

static void judge_checks(struct judge *judge)
{
	const struct lesson *lesson = judge->lesson;
	for (size_t i = 0; i < player_nchecks(judge->player); i++) {
		const struct player_check *check = player_check(judge->player, i);
		for (size_t k = 0; k < lesson->nchecks && check->found; k++)
			if (lesson->checks[k].sql == check->sql)
				judge_check(judge, &lesson->checks[k], check->ok, check->found);
	}
}

void judge_engine_end(struct judge *judge)
{
	timer_stop(judge->late);
	failure_take_leftover(&judge->err, player_left(judge->player));
	if (!judge->err.status && !judge->stopped && !judge->impossible) {
		judge_steps(judge);
		judge_checks(judge);
		judge->to.ended(judge->to.arg, judge->permutation);
	}
	player_free(judge->player);
	judge->player = NULL;
}
