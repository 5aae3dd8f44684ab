/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the front and the back of a handout share: the table of a schedule. */
#ifndef VERB_LAB_HANDOUT_PARTS_H
#define VERB_LAB_HANDOUT_PARTS_H

#include "handout_internal.h"
#include "lab/values.h"

/* Of one session in one row: its statement, and what came of it. */
struct handout_cell {
	struct buf code, text;
	enum paper_tone tone;
};

struct handout_cell *handout_cells(const struct spec *spec); /* [nsessions], empty; owned */
void handout_cells_free(struct handout_cell *cells, const struct spec *spec);
void handout_table(struct paper *paper, const struct lesson *lesson); /* a column for each session */
void handout_row(struct paper *paper, const struct spec *spec, const char *number, const struct handout_cell *cells);

/* A text of the lesson, with the values of {NAME} as far as they are known (NULL: none), on one line. */
void handout_words(struct buf *out, const struct values *values, const char *text);
void handout_say(struct paper *paper, const struct values *values, const char *text); /* NULL: nothing */

void handout_letter(char letter[4], size_t answer); /* "a." */
void handout_answer(struct paper *paper, const char *letter, const struct values *values, const char *text);

void handout_front(struct handout_lesson *handout, size_t order, const struct values *values);

#endif
