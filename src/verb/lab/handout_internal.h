/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of lab handout: what a lesson gives to read before it is played, and behind it. */
#ifndef VERB_LAB_HANDOUT_INTERNAL_H
#define VERB_LAB_HANDOUT_INTERNAL_H

#include "lab/player.h"
#include "paper.h"

/* A lesson on its way to paper. Borrowed all. */
struct handout_lesson {
	const char *name;
	const struct lesson *lesson;
	bool titled;                /* the document's title is not the lesson's */
	size_t orders;              /* that this server plays */
	size_t questions;           /* on paper so far */
	size_t surprises;           /* steps and checks that were not as the lessons say, of all */
	struct paper *front, *back; /* story, schedule, questions; answers */
};

void handout_begin(struct handout_lesson *handout);
/* Front and back of an order that was played to its end. */
void handout_back(struct handout_lesson *handout, size_t order, const struct player *player);
/* Of one that is not for this server; `why` follows "it". */
void handout_skipped(struct handout_lesson *handout, size_t order, const char *why);
/* Of one that cannot be played; `why` is a sentence without its full stop. */
void handout_impossible(struct handout_lesson *handout, size_t order, const char *why);

const char *handout_title(const struct lesson *lesson, const char *name); /* of a lesson, else its name; borrowed */

#endif
