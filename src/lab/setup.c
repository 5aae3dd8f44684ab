/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The start of the stage: connect, check the sessions, name them, run the set-ups one after another. */
#include "stage_internal.h"

/* ---- connections ---- */

static void setup_on_connected(void *arg, const struct err *err)
{
	struct lane *lane = arg;
	struct stage *stage = lane->stage;
	if (err && lane->index >= 0 && pooled_any(stage)) {
		pooled_none(lane, err);
		return;
	}
	if (err) {
		stage_fail(stage, &(struct stage_fact){.fail = FAIL_CONNECT, .lane = lane->index, .text = err->text});
		return;
	}
	if (lane == &stage->control && !db_dialect(lane->db)->shows_waiters)
		stage->blind = true;
	stage_stir(stage);
}

/* As isolationtester does: the session's name behind that of the program. */
static void send_name(struct lane *lane)
{
	static const char sql[] =
		"SELECT set_config('application_name', current_setting('application_name') || '/' || $1, false)";
	const char *params[] = {lane->name};
	struct statement statement = {.sql = sql, .verb = VERB_SELECT, .nparams = 1, .params = params, .once = true};
	lane_send_statement(lane, &statement);
}

/* The server cuts a name that is longer than its own may be, and says so. */
static void setup_tell_notices(struct lane *lane)
{
	const struct words *heard = &lane->heard;
	for (size_t i = 0; i < heard->n; i++)
		if (heard->at[i].kind == WORD_NOTICE)
			stage_tell(lane->stage,
				   &(struct stage_fact){.kind = FACT_SAID, .lane = lane->index, .word = &heard->at[i]});
}

/* Each of these returns false where it has to wait. */

static bool connect_next(struct stage *stage)
{
	struct lane *lane = lane_at(stage, stage->setup_at);
	if (lane->guest && !guests_set_up(stage))
		return false;
	bool stays_lost = stage->options.bare && lane->lost; /* isolationtester never connects again */
	if (lane_connected(lane) || stays_lost) {
		stage->setup_at++;
		return true;
	}
	if (db_state(lane->db) != DB_CONNECTING)
		lane_connect(lane, setup_on_connected);
	return false;
}

static bool connect_all(struct stage *stage)
{
	if (stage->setup_at < lane_count(stage))
		return connect_next(stage);
	stage->setup_at = 0;
	stage->setup = SETUP_POOL;
	return true;
}

static bool try_pool(struct stage *stage)
{
	if (stage->probe || pooled_try(stage))
		return false;
	stage->setup = stage->options.clean ? SETUP_CLEAN : SETUP_NAME;
	return true;
}

/* ---- sessions as new ---- */

enum { CLEAN_DISCARD, CLEAN_SET, CLEAN_DONE };

/* A new one has nothing to discard. */
static void clean_send(struct stage *stage, const char *sql, bool fresh_too)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++) {
		struct lane *lane = &stage->lanes[i];
		if (!lane_connected(lane) || (lane->fresh && !fresh_too))
			continue;
		lane->isolation = NULL;
		lane_send(lane, sql, 0);
	}
}

/* What a server does not know of DISCARD ALL is not there to be discarded. */
static bool clean_heard(struct stage *stage, bool may_fail)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++) {
		struct lane *lane = &stage->lanes[i];
		const struct stage_word *word = lane_result(lane);
		if (word && word->kind == WORD_ERROR && !may_fail) {
			stage_fail(stage,
				   &(struct stage_fact){
					   .fail = FAIL_SET_UP, .lane = lane->index, .word = word, .text = word->text});
			return false;
		}
		lane_clear(lane);
	}
	return true;
}

static bool clean_all(struct stage *stage)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (stage->lanes[i].busy)
			return false;
	if (!clean_heard(stage, stage->setup_at == CLEAN_SET))
		return false;
	switch (stage->setup_at++) {
	case CLEAN_DISCARD:
		clean_send(stage, "DISCARD ALL", false);
		return true;
	case CLEAN_SET:
		if (stage->options.session_sql)
			clean_send(stage, stage->options.session_sql, true);
		return true;
	default:
		stage->setup_at = 0;
		stage->setup = SETUP_NAME;
		return true;
	}
}

static bool name_next(struct stage *stage)
{
	struct lane *lane = lane_at(stage, stage->setup_at);
	if (lane->busy)
		return false;
	if (stage->options.bare && lane->fresh && lane_connected(lane)) {
		lane->fresh = false;
		send_name(lane);
		return false;
	}
	lane->fresh = false;
	setup_tell_notices(lane);
	lane_clear(lane);
	stage->setup_at++;
	return true;
}

static bool name_all(struct stage *stage)
{
	if (stage->setup_at < lane_count(stage))
		return name_next(stage);
	stage->setup_at = 0;
	stage->setup = stage->options.bare && !stage->options.own_schema ? SETUP_COMMON : SETUP_SCHEMA;
	stage_tell(stage, &(struct stage_fact){.kind = FACT_STARTS, .lane = -1});
	return true;
}

