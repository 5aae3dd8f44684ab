/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command count: how many accounts there are, exactly or about, all of them or those that pass a filter. */
#include <stdio.h>

#include "app/browse.h"
#include "base/clock.h"
#include "cli/row_reader.h"
#include "verb_internal.h"

enum { TICK_MS = 1000 };

/* A person reads which accounts were counted; a program gets the number. */
static void count_take_count(struct reading *reading, const struct rows *rows)
{
	const struct filter *filter = query_filter(reading->query);
	const char *count = rows_cell(rows, 0, 0);
	if (reading->output) {
		output_rows(reading->output, &count, 1);
		return;
	}
	if (!app_prints(reading->run->app))
		buf_fmt(&reading->said, "accounts%s%s: ", filter ? " where " : "", filter ? filter_text(filter) : "");
	buf_str(&reading->said, count);
}

static void count_take_estimate(struct reading *reading, const struct rows *rows)
{
	char number[24];
	const char *cell = number;
	int64_t about = query_estimated(rows);
	snprintf(number, sizeof number, "%lld", (long long)about);
	if (about < 0)
		err_set(&reading->err, ST_STATEMENT, "the server's estimate cannot be read; count --exact counts");
	else if (reading->output)
		output_rows(reading->output, &cell, 1);
	else
		buf_fmt(&reading->said, "about %s", number);
}

static void tick(void *arg)
{
	struct reading *reading = arg;
	struct face *face = &reading->run->app->face;
	char text[64];
	snprintf(text, sizeof text, "counting for %u s now; ^C cancels",
		 (unsigned)((clock_us() - reading->since_us) / 1000000));
	face->progress(face->self, text);
	timer_start(reading->clock, TICK_MS);
}

static void start_count(struct reading *reading, bool about)
{
	struct ask ask = {0};
	struct app *app = reading->run->app;
	reading->take = about ? count_take_estimate : count_take_count;
	reading->since_us = clock_us();
	if (!about && app->face.progress) {
		reading->clock = timer_new(app->loop, tick, reading);
		timer_start(reading->clock, TICK_MS);
	}
	if (about)
		query_estimate(&ask, reading->query);
	else
		query_count(&ask, reading->query);
	reading_send(reading, ask.statements, ask.n);
	ask_free(&ask);
}

static void count_open_output(struct reading *reading, bool about)
{
	struct err err;
	enum output_format format = FORMAT_TABLE;
	const char *const names[] = {about ? "about" : "count"};
	static const bool right[] = {true};
	if (record_wanted(reading->run) && run_format(reading->run, &format, &err) == ST_OK)
		reading->output = output_new(stdout, format, 1, names, right);
}

static enum status check_count(const struct run *run, struct err *err)
{
	if (run_option(run, "exact") && run_option(run, "about"))
		return err_set(err, ST_USAGE, "count is either --exact or --about");
	return record_check(run, err);
}

static struct query *query_of(const struct run *run, bool about, struct err *err)
{
	struct query *query = reading_query(run, err);
	if (!query || !about || query_estimates(query))
		return query;
	err_set(err, ST_USAGE, "%s gives no estimate for a filter; count --exact counts",
		db_dialect(run->app->browse)->product);
	query_free(query);
	return NULL;
}

static void do_count(struct run *run)
{
	struct err err = {0};
	bool about = run_option(run, "about") != NULL;
	struct query *query = query_of(run, about, &err);
	if (!query) {
		run_end(run, err.status, err.text);
		return;
	}
	struct reading *reading = reading_begin(run, reading_no_more);
	if (!reading) {
		query_free(query);
		return;
	}
	if (!about)
		browse_say_partial(run->app);
	reading->query = query;
	count_open_output(reading, about);
	start_count(reading, about);
}

const struct command verb_count = {
	.name = "count",
	.options =
		{
			{.name = "where", .value = "FILTER", .help = "only accounts that pass it, as in filter"},
			{.name = "exact", .help = "count them, which is the default"},
			{.name = "about", .help = "the server's estimate"},
			COMMAND_FORMATS,
		},
	.flags = COMMAND_READS,
	.help = "count the accounts, exactly",
	.run = do_count,
	.check = check_count,
};
