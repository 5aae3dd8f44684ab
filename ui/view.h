/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A view: what a pane shows and does; and the movements that all of them know. */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "ui/find.h"
#include "ui/layout.h"

struct json_object; /* event/json.h */

struct view_ops {
	const char *context;                                      /* its part of the keymap */
	void (*title)(void *self, struct buf *out);               /* words in the upper edge, harmless */
	void (*footer)(void *self, struct buf *out, int columns); /* words in the lower edge that fit in there */
	void (*draw)(void *self, struct rect inside, bool focus);
	bool (*act)(void *self, const char *action, const char *argument); /* false: not an action of this view */
	void (*scroll)(void *self, int lines); /* by the wheel, where that is not moving; NULL: it is */
	void (*click)(void *self, int row);    /* selects that row of the inside; NULL: nothing is to be selected */
	void (*again)(void *self);             /* the ring was begun anew: forgets what was read; NULL: it reads none */
	bool (*read)(void *self);     /* catches up with the events; true where something that it shows changed */
	uint64_t (*wake)(void *self); /* clock_us() at which to draw though nothing happened, 0: never; NULL is never */
	struct found (*find)(void *self, const char *text, enum find_way way); /* NULL: / looks for accounts there */
	const char *(*wanted)(const void *self); /* what was searched for last, to be marked; "" nothing; as `find` */
	/* What only the pane knows of how it looks, as members of an object of a trace; and the same of a recording again.
	 * NULL: nothing; `look` may be an object without them, or NULL. */
	void (*look)(const void *self, struct buf *members);
	void (*look_again)(void *self, const struct json_object *look);
	void (*free)(void *self);
};

struct view {
	const struct view_ops *ops;
	void *self;
};

/* The panes. */
struct app;
struct attempts;
struct balances;
struct view accounts_view(struct app *app);
int accounts_columns(const struct view *accounts); /* that it would fill, with its frame */
struct view transfer_view(struct app *app, struct attempts *attempts, struct balances *balances);
struct view ledger_view(struct app *app);
struct view sessions_view(struct app *app);
struct view load_view(struct app *app);
struct view lessons_view(struct app *app);
struct view lab_view(struct app *app);
long lab_looked_at(const struct view *lab); /* the row of the lesson that the user looks at; -1: what comes next */
struct view log_view(struct app *app);
uint64_t log_selected(const struct view *log); /* the number of the selected event, 0: none */

/* From up, down, left, right, page-up, page-down, half-up, half-down, first, last. */
enum motion_kind { MOTION_NONE, MOTION_BY, MOTION_FIRST, MOTION_LAST, MOTION_SIDE };

struct motion {
	enum motion_kind kind;
	long by; /* lines, or for SIDE -1 and 1 */
};
/* `argument` is how many times, NULL once. */
struct motion motion_of(const char *action, const char *argument, int page);

/*
 * The first line in sight of a list of `count` lines that begin at `first`, where it was `top`: the same as long as the
 * selection is in sight from there; else the lines move as little as they can, and by `ahead` lines more where the
 * selection left by a few only; and no room below the last line stays empty.
 */
struct scroll {
	uint64_t first, count, height, ahead;
};
uint64_t scroll_top(const struct scroll *list, uint64_t top, uint64_t selected);

#endif
