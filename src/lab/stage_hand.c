/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps sent by hand: which one may be sent, what is reported first, and when every step that waits is known. */
#include <string.h>

#include "stage_internal.h"

/*
 * What a step does is the server's to say, however long the way to it is. After each step that is sent or answered
 * (hand_news()) the server is asked about all that are not answered, until it has said of each that it waits
 * (stage_settled()); a step that was only sent, and one that was let go on and has not answered yet, are not waiting.
 *
 * Reports come in the order of their causes, as isolationtester's do, although the answers come over several connections:
 * first the step that was sent last, for which those who wait may have been let go on; then those who waited, when the
 * server has said of all others whether they still do, each behind whom it has waited for.
 */

/* ---- it is sent ---- */

static enum status hand_check(const struct stage *stage, size_t step, struct err *err)
{
	const struct spec_step *what = &stage->spec->steps[step];
	const struct lane *lane = &stage->lanes[what->session];
	if (stage->state != STAGE_STANDING)
		return err_set(err, ST_USAGE, "no step can be sent now: the lab is %s",
			       stage->state == STAGE_PLAYING ? "playing by itself"
			       : stage->state == STAGE_OFF   ? "not set up"
			       : stage->state == STAGE_SETUP ? "being set up"
							     : "being torn down");
	if (lane->record)
		return err_set(err, ST_USAGE, "session %s has not done with step %s yet; let another session go on",
			       lane->name, stage->spec->steps[lane->record->pub.step].name);
	if (!lane_connected(lane) && lane->cut && !lane->lost)
		return err_set(err, ST_USAGE, "the connection of session %s was cut; start again to get a new one",
			       lane->name);
	if (!lane_connected(lane))
		return err_set(err, ST_USAGE, "session %s has lost its connection: %s; start again to get a new one",
			       lane->name, lane->lost ? lane->lost : "");
	if (lane->engine && !engine_lane_expects(lane, step))
		return err_set(err, ST_USAGE, "the engine runs session %s, and does not send step %s now", lane->name,
			       what->name);
	return ST_OK;
}

/* Those that wait are asked about soon: this step may have changed it. */
void hand_news(struct stage *stage)
{
	stage->ask_again = stage->news = true;
	stage->asked_since_news = stage->pinged = false;
	stage->ask_ms = STEP_ASK_FIRST_MS;
	timer_stop(stage->tick);
}

static enum status hand_send(struct stage *stage, size_t step, const struct spec_turn *turn, struct err *err)
{
	enum status status = hand_check(stage, step, err);
	if (status)
		return status;
	stage->turn += turn != NULL;
	hand_news(stage);
	step_send(stage, step, turn);
	stage_stir(stage);
	return ST_OK;
}

enum status stage_step(struct stage *stage, size_t step, struct err *err)
{
	return hand_send(stage, step, NULL, err);
}

enum status stage_next(struct stage *stage, struct err *err)
{
	if (!stage->permutation || stage->turn == stage->permutation->nturns)
		return err_set(err, ST_USAGE, "no step is left; start again, or send one by its session");
	const struct spec_turn *turn = &stage->permutation->turns[stage->turn];
	return hand_send(stage, turn->step, turn, err);
}

/* ---- which report is the next one ---- */

static bool hand_complete(const struct lane *lane)
{
	return lane->record && !lane->busy && !step_held(lane->record);
}

static const struct stage_word *hand_error(const struct lane *lane)
{
	for (size_t i = 0; lane->record && i < lane->heard.n; i++)
		if (lane->heard.at[i].kind == WORD_ERROR)
			return &lane->heard.at[i];
	return NULL;
}

/* It has an error and is not yet answered to its end: the server has still to take back what it did, and lets others go. */
static bool hand_fails(const struct lane *lane)
{
	return lane->busy && hand_error(lane);
}

static bool hand_waited_for(const struct record *record, const struct lane *other)
{
	for (size_t i = 0; i < record->pub.nblockers; i++)
		if (record->pub.blockers[i] == other->index)
			return true;
	return false;
}

/* Nobody else who is complete has to be reported before it. */
static bool hand_is_first(const struct stage *stage, const struct lane *lane)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (hand_complete(&stage->lanes[i]) && hand_waited_for(lane->record, &stage->lanes[i]))
			return false;
	return true;
}

/* Whoever the server has chosen in a deadlock lets the others go. Else somebody must be the first in a circle, too. */
static struct lane *hand_pick_waiter(struct stage *stage)
{
	struct lane *first = NULL, *any = NULL;
	for (size_t i = 0; i < stage->spec->nsessions; i++) {
		struct lane *lane = &stage->lanes[i];
		if (!hand_complete(lane))
			continue;
		if (hand_error(lane) && strcmp(hand_error(lane)->sqlstate, "40P01") == 0)
			return lane;
		any = any ? any : lane;
		first = !first && hand_is_first(stage, lane) ? lane : first;
	}
	return first ? first : any;
}

