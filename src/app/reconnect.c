/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connecting again: the session that reads, when it was lost; and both, when the user asks for it. */
#include <stdlib.h>
#include <string.h>

#include "app/app_private.h"
#include "base/clock.h"
#include "base/mem.h"

enum { AGAIN_MIN_MS = 200, AGAIN_MAX_MS = 5000 };

/* ---- the time that is lost ---- */

/* A server that is in trouble is not helped by haste: each time in a row the pause is twice as long. */
uint64_t reconnect_pause(uint64_t *pause_ms)
{
	*pause_ms = *pause_ms ? *pause_ms * 2 : AGAIN_MIN_MS;
	*pause_ms = *pause_ms < AGAIN_MAX_MS ? *pause_ms : AGAIN_MAX_MS;
	return *pause_ms;
}

void reconnect_note_loss(struct app *app, struct loss *loss, const char *why)
{
	if (!loss->since_us) {
		loss->since_us = clock_us();
		timer_start(app->private->limit, app->settings.txn.max_elapsed_ms + 1);
	}
	err_set(&loss->why, ST_LOST, "%s", why);
}

bool reconnect_awaits(const struct app *app, const struct loss *loss)
{
	uint64_t limit_us = app->settings.txn.max_elapsed_ms * 1000;
	return app_prints(app) && loss->since_us && clock_us() - loss->since_us < limit_us;
}

enum status reconnect_gave_up(const struct app *app, const struct loss *loss, const char *what, struct err *err)
{
	return err_set(err, ST_LOST, "%s was lost and could not be made again within %g s: %s", what,
		       (double)app->settings.txn.max_elapsed_ms / 1000, loss->why.text);
}

static void reconnect_on_limit(void *arg)
{
	waiters_serve(arg);
}

/* ---- the session that reads ---- */

/* user@host:port/database */
static const char *reconnect_host(const char *place)
{
	const char *at = strchr(place, '@');
	return at ? at + 1 : place;
}

/* The name of a host may lead to another server than before; that is not seen here. */
static void reconnect_tell_place(struct app *app)
{
	const char *place = db_facts(app->browse)->place, *before = app->private->place;
	if (app->private->moves)
		; /* nobody has lost anything */
	else if (app->settings.demo)
		app_say(app, ST_OK, "connected again");
	else if (!before || strcmp(reconnect_host(before), reconnect_host(place)) == 0)
		app_say(app, ST_OK, "connected again to %s", place);
	else
		app_say(app, ST_OK, "connected again, to another server: %s, before it was %s", place, before);
	app->private->moves = false;
	free(app->private->place);
	app->private->place = NULL;
}

/* What runs uses the catalogue; transfers find out by themselves that this is another server (txn_expect()). */
void reconnect_elsewhere(struct app *app)
{
	if (!app->private->elsewhere || app->leaving || job_uses(app, USES_BROWSE | USES_WORK | USES_RIVAL) ||
	    db_state(app->browse) != DB_IDLE)
		return;
	app->private->elsewhere = false;
	open_bank(app);
}

void reconnect_if_outdated(struct app *app, bool failed)
{
	struct app_private *private = app->private;
	bool browse = db_outdated(app->browse), work = db_outdated(app->work);
	if (!failed)
	private->looked_again = false;
	if (!failed || !(browse || work) || !app->catalogue || private->looked_again || app->leaving)
		return;
	private->looked_again = true;
	private->elsewhere = true;
	if (app_prints(app)) /* a screen shows the table as it is now */
		app_say(app, ST_OK, "%s may have changed: it is looked at again; run the command again",
			app->catalogue->name);
	reconnect_elsewhere(app);
}

static void reconnect_on_browse(void *arg, const struct err *err)
{
	struct app *app = arg;
	struct app_private *private = app->private;
	reconnect_end(app, USES_BROWSE);
	if (err) {
		if (private->moves) /* nobody else is there either: now it is lost */
			app_say(app, ST_LOST, "the connection was lost: %s; connecting again", private->lost.why.text);
		private->moves = false;
		reconnect_note_loss(app, &private->lost, err->text);
		private->awaking = false;
		timer_start(private->again, reconnect_pause(&private->again_ms));
		waiters_serve(app);
		return;
	}
	private->again_ms = 0;
	private->awaking = false;
	private->lost.since_us = 0;
	reconnect_tell_place(app);
	bool other = app->catalogue && who_compare(&private->who, db_who(app->browse)) == WHO_OTHER;
	private->elsewhere = other || (app->catalogue && private->anew);
	private->anew = false;
	reconnect_elsewhere(app);
	if (private->elsewhere && other)
		app_say(app, ST_LOST, "this is another server; its accounts are read when what runs is over");
	else if (app->phase != PHASE_READY)
		; /* they are being read */
	else if (app->pages)
		pages_refresh(app->pages);
	else if (!app->catalogue)
		open_bank(app);
	app_changed(app);
	if (waiters_want_work(app))
		work_connect(app);
	waiters_serve(app);
}

