/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The judge of exercises: what the answer does on the server decides. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "lab/exercise.h"
#include "lab/explore.h"
#include "lab/judge.h"

enum { JUDGE_LIMIT_MS = 10000 }; /* where the server does not end a statement */

struct exercise_judge {
	const struct exercise *exercise;
	struct exercise_to to;
	struct lesson *lesson; /* with the answer */
	struct explore *explore;
	struct judge *judge;
	size_t order;      /* of the judge's permutations, the one that counts */
	bool holds, asked; /* every check; one was asked */
	bool stopped;
	struct buf wrong; /* what was not as it was foretold, or why the order is not possible */
	struct exercise_verdict verdict;
};

void exercise_verdict_free(struct exercise_verdict *verdict)
{
	free(verdict->sentence);
	free(verdict->permutation);
	*verdict = (struct exercise_verdict){0};
}

static void exercise_say(struct exercise_judge *judge, bool solved, struct buf *sentence, const char *permutation)
{
	judge->verdict = (struct exercise_verdict){
		.solved = solved, .sentence = buf_take(sentence), .permutation = mem_dup(permutation)};
}

static void exercise_done(struct exercise_judge *judge, const struct err *err)
{
	struct err stopped = {0};
	if (!err && judge->stopped) {
		err_set(&stopped, ST_CANCELLED, "cancelled: the answer was not judged");
		err = &stopped;
	}
	judge->to.done(judge->to.arg, &judge->verdict, err);
}

/* ---- mended: explored ---- */

static void exercise_add_raw(struct buf *out, const char *text, size_t columns)
{
	text_escape(out, text, strlen(text), columns);
}

static void exercise_say_failure(struct exercise_judge *judge, const struct explore_check *failure)
{
	struct buf sentence = {0};
	buf_str(&sentence, "Not yet: a statement fails: ");
	exercise_add_raw(&sentence, failure->found, 120);
	exercise_say(judge, false, &sentence, failure->shortest);
}

static void exercise_say_broken(struct exercise_judge *judge, const struct explore_check *check)
{
	const struct explore_sums *sums = explore_sums(judge->explore);
	struct buf sentence = {0};
	buf_fmt(&sentence, "Not yet: the check breaks in %" PRIu64 " of %" PRIu64 " orders; here it is ", sums->broken,
		sums->looked_at);
	exercise_add_raw(&sentence, check->found, 60);
	buf_str(&sentence, ", not ");
	exercise_add_raw(&sentence, check->check->value, 60);
	exercise_say(judge, false, &sentence, check->shortest);
}

static void exercise_say_solved(struct exercise_judge *judge)
{
	const struct explore_sums *sums = explore_sums(judge->explore);
	struct buf sentence = {0};
	buf_fmt(&sentence, "Solved: it holds in each of %" PRIu64 " orders (%" PRIu64 " %s not possible)",
		sums->looked_at, sums->impossible, text_plural(sums->impossible, "is", "are"));
	if (sums->retried || sums->deadlocked)
		buf_fmt(&sentence, "; in %" PRIu64 " the program has to try again", sums->retried + sums->deadlocked);
	exercise_say(judge, true, &sentence, NULL);
}

static void exercise_on_explored(void *arg, const struct err *err)
{
	struct exercise_judge *judge = arg;
	const struct explore_check *failure = explore_failure(judge->explore);
	const struct explore_check *broken = explore_shortest(judge->explore);
	if (!err && !judge->stopped && failure)
		exercise_say_failure(judge, failure);
	else if (!err && !judge->stopped && broken)
		exercise_say_broken(judge, broken);
	else if (!err && !judge->stopped)
		exercise_say_solved(judge);
	exercise_done(judge, err);
}

static void exercise_on_progress(void *arg)
{
	struct exercise_judge *judge = arg;
	const struct explore_sums *sums = explore_sums(judge->explore);
	struct buf line = {0};
	buf_fmt(&line, "your answer: %" PRIu64 " of %" PRIu64 " orders", sums->looked_at, sums->chosen);
	judge->to.progress(judge->to.arg, line.p);
	buf_free(&line);
}

/* ---- an order, or what will happen: judged as a lesson is ---- */

static void exercise_on_starts(void *arg, size_t permutation, const char *why_not)
{
	(void)arg;
	(void)permutation;
	(void)why_not;
}

static void exercise_on_verdict(void *arg, const struct judge_verdict *verdict)
{
	struct exercise_judge *judge = arg;
	if (verdict->permutation != judge->order)
		return;
	if (verdict->kind == JUDGE_CHECK) {
		judge->asked = true;
		judge->holds = judge->holds && verdict->right;
	} else if (verdict->kind == JUDGE_EXPECT && !verdict->right) {
		buf_fmt(&judge->wrong, "%s", judge->wrong.len ? "; " : "");
		exercise_add_raw(&judge->wrong, verdict->what, 40);
		buf_fmt(&judge->wrong, ": you wrote %s, the server: %s", verdict->expected, verdict->found);
	}
}

