/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which accounts are looked at, and in which order: filter, sort and search, for the screen and for list and count. */
#include "browse.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "handlers.h"
#include "inner.h"

/* ---- the query ---- */

/* So few are sorted at once, whatever index there is. */
enum { FEW = 100000 };

struct query *browse_query(const struct app *app, const char *text, struct order order, struct err *err)
{
	struct filter *filter = NULL;
	if (text && filter_new(&filter, app->catalogue, text, err) != ST_OK)
		return NULL;
	return query_new(app->catalogue, db_dialect(app->browse), order, filter, app->settings.as_of);
}

static int64_t about_how_many(const struct app *app)
{
	int64_t about = app->pages ? pages_estimate(app->pages) : -1;
	return about >= 0 ? about : app->catalogue->estimate;
}

bool browse_is_costly(const struct app *app, struct order order)
{
	int64_t about = about_how_many(app);
	return order_is_slow(app->catalogue, order) && (about < 0 || about > FEW);
}

void browse_cost(struct buf *out, const struct app *app)
{
	int64_t about = about_how_many(app);
	buf_fmt(out, "no index begins with %s, so ", app->catalogue->balance_name);
	if (about >= 0)
		buf_fmt(out, "all of about %lld accounts", (long long)about);
	else
		buf_str(out, "all accounts");
	buf_str(out, " are read and sorted for each page");
}

void browse_say_partial(struct app *app)
{
	if (app->catalogue->partial)
		app_say(app, ST_OK, "%s has row level security: only the rows that you may see are read and counted",
			app->catalogue->name);
}

void browse_check_past(struct app *app)
{
	const struct dialect *dialect = db_dialect(app->browse);
	if (!app->settings.as_of || dialect->reads_past)
		return;
	free(app->settings.as_of);
	app->settings.as_of = NULL;
	app_say(app, ST_USAGE, "as-of was cleared: %s cannot read the past", dialect->product);
}

/* The pages look at what was chosen. What a new table has no place for is left. */
void browse_look(struct app *app, bool stay)
{
	struct err err;
	if (!app->pages)
		return;
	struct query *query = browse_query(app, app->filter, app->order, &err);
	if (!query) {
		app_say(app, ST_USAGE, "the filter was cleared: %s", err.text);
		free(app->filter);
		app->filter = NULL;
		query = browse_query(app, NULL, app->order, &err);
	}
	pages_look(app->pages, query, stay);
	inner_changed(app);
}

/* ---- filter ---- */

void do_filter(struct run *run)
{
	struct app *app = run->app;
	const char *text = run->nargs > 0 ? run->args[0] : "";
	struct filter *filter = NULL;
	struct err err;
	text += strspn(text, " \t");
	if (text[0] && filter_new(&filter, app->catalogue, text, &err) != ST_OK) {
		run_end(run, err.status, err.text);
		return;
	}
	bool was = app->filter != NULL;
	free(app->filter);
	app->filter = filter ? mem_dup(filter_text(filter)) : NULL;
	filter_free(filter);
	browse_look(app, !app->filter);
	run_end(run, ST_OK, app->filter || !was ? NULL : "no filter: all accounts are listed");
}

/* ---- sort ---- */

/* next: by the other column; reverse: the other way round; nothing: by id. */
static enum status wanted_order(const struct run *run, struct order *order, struct err *err)
{
	const char *words = run->nargs > 0 ? run->args[0] : "id";
	*order = run->app->order;
	if (strcmp(words, "next") == 0)
		*order = (struct order){order->by == ORDER_ID ? ORDER_BALANCE : ORDER_ID, false};
	else if (strcmp(words, "reverse") == 0)
		order->descending = !order->descending;
	else
		return order_parse(run->app->catalogue, words, order, err);
	return ST_OK;
}

void do_sort(struct run *run)
{
	struct app *app = run->app;
	struct order order;
	struct err err;
	if (wanted_order(run, &order, &err) != ST_OK) {
		run_end(run, err.status, err.text);
		return;
	}
	if (!run->confirmed && !app_prints(app) && browse_is_costly(app, order)) {
		app->face.review(app->face.self, run);
		return;
	}
	app->order = order;
	browse_look(app, false);
	run_end(run, ST_OK, NULL);
}

void describe_sort(struct buf *out, const struct run *run)
{
	browse_cost(out, run->app);
	buf_str(out, ", unless a filter leaves few; CREATE INDEX ON ");
	buf_fmt(out, "%s (%s) would spare that", run->app->catalogue->sql_name, run->app->catalogue->sql_balance);
}

/* ---- search ---- */

void do_search(struct run *run)
{
	struct app *app = run->app;
	struct err err = {0};
	if (run->nargs == 0 || !app->pages)
		do_screen(run); /* typed on the screen */
	else
		run_end(run, pages_search(app->pages, run->args[0], &err), err.status ? err.text : NULL);
}
