/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The start: server, sessions, tables, catalogue; and what connects again when a session is lost. */
#include <stdlib.h>
#include <string.h>

#include "app/app_private.h"
#include "app/create_tables.h"
#include "app/password.h"
#include "base/clock.h"
#include "base/mem.h"

enum { CONNECT_MS = 10000, AGAIN_MIN_MS = 200, AGAIN_MAX_MS = 5000 };

/*
 * The phases follow each other: SERVER (demo only) -> CONNECTING -> TABLES (demo only) -> LOOKING -> READY; any of
 * them may end in FAILED. The session that writes may still be connecting when READY is reached: who needs it waits
 * for it.
 */
void start_phase(struct app *app, enum app_phase phase)
{
	app->phase = phase;
	if (app->face.phase)
		app->face.phase(app->face.self);
	waiters_serve(app);
}

void start_fail(struct app *app, const struct err *err, const char *advice)
{
	size_t n = strlen(err->text);
	bool ended = n > 0 && (err->text[n - 1] == '?' || err->text[n - 1] == '.');
	const char *between = !advice[0] ? "" : ended ? " " : "; ";
	err_set(&app->failure, err->status, "%.400s%s%s", err->text, between, advice);
	start_phase(app, PHASE_FAILED);
	if (!app_prints(app))
		app_leave(app, status_exit(app->failure.status));
}

/* ---- connecting ---- */

static void start_on_made(void *arg, unsigned added, const struct err *err)
{
	(void)added;
	struct app *app = arg;
	if (err)
		start_fail(app, err, "");
	else
		open_bank(app);
}

/* Where both sessions have answered that are waited for, the start goes on. */
static void start_connected(struct app *app)
{
	bool browse = db_state(app->browse) == DB_IDLE, work = db_state(app->work) == DB_IDLE;
	if (app->phase != PHASE_CONNECTING || !browse || (app->settings.demo && !work))
		return;
	if (!app->settings.demo || app->settings.bare) {
		open_bank(app);
		return;
	}
	start_phase(app, PHASE_TABLES);
	create_tables(app, app->settings.accounts, start_on_made, app);
}

static enum status ask_aside(struct app *app, struct err *err)
{
	if (app->face.aside)
		app->face.aside(app->face.self, true);
	int signum = 0;
	enum status status = password_ask(&app->settings, &signum, err);
	if (signum)
		quit_signal(app, signum);
	else if (app->face.aside)
		app->face.aside(app->face.self, false);
	return status;
}

/* As psql: where the server wants a password and there is none, it is asked for. Not by the loop, which stands still
 * meanwhile: nothing can be done without the answer. True where the session connects again, or the program is about
 * to end; else `err` says why not. */
static bool ask_password(struct app *app, struct db *db, db_connected_fn *done, struct err *err)
{
	const char *known = app->settings.conninfo.password; /* the other session may have asked meanwhile */
	enum status status = ST_OK;
	if (!db_needs_password(db) || app->settings.demo)
		return false;
	if (app->leaving)
		status = ST_CANCELLED;
	else if (app->settings.never_ask && !(known && known[0]))
		status = err_set(err, ST_OWN, "-w forbids asking for it: set PGPASSWORD or ~/.pgpass");
	else if (!known || !known[0])
		status = ask_aside(app, err);
	if (!status)
		db_connect(db, &app->settings.conninfo, CONNECT_MS, done, app);
	return !status || status == ST_CANCELLED;
}

static const char *advice_for(const struct app *app)
{
	if (app->settings.demo)
		return "";
	if (!conninfo_is_default(&app->settings.conninfo))
		return "check host, port and database, or start a private throw-away bank with `teller demo`";
	return "start a private throw-away bank with `teller demo`, or name a server: teller -h HOST -d DATABASE";
}

static void on_browse(void *arg, const struct err *err)
{
	struct app *app = arg;
	struct err unasked = {0};
	if (app->phase == PHASE_FAILED || (err && ask_password(app, app->browse, on_browse, &unasked)))
		return;
	if (err)
		start_fail(app, err, unasked.text[0] ? unasked.text : advice_for(app));
	else
		start_connected(app);
}

/* A server that is in trouble is not helped by haste: each time in a row the pause is twice as long. */
static uint64_t next_pause(uint64_t *pause_ms)
{
	*pause_ms = *pause_ms ? *pause_ms * 2 : AGAIN_MIN_MS;
	*pause_ms = *pause_ms < AGAIN_MAX_MS ? *pause_ms : AGAIN_MAX_MS;
	return *pause_ms;
}

static void note_loss(struct app *app, struct loss *loss, const char *why)
{
	if (!loss->since_us) {
		loss->since_us = clock_us();
		timer_start(app->private->limit, app->settings.txn.max_elapsed_ms + 1);
	}
	err_set(&loss->why, ST_LOST, "%s", why);
}

bool start_awaits(const struct app *app, const struct loss *loss)
{
	uint64_t limit_us = app->settings.txn.max_elapsed_ms * 1000;
	return app_prints(app) && loss->since_us && clock_us() - loss->since_us < limit_us;
}