/* What is on its way is there once the server has been asked about all that are not answered. */
static bool hand_may_come(const struct stage *stage)
{
	bool busy = false;
	for (size_t i = 0; i < stage->spec->nsessions; i++) {
		busy = busy || (stage->lanes[i].record && stage->lanes[i].busy);
		if (hand_fails(&stage->lanes[i]))
			return true;
	}
	return busy && !stage->asked_since_news;
}

/* NULL: none is complete, or something has to come before. */
static struct lane *hand_pick(struct stage *stage)
{
	const struct record *latest = stage->nrecords ? stage->records[stage->nrecords - 1] : NULL;
	if (latest && latest->lane->record == latest && latest->lane->busy && !latest->waiting)
		return NULL;
	if (latest && latest->lane->record == latest && hand_complete(latest->lane))
		return latest->lane;
	return hand_may_come(stage) ? NULL : hand_pick_waiter(stage);
}

static void hand_hear(struct lane *lane)
{
	struct record *record = lane->record;
	step_hear(lane);
	if (!record || lane->record != record || lane->busy)
		return;
	if (!record->answered)
		hand_news(lane->stage);
	record->answered = true;
	if (!record->waiting && step_held(record))
		step_set_waiting(record, true);
}

/* True where a step is done: another may have been held by it. */
static bool hand_report(struct stage *stage)
{
	for (size_t i = 0; i < stage->spec->nsessions && stage->state == STAGE_STANDING; i++)
		hand_hear(&stage->lanes[i]);
	struct lane *lane = stage->state == STAGE_STANDING ? hand_pick(stage) : NULL;
	if (lane)
		step_finish(lane);
	return lane != NULL;
}

/* ---- who waits ---- */

/* Steps that are not answered; those that are not known to wait. */
static void hand_count(const struct stage *stage, size_t *busy, size_t *running)
{
	*busy = *running = 0;
	for (size_t i = 0; i < stage->spec->nsessions; i++) {
		const struct lane *lane = &stage->lanes[i];
		bool unanswered = lane->record && lane->busy;
		*busy += unanswered;
		*running += unanswered && !lane->record->waiting;
	}
}

bool stage_settled(const struct stage *stage)
{
	size_t busy, running;
	hand_count(stage, &busy, &running);
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (hand_complete(&stage->lanes[i])) /* and not reported yet */
			return false;
	return !busy || (!running && stage->asked_since_news);
}

bool stage_blind(const struct stage *stage)
{
	return stage->blind;
}

/*
 * Where the server cannot say it, a step waits that has not been answered for a while; which begins when the server has
 * answered something that was sent behind it, so that a long way is not taken for a wait.
 */
static void hand_on_pinged(void *arg, const struct stage_word *word)
{
	struct stage *stage = arg;
	stage->asking = false;
	if (step_unasked(stage, word))
		return;
	stage->pinged = !stage->news;
	stage->ask_again = true;
}

void hand_ping(struct stage *stage, stage_answer_fn *answer)
{
	stage->asking = true;
	stage->news = false;
	stage_ask(stage, "SELECT 1", answer, stage);
}

static void hand_guess(struct stage *stage)
{
	stage->pinged = false;
	stage->asked_since_news = true;
	for (size_t i = 0; i < stage->spec->nsessions && stage->state == STAGE_STANDING; i++)
		if (stage->lanes[i].record && !stage->lanes[i].again)
			step_change(stage->lanes[i].record, true, NULL, 0);
	if (stage->state == STAGE_STANDING)
		stage_tell(stage, &(struct stage_fact){.kind = FACT_ASKED, .lane = -1});
}

static void hand_tick(struct stage *stage)
{
	if (!stage->blind)
		step_ask(stage, NULL);
	else if (stage->pinged)
		hand_guess(stage);
	else
		hand_ping(stage, hand_on_pinged);
}

void hand_advance(struct stage *stage)
{
	bool ticked = stage->ticked;
	size_t busy, running;
	stage->ticked = false;
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (stage->lanes[i].engine)
			engine_lane_turn(&stage->lanes[i]);
	while (hand_report(stage))
		;
	hand_count(stage, &busy, &running);
	if (stage->state != STAGE_STANDING || !busy)
		return;
	if (ticked)
		hand_tick(stage);
	hand_count(stage, &busy, &running);
	if (stage->asking || timer_pending(stage->tick) || (!running && !stage->ask_again))
		return;
	stage->ask_again = false;
	timer_start(stage->tick, stage->pinged ? STEP_BLIND_MS : stage->ask_ms);
	stage->ask_ms = stage->ask_ms * 2 < STEP_ASK_LAST_MS ? stage->ask_ms * 2 : STEP_ASK_LAST_MS;
}
