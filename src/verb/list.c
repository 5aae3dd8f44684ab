/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command list: accounts as rows, a page at a time, in any order and filtered. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/row_reader.h"
#include "verb_internal.h"

/* ---- the columns ---- */

struct output *list_output(const struct run *run, FILE *to, enum output_format format)
{
	const struct catalogue *catalogue = run->app->catalogue;
	const bool right[ACCOUNT_COLUMNS_MAX] = {[ACCOUNT_ID] = catalogue->id_is_number, [ACCOUNT_BALANCE] = true};
	return output_new(to, format, catalogue->ncolumns, catalogue->columns, right);
}

/* ---- pages ---- */

static bool list_next_page(struct reading *reading)
{
	struct ask ask = {0};
	struct spot place = {reading->place_id, reading->place_key};
	reading->page = reading->left < READING_ROWS ? reading->left : READING_ROWS;
	reading->left -= reading->page;
	query_page(&ask, reading->query, WAY_AFTER, place.id ? &place : NULL, reading->page);
	reading_send(reading, ask.statements, ask.n);
	ask_free(&ask);
	return true;
}

static void take_page(struct reading *reading, const struct rows *rows)
{
	size_t n = rows->nrows < reading->page ? rows->nrows : (size_t)reading->page;
	reading->page -= n;
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++) /* what is sorted by may stand behind its columns */
		output_rows(reading->output, rows->cells + i * rows->ncols, 1);
	free(reading->place_id);
	free(reading->place_key);
	reading->place_id = mem_dup(rows_cell(rows, n - 1, ACCOUNT_ID));
	reading->place_key = mem_dup(query_key(reading->query, rows, n - 1));
}

static bool list_after_page(struct reading *reading)
{
	if (ferror(stdout)) /* nobody reads any more: no need to ask for the rest */
		return false;
	return reading->left > 0 && reading->page == 0 && list_next_page(reading);
}

static void start_pages(struct reading *reading)
{
	reading->take = take_page;
	reading->more = list_after_page;
	list_next_page(reading);
}

/* By another column than the id an account has its place by that, which is read first. */
static void take_place(struct reading *reading, const struct rows *rows)
{
	if (rows->nrows == 0)
		err_set(&reading->err, ST_STATEMENT, "there is no account %.80s to start after", reading->place_id);
	else
		reading->place_key = mem_dup(query_key(reading->query, rows, 0));
}

static bool after_place(struct reading *reading)
{
	start_pages(reading);
	return true;
}

static void start_place(struct reading *reading)
{
	struct ask ask = {0};
	reading->take = take_place;
	reading->more = after_place;
	query_place(&ask, reading->query, reading->place_id);
	reading_send(reading, ask.statements, ask.n);
	ask_free(&ask);
}

/* ---- the command ---- */

static enum status list_limit_of(const struct run *run, unsigned long long *limit, struct err *err)
{
	const char *word = run_option(run, "limit");
	*limit = 20;
	return word ? options_number(word, "--limit", 1, UINT64_MAX, limit, err) : ST_OK;
}

static enum status check_list(const struct run *run, struct err *err)
{
	enum output_format format;
	unsigned long long limit;
	enum status status = run_format(run, &format, err);
	return status ? status : list_limit_of(run, &limit, err);
}

static enum status check_options(const struct run *run, enum output_format *format, unsigned long long *limit,
				 struct err *err)
{
	const char *after = run_option(run, "after");
	enum status status = run_format(run, format, err);
	if (!status)
		status = list_limit_of(run, limit, err);
	if (!status && after && run->app->catalogue->id_is_number && !text_is_integer(after))
		status = err_set(err, ST_USAGE, "--after takes an account's id, a whole number, not \"%.80s\"", after);
	if (!status && !app_prints(run->app))
		status = err_set(err, ST_USAGE,
				 "list writes to standard output: on a screen the accounts are there already");
	return status;
}

static void warn_of_cost(struct app *app, struct sort sort)
{
	struct buf words = {0};
	if (!browse_is_costly(app, sort))
		return;
	browse_cost(&words, app, sort);
	app_say(app, ST_OK, "this takes a while: %s", buf_text(&words));
	buf_free(&words);
}

static void do_list(struct run *run)
{
	struct err err = {0};
	enum output_format format;
	unsigned long long limit;
	struct query *query = NULL;
	if (check_options(run, &format, &limit, &err) == ST_OK)
		query = reading_query(run, &err);
	if (!query) {
		run_end(run, err.status, err.text);
		return;
	}
	struct sort sort = query_sort(query);
	struct reading *reading = reading_begin(run, reading_no_more);
	if (!reading) {
		query_free(query);
		return;
	}
	browse_say_partial(run->app);
	warn_of_cost(run->app, sort);
	reading->query = query;
	reading->output = list_output(run, stdout, format);
	reading->left = limit;
	reading->place_id = mem_dup(run_option(run, "after"));
	if (reading->place_id && sort.by != SORT_ID)
		start_place(reading);
	else
		start_pages(reading);
}

const struct command verb_list = {
	.name = "list",
	.options =
		{
			{.name = "limit", .value = "N", .help = "maximum number of rows (default 20)"},
			{.name = "after", .value = "ID", .help = "start after this id"},
			{.name = "where", .value = "FILTER", .help = "only accounts that pass it, as in filter"},
			{.name = "sort", .value = "COLUMN", .help = "id, or any column, with desc behind it"},
			COMMAND_FORMATS,
		},
	.flags = COMMAND_READS,
	.help = "list accounts, by id unless sorted",
	.run = do_list,
	.check = check_list,
};
