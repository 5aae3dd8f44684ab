/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The road of one step: it is sent, the server is heard, it may have to wait for others, it is done. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "stage_internal.h"

/*
 * In the order in which it happens, with what the stage tells:
 *
 *	1  step_send()         makes the record; the SQL goes out over the lane (lane.c), or the engine goes
 *	                       on to it (engine_lane.c): FACT_SENT
 *	2  step_hear()         what the server says is in lane->heard (lane.c), which stirs the stage; the
 *	                       notices before the first result are told at once: FACT_SAID
 *	3  step_held()         a mark of the permutation may hold an answered step back
 *	   step_ask()          while it is not answered, the server is asked who waits, and for whom
 *	   step_set_waiting()  FACT_WAITS, FACT_GOES_ON
 *	4  step_finish()       its words go to the record: what the engine made of it (FACT_AGAIN,
 *	                       FACT_OUTCOME), then FACT_DONE
 *
 * A step that is sent by hand goes from 2 on in hand_advance() (stage_hand.c), which comes whenever the stage is stirred,
 * and as often as the server is to be asked. Steps of a permutation that plays by itself go there in automatic.c: the same
 * places, but in isolationtester's order.
 */

/* ---- 1: it is sent ---- */

static struct record *step_add_record(struct stage *stage, size_t step, const struct spec_turn *turn)
{
	struct record *record = NEW(struct record);
	size_t session = stage->spec->steps[step].session;
	if (stage->nrecords == stage->records_cap) {
		stage->records_cap = stage->records_cap ? 2 * stage->records_cap : 32;
		stage->records = mem_resize(stage->records, stage->records_cap, sizeof(struct record *));
	}
	record->lane = &stage->lanes[session];
	record->pub = (struct stage_record){
		.number = stage->nrecords,
		.step = step,
		.lane = session,
		.sql = stage->spec->steps[step].sql,
		.turn = turn,
		.sent_us = clock_us(),
	};
	return stage->records[stage->nrecords++] = record;
}

/* A mark of notices counts those from now on. */
static void step_aim(struct record *record)
{
	const struct stage *stage = record->lane->stage;
	const struct spec_turn *turn = record->pub.turn;
	size_t n = turn ? turn->nmarks : 0;
	record->targets = mem_array(n, sizeof *record->targets);
	for (size_t i = 0; i < n; i++)
		record->targets[i] =
			stage->lanes[stage->spec->steps[turn->marks[i].step].session].notices + turn->marks[i].notices;
}

static void step_send_sql(struct record *record)
{
	struct lane *lane = record->lane;
	const struct stage *stage = lane->stage;
	struct values_sent sent = {0};
	if (lane->engine) {
		record->sql = engine_lane_sql(lane);
		engine_lane_send(lane);
	} else {
		if (stage->options.values && values_bind(stage->options.values, record->pub.step, &sent))
			record->sql = mem_dup(sent.shown);
		lane_send_step(lane, record->pub.sql, &sent, (unsigned)stage->nrecords);
	}
	values_sent_free(&sent);
	record->pub.sql = record->sql ? record->sql : record->pub.sql;
}

/* The last answer that has rows. */
static void step_learn(const struct record *record)
{
	struct values *values = record->lane->stage->options.values;
	const struct rows *rows = NULL;
	for (size_t i = 0; i < record->words.n; i++)
		if (record->words.at[i].kind == WORD_ROWS)
			rows = record->words.at[i].rows;
	if (values)
		values_learn(values, record->pub.step, rows);
}

struct record *step_send(struct stage *stage, size_t step, const struct spec_turn *turn)
{
	struct record *record = step_add_record(stage, step, turn);
	struct lane *lane = record->lane;
	if (!lane_can_send(lane)) {
		stage_fail(stage, &(struct stage_fact){.fail = FAIL_SEND,
						       .lane = lane->index,
						       .record = &record->pub,
						       .text = "no connection to the server\n"});
		return NULL;
	}
	lane->record = record;
	step_send_sql(record);
	if (stage->cuts[step] && !lane->engine)
		again_arm(record);
	step_aim(record);
	stage_tell(stage, &(struct stage_fact){.kind = FACT_SENT, .lane = lane->index, .record = &record->pub});
	return record;
}

/* ---- 2: the server is heard ---- */

static void step_count_notice(struct lane *lane)
{
	lane->notices++;
	lane->stage->new_notice = true;
}

static void step_show_words(struct record *record)
{
	record->pub.words = record->words.at;
	record->pub.nwords = record->words.n;
}

bool step_hear(struct lane *lane)
{
	size_t n = 0;
	while (n < lane->heard.n && lane->heard.at[n].kind == WORD_NOTICE)
		n++;
	for (size_t i = 0; i < n; i++) {
		struct stage_word *word = &lane->heard.at[i];
		word->early = true;
		if (lane->record) {
			words_add(&lane->record->words, word);
			step_show_words(lane->record);
		}
		step_count_notice(lane);
		stage_tell(lane->stage, &(struct stage_fact){.kind = FACT_SAID, .lane = lane->index, .word = word});
	}
	words_drop(&lane->heard, n);
	return lane->answered;
}