static bool make_schema(struct stage *stage)
{
	if (!schema_set_up(stage))
		return false;
	stage->setup_at = 0;
	stage->setup = SETUP_ISOLATION;
	return true;
}

void setup_isolation(struct lane *lane)
{
	struct buf sql = {0};
	lane->isolation = lane->stage->isolation;
	if (lane->isolation)
		buf_fmt(&sql, "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL %s", lane->isolation);
	else
		buf_str(&sql, "RESET default_transaction_isolation");
	lane_send(lane, sql.p, 0);
	buf_free(&sql);
}

/* False where the server does not take it, which ends the start. */
static bool isolation_taken(struct stage *stage, struct lane *lane)
{
	const struct stage_word *word = lane_result(lane);
	bool taken = word && word->kind != WORD_ERROR;
	if (!taken)
		stage_fail(stage, &(struct stage_fact){.fail = FAIL_SET_UP, .lane = lane->index, .word = word});
	lane_clear(lane);
	return taken;
}

static bool set_isolation_next(struct stage *stage)
{
	struct lane *lane = &stage->lanes[stage->setup_at];
	bool as_it_is = lane->guest || lane->isolation == stage->isolation;
	if (!stage->setup_sent && !as_it_is) {
		stage->setup_sent = true;
		setup_isolation(lane);
		return false;
	}
	if (stage->setup_sent && (lane->busy || !isolation_taken(stage, lane)))
		return false;
	stage->setup_sent = false;
	stage->setup_at++;
	return true;
}

static bool set_isolation(struct stage *stage)
{
	if (stage->setup_at < stage->spec->nsessions)
		return set_isolation_next(stage);
	stage->setup_at = 0;
	stage->setup = SETUP_COMMON;
	return true;
}

/* ---- set-ups ---- */

/* As PQexec() has it: a set-up has succeeded where its last result is rows or a command. */
static bool told(struct stage *stage, struct lane *lane, const struct stage_word *word)
{
	bool ok = word->kind == WORD_ROWS || (word->kind == WORD_TAG && word->tag[0]);
	struct stage_fact fact = {.kind = FACT_SET_UP, .lane = lane->index, .word = word, .text = word->text};
	fact.fail = FAIL_SET_UP;
	stage->set_up = stage->set_up || ok;
	if (ok)
		stage_tell(stage, &fact);
	else
		stage_fail(stage, &fact);
	lane_clear(lane);
	return ok;
}

static void on_common(void *arg, const struct stage_word *word)
{
	struct stage *stage = arg;
	if (stage->state == STAGE_SETUP && told(stage, &stage->control, word)) {
		stage->setup_sent = false;
		stage->setup_at++;
	}
}

static bool set_up_common(struct stage *stage)
{
	if (stage->setup_at == stage->spec->nsetups) {
		stage->setup_at = 0;
		stage->setup = SETUP_SESSIONS;
		return true;
	}
	if (!guests_setup_here(stage, stage->setup_at)) {
		stage->setup_at++;
		return true;
	}
	if (!stage->setup_sent)
		stage_ask(stage, stage->spec->setups[stage->setup_at], on_common, stage);
	stage->setup_sent = true;
	return false;
}

static bool set_up_session(struct stage *stage)
{
	struct lane *lane = &stage->lanes[stage->setup_at];
	const char *sql = lane->guest ? NULL : stage->spec->sessions[stage->setup_at].setup;
	if (sql && !stage->setup_sent) {
		stage->setup_sent = true;
		lane_send(lane, sql, 0);
		return false;
	}
	if (lane->busy || (sql && !told(stage, lane, lane_result(lane))))
		return false;
	stage->setup_sent = false;
	stage->setup_at++;
	return true;
}

static bool set_up_sessions(struct stage *stage)
{
	if (stage->setup_at < stage->spec->nsessions)
		return set_up_session(stage);
	stage->state = STAGE_STANDING;
	stage_tell(stage, &(struct stage_fact){.kind = FACT_BEGUN, .lane = -1});
	stage_stir(stage);
	return false;
}

static bool set_on(struct stage *stage)
{
	switch (stage->setup) {
	case SETUP_CONNECT:
		return connect_all(stage);
	case SETUP_POOL:
		return try_pool(stage);
	case SETUP_CLEAN:
		return clean_all(stage);
	case SETUP_NAME:
		return name_all(stage);
	case SETUP_SCHEMA:
		return make_schema(stage);
	case SETUP_ISOLATION:
		return set_isolation(stage);
	case SETUP_COMMON:
		return set_up_common(stage);
	case SETUP_SESSIONS:
		return set_up_sessions(stage);
	}
	return false;
}

void setup_start(struct stage *stage)
{
	stage->setup = SETUP_CONNECT;
	stage->setup_at = 0;
	stage->setup_sent = false;
	stage->set_up = stage->spec->nsetups == 0;
	stage_stir(stage);
}

void setup_turn(struct stage *stage)
{
	while (stage->state == STAGE_SETUP && set_on(stage))
		;
}
