/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The start: server, sessions, tables, catalogue; each phase begins the next. */
#include <string.h>

#include "app/app_private.h"
#include "app/create_tables.h"
#include "app/password.h"
#include "base/mem.h"

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
void start_go_on(struct app *app)
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

static enum status start_ask_aside(struct app *app, struct err *err)
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
bool start_ask_password(struct app *app, struct db *db, db_connected_fn *done, struct err *err)
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
		status = start_ask_aside(app, err);
	if (!status)
		db_connect(db, &app->settings.conninfo, APP_CONNECT_MS, done, app);
	return !status || status == ST_CANCELLED;
}

static const char *start_advice(const struct app *app)
{
	if (app->settings.demo)
		return "";
	const char *refusal = db_refusal(app->browse);
	if (strcmp(refusal, "28P01") == 0)
		return "check the user (-U) and the password (-W asks for it; PGPASSWORD, ~/.pgpass)";
	if (strncmp(refusal, "28", 2) == 0)
		return "check the user (-U), or start a private bank: teller demo";
	if (strcmp(refusal, "3D000") == 0)
		return "check the database (-d), or start a private bank: teller demo";
	if (refusal[0])
		return "";
	if (!conninfo_is_default(&app->settings.conninfo))
		return "check host and port, or start a private bank: teller demo";
	return "name a server (teller -h HOST -d DATABASE), or start a private bank: teller demo";
}

static void start_on_browse(void *arg, const struct err *err)
{
	struct app *app = arg;
	struct err unasked = {0};
	if (app->phase == PHASE_FAILED || (err && start_ask_password(app, app->browse, start_on_browse, &unasked)))
		return;
	if (err)
		start_fail(app, err, unasked.text[0] ? unasked.text : start_advice(app));
	else
		start_go_on(app);
}

static void start_on_uncancelled(void *arg, const char *why)
{
	struct app *app = arg;
	app_say(app, ST_LOST, "%s; what runs goes on", why);
}

static void start_connect_all(struct app *app)
{
	bool work = app->settings.demo || app->private->wants_work || !app_prints(app);
	reconnect_watch(app);
	work_watch(app);
	db_on_uncancelled(app->browse, start_on_uncancelled, app);
	db_on_uncancelled(app->work, start_on_uncancelled, app);
	start_phase(app, PHASE_CONNECTING);
	db_connect(app->browse, &app->settings.conninfo, APP_CONNECT_MS, start_on_browse, app);
	if (work)
		work_connect(app);
}

/* ---- the server, and the beginning ---- */

static void start_on_server_died(void *arg, const char *last_words)
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
	server_conninfo(app->server, &app->settings.conninfo);
	if (server_nodes(app->server))
		own_cluster_started(app);
	server_on_death(app->server, start_on_server_died, app);
	start_connect_all(app);
}

void app_start(struct app *app)
{
	app->private->started = true;
	if (app->settings.plays) {
		start_phase(app, PHASE_READY);
		return;
	}
	if (!app->settings.demo) {
		start_connect_all(app);
		return;
	}
	start_phase(app, PHASE_SERVER);
	if (app->settings.cockroach)
		own_cluster_start(app, start_on_server);
	else
		app->server = server_start(app->loop, app->settings.keep, app->settings.bindir, start_on_server, app);
}
