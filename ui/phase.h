/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says what the program is waiting for. */
#ifndef UI_PHASE_H
#define UI_PHASE_H

#include <stdbool.h>

#include "base/buf.h"

struct app;

/* What the program waits for, or why there is nothing to show, as harmless text; false where accounts can be shown. */
bool phase_words(struct buf *out, const struct app *app);

#endif