static void exercise_on_impossible(void *arg, size_t permutation, const char *why)
{
	struct exercise_judge *judge = arg;
	if (permutation == judge->order)
		buf_fmt(&judge->wrong, "this order is not possible: %s", why);
}

static void exercise_on_ended(void *arg, size_t permutation)
{
	(void)arg;
	(void)permutation;
}

static void exercise_say_order(struct exercise_judge *judge, const char *order)
{
	struct buf sentence = {0};
	bool solved = !judge->wrong.len && judge->asked && !judge->holds;
	if (judge->wrong.len)
		buf_fmt(&sentence, "Not yet: %s", judge->wrong.p);
	else
		buf_str(&sentence, solved ? "Solved: in your order the check does not hold"
					  : "Not yet: in your order the check holds");
	exercise_say(judge, solved, &sentence, order);
}

static void exercise_say_foretold(struct exercise_judge *judge)
{
	struct buf sentence = {0};
	if (judge->wrong.len)
		buf_fmt(&sentence, "Not yet: %s", judge->wrong.p);
	else
		buf_str(&sentence, "Solved: the server did what you wrote");
	exercise_say(judge, !judge->wrong.len, &sentence, NULL);
}

static void exercise_on_judged(void *arg, const struct err *err)
{
	struct exercise_judge *judge = arg;
	const char *order = exercise_order(judge->exercise);
	if (!err && !judge->stopped && order)
		exercise_say_order(judge, order);
	else if (!err && !judge->stopped)
		exercise_say_foretold(judge);
	exercise_done(judge, err);
}

/* ---- life ---- */

static void exercise_begin(struct exercise_judge *judge, struct loop *loop, struct ring *ring,
			   const struct conninfo *info, const struct lesson_server *server)
{
	if (judge->lesson->exercise == LESSON_MEND) {
		struct explore_options options = {.level = EXPLORE_AS_WRITTEN,
						  .orders = EXERCISE_ORDERS_MAX,
						  .limit_us = (int64_t)JUDGE_LIMIT_MS * 1000,
						  .timeout_ms = EXERCISE_STATEMENT_MS,
						  .second = server->second,
						  .strict = true};
		struct explore_to to = {exercise_on_progress, exercise_on_explored, judge};
		judge->explore = explore_start(loop, ring, info, judge->lesson, &options, &to);
		return;
	}
	struct judge_to to = {exercise_on_starts, exercise_on_verdict, exercise_on_impossible,
			      exercise_on_ended,  exercise_on_judged,  judge};
	judge->order = judge->lesson->spec->npermutations - 1;
	judge->judge = judge_start(loop, ring, info, judge->lesson, server, &to);
}

/* Every step that is asked for. */
static enum status exercise_check_complete(const struct exercise *exercise, struct err *err)
{
	const char *missing = exercise_missing(exercise);
	if (!exercise_answered(exercise))
		return err_set(err, ST_USAGE, "there is no answer yet: write one");
	return missing ? err_set(err, ST_USAGE, "the answer has nothing for %.40s", missing) : ST_OK;
}

struct exercise_judge *exercise_judge_start(struct loop *loop, struct ring *ring, const struct conninfo *info,
					    const struct exercise *exercise, const struct lesson_server *server,
					    const struct exercise_to *to, struct err *err)
{
	struct err why = {0};
	if (exercise_check_complete(exercise, err))
		return NULL;
	struct lesson *lesson = exercise_lesson_with(exercise, exercise_order(exercise), err);
	if (lesson && !lesson_runs(lesson, -1, server, &why))
		err_set(err, ST_REJECTED, "the exercise cannot be played: it %s", why.text);
	if (!lesson || err->status || explore_may(lesson, err)) {
		lesson_free(lesson);
		return NULL;
	}
	struct exercise_judge *judge = NEW(struct exercise_judge);
	judge->exercise = exercise;
	judge->to = *to;
	judge->lesson = lesson;
	judge->holds = true;
	exercise_begin(judge, loop, ring, info, server);
	return judge;
}

void exercise_judge_stop(struct exercise_judge *judge)
{
	judge->stopped = true;
	if (judge->explore)
		explore_stop(judge->explore);
	else
		judge_stop(judge->judge);
}

void exercise_judge_free(struct exercise_judge *judge)
{
	if (!judge)
		return;
	explore_free(judge->explore);
	judge_free(judge->judge);
	lesson_free(judge->lesson);
	exercise_verdict_free(&judge->verdict);
	buf_free(&judge->wrong);
	free(judge);
}
