/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server's sessions as the program looks at them: the list on the screen, and which of them are ours. */
#include "app/sessions.h"

#include "app/app_private.h"
#include "lab/player.h"
#include "lab/stage.h"

enum { STATEMENT_MAX = 10000 }; /* characters: what a server usually keeps of a statement is far less */

static void ours_add(struct app_ours *ours, const struct db *db)
{
	bool there = db && (db_state(db) == DB_IDLE || db_state(db) == DB_BUSY);
	if (there && ours->n < APP_OURS_MAX)
		ours->at[ours->n++] = db;
}

static void ours_add_lesson(struct app_ours *ours, const struct stage *stage)
{
	ours_add(ours, stage_control(stage));
	for (size_t lane = 0; lane < stage_lanes(stage); lane++)
		ours_add(ours, stage_db(stage, lane));
}

void app_sessions_question(const struct app *app, struct sessions_question *question, struct app_ours *ours)
{
	ours->n = 0;
	ours_add(ours, app->browse);
	ours_add(ours, app->work);
	ours_add(ours, app->rival_db);
	ours_add(ours, app->history ? history_session(app->history) : NULL);
	if (app->player)
		ours_add_lesson(ours, player_stage(app->player));
	question->all = question->remembered = true;
	question->text = STATEMENT_MAX;
	question->ours = ours->at;
	question->nours = ours->n;
}

/* ---- the list of the screen ---- */

static void app_sessions_ask(void *arg, struct sessions_question *question)
{
	struct app *app = arg;
	app_sessions_question(app, question, &app->private->ours);
}

static void app_sessions_changed(void *arg)
{
	app_changed(arg);
}

struct session_list *app_sessions(struct app *app)
{
	if (!app->sessions)
		app->sessions = session_list_new(&(struct session_list_source){.loop = app->loop,
									       .info = &app->settings.conninfo,
									       .question = app_sessions_ask,
									       .changed = app_sessions_changed,
									       .arg = app});
	return app->sessions;
}

void app_sessions_leave(struct app *app)
{
	if (app->sessions)
		session_list_watch(app->sessions, 0);
}

/* ---- ours, before one is ended ---- */

static const struct txn *sessions_engine_of(const struct app *app, const struct db *connection)
{
	return connection == app->work ? app->txn : connection == app->rival_db ? app->rival_txn : NULL;
}

const char *app_sessions_keeps(const struct app *app, const struct db *connection)
{
	const struct txn *txn = sessions_engine_of(app, connection);
	return txn && txn_commit_sent(txn) ? "it is our own, and its commit was sent: the answer decides; `cancel` "
					     "cancels what is still before it"
					   : NULL;
}

const char *app_sessions_after(const struct app *app, const struct db *connection)
{
	if (connection == app->browse)
		return "our own, for the list of accounts, is made again by itself";
	if (connection == app->work)
		return "our own, for transfers, is made again by the next one, or by the one that runs";
	if (connection == app->rival_db)
		return "our own, of the rival, is made again by the next conflict";
	if (app->history && connection == history_session(app->history))
		return "our own, of the ledger, is made again by r";
	return "our own, of a lesson: its step fails, and R begins the lesson again";
}
