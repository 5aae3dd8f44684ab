/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of the stage: cancels what still runs and runs the teardowns. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stage_internal.h"

/* For a cancel to help, and for each answer of a teardown; a bare stage that was played to its end has isolationtester's patience,
 * which has no end. */
enum { CANCEL_MS = 1500, TEARDOWN_MS = 3000, REGULAR_MS = 30000 };

static void not_cleared(struct stage *stage, const char *why)
{
	free(stage->not_cleared);
	stage->not_cleared = mem_dup(why);
}

static void be_patient(struct stage *stage, uint64_t ms)
{
	if (stage->options.bare && stage->teardown_regular)
		return;
	timer_start(stage->patience, ms);
}

/* The server answers: the next answer has as much time as this one had. */
static void be_patient_again(struct stage *stage)
{
	be_patient(stage, stage->teardown_regular ? REGULAR_MS : TEARDOWN_MS);
}

/* ---- what still runs ---- */

static void cancel_all(struct stage *stage)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++) {
		struct lane *lane = &stage->lanes[i];
		if (lane->again)
			lane_close(lane);
		if (lane->record && lane->busy)
			lane->record->pub.cancelled = true;
		if (engine_lane_cancel(lane))
			continue;
		if (lane->busy)
			db_cancel(lane->db);
		else if (db_state(lane->db) == DB_CONNECTING)
			lane_close(lane);
	}
	if (stage->control.busy)
		db_cancel(stage->control.db);
	else if (db_state(stage->control.db) == DB_CONNECTING)
		lane_close(&stage->control);
}

void teardown_start(struct stage *stage, bool regular)
{
	stage->state = STAGE_TEARDOWN;
	stage->teardown_regular = regular;
	stage->teardown_at = 0;
	stage->teardown_sent = stage->teardown_again = stage->teardown_common_done = false;
	stage->teardown = regular ? TEARDOWN_SESSIONS : TEARDOWN_CANCEL;
	be_patient(stage, regular ? REGULAR_MS : CANCEL_MS);
	if (!regular)
		cancel_all(stage);
	stage_stir(stage);
}

/* Each of these returns false where it has to wait. */

static bool teardown_cancel(struct stage *stage)
{
	bool busy = !control_idle(stage);
	for (size_t i = 0; i < stage->spec->nsessions; i++) {
		struct lane *lane = &stage->lanes[i];
		if (lane->record)
			step_hear(lane);
		busy = busy || lane->busy;
		if (lane->record && !lane->busy)
			step_finish(lane);
		else if (!lane->busy)
			lane_clear(lane);
	}
	if (busy)
		return false;
	stage->teardown = TEARDOWN_SESSIONS;
	be_patient(stage, TEARDOWN_MS);
	return true;
}

/* It was left before anything was set up: what a teardown finds would be another's. */
static bool is_untouched(const struct stage *stage)
{
	return stage->setup == SETUP_CONNECT || stage->setup == SETUP_POOL || stage->setup == SETUP_CLEAN ||
	       stage->setup == SETUP_NAME || stage->setup == SETUP_SCHEMA;
}

/* ---- the sessions' teardowns ---- */

/* A transaction that was left open would hold the common teardown up, as it does isolationtester's. */
static void next_session(struct stage *stage, struct lane *lane)
{
	if (!stage->teardown_regular || (!stage->options.bare && db_in_transaction(lane->db)))
		lane_close(lane);
	stage->teardown_sent = false;
	stage->teardown_at++;
}

static bool teardown_session(struct stage *stage)
{
	struct lane *lane = &stage->lanes[stage->teardown_at];
	const char *sql = stage->spec->sessions[stage->teardown_at].teardown;
	if (lane->guest) { /* the host's */
		stage->teardown_at++;
		return true;
	}
	if (!sql || is_untouched(stage) || (!lane_connected(lane) && (lane->cut || !stage->teardown_regular))) {
		next_session(stage, lane);
		return true;
	}
	if (!stage->teardown_sent) {
		stage->teardown_sent = true;
		lane_send(lane, sql, 0);
		return false;
	}
	if (lane->busy)
		return false;
	be_patient_again(stage);
	const struct stage_word *word = lane_result(lane);
	stage_tell(stage, &(struct stage_fact){.kind = FACT_TORN_DOWN, .lane = lane->index, .word = word});
	lane_clear(lane);
	next_session(stage, lane);
	return true;
}

static bool teardown_sessions(struct stage *stage)
{
	if (!control_idle(stage) || !guests_idle(stage)) /* something was asked before everything goes */
		return false;
	if (stage->teardown_at < stage->spec->nsessions)
		return teardown_session(stage);
	stage->teardown = TEARDOWN_GUESTS;
	return true;
}

static bool teardown_guests(struct stage *stage)
{
	if (!guests_end(stage))
		return false;
	stage->teardown = TEARDOWN_CONNECT;
	return true;
}

/* ---- the common teardown ---- */