/* ---- 3: does it wait? for whom? ---- */

bool step_mark_holds(const struct record *record, size_t i)
{
	const struct stage *stage = record->lane->stage;
	const struct spec_mark *mark = &record->pub.turn->marks[i];
	const struct lane *other = &stage->lanes[stage->spec->steps[mark->step].session];
	switch (mark->kind) {
	case SPEC_MARK_ONCE:
		return false;
	case SPEC_MARK_STEP:
		return other->record && other->record->pub.step == mark->step;
	case SPEC_MARK_NOTICES:
		return other->notices < record->targets[i];
	}
	return false;
}

bool step_held(const struct record *record)
{
	const struct spec_turn *turn = record->pub.turn;
	for (size_t i = 0; turn && i < turn->nmarks; i++)
		if (step_mark_holds(record, i))
			return true;
	return false;
}

bool step_waits_at_once(const struct record *record)
{
	const struct spec_turn *turn = record->pub.turn;
	for (size_t i = 0; turn && i < turn->nmarks; i++)
		if (turn->marks[i].kind == SPEC_MARK_ONCE)
			return true;
	return false;
}

void step_set_waiting(struct record *record, bool waiting)
{
	record->waiting = waiting;
	record->pub.waited = record->pub.waited || waiting;
	stage_tell(record->lane->stage, &(struct stage_fact){.kind = waiting ? FACT_WAITS : FACT_GOES_ON,
							     .lane = record->lane->index,
							     .record = &record->pub});
}

static void step_set_blockers(struct record *record, const long *blockers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		record->pub.blockers[i] = blockers[i];
	record->pub.nblockers = n;
}

static bool step_names_others(const struct record *record, const long *blockers, size_t n)
{
	bool same = n == record->pub.nblockers;
	for (size_t i = 0; same && i < n; i++)
		same = blockers[i] == record->pub.blockers[i];
	return n && !same;
}

/*
 * By hand, a change is told: it waits, it does not any more, or it waits for others. Whom it has waited for is kept
 * while it goes on, and where the server, which answers the two questions one after the other, knows nobody any more.
 */
void step_change(struct record *record, bool blocked, const long *blockers, size_t n)
{
	bool others = blocked && step_names_others(record, blockers, n);
	if (!record->lane->busy || (blocked == record->waiting && !others))
		return;
	if (others)
		step_set_blockers(record, blockers, n);
	step_set_waiting(record, blocked);
}

static size_t step_read_blockers(const struct stage *stage, const char *cell, bool guests,
				 long blockers[STAGE_BLOCKERS_MAX])
{
	size_t n = 0;
	for (char *at = (char *)cell; at && *at && n < STAGE_BLOCKERS_MAX;) {
		long lane = lane_of_pid(stage, (int)strtol(at, &at, 10), guests);
		bool known = false;
		for (size_t i = 0; i < n; i++)
			known = known || blockers[i] == lane;
		if (!known)
			blockers[n++] = lane;
		at += *at == ' ';
	}
	return n;
}

/* The session may have been given another step since: what was asked about is over then. */
static void step_take_row(struct stage *stage, const struct rows *rows, size_t row, bool guests)
{
	const char *pid = rows_cell(rows, row, 0), *cell = rows_cell(rows, row, 1);
	long blockers[STAGE_BLOCKERS_MAX], lane = pid ? lane_of_pid(stage, atoi(pid), guests) : LANE_OTHER;
	struct record *record = lane == LANE_OTHER ? NULL : stage->lanes[lane].record;
	if (!record || record->blocked != BLOCKED_ASKED)
		return;
	bool blocked = cell && cell[0] == 't';
	size_t n = step_read_blockers(stage, rows_cell(rows, row, 2), guests, blockers);
	bool by_hand = stage->state == STAGE_STANDING;
	record->blocked = blocked && (n || !by_hand) ? BLOCKED_YES : BLOCKED_NO; /* by nobody: it is about to go on */
	if (by_hand)
		step_change(record, blocked, blockers, n);
	else if (blocked && n)
		step_set_blockers(record, blockers, n);
}

static void step_all_asked(struct stage *stage)
{
	stage->asking = false;
	stage->asked_since_news = !stage->news;
	for (size_t i = 0; i < stage->spec->nsessions; i++) {
		struct record *record = stage->lanes[i].record;
		if (record && record->blocked == BLOCKED_ASKED)
			record->blocked = BLOCKED_NO;
	}
	if (stage->state == STAGE_STANDING)
		stage_tell(stage, &(struct stage_fact){.kind = FACT_ASKED, .lane = -1});
}

/* By hand a question that failed is asked again, as long as there is a connection for it. */
bool step_unasked(struct stage *stage, const struct stage_word *word)
{
	bool by_hand = stage->state == STAGE_STANDING && stage->control.lost;
	if (word->kind == WORD_ROWS || (stage->state != STAGE_PLAYING && !by_hand))
		return false;
	stage->asking = false;
	stage_fail(stage, &(struct stage_fact){.fail = FAIL_CONTROL, .lane = -1, .word = word, .text = word->text});
	return true;
}

