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

enum { SEEK_MORE_MAX = 1000 };

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

/* ---- a text ---- */

void browse_searched(struct app *app, const char *text)
{
	char *searched = text && text[0] ? mem_dup(text) : NULL;
	free(app->searched);
	app->searched = searched;
	app->private->seek_due = false;
}

/* The key held down: what it asks for while a search is on its way is done afterwards. */
static bool browse_queues(struct app *app, enum seek seek)
{
	int *more = &app->private->seek_more;
	if (seek == SEEK_FROM || pages_sought(app->pages) == SOUGHT_NOTHING || !pages_loading(app->pages))
		return false;
	*more += seek == SEEK_NEXT ? *more < SEEK_MORE_MAX : -(*more > -SEEK_MORE_MAX);
	return true;
}

void browse_seek(struct app *app, enum seek seek)
{
	if (browse_queues(app, seek))
		return;
	app->private->seek_back = seek == SEEK_PREVIOUS;
	pages_seek(app->pages, app->searched, seek);
	browse_arrived(app);
	app_changed(app);
}

void browse_seek_unless_here(struct app *app)
{
	app->private->seek_due = app->searched != NULL;
	browse_arrived(app);
}

static void browse_say_sought(struct app *app)
{
	const char *those = app->filter ? " that pass the filter" : "";
	switch (pages_sought(app->pages)) {
	case SOUGHT_AROUND:
		app_say(app, ST_OK,
			app->private->seek_back ? "no match above; went on at the last account"
						: "no match below; went on at the first account");
		break;
	case SOUGHT_NONE:
		app_say(app, ST_OK, "of the accounts%s no id begins with \"%.80s\", and no other column holds it",
			those, app->searched);
		break;
	case SOUGHT_FAILED:
		app_say(app, ST_STATEMENT, "the search was stopped: %s", pages_sought_error(app->pages));
		break;
	case SOUGHT_NOTHING:
	case SOUGHT_RUNS:
	case SOUGHT_FOUND:
		break;
	}
	pages_sought_done(app->pages);
}

/* What could not be begun while the list was on its way, and what is to be said now. */
static void browse_go_on(struct app *app)
{
	struct pages *pages = app->pages;
	bool due = app->private->seek_due && app->searched && pages_count(pages) > 0;
	struct account at = due ? pages_row(pages, pages_selected(pages)) : (struct account){0};
	enum sought sought = pages_sought(pages);
	int more = sought == SOUGHT_FOUND || sought == SOUGHT_AROUND ? app->private->seek_more : 0;
	app->private->seek_due = false;
	app->private->seek_more = more - (more > 0) + (more < 0);
	browse_say_sought(app);
	if (more)
		browse_seek(app, more > 0 ? SEEK_NEXT : SEEK_PREVIOUS);
	else if (due && !account_holds(app->catalogue, &at, app->searched))
		browse_seek(app, SEEK_FROM);
}

void browse_arrived(struct app *app)
{
	char *sought = app->private->sought;
	if (pages_loading(app->pages))
		return;
	browse_go_on(app);
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
