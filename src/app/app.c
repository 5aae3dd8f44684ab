/* SPDX-License-Identifier: GPL-3.0-or-later */
/* struct app: making it, its messages, its runs, and freeing it. */
#include "app/app.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app_private.h"
#include "app/learned.h"
#include "base/mem.h"
#include "base/text.h"
#include "load/load.h"
#include "load/race.h"
#include "load/seen.h"
#include "play_internal.h"
#include "trace/log.h"
#include "trace/trace.h"

enum { RING_BYTES = 8 << 20 };

static const struct db_setting read_only[] = {{"default_transaction_read_only", "on"}, {0}};

/*
 * A page is a few rows from an index, but where statistics are missing PostgreSQL may think otherwise, and compiles
 * it (jit) for longer than it runs.
 */
static const struct db_setting browsing[] = {{"default_transaction_read_only", "on"}, {"jit", "off"}, {0}};

/* ---- saying ---- */

__attribute__((format(printf, 3, 0))) static void say_harmless(struct app *app, enum status status, const char *fmt,
							       va_list ap, bool print)
{
	char *text = NULL;
	struct buf out = {0};
	trace_run_now(app); /* what is told is written by then */
	int n = vasprintf(&text, fmt, ap);
	if (n >= 0 && !print)
		conninfo_hide_said(text); /* a connection string in the place of another word */
	if (n >= 0)
		text_escape(&out, text, (size_t)n, 0);
	if (print)
		app->face.print(app->face.self, buf_text(&out));
	else if (app->face.say)
		app->face.say(app->face.self, status, buf_text(&out));
	buf_free(&out);
	free(text);
}

void app_say(struct app *app, enum status status, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say_harmless(app, status, fmt, ap, false);
	va_end(ap);
}

void app_result(struct app *app, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say_harmless(app, ST_OK, fmt, ap, app_prints(app));
	va_end(ap);
}

/* Line by line where there is nothing to show them on. */
void app_show(struct app *app, const char *title, struct buf *text)
{
	if (app->face.show)
		app->face.show(app->face.self, title, buf_text(text));
	for (const char *line = buf_text(text); !app->face.show && *line; line += strcspn(line, "\n") + 1)
		app_result(app, "%.*s", (int)strcspn(line, "\n"), line);
	buf_free(text);
}

bool app_prints(const struct app *app)
{
	return app->face.print != NULL;
}

void app_changed(struct app *app)
{
	if (app->face.changed)
		app->face.changed(app->face.self);
}

/* ---- runs ---- */

void app_keep_run(struct app *app, struct run *run)
{
	run->next = app->private->runs;
	app->private->runs = run;
}

void app_forget_run(struct app *app, struct run *run)
{
	for (struct run **at = &app->private->runs; *at; at = &(*at)->next) {
		if (*at == run) {
			*at = run->next;
			return;
		}
	}
}

bool app_tells(const struct app *app)
{
	const struct run *run = app->private->runs;
	while (run && !(run->command && (run->command->flags & COMMAND_WORK)))
		run = run->next;
	return run != NULL;
}

void app_reviewed(struct run *run, bool yes)
{
	if (yes)
		run_confirmed(run);
	else
		run_end(run, ST_CANCELLED, "not done; nothing was changed");
}

/* ---- words ---- */

const char *app_txn_word(const struct app *app)
{
	if (app->play)
		return app->play->word ? app->play->word : "none";
	return app->unsettled_id && !txn_running(app->txn) ? "OUTCOME UNKNOWN" : txn_word(app->txn);
}

bool app_rests(const struct app *app)
{
	return app->private->rests && db_state(app->browse) == DB_DOWN && !timer_pending(app->private->again);
}

static const char *bank_missing(const struct app *app)
{
	if (app->catalogue)
		return NULL;
	return app->no_bank ? app->no_bank : "the accounts table is not known yet; try again in a moment";
}

