/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of the story, shared by its files only. */
#ifndef LAB_STORY_INTERNAL_H
#define LAB_STORY_INTERNAL_H

#include "lab/story.h"

/* story.c; `text` is taken, `raw` is a text of the lesson, or NULL for nothing */
struct story_item *story_add(struct story_items *items, enum story_kind kind, struct buf *text);
void story_add_text(struct story_items *items, enum story_kind kind, const char *raw);
void story_add_outcome(struct story_items *items, const struct player *player, size_t row, bool late);
void story_add_waited(struct story_items *items, const struct player *player, size_t row, bool late);

/* story_happened.c */
/* A verdict with its reasons; where the lesson has none, what the step did, if that stands nowhere else. */
void story_add_judged(struct story_items *items, const struct player *player, const struct player_question *question,
		      bool alone);
const char *story_after(const struct player *player, const struct player_row *row); /* of the lesson; NULL: nothing */
void story_add_compared(struct story_items *items, const struct player *player, const struct player_row *row);
void story_add_astray(struct story_items *items, const struct player *player);
void story_add_ends(struct story_items *items, const struct player *player);
void story_add_happened(struct story_items *items, const struct player *player); /* since the last step was sent */
size_t story_last_step(const struct player *player);
/* "B's UPDATE waits for A.", harmless. */
void story_sentence(struct buf *out, const struct player *player, const struct player_row *row);

#endif
