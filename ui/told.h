/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a lesson tells and asks, and what is true now, as lines of the lab. */
#ifndef UI_TOLD_H
#define UI_TOLD_H

#include "lab/player.h"
#include "ui/layout.h"

/* What is true now: committed values, what each session has read, who waits for whom. */
int told_now_lines(const struct player *player);
void told_draw_now(const struct player *player, struct rect area); /* with a head line */

/* The story: the text before the next step (or before row `row`, when somebody looks there; -1: no), the question, the end. */
int told_lines(struct player *player, int columns);
void told_draw(struct player *player, long row, struct rect area, bool head);

/* The same in full, line by line, for a sheet. */
void told_detail(struct buf *out, const struct spec *spec, size_t step);
void told_story(struct buf *out, struct player *player);
void told_row(struct buf *out, const struct player *player, size_t row);

#endif
