/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a step of the stage did, in the words of lessons. */
#ifndef LAB_SEEN_H
#define LAB_SEEN_H

#include "base/buf.h"
#include "lab/lesson.h"
#include "lab/stage.h"

/* Zero-initialise. `fact` borrows from the record and from this. */
struct seen {
	struct lesson_fact fact;
	bool *waited_for;
	struct buf reads;
};

/* As far as it is known now; may be called again for the same or another record. */
void seen_record(struct seen *seen, const struct spec *spec, const struct stage_record *record);
void seen_free(struct seen *seen);

/* An answer as VALUE of lab/lesson.h: "1, 500; 2, NULL". Raw text. */
void seen_value(struct buf *out, const struct rows *rows);

#endif
