/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage: created, begun, advanced whenever an answer arrives, and freed. */
#include "lab/stage.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "stage_internal.h"

/* ---- telling ---- */

void stage_tell(struct stage *stage, const struct stage_fact *fact)
{
	stage->fn(stage->arg, fact);
}

void stage_stir(struct stage *stage)
{
	timer_start(stage->soon, 0);
}

void stage_fail(struct stage *stage, const struct stage_fact *fact)
{
	struct stage_fact failed = *fact;
	failed.kind = FACT_FAILED;
	automatic_stop(stage);
	pooled_stop(stage);
	stage_tell(stage, &failed);
	if (stage->state == STAGE_OFF || stage->state == STAGE_TEARDOWN)
		return;
	if (stage->options.bare) {
		for (size_t i = 0; i < stage->spec->nsessions; i++)
			lane_close(&stage->lanes[i]);
		lane_close(&stage->control);
		control_drop(stage);
		stage_off(stage);
	} else {
		teardown_start(stage, false);
	}
}

void stage_off(struct stage *stage)
{
	char *not_cleared = stage->not_cleared;
	stage->not_cleared = NULL;
	timer_stop(stage->patience);
	timer_stop(stage->tick);
	schema_forget(stage);
	stage->state = STAGE_OFF;
	stage_tell(stage, &(struct stage_fact){.kind = FACT_ENDED, .lane = -1, .text = not_cleared});
	free(not_cleared);
}

/* ---- a turn ---- */

static void tell_lost(struct stage *stage)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++) {
		struct lane *lane = &stage->lanes[i];
		if (!lane->lost_due)
			continue;
		lane->lost_due = false;
		stage_tell(stage, &(struct stage_fact){.kind = FACT_LOST, .lane = lane->index, .text = lane->lost});
	}
}

static void on_soon(void *arg)
{
	struct stage *stage = arg;
	control_turn(stage);
	tell_lost(stage);
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		again_turn(&stage->lanes[i]);
	switch (stage->state) {
	case STAGE_OFF:
		return;
	case STAGE_SETUP:
		setup_turn(stage);
		return;
	case STAGE_STANDING:
		hand_advance(stage);
		return;
	case STAGE_PLAYING:
		automatic_turn(stage);
		return;
	case STAGE_TEARDOWN:
		teardown_turn(stage);
		return;
	}
}

static void on_tick(void *arg)
{
	struct stage *stage = arg;
	stage->ticked = true;
	on_soon(stage);
}

/* ---- life ---- */

int64_t stage_limit(void)
{
	const char *seconds = getenv("PGISOLATIONTIMEOUT");
	return (seconds ? (int64_t)atoi(seconds) : 300) * 1000000;
}

struct stage *stage_new(struct loop *loop, struct ring *ring, const struct conninfo *info, const struct spec *spec,
			const struct stage_options *options, stage_fact_fn *fn, void *arg)
{
	struct stage *stage = NEW(struct stage);
	stage->loop = loop;
	stage->ring = ring;
	stage->spec = spec;
	stage->options = *options;
	stage->fn = fn;
	stage->arg = arg;
	conninfo_copy(&stage->info, info);
	stage->soon = timer_new(loop, on_soon, stage);
	stage->tick = timer_new(loop, on_tick, stage);
	stage->patience = timer_new(loop, teardown_late, stage);
	stage->lanes = mem_array(spec->nsessions, sizeof *stage->lanes);
	stage->cuts = mem_array(spec->nsteps, sizeof *stage->cuts);
	lane_init(&stage->control, stage, -1, "control connection");
	for (size_t i = 0; i < spec->nsessions; i++)
		lane_init(&stage->lanes[i], stage, (long)i, spec->sessions[i].name);
	return stage;
}

void stage_forget_records(struct stage *stage)
{
	for (size_t i = 0; i < stage->nrecords; i++) {
		words_clear(&stage->records[i]->words);
		free(stage->records[i]->targets);
		free(stage->records[i]->sql);
		free(stage->records[i]);
	}
	stage->nrecords = stage->ndone = 0;
}

