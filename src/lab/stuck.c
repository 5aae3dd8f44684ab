/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a session that waits can go on before another step is sent, by what the server says of who waits for whom. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "stage_internal.h"

/*
 * A session waits, and nothing is sent before it goes on. It waits for ever where it waits, over others that wait
 * themselves, for a session that has nothing to do: that one would have to end its transaction, and is not asked to.
 * There are ends that come by themselves:
 *
 *	a step still runs           whatever it does next is not known
 *	sessions wait in a circle   the server finds the deadlock, and ends one of them
 *	a timeout                   of a lock, a statement, an idle session: where one may be set, it is waited for
 *
 * The server is asked about one session after another, while they go on: what it says counts where it says it twice.
 */

/* ---- timeouts ---- */

/* deadlock_timeout ends nothing but a circle. */
static bool stuck_names_timeout(const char *sql)
{
	static const char word[] = "_timeout", circle[] = "deadlock";
	const size_t length = sizeof word - 1, before = sizeof circle - 1;
	for (const char *at = sql; at && *at; at++) {
		bool of_circle = (size_t)(at - sql) >= before && strncasecmp(at - before, circle, before) == 0;
		if (strncasecmp(at, word, length) == 0 && !of_circle)
			return true;
	}
	return false;
}

static bool stuck_spec_has_timeout(const struct spec *spec)
{
	bool found = false;
	for (size_t i = 0; i < spec->nsetups; i++)
		found = found || stuck_names_timeout(spec->setups[i]);
	for (size_t i = 0; i < spec->nsessions; i++)
		found = found || stuck_names_timeout(spec->sessions[i].setup);
	for (size_t i = 0; i < spec->nsteps; i++)
		found = found || stuck_names_timeout(spec->steps[i].sql);
	return found;
}

static void stuck_on_timeouts(void *arg, const struct stage_word *word)
{
	struct stage *stage = arg;
	const char *cell = word->kind == WORD_ROWS && word->rows->nrows ? rows_cell(word->rows, 0, 0) : NULL;
	stage->timeouts = cell && strcmp(cell, "0") == 0 ? TIMEOUTS_NONE : TIMEOUTS_SOME;
	if (stage->state == STAGE_STANDING)
		stage_tell(stage, &(struct stage_fact){.kind = FACT_ASKED, .lane = -1});
}

/* Those that are set for the role, the database or the server are the control connection's, too. */
static bool stuck_may_time_out(struct stage *stage)
{
	static const char sql[] =
		"SELECT pg_catalog.count(*) FROM pg_catalog.pg_settings WHERE setting OPERATOR(pg_catalog.<>) '0' AND "
		"name OPERATOR(pg_catalog.=) ANY (ARRAY['lock_timeout', 'statement_timeout', 'transaction_timeout', "
		"'idle_in_transaction_session_timeout', 'idle_session_timeout']::pg_catalog.text[])";
	if (stage->timeouts == TIMEOUTS_UNASKED && stuck_spec_has_timeout(stage->spec)) {
		stage->timeouts = TIMEOUTS_SOME;
	} else if (stage->timeouts == TIMEOUTS_UNASKED) {
		stage->timeouts = TIMEOUTS_ASKED;
		stage_ask(stage, sql, stuck_on_timeouts, stage);
	}
	return stage->timeouts != TIMEOUTS_NONE;
}

/* ---- who waits for whom ---- */

enum { STUCK_NEW, STUCK_BELOW, STUCK_SEEN };

struct stuck_way {
	const struct stage *stage;
	unsigned char *seen; /* [nsessions] */
	bool circle, idle;   /* on the way there is ... */
};

static void stuck_follow(struct stuck_way *way, size_t at);

static void stuck_follow_marks(struct stuck_way *way, const struct record *record)
{
	const struct spec_turn *turn = record->pub.turn;
	for (size_t i = 0; turn && i < turn->nmarks; i++)
		if (step_mark_holds(record, i))
			stuck_follow(way, way->stage->spec->steps[turn->marks[i].step].session);
}

static void stuck_follow(struct stuck_way *way, size_t at)
{
	const struct lane *lane = &way->stage->lanes[at];
	const struct record *record = lane->record;
	way->circle = way->circle || way->seen[at] == STUCK_BELOW;
	if (way->seen[at] != STUCK_NEW)
		return;
	way->seen[at] = STUCK_BELOW;
	way->idle = way->idle || (lane->idle_when_asked && !lane->busy && !(record && step_held(record)));
	if (record && !lane->busy)
		stuck_follow_marks(way, record);
	for (size_t i = 0; record && lane->busy && i < record->pub.nblockers; i++)
		if (record->pub.blockers[i] != LANE_OTHER)
			stuck_follow(way, (size_t)record->pub.blockers[i]);
	way->seen[at] = STUCK_SEEN;
}

static bool stuck_any_runs(const struct stage *stage)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (stage->lanes[i].busy && (!stage->lanes[i].record || stage->lanes[i].record->blocked != BLOCKED_YES))
			return true;
	return false;
}

void stuck_note_idle(struct stage *stage)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		stage->lanes[i].idle_when_asked = !stage->lanes[i].busy && lane_connected(&stage->lanes[i]);
}

bool stuck_is(struct stage *stage, const struct lane *lane)
{
	struct stuck_way way = {.stage = stage};
	if (!lane->record || stage->options.bare || stage->blind || stage->asking || stuck_any_runs(stage))
		return false;
	way.seen = mem_array(stage->spec->nsessions, sizeof *way.seen);
	stuck_follow(&way, (size_t)lane->index);
	free(way.seen);
	return way.idle && !way.circle && !stuck_may_time_out(stage);
}

bool stage_stuck(struct stage *stage, size_t lane)
{
	const struct record *record = stage->lanes[lane].record;
	return stage->state == STAGE_STANDING && stage->asked_since_news && record && record->waiting &&
	       stuck_is(stage, &stage->lanes[lane]);
}

/* ---- for people ---- */

static void stuck_add_name(struct buf *out, const char *name)
{
	text_escape(out, name, strlen(name), 40);
}

static void stuck_add_blockers(struct buf *out, const struct stage *stage, const struct stage_record *record)
{
	size_t n = 0;
	for (size_t i = 0; i < record->nblockers; i++) {
		if (record->blockers[i] == LANE_OTHER)
			continue;
		buf_str(out, n++ ? " and " : " for ");
		stuck_add_name(out, stage->spec->sessions[record->blockers[i]].name);
	}
}

void stage_impossible(struct buf *out, const struct stage *stage, const struct stage_record *record)
{
	const struct spec *spec = stage->spec;
	const struct spec_permutation *order = stage->permutation;
	stuck_add_name(out, spec->steps[record->step].name);
	buf_str(out, " waits");
	stuck_add_blockers(out, stage, record);
	if (!order || stage->turn >= order->nturns) {
		buf_str(out, ", and no step is left that would let it go on");
		return;
	}
	buf_str(out, ", and the next step, ");
	stuck_add_name(out, spec->steps[order->turns[stage->turn].step].name);
	buf_str(out, ", is of the session that waits");
}