enum status start_gave_up(const struct app *app, const struct loss *loss, const char *what, struct err *err)
{
	return err_set(err, ST_LOST, "%s was lost and could not be made again within %g s: %s", what,
		       (double)app->settings.txn.max_elapsed_ms / 1000, loss->why.text);
}

/* Later, where a command has waited; false where the time for that is up. A session that never was there is not
 * waited for. */
static bool work_again(struct app *app, const struct err *err)
{
	struct app_private *private = app->private;
	if (!private->worked || !app_prints(app) || app->phase != PHASE_READY)
		return false;
	note_loss(app, &private->lost_work, err->text);
	timer_start(private->again_work, next_pause(&private->again_work_ms));
	return start_awaits(app, &private->lost_work);
}

static void start_on_work(void *arg, const struct err *err)
{
	struct app *app = arg;
	struct app_private *private = app->private;
	struct err unasked = {0};
	reconnect_end(app, USES_WORK);
	if (app->phase == PHASE_FAILED || (err && ask_password(app, app->work, start_on_work, &unasked)))
		return;
	if (err && (unasked.text[0] || (app->settings.demo && app->phase == PHASE_CONNECTING))) {
		start_fail(app, err, unasked.text);
		return;
	}
	if (err && work_again(app, err))
		return;
	if (!err) {
		private->worked = true;
		private->lost_work.since_us = 0;
	} else if (!private->lost_work.since_us) {
		waiters_fail_work(app, err);
	} /* else it is told by waiters_serve() */
	start_connected(app);
	waiters_serve(app);
	if (!err && !waiters_want_work(app))
	private->again_work_ms = 0;
}

static bool browses(const struct app *app)
{
	return db_state(app->browse) == DB_IDLE || db_state(app->browse) == DB_BUSY;
}

/* One after the other: while the session that reads is dialled there is no use in dialling another. */
void start_connect_work(struct app *app)
{
	enum db_state state = db_state(app->work);
	if (timer_pending(app->private->again_work) || (app->phase == PHASE_READY && !browses(app)))
		return;
	if (state == DB_OFF || state == DB_DOWN)
		db_connect(app->work, &app->settings.conninfo, CONNECT_MS, start_on_work, app);
}

/*
 * Where it is lost idle again and nobody has asked for anything since it was made, something on the way closes idle
 * connections: to make it anew would go on for ever. Then it rests, which is said once.
 */
static void on_browse_lost(void *arg, const struct answer *why)
{
	struct app *app = arg;
	struct app_private *private = app->private;
	bool said = private->rests;
	private->rests |= private->unasked;
	private->unasked = true;
	if (!private->rests)
		app_say(app, ST_LOST, "the connection was lost: %s; connecting again", why->message);
	else if (!said)
		app_say(app, ST_LOST,
			"the connection is lost whenever it is idle: it is made again when something is asked");
	if (!private->rests)
		start_lost(app);
	app_changed(app);
}

static void on_again_work(void *arg)
{
	struct app *app = arg;
	if (waiters_want_work(app))
		start_connect_work(app);
}

static void start_on_limit(void *arg)
{
	waiters_serve(arg);
}

static void on_work_lost(void *arg, const struct answer *why)
{
	struct app *app = arg;
	struct app_private *private = app->private;
	bool awaited = waiters_want_work(app);
	if (awaited || !app->private->rests)
		app_say(app, ST_LOST, "the connection for transfers was lost: %s; %s", why->message,
			awaited ? "connecting again" : "the next transfer makes it again");
	if (awaited)
		timer_start(private->again_work, next_pause(&private->again_work_ms));
}

static void on_uncancelled(void *arg, const char *why)
{
	struct app *app = arg;
	app_say(app, ST_LOST, "%s; what runs goes on", why);
}

static void again(void *arg);

static void start_connect_all(struct app *app)
{
	struct app_private *private = app->private;
	private->again = timer_new(app->loop, again, app);
	private->again_work = timer_new(app->loop, on_again_work, app);
	private->limit = timer_new(app->loop, start_on_limit, app);
	bool work = app->settings.demo || app->private->wants_work || !app_prints(app);
	db_on_lost(app->browse, on_browse_lost, app);
	db_on_lost(app->work, on_work_lost, app);
	db_on_uncancelled(app->browse, on_uncancelled, app);
	db_on_uncancelled(app->work, on_uncancelled, app);
	start_phase(app, PHASE_CONNECTING);
	db_connect(app->browse, &app->settings.conninfo, CONNECT_MS, on_browse, app);
	if (work)
		start_connect_work(app);
}

/* ---- connecting again ---- */

/* user@host:port/database */
static const char *host_of(const char *place)
{
	const char *at = strchr(place, '@');
	return at ? at + 1 : place;
}

