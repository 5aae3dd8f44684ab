/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of the story, shared by its files only. */
#ifndef LAB_STORY_INTERNAL_H
#define LAB_STORY_INTERNAL_H

#include "lab/story.h"

/* story.c */
void story_add_outcome(struct story_items *items, const struct player *player, size_t row, bool late);
void story_add_judged(struct story_items *items, struct player_question question);

#endif
