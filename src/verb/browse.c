/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands filter, sort and search: which accounts the screen shows, and in which order. */
#include <stdlib.h>
#include <string.h>

#include "app/browse.h"
#include "base/mem.h"
#include "verb_internal.h"

/* ---- filter ---- */

static void do_filter(struct run *run)
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

/* By the column behind the one that was offered last, whether that was taken or not: what is costly is asked first. */
static struct sort next_sort(struct app *app)
{
	unsigned n = (unsigned)app->catalogue->ncolumns, by = (app->sort_offered + 1) % n;
	if (by == app->sort.by)
		by = (by + 1) % n;
	return (struct sort){by, false};
}

/* next: by the next column; reverse: the other way round; nothing: by id. */
static enum status wanted_sort(const struct run *run, struct sort *sort, struct err *err)
{
	const char *words = run->nargs > 0 ? run->args[0] : "id";
	*sort = run->app->sort;
	if (strcmp(words, "next") == 0)
		*sort = next_sort(run->app);
	else if (strcmp(words, "reverse") == 0)
		sort->descending = !sort->descending;
	else
		return sort_parse(run->app->catalogue, words, sort, err);
	return ST_OK;
}

/* Run again after its question, it is about the same order. */
static void do_sort(struct run *run)
{
	struct app *app = run->app;
	struct sort *sort = run->work ? run->work : NEW(struct sort);
	struct err err;
	bool asked = run->work != NULL;
	run->work = sort;
	if (!asked && wanted_sort(run, sort, &err) != ST_OK) {
		run_end(run, err.status, err.text);
		return;
	}
	app->sort_offered = sort->by;
	if (!run->confirmed && !app_prints(app) && browse_is_costly(app, *sort)) {
		app->face.review(app->face.self, run);
		return;
	}
	app->sort = *sort;
	browse_look(app, false);
	run_end(run, ST_OK, NULL);
}

static void describe_sort(struct buf *out, const struct run *run)
{
	const struct catalogue *catalogue = run->app->catalogue;
	const struct sort *sort = run->work;
	char *index = sort_index(catalogue, *sort);
	browse_cost(out, run->app, *sort);
	buf_str(out, ", unless a filter leaves few");
	if (index)
		buf_fmt(out, "; %s would spare that", index);
	free(index);
}

/* ---- search ---- */

static void do_search(struct run *run)
{
	struct app *app = run->app;
	struct err err = {0};
	if (run->nargs == 0 || !app->pages) {
		do_screen(run); /* typed on the screen */
		return;
	}
	browse_searched(app, run->args[0]);
	enum status status = pages_search(app->pages, run->args[0], &err);
	if (status && app->catalogue->nextra == 0) {
		run_end(run, status, err.text);
		return;
	}
	browse_seek_unless_here(app);
	run_end(run, ST_OK, NULL);
}

const struct command verb_filter = {
	.name = "filter",
	.args = {{"CONDITION", ARG_CONDITION, true}},
	.flags = COMMAND_BANK,
	.help = "show only the accounts that pass it: balance > 1000 and id < 5; alone: show all",
	.run = do_filter,
};

const struct command verb_search = {
	.name = "search",
	.args = {{"TEXT", ARG_REST, true}},
	.flags = COMMAND_SCREEN | COMMAND_BANK,
	.help = "go to the first id that begins so, else to an account that holds it; alone: while you type it",
	.run = do_search,
};

const struct command verb_sort = {
	.name = "sort",
	.args = {{"id|balance|COLUMN|next|reverse", ARG_COLUMN, true}},
	.flags = COMMAND_BANK,
	.help = "sort the accounts by a column; append desc for descending order; alone: by id",
	.run = do_sort,
	.describe = describe_sort,
};
