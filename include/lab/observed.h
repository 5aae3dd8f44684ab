/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Describes what a step of the stage did in the terms of lessons. */
#ifndef LAB_OBSERVED_H
#define LAB_OBSERVED_H

#include "base/buf.h"
#include "lab/lesson.h"
#include "lab/stage.h"

/* Zero-initialise. `fact` borrows from the record and from this. */
struct observed {
	struct lesson_fact fact;
	bool *waited_for;
	struct buf reads;
};

/* As far as it is known now; may be called again for the same or another record. */
void observed_record(struct observed *observed, const struct spec *spec, const struct stage_record *record);
void observed_free(struct observed *observed);

/* An answer as VALUE of lab/lesson.h: "1, 500; 2, NULL". Raw text. */
void observed_value(struct buf *out, const struct rows *rows);

#endif
