/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding accounts in chunks, each one retried transaction. */
#include "app/add_accounts.h"

#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/app_private.h"
#include "app/bulk.h"
#include "bank/fill_body.h"
#include "base/mem.h"
#include "base/text.h"

enum { INSERT_CHUNK = 1000, COPY_CHUNK = 100000, COPY_ABOVE = 10000, COLLISIONS_MAX = 2 };

struct add_accounts {
	struct app *app;
	const struct catalogue *catalogue;
	struct add_accounts_spec spec;
	uint64_t kept;
	unsigned size;       /* of a chunk */
	unsigned chunk;      /* accounts in the one that runs */
	bool copy;           /* chunks are copied ... */
	bool collided;       /* ... but not this one, which met an id that is taken */
	unsigned collisions; /* such chunks */
	bool stopped;
	struct fill *fill;
};

static void adding_finish(struct add_accounts *adding, const struct err *err)
{
	adding->spec.done(adding->spec.arg, adding->kept, err);
}

static void adding_keep(struct add_accounts *adding)
{
	adding->kept += adding->chunk;
	adding->app->private->drawn += adding->chunk;
	adding->collided = false;
	if (adding->spec.kept)
		adding->spec.kept(adding->spec.arg, adding->kept);
}

static void use_insert(struct add_accounts *adding)
{
	adding->copy = false;
	if (adding->size > INSERT_CHUNK)
		adding->size = adding->spec.chunk ? adding->spec.chunk : INSERT_CHUNK;
}

/* What a chunk failed of, and another way to do it may help: true where it is worth it. */
static bool adding_other_way(struct add_accounts *adding, const struct txn_result *result)
{
	bool by_copy = adding->copy && !adding->collided;
	if (result->outcome != OUTCOME_FAILED)
		return false;
	if (by_copy && strcmp(result->sqlstate, "23505") == 0) { /* an id is taken: only INSERT draws again */
		adding->collided = true;
		if (++adding->collisions == COLLISIONS_MAX)
			use_insert(adding);
		return true;
	}
	if (by_copy && strcmp(result->sqlstate, "0A000") == 0) {
		app_say(adding->app, ST_OK, "the server does not take a COPY (0A000): going on with INSERT");
		use_insert(adding);
		return true;
	}
	return bulk_halve(adding->app, result, &adding->size);
}

/* The end, but not of all of them. */
static void adding_stop(struct add_accounts *adding, const struct txn_result *result)
{
	struct err err = {0};
	enum status status = txn_status(result->outcome);
	if (result->outcome == OUTCOME_UNKNOWN)
		err_set(&err, status, "whether %u more were kept is not known: %.400s", adding->chunk,
			result->reason.text);
	else if (adding->stopped || adding->app->leaving || result->outcome == OUTCOME_CANCELLED)
		err_set(&err, ST_CANCELLED, "cancelled");
	else
		err_set(&err, status, "%s", result->reason.text);
	adding_finish(adding, &err);
}

static void fill_next(struct add_accounts *adding);

static void adding_on_filled(void *arg, const struct txn_result *result)
{
	struct add_accounts *adding = arg;
	bool kept = result->outcome == OUTCOME_COMMITTED;
	fill_free(adding->fill);
	adding->fill = NULL;
	if (kept)
		adding_keep(adding);
	if (kept && adding->kept == adding->spec.accounts)
		adding_finish(adding, NULL);
	else if (!adding->stopped && !adding->app->leaving && (kept || adding_other_way(adding, result)))
		fill_next(adding);
	else
		adding_stop(adding, result);
}

static void fill_next(struct add_accounts *adding)
{
	struct app *app = adding->app;
	const struct add_accounts_spec *spec = &adding->spec;
	uint64_t left = spec->accounts - adding->kept;
	adding->chunk = left < adding->size ? (unsigned)left : adding->size;
	adding->fill = fill_new(adding->catalogue, &(struct fill_spec){
							   .accounts = adding->chunk,
							   .seed = app->settings.seed + app->private->drawn,
							   .copy = adding->copy && !adding->collided,
							   .before = adding->kept,
							   .total = spec->accounts,
						   });
	txn_start(app->txn, fill_body(adding->fill), "add accounts", &app->settings.txn, adding_on_filled, adding);
}

enum status add_accounts_may(const struct catalogue *catalogue, struct err *err)
{
	const char *lacks = catalogue_lacks(catalogue, NULL, 0);
	struct buf name = {0};
	if (catalogue->balance_generated)
		return err_set(err, ST_REJECTED, "%s", catalogue->browse_why);
	if (!lacks)
		return ST_OK;
	text_escape(&name, lacks, strlen(lacks), 40);
	err_set(err, ST_REJECTED,
		"an account of %s needs a value for the column %s, which has no default: `import` a file that has it, "
		"or "
		"give it a default",
		catalogue->name, buf_text(&name));
	buf_free(&name);
	return err->status;
}

struct add_accounts *add_accounts_start(struct app *app, const struct catalogue *catalogue,
					const struct add_accounts_spec *spec)
{
	struct add_accounts *adding = NEW(struct add_accounts);
	adding->app = app;
	adding->catalogue = catalogue;
	adding->spec = *spec;
	adding->copy = spec->way == FILL_BY_COPY || (spec->way == FILL_AUTO && spec->accounts > COPY_ABOVE);
	adding->spec.chunk = spec->chunk ? bulk_chunk(app, spec->chunk, 0) : 0;
	adding->size = bulk_chunk(app, adding->spec.chunk, adding->copy ? COPY_CHUNK : INSERT_CHUNK);
	fill_next(adding);
	return adding;
}

void add_accounts_stop(struct add_accounts *adding)
{
	adding->stopped = true;
	txn_cancel(adding->app->txn);
}

void add_accounts_free(struct add_accounts *adding)
{
	if (!adding)
		return;
	fill_free(adding->fill);
	free(adding);
}
