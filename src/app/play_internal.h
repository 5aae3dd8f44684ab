/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording that is played, and the states that hold where it stands. */
#ifndef APP_PLAY_INTERNAL_H
#define APP_PLAY_INTERNAL_H

#include "app/app_private.h"
#include "app/shown.h"
#include "trace/recording.h"

enum { PLAY_SCALE_MAX = 18 }; /* digits behind the point */

#define PLAY_ANEW UINT64_MAX /* a state is taken anew, be it the same one */

struct play {
	struct recording *recording;
	struct timer *timer;  /* the next event is due; pending while it runs */
	uint64_t at, wall_us; /* the event that happened last */
	double speed;
	bool runs;
	uint64_t began_us, began_wall_us; /* clock_us() at which it stood at that time */

	uint64_t taken[TRACE_STATE_COUNT]; /* bytes at which the states stand that were taken last; 0: none */

	/* States; all text owned, NULL for none. */
	char *word, *armed, *isolation, *protocol;
	bool rival_armed, rival_busy, locks;
	struct shown_transfer transfer; /* borrows from the next ones and app->transfer */
	char *reason;
	struct lesson *lesson; /* of app->player; NULL: none is played */
	char *lesson_name;
	struct txn_counters counters;
};

void play_take_states(struct app *app); /* those that held at play->at */
void play_forget_states(struct app *app);
uint64_t play_now_us(const struct play *play);
void play_close(struct app *app);

/* play_lesson.c */
void play_take_lesson(struct app *app, const struct json_object *lesson);
void play_take_player(struct app *app, const struct json_object *player);

/* play_accounts.c */
void play_take_accounts(struct app *app, const struct json_object *accounts);

/* play_lists.c */
void play_take_ledger(struct app *app, const struct json_object *ledger);
void play_take_entry(struct app *app, const struct json_object *entry);
void play_take_sessions(struct app *app, const struct json_object *sessions);
void play_take_load(struct app *app, const struct json_object *load);

#endif
