/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands that read accounts: list, show and count. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "command/options.h"
#include "command/output.h"
#include "handlers.h"
#include "inner.h"

enum { PAGE_ROWS = 500 };

/* One command that reads: a page at a time, so that a list of any length takes the memory of one page. */
struct reading {
	struct run *run;
	struct db *db;
	struct output *output; /* NULL: the answer is said, not written */
	unsigned long long left;
	char *after; /* the last id that was written; NULL: from the start */
	size_t got;  /* rows of the newest answer */
	struct buf said;
	struct err err;
	bool (*more)(struct reading *reading); /* sends the next statement; false: there is nothing left to do */
};

/* On a screen the browse session belongs to the pages, so the one for transfers is used while nothing else uses it. */
static struct db *reader_of(const struct app *app)
{
	struct db *db = app_prints(app) ? app->browse : app->work;
	return db_state(db) == DB_IDLE && !app->transfer.run && !app->inner->settling ? db : NULL;
}

/* ---- the columns ---- */

static size_t ncols_of(const struct catalogue *catalogue)
{
	return 2 + catalogue->nextra;
}

static struct output *open_output(struct run *run, enum output_format format)
{
	const struct catalogue *catalogue = run->app->catalogue;
	const char *names[2 + CATALOGUE_EXTRA_MAX] = {catalogue->id_name, catalogue->balance_name};
	bool right[2 + CATALOGUE_EXTRA_MAX] = {catalogue->id_is_number, true};
	for (size_t i = 0; i < catalogue->nextra; i++)
		names[2 + i] = catalogue->extra[i];
	return output_new(stdout, format, ncols_of(catalogue), names, right);
}

enum status run_format(const struct run *run, enum output_format *format, struct err *err)
{
	const char *word = run_option(run, "format");
	*format = run->app->settings.format;
	if (run_option(run, "csv"))
		*format = FORMAT_CSV;
	if (run_option(run, "json"))
		*format = FORMAT_JSON;
	return word ? options_format(word, format, err) : ST_OK;
}

/* ---- the life of a reading ---- */

static void finish(struct reading *reading)
{
	struct run *run = reading->run;
	struct err err = reading->err;
	if (reading->output && err.status)
		output_free(reading->output);
	else if (reading->output)
		err.status = output_end(reading->output, &err);
	if (!err.status && reading->said.len)
		app_result(run->app, "%s", reading->said.p);
	free(reading->after);
	buf_free(&reading->said);
	free(reading);
	run_end(run, err.status, err.text[0] ? err.text : NULL);
}

static void take_rows(struct reading *reading, const struct rows *rows)
{
	reading->got = rows->nrows;
	if (rows->nrows == 0)
		return;
	if (reading->output)
		output_rows(reading->output, rows->cells, rows->nrows);
	free(reading->after);
	reading->after = mem_dup(rows_cell(rows, rows->nrows - 1, 0));
}

static void on_answer(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct reading *reading = arg;
	if (!answer->ok) {
		err_set(&reading->err, ST_STATEMENT, "%s cannot be read: %s", reading->run->app->catalogue->name,
			answer->message);
		return;
	}
	if (!answer->rows)
		return;
	if (!reading->output)
		for (size_t c = 0; c < answer->rows->ncols && answer->rows->nrows > 0; c++) {
			const char *cell = rows_cell(answer->rows, 0, c);
			buf_fmt(&reading->said, "%s%s", c == 0 ? "" : c == 1 ? ": " : ", ", cell ? cell : "NULL");
		}
	take_rows(reading, answer->rows);
}

static void on_idle(void *arg)
{
	struct reading *reading = arg;
	if (reading->err.status || !reading->more(reading))
		finish(reading);
}

static void on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct reading *reading = arg;
	struct app *app = reading->run->app;
	err_set(&reading->err, ST_LOST, "the connection was lost: %s", why->message);
	start_lost(app);
	finish(reading);
}

