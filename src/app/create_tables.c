/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Creates the tables where they are missing, and fills accounts where there are none, in chunks. */
#include "app/create_tables.h"

#include <stdlib.h>
#include <string.h>

#include "app/add_accounts.h"
#include "app/app.h"
#include "app/job.h"
#include "bank/fill.h"
#include "base/mem.h"

struct making {
	struct job job;
	struct app *app;
	unsigned accounts, added;
	bool made;     /* the tables that were missing */
	bool recorded; /* the ledger was made, or could not be */
	bool empty;
	struct catalogue *catalogue;
	struct filling *filling;
	struct txn_inject inject; /* are for transfers: put aside meanwhile */
	struct err err;
	making_fn *done;
	void *arg;
};

static void create_finish(struct making *making)
{
	struct err err = making->err;
	making_fn *done = making->done;
	void *arg = making->arg;
	unsigned added = making->added;
	*txn_inject(making->app->txn) = making->inject;
	job_end(&making->job);
	done(arg, added, err.status ? &err : NULL);
}

static void create_fail(struct making *making, const struct err *err)
{
	making->err = *err;
	create_finish(making);
}

static void create_on_filled(void *arg, uint64_t kept, const struct err *err)
{
	struct making *making = arg;
	making->added = (unsigned)kept;
	if (err)
		err_set(&making->err, err->status, "filling stopped after %u accounts: %s", making->added, err->text);
	create_finish(making);
}

static void create_fill(struct making *making)
{
	struct filling_spec spec = {.accounts = making->accounts, .done = create_on_filled, .arg = making};
	if (making->accounts == 0)
		create_finish(making);
	else
		making->filling = filling_start(making->app, making->catalogue, &spec);
}

/* ---- is there an account already? ---- */

static void first_answer(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct making *making = arg;
	if (answer->ok)
		making->empty = answer->rows && answer->rows->nrows == 0;
	else
		err_set(&making->err, ST_STATEMENT, "%s cannot be read: %s", making->catalogue->name, answer->message);
}

static void first_idle(void *arg)
{
	struct making *making = arg;
	if (making->err.status || !making->empty)
		create_finish(making);
	else
		create_fill(making);
}

static void first_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct making *making = arg;
	err_set(&making->err, ST_LOST, "the connection was lost: %s", why->message);
	create_finish(making);
}

static void create_ask_first(struct making *making)
{
	static const char *const one[] = {"1"};
	struct statement first = {.sql = making->catalogue->sql_page_first,
				  .verb = VERB_SELECT,
				  .nparams = 1,
				  .params = one,
				  .once = true};
	struct db_context context = {0};
	struct db_reply reply = {first_answer, first_idle, first_lost, making, NULL};
	db_send(making->app->work, &first, 1, &context, &reply);
}

/* ---- the tables ---- */

static void create_on_catalogue(void *arg, struct catalogue *catalogue, bool missing, const struct err *err);

static void create_look(struct making *making)
{
	const struct settings *settings = &making->app->settings;
	catalogue_read(making->app->work, settings->table, settings->ledger, create_on_catalogue, making);
}

static void create_on_tables(void *arg, const struct err *err)
{
	struct making *making = arg;
	if (err) {
		create_fail(making, err);
		return;
	}
	making->made = true;
	making->recorded = making->catalogue != NULL;
	catalogue_free(making->catalogue);
	making->catalogue = NULL;
	create_look(making);
}

/* Both at once, as the tutorial has them; the ledger afterwards where it has another name, or names do not find what they should. */
static void make_accounts(struct making *making)
{
	struct app *app = making->app;
	const struct settings *settings = &app->settings;
	if (settings->table || settings->ledger || !db_who(app->work)->safe_path)
		fill_accounts(app->work, settings->table ? settings->table : "accounts", create_on_tables, making);
	else
		fill_tables(app->work, NULL, create_on_tables, making);
}

/* Only the tutorial's table is made; another one that is there gets a ledger that fits it. */
static void create_on_catalogue(void *arg, struct catalogue *catalogue, bool missing, const struct err *err)
{
	struct making *making = arg;
	const char *table = making->app->settings.table;
	making->catalogue = catalogue;
	if (missing && (!table || fill_makes(table)) && !making->made)
		make_accounts(making);
	else if (err)
		create_fail(making, err);
	else if (catalogue->sql_make_ledger && !making->recorded)
		fill_tables(making->app->work, catalogue, create_on_tables, making);
	else
		create_ask_first(making);
}

static void free_making(struct job *job)
{
	struct making *making = (struct making *)job;
	filling_free(making->filling);
	catalogue_free(making->catalogue);
	free(making);
}

static const struct job_ops making_ops = {.stop = job_stop_work, .awaited = job_engine_runs, .free = free_making};

void making_start(struct app *app, unsigned accounts, making_fn *done, void *arg)
{
	struct making *making = NEW(struct making);
	*making = (struct making){.job = {.ops = &making_ops, .name = "init", .uses = USES_WORK},
				  .app = app,
				  .accounts = accounts,
				  .inject = *txn_inject(app->txn),
				  .done = done,
				  .arg = arg};
	*txn_inject(app->txn) = (struct txn_inject){0};
	job_begin(app, &making->job);
	create_look(making);
}
