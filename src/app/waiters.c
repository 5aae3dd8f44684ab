/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that wait for a connection or the catalogue, and when each goes on. */
#include <stdlib.h>

#include "app/app_private.h"
#include "base/mem.h"

enum { PENDING, SERVED };

/* A command that waits for a connection or for the catalogue. */
struct need {
	unsigned flags;
	void (*fn)(void *arg, const struct err *err);
	void *arg;
	struct need *next;
};

/* Waiting is a job while any command waits. */
struct waiting {
	struct job job;
	struct need *needs;
};

static const struct job_ops waiting_ops;

static struct waiting *waiting_of(const struct app *app)
{
	return (struct waiting *)job_find(app, &waiting_ops);
}

bool app_waits(const struct app *app)
{
	return waiting_of(app) != NULL;
}

/* ---- serving ---- */

/* The catalogue is read again as soon as what is being dialled is there. */
static bool rereads_soon(const struct app *app)
{
	return app_prints(app) && app->private->elsewhere && job_uses(app, USES_BROWSE | USES_WORK | USES_RIVAL);
}

/* SERVED with an empty err: it is there. */
static int waiters_look_up(struct app *app, const struct need *need, struct err *err)
{
	const char *why = app_not_ready(app, need->flags);
	bool starting = app->phase != PHASE_READY && app->phase != PHASE_FAILED;
	const struct loss *lost = &app->private->lost, *lost_work = &app->private->lost_work;
	if (!why && (need->flags & COMMAND_BANK) && rereads_soon(app))
		return PENDING;
	if (why && (app->private->awaking || starting || reconnect_awaits(app, lost)))
		return PENDING;
	if (why && app_prints(app) && lost->since_us) {
		reconnect_gave_up(app, lost, "the connection", err);
		return SERVED;
	}
	if (why) {
		bool bank = app->phase == PHASE_READY && app->no_bank && why == app->no_bank;
		enum status status = app->phase == PHASE_FAILED ? app->failure.status : bank ? ST_STATEMENT : ST_LOST;
		err_set(err, status, "%s", why);
		return SERVED;
	}
	enum db_state work = db_state(app->work);
	if (!(need->flags & COMMAND_WORK) || work == DB_IDLE || work == DB_BUSY)
		return SERVED;
	if (work == DB_CONNECTING || !lost_work->since_us || reconnect_awaits(app, lost_work))
		return PENDING;
	reconnect_gave_up(app, lost_work, "the connection for transfers", err);
	return SERVED;
}

/* Whoever need not wait any longer leaves the list; NULL where nobody does. */
static struct need *take_served(struct app *app, struct err *err)
{
	struct waiting *waiting = waiting_of(app);
	struct need **at = waiting ? &waiting->needs : NULL;
	while (at && *at && waiters_look_up(app, *at, err) == PENDING)
		at = &(*at)->next;
	struct need *need = at ? *at : NULL;
	if (!need)
		return NULL;
	*at = need->next;
	if (!waiting->needs)
		job_end(&waiting->job);
	return need;
}

void waiters_serve(struct app *app)
{
	struct err err = {0};
	for (struct need *need; (need = take_served(app, &err)); err = (struct err){0}) {
		need->fn(need->arg, err.status ? &err : NULL);
		free(need);
	}
}

bool waiters_want_work(const struct app *app)
{
	const struct waiting *waiting = waiting_of(app);
	const struct need *need = waiting ? waiting->needs : NULL;
	while (need && !(need->flags & COMMAND_WORK))
		need = need->next;
	return need != NULL;
}

static void waiters_add_need(struct app *app, const struct need *need)
{
	struct waiting *waiting = waiting_of(app);
	struct need *added = NEW(struct need);
	if (!waiting) {
		waiting = NEW(struct waiting);
		waiting->job = (struct job){.ops = &waiting_ops, .name = "a command that waits for its session"};
		job_begin(app, &waiting->job);
	}
	*added = *need;
	struct need **end = &waiting->needs; /* who came first is served first */
	while (*end)
		end = &(*end)->next;
	*end = added;
}

void waiters_wait(struct app *app, unsigned command_flags, void (*fn)(void *arg, const struct err *err), void *arg)
{
	unsigned needed = command_flags & (COMMAND_SERVER | COMMAND_BANK | COMMAND_WORK);
	if (!needed) {
		fn(arg, NULL);
		return;
	}
	if (app->settings.plays) {
		struct err err;
		err_set(&err, ST_USAGE, "%s", app_not_ready(app, needed));
		fn(arg, &err);
		return;
	}
	waiters_add_need(app, &(struct need){needed, fn, arg, NULL});
	if (needed & COMMAND_WORK)
		app->private->wants_work = true;
	reconnect_wake(app);
	if (!app->private->started && app->phase != PHASE_FAILED)
		app_start(app);
	else if (app->phase != PHASE_FAILED && app->phase != PHASE_SERVER && (needed & COMMAND_WORK))
		work_connect(app); /* the start may have begun without it */
	waiters_serve(app);
}

/* ---- those who wait in vain ---- */

/* Those who wait for one of these leave the list. */
static struct need *take_all(struct app *app, unsigned flags)
{
	struct waiting *waiting = waiting_of(app);
	struct need *taken = NULL, **end = &taken, **at = waiting ? &waiting->needs : NULL;
	while (at && *at) {
		struct need *need = *at;
		if (!(need->flags & flags)) {
			at = &need->next;
			continue;
		}
		*at = need->next;
		need->next = NULL;
		*end = need;
		end = &need->next;
	}
	if (waiting && !waiting->needs)
		job_end(&waiting->job);
	return taken;
}

/* They may ask anew, which is another matter. */
static bool fail_all(struct need *needs, const struct err *err)
{
	bool any = needs != NULL;
	for (struct need *next; needs; needs = next) {
		next = needs->next;
		needs->fn(needs->arg, err);
		free(needs);
	}
	return any;
}

/* Without the session that writes one can still browse; who needs it gets its error. */
void waiters_fail_work(struct app *app, const struct err *err)
{
	if (!fail_all(take_all(app, COMMAND_WORK), err))
		app_say(app, ST_CONNECT, "transfers: %s", err->text);
}

/* ---- the job ---- */

/* What was asked for must not happen later, when nobody expects it. While teller starts, ^C ends it. */
static bool stop_waiting(struct job *job, enum job_stop how)
{
	struct app *app = job->app;
	struct err err;
	if (how == STOP_LEAVE || (how == STOP_INTERRUPT && app->phase != PHASE_READY))
		return false;
	if (app->phase == PHASE_READY && db_state(app->work) == DB_CONNECTING)
		reconnect_close_work(app);
	err_set(&err, ST_CANCELLED, "cancelled; nothing was changed");
	return fail_all(take_all(app, COMMAND_SERVER | COMMAND_BANK | COMMAND_WORK), &err);
}

static void free_waiting(struct job *job)
{
	struct waiting *waiting = (struct waiting *)job;
	while (waiting->needs) {
		struct need *need = waiting->needs;
		waiting->needs = need->next;
		free(need);
	}
	free(waiting);
}

static const struct job_ops waiting_ops = {.stop = stop_waiting, .free = free_waiting};
