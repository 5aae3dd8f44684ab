/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summary of the transaction settings: protocol, limits, wire mode. */
#ifndef UI_TXN_SUMMARY_H
#define UI_TXN_SUMMARY_H

#include "base/buf.h"
#include "ui/layout.h"

struct app;

/* As sentences. */
void txn_summary_sentence(struct buf *out, const struct app *app);

/* As a table of TXN_SUMMARY_ROWS rows. */
enum { TXN_SUMMARY_ROWS = 3, TXN_SUMMARY_COLS = 44 };
void txn_summary_draw(struct rect area, const struct app *app);

#endif
