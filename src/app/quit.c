/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quitting: what still runs is cancelled, waited for a while, then abandoned; and what the user must know of it. */
#include <signal.h>

#include "app/app_private.h"

enum { LEAVE_SCREEN_MS = 250, LEAVE_PLAIN_MS = 5000 };

void quit_last_call(void *arg)
{
	struct app *app = arg;
	txn_abandon(app->txn);
	loop_stop(app->loop);
}

void app_leave(struct app *app, int exit_status)
{
	bool again = app->leaving;
	app->leaving = true;
	if (!again)
		app->exit_status = exit_status;
	if (again || !jobs_awaited(app)) {
		quit_last_call(app);
		return;
	}
	jobs_leave(app);
	timer_start(app->private->last_call, app_prints(app) ? LEAVE_PLAIN_MS : LEAVE_SCREEN_MS);
}

void quit_look(struct app *app)
{
	if (app->leaving && !jobs_awaited(app))
		loop_stop(app->loop);
}

/* The first ^C is for what runs, as on the screen; everything else that asks us to end means it. */
void quit_signal(void *arg, int signal_number)
{
	struct app *app = arg;
	if (signal_number != SIGINT || app->leaving || !jobs_stop(app, STOP_INTERRUPT))
		app_leave(app, 128 + signal_number);
}

/* A throw-away bank takes the answer with it. */
bool app_last_words(const struct app *app, struct err *err)
{
	if (!app->server && jobs_last_words(app, err))
		return true;
	if (app->server && !app->settings.keep)
		return false;
	if (app->private->bulk_end.text[0]) {
		*err = app->private->bulk_end;
		return true;
	}
	if (app->unsettled_id)
		err_set(err, ST_UNKNOWN,
			"OUTCOME UNKNOWN: transfer %s may or may not have happened; `teller settle %s` finds out",
			app->unsettled_id, app->unsettled_id);
	else if (app->transfer.result.outcome == OUTCOME_UNKNOWN)
		err_set(err, ST_UNKNOWN,
			"OUTCOME UNKNOWN: the transfer from %s to %s may or may not have happened; look at both "
			"balances",
			app->transfer.source, app->transfer.destination);
	else
		return false;
	return true;
}
