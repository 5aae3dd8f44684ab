/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command undo: the opposite of a transfer, made as any other transfer, at most once. */
#include <stdlib.h>
#include <string.h>

#include "bank/amount.h"
#include "base/mem.h"
#include "command/options.h"
#include "handlers.h"
#include "reading.h"
#include "record.h"

/* On the screen of the ledger. */
static const char *selected_entry(const struct app *app)
{
	const struct history *history = app->history;
	return history && history_count(history) > 0 ? history_row(history, history_selected(history)).id : NULL;
}

/* What is to be undone, as a command line: kept in run->work, owned. */

static void undone(void *arg, enum status status)
{
	run_end(arg, status, NULL);
}

static void make_opposite(struct run *run)
{
	char *line = run->work;
	run->work = NULL;
	command_run(run->app, line, undone, run);
	free(line);
}

/* Made from the id of what it undoes, the undoing's own id is always the same: the ledger lets it happen once. */
static char *opposite(const struct run *run, const char *id, const char *source, const char *destination,
		      const char *amount)
{
	struct buf line = {0};
	struct err err;
	enum output_format format = FORMAT_TABLE;
	char own[TRANSFER_ID_SIZE];
	buf_str(&line, "transfer ");
	run_quote(&line, destination);
	buf_char(&line, ' ');
	run_quote(&line, source);
	buf_char(&line, ' ');
	run_quote(&line, amount);
	if (run->app->catalogue->ledger && id) {
		transfer_undo_id(own, id);
		buf_fmt(&line, " --id=%s", own);
	}
	if (run->confirmed)
		buf_str(&line, " --yes");
	if (record_wanted(run) && !run_format(run, &format, &err))
		buf_fmt(&line, " --format=%s", options_format_name(format));
	return buf_take(&line);
}

static void take(struct reading *reading, const struct rows *rows)
{
	struct run *run = reading->run;
	if (rows->nrows == 0) {
		err_set(&reading->err, ST_STATEMENT, "there is no transfer %s in the ledger", run->args[0]);
		return;
	}
	const char *cell[5];
	for (size_t i = 0; i < COUNT_OF(cell); i++) {
		cell[i] = rows_cell(rows, 0, i);
		if (!cell[i]) {
			err_set(&reading->err, ST_CHECK,
				"the ledger's row of transfer %s has a NULL in it; it cannot be undone", run->args[0]);
			return;
		}
	}
	/* The ledger's column may have more digits behind the point than the balances. */
	unsigned scale = run->app->catalogue->balance_scale;
	int64_t units;
	if (amount_parse(cell[4], scale, &units) != AMOUNT_FINE) {
		err_set(&reading->err, ST_CHECK, "transfer %s moved %.40s, which balances of this table cannot hold",
			run->args[0], cell[4]);
		return;
	}
	run->work = opposite(run, cell[0], cell[2], cell[3], amount_show(units, scale).text);
}

enum status check_undo(const struct run *run, struct err *err)
{
	if (run->nargs > 0 && !transfer_is_id(run->args[0]))
		return err_set(err, ST_USAGE,
			       "undo takes a transfer's id, a UUID, as `ledger` lists them, not \"%.80s\"",
			       run->args[0]);
	if (run->nargs == 0 && !selected_entry(run->app) && run->app->transfer.result.outcome != OUTCOME_COMMITTED)
		return err_set(err, ST_USAGE,
			       "no transfer was made here that could be undone; name one by its id: undo UUID");
	return record_check(run, err);
}

enum status prepare_undo(struct run *run, struct err *err)
{
	return run->nargs > 0 ? ledger_there(run, err) : ST_OK;
}

/* Without a ledger, what this session knows. */
static void undo_last(struct run *run)
{
	const struct app_transfer *last = &run->app->transfer;
	struct amount_text amount = amount_show(transfer_facts(last->body).amount, run->app->catalogue->balance_scale);
	run->work = opposite(run, NULL, last->source, last->destination, amount.text);
	make_opposite(run);
}

void do_undo(struct run *run)
{
	struct app *app = run->app;
	const char *selected = selected_entry(app);
	if (run->nargs == 0)
		run->args[run->nargs++] = mem_dup(selected ? selected : transfer_facts(app->transfer.body).id);
	if (!app->catalogue->ledger) {
		undo_last(run);
		return;
	}
	struct reading *reading = reading_begin(run, reading_no_more);
	if (!reading)
		return;
	reading->what = "the ledger";
	reading->take = take;
	reading->then = make_opposite;
	reading_ask(reading, app->catalogue->sql_ledger_one, (const char *const[]){run->args[0]}, 1);
}
