/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of the judge, shared by its files only. */
#ifndef LAB_JUDGE_INTERNAL_H
#define LAB_JUDGE_INTERNAL_H

#include "base/buf.h"
#include "lab/judge.h"
#include "lab/player.h"
#include "lab/stage.h"

struct judge {
	const struct lesson *lesson;
	struct lesson_server server;
	struct spec_permutations *order;
	struct stage *stage;
	struct values *values; /* of its stage */
	struct player *player; /* of an order with steps that the engine runs; NULL */
	struct timer *late;    /* it has taken limit_us */
	int64_t limit_us;
	struct loop *loop;
	struct ring *ring;
	struct conninfo info;
	struct timer *next;
	struct judge_to to;
	size_t permutation, played; /* the one that is played, from 0; how many were begun */
	size_t check;               /* the next of the lesson's checks */
	bool stopped;
	bool impossible; /* the order that the engine takes part in */
	struct err err;
};

/* judge_verdict.c: one thing that was found out is held against the lesson */
void judge_give(struct judge *judge, struct judge_verdict *verdict, const char *expected, const char *found);
void judge_record(struct judge *judge, const struct stage_record *record);
void judge_check(struct judge *judge, const struct lesson_check *check, bool right, const char *found);

/* judge_engine.c: an order with steps that the engine runs is played by hand, as a person would; judge->next goes on
 * behind it */
void judge_engine_begin(struct judge *judge);
void judge_engine_end(struct judge *judge); /* gives its verdicts; not from a call of the player's */
void judge_engine_stop(struct judge *judge);

#endif
