/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A permutation that runs by itself: when each step is sent and reported, as isolationtester does it. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "stage_internal.h"

/*
 * isolationtester (PostgreSQL 15) sends the steps in their order, each when the one before it is complete or waits.
 * To look at a step is to read from its connection, and only from that one, until the step is answered, or, where it
 * may wait, until the server says that it does; the server is asked whenever nothing was read for 10 ms. (Here it is
 * a little more, so that what the server finds out after 10 ms, as with deadlock_timeout = 10ms, is always there
 * before the question.) A sweep looks at all who wait, in the order in which they began to, and again where one that
 * is marked may have been let go by it. What is heard from other lanes is kept until they are looked at.
 */
enum { TICK_MS = 15 };
static const uint64_t blind_us = 300000; /* unanswered for so long behind an answer to another question, a step waits */

/* ---- one look ---- */

static void look_start(struct stage *stage, struct record *record, unsigned flags)
{
	struct automatic *automatic = &stage->automatic;
	automatic->looked = record;
	automatic->flags = flags;
	automatic->look_us = clock_us();
	stage->ticked = automatic->collecting = automatic->cancelled = automatic->stuck = false;
	record->blocked = BLOCKED_UNASKED; /* what was asked before is no answer to this look */
	timer_start(stage->tick, TICK_MS);
}

static enum look automatic_held(struct stage *stage)
{
	struct record *record = stage->automatic.looked;
	if (!(stage->automatic.flags & LOOK_RETRY))
		step_set_waiting(record, true);
	return LOOK_HELD;
}

static enum look automatic_fail(struct stage *stage, struct record *record, enum stage_fail why, uint64_t us,
				const char *text)
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
	struct automatic *automatic = &stage->automatic;
	struct record *record = automatic->looked;
	int64_t us = (int64_t)(clock_us() - automatic->look_us);
	if (us > stage->options.limit_us && !automatic->cancelled) {
		automatic->cancelled = record->pub.cancelled = true;
		db_cancel(lane->db);
		stage_tell(stage, &(struct stage_fact){.kind = FACT_CANCELS,
						       .record = &record->pub,
						       .seconds = (unsigned)(us / 1000000)});
	}
	if (us > 2 * stage->options.limit_us)
		return automatic_fail(stage, record, FAIL_TIME, (uint64_t)us, NULL);
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
	struct automatic *automatic = &stage->automatic;
	if (!automatic->collecting && step_held(automatic->looked))
		return automatic_held(stage);
	if (!automatic->collecting)
		timer_start(stage->tick, TICK_MS);
	automatic->collecting = true;
	if (lane->busy)
		return ticked(stage) ? check_limit(stage, lane) : LOOK_PENDING;
	if (lane->speechless)
		return automatic_fail(stage, automatic->looked, FAIL_LOST, 0, lane->end);
	step_finish(lane);
	return LOOK_DONE;
}

/* No step is sent before it ends: can it end? */
static enum look look_stuck(struct stage *stage, struct lane *lane)
{
	struct automatic *automatic = &stage->automatic;
	bool was = automatic->stuck;
	automatic->stuck = stuck_is(stage, lane);
	if (automatic->stuck && was)
		return automatic_fail(stage, automatic->looked, FAIL_IMPOSSIBLE, 0, NULL);
	automatic->looked->blocked = BLOCKED_UNASKED;
	if (!automatic->stuck)
		return check_limit(stage, lane);
	step_ask(stage, NULL);
	return LOOK_PENDING;
}

static enum look look_silent_end(struct stage *stage, struct lane *lane)
{
	struct record *record = stage->automatic.looked;
	if (stage->options.bare || stage->blind)
		return check_limit(stage, lane);
	switch (record->blocked) {
	case BLOCKED_UNASKED:
		if (stage->asking)
			timer_start(stage->tick, TICK_MS);
		else
			step_ask(stage, NULL);
		return LOOK_PENDING;
	case BLOCKED_ASKED:
		return LOOK_PENDING;
	case BLOCKED_NO:
		record->blocked = BLOCKED_UNASKED;
		stage->automatic.stuck = false;
		return check_limit(stage, lane);
	case BLOCKED_YES:
		return look_stuck(stage, lane);
	}
	return LOOK_PENDING;
}

static void look_on_pinged(void *arg, const struct stage_word *word)
{
	struct stage *stage = arg;
	struct record *record = stage->automatic.looked;
	stage->asking = false;
	if (step_unasked(stage, word))
		return;
	if (record && record->blocked == BLOCKED_ASKED) {
		record->blocked = BLOCKED_NO;
		stage->automatic.pinged_us = clock_us();
	}
}

