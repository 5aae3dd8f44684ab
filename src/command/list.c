/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands list and count: accounts as rows, and how many there are. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "command/options.h"
#include "command/output.h"
#include "handlers.h"
#include "reading.h"
#include "record.h"

/* ---- the columns ---- */

static size_t ncols_of(const struct catalogue *catalogue)
{
	return 2 + catalogue->nextra;
}

struct output *list_output(const struct run *run, enum output_format format)
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

/* ---- list ---- */

static bool next_page(struct reading *reading)
{
	const struct catalogue *catalogue = reading->run->app->catalogue;
	unsigned long long rows = reading->left < READING_ROWS ? reading->left : READING_ROWS;
	char limit[24];
	snprintf(limit, sizeof limit, "%llu", rows);
	reading->left -= rows;
	if (reading->after)
		reading_ask(reading, catalogue->sql_page_after, (const char *const[]){reading->after, limit}, 2);
	else
		reading_ask(reading, catalogue->sql_page_first, (const char *const[]){limit}, 1);
	return true;
}

static bool after_page(struct reading *reading)
{
	if (ferror(stdout)) /* nobody reads any more: no need to ask for the rest */
		return false;
	return reading->left > 0 && reading->got == READING_ROWS && next_page(reading);
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
	struct reading *reading = status ? NULL : reading_begin(run, after_page);
	if (status)
		run_end(run, status, err.text);
	if (!reading)
		return;
	reading->output = list_output(run, format);
	reading->left = limit;
	reading->after = mem_dup(after);
	next_page(reading);
}

/* ---- count ---- */

void do_count(struct run *run)
{
	struct reading *reading = reading_begin(run, reading_no_more);
	if (!reading)
		return;
	struct err err = {0};
	enum output_format format = FORMAT_TABLE;
	static const char *const names[] = {"count"};
	static const bool right[] = {true};
	if (record_wanted(run) && !run_format(run, &format, &err))
		reading->output = output_new(stdout, format, 1, names, right);
	if (!app_prints(run->app))
		buf_str(&reading->said, "accounts: ");
	reading_ask(reading, run->app->catalogue->sql_count, NULL, 0);
}