static void teardown_on_connected(void *arg, const struct err *err)
{
	struct lane *lane = arg;
	if (err) {
		not_cleared(lane->stage, err->text);
		stage_off(lane->stage);
	} else {
		be_patient_again(lane->stage);
		if (lane->stage->schema.made)
			schema_reenter(lane->stage);
	}
	stage_stir(lane->stage);
}

static bool has_common(const struct stage *stage)
{
	return stage->spec->teardown && guests_teardown_here(stage) && !is_untouched(stage) &&
	       !stage->teardown_common_done;
}

static bool teardown_connect(struct stage *stage)
{
	struct lane *control = &stage->control;
	bool common = has_common(stage);
	if (!common && !stage->schema.made) {
		stage_off(stage);
		return false;
	}
	if (stage->options.bare || lane_connected(control)) {
		stage->teardown = common ? TEARDOWN_COMMON : TEARDOWN_SCHEMA;
		return true;
	}
	if (db_state(control->db) != DB_CONNECTING) {
		lane_connect(control, teardown_on_connected);
		be_patient(stage, TEARDOWN_MS);
	}
	return false;
}

/* The control connection was lost with what was sent last: once, that is done again. */
static bool teardown_repeats(struct stage *stage)
{
	bool again = stage->control.lost && !stage->options.bare && !stage->teardown_again;
	if (!again || stage->state != STAGE_TEARDOWN)
		return false;
	stage->teardown_again = true;
	stage->teardown_sent = false;
	stage->teardown = TEARDOWN_CONNECT;
	stage_stir(stage);
	return true;
}

static void on_torn_down(void *arg, const struct stage_word *word)
{
	struct stage *stage = arg;
	if (teardown_repeats(stage))
		return;
	/* What was never set up is not there to be torn down: it is tried, because the answer may have been lost. */
	bool failed = word->kind == WORD_ERROR, counts = !failed || stage->set_up;
	if (counts)
		stage_tell(stage, &(struct stage_fact){.kind = FACT_TORN_DOWN, .lane = -1, .word = word});
	if (failed && counts)
		not_cleared(stage, word->message);
	if (stage->state != STAGE_TEARDOWN)
		return;
	be_patient_again(stage);
	stage->teardown_common_done = true;
	stage->teardown = TEARDOWN_CONNECT;
	stage->teardown_sent = false;
	stage_stir(stage);
}

static bool teardown_common(struct stage *stage)
{
	if (!stage->teardown_sent)
		stage_ask(stage, stage->spec->teardown, on_torn_down, stage);
	stage->teardown_sent = true;
	return false;
}

/* What the lesson's own teardown could not drop is gone with it, where it was in it. */
static void on_dropped(void *arg, const struct stage_word *word)
{
	struct stage *stage = arg;
	if (teardown_repeats(stage))
		return;
	if (word->kind == WORD_ERROR)
		not_cleared(stage, word->message);
	if (stage->state == STAGE_TEARDOWN)
		stage_off(stage);
}

static bool teardown_schema(struct stage *stage)
{
	if (!stage->teardown_sent)
		schema_drop(stage, on_dropped);
	stage->teardown_sent = true;
	return false;
}

static bool teardown_on(struct stage *stage)
{
	switch (stage->teardown) {
	case TEARDOWN_CANCEL:
		return teardown_cancel(stage);
	case TEARDOWN_SESSIONS:
		return teardown_sessions(stage);
	case TEARDOWN_GUESTS:
		return teardown_guests(stage);
	case TEARDOWN_CONNECT:
		return teardown_connect(stage);
	case TEARDOWN_COMMON:
		return teardown_common(stage);
	case TEARDOWN_SCHEMA:
		return teardown_schema(stage);
	}
	return false;
}

void teardown_turn(struct stage *stage)
{
	while (stage->state == STAGE_TEARDOWN && teardown_on(stage))
		;
}

/* ---- no answer ---- */

static void teardown_give_up(struct stage *stage)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		lane_close(&stage->lanes[i]);
	control_drop(stage);
	lane_close(&stage->control);
	not_cleared(stage, "the server does not answer");
	stage_off(stage);
}

/* A session that does not end is left to the server, which will notice; the common teardown gets one cancel. */
void teardown_late(void *arg)
{
	struct stage *stage = arg;
	bool common = stage->teardown == TEARDOWN_CONNECT || stage->teardown == TEARDOWN_COMMON ||
		      stage->teardown == TEARDOWN_SCHEMA;
	if (stage->state != STAGE_TEARDOWN)
		return;
	if (common && !(stage->control.busy && stage->teardown_regular)) {
		teardown_give_up(stage);
		return;
	}
	if (stage->control.busy)
		db_cancel(stage->control.db);
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (stage->lanes[i].busy)
			lane_close(&stage->lanes[i]);
	stage->teardown_regular = false;
	be_patient(stage, TEARDOWN_MS);
	stage_stir(stage);
}
