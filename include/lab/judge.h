/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs all permutations of a lesson and compares them with what it expects, asks and checks. */
#ifndef LAB_JUDGE_H
#define LAB_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/loop.h"
#include "db/conninfo.h"
#include "event/ring.h"
#include "lab/lesson.h"

enum judge_kind {
	JUDGE_EXPECT, /* what is expected of a step */
	JUDGE_ANSWER, /* an answer to a question: the right one must be what the step did, the others must not */
	JUDGE_CHECK,  /* a check behind the last step */
};

struct judge_verdict {
	enum judge_kind kind;
	bool right;
	size_t permutation; /* from 0, in the order of playing */
	struct spec_place place;
	const char *what;             /* the step, or the SQL of the check */
	const char *expected, *found; /* for people, harmless */
};

/* All are called from the loop; what they get is borrowed for the time of the call. */
struct judge_to {
	/* A permutation comes; `why_not` says why it is passed over, NULL: it is played. */
	void (*starts)(void *arg, size_t permutation, const char *why_not);
	void (*verdict)(void *arg, const struct judge_verdict *verdict);
	/* One that was begun is not possible: a step waits, and the next one is of its session; `why` says so. */
	void (*impossible)(void *arg, size_t permutation, const char *why);
	void (*ended)(void *arg, size_t permutation); /* one that was played, and all that was to be judged is */
	void (*done)(void *arg,
		     const struct err *err); /* once; `err`: it could not be played to the end, or torn down */
	void *arg;
};

struct judge;
/* The lesson must outlive it. `server` is what it is played on. */
struct judge *judge_start(struct loop *loop, struct ring *ring, const struct conninfo *info,
			  const struct lesson *lesson, const struct lesson_server *server, const struct judge_to *to);
void judge_stop(struct judge *judge); /* cancels, tears down, then done() */
void judge_free(struct judge *judge); /* not from one of its calls */

#endif
