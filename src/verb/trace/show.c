/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace show: the events of a trace, line by line as the log has them. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/whole_file.h"
#include "trace/lines.h"
#include "trace/read.h"
#include "trace_internal.h"

enum { TRACE_SHOW_SCREEN_MAX = 4 << 20 }; /* bytes that are shown over a screen */

struct trace_show_text {
	struct app *app;
	struct whole_file *to; /* --output; NULL: where the lines are seen */
	struct buf line, all;  /* `all`: for a screen */
	bool full;             /* there is more than a screen shows */
};

/* Printed one by one: a trace may be longer than memory. */
static void trace_show_put(struct trace_show_text *text)
{
	if (text->to)
		fprintf(whole_file_stream(text->to), "%s\n", buf_text(&text->line));
	else if (app_prints(text->app))
		text->app->face.print(text->app->face.self, buf_text(&text->line));
	else
		buf_fmt(&text->all, "%s\n", buf_text(&text->line));
	text->full = text->all.len > TRACE_SHOW_SCREEN_MAX;
	buf_clear(&text->line);
}

static void trace_show_gap(struct trace_show_text *text, uint64_t gone)
{
	if (gone == 0)
		return;
	buf_fmt(&text->line, "(%" PRIu64 " events were gone before they could be written)", gone);
	trace_show_put(text);
}

/* A reader of the output that has gone wants no more of it. */
static bool trace_show_goes_on(const struct trace_show_text *text)
{
	return !text->full && !text->app->private->unwritten;
}

static void trace_show_lines(struct trace_show_text *text, struct trace_file *file)
{
	struct trace_lines *lines = trace_lines_new();
	struct event event;
	uint64_t gone = 0;
	while (trace_show_goes_on(text) && trace_next(file, &event, &gone)) {
		trace_show_gap(text, gone);
		if (trace_lines_event(lines, &text->line, &event))
			trace_show_put(text);
	}
	while (trace_show_goes_on(text) && trace_lines_rest(lines, &text->line))
		trace_show_put(text);
	trace_lines_free(lines);
}

/* Those of a trace that is not whole, too. */
static enum status trace_show_end(struct trace_show_text *text, struct err *err)
{
	if (text->full)
		app_say(text->app, ST_OK, "the first %d MB are shown: teller trace show FILE prints all of it",
			TRACE_SHOW_SCREEN_MAX >> 20);
	if (!text->to && !app_prints(text->app))
		app_show(text->app, "Trace", &text->all);
	enum status status = text->to ? whole_file_end(text->to, err) : ST_OK;
	whole_file_free(text->to);
	buf_free(&text->line);
	buf_free(&text->all);
	return status;
}

/* NULL with a sentence. */
static struct trace_file *trace_show_open(struct run *run, struct trace_show_text *text, struct err *err)
{
	const char *output = run_option(run, "output");
	struct trace_file *file = trace_open(run->args[1], err);
	text->to = file && output ? whole_file_new(output, err) : NULL;
	if (file && output && !text->to) {
		trace_close(file);
		return NULL;
	}
	return file;
}

void trace_show(struct run *run)
{
	struct trace_show_text text = {.app = run->app};
	struct buf said = {0};
	struct err err = {0};
	struct trace_file *file = trace_show_open(run, &text, &err);
	if (!file) {
		run_end(run, err.status, err.text);
		return;
	}
	trace_describe(&said, file);
	app_say(run->app, ST_OK, "a trace of %s", buf_text(&said));
	buf_clear(&said);
	trace_show_lines(&text, file);
	bool whole = trace_left_out(&said, file);
	enum status status = trace_show_end(&text, &err);
	if (whole && said.len)
		app_say(run->app, ST_OK, "%s", buf_text(&said));
	if (status || whole)
		run_end(run, status, status ? err.text : NULL);
	else
		run_end(run, ST_OWN, buf_text(&said));
	trace_close(file);
	buf_free(&said);
}
