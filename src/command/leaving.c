/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leaving: what still runs is cancelled, waited for a while, abandoned in the end; and what its user must know of it. */
#include <signal.h>

#include "bulk.h"
#include "inner.h"
#include "lab/player.h"

enum { LEAVE_SCREEN_MS = 250, LEAVE_PLAIN_MS = 5000 };

static bool has_to_wait(const struct app *app)
{
	return lab_runs(app) || playing_runs(app) || txn_running(app->txn) || app->transfer.run || app->inner->bulk ||
	       (app->rival && rival_busy(app->rival));
}

void leaving_last_call(void *arg)
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
	if (again || !has_to_wait(app)) {
		leaving_last_call(app);
		return;
	}
	lab_stop(app);
	playing_end(app);
	if (!moving_cancel(app) && !bulk_cancel(app))
		txn_cancel(app->txn);
	timer_start(app->inner->last_call, app_prints(app) ? LEAVE_PLAIN_MS : LEAVE_SCREEN_MS);
}

void leaving_look(struct app *app)
{
	if (app->leaving && !has_to_wait(app))
		loop_stop(app->loop);
}

/* The first ^C is for what runs, as on the screen; everything else that asks us to end means it. */
void leaving_signal(void *arg, int signal_number)
{
	struct app *app = arg;
	bool begun = app->stage == STAGE_READY;
	if (signal_number == SIGINT && !app->leaving &&
	    (moving_cancel(app) || (begun && needs_cancel(app)) || bulk_cancel(app)))
		return;
	if (signal_number == SIGINT && !app->leaving && txn_running(app->txn) && txn_cancel(app->txn))
		return;
	app_leave(app, 128 + signal_number);
}

/* A throw-away bank takes the answer with it. */
bool app_last_words(const struct app *app, struct err *err)
{
	if (playing_runs(app) && !app->server) {
		err_set(err, ST_STATEMENT,
			"the lesson %.80s was not torn down: what its setup made is still there; `lab run` tears it "
			"down",
			player_name(app->player));
		return true;
	}
	if (app->server && !app->settings.keep)
		return false;
	if (app->inner->bulk_end.text[0]) {
		*err = app->inner->bulk_end;
		return true;
	}
	if (app->doubt)
		err_set(err, ST_UNKNOWN,
			"OUTCOME UNKNOWN: transfer %s may or may not have happened; `teller settle %s` finds out",
			app->doubt, app->doubt);
	else if (app->transfer.result.outcome == OUTCOME_UNKNOWN)
		err_set(err, ST_UNKNOWN,
			"OUTCOME UNKNOWN: the transfer from %s to %s may or may not have happened; look at both "
			"balances",
			app->transfer.source, app->transfer.destination);
	else
		return false;
	return true;
}
