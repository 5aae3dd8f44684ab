/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server's sessions as the program looks at them: the list on the screen, and which of them are ours. */
#include "app/sessions.h"

#include "app/app_private.h"

enum { STATEMENT_MAX = 10000 }; /* characters: what a server usually keeps of a statement is far less */

void app_sessions_question(struct app *app, struct sessions_question *question, struct app_ours *ours)
{
	const struct watcher_ops *ops = &app->private->watching;
	question->all = question->remembered = true;
	question->text = STATEMENT_MAX;
	question->nours = ops->ours(ops->arg, ours->at);
	question->ours = ours->at;
	ops->accounts(ops->arg, question);
}

/* ---- the list of the screen ---- */

static void app_sessions_changed(void *arg)
{
	app_changed(arg);
}

struct session_list *app_sessions(struct app *app)
{
	if (!app->sessions)
		app->sessions = session_list_new(app->watcher, app_sessions_changed, app);
	return app->sessions;
}

void app_sessions_leave(struct app *app)
{
	if (app->sessions && !app->play)
		session_list_watch(app->sessions, false);
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
