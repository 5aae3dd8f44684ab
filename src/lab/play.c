/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A permutation by itself: which step is sent when, and which report comes first, exactly as isolationtester has it. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "stage_in.h"

/*
 * isolationtester (PostgreSQL 15) sends the steps in their order, each when the one before it is complete or waits. To look at a step is
 * to read from its connection, and only from that one, until the step is answered, or, where it may wait, until the server says that
 * it does; the server is asked whenever nothing was read for 10 ms. (Here it is a little more, so that what the server finds out after
 * 10 ms, as with deadlock_timeout = 10ms, is always there before the question.) A sweep looks at all who wait, in the order in which they began to,
 * and again where one that is marked may have been let go by it. What is heard from other lanes is kept until they are looked at.
 */
enum { TICK_MS = 15 };
static const uint64_t blind_us = 300000; /* unanswered for so long, a step waits, where that cannot be asked */

/* ---- one look ---- */

static void look_start(struct stage *stage, struct record *record, unsigned flags)
{
	struct play *play = &stage->play;
	play->looked = record;
	play->flags = flags;
	play->look_us = clock_us();
	stage->ticked = play->asked = play->answered = play->collecting = play->cancelled = false;
	timer_start(stage->tick, TICK_MS);
}

static enum look held(struct stage *stage)
{
	struct record *record = stage->play.looked;
	if (!(stage->play.flags & LOOK_RETRY)) {
		record->pub.waited = record->waiting = true;
		stage_tell(stage, &(struct stage_fact){.kind = FACT_WAITS, .record = &record->pub});
	}
	return LOOK_HELD;
}

static enum look fail(struct stage *stage, struct record *record, enum stage_fail why, uint64_t us, const char *text)
{
	stage_fail(stage, &(struct stage_fact){.fail = why,
					       .lane = (long)record->pub.lane,
					       .record = &record->pub,
					       .text = text,
					       .seconds = (unsigned)(us / 1000000)});
	return LOOK_PENDING;
}

static enum look check_limit(struct stage *stage, struct lane *lane)
{
	struct play *play = &stage->play;
	struct record *record = play->looked;
	int64_t us = (int64_t)(clock_us() - play->look_us);
	if (us > stage->options.limit_us && !play->cancelled) {
		play->cancelled = record->pub.cancelled = true;
		db_cancel(lane->db);
		stage_tell(stage, &(struct stage_fact){.kind = FACT_CANCELS,
						       .record = &record->pub,
						       .seconds = (unsigned)(us / 1000000)});
	}
	if (us > 2 * stage->options.limit_us)
		return fail(stage, record, FAIL_TIME, (uint64_t)us, NULL);
	timer_start(stage->tick, TICK_MS);
	return LOOK_PENDING;
}

static bool ticked(struct stage *stage)
{
	bool ticked = stage->ticked;
	stage->ticked = false;
	return ticked;
}

static enum look look_complete(struct stage *stage, struct lane *lane)
{
	struct play *play = &stage->play;
	if (!play->collecting && marks_hold(stage, play->looked))
		return held(stage);
	if (!play->collecting)
		timer_start(stage->tick, TICK_MS);
	play->collecting = true;
	if (lane->busy)
		return ticked(stage) ? check_limit(stage, lane) : LOOK_PENDING;
	if (lane->speechless)
		return fail(stage, play->looked, FAIL_LOST, 0, lane->end);
	lane_finish(lane);
	return LOOK_DONE;
}

/* Nothing was read for a while: does it wait? */
static enum look look_silent(struct stage *stage, struct lane *lane)
{
	struct play *play = &stage->play;
	if (!(play->flags & LOOK_NONBLOCK))
		return check_limit(stage, lane);
	if (stage->blind)
		return clock_us() - play->look_us > blind_us ? held(stage) : check_limit(stage, lane);
	if (!play->asked) {
		play->asked = true;
		control_ask_blocked(stage, lane);
		return LOOK_PENDING;
	}
	if (!play->answered)
		return LOOK_PENDING;
	play->asked = play->answered = false;
	return stage->blocked ? held(stage) : check_limit(stage, lane);
}

static enum look look_on(struct stage *stage)
{
	struct play *play = &stage->play;
	struct lane *lane = &stage->lanes[play->looked->pub.lane];
	if (!(play->flags & LOOK_RETRY) && marks_once(play->looked))
		return held(stage);
	size_t heard = lane->heard.n;
	bool answered = lane_look(lane);
	if (stage->state != STAGE_PLAYING)
		return LOOK_PENDING;
	if (answered)
		return look_complete(stage, lane);
	if (heard)
		timer_start(stage->tick, TICK_MS);
	if (!play->asked && !ticked(stage))
		return LOOK_PENDING;
	return look_silent(stage, lane);
}

static enum look look(struct stage *stage, struct record *record, unsigned flags)
{
	struct play *play = &stage->play;
	if (!play->looked)
		look_start(stage, record, flags);
	enum look result = look_on(stage);
	if (result != LOOK_PENDING) {
		play->looked = NULL;
		timer_stop(stage->tick);
	}
	return result;
}

/* ---- all who wait ---- */

static void remove_waiting(struct play *play, size_t at)
{
	memmove(play->waiting + at, play->waiting + at + 1, (play->nwaiting - at - 1) * sizeof *play->waiting);
	play->nwaiting--;
}

