/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The race of ways: several loads in turns of a second, interleaved, so that all meet the same noise. */
#ifndef LOAD_RACE_H
#define LOAD_RACE_H

#include "load/load.h"

enum { RACE_WAYS_MAX = 8 };

struct race;

struct race_ops {
	void (*turn)(void *arg, size_t way);           /* a turn of that one is over; may be NULL */
	void (*changed)(void *arg);                    /* another has its turn, or a second is over; may be NULL */
	void (*connecting)(void *arg);                 /* a second is over, and workers connect still; may be NULL */
	void (*say)(void *arg, const struct err *err); /* as in load_ops; may be NULL */
	void (*over)(void *arg);                       /* all reports are complete; from the loop, once */
	void *arg;
};

/* Each of the ways runs for spec->time_ms in all; spec->way, its count and its warm-up are not looked at. The options
 * of transactions are made for each way: load_way_options() must agree with all of them. */
struct race *race_new(struct loop *loop, struct ring *ring, const struct load_spec *spec, const struct load_way *ways,
		      size_t n, const struct race_ops *ops);
void race_free(struct race *race);
void race_stop(struct race *race); /* after the transfers that run; asked again, they are cancelled */

size_t race_count(const struct race *race);
/* As of now; `ratio` is what it made beside the first way: the median over the rounds. */
const struct load_report *race_report(struct race *race, size_t way);

enum load_phase race_phase(const struct race *race); /* running from the first turn to the last one */
unsigned race_rounds(const struct race *race);       /* that are to be run; each way has a turn in each */

/* Where one of the ways is, as of now. */
struct race_place {
	bool now;       /* it has its turn */
	unsigned turns; /* that are over */
	double last;    /* transfers and reads a second in the last of them; 0: none is over */
};
struct race_place race_place(const struct race *race, size_t way);

/* The table of all of them for people, and what is wrong where something is; harmless. */
void race_show(struct buf *out, struct race *race);

#endif
