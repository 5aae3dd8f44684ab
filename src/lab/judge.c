/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The judge: runs a lesson and compares what the server did with what the lesson says. */
#include "lab/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "judge_internal.h"
#include "lab/observed.h"
#include "src/lab/session/failure.h"

/* The steps of a lesson wait for each other and have little to do: what takes so long will not end. */
static const int64_t limit_us = 30000000;

/* ---- checks, one after another over the control connection ---- */

static void next_check(struct judge *judge);

static void on_checked(void *arg, const struct stage_word *word)
{
	struct judge *judge = arg;
	const struct lesson_check *check = &judge->lesson->checks[judge->check++];
	struct buf value = {0};
	if (word->kind == WORD_ROWS)
		observed_value(&value, word->rows);
	bool right = word->kind == WORD_ROWS && strcmp(buf_text(&value), check->value) == 0;
	judge_check(judge, check, right,
		    word->kind == WORD_ROWS    ? buf_text(&value)
		    : word->kind == WORD_ERROR ? word->message
					       : word->tag);
	buf_free(&value);
	next_check(judge);
}

static bool concerns(const struct judge *judge, const struct lesson_check *check)
{
	return check->scope.permutation < 0 || (size_t)check->scope.permutation == judge->permutation;
}

static void next_check(struct judge *judge)
{
	const struct lesson *lesson = judge->lesson;
	while (judge->check < lesson->nchecks && !concerns(judge, &lesson->checks[judge->check]))
		judge->check++;
	if (judge->check < lesson->nchecks) {
		const struct lesson_check *check = &lesson->checks[judge->check];
		(check->second ? stage_ask_second : stage_ask)(judge->stage, check->sql, on_checked, judge);
	} else
		judge->to.ended(judge->to.arg, judge->permutation);
}

static void on_played(struct judge *judge)
{
	for (size_t i = 0; i < stage_nrecords(judge->stage); i++)
		judge_record(judge, stage_record(judge->stage, i));
	judge->check = 0;
	next_check(judge);
}

/* ---- what goes wrong ---- */

static void judge_impossible(struct judge *judge, const struct stage_record *record)
{
	struct buf why = {0};
	stage_impossible(&why, judge->stage, record);
	judge->to.impossible(judge->to.arg, judge->permutation, why.p);
	buf_free(&why);
}

/* The play goes on to its end, but what follows a cancelled step tells nothing. */
static void keep_cancel(struct judge *judge, const struct stage_fact *fact)
{
	struct buf step = {0};
	const char *name = judge->lesson->spec->steps[fact->record->step].name;
	text_escape(&step, name, strlen(name), 40);
	err_set(&judge->err, ST_CHECK, "step %s was cancelled after %u %s: nothing in this order lets it go on",
		buf_text(&step), fact->seconds, text_plural(fact->seconds, "second", "seconds"));
	buf_free(&step);
}

/* ---- the play ---- */

static void judge_on_fact(void *arg, const struct stage_fact *fact)
{
	struct judge *judge = arg;
	switch (fact->kind) {
	case FACT_BEGUN:
		stage_play(judge->stage);
		break;
	case FACT_PLAYED:
		on_played(judge);
		break;
	case FACT_CANCELS:
		keep_cancel(judge, fact);
		break;
	case FACT_FAILED:
		if (fact->fail == FAIL_IMPOSSIBLE)
			judge_impossible(judge, fact->record);
		failure_take(&judge->err, judge->lesson->spec, fact);
		break;
	case FACT_TORN_DOWN:
		if (fact->word->kind == WORD_ERROR)
			failure_take_leftover(&judge->err, fact->word->message);
		break;
	case FACT_ENDED:
		failure_take_leftover(&judge->err, fact->text);
		timer_start(judge->next, 0);
		break;
	case FACT_STARTS:
	case FACT_SET_UP:
	case FACT_SENT:
	case FACT_SAID:
	case FACT_WAITS:
	case FACT_GOES_ON:
	case FACT_ASKED:
	case FACT_DONE:
	case FACT_AGAIN:
	case FACT_OUTCOME:
	case FACT_LOST:
		break;
	}
}

static void judge_begin(struct judge *judge, const struct spec_permutation *permutation)
{
	if (lesson_retries(judge->lesson, (long)judge->permutation))
		judge_engine_begin(judge);
	else {
		values_begin(judge->values, (long)judge->permutation);
		for (size_t i = 0; i < judge->lesson->spec->nsteps; i++)
			stage_cut(judge->stage, i, lesson_cuts(judge->lesson, (long)judge->permutation, (long)i));
		stage_begin(judge->stage, permutation);
	}
}

static void judge_on_next(void *arg)
{
	struct judge *judge = arg;
	const struct spec_permutation *next;
	if (judge->player)
		judge_engine_end(judge);
	while (!judge->err.status && !judge->stopped && (next = spec_permutations_next(judge->order))) {
		struct err why = {0};
		judge->permutation = judge->played++;
		bool runs = lesson_runs(judge->lesson, (long)judge->permutation, &judge->server, &why);
		judge->to.starts(judge->to.arg, judge->permutation, runs ? NULL : why.text);
		if (runs) {
			judge_begin(judge, next);
			return;
		}
	}
	judge->to.done(judge->to.arg, judge->err.status ? &judge->err : NULL);
}

/* ---- life ---- */

struct judge *judge_start(struct loop *loop, struct ring *ring, const struct conninfo *info,
			  const struct lesson *lesson, const struct lesson_server *server, const struct judge_to *to)
{
	struct judge *judge = NEW(struct judge);
	struct stage_options options = {.limit_us = getenv("PGISOLATIONTIMEOUT") ? stage_limit() : limit_us};
	judge->limit_us = options.limit_us;
	judge->lesson = lesson;
	judge->server = *server;
	judge->loop = loop;
	judge->ring = ring;
	conninfo_copy(&judge->info, info);
	judge->to = *to;
	judge->order = spec_permutations_new(lesson->spec);
	judge->values = options.values = values_new(lesson);
	judge->stage = stage_new(loop, ring, info, lesson->spec, &options, judge_on_fact, judge);
	if (lesson->second.wanted && server->second)
		stage_second(judge->stage, &lesson->second, server->second);
	judge->next = timer_new(loop, judge_on_next, judge);
	timer_start(judge->next, 0);
	return judge;
}

void judge_stop(struct judge *judge)
{
	judge->stopped = true;
	if (judge->player)
		judge_engine_stop(judge);
	else if (stage_state(judge->stage) == STAGE_OFF)
		timer_start(judge->next, 0);
	else
		stage_end(judge->stage);
}

void judge_free(struct judge *judge)
{
	if (!judge)
		return;
	player_free(judge->player);
	timer_free(judge->late);
	conninfo_free(&judge->info);
	stage_free(judge->stage);
	values_free(judge->values);
	spec_permutations_free(judge->order);
	timer_free(judge->next);
	free(judge);
}
