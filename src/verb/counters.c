/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command counters: what the engine of transfers has done, as rows, as one JSON object, or over the screen. */
#include <inttypes.h>
#include <stdio.h>

#include "app/shown.h"
#include "cli/output.h"
#include "verb_internal.h"

static uint64_t counters_value(const struct app *app, size_t i)
{
	struct txn_counters counters = *shown_counters(app);
	return *txn_counter_at(&counters, i);
}

/* One object of numbers, so that a program can add them up. */
static void print_json(const struct app *app)
{
	for (size_t i = 0; txn_counter_name(i); i++)
		printf("%s\"%s\":%" PRIu64, i ? "," : "{", txn_counter_name(i), counters_value(app, i));
	puts("}");
}

static enum status print_rows(struct app *app, enum output_format format, struct err *err)
{
	static const char *const names[] = {"counter", "value"};
	static const bool right[] = {false, true};
	char numbers[TXN_COUNTERS][24];
	const char *cells[2 * TXN_COUNTERS];
	struct output *output = output_new(stdout, format, 2, names, right);
	for (size_t i = 0; i < TXN_COUNTERS; i++) {
		snprintf(numbers[i], sizeof numbers[i], "%" PRIu64, counters_value(app, i));
		cells[2 * i] = txn_counter_name(i);
		cells[2 * i + 1] = numbers[i];
	}
	output_rows(output, cells, TXN_COUNTERS);
	return output_end(output, app, err);
}

static void counters_show(struct app *app)
{
	struct buf text = {0};
	for (size_t i = 0; txn_counter_name(i); i++)
		buf_fmt(&text, "%-18s %10" PRIu64 "\n", txn_counter_name(i), counters_value(app, i));
	buf_str(&text, "\ntransactions = committed + rejected + failed + gave_up + cancelled + unknown\n"
		       "attempts = transactions - unstarted + retries\n"
		       "retries = savepoint_retries + restarts\n"
		       "retries = by_serialization + by_deadlock + by_connection + by_other\n"
		       "ambiguous = settled_committed + settled_aborted + unsettled\n");
	app_show(app, "Counters", &text);
}

static void do_counters(struct run *run)
{
	struct app *app = run->app;
	struct err err = {0};
	enum output_format format;
	enum status status = run_format(run, &format, &err);
	if (status || !app_prints(app))
		counters_show(app);
	else if (format == FORMAT_JSON || format == FORMAT_JSONL)
		print_json(app);
	else
		status = print_rows(app, format, &err);
	run_end(run, status, err.text[0] ? err.text : NULL);
}

const struct command verb_counters = {
	.name = "counters",
	.options =
		{
			COMMAND_FORMATS,
		},
	.flags = COMMAND_VERB,
	.help = "count the transfers of this run by outcome",
	.run = do_counters,
	.check = record_check,
};
