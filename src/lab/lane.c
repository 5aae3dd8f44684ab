/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One session of the stage: what is sent to it, and its answers, kept until they are looked at. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "stage_internal.h"

enum { CONNECT_MS = 15000 };

/* ---- all of them ---- */

size_t lane_count(const struct stage *stage)
{
	return stage->spec->nsessions + 1;
}

struct lane *lane_at(struct stage *stage, size_t at)
{
	return at == 0 ? &stage->control : &stage->lanes[at - 1];
}

/* ---- heard ---- */

void lane_hear(struct lane *lane, const struct stage_word *word)
{
	words_add(&lane->heard, word);
	lane->answered = lane->answered || word->kind != WORD_NOTICE;
	stage_stir(lane->stage);
}

static void lane_on_answer(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct stage_word word;
	if (again_answer(arg, answer))
		return;
	word_from_answer(&word, answer);
	lane_hear(arg, &word);
}

void lane_over(struct lane *lane)
{
	lane->busy = false;
	if (lane->record)
		lane->record->pub.duration_us = clock_us() - lane->record->pub.sent_us;
	stage_stir(lane->stage);
}

static void lane_on_idle(void *arg)
{
	if (!again_idle(arg))
		lane_over(arg);
}

void lane_lose(struct lane *lane, const char *why)
{
	free(lane->lost);
	lane->lost = mem_dup(why);
	lane->lost_due = true;
	stage_stir(lane->stage);
}

static void lane_ended(struct lane *lane, const struct answer *why)
{
	free(lane->end);
	lane->end = mem_dup(why->text[0] ? why->text : why->message);
	lane_lose(lane, why->message);
}

/* Behind a result libpq's words on the end are one more result; before any, nothing is an answer. */
static void lane_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct lane *lane = arg;
	struct stage_word word;
	if (again_lost(lane, why))
		return;
	lane_ended(lane, why);
	lane_over(lane);
	lane->speechless = !lane->answered;
	word_own(&word, lane->end);
	lane_hear(lane, &word);
}

/* Whatever was sent next would have had the last words for its answer, had they not been heard at once. */
static void lane_on_idle_lost(void *arg, const struct answer *why)
{
	struct lane *lane = arg;
	struct stage_word word;
	lane_ended(lane, why);
	word_own(&word, lane->end);
	if (lane->last_words.n)
		words_add(&lane->last_words, &word);
}

static void lane_on_notice(void *arg, const struct db_notice *notice)
{
	struct lane *lane = arg;
	struct stage_word word;
	word_from_notice(&word, notice);
	if (!lane_connected(lane)) /* what is said at the login is no step's */
		return;
	if (notice->fatal)
		words_add(&lane->last_words, &word);
	else
		lane_hear(lane, &word);
}

static void lane_on_notify(void *arg, const struct db_notification *notification)
{
	struct lane *lane = arg;
	struct stage_word word = {
		.kind = WORD_NOTIFY,
		.channel = notification->channel,
		.payload = notification->payload,
		.pid = notification->pid,
		.affected = -1,
		.sender = lane_of_pid(lane->stage, notification->pid, lane->guest),
	};
	words_add(&lane->notified, &word);
}

/* ---- life ---- */

void lane_listen(struct lane *lane)
{
	db_on_lost(lane->db, lane_on_idle_lost, lane);
	db_on_notice(lane->db, lane_on_notice, lane);
	db_on_notify(lane->db, lane_on_notify, lane);
}

void lane_init(struct lane *lane, struct stage *stage, long index, const char *name)
{
	bool control = index < 0;
	enum session session =
		control ? SESSION_LAB : (enum session)(SESSION_LANE + (long)stage->options.first_lane + index);
	*lane = (struct lane){.stage = stage, .index = index, .name = name};
	lane->db = db_new(stage->loop, stage->ring, session, control ? "lab" : name, NULL);
	if (stage->options.bare)
		db_set_bare(lane->db);
	if (control)
		db_on_lost(lane->db, lane_on_idle_lost, lane);
	if (!control)
		lane_listen(lane);
}

static void lane_forget(struct lane *lane)
{
	words_clear(&lane->heard);
	words_clear(&lane->notified);
	words_clear(&lane->last_words);
	free(lane->lost);
	free(lane->end);
	lane->lost = lane->end = NULL;
	lane->busy = lane->answered = lane->speechless = lane->lost_due = lane->entered = false;
	lane->record = NULL;
	lane->cut = false;
	lane->again = AGAIN_NO;
}

