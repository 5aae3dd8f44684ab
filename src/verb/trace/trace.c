/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command trace: its words; begins and ends the trace of this run. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "trace/trace.h"
#include "trace_internal.h"

/* ---- begin and end ---- */

static void verb_trace_size(char out[24], uint64_t bytes)
{
	if (bytes < 1000000)
		snprintf(out, 24, "%" PRIu64 " kB", (bytes + 999) / 1000);
	else
		snprintf(out, 24, "%.1f MB", (double)bytes / 1e6);
}

static void verb_trace_tell(struct run *run)
{
	const struct trace *trace = run->app->private->trace;
	char size[24];
	if (trace) {
		verb_trace_size(size, trace_bytes(trace));
		app_result(run->app, "a trace is written to %s: %" PRIu64 " %s, %s so far", trace_path(trace),
			   trace_events(trace), text_plural(trace_events(trace), "event", "events"), size);
	} else {
		app_result(run->app, "no trace is written; trace FILE begins one");
	}
	run_end(run, ST_OK, NULL);
}

static void verb_trace_off(struct run *run)
{
	bool on = run->app->private->trace != NULL;
	trace_run_end(run->app);
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

/* ---- the command ---- */

/* What is done with the file of a trace. */
static const struct word_of_trace {
	const char *name;
	enum status (*check)(const struct run *run, struct err *err); /* may be NULL */
	void (*act)(struct run *run);
} words_of_trace[] = {
	{"show", NULL, trace_show},
	{"play", trace_play_check, trace_play},
	{"export", trace_export_check, trace_export_run},
};

static const struct word_of_trace *trace_word(const struct run *run)
{
	for (size_t i = 0; run->nargs > 0 && i < COUNT_OF(words_of_trace); i++)
		if (strcmp(run->args[0], words_of_trace[i].name) == 0)
			return &words_of_trace[i];
	return NULL;
}

static enum status trace_check_options(const struct run *run, const struct word_of_trace *word, struct err *err)
{
	static const char *const options[] = {"to", "from", "until", "transfer", "size"};
	for (size_t i = 0; i < COUNT_OF(options); i++)
		if (run_option(run, options[i]) && (!word || word->act != trace_export_run))
			return err_set(err, ST_USAGE, "--%s is for trace export", options[i]);
	if (run_option(run, "output") && (!word || word->act == trace_play))
		return err_set(err, ST_USAGE, "--output is for trace export and trace show");
	if (run_option(run, "speed") && (!word || word->act != trace_play))
		return err_set(err, ST_USAGE, "--speed is for trace play");
	return ST_OK;
}

static enum status check_trace(const struct run *run, struct err *err)
{
	const struct word_of_trace *word = trace_word(run);
	if (word && run->nargs < 2)
		return err_set(err, ST_USAGE, "trace %s needs the FILE of a trace", word->name);
	if (!word && run->nargs > 1)
		return err_set(err, ST_USAGE, "use: trace FILE, trace off, or trace show, play or export FILE");
	if (trace_check_options(run, word, err))
		return err->status;
	return word && word->check ? word->check(run, err) : ST_OK;
}

static void do_trace(struct run *run)
{
	const struct word_of_trace *word = trace_word(run);
	if (word)
		word->act(run);
	else if (run->nargs == 0)
		verb_trace_tell(run);
	else if (run->app->settings.plays)
		run_end(run, ST_USAGE, "a recording is played, and not recorded again");
	else if (strcmp(run->args[0], "off") == 0)
		verb_trace_off(run);
	else
		verb_trace_begin(run);
}

const struct command verb_trace = {
	.name = "trace",
	.args = {{"FILE|off|show|play|export", ARG_WORD, true}, {"FILE", ARG_WORD, true}},
	.options =
		{
			{.name = "speed", .value = "X", .help = "play it so many times as fast as it was"},
			{.name = "to", .value = "FORMAT", .help = TRACE_FORMAT_WORDS, .choices = TRACE_FORMAT_CHOICES},
			{.name = "output",
			 .value = "FILE",
			 .help = "to this file; its ending names the export's format"},
			{.name = "size", .value = "COLSxROWS", .help = "of the screen of a cast (80x24)"},
			{.name = "from", .value = "N", .help = "export from event N on"},
			{.name = "until", .value = "N", .help = "export up to event N"},
			{.name = "transfer", .value = "ID", .help = "export one transfer: 2 for T2, or its ledger id"},
		},
	.flags = COMMAND_VERB,
	.help = "keep events in a file; show, play or export one",
	.run = do_trace,
	.check = check_trace,
};
