/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes wrong on a stage as an error with its sentence, for all that play a lesson by themselves. */
#ifndef LAB_FAILURE_H
#define LAB_FAILURE_H

#include "base/err.h"
#include "lab/stage.h"

/* Of a FACT_FAILED; an order that is not possible is no error. */
void failure_take(struct err *err, const struct spec *spec, const struct stage_fact *fact);
/* What was not torn down; NULL: nothing is left. An error that is there already comes first. */
void failure_take_leftover(struct err *err, const char *left);

#endif
