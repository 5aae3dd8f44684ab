/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command found as one row of data, for programs that read it. */
#include "record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

bool record_wanted(const struct run *run)
{
	struct err err;
	enum output_format format;
	return app_prints(run->app) && !run_format(run, &format, &err) && format != FORMAT_TABLE;
}

void record_add(struct record *record, const char *name, const char *value)
{
	record->names[record->n] = name;
	record->values[record->n++] = mem_dup(value);
}

void record_number(struct record *record, const char *name, uint64_t value)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRIu64, value);
	record_add(record, name, text);
}

enum status record_write(struct record *record, const struct run *run, struct err *err)
{
	static const bool left[RECORD_FIELDS_MAX];
	enum output_format format;
	enum status status = run_format(run, &format, err);
	if (!status) {
		struct output *output = output_new(stdout, format, record->n, record->names, left);
		output_rows(output, (const char *const *)record->values, 1);
		status = output_end(output, err);
	}
	for (size_t i = 0; i < record->n; i++)
		free(record->values[i]);
	*record = (struct record){0};
	return status;
}

void record_end(struct record *record, struct run *run)
{
	struct err err = {0};
	enum status status = record_write(record, run, &err);
	run_end(run, status, err.text[0] ? err.text : NULL);
}

enum status record_check(const struct run *run, struct err *err)
{
	enum output_format format;
	return run_format(run, &format, err);
}
