/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws the story of a lesson: what there is to say now, and the keys that go on. */
#ifndef UI_LAB_STORY_H
#define UI_LAB_STORY_H

#include "lab/player.h"
#include "ui/layout.h"

/* The story: the text before the next step (or before row `row`, when the user selected it; -1: none), the question,
 * the end. */
int lab_story_lines(const struct player *player, int columns);
int lab_story_question_lines(const struct player *player, int columns); /* the question alone; 0: there is none */
void lab_story_draw(const struct player *player, long row, struct rect area, bool head);

/* The same in full, line by line, for a popup. */
void lab_story_detail(struct buf *out, const struct player *player, size_t row);
void lab_story_whole(struct buf *out, const struct player *player);
void lab_story_row(struct buf *out, const struct player *player, size_t row);

#endif
