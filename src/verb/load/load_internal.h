/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the command load share. */
#ifndef VERB_LOAD_INTERNAL_H
#define VERB_LOAD_INTERNAL_H

#include "load/load.h"
#include "src/verb/verb_internal.h"

/* options.c: what the command line asks for. The amount can be judged once the table is known: before that `catalogue`
 * is NULL. The words are borrowed from the run. */
enum { LOAD_TIME_MS = 10000, LOAD_WORKERS = 8 }; /* where nothing else is said */
MUST_CHECK enum status load_options(const struct run *run, const struct catalogue *catalogue, struct load_spec *spec,
				    struct err *err);
void load_describe(struct buf *out, const struct load_spec *spec, const struct run *run);

/* print.c: the report, as lines for people or as data; what standard output did not take is an error */
MUST_CHECK enum status load_print(const struct run *run, const struct load_report *const *reports, size_t n,
				  struct err *err);

#endif
