/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of exploring, shared by its files only. */
#ifndef LAB_EXPLORE_INTERNAL_H
#define LAB_EXPLORE_INTERNAL_H

#include "known.h"
#include "lab/explore.h"
#include "lab/stage.h"
#include "orders.h"

enum { EXPLORE_CHECKS_MAX = 64 };

/* What became of an order that was played. */
struct explore_outcome {
	bool impossible, waited, retried, deadlocked, failed;
	char *error;  /* the first; NULL: none */
	char **found; /* [nchecks]: what a check answered that breaks; else NULL */
};

struct explore {
	const struct lesson *lesson;
	struct explore_options options;
	struct explore_to to;
	struct values *values; /* of the stage */
	struct stage *stage;
	struct timer *next;
	char *session_sql;

	struct orders orders;
	struct known *known;
	size_t at; /* the order that is looked at */
	struct spec_turn *turns;
	struct spec_permutation permutation;
	unsigned char *reduced; /* [length] without what decides nothing, ... */
	size_t *ends;           /* ... and how long that is behind each turn */

	struct explore_outcome **outcomes;
	size_t noutcomes;
	struct explore_outcome *outcome; /* of the order that is played */

	struct explore_check failure; /* the shortest order that fails */
	struct explore_check *checks;
	size_t nchecks, check; /* the check that is asked */
	struct explore_sums sums;
	bool stopped;
	struct err err;
};

/* ---- explore_order.c: what happens in an order, and what it decides ---- */

void explore_hear(struct explore *explore, const struct stage_fact *fact); /* of a step, or of the end of its order */
void explore_ask_checks(struct explore *explore); /* one after another; then the order is over */

/* ---- explore_sums.c: counted ---- */

void explore_count(struct explore *explore, const struct explore_outcome *outcome); /* the order that is looked at */
void explore_outcome_free(struct explore *explore, struct explore_outcome *outcome);

#endif
