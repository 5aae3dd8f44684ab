/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How transfers are made, in words: protocol, limits, wire mode. */
#ifndef UI_TERMS_H
#define UI_TERMS_H

#include "base/buf.h"
#include "ui/layout.h"

struct app;

/* As sentences. */
void terms_sentence(struct buf *out, const struct app *app);

/* As a table of TERMS_ROWS rows. */
enum { TERMS_ROWS = 3, TERMS_COLS = 44 };
void terms_draw(struct rect area, const struct app *app);

#endif
