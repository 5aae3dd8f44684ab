/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that are written while the program runs, a trace and a log: what their end means for it, which goes on. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "app/app_private.h"
#include "base/mem.h"
#include "lab/lesson.h"
#include "trace/log.h"
#include "trace/trace.h"
#include "trace_states.h"
#include "txn/choices.h"

static bool trace_run_is_there(const struct db *db)
{
	return db_state(db) == DB_IDLE || db_state(db) == DB_BUSY;
}

/* A session that knows its server; NULL where none is connected. */
static const struct db *trace_run_server(const struct app *app)
{
	return trace_run_is_there(app->browse) ? app->browse : trace_run_is_there(app->work) ? app->work : NULL;
}

/* No connection string and no command: either may hold a password. */
static void trace_run_about(void *arg, void (*say)(void *with, const struct trace_about *about), void *with)
{
	const struct app *app = arg;
	const struct txn_options *txn = &app->settings.txn;
	char attempts[16], backoff[48], seed[24];
	snprintf(attempts, sizeof attempts, "%u", txn->max_attempts);
	snprintf(backoff, sizeof backoff, "%" PRIu64 ",%" PRIu64, txn->backoff_base_ms, txn->backoff_cap_ms);
	snprintf(seed, sizeof seed, "%" PRIu64, app->settings.seed);
	const struct trace_option options[] = {
		{"protocol", txn_protocol_name(txn->protocol)},
		{"wire", txn_wire_name(txn->wire)},
		{"isolation", txn_isolation_word(txn->isolation)},
		{"locking", txn_locking_word(txn->locking)},
		{"max-attempts", attempts},
		{"backoff", backoff},
		{"seed", seed},
		{"read-only", app->settings.read_only ? "yes" : "no"},
	};
	struct trace_about about = {TELLER_VERSION, "", "", options, COUNT_OF(options)};
	const struct db *db = trace_run_server(app);
	if (db) {
		about.product = db_facts(db)->product;
		about.version = db_facts(db)->version;
	}
	say(with, &about);
}

static void trace_run_drop(struct app *app)
{
	struct trace *trace = app->private->trace;
	app->private->trace = NULL;
	trace_free(trace);
}

static void trace_run_failed(void *arg, const struct err *err)
{
	struct app *app = arg;
	trace_run_drop(app);
	app_say(app, err->status, "%s; what runs goes on", err->text);
}

void trace_run_end(struct app *app)
{
	if (app->private->trace)
		trace_end(app->private->trace);
	trace_run_drop(app);
}

enum status trace_run_begin(struct app *app, const char *path, struct err *err)
{
	const struct trace_ops ops = {
		.about = trace_run_about, .states = trace_states, .failed = trace_run_failed, .arg = app};
	trace_run_end(app);
	app->private->trace = trace_new(app->loop, app->ring, path, !app->settings.trace_bare, &ops, err);
	return app->private->trace ? ST_OK : err->status;
}

/* ---- the log ---- */

static void trace_run_drop_log(struct app *app)
{
	struct trace_log *log = app->private->log;
	app->private->log = NULL;
	trace_log_free(log);
}

static void trace_run_log_failed(void *arg, const struct err *err)
{
	struct app *app = arg;
	trace_run_drop_log(app);
	app_say(app, err->status, "%s; what runs goes on", err->text);
}

void trace_run_lesson(struct app *app, const char *name, const struct lesson *lesson)
{
	struct app_private *private = app->private;
	free(private->lesson);
	free(private->lesson_title);
	private->lesson = mem_dup(name);
	private->lesson_title = mem_dup(lesson_text(lesson, LESSON_TITLE, -1, -1));
}

/* ---- both ---- */

/* The one is emptied, and the other appends to it. */
static bool trace_run_is_one_file(const struct settings *settings)
{
	struct stat trace, log;
	return stat(settings->trace, &trace) == 0 && stat(settings->log, &log) == 0 && S_ISREG(trace.st_mode) &&
	       trace.st_dev == log.st_dev && trace.st_ino == log.st_ino;
}

void app_drawn(struct app *app)
{
	if (app->private->trace)
		trace_now(app->private->trace);
}

enum status app_trace(struct app *app, struct err *err)
{
	const struct settings *settings = &app->settings;
	if (settings->trace && trace_run_begin(app, settings->trace, err))
		return err->status;
	if (!settings->log)
		return ST_OK;
	app->private->log = trace_log_new(app->loop, app->ring, settings->log, "teller " TELLER_VERSION,
					  trace_run_log_failed, app, err);
	if (app->private->log && settings->trace && trace_run_is_one_file(settings))
		return err_set(err, ST_USAGE, "--trace and --log-file name the same file: give each one of its own");
	return app->private->log ? ST_OK : err->status;
}

bool app_is_traced(const struct app *app)
{
	return app->private->trace != NULL;
}

void trace_run_now(struct app *app)
{
	if (app->private->trace)
		trace_now(app->private->trace);
	if (app->private->log)
		trace_log_now(app->private->log);
}

void app_trace_end(struct app *app)
{
	trace_run_end(app);
	if (app->private->log)
		trace_log_end(app->private->log);
	trace_run_drop_log(app);
}
