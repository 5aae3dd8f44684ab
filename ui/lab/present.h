/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an audience is shown of a lesson: the current statement, its answer, and what there is to say of it. */
#ifndef UI_LAB_PRESENT_H
#define UI_LAB_PRESENT_H

#include "lab/player.h"
#include "ui/present.h"

/* Of the row that is looked back at; -1: as it is now. */
void lab_present(struct present *present, const struct player *player, long row);

#endif
