/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command trace: begins and ends the trace of this run, and shows one from its file. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "trace/lines.h"
#include "trace/read.h"
#include "trace/trace.h"
#include "verb_internal.h"

enum { VERB_TRACE_SCREEN_MAX = 4 << 20 }; /* bytes that are shown over a screen */

/* ---- show ---- */

struct verb_trace_text {
	struct app *app;
	struct buf line, all; /* `all`: for a screen */
	bool full;            /* there is more than a screen shows */
};

/* Printed one by one: a trace may be longer than memory. */
static void verb_trace_put(struct verb_trace_text *text)
{
	if (app_prints(text->app))
		text->app->face.print(text->app->face.self, buf_text(&text->line));
	else
		buf_fmt(&text->all, "%s\n", buf_text(&text->line));
	text->full = text->all.len > VERB_TRACE_SCREEN_MAX;
	buf_clear(&text->line);
}

static void verb_trace_gap(struct verb_trace_text *text, uint64_t gone)
{
	if (gone == 0)
		return;
	buf_fmt(&text->line, "(%" PRIu64 " events were gone before they could be written)", gone);
	verb_trace_put(text);
}

static void verb_trace_lines(struct verb_trace_text *text, struct trace_file *file)
{
	struct trace_lines *lines = trace_lines_new();
	struct event event;
	uint64_t gone = 0;
	while (!text->full && trace_next(file, &event, &gone)) {
		verb_trace_gap(text, gone);
		if (trace_lines_event(lines, &text->line, &event))
			verb_trace_put(text);
	}
	while (!text->full && trace_lines_rest(lines, &text->line))
		verb_trace_put(text);
	trace_lines_free(lines);
}

static void verb_trace_show(struct run *run)
{
	struct verb_trace_text text = {.app = run->app};
	struct buf said = {0};
	struct err err = {0};
	struct trace_file *file = trace_open(run->args[1], &err);
	if (!file) {
		run_end(run, err.status, err.text);
		return;
	}
	trace_describe(&said, file);
	app_say(run->app, ST_OK, "a trace of %s", buf_text(&said));
	buf_clear(&said);
	verb_trace_lines(&text, file);
	bool whole = trace_left_out(&said, file);
	if (text.full)
		app_say(run->app, ST_OK, "the first %d MB are shown: teller trace show FILE prints all of it",
			VERB_TRACE_SCREEN_MAX >> 20);
	if (!app_prints(run->app))
		app_show(run->app, "Trace", &text.all);
	if (whole && said.len)
		app_say(run->app, ST_OK, "%s", buf_text(&said));
	run_end(run, whole ? ST_OK : ST_OWN, whole ? NULL : buf_text(&said));
	trace_close(file);
	buf_free(&said);
	buf_free(&text.line);
	buf_free(&text.all);
}

/* ---- begin and end ---- */

static void verb_trace_tell(struct run *run)
{
	const struct trace *trace = run->app->private->trace;
	if (trace)
		app_result(run->app, "a trace is written to %s: %" PRIu64 " %s so far", trace_path(trace),
			   trace_events(trace), text_plural(trace_events(trace), "event", "events"));
	else
		app_result(run->app, "no trace is written; trace FILE begins one");
	run_end(run, ST_OK, NULL);
}

static void verb_trace_off(struct run *run)
{
	bool on = run->app->private->trace != NULL;
	app_trace_end(run->app);
	run_end(run, on ? ST_OK : ST_USAGE, on ? "the trace is over" : "no trace is written; trace FILE begins one");
}

static void verb_trace_begin(struct run *run)
{
	struct err err = {0};
	if (trace_run_begin(run->app, run->args[0], &err)) {
		run_end(run, err.status, err.text);
		return;
	}
	trace_now(run->app->private->trace); /* what the log has may be too much for the disk: that was said then */
	if (run->app->private->trace)
		app_say(run->app, ST_OK, "every event is written to %s; trace off ends it", run->args[0]);
	run_end(run, run->app->private->trace ? ST_OK : ST_OWN, NULL);
}

static enum status check_trace(const struct run *run, struct err *err)
{
	bool show = run->nargs > 0 && strcmp(run->args[0], "show") == 0;
	if (show && run->nargs < 2)
		return err_set(err, ST_USAGE, "trace show needs the FILE of a trace");
	if (!show && run->nargs > 1)
		return err_set(err, ST_USAGE, "use: trace FILE, trace off, or trace show FILE");
	return ST_OK;
}

static void do_trace(struct run *run)
{
	if (run->nargs == 0)
		verb_trace_tell(run);
	else if (strcmp(run->args[0], "show") == 0)
		verb_trace_show(run);
	else if (strcmp(run->args[0], "off") == 0)
		verb_trace_off(run);
	else
		verb_trace_begin(run);
}

const struct command verb_trace = {
	.name = "trace",
	.args = {{"FILE|off|show", ARG_WORD, true}, {"FILE", ARG_WORD, true}},
	.flags = COMMAND_VERB,
	.help = "write every event to a file, or show such a file",
	.run = do_trace,
	.check = check_trace,
};
