/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The judge: plays a lesson, and holds what the server did against what the lesson says of it. */
#include "lab/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "lab/seen.h"
#include "lab/stage.h"

/* The steps of a lesson wait for each other and have little to do: what takes so long will not end. */
static const int64_t limit_us = 30000000;

struct judge {
	const struct lesson *lesson;
	struct lesson_server server;
	struct spec_order *order;
	struct stage *stage;
	struct timer *next;
	struct judge_to to;
	size_t permutation, played; /* the one that is played, from 0; how many were begun */
	size_t check;               /* the next of the lesson's checks */
	bool stopped;
	struct err err;
};

/* ---- verdicts ---- */

static void give(struct judge *judge, struct judge_verdict *verdict, const struct buf *expected,
		 const struct buf *found)
{
	verdict->permutation = judge->permutation;
	verdict->expected = buf_text(expected);
	verdict->found = buf_text(found);
	judge->to.verdict(judge->to.arg, verdict);
}

/* What a step did, as far as the outcome speaks of it, and with the words of an error. */
static void show_found(struct judge *judge, struct buf *out, const struct lesson_outcome *outcome,
		       const struct stage_record *record, const struct lesson_fact *fact)
{
	struct lesson_fact shown = *fact;
	shown.waited_for = outcome->waits_for >= 0 ? fact->waited_for : NULL;
	shown.reads = outcome->reads ? fact->reads : NULL;
	shown.tag = outcome->tag ? fact->tag : NULL;
	lesson_fact_show(out, judge->lesson, &shown);
	for (size_t i = 0; i < record->nwords; i++) {
		const struct stage_word *word = &record->words[i];
		if (word->kind != WORD_ERROR)
			continue;
		buf_str(out, " (");
		text_escape(out, word->message, strlen(word->message), 100);
		buf_char(out, ')');
		break;
	}
}

static void judge_expect(struct judge *judge, const struct lesson_expect *expect, const struct stage_record *record,
			 const struct lesson_fact *fact)
{
	struct buf expected = {0}, found = {0};
	struct judge_verdict verdict = {
		.kind = JUDGE_EXPECT,
		.right = lesson_holds(&expect->outcome, fact),
		.place = expect->scope.place,
		.what = judge->lesson->spec->steps[record->step].name,
	};
	lesson_outcome_show(&expected, judge->lesson, &expect->outcome);
	show_found(judge, &found, &expect->outcome, record, fact);
	give(judge, &verdict, &expected, &found);
	buf_free(&expected);
	buf_free(&found);
}

static void judge_answer(struct judge *judge, const struct lesson_ask *ask, const struct lesson_answer *answer,
			 const struct stage_record *record, const struct lesson_fact *fact)
{
	struct buf expected = {0}, found = {0}, outcome = {0};
	struct judge_verdict verdict = {
		.kind = JUDGE_ANSWER,
		.right = lesson_holds(&answer->outcome, fact) == answer->right,
		.place = ask->scope.place,
		.what = judge->lesson->spec->steps[record->step].name,
	};
	lesson_outcome_show(&outcome, judge->lesson, &answer->outcome);
	buf_str(&expected, answer->right ? "the answer \"" : "that the answer \"");
	text_escape(&expected, answer->text, strlen(answer->text), 60);
	buf_fmt(&expected, "\" (%s)%s", buf_text(&outcome), answer->right ? "" : " is wrong");
	show_found(judge, &found, &answer->outcome, record, fact);
	give(judge, &verdict, &expected, &found);
	buf_free(&outcome);
	buf_free(&expected);
	buf_free(&found);
}

static void judge_record(struct judge *judge, const struct stage_record *record)
{
	long permutation = (long)judge->permutation, step = (long)record->step;
	const struct lesson_expect *expect = lesson_expect_of(judge->lesson, permutation, step);
	const struct lesson_ask *ask = lesson_ask_of(judge->lesson, permutation, step);
	struct seen seen = {0};
	seen_record(&seen, judge->lesson->spec, record);
	if (expect)
		judge_expect(judge, expect, record, &seen.fact);
	for (size_t i = 0; ask && i < ask->nanswers; i++) {
		if (ask->answers[i].outcome.given)
			judge_answer(judge, ask, &ask->answers[i], record, &seen.fact);
	}
	seen_free(&seen);
}

/* ---- checks, one after another over the control connection ---- */

static void next_check(struct judge *judge);

