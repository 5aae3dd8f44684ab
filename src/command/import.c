/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command import: accounts from a CSV file, and from which line to go on where it could not go on. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank/amount.h"
#include "base/csv.h"
#include "base/mem.h"
#include "base/reader.h"
#include "base/text.h"
#include "bulk.h"
#include "command/options.h"
#include "handlers.h"
#include "inner.h"
#include "intake.h"

enum { CHUNK = 5000, CHUNK_MAX = 100000, SAID_COLUMNS = 60 };

/*
 * Reading and writing take turns: a piece of the file is read, its records go into a chunk, and once that is full (or the file ends)
 * it is written, and the rest of the piece goes on. So no more than a chunk and a piece are in memory.
 */
struct import {
	struct app *app;
	char *file;
	struct reader *reader;
	struct csv *csv;
	struct intake *intake; /* NULL before the header was read */
	size_t ncolumns, id_at, balance_at;
	bool skip;          /* bad lines are told and left out */
	uint64_t from_line; /* lines before it are passed over */
	unsigned chunk;

	const char *piece; /* what was read and not looked at yet */
	size_t npiece;
	bool ended; /* of the file */
	bool stopped;
	bool over; /* nothing more is to be done, and `err` says why, or is empty */
	struct err err;
	uint64_t left_out;
};

/* ---- the end ---- */

/* Only remembered here: whoever came from the loop leaves by conclude(). */
static void end(struct import *import, enum status status, const char *why)
{
	if (import->over)
		return;
	import->over = true;
	err_set(&import->err, status, "%s", why);
}

static void say_kept(struct import *import, struct buf *told)
{
	uint64_t kept = import->intake ? intake_kept(import->intake) : 0;
	uint64_t line = import->intake ? intake_resume(import->intake) : 0;
	if (import->err.text[0])
		buf_fmt(told, "%s; ", import->err.text);
	if (kept == 0)
		buf_str(told, "nothing was imported");
	else
		buf_fmt(told, "%" PRIu64 " %s imported and kept; to go on: --from-line %" PRIu64, kept,
			text_plural(kept, "account was", "accounts were"), line);
}

static void say_done(struct import *import, struct buf *told)
{
	char pace[64];
	uint64_t kept = intake_kept(import->intake), left_out = import->left_out;
	bulk_pace(import->app, kept, pace);
	buf_fmt(told, "imported %" PRIu64 " %s %s", kept, text_plural(kept, "account", "accounts"), pace);
	if (left_out)
		buf_fmt(told, "; %" PRIu64 " %s left out", left_out, text_plural(left_out, "line was", "lines were"));
}

/* The import is gone where it is over. */
static void conclude(struct import *import)
{
	struct buf told = {0};
	enum status status = import->err.status;
	if (!import->over)
		return;
	if (status)
		say_kept(import, &told);
	else
		say_done(import, &told);
	bulk_end(import->app, status, told.p);
	buf_free(&told);
}

/* ---- lines that cannot be used ---- */

static void say_bad(void *arg, uint64_t line, const char *why)
{
	struct import *import = arg;
	import->left_out++;
	app_say(import->app, ST_REJECTED, "%.200s: line %" PRIu64 " %s", import->file, line, why);
}

/* Without a header there is nothing to be left out. */
static void bad_line(struct import *import, uint64_t line, const char *why)
{
	say_bad(import, line, why);
	if (!import->skip || !import->intake)
		end(import, ST_REJECTED, "");
}

static void bad_value(struct import *import, uint64_t line, const char *what, const char *value, const char *why)
{
	struct buf said = {0}, sentence = {0};
	text_escape(&said, value, strlen(value), SAID_COLUMNS);
	buf_fmt(&sentence, "has the %s \"%s\", which %s", what, buf_text(&said), why);
	bad_line(import, line, sentence.p);
	buf_free(&said);
	buf_free(&sentence);
}

/* ---- the header ---- */

/* The place of a column of the table among those that a header may name, or how many there are. */
static size_t known_column(const struct catalogue *catalogue, const char *name)
{
	size_t i = 0;
	if (strcmp(name, catalogue->id_name) == 0)
		return 0;
	if (strcmp(name, catalogue->balance_name) == 0)
		return 1;
	while (i < catalogue->nextra && strcmp(name, catalogue->extra[i]) != 0)
		i++;
	return 2 + i;
}

