/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command create: adds accounts with random ids and balances, in chunks, and says how many were kept. */
#include <inttypes.h>
#include <stdlib.h>

#include "app/add_accounts.h"
#include "app/bulk.h"
#include "bank/fill_body.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/options.h"
#include "verb_internal.h"

enum { ACCOUNTS_MAX = 1000000000 };

struct create {
	struct app *app;
	struct bulk *bulk;
	uint64_t wanted;
	struct add_accounts *adding;
};

static void on_kept(void *arg, uint64_t kept)
{
	struct create *create = arg;
	bulk_progress(create->bulk, kept);
}

static void create_on_done(void *arg, uint64_t kept, const struct err *err)
{
	struct create *create = arg;
	struct app *app = create->app;
	struct err told = {0};
	char pace[64];
	bulk_pace(create->bulk, kept, pace);
	if (!err)
		app_say(app, ST_OK, "created %" PRIu64 " %s %s", kept, text_plural(kept, "account", "accounts"), pace);
	else if (kept > 0)
		err_set(&told, err->status, "created %" PRIu64 " of %" PRIu64 " accounts, which are kept: %s", kept,
			create->wanted, err->text);
	else
		err_set(&told, err->status, "created none of %" PRIu64 " accounts: %s", create->wanted, err->text);
	bulk_end(create->bulk, told.status, err ? told.text : NULL);
}

static void create_stop(void *work)
{
	struct create *create = work;
	add_accounts_stop(create->adding);
}

static void create_forget(void *work)
{
	struct create *create = work;
	add_accounts_free(create->adding);
	free(create);
}

/* ---- the command ---- */

static enum status create_read_line(const struct run *run, struct add_accounts_spec *spec, struct err *err)
{
	unsigned long long chunk = 0, accounts = 0;
	const char *word = run_option(run, "chunk");
	bool copy = run_option(run, "copy") != NULL, insert = run_option(run, "insert") != NULL;
	if (copy && insert)
		return err_set(err, ST_USAGE, "create takes --copy or --insert, not both");
	spec->way = copy ? FILL_BY_COPY : insert ? FILL_BY_INSERT : FILL_AUTO;
	enum status status = options_number(run->args[0], "N", 1, ACCOUNTS_MAX, &accounts, err);
	if (!status && word)
		status = options_number(word, "--chunk", 1, FILL_MAX, &chunk, err);
	spec->accounts = accounts;
	spec->chunk = (unsigned)chunk;
	return status;
}

static enum status check_create(const struct run *run, struct err *err)
{
	struct add_accounts_spec spec = {0};
	return create_read_line(run, &spec, err);
}

static enum status prepare_create(struct run *run, struct err *err)
{
	return add_accounts_may(run->app->catalogue, err);
}

static void do_create(struct run *run)
{
	struct app *app = run->app;
	struct err err;
	struct add_accounts_spec spec = {.kept = on_kept, .done = create_on_done};
	if (create_read_line(run, &spec, &err) || !job_may(app, USES_WORK, &err)) {
		run_end(run, err.status, err.text);
		return;
	}
	struct create *create = NEW(struct create);
	*create = (struct create){.app = app, .wanted = spec.accounts};
	spec.arg = create;
	create->bulk = bulk_begin(&(struct bulk){.job = {.name = "create", .uses = USES_WORK},
						 .run = run,
						 .did = "created",
						 .total = spec.accounts,
						 .stop = create_stop,
						 .free = create_forget,
						 .work = create});
	create->adding = add_accounts_start(app, app->catalogue, &spec);
}

const struct command verb_create = {
	.name = "create",
	.args = {{"N", ARG_COUNT, false}},
	.options =
		{
			{.name = "chunk", .value = "N", .help = "at a time (1000; COPY 100000, on CockroachDB 5000)"},
			{.name = "copy", .help = "by COPY (default above 10000)"},
			{.name = "insert", .help = "by INSERT"},
		},
	.flags = COMMAND_READS | COMMAND_CHANGES,
	.help = "add accounts with random ids and balances",
	.run = do_create,
	.check = check_create,
	.prepare = prepare_create,
};
