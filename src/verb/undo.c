/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command undo: the opposite of a transfer, made as any other transfer, at most once. */
#include <stdlib.h>
#include <string.h>

#include "bank/amount.h"
#include "base/mem.h"
#include "cli/options.h"
#include "cli/row_reader.h"
#include "verb_internal.h"

/* On the screen of the ledger. */
static const char *selected_entry(const struct app *app)
{
	const struct history *history = app->history;
	return history && history_count(history) > 0 ? history_row(history, history_selected(history)).cells[LEDGER_ID]
						     : NULL;
}

/* ---- the opposite ---- */

/* What is to be undone, as a command line: kept in run->work; NULL where it is undone already. */

static void undone(void *arg, enum status status)
{
	struct run *run = arg;
	if (run->app->private->undoing == run)
		run->app->private->undoing = NULL;
	run_end(run, status, NULL);
}

static void make_opposite(struct run *run)
{
	char *line = run->work;
	run->work = NULL;
	if (!line) {
		run_end(run, ST_OK, NULL);
		return;
	}
	run->app->private->undoing = run;
	if (run->asks && !run->confirmed)
		command_ask(run->app, line, undone, run);
	else
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
		buf_fmt(&line, " --format=%s", output_format_word(format));
	return buf_take(&line);
}

/* The opposite is in the ledger: that is said before anything is asked. A program gets the record of that transfer,
 * which moves nothing. */
static void take_opposite(struct run *run, const struct rows *rows)
{
	struct buf line = {0};
	const char *id = rows_cell(rows, 0, LEDGER_ID);
	if (!id)
		return;
	if (record_wanted(run))
		buf_fmt(&line, "%s --yes", (char *)run->work);
	else
		app_result(run->app, "transfer %s is undone already, by transfer %s; nothing was moved now",
			   run->args[0], id);
	free(run->work);
	run->work = line.p;
}

static void say_last_undone(struct app *app)
{
	const struct last *last = &app->private->last;
	app_result(app, "the transfer of %s from %s to %s is undone already; nothing was moved now", last->amount,
		   last->source, last->destination);
}

/* By its whole id, from which that of the opposite is made. */
static void undo_name(struct run *run, const char *id)
{
	char *whole = mem_dup(id);
	free(run->args[0]);
	run->args[0] = whole;
}

/* Made before there was a ledger. */
static bool take_last(struct reading *reading)
{
	struct run *run = reading->run;
	const struct last *last = &run->app->private->last;
	if (!last->id || strncasecmp(last->id, run->args[0], strlen(run->args[0])) != 0 || last->unsure)
		return false;
	undo_name(run, last->id);
	reading->left = !last->undone;
	if (last->undone)
		say_last_undone(run->app);
	else
		run->work = opposite(run, last->id, last->source, last->destination, last->amount);
	return true;
}

static void undo_take(struct reading *reading, const struct rows *rows)
{
	struct run *run = reading->run;
	if (run->work) {
		take_opposite(run, rows);
		return;
	}
	if (rows->nrows == 0 && take_last(reading))
		return;
	const char *cell[LEDGER_COLUMNS], *id = ledger_take_one(reading, rows, run->args[0]);
	if (!id)
		return;
	undo_name(run, id);
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
	if (amount_parse(cell[LEDGER_AMOUNT], scale, &units) != AMOUNT_FINE) {
		err_set(&reading->err, ST_CHECK, "transfer %s moved %.40s, which balances of this table cannot hold",
			run->args[0], cell[LEDGER_AMOUNT]);
		return;
	}
	run->work = opposite(run, cell[LEDGER_ID], cell[LEDGER_SOURCE], cell[LEDGER_DESTINATION],
			     amount_show(units, scale).text);
}

static enum status check_undo(const struct run *run, struct err *err)
{
	if (run->nargs > 0 && !ledger_names_one(run->args[0]))
		return err_set(err, ST_USAGE,
			       "undo takes a transfer's id, or its first 8 characters or more, as `ledger` lists them, "
			       "not \"%.80s\"",
			       run->args[0]);
	if (run->nargs == 0 && !selected_entry(run->app) && !run->app->private->last.id)
		return err_set(err, ST_USAGE,
			       "no transfer was made here that could be undone; name one by its id: undo UUID");
	return record_check(run, err);
}

static enum status prepare_undo(struct run *run, struct err *err)
{
	return run->nargs > 0 ? ledger_there(run, err) : ST_OK;
}

/* Without a ledger, what this session knows. */
static void undo_last(struct run *run)
{
	const struct last *last = &run->app->private->last;
	if (last->unsure) {
		run_end(run, ST_UNKNOWN, "what became of the last transfer is not known: look at both balances");
		return;
	}
	if (last->undone)
		say_last_undone(run->app);
	else
		run->work = opposite(run, NULL, last->source, last->destination, last->amount);
	make_opposite(run);
}

/* First the transfer, then its opposite. */
static bool ask_opposite(struct reading *reading)
{
	struct run *run = reading->run;
	char own[TRANSFER_ID_SIZE];
	if (reading->left == 0)
		return false;
	reading->left = 0;
	transfer_undo_id(own, run->args[0]);
	reading_ask(reading, CAT_LEDGER_ONE, (const char *const[]){own}, 1);
	return true;
}

static void do_undo(struct run *run)
{
	struct app *app = run->app;
	const char *selected = selected_entry(app);
	if (run->nargs == 0)
		run->args[run->nargs++] = mem_dup(selected ? selected : app->private->last.id);
	if (!app->catalogue->ledger) {
		undo_last(run);
		return;
	}
	struct reading *reading = reading_begin(run, ask_opposite);
	if (!reading)
		return;
	reading->what = "the ledger";
	reading->take = undo_take;
	reading->then = make_opposite;
	reading->left = 1;
	ledger_ask_one(reading, run->args[0]);
}

const struct command verb_undo = {
	.name = "undo",
	.args = {{"UUID", ARG_WORD, true}},
	.options =
		{
			{.name = "yes", .help = "do not ask"},
			COMMAND_FORMATS,
		},
	.flags = COMMAND_READS | COMMAND_CHANGES,
	.help = "move back what a transfer moved (default: the last)",
	.run = do_undo,
	.check = check_undo,
	.prepare = prepare_undo,
};
