/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console structure, private to the files of the console. */
#ifndef UI_SCREEN_H
#define UI_SCREEN_H

#include "app/app.h"
#include "app/keymap.h"
#include "ui/attempts.h"
#include "ui/balances.h"
#include "ui/console.h"
#include "ui/early.h"
#include "ui/help.h"
#include "ui/keys.h"
#include "ui/layout.h"
#include "ui/message.h"
#include "ui/popup.h"
#include "ui/review.h"
#include "ui/search.h"
#include "ui/view.h"

enum { SCREEN_SIGNALS = 3 };

struct console {
	struct app *app;
	struct keys *keys;
	const struct keymap *keymap; /* of the settings */
	struct watch *input;
	struct timer *settle; /* no more bytes come for an unfinished key */
	struct timer *frame;  /* something changed, and it is too early to draw it */
	struct timer *wake;   /* a view wants to be drawn though nothing happened */
	struct turn *turn;
	struct signal_watch *signals[SCREEN_SIGNALS];

	struct view views[PANE_COUNT];
	struct attempts attempts;
	struct balances balances;
	struct message message;
	struct early early;
	struct search search;
	char *progress;          /* of long work, harmless; NULL */
	enum place place, below; /* below: where the sessions were opened from */
	enum place recorded;     /* in a recording: where its screen was */
	enum pane focus;
	bool zoom;
	struct popup *popup;   /* over the panes, NULL */
	struct review *review; /* over everything, NULL */
	struct layout layout;  /* of the last drawing */
	struct hints hints;    /* of the last drawing; none where something else has their line */

	bool begun;       /* what the command line asks for was done */
	bool dirty;       /* the screen is not what it should be */
	bool hurry;       /* because of a key */
	bool typing;      /* more keys wait to be read */
	bool awaits;      /* a key asked for accounts that have not come yet */
	uint64_t paid_us; /* clock_us() up to which drawings are paid for, see paint.c */
};

/* paint.c */
bool paint_presents(const struct console *console); /* to an audience, what stands in this place now */
void paint_now(struct console *console);
void paint_turn(void *console); /* the end of a turn of the loop */
void paint_timer(void *console);

/* input.c */
void input_ready(void *console, int events);
void input_settle(void *console);
void input_early(struct console *console); /* the keys that waited are done, once the accounts are there */
void input_run(struct console *console, const char *line);
void input_ask(struct console *console, const char *line); /* of a key: what asks does ask, whatever --yes says */

/* actions.c */
void actions_go(struct console *console, enum place place);
bool actions_do(void *console, const char *action, const char *argument);
const char *actions_context(const struct console *console);           /* in which a key is looked up first */
bool actions_away(const struct console *console);                     /* q goes back from here, instead of leaving */
void actions_put_popup(struct console *console, struct popup *popup); /* takes it over; NULL: none any more */
void actions_click_popup(struct console *console, int y, int x);
void actions_suspend(struct console *console);
void actions_signals(struct console *console, bool on);

#endif
