/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays all orders of a lesson's sessions, or a sample of them, and counts in how many its checks break. */
#ifndef LAB_EXPLORE_H
#define LAB_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/choice.h"
#include "base/err.h"
#include "base/loop.h"
#include "db/conninfo.h"
#include "event/ring.h"
#include "lab/lesson.h"

/*
 * An order lets each session send its steps one after another, and is played as isolationtester plays a permutation, in
 * sessions that begin as new ones, with the player's own schema, setup and teardown for each. What a beginning has
 * decided is not played again:
 *
 *	an order that is not possible (stage.h) makes all that begin so impossible
 *	a session whose transaction has failed, and that has only to end it, can do nothing more: where its last steps
 *	stand decides nothing
 *
 * These are counted as the order that was played. Only checks that hold for all permutations are asked. Steps that the
 * lesson has the engine run are sent as they are written.
 */

/* The levels: X(constant, word of an option, name in SQL). */
#define EXPLORE_LEVELS(X, SEP, LAST)                                                                                   \
	X(EXPLORE_READ_COMMITTED, "read-committed", "READ COMMITTED")                                                  \
	SEP X(EXPLORE_REPEATABLE_READ, "repeatable-read", "REPEATABLE READ") LAST X(EXPLORE_SERIALIZABLE,              \
										    "serializable", "SERIALIZABLE")
enum explore_level {
	EXPLORE_AS_WRITTEN = -1,
	EXPLORE_LEVELS(CHOICE_CONSTANT, CHOICE_COMMA, CHOICE_COMMA),
	EXPLORE_LEVEL_COUNT
};
const char *explore_level_name(enum explore_level level);                       /* "READ COMMITTED", "as written" */
bool explore_level_read(const char *word, size_t n, enum explore_level *level); /* in any case, with - _ or a blank */

/* Puts the level in the place of each that the sessions' SQL names; what names none begins at the session's default,
 * which explore_start() sets. For a lesson that was read for it. */
void explore_set_level(struct lesson *lesson, enum explore_level level);

size_t explore_asked(const struct lesson *lesson); /* checks that hold for all permutations */
/* Whether it can be explored: not too many sessions or checks, none on another server. */
MUST_CHECK enum status explore_may(const struct lesson *lesson, struct err *err);

struct explore_options {
	enum explore_level level;
	uint64_t orders; /* so many at most, by chance where there are more */
	uint64_t seed;
	int64_t limit_us;              /* for a step, before it is cancelled */
	unsigned timeout_ms;           /* the server's own limit for a statement; 0: none */
	const struct conninfo *second; /* where another server is; NULL: there is none */
	bool strict;                   /* for an exercise: the first order that a statement fails in is the last */
};

/* A check, and the shortest order that breaks it: with the fewest switches between sessions, of these the first. */
struct explore_check {
	const struct lesson_check *check;
	uint64_t broken; /* orders */
	char *shortest;  /* "permutation ...", raw; NULL: none breaks it */
	char *found;     /* what it answered there, raw */
	size_t switches;
};

/* Orders, of those looked at; one may be counted in several. */
struct explore_sums {
	uint64_t all;                       /* that there are; SPEC_PERMUTATIONS_MANY: so many, or more */
	uint64_t chosen, looked_at, played; /* played: sent to the server, the others were decided by these */
	uint64_t impossible;
	uint64_t waited;
	uint64_t retried;    /* a step ended with 40001 */
	uint64_t deadlocked; /* 40P01 */
	uint64_t failed;     /* another error */
	uint64_t broken;     /* a check breaks */
};

struct explore_to {
	void (*progress)(void *arg);                    /* an order more was looked at */
	void (*done)(void *arg, const struct err *err); /* once; `err`: it could not be played or torn down */
	void *arg;
};

struct explore;
/* The lesson must outlive it; `info` is copied. */
struct explore *explore_start(struct loop *loop, struct ring *ring, const struct conninfo *info,
			      const struct lesson *lesson, const struct explore_options *options,
			      const struct explore_to *to);
void explore_stop(struct explore *explore); /* cancels, tears down, then done() */
void explore_free(struct explore *explore); /* not from one of its calls; NULL is fine */

const struct explore_sums *explore_sums(const struct explore *explore);
size_t explore_nchecks(const struct explore *explore);
const struct explore_check *explore_check(const struct explore *explore, size_t at);
/* The shortest order in which a statement fails, other than by 40001 or a deadlock, or by these too where the sessions
 * follow one another: its check is NULL, `found` the error. NULL: there is none. */
const struct explore_check *explore_failure(const struct explore *explore);
/* The shortest order that breaks any check; NULL: none does. */
const struct explore_check *explore_shortest(const struct explore *explore);

#endif
