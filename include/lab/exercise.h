/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An exercise: a lesson of which a part is the user's to write, the answer, and the judge that plays it on the server. */
#ifndef LAB_EXERCISE_H
#define LAB_EXERCISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/loop.h"
#include "db/conninfo.h"
#include "event/ring.h"
#include "lab/lesson.h"

/*
 * The answer is a text: for the kind mend a part for each step, behind a line "-- step NAME"; for order the names of the
 * steps; for outcome a line "STEP OUTCOME" for each step that the file has an expectation of. Other lines that begin
 * with "--" before the first part are passed over.
 *
 * Answers are hostile: each statement has EXERCISE_STATEMENT_MS, sessions begin as new ones, with the player's own
 * schema first in their search_path. Nothing keeps SQL from naming what is elsewhere, with the rights of the role.
 */
#define EXERCISE_LIMIT_SQL "SET statement_timeout = 5000" /* ms: EXERCISE_STATEMENT_MS */
enum { EXERCISE_STATEMENT_MS = 5000, EXERCISE_ORDERS_MAX = 1000, EXERCISE_ANSWER_MAX = 65536 };

struct exercise;
/* Of the text of a lesson. NULL with a sentence: it is no lesson, or no exercise. Several may share it. */
struct exercise *exercise_new(const char *name, const char *text, size_t n, struct err *err);
struct exercise *exercise_share(struct exercise *exercise);
void exercise_free(struct exercise *exercise); /* one of those who share it; NULL is fine */

const struct lesson *exercise_lesson(const struct exercise *exercise);
void exercise_task(struct buf *out, const struct exercise *exercise); /* what is to be done, in one line */
/* The answer as it is, to be gone on with, and how to write it in lines that begin with "--". Raw. */
void exercise_show(struct buf *out, const struct exercise *exercise);
void exercise_show_solution(struct buf *out, const struct exercise *exercise); /* raw */
/* ST_USAGE with a sentence: the answer stays as it was. */
MUST_CHECK enum status exercise_answer(struct exercise *exercise, const char *text, struct err *err);
/* One part of it: of a step, or (NULL) the order. */
MUST_CHECK enum status exercise_answer_part(struct exercise *exercise, const char *step, const char *text,
					    struct err *err);
bool exercise_answered(const struct exercise *exercise); /* there is something to judge */

const char *exercise_order(const struct exercise *exercise); /* "permutation ...", raw; NULL: it is not that kind */
/* What is written for a step, or what stands there; NULL: it is not the user's. */
const char *exercise_part(const struct exercise *exercise, size_t step);
const char *exercise_missing(const struct exercise *exercise); /* a step that is not written; NULL: all are */
/* The step to write next: one that is not written, or the one behind the last that was; -1: it is an order. */
long exercise_turn(const struct exercise *exercise);

/* The lesson with the answer in it, in that order ("permutation ...", NULL: the file's own); owned. */
struct lesson *exercise_lesson_with(const struct exercise *exercise, const char *permutation, struct err *err);

struct exercise_verdict {
	bool solved;
	char *sentence;    /* harmless */
	char *permutation; /* an order to see why, raw; NULL: there is none */
};
void exercise_verdict_free(struct exercise_verdict *verdict);

struct exercise_to {
	void (*progress)(void *arg, const char *line);
	/* Once. `err`: it could not be judged; the verdict is empty then. Borrowed. */
	void (*done)(void *arg, const struct exercise_verdict *verdict, const struct err *err);
	void *arg;
};

struct exercise_judge;
/* NULL with a sentence: there is nothing to judge. The exercise must outlive it, and keep its answer. */
struct exercise_judge *exercise_judge_start(struct loop *loop, struct ring *ring, const struct conninfo *info,
					    const struct exercise *exercise, const struct lesson_server *server,
					    const struct exercise_to *to, struct err *err);
void exercise_judge_stop(struct exercise_judge *judge); /* tears down, then done() with ST_CANCELLED */
void exercise_judge_free(struct exercise_judge *judge); /* not from one of its calls */

#endif