/* The server cannot say who waits: it has answered something else for so long, and not this. */
static enum look look_blind(struct stage *stage, struct lane *lane)
{
	struct automatic *automatic = &stage->automatic;
	switch (automatic->looked->blocked) {
	case BLOCKED_UNASKED:
		if (stage->asking) {
			timer_start(stage->tick, TICK_MS);
			return LOOK_PENDING;
		}
		automatic->looked->blocked = BLOCKED_ASKED;
		hand_ping(stage, look_on_pinged);
		return LOOK_PENDING;
	case BLOCKED_ASKED:
		return LOOK_PENDING;
	case BLOCKED_NO:
	case BLOCKED_YES:
		break;
	}
	return clock_us() - automatic->pinged_us > blind_us ? automatic_held(stage) : check_limit(stage, lane);
}

/* Nothing was read for a while: does it wait? */
static enum look look_silent(struct stage *stage, struct lane *lane)
{
	struct automatic *automatic = &stage->automatic;
	if (!(automatic->flags & LOOK_NONBLOCK))
		return look_silent_end(stage, lane);
	if (stage->blind)
		return look_blind(stage, lane);
	switch (automatic->looked->blocked) {
	case BLOCKED_UNASKED:
		if (stage->asking) /* about another look: that answer has to come first */
			timer_start(stage->tick, TICK_MS);
		else
			step_ask(stage, lane);
		return LOOK_PENDING;
	case BLOCKED_ASKED:
		return LOOK_PENDING;
	case BLOCKED_NO:
		automatic->looked->blocked = BLOCKED_UNASKED;
		return check_limit(stage, lane);
	case BLOCKED_YES:
		return automatic_held(stage);
	}
	return LOOK_PENDING;
}

static enum look look_on(struct stage *stage)
{
	struct automatic *automatic = &stage->automatic;
	struct lane *lane = automatic->looked->lane;
	if (!(automatic->flags & LOOK_RETRY) && step_waits_at_once(automatic->looked))
		return automatic_held(stage);
	size_t heard = lane->heard.n;
	bool answered = step_hear(lane);
	if (stage->state != STAGE_PLAYING)
		return LOOK_PENDING;
	if (answered)
		return look_complete(stage, lane);
	if (heard)
		timer_start(stage->tick, TICK_MS);
	if (automatic->looked->blocked == BLOCKED_UNASKED && !ticked(stage))
		return LOOK_PENDING;
	return look_silent(stage, lane);
}

static enum look automatic_look(struct stage *stage, struct record *record, unsigned flags)
{
	struct automatic *automatic = &stage->automatic;
	if (!automatic->looked)
		look_start(stage, record, flags);
	enum look result = look_on(stage);
	if (result != LOOK_PENDING) {
		automatic->looked = NULL;
		timer_stop(stage->tick);
	}
	return result;
}

/* ---- all who wait ---- */

static void remove_waiting(struct automatic *automatic, size_t at)
{
	memmove(automatic->waiting + at, automatic->waiting + at + 1,
		(automatic->nwaiting - at - 1) * sizeof *automatic->waiting);
	automatic->nwaiting--;
}

static void sweep_start(struct stage *stage)
{
	struct automatic *automatic = &stage->automatic;
	stage->new_notice = false;
	automatic->sweeping = true;
	automatic->marked = false;
	automatic->sweep_at = 0;
	automatic->sweep_had = automatic->nwaiting;
}