static void step_take_answer(struct stage *stage, const struct stage_word *word, bool guests)
{
	bool unknown = word->kind == WORD_ERROR && strcmp(word->sqlstate, "42883") == 0;
	stage->asks -= stage->asks > 0;
	stage->blind = stage->blind || unknown;
	if (!unknown && step_unasked(stage, word))
		return;
	for (size_t row = 0; word->kind == WORD_ROWS && row < word->rows->nrows; row++)
		step_take_row(stage, word->rows, row, guests);
	if (!stage->asks)
		step_all_asked(stage);
}

static void step_on_asked(void *arg, const struct stage_word *word)
{
	step_take_answer(arg, word, false);
}

static void step_on_guests_asked(void *arg, const struct stage_word *word)
{
	step_take_answer(arg, word, true);
}

/* Sessions on one of two servers. */
static void step_ask_server(struct stage *stage, const char *sql, char *asked, bool guests)
{
	stage->asks++;
	if (guests)
		guests_ask_first(stage, sql, asked, lane_pids(stage, true), step_on_guests_asked, stage);
	else
		control_ask_first(stage, sql, asked, lane_pids(stage, false), step_on_asked, stage);
}

/*
 * $1 are the sessions that are asked about, $2 all that may block them. pg_isolation_test_session_is_blocked() is the
 * server's own help for such programs: it counts waits for locks and for safe snapshots, and leaves out those for
 * others, as autovacuum.
 */
void step_ask(struct stage *stage, const struct lane *only)
{
	static const char sql[] =
		"SELECT pid, pg_catalog.pg_isolation_test_session_is_blocked(pid, $2), "
		"pg_catalog.array_to_string(pg_catalog.pg_blocking_pids(pid) OPERATOR(pg_catalog.||) "
		"pg_catalog.pg_safe_snapshot_blocking_pids(pid), ' ') FROM pg_catalog.unnest($1::pg_catalog.int4[]) AS "
		"pid";
	struct buf asked = {0}, guests = {0};
	for (size_t i = 0; i < stage->spec->nsessions; i++) {
		const struct lane *lane = &stage->lanes[i];
		bool ask = lane->record && (!only || lane == only);
		if (ask)
			lane->record->blocked = BLOCKED_ASKED;
		if (lane_connected(lane) && ask)
			lane_add_pid(lane->guest ? &guests : &asked, lane);
	}
	buf_str(&asked, asked.len ? "}" : "{}");
	stuck_note_idle(stage);
	stage->news = false;
	stage->asking = true;
	stage->asks = 0;
	step_ask_server(stage, sql, buf_take(&asked), false);
	if (guests.len) {
		buf_str(&guests, "}");
		step_ask_server(stage, sql, buf_take(&guests), true);
	}
}

/* ---- 4: what became of it ---- */

/* "Process 12 waits for ShareLock on transaction 7; blocked by process 34.", in whatever language, and so on. */
static void step_read_deadlock(struct record *record, const char *detail)
{
	const struct stage *stage = record->lane->stage;
	int pid = db_facts(record->lane->db)->pid;
	bool guest = record->lane->guest;
	for (const char *line = detail; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t n = strcspn(line, "\n"), from = strcspn(line, "0123456789"), to = n;
		while (to > 0 && (line[to - 1] < '0' || line[to - 1] > '9'))
			to--;
		size_t last = to;
		while (last > 0 && line[last - 1] >= '0' && line[last - 1] <= '9')
			last--;
		long other = from < last && atoi(line + from) == pid ? lane_of_pid(stage, atoi(line + last), guest)
								     : LANE_OTHER;
		if (other != LANE_OTHER)
			step_set_blockers(record, &other, 1);
	}
}

/* Whoever is chosen in a deadlock has waited, though it may be over before the server could be asked. Not where a
 * transcript is made: isolationtester does not know it. */
static void step_learn_deadlock(struct record *record)
{
	for (size_t i = 0; i < record->words.n; i++) {
		const struct stage_word *word = &record->words.at[i];
		if (word->kind != WORD_ERROR || strcmp(word->sqlstate, "40P01") != 0 || record->pub.waited)
			continue;
		record->pub.waited = true;
		step_read_deadlock(record, word->detail);
	}
}

void step_finish(struct lane *lane)
{
	struct record *record = lane->record;
	for (size_t i = 0; i < lane->heard.n; i++)
		if (lane->heard.at[i].kind == WORD_NOTICE)
			step_count_notice(lane);
	words_move(&record->words, &lane->heard);
	words_move(&record->words, &lane->notified);
	step_show_words(record);
	step_learn(record);
	if (!lane->stage->options.bare)
		step_learn_deadlock(record);
	lane->answered = false;
	lane->record = NULL;
	if (lane->stage->state == STAGE_STANDING)
		hand_news(lane->stage);
	record->pub.done = true;
	record->pub.done_number = ++lane->stage->ndone;
	record->pub.lost = lane->lost != NULL || record->pub.cut;
	if (lane->engine)
		engine_lane_tell(lane, &record->pub);
	stage_tell(lane->stage, &(struct stage_fact){.kind = FACT_DONE, .lane = lane->index, .record = &record->pub});
}
