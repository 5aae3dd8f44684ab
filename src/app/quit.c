/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quitting: what still runs is cancelled, waited for a while, then abandoned; and what the user must know of it. */
#include <inttypes.h>
#include <signal.h>

#include "app/app_private.h"
#include "base/text.h"

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

/* ---- what leaving would lose ---- */

/* A lesson is torn down when it is left, and can be played again. */
static const struct job *quit_running(const struct app *app)
{
	const struct job *job = app->private->jobs;
	while (job && (job->over || (job->uses & USES_STAGE) || !job->ops->awaited || !job->ops->awaited(job)))
		job = job->next;
	return job;
}

static uint64_t quit_changes(const struct app *app)
{
	uint64_t committed = txn_counters(app->txn)->committed;
	return app->server && !app->settings.keep && committed > app->private->filled ? committed - app->private->filled
										      : 0;
}

bool quit_loses(const struct app *app, struct buf *out)
{
	const struct job *job = quit_running(app);
	uint64_t changes = quit_changes(app);
	if (job)
		buf_fmt(out, "%s is %s: it is cancelled, unless its commit was sent. ", job->name,
			app->step.next ? "held" : "running");
	if (changes)
		buf_fmt(out, "This bank is thrown away, with the %" PRIu64 " %s committed here%s. ", changes,
			text_plural(changes, "transaction", "transactions"),
			app->settings.cockroach ? "" : "; teller demo --keep DIR keeps one");
	if (out->len)
		out->p[--out->len] = '\0';
	return job || changes;
}

/* ---- signals, and the end ---- */

/* The first ^C is for what runs, as on the screen; everything else that asks us to end means it. */
void quit_signal(void *arg, int signal_number)
{
	struct app *app = arg;
	bool interrupt = signal_number == SIGINT && !app->leaving;
	if (interrupt && jobs_stop(app, STOP_INTERRUPT))
		return;
	if (!interrupt || !app->face.interrupt || !app->face.interrupt(app->face.self))
		app_leave(app, 128 + signal_number);
}

/* A throw-away bank takes the answer with it. */
bool app_last_words(const struct app *app, bool screen, struct err *err)
{
	if (!app->server && jobs_last_words(app, err))
		return true;
	if (!screen || (app->server && !app->settings.keep))
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