static void sweep_start(struct stage *stage)
{
	struct play *play = &stage->play;
	stage->new_notice = false;
	play->sweeping = true;
	play->marked = false;
	play->sweep_at = 0;
	play->sweep_had = play->nwaiting;
}

/* True when all were looked at. */
static bool sweep(struct stage *stage, unsigned flags)
{
	struct play *play = &stage->play;
	if (!play->sweeping)
		sweep_start(stage);
	while (play->sweep_at < play->nwaiting) {
		struct record *record = play->waiting[play->sweep_at];
		enum look result = look(stage, record, flags);
		if (result == LOOK_PENDING)
			return false;
		if (result == LOOK_DONE) {
			remove_waiting(play, play->sweep_at);
			continue;
		}
		play->marked = play->marked || (record->pub.turn && record->pub.turn->nmarks > 0);
		play->sweep_at++;
	}
	play->sweeping = false;
	if (play->marked && (play->nwaiting < play->sweep_had || stage->new_notice))
		return sweep(stage, flags);
	return true;
}

/* ---- the permutation ---- */

static struct lane *next_lane(struct stage *stage)
{
	size_t step = stage->permutation->turns[stage->turn].step;
	return &stage->lanes[stage->spec->steps[step].session];
}

/* Each of these returns false where it has to wait for something. */

static bool play_next(struct stage *stage)
{
	struct play *play = &stage->play;
	if (stage->turn == stage->permutation->nturns) {
		play->at = PLAY_LAST;
		return true;
	}
	if (next_lane(stage)->record) {
		play->free_us = clock_us();
		play->at = PLAY_FREE;
		return true;
	}
	const struct spec_turn *turn = &stage->permutation->turns[stage->turn];
	play->sent = stage_send(stage, turn->step, turn);
	play->at = PLAY_FIRST_LOOK;
	if (play->sent)
		stage->turn++;
	return play->sent;
}

static bool play_free(struct stage *stage)
{
	struct play *play = &stage->play;
	struct record *record = next_lane(stage)->record;
	enum look result = look(stage, record, LOOK_RETRY);
	if (result == LOOK_PENDING)
		return false;
	for (size_t i = 0; result == LOOK_DONE && i < play->nwaiting; i++)
		if (play->waiting[i] == record)
			remove_waiting(play, i);
	play->at = PLAY_FREE_SWEEP;
	return true;
}

static bool play_free_sweep(struct stage *stage)
{
	struct play *play = &stage->play;
	if (!sweep(stage, LOOK_NONBLOCK | LOOK_RETRY))
		return false;
	struct record *record = next_lane(stage)->record;
	play->at = record ? PLAY_FREE : PLAY_NEXT;
	if (!record)
		return true;
	uint64_t us = clock_us() - play->free_us;
	if ((int64_t)us > 2 * stage->options.limit_us)
		fail(stage, record, FAIL_STILL, us, NULL);
	else
		timer_start(stage->tick, TICK_MS); /* a mark holds it; there is no use in asking at once */
	return false;
}

static bool play_first_look(struct stage *stage)
{
	struct play *play = &stage->play;
	enum look result = look(stage, play->sent, LOOK_NONBLOCK);
	if (result == LOOK_PENDING)
		return false;
	play->must_wait = result == LOOK_HELD;
	play->at = PLAY_SWEEP;
	return true;
}

static bool play_sweep(struct stage *stage)
{
	struct play *play = &stage->play;
	if (!sweep(stage, LOOK_NONBLOCK | LOOK_RETRY))
		return false;
	if (play->must_wait)
		play->waiting[play->nwaiting++] = play->sent;
	play->at = PLAY_NEXT;
	return true;
}

static bool play_last(struct stage *stage)
{
	struct play *play = &stage->play;
	if (!sweep(stage, LOOK_RETRY))
		return false;
	if (play->nwaiting > 0) {
		fail(stage, play->waiting[0], FAIL_TOGETHER, 0, NULL);
		return false;
	}
	stage_tell(stage, &(struct stage_fact){.kind = FACT_PLAYED});
	if (stage->state == STAGE_PLAYING)
		clear_start(stage, true);
	return false;
}

static bool play_on(struct stage *stage)
{
	switch (stage->play.at) {
	case PLAY_NEXT:
		return play_next(stage);
	case PLAY_FREE:
		return play_free(stage);
	case PLAY_FREE_SWEEP:
		return play_free_sweep(stage);
	case PLAY_FIRST_LOOK:
		return play_first_look(stage);
	case PLAY_SWEEP:
		return play_sweep(stage);
	case PLAY_LAST:
		return play_last(stage);
	}
	return false;
}

void play_turn(struct stage *stage)
{
	while (stage->state == STAGE_PLAYING && play_on(stage))
		;
}

/* Steps that were sent by hand before and still run are looked at before anything is sent. */
void play_start(struct stage *stage)
{
	play_stop(stage);
	stage->play.waiting = mem_array(stage->spec->nsessions + 1, sizeof *stage->play.waiting);
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (stage->lanes[i].record)
			stage->play.waiting[stage->play.nwaiting++] = stage->lanes[i].record;
	stage->play.at = PLAY_SWEEP;
	stage_stir(stage);
}

void play_stop(struct stage *stage)
{
	free(stage->play.waiting);
	stage->play = (struct play){0};
	timer_stop(stage->tick);
}
