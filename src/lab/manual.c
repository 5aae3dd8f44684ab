/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps sent by hand: each answer is reported at once, and the server is asked who waits for whom meanwhile. */
#include <string.h>

#include "stage_internal.h"

/* A step that runs is asked about soon, and then ever less often; one that waits is not, until something else
 * happens. */
enum { ASK_FIRST_MS = 10, ASK_LAST_MS = 1000, BLIND_MS = 300 };

/* True where a step was told to be done: another may have been held by it. */
static bool manual_look(struct stage *stage, struct lane *lane)
{
	struct record *record = lane->record;
	lane_look(lane);
	if (!record || lane->record != record || lane->busy)
		return false;
	if (!blockers_hold(stage, record)) {
		lane_finish(lane);
		return true;
	}
	if (!record->waiting) {
		record->waiting = record->pub.waited = true;
		stage_tell(stage, &(struct stage_fact){.kind = FACT_WAITS, .record = &record->pub});
	}
	return false;
}

void manual_blocked(struct stage *stage, struct lane *lane, bool blocked, const long *blockers, size_t n)
{
	struct record *record = lane->record;
	if (!record || !lane->busy || stage->state != STAGE_STANDING)
		return;
	bool same = blocked == record->waiting && n == record->pub.nblockers &&
		    memcmp(blockers, record->pub.blockers, n * sizeof *blockers) == 0;
	if (same)
		return;
	memcpy(record->pub.blockers, blockers, n * sizeof *blockers);
	record->pub.nblockers = n;
	record->waiting = blocked;
	record->pub.waited = record->pub.waited || blocked;
	enum stage_fact_kind kind = blocked ? FACT_WAITS : FACT_GOES_ON;
	stage_tell(stage, &(struct stage_fact){.kind = kind, .record = &record->pub});
}

static void guess(struct stage *stage)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (stage->lanes[i].busy)
			manual_blocked(stage, &stage->lanes[i], true, NULL, 0);
}

static bool any_runs(const struct stage *stage)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++) {
		const struct lane *lane = &stage->lanes[i];
		if (lane->record && lane->busy && !lane->record->waiting)
			return true;
	}
	return false;
}

static void watch(struct stage *stage)
{
	if (stage->manual_asked || timer_pending(stage->tick))
		return;
	if (!any_runs(stage) && !stage->manual_news)
		return;
	stage->manual_news = false;
	timer_start(stage->tick, stage->blind ? BLIND_MS : stage->manual_ms);
	stage->manual_ms = stage->manual_ms * 2 < ASK_LAST_MS ? stage->manual_ms * 2 : ASK_LAST_MS;
}

void manual_news(struct stage *stage)
{
	stage->manual_news = true;
	stage->manual_ms = ASK_FIRST_MS;
	timer_stop(stage->tick);
}

static bool any_busy(const struct stage *stage)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (stage->lanes[i].record && stage->lanes[i].busy)
			return true;
	return false;
}

void manual_turn(struct stage *stage)
{
	bool done = true, ticked = stage->ticked;
	stage->ticked = false;
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (stage->lanes[i].engine)
			engine_lane_turn(&stage->lanes[i]);
	while (done) {
		done = false;
		for (size_t i = 0; i < stage->spec->nsessions && stage->state == STAGE_STANDING; i++)
			if (manual_look(stage, &stage->lanes[i]))
				done = true;
		if (done)
			manual_news(stage);
	}
	if (stage->state != STAGE_STANDING || !any_busy(stage))
		return;
	if (ticked && stage->blind)
		guess(stage);
	else if (ticked)
		control_ask_all(stage);
	watch(stage);
}
