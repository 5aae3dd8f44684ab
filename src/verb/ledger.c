/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command ledger: the transfers that were made, newest first, as rows. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/options.h"
#include "cli/row_reader.h"
#include "verb_internal.h"

enum status ledger_there(const struct run *run, struct err *err)
{
	const struct catalogue *catalogue = run->app->catalogue;
	if (catalogue->ledger)
		return ST_OK;
	if (catalogue->ledger_why)
		return err_set(err, ST_USAGE, "there is no ledger table: %s", catalogue->ledger_why);
	return err_set(err, ST_USAGE, "there is no ledger table; `init` makes one, for the transfers to come");
}

struct output *ledger_output(const struct run *run, enum output_format format)
{
	bool number = run->app->catalogue->id_is_number;
	bool right[LEDGER_COLUMNS];
	for (size_t i = 0; i < LEDGER_COLUMNS; i++)
		right[i] = ledger_kinds[i] == KIND_MONEY || (ledger_kinds[i] == KIND_ACCOUNT && number);
	return output_new(stdout, format, LEDGER_COLUMNS, ledger_columns, right);
}

/* ---- the pages ---- */

static bool ledger_next_page(struct reading *reading)
{
	const char *of = run_option(reading->run, "of");
	unsigned long long rows = reading->left < READING_ROWS ? reading->left : READING_ROWS;
	char limit[24];
	snprintf(limit, sizeof limit, "%llu", rows);
	reading->left -= rows;
	if (reading->after)
		reading_ask(reading, CAT_LEDGER_OLDER, (const char *const[]){of, limit, reading->after}, 3);
	else
		reading_ask(reading, CAT_LEDGER_NEWEST, (const char *const[]){of, limit}, 2);
	return true;
}

static bool ledger_after_page(struct reading *reading)
{
	if (ferror(stdout)) /* nobody reads any more: no need to ask for the rest */
		return false;
	return reading->left > 0 && reading->got == READING_ROWS && ledger_next_page(reading);
}

static void ledger_write_one(struct reading *reading, const struct rows *rows)
{
	if (ledger_take_one(reading, rows, run_option(reading->run, "id")))
		output_rows(reading->output, rows->cells, rows->nrows);
}

/* ---- the command ---- */

static enum status ledger_limit_of(const struct run *run, unsigned long long *limit, struct err *err)
{
	const char *word = run_option(run, "limit");
	*limit = 20;
	return word ? options_number(word, "--limit", 1, UINT64_MAX, limit, err) : ST_OK;
}

static enum status check_ledger(const struct run *run, struct err *err)
{
	enum output_format format;
	unsigned long long limit;
	const char *id = run_option(run, "id");
	if (id && !ledger_names_one(id))
		return err_set(err, ST_USAGE,
			       "--id takes a UUID like 123e4567-e89b-12d3-a456-426614174000, or its first 8 characters "
			       "or more, not \"%.80s\"",
			       id);
	enum status status = run_format(run, &format, err);
	return status ? status : ledger_limit_of(run, &limit, err);
}

static enum status prepare_ledger(struct run *run, struct err *err)
{
	const char *of = run_option(run, "of");
	return of && run_check_id(run, of, err) ? err->status : ledger_there(run, err);
}

static void ledger_print(struct run *run)
{
	struct err err = {0};
	enum output_format format = FORMAT_TABLE;
	unsigned long long limit = 0;
	const char *id = run_option(run, "id");
	if (run_format(run, &format, &err) || ledger_limit_of(run, &limit, &err)) {
		run_end(run, err.status, err.text);
		return;
	}
	struct reading *reading = reading_begin(run, id ? reading_no_more : ledger_after_page);
	if (!reading)
		return;
	reading->what = "the ledger";
	reading->output = ledger_output(run, format);
	reading->left = limit;
	if (id) {
		reading->take = ledger_write_one;
		ledger_ask_one(reading, id);
	} else {
		ledger_next_page(reading);
	}
}

/* ---- on a screen ---- */

static void ledger_show_cells(struct app *app, const char *const *cells)
{
	struct buf text = {0};
	for (size_t i = 0; i < LEDGER_COLUMNS; i++) {
		const char *cell = cells[i] ? cells[i] : "NULL";
		buf_fmt(&text, "%-10s", ledger_titles[i]);
		text_escape(&text, cell, strlen(cell), 0);
		buf_char(&text, '\n');
	}
	app_show(app, "A transfer of the ledger", &text);
}

static void ledger_show_found(struct reading *reading, const struct rows *rows)
{
	const char *cells[LEDGER_COLUMNS];
	if (!ledger_take_one(reading, rows, run_option(reading->run, "id")))
		return;
	for (size_t i = 0; i < LEDGER_COLUMNS; i++)
		cells[i] = rows_cell(rows, 0, i);
	ledger_show_cells(reading->run->app, cells);
}

static void ledger_show_one(struct run *run, const char *id)
{
	struct reading *reading = reading_begin(run, reading_no_more);
	if (!reading)
		return;
	reading->what = "the ledger";
	reading->take = ledger_show_found;
	ledger_ask_one(reading, id);
}

static void on_history(void *arg)
{
	app_changed(arg);
}

static void ledger_show(struct run *run)
{
	struct app *app = run->app;
	history_free(app->history);
	app->history = history_new(app->loop, app->ring, &app->settings.conninfo, app->catalogue, run_option(run, "of"),
				   on_history, app);
	do_screen(run);
}

/* The selected one in full. */
static void do_entry(struct run *run)
{
	struct app *app = run->app;
	if (!app->history || history_count(app->history) == 0) {
		run_end(run, ST_USAGE, "no transfer is selected; `ledger` lists them on a screen");
		return;
	}
	struct entry entry = history_row(app->history, history_selected(app->history));
	ledger_show_cells(app, entry.cells);
	run_end(run, ST_OK, NULL);
}

static void do_ledger(struct run *run)
{
	if (app_prints(run->app))
		ledger_print(run);
	else if (run_option(run, "id"))
		ledger_show_one(run, run_option(run, "id"));
	else
		ledger_show(run);
}

const struct command verb_entry = {
	.name = "entry",
	.flags = COMMAND_SCREEN,
	.help = "show the selected transfer of the ledger in full",
	.run = do_entry,
};

const struct command verb_ledger = {
	.name = "ledger",
	.options =
		{
			{.name = "of", .value = "ID", .help = "only transfers that this account took part in"},
			{.name = "id", .value = "UUID", .help = "only this transfer; 8 characters of its id will do"},
			{.name = "limit", .value = "N", .help = "maximum number of rows (default 20)", .prints = true},
			COMMAND_FORMATS,
		},
	.flags = COMMAND_READS,
	.help = "list the transfers that were made, newest first",
	.run = do_ledger,
	.check = check_ledger,
	.prepare = prepare_ledger,
};