void stage_free(struct stage *stage)
{
	if (!stage)
		return;
	automatic_stop(stage);
	pooled_stop(stage);
	control_drop(stage);
	if (stage->guests) /* before the connections, which are the host's */
		for (size_t i = 0; i < stage->spec->nsessions; i++)
			engine_lane_free(&stage->lanes[i]);
	guests_free(stage);
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		lane_done(&stage->lanes[i]);
	lane_done(&stage->control);
	free(stage->lanes);
	free(stage->cuts);
	stage_forget_records(stage);
	free(stage->records);
	timer_free(stage->soon);
	timer_free(stage->tick);
	timer_free(stage->patience);
	conninfo_free(&stage->info);
	free(stage->not_cleared);
	free(stage);
}

/* ---- what is asked of it ---- */

void stage_begin(struct stage *stage, const struct spec_permutation *permutation)
{
	assert(stage->state == STAGE_OFF);
	stage_forget_records(stage);
	stage->permutation = permutation;
	stage->turn = 0;
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (stage->lanes[i].engine)
			engine_lane_begin(&stage->lanes[i]);
	stage->state = STAGE_SETUP;
	setup_start(stage);
}

void stage_retry(struct stage *stage, size_t lane, bool on)
{
	assert(stage->state == STAGE_OFF);
	engine_lane_set(&stage->lanes[lane], on);
}

void stage_clean(struct stage *stage, const char *session_sql)
{
	assert(stage->state == STAGE_OFF);
	stage->options.clean = true;
	stage->options.session_sql = session_sql;
}

void stage_isolation(struct stage *stage, const char *level)
{
	assert(stage->state == STAGE_OFF);
	stage->isolation = level;
}

void stage_cut(struct stage *stage, size_t step, bool on)
{
	assert(stage->state == STAGE_OFF);
	stage->cuts[step] = on;
}

void stage_play(struct stage *stage)
{
	if (stage->state != STAGE_STANDING)
		return;
	stage->state = STAGE_PLAYING;
	automatic_start(stage);
}

void stage_end(struct stage *stage)
{
	if (stage->state == STAGE_OFF || stage->state == STAGE_TEARDOWN)
		return;
	automatic_stop(stage);
	pooled_stop(stage);
	teardown_start(stage, false);
}

void stage_cancel(struct stage *stage, size_t lane)
{
	struct record *record = stage->lanes[lane].record;
	if (!record || !stage->lanes[lane].busy)
		return;
	record->pub.cancelled = true;
	if (!engine_lane_cancel(&stage->lanes[lane]))
		db_cancel(stage->lanes[lane].db);
}

/* ---- what can be seen ---- */

enum stage_state stage_state(const struct stage *stage)
{
	return stage->state;
}

const struct spec_permutation *stage_permutation(const struct stage *stage)
{
	return stage->permutation;
}

size_t stage_turn(const struct stage *stage)
{
	return stage->turn;
}

static enum lane_state state_of(const struct lane *lane)
{
	if (lane->record && !lane->busy)
		return LANE_HELD;
	if (lane->record)
		return lane->record->waiting ? LANE_WAITING : LANE_RUNNING;
	if (lane->lost)
		return LANE_LOST;
	if (lane->cut && !lane_connected(lane))
		return LANE_CUT;
	return lane_connected(lane) ? LANE_IDLE : LANE_OFF;
}

void stage_lane(const struct stage *stage, size_t index, struct stage_lane *out)
{
	const struct lane *lane = &stage->lanes[index];
	if (lane->shown) {
		*out = *lane->shown;
		return;
	}
	*out = (struct stage_lane){
		.name = lane->name,
		.state = state_of(lane),
		.record = lane->record ? &lane->record->pub : NULL,
		.in_transaction = db_in_transaction(lane->db),
		.pid = db_facts(lane->db)->pid,
		.lost = lane->lost,
	};
	engine_lane_show(lane, out);
}

const struct stage_record *stage_record(const struct stage *stage, size_t number)
{
	return number < stage->nrecords ? &stage->records[number]->pub : NULL;
}

size_t stage_nrecords(const struct stage *stage)
{
	return stage->nrecords;
}

size_t stage_lanes(const struct stage *stage)
{
	return stage->spec->nsessions;
}

struct db *stage_db(const struct stage *stage, size_t lane)
{
	return stage->lanes[lane].db;
}

const struct db *stage_control(const struct stage *stage)
{
	return stage->control.db;
}

const struct db_facts *stage_facts(const struct stage *stage)
{
	return db_facts(stage->control.db);
}
