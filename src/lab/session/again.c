/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session whose connection is cut before the answer to a step is read, and the new connection that it goes on with. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "src/lab/stage_internal.h"

/*
 * In the order in which it happens: again_arm() when the step is sent; again_lost() when the connection was cut, as soon
 * as the server began to answer; where the session has more to do, again_turn() connects, and the connection is set up
 * as the one before it; again_over() then says that the step is done. Until then the lane is busy.
 */
enum { AGAIN_MS = 15000 };
static const char again_text[] = "the answer was lost with the connection";

void again_arm(struct record *record)
{
	struct db *db = record->lane->db;
	bool commits = engine_check_commits(record->pub.sql, db_dialect(db));
	record->pub.unknown = commits || !db_in_transaction(db);
	record->pub.cut = true;
	db_cut_answered(db);
}

static bool again_has_more(const struct lane *lane)
{
	const struct stage *stage = lane->stage;
	const struct spec_permutation *permutation = stage->permutation;
	const struct spec_turn *turn = lane->record->pub.turn;
	if (!permutation || !turn)
		return true;
	for (size_t i = (size_t)(turn - permutation->turns) + 1; i < permutation->nturns; i++)
		if ((long)stage->spec->steps[permutation->turns[i].step].session == lane->index)
			return true;
	return false;
}

/* The step is done, whether the session can go on or not. */
static void again_over(struct lane *lane)
{
	struct stage_word word;
	uint64_t duration_us = lane->record ? lane->record->pub.duration_us : 0;
	lane->again = AGAIN_NO;
	lane_over(lane);
	if (lane->record)
		lane->record->pub.duration_us = duration_us;
	lane->speechless = false;
	word_own(&word, again_text);
	lane_hear(lane, &word);
}

static void again_fail(struct lane *lane, const char *why)
{
	lane_lose(lane, why);
	again_over(lane);
}

bool again_lost(struct lane *lane, const struct answer *why)
{
	struct record *record = lane->record;
	if (lane->again) {
		again_fail(lane, why->message);
		return true;
	}
	if (!record || !record->pub.cut)
		return false;
	record->pub.duration_us = clock_us() - record->pub.sent_us;
	lane->cut = true;
	if (again_has_more(lane)) {
		lane->again = AGAIN_DUE;
		stage_stir(lane->stage);
	} else {
		again_over(lane);
	}
	return true;
}

/* ---- the new connection ---- */

static void again_set_up(struct lane *lane)
{
	const char *sql = lane->stage->spec->sessions[lane->index].setup;
	lane->again = AGAIN_SETUP;
	if (sql)
		lane_send(lane, sql, 0);
	else
		again_over(lane);
}

/* The next thing that a session has before its first step. */
static void again_go_on(struct lane *lane)
{
	if (lane->again == AGAIN_CONNECT && lane_home(lane)->schema.made) {
		lane->again = AGAIN_SCHEMA;
		schema_enter(lane);
	} else if (lane->again < AGAIN_ISOLATION && lane->stage->isolation) {
		lane->again = AGAIN_ISOLATION;
		setup_isolation(lane);
	} else if (lane->again < AGAIN_SETUP) {
		again_set_up(lane);
	} else {
		again_over(lane);
	}
}

static void again_on_connected(void *arg, const struct err *err)
{
	if (err)
		again_fail(arg, err->text);
	else
		again_go_on(arg);
}

void again_turn(struct lane *lane)
{
	if (lane->again != AGAIN_DUE)
		return;
	lane->again = AGAIN_CONNECT;
	db_connect(lane->db, &lane_home(lane)->info, AGAIN_MS, again_on_connected, lane);
}

bool again_answer(struct lane *lane, const struct answer *answer)
{
	if (!lane->again)
		return false;
	if (!answer->ok)
		lane_lose(lane, answer->message);
	return true;
}

bool again_idle(struct lane *lane)
{
	if (!lane->again)
		return false;
	if (lane->lost) {
		db_close(lane->db);
		again_over(lane);
	} else {
		again_go_on(lane);
	}
	return true;
}
