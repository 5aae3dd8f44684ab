/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws what is true now in a lesson: committed values, reads, what SERIALIZABLE remembers, who waits for whom. */
#ifndef UI_LAB_NOW_H
#define UI_LAB_NOW_H

#include "lab/player.h"
#include "ui/layout.h"

int lab_now_lines(const struct player *player);                   /* without the head line */
void lab_now_draw(const struct player *player, struct rect area); /* with it */

#endif