/* True when all were looked at. */
static bool sweep(struct stage *stage, unsigned flags)
{
	struct automatic *automatic = &stage->automatic;
	if (!automatic->sweeping)
		sweep_start(stage);
	while (automatic->sweep_at < automatic->nwaiting) {
		struct record *record = automatic->waiting[automatic->sweep_at];
		enum look result = automatic_look(stage, record, flags);
		if (result == LOOK_PENDING)
			return false;
		if (result == LOOK_DONE) {
			remove_waiting(automatic, automatic->sweep_at);
			continue;
		}
		automatic->marked = automatic->marked || (record->pub.turn && record->pub.turn->nmarks > 0);
		automatic->sweep_at++;
	}
	automatic->sweeping = false;
	if (automatic->marked && (automatic->nwaiting < automatic->sweep_had || stage->new_notice))
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

static bool automatic_next(struct stage *stage)
{
	struct automatic *automatic = &stage->automatic;
	if (stage->turn == stage->permutation->nturns) {
		automatic->at = AUTOMATIC_LAST;
		return true;
	}
	if (next_lane(stage)->record) {
		automatic->free_us = clock_us();
		automatic->at = AUTOMATIC_FREE;
		return true;
	}
	const struct spec_turn *turn = &stage->permutation->turns[stage->turn];
	automatic->sent = step_send(stage, turn->step, turn);
	automatic->at = AUTOMATIC_FIRST_LOOK;
	if (automatic->sent)
		stage->turn++;
	return automatic->sent;
}

static bool automatic_free(struct stage *stage)
{
	struct automatic *automatic = &stage->automatic;
	struct record *record = next_lane(stage)->record;
	enum look result = automatic_look(stage, record, LOOK_RETRY);
	if (result == LOOK_PENDING)
		return false;
	for (size_t i = 0; result == LOOK_DONE && i < automatic->nwaiting; i++)
		if (automatic->waiting[i] == record)
			remove_waiting(automatic, i);
	automatic->at = AUTOMATIC_FREE_SWEEP;
	return true;
}

static bool automatic_free_sweep(struct stage *stage)
{
	struct automatic *automatic = &stage->automatic;
	if (!sweep(stage, LOOK_NONBLOCK | LOOK_RETRY))
		return false;
	struct record *record = next_lane(stage)->record;
	automatic->at = record ? AUTOMATIC_FREE : AUTOMATIC_NEXT;
	if (!record)
		return true;
	uint64_t us = clock_us() - automatic->free_us;
	if ((int64_t)us > 2 * stage->options.limit_us)
		automatic_fail(stage, record, FAIL_STILL, us, NULL);
	else
		timer_start(stage->tick, TICK_MS); /* a mark holds it; there is no use in asking at once */
	return false;
}

static bool automatic_first_look(struct stage *stage)
{
	struct automatic *automatic = &stage->automatic;
	enum look result = automatic_look(stage, automatic->sent, LOOK_NONBLOCK);
	if (result == LOOK_PENDING)
		return false;
	automatic->must_wait = result == LOOK_HELD;
	automatic->at = AUTOMATIC_SWEEP;
	return true;
}

static bool automatic_sweep(struct stage *stage)
{
	struct automatic *automatic = &stage->automatic;
	if (!sweep(stage, LOOK_NONBLOCK | LOOK_RETRY))
		return false;
	if (automatic->must_wait)
		automatic->waiting[automatic->nwaiting++] = automatic->sent;
	automatic->at = AUTOMATIC_NEXT;
	return true;
}

static bool automatic_last(struct stage *stage)
{
	struct automatic *automatic = &stage->automatic;
	if (!sweep(stage, LOOK_RETRY))
		return false;
	if (automatic->nwaiting > 0) {
		automatic_fail(stage, automatic->waiting[0], FAIL_TOGETHER, 0, NULL);
		return false;
	}
	stage_tell(stage, &(struct stage_fact){.kind = FACT_PLAYED});
	if (stage->state == STAGE_PLAYING)
		teardown_start(stage, true);
	return false;
}

static bool automatic_on(struct stage *stage)
{
	switch (stage->automatic.at) {
	case AUTOMATIC_NEXT:
		return automatic_next(stage);
	case AUTOMATIC_FREE:
		return automatic_free(stage);
	case AUTOMATIC_FREE_SWEEP:
		return automatic_free_sweep(stage);
	case AUTOMATIC_FIRST_LOOK:
		return automatic_first_look(stage);
	case AUTOMATIC_SWEEP:
		return automatic_sweep(stage);
	case AUTOMATIC_LAST:
		return automatic_last(stage);
	}
	return false;
}

void automatic_turn(struct stage *stage)
{
	while (stage->state == STAGE_PLAYING && automatic_on(stage))
		;
}

/* Steps that were sent by hand before and still run are looked at before anything is sent. */
void automatic_start(struct stage *stage)
{
	automatic_stop(stage);
	stage->automatic.waiting = mem_array(stage->spec->nsessions + 1, sizeof *stage->automatic.waiting);
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (stage->lanes[i].record)
			stage->automatic.waiting[stage->automatic.nwaiting++] = stage->lanes[i].record;
	stage->automatic.at = AUTOMATIC_SWEEP;
	stage_stir(stage);
}

void automatic_stop(struct stage *stage)
{
	free(stage->automatic.waiting);
	stage->automatic = (struct automatic){0};
	timer_stop(stage->tick);
}
