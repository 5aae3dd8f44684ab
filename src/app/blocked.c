/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom sessions of ours wait for: which sessions those are, where to ask, and what is counted and said of it. */
#include "app/app_private.h"
#include "lab/player.h"

static void blocked_add(const struct db *at[WATCHER_OURS_MAX], size_t *n, const struct db *db)
{
	if (db && *n < WATCHER_OURS_MAX)
		at[(*n)++] = db;
}

static void blocked_add_stage(const struct db *at[WATCHER_OURS_MAX], size_t *n, const struct stage *stage)
{
	blocked_add(at, n, stage_control(stage));
	for (size_t i = 0; i < stage_lanes(stage); i++)
		blocked_add(at, n, stage_db(stage, i));
}

static size_t blocked_ours(void *arg, const struct db *at[WATCHER_OURS_MAX])
{
	const struct app *app = arg;
	size_t n = 0;
	blocked_add(at, &n, app->work);
	blocked_add(at, &n, app->browse);
	blocked_add(at, &n, app->rival_db);
	blocked_add(at, &n, app->history ? history_session(app->history) : NULL);
	if (app->player)
		blocked_add_stage(at, &n, player_stage(app->player));
	return n;
}

/* Not before the bank is open: a server that has just been asked for a password may ask again. */
static const struct conninfo *blocked_place(void *arg)
{
	const struct app *app = arg;
	return app->phase == PHASE_READY && !app->leaving ? &app->settings.conninfo : NULL;
}

static void blocked_accounts(void *arg, struct sessions_question *question)
{
	const struct app *app = arg;
	if (!app->catalogue)
		return;
	question->account_sql = app->catalogue->sql[CAT_AT];
	question->account_schema = app->catalogue->schema;
	question->account_table = app->catalogue->table;
}

static void blocked_waited(void *arg, const struct db *db, uint64_t us)
{
	struct app *app = arg;
	if (db == app->work)
		txn_blocked(app->txn, us);
}

static void blocked_failed(void *arg, const struct err *err)
{
	struct app *app = arg;
	app_say(app, ST_OK, "%s", err->text);
}

void blocked_begin(struct app *app)
{
	app->private->watching = (struct watcher_ops){.ours = blocked_ours,
						      .place = blocked_place,
						      .accounts = blocked_accounts,
						      .waited = blocked_waited,
						      .failed = blocked_failed,
						      .arg = app};
	app->watcher = watcher_new(app->loop, app->ring, &app->private->watching);
}
