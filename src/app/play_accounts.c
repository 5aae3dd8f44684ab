/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The accounts of a recording: a table and a window on its rows, made from what was written of them. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "play_internal.h"

/* ---- the table ---- */

static char *accounts_text(const struct json_object *accounts, const char *key)
{
	const char *text = json_object_text(accounts, key);
	return mem_dup(text ? text : "?");
}

static char *accounts_column(const struct json_object *accounts, size_t i)
{
	const char *name = json_object_item(accounts, "columns", i);
	return mem_dup(name ? name : "?");
}

static struct catalogue *accounts_table(const struct json_object *accounts)
{
	struct catalogue *table = NEW(struct catalogue);
	size_t columns = json_object_length(accounts, "columns");
	int64_t scale = json_object_number(accounts, "scale", 0);
	table->name = accounts_text(accounts, "table");
	table->id_type = accounts_text(accounts, "id_type");
	table->id_is_number = json_object_true(accounts, "numbers");
	table->balance_type = accounts_text(accounts, "balance_type");
	table->id_name = accounts_column(accounts, ACCOUNT_ID);
	table->balance_name = accounts_column(accounts, ACCOUNT_BALANCE);
	table->balance_scale = scale > 0 && scale <= PLAY_SCALE_MAX ? (unsigned)scale : 0;
	table->estimate = -1;
	table->columns[ACCOUNT_ID] = table->id_name;
	table->columns[ACCOUNT_BALANCE] = table->balance_name;
	for (size_t i = ACCOUNT_EXTRA; i < columns && i < ACCOUNT_COLUMNS_MAX; i++) {
		table->columns[i] = table->extra[table->nextra] = accounts_column(accounts, i);
		table->extra_type[table->nextra++] = mem_dup("text");
	}
	table->ncolumns = ACCOUNT_EXTRA + table->nextra;
	return table;
}

static bool accounts_same_table(const struct catalogue *a, const struct catalogue *b)
{
	bool same = a && a->ncolumns == b->ncolumns && a->balance_scale == b->balance_scale &&
		    strcmp(a->name, b->name) == 0 && strcmp(a->id_type, b->id_type) == 0;
	for (size_t i = 0; same && i < a->ncolumns; i++)
		same = strcmp(a->columns[i], b->columns[i]) == 0;
	return same;
}

/* ---- its rows ---- */

static struct query *accounts_query(const struct catalogue *table, const struct json_object *accounts)
{
	struct sort sort = {.by = json_object_true(accounts, "by_balance") ? SORT_BALANCE : SORT_ID,
			    .descending = json_object_true(accounts, "descending")};
	const char *text = json_object_text(accounts, "filter");
	struct filter *filter = NULL;
	struct err err;
	if (text && filter_new(&filter, table, text, &err) != ST_OK)
		filter = NULL;
	return query_new(table, dialect_of(SERVER_POSTGRES), sort, filter, NULL);
}

/* A row without an id is none, and ends them. */
static struct pages *accounts_window(const struct catalogue *table, const struct json_object *accounts)
{
	size_t ncols = table->ncolumns, most = PAGES_RECORDED * ncols, n = json_object_length(accounts, "cells");
	const char **cells = mem_array(most, sizeof *cells);
	uint32_t *lengths = mem_array(most, sizeof *lengths);
	struct rows rows = {.ncols = ncols, .cells = cells, .lengths = lengths};
	n = n < most ? n : most;
	for (size_t i = 0; i < n / ncols * ncols; i++) {
		cells[i] = json_object_item(accounts, "cells", i);
		lengths[i] = cells[i] ? (uint32_t)strlen(cells[i]) : 0;
		if (i % ncols == ACCOUNT_ID && !cells[i])
			break;
		rows.nrows += i % ncols == ncols - 1;
	}
	bool all = json_object_true(accounts, "all");
	struct pages_record record = {
		.rows = &rows,
		.query = accounts_query(table, accounts),
		.at_start = all,
		.at_end = all,
		.exact = json_object_true(accounts, "exact"),
		.estimate = json_object_number(accounts, "estimate", -1),
		.read_at = (uint64_t)json_object_number(accounts, "read_us", 0),
	};
	struct pages *pages = pages_recorded(table, &record);
	free(cells);
	free(lengths);
	return pages;
}

/* The table stays the same one as long as it is: the widths of its columns do, too. */
void play_take_accounts(struct app *app, const struct json_object *accounts)
{
	struct catalogue *table = accounts ? accounts_table(accounts) : NULL;
	app->play->taken[TRACE_STATE_PICKS] = PLAY_ANEW; /* which of them is selected */
	pages_free(app->pages);
	app->pages = NULL;
	if (table && accounts_same_table(app->catalogue, table)) {
		catalogue_free(table);
	} else {
		catalogue_free(app->catalogue);
		app->catalogue = table;
	}
	free(app->filter);
	app->filter = mem_dup(accounts ? json_object_text(accounts, "filter") : NULL);
	if (accounts)
		app->pages = accounts_window(app->catalogue, accounts);
}
