/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command export: all accounts to a file or standard output, as they are at one moment, page by page. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/bulk.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/output.h"
#include "cli/row_reader.h"
#include "cli/whole_file.h"
#include "db/pool.h"
#include "verb_internal.h"

enum { PAGE_ROWS = 1000, PAGE_BYTES = 4 << 20, PAGE_GROWS = 8 };

/*
 * One read-only transaction with one snapshot: BEGIN with the first page, a page after the last id of the one before,
 * COMMIT. The file is written under another name beside its own, and gets that when all of it is there.
 */
struct export
{
	struct app *app;
	struct bulk *bulk;
	struct db *db;
	struct whole_file *file; /* NULL for standard output */
	FILE *to;
	struct output *output;
	unsigned page; /* rows */
	char *after;   /* the last id that was written; NULL: from the start */
	bool all;      /* there is no next page */
	bool closing;  /* COMMIT or ROLLBACK was sent */
	bool stopped;
	bool unnamed; /* nothing that the user wrote names the format */
	uint64_t done;
	struct err err;
};

static const char begin_sql[] = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/* ---- the file ---- */

static enum status open_file(struct export *export, const char *path, struct err *err)
{
	export->to = stdout;
	if (strcmp(path, "-") == 0)
		return ST_OK;
	export->file = whole_file_new(path, err);
	export->to = export->file ? whole_file_stream(export->file) : NULL;
	return export->file ? ST_OK : err->status;
}

/* Ends the data; the file gets its name. */
static void close_output(struct export *export)
{
	struct err own = {0};
	enum status status = output_end(export->output, export->app, &own);
	export->output = NULL;
	if (!export->file) {
		export->err = status ? own : export->err;
		return;
	}
	if (whole_file_end(export->file, &export->err) == ST_OK)
		export->err = status ? own : export->err;
	export->to = NULL;
}

/* Rows may be of many megabytes, which is known only of those that came: few are asked for first. */
static unsigned next_page(unsigned page, size_t bytes_a_row)
{
	size_t fit = PAGE_BYTES / (bytes_a_row + 1), most = page * PAGE_GROWS;
	fit = fit < most ? fit : most;
	fit = fit < PAGE_ROWS ? fit : PAGE_ROWS;
	return fit ? (unsigned)fit : 1;
}

static void export_take_rows(struct export *export, const struct rows *rows)
{
	size_t bytes = 0;
	for (size_t i = 0; i < rows->nrows * rows->ncols; i++)
		bytes += rows->cells[i] ? strlen(rows->cells[i]) : 0;
	output_rows(export->output, rows->cells, rows->nrows);
	export->done += rows->nrows;
	export->all = rows->nrows < export->page;
	if (rows->nrows > 0) {
		export->page = next_page(export->page, bytes / rows->nrows);
		free(export->after);
		export->after = mem_dup(rows_cell(rows, rows->nrows - 1, ACCOUNT_ID));
	}
	if (ferror(export->to)) /* full, or nobody reads any more: no need to ask for the rest */
		export->all = true;
}

/* ---- the end ---- */

static void export_conclude(struct export *export)
{
	char pace[64];
	struct buf told = {0};
	if (!export->err.status)
		close_output(export);
	bulk_pace(export->bulk, export->done, pace);
	if (!export->err.status)
		buf_fmt(&told, "exported %" PRIu64 " %s%s %s", export->done,
			text_plural(export->done, "account", "accounts"), export->unnamed ? " as CSV" : "", pace);
	else if (export->err.text[0])
		buf_fmt(&told, export->file ? "%s; %s is as it was" : "%s", export->err.text,
			export->bulk->run->args[0]);
	bulk_end(export->bulk, export->err.status, told.len ? told.p : NULL);
	buf_free(&told);
}

/* ---- the conversation ---- */

static void export_ask(struct export *export, bool first);

static void export_send(struct export *export, const struct statement *statements, size_t n, struct db_reply reply)
{
	struct db_context context = {0};
	db_send(export->db, statements, n, &context, &reply);
}

static void export_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct export *export = arg;
	if (!export->err.status)
		err_set(&export->err, ST_LOST, "the connection was lost: %s%s", why->message,
			pool_advice(export->app->browse, why->sqlstate));
	reconnect_lost(export->app);
	export_conclude(export);
}

static void export_on_answer(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct export *export = arg;
	if (answer->ok && answer->rows) {
		export_take_rows(export, answer->rows);
		return;
	}
	if (answer->ok || answer->skipped || export->err.status)
		return;
	if (export->stopped)
		err_set(&export->err, ST_CANCELLED, "cancelled");
	else
		answer_tell(&export->err, ST_STATEMENT, answer, "%.200s cannot be read", export->app->catalogue->name);
}

