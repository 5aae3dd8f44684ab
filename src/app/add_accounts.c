/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding accounts in chunks, each one retried transaction. */
#include "app/add_accounts.h"

#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/app_private.h"
#include "app/bulk.h"
#include "bank/fill.h"
#include "base/mem.h"

enum { INSERT_CHUNK = 1000, COPY_CHUNK = 100000, COPY_ABOVE = 10000, COLLISIONS_MAX = 2 };

struct filling {
	struct app *app;
	const struct catalogue *catalogue;
	struct filling_spec spec;
	uint64_t kept;
	unsigned size;       /* of a chunk */
	unsigned chunk;      /* accounts in the one that runs */
	bool copy;           /* chunks are copied ... */
	bool collided;       /* ... but not this one, which met an id that is taken */
	unsigned collisions; /* such chunks */
	bool stopped;
	struct fill *fill;
};

static void adding_finish(struct filling *filling, const struct err *err)
{
	filling->spec.done(filling->spec.arg, filling->kept, err);
}

static void adding_keep(struct filling *filling)
{
	filling->kept += filling->chunk;
	filling->app->inner->drawn += filling->chunk;
	filling->collided = false;
	if (filling->spec.kept)
		filling->spec.kept(filling->spec.arg, filling->kept);
}

static void use_insert(struct filling *filling)
{
	filling->copy = false;
	if (filling->size > INSERT_CHUNK)
		filling->size = filling->spec.chunk ? filling->spec.chunk : INSERT_CHUNK;
}

/* What a chunk failed of, and another way to do it may help: true where it is worth it. */
static bool adding_other_way(struct filling *filling, const struct txn_result *result)
{
	bool by_copy = filling->copy && !filling->collided;
	if (result->outcome != OUTCOME_FAILED)
		return false;
	if (by_copy && strcmp(result->sqlstate, "23505") == 0) { /* an id is taken: only INSERT draws again */
		filling->collided = true;
		if (++filling->collisions == COLLISIONS_MAX)
			use_insert(filling);
		return true;
	}
	if (by_copy && strcmp(result->sqlstate, "0A000") == 0) {
		app_say(filling->app, ST_OK, "the server does not take a COPY (0A000): going on with INSERT");
		use_insert(filling);
		return true;
	}
	return bulk_halve(filling->app, result, &filling->size);
}

/* The end, but not of all of them. */
static void adding_stop(struct filling *filling, const struct txn_result *result)
{
	struct err err = {0};
	enum status status = txn_status(result->outcome);
	if (result->outcome == OUTCOME_UNKNOWN)
		err_set(&err, status, "whether %u more were kept is not known: %.400s", filling->chunk,
			result->reason.text);
	else if (filling->stopped || filling->app->leaving || result->outcome == OUTCOME_CANCELLED)
		err_set(&err, ST_CANCELLED, "cancelled");
	else
		err_set(&err, status, "%s", result->reason.text);
	adding_finish(filling, &err);
}

static void fill_next(struct filling *filling);

static void adding_on_filled(void *arg, const struct txn_result *result)
{
	struct filling *filling = arg;
	bool kept = result->outcome == OUTCOME_COMMITTED;
	fill_free(filling->fill);
	filling->fill = NULL;
	if (kept)
		adding_keep(filling);
	if (kept && filling->kept == filling->spec.accounts)
		adding_finish(filling, NULL);
	else if (!filling->stopped && !filling->app->leaving && (kept || adding_other_way(filling, result)))
		fill_next(filling);
	else
		adding_stop(filling, result);
}

static void fill_next(struct filling *filling)
{
	struct app *app = filling->app;
	const struct filling_spec *spec = &filling->spec;
	uint64_t left = spec->accounts - filling->kept;
	filling->chunk = left < filling->size ? (unsigned)left : filling->size;
	filling->fill = fill_new(filling->catalogue, &(struct fill_spec){
							     .accounts = filling->chunk,
							     .seed = app->settings.seed + app->inner->drawn,
							     .copy = filling->copy && !filling->collided,
							     .before = filling->kept,
							     .total = spec->accounts,
						     });
	txn_start(app->txn, fill_body(filling->fill), "add accounts", &app->settings.txn, adding_on_filled, filling);
}

struct filling *filling_start(struct app *app, const struct catalogue *catalogue, const struct filling_spec *spec)
{
	struct filling *filling = NEW(struct filling);
	filling->app = app;
	filling->catalogue = catalogue;
	filling->spec = *spec;
	filling->copy = spec->way == FILL_BY_COPY || (spec->way == FILL_AUTO && spec->accounts > COPY_ABOVE);
	filling->size = spec->chunk ? spec->chunk : filling->copy ? COPY_CHUNK : INSERT_CHUNK;
	fill_next(filling);
	return filling;
}

void filling_stop(struct filling *filling)
{
	filling->stopped = true;
	txn_cancel(filling->app->txn);
}

void filling_free(struct filling *filling)
{
	if (!filling)
		return;
	fill_free(filling->fill);
	free(filling);
}