static void reconnect_browse(struct app *app)
{
	if (!app->private->place)
		app->private->place = mem_dup(db_facts(app->browse)->place);
	db_connect(app->browse, &app->settings.conninfo, APP_CONNECT_MS, reconnect_on_browse, app);
}

static void reconnect_again(void *arg)
{
	struct app *app = arg;
	if (db_state(app->browse) == DB_DOWN || db_state(app->browse) == DB_OFF)
		reconnect_browse(app);
}

void reconnect_wake(struct app *app)
{
	struct app_private *private = app->private;
	private->unasked = false;
	if (!private->rests || app->phase != PHASE_READY || db_state(app->browse) != DB_DOWN || app->leaving)
		return;
	private->awaking = true;
	reconnect_note_loss(app, &private->lost, "it is being made");
	timer_stop(private->again);
	reconnect_browse(app);
}

void reconnect_lost(struct app *app)
{
	struct app_private *private = app->private;
	private->lost_us = clock_us();
	if (app->leaving || timer_pending(private->again) || db_state(app->browse) == DB_CONNECTING)
		return;
	reconnect_note_loss(app, &private->lost, "it is being made");
	timer_start(private->again, reconnect_pause(&private->again_ms));
}

/*
 * Where it is lost idle again and nobody has asked for anything since it was made, something on the way closes idle
 * connections: to make it anew would go on for ever. Then it rests, which is said once. A command that waits for the
 * session that writes needs this one, too. Where its node goes and there are others, nobody need know.
 */
static void reconnect_on_lost(void *arg, const struct answer *why)
{
	struct app *app = arg;
	struct app_private *private = app->private;
	bool said = private->rests, awaited = app_waits(app);
	if (why->elsewhere && !app->leaving) {
		private->moves = private->awaking = true;
		reconnect_note_loss(app, &private->lost, why->message);
		reconnect_browse(app);
		return;
	}
	private->rests |= private->unasked && !awaited;
	private->unasked = true;
	if (!private->rests || awaited) {
		app_say(app, ST_LOST, "the connection was lost: %s; connecting again", why->message);
		reconnect_lost(app);
	} else if (!said) {
		app_say(app, ST_LOST,
			"the connection is lost whenever it is idle: it is made again when something is asked");
	}
	app_changed(app);
}

void reconnect_watch(struct app *app)
{
	app->private->again = timer_new(app->loop, reconnect_again, app);
	app->private->limit = timer_new(app->loop, reconnect_on_limit, app);
	db_on_lost(app->browse, reconnect_on_lost, app);
	db_set_moving(app->browse);
}

/* ---- the command reconnect ---- */

static void reconnect_free(struct job *job)
{
	free(job);
}

/* Where a command waits for it, that is cancelled. The session that reads is not done without. */
static bool reconnect_stop(struct job *job, enum job_stop how)
{
	struct app *app = job->app;
	if (how != STOP_CANCEL || !(job->uses & USES_WORK) || waiters_want_work(app))
		return false;
	reconnect_close_work(app);
	app_say(app, ST_OK, "cancelled; the next transfer connects again");
	return true;
}

static const struct job_ops reconnect_ops = {.stop = reconnect_stop, .free = reconnect_free};

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

/* A session in use is left alone: who waits for its answer would wait for ever. */
static bool reconnect_may_dial(const struct app *app, const struct db *db, unsigned uses)
{
	return !job_uses(app, uses) && db_state(db) != DB_BUSY && db_state(db) != DB_CONNECTING;
}

void app_reconnect(struct app *app)
{
	bool browse = reconnect_may_dial(app, app->browse, USES_BROWSE),
	     work = reconnect_may_dial(app, app->work, USES_WORK);
	if (app->phase != PHASE_READY)
		return;
	if (browse || work)
		reconnect_begin(app, (browse ? USES_BROWSE : 0u) | (work ? USES_WORK : 0u));
	if (browse) {
		app->private->anew = true;
		reconnect_note_loss(app, &app->private->lost, "it is being made");
		timer_stop(app->private->again);
		reconnect_browse(app);
	}
	if (work)
		work_dial(app);
}