static void export_on_idle(void *arg)
{
	struct export *export = arg;
	if (export->stopped && !export->err.status && !export->all)
		err_set(&export->err, ST_CANCELLED, "cancelled");
	if (export->closing) {
		export_conclude(export);
	} else if (export->err.status || export->all) {
		bool fine = !export->err.status;
		struct statement close = {.sql = fine ? "COMMIT" : "ROLLBACK",
					  .verb = fine ? VERB_COMMIT : VERB_ROLLBACK};
		export->closing = true;
		export_send(export, &close, 1,
			    (struct db_reply){export_on_answer, export_on_idle, export_on_lost, export, NULL});
	} else {
		bulk_progress(export->bulk, export->done);
		export_ask(export, false);
	}
}

static void export_ask(struct export *export, bool first)
{
	const struct catalogue *catalogue = export->app->catalogue;
	char limit[16];
	const char *params[2] = {export->after, limit};
	struct statement statements[2] = {{.sql = begin_sql, .verb = VERB_BEGIN}};
	struct statement *page = &statements[first];
	snprintf(limit, sizeof limit, "%u", export->page);
	*page = export->after ? catalogue_select(catalogue, CAT_WHOLE_AFTER, params, 2)
			      : catalogue_select(catalogue, CAT_WHOLE_FIRST, params + 1, 1);
	export_send(export, statements, first ? 2 : 1,
		    (struct db_reply){export_on_answer, export_on_idle, export_on_lost, export, NULL});
}

/* ---- the command ---- */

static void export_stop(void *work)
{
	struct export *export = work;
	export->stopped = true;
	db_cancel(export->db);
}

static void export_forget(void *work)
{
	struct export *export = work;
	output_free(export->output);
	whole_file_free(export->file);
	free(export->after);
	free(export);
}

/* What stands behind the last dot of a file's name, with it; NULL for nothing. */
static const char *ending_of(const char *file)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file, *dot = strrchr(name, '.');
	return dot && dot > name && dot[1] ? dot : NULL;
}

/* By option, else by the file's name; CSV where that has no ending. Who names a workbook must not get something else. */
static enum status format_for(const struct run *run, enum output_format *format, struct err *err)
{
	const char *file = run->args[0], *ending = ending_of(file);
	enum status status = run_format(run, format, err);
	if (status || *format != FORMAT_TABLE || output_format_of_file(file, format))
		return status;
	*format = FORMAT_CSV;
	if (ending && !run_option(run, "format"))
		return err_set(err, ST_USAGE,
			       "export writes CSV, JSON, JSON lines and Markdown, and \"%.40s\" is none of them: end "
			       "the name in "
			       ".csv, .json, .jsonl or .md, or add --format",
			       ending);
	return ST_OK;
}

/* Neither the file's name nor an option says CSV: then the outcome does. */
static bool export_unnamed(const struct run *run)
{
	enum output_format format;
	struct err err;
	return strcmp(run->args[0], "-") != 0 && !run_option(run, "format") && !run_format(run, &format, &err) &&
	       format == FORMAT_TABLE && !output_format_of_file(run->args[0], &format);
}

static enum status check_export(const struct run *run, struct err *err)
{
	enum output_format format;
	if (strcmp(run->args[0], "-") == 0 && !app_prints(run->app))
		return err_set(err, ST_USAGE, "on a screen there is no standard output: name a file");
	return format_for(run, &format, err);
}

static struct export *export_begin(struct run *run, struct db *db, struct err *err)
{
	enum output_format format;
	struct export *export = NEW(struct export);
	*export = (struct export){.app = run->app, .db = db, .page = 1};
	if (format_for(run, &format, err) || open_file(export, run->args[0], err)) {
		export_forget(export);
		return NULL;
	}
	export->unnamed = export_unnamed(run);
	export->output = list_output(run, export->to, format);
	if (run->app->catalogue->nextra == CATALOGUE_EXTRA_MAX)
		app_say(run->app, ST_OK, "%d further columns are written; what the table has beyond them is not",
			(int)CATALOGUE_EXTRA_MAX);
	return export;
}

static void do_export(struct run *run)
{
	struct app *app = run->app;
	struct err err = {0};
	unsigned uses = reading_uses(app);
	struct export *export = job_may(app, uses, &err) ? export_begin(run, reading_session(app), &err) : NULL;
	if (!export) {
		run_end(run, err.status, err.text);
		return;
	}
	browse_say_partial(app);
	uint64_t about = app->catalogue->estimate > 0 ? (uint64_t)app->catalogue->estimate : 0;
	export->bulk = bulk_begin(&(struct bulk){.job = {.name = "an export", .uses = uses},
						 .run = run,
						 .did = "exported",
						 .total = about,
						 .about = true,
						 .stop = export_stop,
						 .free = export_forget,
						 .work = export});
	export_ask(export, true);
}

const struct command verb_export = {
	.name = "export",
	.args = {{"FILE|-", ARG_WORD, false}},
	.options =
		{
			COMMAND_FILE_FORMATS,
		},
	.flags = COMMAND_READS,
	.help = "write all accounts to a file, as its ending says",
	.run = do_export,
	.check = check_export,
};
