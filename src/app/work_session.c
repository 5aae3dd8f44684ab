/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session that writes: connected at the start or when a command wants it, and again where that waits for it. */
#include "app/app_private.h"

/* Later, where a command has waited; false where the time for that is up. A session that never was there is not
 * waited for. */
static bool work_later(struct app *app, const struct err *err)
{
	struct app_private *private = app->private;
	if (!private->worked || !app_prints(app) || app->phase != PHASE_READY)
		return false;
	reconnect_note_loss(app, &private->lost_work, err->text);
	timer_start(private->again_work, reconnect_pause(&private->again_work_ms));
	return reconnect_awaits(app, &private->lost_work);
}

static void work_on_connected(void *arg, const struct err *err)
{
	struct app *app = arg;
	struct app_private *private = app->private;
	struct err unasked = {0};
	reconnect_end(app, USES_WORK);
	if (app->phase == PHASE_FAILED || (err && start_ask_password(app, app->work, work_on_connected, &unasked)))
		return;
	if (err && (unasked.text[0] || (app->settings.demo && app->phase == PHASE_CONNECTING))) {
		start_fail(app, err, unasked.text);
		return;
	}
	if (err && work_later(app, err))
		return;
	if (!err) {
		private->worked = true;
		private->lost_work.since_us = 0;
	} else if (!private->lost_work.since_us) {
		waiters_fail_work(app, err);
	} /* else it is told by waiters_serve() */
	start_go_on(app);
	waiters_serve(app);
	if (!err && !waiters_want_work(app))
		app->private->again_work_ms = 0;
}

void work_dial(struct app *app)
{
	db_connect(app->work, &app->settings.conninfo, APP_CONNECT_MS, work_on_connected, app);
}

static bool work_browse_is_up(const struct app *app)
{
	return db_state(app->browse) == DB_IDLE || db_state(app->browse) == DB_BUSY;
}

/* One after the other: while the session that reads is dialled there is no use in dialling another. */
void work_connect(struct app *app)
{
	enum db_state state = db_state(app->work);
	if (timer_pending(app->private->again_work) || (app->phase == PHASE_READY && !work_browse_is_up(app)))
		return;
	if (state == DB_OFF || state == DB_DOWN)
		work_dial(app);
}

static void work_on_again(void *arg)
{
	struct app *app = arg;
	if (waiters_want_work(app))
		work_connect(app);
}

/* Its node has gone. Where no other takes it, the next transfer makes it again. */
static void work_on_moved(void *arg, const struct err *err)
{
	if (!err || waiters_want_work(arg))
		work_on_connected(arg, err);
}

/* The session that reads was lost, by what has ended this one too: where that leads now is what there is to say. */
static bool work_loss_is_told(const struct app *app)
{
	return app->private->rests || db_dialled_us(app->work) < app->private->lost_us;
}

static void work_on_lost(void *arg, const struct answer *why)
{
	struct app *app = arg;
	struct app_private *private = app->private;
	bool awaited = waiters_want_work(app);
	if (why->elsewhere && app->phase == PHASE_READY && !app->leaving) {
		db_connect(app->work, &app->settings.conninfo, APP_CONNECT_MS, work_on_moved, app);
		return;
	}
	if (awaited || !work_loss_is_told(app))
		app_say(app, ST_LOST, "the connection for transfers was lost: %s; %s", why->message,
			awaited ? "connecting again" : "the next transfer makes it again");
	if (awaited)
		timer_start(private->again_work, reconnect_pause(&private->again_work_ms));
}

void work_watch(struct app *app)
{
	app->private->again_work = timer_new(app->loop, work_on_again, app);
	db_on_lost(app->work, work_on_lost, app);
	db_set_moving(app->work);
}
