/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where everything is on a screen of a given size; pure. */
#include "ui/layout.h"

enum {
	STACK_COLS = 60,
	TWO_COLS = 78, /* the transfer pane has the way to the first transfer in full lines then */
	THREE_COLS = 160,
	ACCOUNTS_COLS = 34,
	STACK_ROWS = 18, /* of the middle: less is one pane at a time */
	TWO_ROWS = 12,
	TOP_ROWS =
		10, /* at 80x24: a frame with a head and 7 accounts; the log shows a transfer from BEGIN to its outcome */
	LOG_ROWS = 11,
	TRANSFER_ROWS = 9, /* stacked: a frame with both accounts, the amount, and what happens in four lines */
	LAB_ROWS = 34,  /* of the middle, for a lesson, all lessons or all sessions in a list, with the log under it */
	SHOW_ROWS = 16, /* of the middle: less is all for what is presented */
	SHOW_LEAST = 7, /* rows of panes under it */
	LOG_FIRST = 10, /* so many rows more go to the log before accounts get any */
};

static int layout_least(int a, int b)
{
	return a < b ? a : b;
}

static int layout_most(int a, int b)
{
	return a > b ? a : b;
}

/* What they would fill, within half of the screen: the transfer beside them needs its room. */
static int accounts_width(int cols, const struct wish *wish)
{
	int usual = ACCOUNTS_COLS + layout_most(0, cols - TWO_COLS) / 8;
	return layout_least(layout_most(wish->accounts, layout_least(usual, 42)), cols / 2);
}

static void side_by_side(struct layout *layout, const struct wish *wish)
{
	struct rect m = layout->middle;
	int left = accounts_width(layout_least(m.w, 112), wish), next = 50;
	layout->pane[PANE_ACCOUNTS] = (struct rect){m.y, 0, m.h, left};
	layout->pane[PANE_TRANSFER] = (struct rect){m.y, left, m.h, next};
	layout->pane[PANE_LOG] = (struct rect){m.y, left + next, m.h, m.w - left - next};
}

static void two_over_one(struct layout *layout, const struct wish *wish)
{
	struct rect m = layout->middle;
	int more = m.h - TOP_ROWS - LOG_ROWS;
	int top = more >= 0 ? TOP_ROWS + layout_most(0, more - LOG_FIRST) / 2 : layout_most(5, m.h / 2);
	int left = accounts_width(m.w, wish);
	layout->pane[PANE_ACCOUNTS] = (struct rect){m.y, 0, top, left};
	layout->pane[PANE_TRANSFER] = (struct rect){m.y, left, top, m.w - left};
	layout->pane[PANE_LOG] = (struct rect){m.y + top, 0, m.h - top, m.w};
}

static void stacked(struct layout *layout)
{
	struct rect m = layout->middle;
	int transfer = layout_most(7, layout_least(TRANSFER_ROWS, m.h * 3 / 7));
	int accounts = (m.h - transfer) / 2;
	layout->pane[PANE_ACCOUNTS] = (struct rect){m.y, 0, accounts, m.w};
	layout->pane[PANE_TRANSFER] = (struct rect){m.y + accounts, 0, transfer, m.w};
	layout->pane[PANE_LOG] = (struct rect){m.y + accounts + transfer, 0, m.h - accounts - transfer, m.w};
}

/* The place's own pane, and under it the log. */
static void one_over_one(struct layout *layout, enum pane pane)
{
	struct rect m = layout->middle;
	int log = layout_most(6, layout_least(LOG_ROWS, m.h / 3));
	layout->pane[pane] = (struct rect){m.y, 0, m.h - log, m.w};
	layout->pane[PANE_LOG] = (struct rect){m.y + m.h - log, 0, log, m.w};
}

bool layout_has(enum place place, enum pane pane)
{
	bool bank = pane == PANE_ACCOUNTS || pane == PANE_TRANSFER;
	return pane == PANE_LOG || (place == PLACE_BANK ? bank : pane == layout_first(place));
}

enum pane layout_first(enum place place)
{
	static const enum pane first[PLACE_COUNT] = {
		[PLACE_BANK] = PANE_ACCOUNTS, [PLACE_LEDGER] = PANE_LEDGER,   [PLACE_SESSIONS] = PANE_SESSIONS,
		[PLACE_LOAD] = PANE_LOAD,     [PLACE_LESSONS] = PANE_LESSONS, [PLACE_LAB] = PANE_LAB,
	};
	return first[place];
}

static void layout_bank(struct layout *layout, int cols, const struct wish *wish)
{
	int rows = layout->middle.h;
	if (cols >= THREE_COLS)
		side_by_side(layout, wish);
	else if (cols >= TWO_COLS && rows >= TWO_ROWS)
		two_over_one(layout, wish);
	else if (cols >= STACK_COLS && rows >= STACK_ROWS)
		stacked(layout);
	else
		layout->pane[wish->focus] = layout->middle;
}

/* In the middle, as it is. */
static void layout_panes(struct layout *layout, const struct wish *wish)
{
	int least_rows = wish->place == PLACE_BANK ? 0 : wish->place == PLACE_LEDGER ? TWO_ROWS : LAB_ROWS;
	if (wish->zoom || layout->middle.h < least_rows)
		layout->pane[wish->focus] = layout->middle;
	else if (wish->place == PLACE_BANK)
		layout_bank(layout, layout->middle.w, wish);
	else
		one_over_one(layout, layout_first(wish->place));
}

static void layout_present(struct layout *layout, const struct wish *wish)
{
	struct rect all = layout->middle;
	int panes = all.h < SHOW_ROWS ? 0 : layout_most(SHOW_LEAST, all.h * 2 / 5);
	layout->show = (struct rect){all.y, all.x, all.h - panes, all.w};
	layout->middle = (struct rect){all.y + all.h - panes, all.x, panes, all.w};
	if (panes)
		layout_panes(layout, wish);
	layout->middle = all;
}

void layout_make(struct layout *layout, int rows, int cols, const struct wish *wish)
{
	*layout = (struct layout){.title = 0, .keys = rows - 2, .message = rows - 1};
	layout->tiny = rows < LAYOUT_MIN_ROWS || cols < LAYOUT_MIN_COLS;
	if (layout->tiny) {
		layout->middle = (struct rect){0, 0, rows, cols};
		layout->keys = -1;
		return;
	}
	layout->middle = (struct rect){1, 0, rows - 3, cols};
	if (wish->present)
		layout_present(layout, wish);
	else
		layout_panes(layout, wish);
}

struct rect layout_inside(struct rect frame)
{
	return (struct rect){frame.y + 1, frame.x + 1, layout_most(0, frame.h - 2), layout_most(0, frame.w - 2)};
}
