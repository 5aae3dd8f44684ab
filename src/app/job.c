/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of jobs: what runs, what may begin beside it, and how all of it is stopped. */
#include "app/job.h"

#include "app/app_private.h"

/* ---- the list ---- */

void job_begin(struct app *app, struct job *job)
{
	job->app = app;
	job->over = job->asked = false;
	job->next = app->private->jobs;
	app->private->jobs = job;
}

static void job_free(struct job *job)
{
	struct job **at = &job->app->private->jobs;
	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	job->ops->free(job);
}

void job_end(struct job *job)
{
	struct app *app = job->app;
	job_free(job);
	quit_look(app);
	reconnect_elsewhere(app);
}

void job_over(struct job *job)
{
	job->over = true;
	quit_look(job->app);
}

void job_sweep(struct app *app, const struct job_ops *ops)
{
	for (struct job *job = app->private->jobs, *next; job; job = next) {
		next = job->next;
		if (job->over && job->ops == ops)
			job_free(job);
	}
}

void jobs_free(struct app *app)
{
	while (app->private->jobs)
		job_free(app->private->jobs);
}

/* ---- what runs ---- */

struct job *job_find(const struct app *app, const struct job_ops *ops)
{
	struct job *job = app->private->jobs;
	while (job && (job->over || job->ops != ops))
		job = job->next;
	return job;
}

static const struct job *in_the_way(const struct app *app, unsigned uses)
{
	const struct job *job = app->private->jobs;
	while (job && (job->over || !(job->uses & uses)))
		job = job->next;
	return job;
}

bool job_uses(const struct app *app, unsigned uses)
{
	return in_the_way(app, uses) != NULL;
}

/* A session that no job uses may still be lost, or be connecting. */
bool job_may(const struct app *app, unsigned uses, struct err *err)
{
	const struct job *job = in_the_way(app, uses);
	bool work = !(uses & USES_WORK) || (db_state(app->work) == DB_IDLE && !txn_running(app->txn));
	bool browse = !(uses & USES_BROWSE) || db_state(app->browse) == DB_IDLE;
	if (job)
		err_set(err, ST_USAGE, "%s is running; wait for it, or `cancel` it", job->name);
	else if (!work)
		err_set(err, ST_USAGE, "the session for transfers is busy; try again in a moment");
	else if (!browse)
		err_set(err, ST_USAGE, "the session is busy; try again in a moment");
	return !job && work && browse;
}

unsigned job_talk(const struct app *app)
{
	unsigned talk = 0;
	for (const struct job *job = app->private->jobs; job; job = job->next)
		talk |= job->over ? 0 : job->ops->talk;
	return talk;
}

/* ---- stopping ---- */

bool jobs_stop(struct app *app, enum job_stop how)
{
	for (struct job *job = app->private->jobs; job; job = job->next)
		if (!job->over && job->ops->stop && job->ops->stop(job, how))
			return true; /* it may be freed by now */
	return false;
}

/* Whatever stops may leave the list, and others with it. */
void jobs_leave(struct app *app)
{
	for (struct job *job = app->private->jobs; job;) {
		bool ask = !job->over && !job->asked && job->ops->stop;
		job->asked = true;
		if (ask)
			job->ops->stop(job, STOP_LEAVE);
		job = ask ? app->private->jobs : job->next;
	}
}

bool jobs_awaited(const struct app *app)
{
	const struct job *job = app->private->jobs;
	while (job && (job->over || !job->ops->awaited || !job->ops->awaited(job)))
		job = job->next;
	return job != NULL;
}

bool jobs_last_words(const struct app *app, struct err *err)
{
	const struct job *job = app->private->jobs;
	while (job && (job->over || !job->ops->last_words || !job->ops->last_words(job, err)))
		job = job->next;
	return job != NULL;
}

/* ---- for their ops ---- */

static bool stop_engine(struct app *app, enum job_stop how)
{
	if (txn_cancel(app->txn))
		return true;
	if (how == STOP_CANCEL)
		app_say(app, ST_OK, "too late: the commit was sent, its answer decides");
	return how == STOP_CANCEL;
}

bool job_stop_work(struct job *job, enum job_stop how)
{
	struct app *app = job->app;
	if (!(job->uses & USES_WORK))
		return false;
	if (txn_running(app->txn))
		return stop_engine(app, how);
	if (how != STOP_CANCEL || db_state(app->work) != DB_BUSY)
		return false;
	db_cancel(app->work);
	return true;
}

bool job_engine_runs(const struct job *job)
{
	return (job->uses & USES_WORK) && txn_running(job->app->txn);
}

bool job_always(const struct job *job)
{
	(void)job;
	return true;
}
