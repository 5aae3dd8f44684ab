/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The job of the command reconnect: the sessions that are being made again because the user asked for it. */
#include <stdlib.h>

#include "app/app_private.h"
#include "base/mem.h"

static void free_reconnect(struct job *job)
{
	free(job);
}

/* Where a command waits for it, that is cancelled. The session that reads is not done without. */
static bool stop_reconnect(struct job *job, enum job_stop how)
{
	struct app *app = job->app;
	if (how != STOP_CANCEL || !(job->uses & USES_WORK) || waiters_want_work(app))
		return false;
	reconnect_close_work(app);
	app_say(app, ST_OK, "cancelled; the next transfer connects again");
	return true;
}

static const struct job_ops reconnect_ops = {.stop = stop_reconnect, .free = free_reconnect};

void reconnect_begin(struct app *app, unsigned uses)
{
	struct job *job = job_find(app, &reconnect_ops);
	if (job) {
		job->uses |= uses;
		return;
	}
	job = NEW(struct job);
	*job = (struct job){.ops = &reconnect_ops, .name = "reconnect", .uses = uses};
	job_begin(app, job);
}

void reconnect_end(struct app *app, unsigned uses)
{
	struct job *job = job_find(app, &reconnect_ops);
	if (!job)
		return;
	job->uses &= ~uses;
	if (!job->uses)
		job_end(job);
}

void reconnect_close_work(struct app *app)
{
	db_close(app->work);
	reconnect_end(app, USES_WORK);
}
