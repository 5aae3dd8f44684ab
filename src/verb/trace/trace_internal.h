/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the command trace does with the file of a trace. */
#ifndef VERB_TRACE_INTERNAL_H
#define VERB_TRACE_INTERNAL_H

#include "src/verb/verb_internal.h"
#include "trace/export.h"

void trace_show(struct run *run); /* show.c */

/* export.c */
enum status trace_export_check(const struct run *run, struct err *err);
void trace_export_run(struct run *run);

/* play.c */
enum status trace_play_check(const struct run *run, struct err *err);
void trace_play(struct run *run);

#endif
