/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Creates the tables where they are missing, and fills accounts where there are none, in chunks. */
#include "app/create_tables.h"

#include <stdlib.h>
#include <string.h>

#include "app/add_accounts.h"
#include "app/app.h"
#include "app/job.h"
#include "bank/fill_body.h"
#include "base/mem.h"

struct create_tables {
	struct job job;
	struct app *app;
	unsigned accounts, added;
	bool made;     /* the tables that were missing */
	bool recorded; /* the ledger was made, or could not be */
	bool empty;
	struct catalogue *catalogue;
	struct add_accounts *adding;
	struct txn_inject inject; /* are for transfers: put aside meanwhile */
	struct err err;
	create_tables_fn *done;
	void *arg;
};

static void create_finish(struct create_tables *create)
{
	struct err err = create->err;
	create_tables_fn *done = create->done;
	void *arg = create->arg;
	unsigned added = create->added;
	*txn_inject(create->app->txn) = create->inject;
	job_end(&create->job);
	done(arg, added, err.status ? &err : NULL);
}

static void create_fail(struct create_tables *create, const struct err *err)
{
	create->err = *err;
	create_finish(create);
}

static void create_on_filled(void *arg, uint64_t kept, const struct err *err)
{
	struct create_tables *create = arg;
	create->added = (unsigned)kept;
	if (err)
		err_set(&create->err, err->status, "filling stopped after %u accounts: %s", create->added, err->text);
	create_finish(create);
}

static void create_fill(struct create_tables *create)
{
	struct add_accounts_spec spec = {.accounts = create->accounts, .done = create_on_filled, .arg = create};
	struct err err;
	if (create->accounts == 0)
		create_finish(create);
	else if (add_accounts_may(create->catalogue, &err))
		create_fail(create, &err);
	else
		create->adding = add_accounts_start(create->app, create->catalogue, &spec);
}

/* ---- is there an account already? ---- */

static void first_answer(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct create_tables *create = arg;
	if (answer->ok)
		create->empty = answer->rows && answer->rows->nrows == 0;
	else
		answer_tell(&create->err, ST_STATEMENT, answer, "%s cannot be read", create->catalogue->name);
}

static void first_idle(void *arg)
{
	struct create_tables *create = arg;
	if (create->err.status || !create->empty)
		create_finish(create);
	else
		create_fill(create);
}

static void first_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct create_tables *create = arg;
	err_set(&create->err, ST_LOST, "the connection was lost: %s", why->message);
	create_finish(create);
}

static void create_ask_first(struct create_tables *create)
{
	static const char *const one[] = {"1"};
	struct statement first = catalogue_select(create->catalogue, CAT_PAGE_FIRST, one, 1);
	first.once = true;
	struct db_context context = {0};
	struct db_reply reply = {first_answer, first_idle, first_lost, create, NULL};
	db_send(create->app->work, &first, 1, &context, &reply);
}

/* ---- the tables ---- */

static void create_on_catalogue(void *arg, struct catalogue *catalogue, bool missing, const struct err *err);

static void create_look(struct create_tables *create)
{
	const struct settings *settings = &create->app->settings;
	catalogue_read(create->app->work, &settings->bank, create_on_catalogue, create);
}

static void create_on_tables(void *arg, const struct err *err)
{
	struct create_tables *create = arg;
	if (err) {
		create_fail(create, err);
		return;
	}
	create->made = true;
	create->recorded = create->catalogue != NULL;
	catalogue_free(create->catalogue);
	create->catalogue = NULL;
	create_look(create);
}

/* Both at once, as the tutorial has them; the ledger afterwards where it has another name, or names do not find what
 * they should. */
static void make_accounts(struct create_tables *create)
{
	struct app *app = create->app;
	const struct settings *settings = &app->settings;
	if (settings->bank.table || settings->bank.ledger || !db_who(app->work)->safe_path)
		fill_accounts(app->work, settings->bank.table ? settings->bank.table : "accounts", create_on_tables,
			      create);
	else
		fill_tables(app->work, NULL, create_on_tables, create);
}

/* A table that cannot be used ends every command alike. */
static void create_refuse(struct create_tables *create, const struct err *err)
{
	struct err refused = *err;
	if (refused.status == ST_CHECK)
		refused.status = ST_STATEMENT;
	create_fail(create, &refused);
}

/* Only the tutorial's table is made; another one that is there gets a ledger that fits it. */
static void create_on_catalogue(void *arg, struct catalogue *catalogue, bool missing, const struct err *err)
{
	struct create_tables *create = arg;
	const char *table = create->app->settings.bank.table;
	create->catalogue = catalogue;
	if (missing && (!table || fill_makes(table)) && !create->made)
		make_accounts(create);
	else if (err)
		create_refuse(create, err);
	else if (catalogue->sql[CAT_MAKE_LEDGER] && !create->recorded)
		fill_tables(create->app->work, catalogue, create_on_tables, create);
	else
		create_ask_first(create);
}

static void free_create_tables(struct job *job)
{
	struct create_tables *create = (struct create_tables *)job;
	add_accounts_free(create->adding);
	catalogue_free(create->catalogue);
	free(create);
}

static const struct job_ops create_tables_ops = {
	.stop = job_stop_work, .awaited = job_engine_runs, .free = free_create_tables};

void create_tables(struct app *app, unsigned accounts, create_tables_fn *done, void *arg)
{
	struct create_tables *create = NEW(struct create_tables);
	*create = (struct create_tables){.job = {.ops = &create_tables_ops, .name = "init", .uses = USES_WORK},
					 .app = app,
					 .accounts = accounts,
					 .inject = *txn_inject(app->txn),
					 .done = done,
					 .arg = arg};
	*txn_inject(app->txn) = (struct txn_inject){0};
	job_begin(app, &create->job);
	create_look(create);
}