static bool check_column(struct import *import, const struct csv_record *record, size_t at)
{
	const struct catalogue *catalogue = import->app->catalogue;
	const char *name = record->fields[at] ? record->fields[at] : "";
	struct buf why = {0};
	buf_fmt(&why, "is not among those of %s: the first line names the columns, as in %s,%s", catalogue->name,
		catalogue->id_name, catalogue->balance_name);
	bool known = known_column(catalogue, name) < 2 + catalogue->nextra, twice = false;
	for (size_t i = 0; i < at; i++)
		twice = twice || strcmp(name, record->fields[i]) == 0;
	if (!known || twice)
		bad_value(import, record->line, "column", name, known ? "it has already" : why.p);
	buf_free(&why);
	return known && !twice;
}

static void on_written(void *arg, const struct err *err);

static void open_intake(struct import *import, const struct csv_record *record)
{
	import->ncolumns = record->nfields;
	import->intake = intake_new(import->app, &(struct intake_spec){.columns = record->fields,
								       .ncolumns = record->nfields,
								       .chunk = import->chunk,
								       .skip = import->skip,
								       .bad = say_bad,
								       .done = on_written,
								       .arg = import});
	if (csv_had_mark(import->csv))
		app_say(import->app, ST_OK, "%.200s: line 1 begins with a byte order mark, which is passed over",
			import->file);
}

static void take_header(struct import *import, const struct csv_record *record)
{
	const struct catalogue *catalogue = import->app->catalogue;
	char why[256];
	size_t places[2] = {record->nfields, record->nfields}; /* of id and balance */
	for (size_t i = 0; i < record->nfields; i++) {
		if (!check_column(import, record, i))
			return;
		size_t column = known_column(catalogue, record->fields[i]);
		if (column < 2)
			places[column] = i;
	}
	for (size_t i = 0; i < 2; i++) {
		if (places[i] < record->nfields)
			continue;
		snprintf(why, sizeof why, "names no column %.60s: it is needed, as in %.60s,%.60s",
			 i ? catalogue->balance_name : catalogue->id_name, catalogue->id_name, catalogue->balance_name);
		bad_line(import, record->line, why);
		return;
	}
	import->id_at = places[0];
	import->balance_at = places[1];
	open_intake(import, record);
}

/* ---- rows ---- */

/* What can be told from here, so that the server need not be asked; it has the last word on everything else. */
static const char *wrong_with_id(const struct catalogue *catalogue, const char *id)
{
	return catalogue->id_is_number && !text_is_integer(id) ? "is no whole number" : NULL;
}

static const char *wrong_with_balance(const struct catalogue *catalogue, const char *balance)
{
	int64_t units;
	switch (amount_parse(balance, catalogue->balance_scale, &units)) {
	case AMOUNT_FINE:
	case AMOUNT_TOO_LARGE: /* up to the column */
		return NULL;
	case AMOUNT_NO_NUMBER:
		return "is no number";
	case AMOUNT_TOO_FINE:
		return "has more digits behind the point than the column holds";
	}
	return NULL;
}

static void take_row(struct import *import, const struct csv_record *record)
{
	const struct catalogue *catalogue = import->app->catalogue;
	char count[80];
	if (record->nfields != import->ncolumns) {
		snprintf(count, sizeof count, "has %zu %s, and the first line names %zu columns", record->nfields,
			 text_plural(record->nfields, "field", "fields"), import->ncolumns);
		bad_line(import, record->line, count);
		return;
	}
	const char *id = record->fields[import->id_at], *balance = record->fields[import->balance_at];
	const char *wrong_id = id ? wrong_with_id(catalogue, id) : NULL;
	const char *wrong_balance = balance ? wrong_with_balance(catalogue, balance) : NULL;
	if (!id)
		bad_line(import, record->line, "has no id");
	else if (wrong_id)
		bad_value(import, record->line, "id", id, wrong_id);
	else if (wrong_balance)
		bad_value(import, record->line, "balance", balance, wrong_balance);
	else
		intake_add(import->intake, record->line, record->fields);
}

static void take(struct import *import, enum csv_got got, const struct csv_record *record)
{
	bool before = import->intake && record->line < import->from_line;
	if (before)
		return;
	if (got == CSV_BAD)
		bad_line(import, record->line, record->why);
	else if (import->intake)
		take_row(import, record);
	else
		take_header(import, record);
}

/* ---- reading and writing in turns ---- */

static void write_chunk(struct import *import)
{
	if (txn_running(import->app->txn) || db_state(import->app->work) == DB_BUSY)
		end(import, ST_USAGE, "something else has begun to use the session meanwhile");
	else
		intake_write(import->intake);
}