static void ask(struct reading *reading, const char *sql, const char *const *params, unsigned nparams)
{
	struct statement statement = {.sql = sql, .verb = VERB_SELECT, .nparams = nparams, .params = params};
	struct db_context context = {0};
	struct db_reply reply = {on_answer, on_idle, on_lost, reading};
	db_send(reading->db, &statement, 1, &context, &reply);
}

static struct reading *begin(struct run *run, bool (*more)(struct reading *reading))
{
	struct db *db = reader_of(run->app);
	if (!db) {
		run_end(run, ST_USAGE, "the session is busy; try again when the transfer is over");
		return NULL;
	}
	struct reading *reading = NEW(struct reading);
	*reading = (struct reading){.run = run, .db = db, .more = more};
	return reading;
}

static bool no_more(struct reading *reading)
{
	(void)reading;
	return false;
}

/* ---- list ---- */

static bool next_page(struct reading *reading)
{
	const struct catalogue *catalogue = reading->run->app->catalogue;
	unsigned long long rows = reading->left < PAGE_ROWS ? reading->left : PAGE_ROWS;
	char limit[24];
	snprintf(limit, sizeof limit, "%llu", rows);
	reading->left -= rows;
	if (reading->after)
		ask(reading, catalogue->sql_page_after, (const char *const[]){reading->after, limit}, 2);
	else
		ask(reading, catalogue->sql_page_first, (const char *const[]){limit}, 1);
	return true;
}

static bool after_page(struct reading *reading)
{
	if (ferror(stdout)) /* nobody reads any more: no need to ask for the rest */
		return false;
	return reading->left > 0 && reading->got == PAGE_ROWS && next_page(reading);
}

static enum status limit_of(const struct run *run, unsigned long long *limit, struct err *err)
{
	const char *word = run_option(run, "limit");
	*limit = 20;
	return word ? options_number(word, "--limit", 1, UINT64_MAX, limit, err) : ST_OK;
}

enum status check_list(const struct run *run, struct err *err)
{
	enum output_format format;
	unsigned long long limit;
	enum status status = run_format(run, &format, err);
	return status ? status : limit_of(run, &limit, err);
}

void do_list(struct run *run)
{
	struct err err = {0};
	enum output_format format;
	unsigned long long limit;
	const char *after = run_option(run, "after");
	enum status status = run_format(run, &format, &err);
	if (!status)
		status = limit_of(run, &limit, &err);
	if (!status && after && run->app->catalogue->id_is_number && !text_is_integer(after))
		status = err_set(&err, ST_USAGE, "--after takes an account's id, a whole number, not \"%.80s\"", after);
	if (!status && !app_prints(run->app))
		status = err_set(&err, ST_USAGE,
				 "list writes to standard output: on a screen the accounts are there already");
	struct reading *reading = status ? NULL : begin(run, after_page);
	if (status)
		run_end(run, status, err.text);
	if (!reading)
		return;
	reading->output = open_output(run, format);
	reading->left = limit;
	reading->after = mem_dup(after);
	next_page(reading);
}

/* ---- show, count ---- */

static bool found_one(struct reading *reading)
{
	if (reading->got == 0)
		err_set(&reading->err, ST_STATEMENT, "there is no account %.80s", reading->run->args[0]);
	return false;
}

void do_show(struct run *run)
{
	struct err err = {0};
	enum output_format format;
	if (run_format(run, &format, &err)) {
		run_end(run, err.status, err.text);
		return;
	}
	struct reading *reading = begin(run, found_one);
	if (!reading)
		return;
	if (app_prints(run->app))
		reading->output = open_output(run, format);
	ask(reading, run->app->catalogue->sql_one, (const char *const[]){run->args[0]}, 1);
}

void do_count(struct run *run)
{
	struct reading *reading = begin(run, no_more);
	if (!reading)
		return;
	if (!app_prints(run->app))
		buf_str(&reading->said, "accounts: ");
	ask(reading, run->app->catalogue->sql_count, NULL, 0);
}
