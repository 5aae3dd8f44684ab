/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace export: a trace as a document, into a file or to standard output. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/plain.h"
#include "cli/whole_file.h"
#include "trace_internal.h"

enum { CAST_COLS_LEAST = 40, CAST_ROWS_LEAST = 10, CAST_COLS_MOST = 500, CAST_ROWS_MOST = 200 };

/* The file of the verb's own option; NULL: standard output, wherever that leads. */
static const char *trace_export_file(const struct run *run)
{
	return run_option(run, "output");
}

static enum status trace_export_format(const struct run *run, enum trace_format *format, struct err *err)
{
	const char *to = run_option(run, "to"), *file = trace_export_file(run);
	if (!file)
		file = run->app->settings.output;
	if (to && !trace_format_named(to, format))
		return err_set(err, ST_USAGE, "--to takes %s, not \"%.40s\"", TRACE_FORMAT_WORDS, to);
	if (to || (file && trace_format_of_file(file, format)))
		return ST_OK;
	return err_set(err, ST_USAGE, "%s: add --to %s",
		       file ? "the ending of the file's name is of no format" : "trace export needs a format",
		       TRACE_FORMAT_WORDS);
}

static enum status trace_export_number(const struct run *run, const char *option, uint64_t *number, struct err *err)
{
	unsigned long long n = 0;
	char what[24];
	const char *word = run_option(run, option);
	snprintf(what, sizeof what, "--%s", option);
	enum status status = word ? options_number(word, what, 1, INT64_MAX, &n, err) : ST_OK;
	*number = n;
	return status;
}

static enum status trace_export_choice(const struct run *run, struct trace_choice *choice, struct err *err)
{
	*choice = (struct trace_choice){.transfer = run_option(run, "transfer")};
	if (trace_export_number(run, "from", &choice->from, err) || trace_export_number(run, "until", &choice->to, err))
		return err->status;
	if (choice->to && choice->to < choice->from)
		return err_set(err, ST_USAGE, "--until is before --from");
	return ST_OK;
}

/* ---- cast ---- */

/* "80x24" */
static enum status trace_export_size(const struct run *run, int *rows, int *cols, struct err *err)
{
	const char *word = run_option(run, "size");
	int end = 0;
	*rows = 24;
	*cols = 80;
	if (!word || (sscanf(word, "%3dx%3d%n", cols, rows, &end) == 2 && !word[end] && *cols >= CAST_COLS_LEAST &&
		      *rows >= CAST_ROWS_LEAST && *cols <= CAST_COLS_MOST && *rows <= CAST_ROWS_MOST))
		return ST_OK;
	return err_set(err, ST_USAGE,
		       "--size takes columns and rows, from %dx%d to %dx%d, such as 80x24; not \"%.40s\"",
		       CAST_COLS_LEAST, CAST_ROWS_LEAST, CAST_COLS_MOST, CAST_ROWS_MOST, word);
}

static enum status trace_export_check_cast(const struct run *run, enum trace_format format, struct err *err)
{
	int rows, cols;
	bool chosen = run_option(run, "transfer") || run_option(run, "from") || run_option(run, "until");
	if (format != TRACE_CAST)
		return run_option(run, "size") ? err_set(err, ST_USAGE, "--size is for --to cast") : ST_OK;
	if (!app_prints(run->app) || !run->app->cast)
		return err_set(err, ST_USAGE,
			       "a cast is drawn without a screen beside it: in a shell, teller trace export "
			       "FILE --to cast");
	if (chosen)
		return err_set(err, ST_USAGE, "a cast is of the whole trace: leave --transfer, --from and --until out");
	return trace_export_size(run, &rows, &cols, err);
}

static enum status trace_export_cast(const struct run *run, FILE *to, struct err *err)
{
	int rows, cols;
	if (trace_export_size(run, &rows, &cols, err))
		return err->status;
	return run->app->cast(run->args[1], rows, cols, to, err);
}

enum status trace_export_check(const struct run *run, struct err *err)
{
	enum trace_format format;
	struct trace_choice choice;
	if (!trace_export_file(run) && !app_prints(run->app))
		return err_set(err, ST_USAGE, "on a screen there is no standard output: name a file with --output");
	if (trace_export_format(run, &format, err) || trace_export_check_cast(run, format, err))
		return err->status;
	return trace_export_choice(run, &choice, err);
}

static enum status trace_export_to(const struct run *run, FILE *to, struct buf *said, struct err *err)
{
	enum trace_format format;
	struct trace_choice choice;
	if (trace_export_format(run, &format, err) || trace_export_choice(run, &choice, err))
		return err->status;
	if (format == TRACE_CAST)
		return trace_export_cast(run, to, err);
	return trace_export(run->args[1], format, &choice, to, said, err);
}

static enum status trace_export_print(const struct run *run, struct buf *said, struct err *err)
{
	enum status status = trace_export_to(run, stdout, said, err);
	fflush(stdout);
	if (ferror(stdout) && !run->app->leaving)
		plain_unwritten(run->app, errno);
	else if (status && !err->text[0]) /* who drew it has found nobody who reads it */
		plain_unwritten(run->app, EPIPE);
	return status;
}

static enum status trace_export_write(const struct run *run, const char *path, struct buf *said, struct err *err)
{
	struct whole_file *file = whole_file_new(path, err);
	if (!file)
		return err->status;
	enum status status = trace_export_to(run, whole_file_stream(file), said, err);
	if (!status)
		status = whole_file_end(file, err);
	whole_file_free(file);
	return status;
}

/* Sentences, a line each. */
static void trace_export_say(struct app *app, const struct buf *said)
{
	for (const char *line = buf_text(said); *line; line += strcspn(line, "\n") + 1)
		app_say(app, ST_OK, "%.*s", (int)strcspn(line, "\n"), line);
}

void trace_export_run(struct run *run)
{
	struct buf said = {0};
	struct err err = {0};
	const char *path = trace_export_file(run);
	enum status status = path ? trace_export_write(run, path, &said, &err) : trace_export_print(run, &said, &err);
	trace_export_say(run->app, &said);
	if (!status && path)
		app_say(run->app, ST_OK, "the trace is exported to %s", path);
	run_end(run, status, status && err.text[0] ? err.text : NULL);
	buf_free(&said);
}