static void take_end(struct import *import)
{
	struct csv_record record;
	enum csv_got got = csv_end(import->csv, &record);
	if (got != CSV_MORE)
		take(import, got, &record);
	if (import->over)
		return;
	if (!import->intake)
		bad_line(import, 1, "is missing: the file is empty, and its first line must name the columns");
	else if (!intake_is_empty(import->intake))
		write_chunk(import);
	else
		end(import, ST_OK, "");
}

static void on_piece(void *arg, const char *bytes, size_t n, const struct err *err);

static void go_on(struct import *import)
{
	struct csv_record record;
	enum csv_got got = CSV_RECORD;
	while (got != CSV_MORE && !import->over) {
		if (import->intake && intake_is_full(import->intake)) {
			write_chunk(import);
			return;
		}
		got = csv_next(import->csv, &import->piece, &import->npiece, &record);
		if (got != CSV_MORE)
			take(import, got, &record);
	}
	if (import->ended && !import->over)
		take_end(import);
	else if (!import->over)
		reader_next(import->reader, on_piece, import);
}

static void on_written(void *arg, const struct err *err)
{
	struct import *import = arg;
	if (err)
		end(import, err->status, err->text);
	else if (import->stopped || import->app->leaving)
		end(import, ST_CANCELLED, "cancelled");
	else
		go_on(import);
	if (!import->over)
		bulk_progress(import->app, intake_kept(import->intake));
	conclude(import);
}

static void on_piece(void *arg, const char *bytes, size_t n, const struct err *err)
{
	struct import *import = arg;
	import->piece = bytes;
	import->npiece = n;
	import->ended = n == 0;
	if (err)
		end(import, err->status, err->text);
	else
		go_on(import);
	conclude(import);
}

/* ---- the command ---- */

static void stop(void *work)
{
	struct import *import = work;
	import->stopped = true;
	if (import->intake && intake_is_writing(import->intake)) {
		intake_cancel(import->intake);
		return;
	}
	end(import, ST_CANCELLED, "cancelled");
	conclude(import);
}

static void forget(void *work)
{
	struct import *import = work;
	reader_close(import->reader);
	csv_free(import->csv);
	intake_free(import->intake);
	free(import->file);
	free(import);
}

struct request {
	unsigned long long chunk, from_line;
	bool skip;
};

static enum status read_line(const struct run *run, struct request *request, struct err *err)
{
	const char *chunk = run_option(run, "chunk"), *from = run_option(run, "from-line");
	const struct settings *settings = &run->app->settings;
	bool commands = !app_prints(run->app) || (settings->ncommands == 0 && !settings->file) ||
			(settings->file && strcmp(settings->file, "-") == 0);
	enum status status = ST_OK;
	*request = (struct request){CHUNK, 0, run_option(run, "skip-bad") != NULL};
	if (strcmp(run->args[0], "-") == 0 && commands)
		return err_set(err, ST_USAGE,
			       "commands come from standard input: import - has its place on the command line");
	if (request->skip && run_option(run, "strict"))
		return err_set(err, ST_USAGE, "import takes --strict or --skip-bad, not both");
	if (chunk)
		status = options_number(chunk, "--chunk", 1, CHUNK_MAX, &request->chunk, err);
	if (!status && from)
		status = options_number(from, "--from-line", 1, UINT64_MAX, &request->from_line, err);
	return status;
}

enum status check_import(const struct run *run, struct err *err)
{
	struct request request;
	return read_line(run, &request, err);
}

void do_import(struct run *run)
{
	struct app *app = run->app;
	struct err err;
	struct request request;
	struct reader *reader = NULL;
	if (app_busy(app))
		err_set(&err, ST_USAGE, "something else is running; try again when it is over");
	else if (read_line(run, &request, &err) == ST_OK)
		reader = reader_open(app->loop, run->args[0], &err);
	if (!reader) {
		run_end(run, err.status, err.text);
		return;
	}
	struct import *import = NEW(struct import);
	*import = (struct import){
		.app = app,
		.file = mem_dup(strcmp(run->args[0], "-") == 0 ? "standard input" : run->args[0]),
		.reader = reader,
		.csv = csv_new(),
		.skip = request.skip,
		.from_line = request.from_line,
		.chunk = (unsigned)request.chunk,
	};
	bulk_begin(&(struct bulk){.run = run, .did = "imported", .stop = stop, .free = forget, .work = import});
	reader_next(reader, on_piece, import);
}
