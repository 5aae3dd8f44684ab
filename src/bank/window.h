/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows that are in memory around the selected one, without a server. */
#ifndef BANK_WINDOW_H
#define BANK_WINDOW_H

#include "bank/pages.h"
#include "db/rows.h"

enum {
	WINDOW_MAX = 600,  /* rows kept */
	WINDOW_PAGE = 200, /* rows fetched at a time */
	WINDOW_AHEAD = 80, /* so near to an edge that is not the table's, more is fetched */
};

struct window {
	struct account *rows[WINDOW_MAX + WINDOW_PAGE]; /* owned */
	size_t n, selected;                             /* selected < n, or 0 */
	bool at_start, at_end;                          /* the edges are the table's */
};

void window_clear(struct window *window);

/* The rows of a page, in one or two answers (`more` may be NULL, and both), in the order that they were asked for:
 * behind the last row, or, going backwards, before the first. Fewer than WINDOW_PAGE reach the edge of the table,
 * more are left out. An account whose balance changed may come again in the order of balances: what was read last
 * holds. What is too many then goes at the other end, far from the selected row. */
void window_append(struct window *window, const struct rows *rows, const struct rows *more);
void window_prepend(struct window *window, const struct rows *rows, const struct rows *more);

/* Moves the selection; returns what is left of `delta` at an edge that is not the table's. */
long window_move(struct window *window, long delta);

/*
 * Takes the rows of `fresh`, which is empty afterwards and was read around the row `anchor`. The selected row stays
 * selected; where it is not in `fresh`, the selection is as far from the anchor, or what stands in its place, as it
 * was before. Returns what is left of that way, as window_move() does.
 */
long window_renew(struct window *window, struct window *fresh, const char *anchor);

/* Takes the rows and the selection of `fresh`, which is empty afterwards. */
void window_replace(struct window *window, struct window *fresh);

enum window_need { NEED_NONE, NEED_AFTER, NEED_BEFORE };
enum window_need window_need(const struct window *window, long debt);

long window_find(const struct window *window, const char *id); /* -1: not in the window */

#endif
