/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load: its report, as lines for people, or as a row of data for each load. */
#include <stdlib.h>

#include "cli/output.h"
#include "load_internal.h"

static enum status print_rows(const struct run *run, const struct load_report *const *reports, size_t n,
			      enum output_format format, struct err *err)
{
	static const bool right[LOAD_COLUMNS_MAX];
	const char *names[LOAD_COLUMNS_MAX];
	char *values[LOAD_COLUMNS_MAX];
	struct output *output = NULL;
	for (size_t i = 0; i < n; i++) {
		size_t columns = load_report_row(reports[i], names, values);
		output = output ? output : output_new(stdout, format, columns, names, right);
		output_rows(output, (const char *const *)values, 1);
		while (columns)
			free(values[--columns]);
	}
	return output_end(output, run->app, err);
}

enum status load_print(const struct run *run, const struct load_report *const *reports, size_t n, struct err *err)
{
	enum output_format format;
	struct buf text = {0};
	if (record_wanted(run) && !run_format(run, &format, err))
		return print_rows(run, reports, n, format, err);
	for (size_t i = 0; i < n; i++) {
		buf_str(&text, i ? "\n" : "");
		load_report_show(&text, reports[i]);
	}
	app_show(run->app, "Load", &text);
	return ST_OK;
}
