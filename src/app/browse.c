/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which accounts are shown, and in which order: the query for the screen, and for list and count. */
#include "app/browse.h"

#include <stdlib.h>

#include "app/app_private.h"

/* So few are sorted at once, whatever index there is. */
enum { FEW = 100000 };

struct query *browse_query(const struct app *app, const char *text, struct sort sort, struct err *err)
{
	struct filter *filter = NULL;
	if (text && filter_new(&filter, app->catalogue, text, err) != ST_OK)
		return NULL;
	return query_new(app->catalogue, db_dialect(app->browse), sort, filter, app->settings.as_of);
}

static int64_t about_how_many(const struct app *app)
{
	int64_t about = app->pages ? pages_estimate(app->pages) : -1;
	return about >= 0 ? about : app->catalogue->estimate;
}

bool browse_is_costly(const struct app *app, struct sort sort)
{
	int64_t about = about_how_many(app);
	return sort_is_slow(app->catalogue, sort) && (about < 0 || about > FEW);
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
	struct query *query = browse_query(app, app->filter, app->sort, &err);
	if (!query) {
		app_say(app, ST_USAGE, "the filter was cleared: %s", err.text);
		free(app->filter);
		app->filter = NULL;
		query = browse_query(app, NULL, app->sort, &err);
	}
	pages_look(app->pages, query, stay);
	app_changed(app);
}
