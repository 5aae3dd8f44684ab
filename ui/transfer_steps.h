/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws one step of a transfer as a line: an attempt and its outcome, a wait, an injected fault. */
#ifndef UI_TRANSFER_STEPS_H
#define UI_TRANSFER_STEPS_H

#include "ui/attempts.h"
#include "ui/layout.h"

void transfer_steps_draw(struct rect at, const struct attempts *attempts, size_t i);

#endif
