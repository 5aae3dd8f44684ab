/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which accounts are shown, and in which order: the query for the screen, and for list and count. */
#include "app/browse.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/app_private.h"
#include "base/mem.h"

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

void browse_cost(struct buf *out, const struct app *app, struct sort sort)
{
	int64_t about = about_how_many(app);
	const char *column = app->catalogue->columns[sort.by];
	char *index = sort_index(app->catalogue, sort);
	if (index)
		buf_fmt(out, "no index begins with %s, so ", column);
	else
		buf_fmt(out, "%s is sorted as text, so ", column);
	free(index);
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

/* ---- an account by its id ---- */

/* Signs apart, whole numbers of any length; other ids as text, UUIDs however they are written. */
static int browse_compare(const struct catalogue *catalogue, const char *a, const char *b)
{
	bool below_a = *a == '-', below_b = *b == '-';
	if (strcmp(catalogue->id_type, "uuid") == 0)
		return strcasecmp(a, b);
	if (!catalogue->id_is_number)
		return strcmp(a, b);
	if (below_a != below_b)
		return below_a ? -1 : 1;
	a += strspn(a, "+-0");
	b += strspn(b, "+-0");
	size_t na = strlen(a), nb = strlen(b);
	int order = na != nb ? (na < nb ? -1 : 1) : strcmp(a, b);
	return below_a ? -order : order;
}

const char *browse_beside(const struct app *app, const char *wanted)
{
	const struct pages *pages = app->pages;
	size_t at = pages_selected(pages), count = pages_count(pages);
	struct sort sort = query_sort(pages_query(pages));
	bool in_order = sort.by == SORT_ID && !sort.descending;
	int order = browse_compare(app->catalogue, pages_row(pages, at).id, wanted);
	if (in_order && order > 0)
		return "this is the next one";
	if (in_order && order < 0 && pages_at_end(pages) && at + 1 == count)
		return "this is the last one";
	return "this is another one";
}

void browse_goto(struct app *app, const char *id)
{
	free(app->private->sought);
	app->private->sought = mem_dup(id);
	pages_jump(app->pages, id);
	browse_arrived(app);
}

void browse_arrived(struct app *app)
{
	char *sought = app->private->sought;
	if (!sought || pages_loading(app->pages))
		return;
	app->private->sought = NULL;
	bool uuid = strcmp(app->catalogue->id_type, "uuid") == 0;
	bool there = pages_count(app->pages) > 0 && !pages_error(app->pages) && !uuid;
	if (there && browse_compare(app->catalogue, pages_row(app->pages, pages_selected(app->pages)).id, sought) != 0)
		app_say(app, ST_OK, "%s account %s: %s", app->filter ? "the filter shows no" : "there is no", sought,
			browse_beside(app, sought));
	free(sought);
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
