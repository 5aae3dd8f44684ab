/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens the bank: reads the catalogue of the accounts table, and makes what depends on it. */
#include <stdlib.h>
#include <string.h>

#include "app/app_private.h"
#include "app/browse.h"
#include "base/mem.h"

/* Where there are no rows, the pane itself says why; where there are, it only says that they are old. */
static void tell_unread(struct app *app)
{
	const char *why = pages_error(app->pages);
	if (why && !app->private->unread && pages_count(app->pages) > 0)
		app_say(app, ST_STATEMENT, "%s", why);
	app->private->unread = why != NULL;
}

static void on_pages(void *arg)
{
	struct app *app = arg;
	if (db_state(app->browse) == DB_DOWN)
		reconnect_lost(app);
	else
		tell_unread(app);
	browse_arrived(app);
	if (app->phase == PHASE_READY)
		reconnect_if_outdated(app, pages_error(app->pages) != NULL);
	reconnect_elsewhere(app); /* this read may have been in its way */
	app_changed(app);
}

static void drop_catalogue(struct app *app)
{
	rival_free(app->rival);
	pages_free(app->pages);
	transfer_free(app->transfer.body);
	catalogue_free(app->catalogue);
	app->rival = NULL;
	app->pages = NULL;
	app->transfer = (struct app_transfer){.source = app->transfer.source, .destination = app->transfer.destination};
	app->catalogue = NULL;
}

static void say_isolation(struct app *app)
{
	struct buf doubt = {0};
	txn_isolation_doubt(&doubt, app->settings.txn.isolation, db_dialect(app->browse));
	if (doubt.len)
		app_say(app, ST_OK, "%s", doubt.p);
	buf_free(&doubt);
}

/* Transfers are for the server that the catalogue was read from. */
static void adopt(struct app *app, struct catalogue *catalogue, const struct who *who)
{
	app->private->who = *who;
	txn_expect(app->txn, who);
	txn_expect(app->rival_txn, who);
	app->sort = sort_moved(app->catalogue, catalogue, app->sort);
	if (app->catalogue && strcmp(app->catalogue->name, catalogue->name) != 0)
		marks_clear(&app->marks);
	drop_catalogue(app);
	free(app->no_bank);
	app->no_bank = NULL;
	app->catalogue = catalogue;
	browse_check_past(app);
	app->rival = rival_new(app->loop, app->ring, app->rival_txn, catalogue);
	if (app_prints(app))
		return;
	app->pages = pages_new(app->browse, catalogue, on_pages, app);
	browse_look(app, false);
	if (app->private->looked_again) /* it could not be read, which was said */
		app_say(app, ST_OK, "%s has changed: it was looked at again", catalogue->name);
	else if (catalogue->browse_why && !app->settings.read_only)
		app_say(app, ST_OK, "read-only: %s", catalogue->browse_why);
	else if (catalogue->ledger_why)
		app_say(app, ST_OK, "transfers are not recorded: %s", catalogue->ledger_why);
	else if (catalogue->ledger_beside)
		app_say(app, ST_OK, "transfers are recorded in %s: %s", catalogue->ledger_name,
			catalogue->ledger_beside);
	else if (catalogue->partial)
		browse_say_partial(app);
	else
		say_isolation(app);
}

static void open_bank_refuse(struct app *app, const struct err *err)
{
	free(app->no_bank);
	app->no_bank = mem_dup(err->text);
}

static void open_bank_on_catalogue(void *arg, struct catalogue *catalogue, bool missing, const struct err *err)
{
	(void)missing;
	struct app *app = arg;
	if (err && (err->status == ST_LOST || err->status == ST_CONNECT)) {
		start_fail(app, err, "");
		return;
	}
	if (catalogue)
		adopt(app, catalogue, db_who(app->browse));
	else if (!app->catalogue || !app->private->looked_again) /* else what was read stays, marked as old */
		open_bank_refuse(app, err);
	if (!app->private->opened)
		app->private->filled = txn_counters(app->txn)->committed;
	app->private->opened = true;
	start_phase(app, PHASE_READY);
	app_changed(app);
}

void open_bank(struct app *app)
{
	start_phase(app, PHASE_LOOKING);
	catalogue_read(app->browse, &app->settings.bank, open_bank_on_catalogue, app);
}

/* ---- again, over the session that writes ---- */

struct looking {
	struct job job;
	void (*then)(void *arg);
	void (*tried)(void *arg, const struct err *err);
	void *arg;
};

static void free_looking(struct job *job)
{
	free(job);
}

static const struct job_ops looking_ops = {.stop = job_stop_work, .free = free_looking};

static void on_catalogue_again(void *arg, struct catalogue *catalogue, bool missing, const struct err *err)
{
	(void)missing;
	struct looking looking = *(struct looking *)arg;
	struct app *app = looking.job.app;
	job_end(arg);
	if (catalogue)
		adopt(app, catalogue, db_who(app->work));
	else if (!app->catalogue && looking.then)
		open_bank_refuse(app, err);
	app_changed(app);
	if (looking.then)
		looking.then(looking.arg);
	else
		looking.tried(looking.arg, err);
}

static void look_again(struct app *app, const struct looking *wanted)
{
	struct looking *looking = NEW(struct looking);
	*looking = *wanted;
	job_begin(app, &looking->job);
	catalogue_read(app->work, &app->settings.bank, on_catalogue_again, looking);
}

void open_bank_again(struct app *app, void (*then)(void *arg), void *arg)
{
	look_again(app, &(struct looking){.job = {.ops = &looking_ops, .name = "init", .uses = USES_WORK},
					  .then = then,
					  .arg = arg});
}

void open_bank_try(struct app *app, void (*tried)(void *arg, const struct err *err), void *arg)
{
	look_again(app, &(struct looking){.job = {.ops = &looking_ops, .name = "set", .uses = USES_WORK},
					  .tried = tried,
					  .arg = arg});
}