/* The name of a host may lead to another server than before; that is not seen here. */
static void tell_place(struct app *app)
{
	const char *place = db_facts(app->browse)->place, *before = app->private->place;
	if (app->settings.demo)
		app_say(app, ST_OK, "connected again");
	else if (!before || strcmp(host_of(before), host_of(place)) == 0)
		app_say(app, ST_OK, "connected again to %s", place);
	else
		app_say(app, ST_OK, "connected again, to another server: %s, before it was %s", place, before);
	free(app->private->place);
	app->private->place = NULL;
}

/* What runs uses the catalogue; transfers find out by themselves that this is another server (txn_expect()). */
void start_elsewhere(struct app *app)
{
	if (!app->private->elsewhere || app->leaving || job_uses(app, USES_BROWSE | USES_WORK | USES_RIVAL) ||
	    db_state(app->browse) != DB_IDLE)
		return;
	app->private->elsewhere = false;
	open_bank(app);
}

static void on_again(void *arg, const struct err *err)
{
	struct app *app = arg;
	struct app_private *private = app->private;
	reconnect_end(app, USES_BROWSE);
	if (err) {
		note_loss(app, &private->lost, err->text);
		private->awaking = false;
		timer_start(private->again, next_pause(&private->again_ms));
		waiters_serve(app);
		return;
	}
	private->again_ms = 0;
	private->awaking = false;
	private->lost.since_us = 0;
	tell_place(app);
	private->elsewhere = app->catalogue && who_compare(&private->who, db_who(app->browse)) == WHO_OTHER;
	start_elsewhere(app);
	if (private->elsewhere)
		app_say(app, ST_LOST, "this is another server; its accounts are read when what runs is over");
	else if (app->phase != PHASE_READY)
		; /* they are being read */
	else if (app->pages)
		pages_refresh(app->pages);
	else if (!app->catalogue)
		open_bank(app);
	app_changed(app);
	if (waiters_want_work(app))
		start_connect_work(app);
	waiters_serve(app);
}

static void connect_again(struct app *app)
{
	if (!app->private->place)
		app->private->place = mem_dup(db_facts(app->browse)->place);
	db_connect(app->browse, &app->settings.conninfo, CONNECT_MS, on_again, app);
}

static void again(void *arg)
{
	struct app *app = arg;
	if (db_state(app->browse) == DB_DOWN || db_state(app->browse) == DB_OFF)
		connect_again(app);
}

void start_wake(struct app *app)
{
	struct app_private *private = app->private;
	private->unasked = false;
	if (!private->rests || app->phase != PHASE_READY || db_state(app->browse) != DB_DOWN || app->leaving)
		return;
	private->awaking = true;
	note_loss(app, &private->lost, "it is being made");
	timer_stop(private->again);
	connect_again(app);
}

void start_lost(struct app *app)
{
	struct app_private *private = app->private;
	if (app->leaving || timer_pending(private->again) || db_state(app->browse) == DB_CONNECTING)
		return;
	note_loss(app, &private->lost, "it is being made");
	timer_start(private->again, next_pause(&private->again_ms));
}

/* A session in use is left alone: who waits for its answer would wait for ever. */
static bool may_dial(const struct app *app, const struct db *db, unsigned uses)
{
	return !job_uses(app, uses) && db_state(db) != DB_BUSY && db_state(db) != DB_CONNECTING;
}

void app_reconnect(struct app *app)
{
	bool browse = may_dial(app, app->browse, USES_BROWSE), work = may_dial(app, app->work, USES_WORK);
	if (app->phase != PHASE_READY)
		return;
	if (browse || work)
		reconnect_begin(app, (browse ? USES_BROWSE : 0u) | (work ? USES_WORK : 0u));
	if (browse) {
		note_loss(app, &app->private->lost, "it is being made");
		timer_stop(app->private->again);
		connect_again(app);
	}
	if (work)
		db_connect(app->work, &app->settings.conninfo, CONNECT_MS, start_on_work, app);
}

/* ---- the server, and the beginning ---- */

static void on_server_died(void *arg, const char *last_words)
{
	struct app *app = arg;
	struct err err;
	err_set(&err, ST_LOST, "the private server ended: %.300s",
		last_words && last_words[0] ? last_words : "no reason given");
	app_say(app, ST_LOST, "%s", err.text);
	if (app_prints(app))
		app_leave(app, status_exit(ST_LOST));
	start_fail(app, &err, "");
}

static void start_on_server(void *arg, const struct err *err)
{
	struct app *app = arg;
	if (err) {
		start_fail(app, err, "");
		return;
	}
	conninfo_free(&app->settings.conninfo);
	app->settings.conninfo = (struct conninfo){
		.host = mem_dup(server_socket_dir(app->server)),
		.port = mem_dup(server_port(app->server)),
		.user = mem_dup(server_user(app->server)),
		.dbname = mem_dup(server_dbname(app->server)),
	};
	server_on_death(app->server, on_server_died, app);
	start_connect_all(app);
}

void app_start(struct app *app)
{
	app->private->started = true;
	if (!app->settings.demo) {
		start_connect_all(app);
		return;
	}
	start_phase(app, PHASE_SERVER);
	app->server = server_start(app->loop, app->settings.keep, start_on_server, app);
}
