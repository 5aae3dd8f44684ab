/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the doctor checks between teller and the server: a pooler, and whether its sessions stay. */
#include <stdlib.h>

#include "base/mem.h"
#include "doctor/diagnosis.h"

/* As long as others may have to wait, where the pool is small and the first session holds what there is. */
enum { TRY_MS = 1000 };

static void tried(struct diagnosis *diagnosis, const char *why)
{
	if (why[0])
		diagnosis->pool.why = mem_dup(why);
	diagnosis->pool.then(diagnosis);
}

static void between_on_tried(void *arg, const struct pool_answer *answer)
{
	struct diagnosis *diagnosis = arg;
	diagnosis->pool.found = *answer;
	tried(diagnosis, answer->why);
}

static void on_second(void *arg, const struct err *err)
{
	struct diagnosis *diagnosis = arg;
	struct app *app = diagnosis->run->app;
	struct db *dbs[] = {app->work, diagnosis->pool.second};
	if (err)
		tried(diagnosis, err->text);
	else if (db_state(app->work) != DB_IDLE)
		tried(diagnosis, "the session is busy");
	else
		diagnosis->pool.probe =
			pool_probe_start(app->loop, dbs, COUNT_OF(dbs), TRY_MS, between_on_tried, diagnosis);
}

void diagnosis_look_between(struct diagnosis *diagnosis, void (*then)(struct diagnosis *diagnosis))
{
	struct app *app = diagnosis->run->app;
	diagnosis->pool.then = then;
	if (!db_pooled(app->work)) {
		then(diagnosis);
		return;
	}
	diagnosis->pool.second = db_new(app->loop, app->ring, SESSION_BROWSE, "doctor", NULL);
	db_connect(diagnosis->pool.second, &app->settings.conninfo, POOL_LIMIT_MS, on_second, diagnosis);
}

void diagnosis_show_between(struct diagnosis *d)
{
	if (!d->pool.second)
		return;
	switch (d->pool.found.mode) {
	case POOL_STEADY:
		diagnosis_add(d, "pooler", NULL, "in between, in session mode");
		return;
	case POOL_SHARED:
		diagnosis_add(d, "pooler", NULL, "in between, in transaction mode; lessons need pool_mode=session");
		return;
	case POOL_STATEMENTS:
		diagnosis_add(d, "pooler", "a transfer is a transaction: set pool_mode=transaction, or session",
			      "in between, in statement mode: it refuses transactions");
		return;
	case POOL_SMALL:
		diagnosis_add(d, "pooler", "set a larger default_pool_size: sessions wait for each other",
			      "in between; of 2 sessions %zu got a transaction within %d s", d->pool.found.got,
			      TRY_MS / 1000);
		return;
	case POOL_UNKNOWN:
		diagnosis_add(d, "pooler", NULL, "in between; its mode could not be found out: %s",
			      d->pool.why ? d->pool.why : "");
		return;
	}
}

void diagnosis_end_between(struct diagnosis *diagnosis)
{
	pool_probe_free(diagnosis->pool.probe);
	db_free(diagnosis->pool.second);
	free(diagnosis->pool.why);
}
