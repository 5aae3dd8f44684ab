/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step of a transfer as a line: an attempt and how it ended, a wait, a lever. */
#ifndef UI_TRANSFER_STEPS_H
#define UI_TRANSFER_STEPS_H

#include "ui/attempts.h"
#include "ui/layout.h"

void transfer_steps_draw(struct rect at, const struct attempts *attempts, size_t i);

#endif