const char *app_not_ready(const struct app *app, unsigned command_flags)
{
	if (!(command_flags & (COMMAND_SERVER | COMMAND_BANK | COMMAND_WORK)))
		return NULL;
	if (app->settings.plays)
		return "this needs a server, and a recording has none: it shows what happened, and takes nothing";
	switch (app->phase) {
	case PHASE_SERVER:
		return app->settings.cockroach ? "the cluster is starting; try again in a moment"
					       : "the private server is starting; try again in a moment";
	case PHASE_CONNECTING:
		return "not connected yet; try again in a moment";
	case PHASE_TABLES:
		return "the tables are being filled; try again in a moment";
	case PHASE_LOOKING:
		return "the accounts table is being looked at; try again in a moment";
	case PHASE_FAILED:
		return app->failure.text;
	case PHASE_READY:
		break;
	}
	enum db_state state = db_state(app->browse);
	if (state != DB_IDLE && state != DB_BUSY)
		return "the connection was lost and is being made again; try again in a moment";
	return command_flags & COMMAND_BANK ? bank_missing(app) : NULL;
}

/* ---- life ---- */

struct app *app_new(struct settings *settings)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct app *app = NEW(struct app);
	app->settings = *settings;
	*settings = (struct settings){0};
	uint64_t seed = app->settings.seed;
	const struct db_setting *writing = app->settings.read_only ? read_only : NULL;
	app->loop = loop_new();
	app->ring = ring_new(APP_RING_EVENTS, RING_BYTES);
	app->browse = db_new(app->loop, app->ring, SESSION_BROWSE, "browse", browsing);
	app->work = db_new(app->loop, app->ring, SESSION_TRANSFER, "transfer", writing);
	app->rival_db = db_new(app->loop, app->ring, SESSION_RIVAL, "rival", writing);
	app->txn = txn_new(app->loop, app->ring, app->work, SESSION_TRANSFER, seed);
	app->rival_txn = txn_new(app->loop, app->ring, app->rival_db, SESSION_RIVAL, seed + 1);
	app->private = NEW(struct app_private);
	app->private->last_call = timer_new(app->loop, quit_last_call, app);
	for (size_t i = 0; i < COUNT_OF(signals); i++) {
		app->private->signals[i] = signal_new(app->loop, signals[i], quit_signal, app);
		signal_insist(app->private->signals[i]);
	}
	txn_set_gate(app->txn, transfer_run_gate, app);
	blocked_begin(app);
	return app;
}

static void app_private_free(struct app_private *private)
{
	while (private->runs) {
		struct run *run = private->runs;
		private->runs = run->next;
		run_free(run);
	}
	for (size_t i = 0; i < COUNT_OF(private->signals); i++)
		signal_free(private->signals[i]);
	free(private->step_next);
	free(private->lesson);
	free(private->lesson_title);
	timer_free(private->last_call);
	timer_free(private->again);
	timer_free(private->again_work);
	timer_free(private->limit);
	free(private->place);
	free(private->sought);
	free(private->undoes);
	free(private->last.id);
	free(private->last.source);
	free(private->last.destination);
	free(private->last.amount);
	learned_free(private->learned);
	free(private);
}

/* What borrows goes before what it borrows from: rival and pages, engines, jobs with their bodies, connections,
 * catalogue, server. */
bool app_free(struct app *app)
{
	if (!app)
		return true;
	if (app->play)
		play_close(app);
	trace_free(app->private->trace);
	trace_log_free(app->private->log);
	watcher_free(app->watcher);
	rival_free(app->rival);
	pages_free(app->pages);
	load_free(app->load);
	race_free(app->race);
	load_seen_free(app->load_seen);
	history_free(app->history);
	session_list_free(app->sessions);
	txn_free(app->txn);
	txn_free(app->rival_txn);
	jobs_free(app);
	transfer_free(app->transfer.body);
	db_free(app->browse);
	db_free(app->work);
	db_free(app->rival_db);
	catalogue_free(app->catalogue);
	server_stop(app->server);
	app_private_free(app->private);
	free(app->step.next);
	free(app->transfer.source);
	free(app->transfer.destination);
	free(app->source);
	free(app->destination);
	free(app->no_bank);
	free(app->starting);
	free(app->filter);
	free(app->searched);
	marks_clear(&app->marks);
	free(app->unsettled_id);
	ring_free(app->ring);
	bool ended = loop_free(app->loop);
	settings_free(&app->settings);
	free(app);
	return ended;
}
