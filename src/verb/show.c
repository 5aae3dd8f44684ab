/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command show: one account, and the last transfers that it took part in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/row_reader.h"
#include "verb_internal.h"

/* So many transfers are shown: below a table, and on a screen. */
#define LATEST_TABLE "5"
#define LATEST_SCREEN "100"

enum { NAME_COLS = 14, TIME_COLS = 19, CELL_COLS = 60 };

static void show_add_cell(struct buf *out, const char *cell, size_t columns)
{
	text_escape(out, cell ? cell : "NULL", cell ? strlen(cell) : 4, columns);
}

/* To the second, as the ledger's pane has it. */
static void show_add_time(struct buf *out, const char *time)
{
	text_escape(out, time ? time : "NULL", time ? strnlen(time, TIME_COLS) : 4, 0);
}

static bool nothing_found(struct reading *reading)
{
	if (reading->got > 0)
		return false;
	err_set(&reading->err, ST_STATEMENT, "there is no account %.80s", reading->run->args[0]);
	return true;
}

/* ---- on a screen ---- */

static void take_account(struct reading *reading, const struct rows *rows)
{
	for (size_t c = 0; c < rows->ncols && rows->nrows > 0; c++) {
		struct buf name = {0};
		show_add_cell(&name, rows->names[c], NAME_COLS);
		buf_fmt(&reading->said, "%-*s  ", NAME_COLS, buf_text(&name));
		show_add_cell(&reading->said, rows_cell(rows, 0, c), CELL_COLS);
		buf_char(&reading->said, '\n');
		buf_free(&name);
	}
}

static void take_transfer(struct reading *reading, const struct rows *rows, size_t row)
{
	const char *id = reading->run->args[0], *source = rows_cell(rows, row, LEDGER_SOURCE);
	bool pays = source && strcmp(source, id) == 0;
	struct buf *out = &reading->said;
	show_add_time(out, rows_cell(rows, row, LEDGER_MADE_AT));
	buf_str(out, pays ? "  paid " : "  received ");
	show_add_cell(out, rows_cell(rows, row, LEDGER_AMOUNT), CELL_COLS);
	buf_str(out, pays ? " to " : " from ");
	show_add_cell(out, rows_cell(rows, row, pays ? LEDGER_DESTINATION : LEDGER_SOURCE), CELL_COLS);
	buf_str(out, "   ");
	show_add_cell(out, rows_cell(rows, row, LEDGER_ID), CELL_COLS);
	buf_char(out, '\n');
}

static void take_transfers(struct reading *reading, const struct rows *rows)
{
	buf_str(&reading->said, rows->nrows ? "\nTransfers, the newest first:\n" : "\nNo transfers in the ledger.\n");
	for (size_t i = 0; i < rows->nrows; i++)
		take_transfer(reading, rows, i);
}

static bool show_all(struct reading *reading)
{
	char title[80];
	struct buf id = {0};
	show_add_cell(&id, reading->run->args[0], 40);
	snprintf(title, sizeof title, "Account %s", buf_text(&id));
	buf_free(&id);
	app_show(reading->run->app, title, &reading->said);
	return false;
}

/* ---- the ledger's part ---- */

static void ask_transfers(struct reading *reading, const char *limit)
{
	const struct run *run = reading->run;
	reading_ask(reading, CAT_LEDGER_NEWEST, (const char *const[]){run->args[0], limit}, 2);
}

static bool then_show(struct reading *reading)
{
	if (nothing_found(reading) || !reading->run->app->catalogue->ledger)
		return !reading->err.status && show_all(reading);
	reading->take = take_transfers;
	reading->more = show_all;
	ask_transfers(reading, LATEST_SCREEN);
	return true;
}

/* A second table below the first: in the other formats there is one kind of rows only, and `ledger --of` has those. */
static bool then_print(struct reading *reading)
{
	if (nothing_found(reading))
		return false;
	if (output_end(reading->output, reading->run->app, &reading->err)) {
		reading->output = NULL;
		return false;
	}
	printf("\n");
	reading->output = ledger_output(reading->run, FORMAT_TABLE);
	reading->more = reading_no_more;
	ask_transfers(reading, LATEST_TABLE);
	return true;
}

static bool show_found_one(struct reading *reading)
{
	nothing_found(reading);
	return false;
}

/* ---- the command ---- */

static enum status prepare_show(struct run *run, struct err *err)
{
	const char *selected = transfer_selected(run->app);
	if (run->nargs == 0 && !selected)
		return err_set(err, ST_USAGE, "which account? show ID");
	if (run->nargs == 0)
		run->args[run->nargs++] = mem_dup(selected);
	return ST_OK;
}

static void do_show(struct run *run)
{
	const struct catalogue *catalogue = run->app->catalogue;
	struct err err = {0};
	enum output_format format = FORMAT_TABLE;
	if (run_format(run, &format, &err)) {
		run_end(run, err.status, err.text);
		return;
	}
	bool prints = app_prints(run->app);
	bool two = catalogue->ledger && format == FORMAT_TABLE;
	struct reading *reading = reading_begin(run, !prints ? then_show : two ? then_print : show_found_one);
	if (!reading)
		return;
	reading->by_id = true;
	if (prints)
		reading->output = list_output(run, stdout, format);
	else
		reading->take = take_account;
	reading_ask(reading, CAT_ONE, (const char *const[]){run->args[0]}, 1);
}

const struct command verb_show = {
	.name = "show",
	.args = {{"ID", ARG_ACCOUNT, true}},
	.options =
		{
			COMMAND_FORMATS,
		},
	.flags = COMMAND_READS,
	.help = "show one account and its last transfers",
	.run = do_show,
	.prepare = prepare_show,
};
