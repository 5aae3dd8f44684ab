/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Long work over many accounts: progress, cancelling, the end. */
#include "app/bulk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/app_private.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

/* ---- how far ---- */

static uint64_t rate_of(const struct bulk *bulk, uint64_t done, uint64_t now)
{
	uint64_t us = now - bulk->start_us;
	return us ? (uint64_t)((double)done * 1e6 / (double)us) : 0;
}

static void add_left(struct buf *line, const struct bulk *bulk, uint64_t done, uint64_t rate)
{
	char time[16];
	if (!rate || done >= bulk->total)
		return;
	text_duration(time, (uint64_t)((double)(bulk->total - done) * 1e6 / (double)rate));
	buf_fmt(line, ", %s left", time);
}

void bulk_progress(struct bulk *bulk, uint64_t done)
{
	struct app *app = bulk->run->app;
	uint64_t now = clock_us();
	struct buf line = {0};
	if (!app->face.progress || now - bulk->told_us < (uint64_t)app->face.progress_ms * 1000)
		return;
	bulk->told_us = now;
	uint64_t rate = rate_of(bulk, done, now);
	buf_fmt(&line, "%s %" PRIu64, bulk->did, done);
	if (bulk->total)
		buf_fmt(&line, " of %s%" PRIu64 " accounts (%d %%)", bulk->about ? "about " : "", bulk->total,
			done < bulk->total ? (int)((double)done * 100 / (double)bulk->total) : 100);
	else
		buf_str(&line, " accounts");
	buf_fmt(&line, ", %" PRIu64 " a second", rate);
	add_left(&line, bulk, done, rate);
	app->face.progress(app->face.self, line.p);
	buf_free(&line);
}

void bulk_pace(const struct bulk *bulk, uint64_t done, char out[64])
{
	char time[16];
	uint64_t now = clock_us();
	text_duration(time, now - bulk->start_us);
	snprintf(out, 64, "in %s, %" PRIu64 " a second", time, rate_of(bulk, done, now));
}

/* ---- its life ---- */

/* The transaction under way is cancelled when it is asked again. */
static bool stop_bulk(struct job *job, enum job_stop how)
{
	struct bulk *bulk = (struct bulk *)job;
	if (bulk->cancelled)
		return job_stop_work(job, how);
	bulk->cancelled = true;
	bulk->stop(bulk->work);
	return true;
}

static void free_bulk(struct job *job)
{
	struct bulk *bulk = (struct bulk *)job;
	bulk->free(bulk->work);
	free(bulk);
}

static const struct job_ops bulk_ops = {
	.stop = stop_bulk, .awaited = job_always, .free = free_bulk, .talk = TALK_WAITS};

struct bulk *bulk_begin(const struct bulk *bulk)
{
	struct bulk *begun = NEW(struct bulk);
	*begun = *bulk;
	begun->job.ops = &bulk_ops;
	begun->start_us = begun->told_us = clock_us();
	job_begin(bulk->run->app, &begun->job);
	return begun;
}

void bulk_end(struct bulk *bulk, enum status status, const char *sentence)
{
	struct run *run = bulk->run;
	struct app *app = run->app;
	if (app->leaving && status) /* nobody sees the screen any more */
		err_set(&app->private->bulk_end, status, "%s", sentence ? sentence : "");
	if (app->face.progress)
		app->face.progress(app->face.self, NULL);
	job_end(&bulk->job);
	if (app->pages)
		pages_refresh(app->pages);
	app_changed(app);
	run_end(run, status, sentence);
}

/* ---- chunks that are too large ---- */

unsigned bulk_chunk(struct app *app, unsigned wanted, unsigned preset)
{
	const struct dialect *dialect = db_dialect(app->work);
	unsigned most = dialect->rows_at_most, size = wanted ? wanted : preset;
	if (!most || size <= most)
		return size;
	if (wanted)
		app_say(app, ST_OK, "%u accounts a transaction, not %u: %s is slow with more, and others wait", most,
			wanted, dialect->product);
	return most;
}

/* CockroachDB's budget of locks and its limit of rows written, and memory used up on either server (transactions.md
 * 2.2). */
bool bulk_halve(struct app *app, const struct txn_result *result, unsigned *size)
{
	static const char *const too_large[] = {"53400", "54000", "53200"};
	bool found = false;
	for (size_t i = 0; i < COUNT_OF(too_large); i++)
		found = found || strcmp(result->sqlstate, too_large[i]) == 0;
	if (!found || result->outcome != OUTCOME_FAILED || *size <= 1)
		return false;
	app_say(app, ST_OK, "%u accounts are too many for one transaction (%s): going on with %u", *size,
		result->sqlstate, *size / 2);
	*size /= 2;
	return true;
}
