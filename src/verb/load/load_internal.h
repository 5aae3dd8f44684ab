/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the command load share. */
#ifndef VERB_LOAD_INTERNAL_H
#define VERB_LOAD_INTERNAL_H

#include "load/load.h"
#include "load/race.h"
#include "src/verb/verb_internal.h"

/* options.c: what the command line asks for. The amount can be judged once the table is known: before that `catalogue`
 * is NULL. The words are borrowed from the run. */
enum { LOAD_TIME_MS = 10000, LOAD_WORKERS = 8 }; /* where nothing else is said */
MUST_CHECK enum status load_options(const struct run *run, const struct catalogue *catalogue, struct load_spec *spec,
				    struct err *err);
void load_describe(struct buf *out, const struct load_spec *spec, const struct run *run);

/* race.c: load race WAY WAY... */
bool load_is_race(const struct run *run);
MUST_CHECK enum status load_race_ways(const struct run *run, struct load_way ways[RACE_WAYS_MAX], size_t *n,
				      struct err *err);
void load_race_run(struct run *run, const struct load_spec *spec);

/* load.c */
void load_refresh(struct app *app); /* what the screen shows of the bank is read again */
void load_say_connecting(struct app *app, unsigned connected, unsigned workers); /* where there is no screen */
void load_forget(struct app *app); /* the load or the race that has run last; none runs */
/* What the program says when it ends while so many transfers are under way; false: none is. */
uint64_t load_under_way(const struct load_report *report);
bool load_left(uint64_t under_way, struct err *err);

/* print.c: the report, as lines for people or as data; what standard output did not take is an error */
MUST_CHECK enum status load_print(const struct run *run, const struct load_report *const *reports, size_t n,
				  struct err *err);

#endif
