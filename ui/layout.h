/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where everything is on a screen of a given size; pure. */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include <stdbool.h>

enum pane {
	PANE_ACCOUNTS,
	PANE_TRANSFER,
	PANE_LEDGER,
	PANE_SESSIONS,
	PANE_LOAD,
	PANE_LESSONS,
	PANE_LAB,
	PANE_LOG,
	PANE_COUNT
};

/* What the screen is about: a place has panes of its own, and the log. */
enum place { PLACE_BANK, PLACE_LEDGER, PLACE_SESSIONS, PLACE_LOAD, PLACE_LESSONS, PLACE_LAB, PLACE_COUNT };

enum { LAYOUT_MIN_COLS = 40, LAYOUT_MIN_ROWS = 10 };

struct rect {
	int y, x, h, w;
};

struct wish {
	enum place place;
	enum pane focus; /* one of the place's */
	bool zoom;       /* the focused pane fills the middle */
	bool present;    /* the upper part of the middle is for what is shown to an audience */
	int accounts;    /* columns that the accounts would fill, with their frame */
};

bool layout_has(enum place place, enum pane pane);
enum pane layout_first(enum place place); /* the pane that a place begins with */

/*
 * From the top: title line, panes, key line, message line. The bank at 78 columns and more: accounts | transfer over
 * the log; from 160 on all three side by side; from 60 on stacked; below, or where rows are few, the focused pane
 * alone. Other places: their pane over the log, or the focused one alone; a lesson needs more rows than the others for
 * that. Too small for that: `tiny`, one line with the state. What is presented has the larger, upper part of the
 * panes' room, and where rows are few, all of it.
 */
struct layout {
	bool tiny;
	struct rect pane[PANE_COUNT]; /* with their frames; h is 0 where it is not shown */
	struct rect middle;           /* all of the panes' room */
	struct rect show;             /* of it, what is presented has; h is 0 where nothing is */
	int title, keys, message;     /* rows */
};

void layout_make(struct layout *layout, int rows, int cols, const struct wish *wish);

/* The room inside a frame. */
struct rect layout_inside(struct rect frame);

#endif