void lane_done(struct lane *lane)
{
	engine_lane_free(lane);
	if (!lane->guest)
		db_free(lane->db);
	lane_forget(lane);
}

void lane_connect(struct lane *lane, db_connected_fn *done)
{
	lane_forget(lane);
	lane->fresh = true;
	lane->isolation = NULL;
	lane->dialled_us = clock_us();
	/* The login is the pooler's own; what may take long is that it has no backend to spare. */
	db_connect(lane->db, &lane->stage->info, pooled_any(lane->stage) ? POOL_LIMIT_MS : CONNECT_MS, done, lane);
}

void lane_close(struct lane *lane)
{
	engine_lane_abandon(lane);
	db_close(lane->db);
	lane_forget(lane);
}

long lane_of_pid(const struct stage *stage, int pid, bool guest)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (pid && stage->lanes[i].guest == guest && db_facts(stage->lanes[i].db)->pid == pid)
			return (long)i;
	return LANE_OTHER;
}

bool lane_connected(const struct lane *lane)
{
	enum db_state state = db_state(lane->db);
	return state == DB_IDLE || state == DB_BUSY;
}

void lane_add_pid(struct buf *out, const struct lane *lane)
{
	buf_fmt(out, "%s%d", out->len ? "," : "{", db_facts(lane->db)->pid);
}

char *lane_pids(const struct stage *stage, bool guests)
{
	struct buf pids = {0};
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (lane_connected(&stage->lanes[i]) && stage->lanes[i].guest == guests)
			lane_add_pid(&pids, &stage->lanes[i]);
	buf_str(&pids, pids.len ? "}" : "{}");
	return buf_take(&pids);
}

bool lane_can_send(const struct lane *lane)
{
	return lane_connected(lane) || lane->last_words.n;
}

/* ---- sent ---- */

static bool lane_send_off(struct lane *lane)
{
	lane->answered = lane->speechless = false;
	lane->busy = lane_connected(lane);
	if (lane->busy)
		return true;
	struct stage_word word;
	word_own(&word, "no connection to the server\n");
	lane->answered = true;
	if (lane->last_words.n)
		words_move(&lane->heard, &lane->last_words);
	else
		words_add(&lane->heard, &word);
	stage_stir(lane->stage);
	return false;
}

void lane_send(struct lane *lane, const char *sql, unsigned number)
{
	struct db_context context = {.first_statement = number, .round_trip = number};
	struct db_reply reply = {lane_on_answer, lane_on_idle, lane_on_lost, lane, NULL};
	if (lane_send_off(lane))
		db_send_text(lane->db, sql, &context, &reply);
}

void lane_send_statement(struct lane *lane, const struct statement *statement)
{
	struct db_context context = {0};
	struct db_reply reply = {lane_on_answer, lane_on_idle, lane_on_lost, lane, NULL};
	if (lane_send_off(lane))
		db_send(lane->db, statement, 1, &context, &reply);
}

void lane_send_step(struct lane *lane, const char *sql, const struct values_sent *sent, unsigned number)
{
	if (!sent->n) {
		lane_send(lane, sql, number);
		return;
	}
	struct db_context context = {.first_statement = number, .round_trip = number};
	struct db_reply reply = {lane_on_answer, lane_on_idle, lane_on_lost, lane, NULL};
	struct statement statement = {.sql = sent->sql,
				      .verb = VERB_OTHER,
				      .nparams = (unsigned)sent->n,
				      .params = (const char *const *)sent->params,
				      .once = true};
	if (lane_send_off(lane))
		db_send(lane->db, &statement, 1, &context, &reply);
}

/* ---- the answer to a set-up or a teardown ---- */

const struct stage_word *lane_result(struct lane *lane)
{
	const struct stage_word *last = NULL;
	for (size_t i = 0; i < lane->heard.n; i++) {
		const struct stage_word *word = &lane->heard.at[i];
		if (word->kind == WORD_NOTICE)
			stage_tell(lane->stage,
				   &(struct stage_fact){.kind = FACT_SAID, .lane = lane->index, .word = word});
		else
			last = word;
	}
	return last;
}

void lane_clear(struct lane *lane)
{
	words_clear(&lane->heard);
	lane->answered = false;
}