static void on_checked(void *arg, const struct stage_word *word)
{
	struct judge *judge = arg;
	const struct lesson_check *check = &judge->lesson->checks[judge->check++];
	struct buf expected = {0}, found = {0}, value = {0};
	if (word->kind == WORD_ROWS)
		seen_value(&value, word->rows);
	struct judge_verdict verdict = {
		.kind = JUDGE_CHECK,
		.right = word->kind == WORD_ROWS && strcmp(buf_text(&value), check->value) == 0,
		.place = check->scope.place,
		.what = check->sql,
	};
	const char *got = word->kind == WORD_ROWS    ? buf_text(&value)
			  : word->kind == WORD_ERROR ? word->message
						     : word->tag;
	text_escape(&expected, check->value, strlen(check->value), 100);
	text_escape(&found, got, strlen(got), 100);
	give(judge, &verdict, &expected, &found);
	buf_free(&value);
	buf_free(&expected);
	buf_free(&found);
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
	if (judge->check < lesson->nchecks)
		stage_ask(judge->stage, lesson->checks[judge->check].sql, on_checked, judge);
	else
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

static void keep_failure(struct judge *judge, const struct stage_fact *fact)
{
	const struct spec *spec = judge->lesson->spec;
	struct buf step = {0}, text = {0};
	const char *name = fact->record ? spec->steps[fact->record->step].name : "";
	const char *said = fact->word ? fact->word->message : fact->text ? fact->text : "";
	text_escape(&step, name, strlen(name), 40);
	text_escape(&text, said, strcspn(said, "\n"), 300);
	const char *s = buf_text(&step), *t = buf_text(&text);
	switch (fact->fail) {
	case FAIL_CONNECT:
		err_set(&judge->err, ST_CONNECT, "a session cannot connect: %s", t);
		break;
	case FAIL_SET_UP:
		err_set(&judge->err, ST_STATEMENT, "the set-up was refused: %s", t);
		break;
	case FAIL_SEND:
	case FAIL_LOST:
		err_set(&judge->err, ST_LOST, "step %s cannot be run, its connection has ended: %s", s, t);
		break;
	case FAIL_CONTROL:
		err_set(&judge->err, ST_LOST, "the server cannot be asked who waits: %s", t);
		break;
	case FAIL_TIME:
	case FAIL_STILL:
		err_set(&judge->err, ST_STATEMENT,
			"step %s has not ended after %u seconds: nothing in this order frees it", s, fact->seconds);
		break;
	case FAIL_TOGETHER:
		err_set(&judge->err, ST_STATEMENT, "the steps that are left hold each other back by their marks");
		break;
	}
	buf_free(&step);
	buf_free(&text);
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

static void keep_leftover(struct judge *judge, const char *text)
{
	struct buf why = {0};
	text_escape(&why, text ? text : "", text ? strcspn(text, "\n") : 0, 200);
	if (text && !judge->err.status)
		err_set(&judge->err, ST_STATEMENT, "not all was torn down: %s", buf_text(&why));
	buf_free(&why);
}

/* ---- the play ---- */

static void on_fact(void *arg, const struct stage_fact *fact)
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
		keep_failure(judge, fact);
		break;
	case FACT_TORN_DOWN:
		if (fact->word->kind == WORD_ERROR)
			keep_leftover(judge, fact->word->message);
		break;
	case FACT_ENDED:
		keep_leftover(judge, fact->text);
		timer_start(judge->next, 0);
		break;
	case FACT_STARTS:
	case FACT_SET_UP:
	case FACT_SENT:
	case FACT_SAID:
	case FACT_WAITS:
	case FACT_GOES_ON:
	case FACT_DONE:
	case FACT_LOST:
		break;
	}
}

static void on_next(void *arg)
{
	struct judge *judge = arg;
	const struct spec_permutation *next;
	while (!judge->err.status && !judge->stopped && (next = spec_order_next(judge->order))) {
		struct err why = {0};
		judge->permutation = judge->played++;
		bool runs = lesson_runs(judge->lesson, (long)judge->permutation, &judge->server, &why);
		judge->to.starts(judge->to.arg, judge->permutation, runs ? NULL : why.text);
		if (runs) {
			stage_begin(judge->stage, next);
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
	judge->lesson = lesson;
	judge->server = *server;
	judge->to = *to;
	judge->order = spec_order_new(lesson->spec);
	judge->stage = stage_new(loop, ring, info, lesson->spec, &options, on_fact, judge);
	judge->next = timer_new(loop, on_next, judge);
	timer_start(judge->next, 0);
	return judge;
}

void judge_stop(struct judge *judge)
{
	judge->stopped = true;
	if (stage_state(judge->stage) == STAGE_OFF)
		timer_start(judge->next, 0);
	else
		stage_end(judge->stage);
}

void judge_free(struct judge *judge)
{
	if (!judge)
		return;
	stage_free(judge->stage);
	spec_order_free(judge->order);
	timer_free(judge->next);
	free(judge);
}
