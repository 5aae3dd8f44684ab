/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command import: accounts from a CSV file, and from which line to go on where it could not go on. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/bulk.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/options.h"
#include "import_internal.h"
#include "verb_internal.h"

enum { CHUNK = 5000, CHUNK_MAX = 100000 };

/* ---- the end ---- */

/* Only remembered here: whoever came from the loop leaves by conclude(). */
void import_end(struct import *import, enum status status, const char *why)
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
	bulk_pace(import->bulk, kept, pace);
	buf_fmt(told, "imported %" PRIu64 " %s %s", kept, text_plural(kept, "account", "accounts"), pace);
	if (left_out)
		buf_fmt(told, "; %" PRIu64 " %s left out", left_out, text_plural(left_out, "line was", "lines were"));
}

/* The import is gone where it is over. */
static void import_conclude(struct import *import)
{
	struct buf told = {0};
	enum status status = import->err.status;
	if (!import->over)
		return;
	if (status)
		say_kept(import, &told);
	else
		say_done(import, &told);
	bulk_end(import->bulk, status, told.p);
	buf_free(&told);
}

/* ---- reading and writing in turns ---- */

static void take_end(struct import *import)
{
	struct csv_record record;
	enum csv_got got = csv_end(import->csv, &record);
	if (got != CSV_MORE)
		import_take(import, got, &record);
	if (import->over)
		return;
	if (!import->intake)
		import_bad_line(import, 1, "is missing: the file is empty, and its first line must name the columns");
	else if (!intake_is_empty(import->intake))
		intake_write(import->intake);
	else
		import_end(import, ST_OK, "");
}

static void on_piece(void *arg, const char *bytes, size_t n, const struct err *err);

/* Where a bad line ends the import, its own end need not be waited for: it may have none. */
static void give_up_early(struct import *import)
{
	struct csv_record record;
	if ((!import->skip || !import->intake) && csv_is_lost(import->csv, &record))
		import_take(import, CSV_BAD, &record);
}

static void import_go_on(struct import *import)
{
	struct csv_record record;
	enum csv_got got = CSV_RECORD;
	while (got != CSV_MORE && !import->over) {
		if (import->intake && intake_is_full(import->intake)) {
			intake_write(import->intake);
			return;
		}
		got = csv_next(import->csv, &import->piece, &import->npiece, &record);
		if (got != CSV_MORE)
			import_take(import, got, &record);
	}
	if (!import->over && !import->ended)
		give_up_early(import);
	if (import->ended && !import->over)
		take_end(import);
	else if (!import->over)
		reader_next(import->reader, on_piece, import);
}

void import_written(void *arg, const struct err *err)
{
	struct import *import = arg;
	if (err)
		import_end(import, err->status, err->text);
	else if (import->stopped || import->app->leaving)
		import_end(import, ST_CANCELLED, "cancelled");
	else
		import_go_on(import);
	if (!import->over)
		bulk_progress(import->bulk, intake_kept(import->intake));
	import_conclude(import);
}

static void on_piece(void *arg, const char *bytes, size_t n, const struct err *err)
{
	struct import *import = arg;
	import->piece = bytes;
	import->npiece = n;
	import->ended = n == 0;
	if (err)
		import_end(import, err->status, err->text);
	else
		import_go_on(import);
	import_conclude(import);
}

/* ---- the command ---- */

static void import_stop(void *work)
{
	struct import *import = work;
	import->stopped = true;
	if (import->intake && intake_is_writing(import->intake)) {
		intake_cancel(import->intake);
		return;
	}
	import_end(import, ST_CANCELLED, "cancelled");
	import_conclude(import);
}

static void import_forget(void *work)
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

static enum status import_read_line(const struct run *run, struct request *request, struct err *err)
{
	const char *chunk = run_option(run, "chunk"), *from = run_option(run, "from-line");
	const struct settings *settings = &run->app->settings;
	bool commands = !app_prints(run->app) || (settings->ncommands == 0 && !settings->file) ||
			(settings->file && strcmp(settings->file, "-") == 0);
	enum status status = ST_OK;
	*request = (struct request){CHUNK, 0, run_option(run, "skip-bad") != NULL};
	if (strcmp(run->args[0], "-") == 0 && commands)
		return err_set(err, ST_USAGE, "commands come from standard input: use import - on the command line");
	if (request->skip && run_option(run, "strict"))
		return err_set(err, ST_USAGE, "import takes --strict or --skip-bad, not both");
	if (chunk)
		status = options_number(chunk, "--chunk", 1, CHUNK_MAX, &request->chunk, err);
	if (!status && from)
		status = options_number(from, "--from-line", 1, UINT64_MAX, &request->from_line, err);
	return status;
}

static enum status check_import(const struct run *run, struct err *err)
{
	struct request request;
	return import_read_line(run, &request, err);
}

/* Which columns the file has is seen later. */
static enum status prepare_import(struct run *run, struct err *err)
{
	const struct catalogue *catalogue = run->app->catalogue;
	return catalogue->balance_generated ? err_set(err, ST_REJECTED, "%s", catalogue->browse_why) : ST_OK;
}

static void do_import(struct run *run)
{
	struct app *app = run->app;
	struct err err;
	struct request request;
	struct reader *reader = NULL;
	if (job_may(app, USES_WORK, &err) && import_read_line(run, &request, &err) == ST_OK)
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
		.chunk = bulk_chunk(app, (unsigned)request.chunk, CHUNK),
	};
	import->bulk = bulk_begin(&(struct bulk){.job = {.name = "an import", .uses = USES_WORK},
						 .run = run,
						 .did = "imported",
						 .stop = import_stop,
						 .free = import_forget,
						 .work = import});
	reader_next(reader, on_piece, import);
}

const struct command verb_import = {
	.name = "import",
	.args = {{"FILE.csv|-", ARG_WORD, false}},
	.options =
		{
			{.name = "strict", .help = "stop at the first bad line (default)"},
			{.name = "skip-bad", .help = "report bad lines, and leave them out"},
			{.name = "from-line", .value = "N", .help = "skip the lines before this one"},
			{.name = "chunk", .value = "N", .help = "accounts per transaction (default 5000)"},
		},
	.flags = COMMAND_READS | COMMAND_CHANGES,
	.help = "add the accounts of a file: id,balance",
	.run = do_import,
	.check = check_import,
	.prepare = prepare_import,
};
