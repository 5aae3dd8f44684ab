/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command found as one row of data, for programs that read it. */
#include "cli/row_output.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/options.h"

#define SHORT_FORM(constant, word, ...) {word, constant},

enum status run_format(const struct run *run, enum output_format *format, struct err *err)
{
	static const struct {
		const char *option;
		enum output_format format;
	} short_forms[] = {OUTPUT_SHORT_FORMS(SHORT_FORM)};
	const char *word = run_option(run, "format");
	*format = run->app->settings.format;
	for (size_t i = 0; i < COUNT_OF(short_forms); i++)
		if (run_option(run, short_forms[i].option))
			*format = short_forms[i].format;
	return word ? options_format(word, format, err) : ST_OK;
}

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

static enum status write_to(FILE *to, const struct record *record, struct app *app, enum output_format format,
			    struct err *err)
{
	static const bool left[RECORD_FIELDS_MAX];
	struct output *output = output_new(to, format, record->n, record->names, left);
	output_rows(output, (const char *const *)record->values, 1);
	return output_end(output, app, err);
}

/* What became of money reaches the caller in any case; that standard output failed is seen, and said, by who looks
 * after it. */
enum status record_write(struct record *record, const struct run *run, struct err *err)
{
	enum output_format format;
	enum status status = run_format(run, &format, err);
	if (!status)
		status = write_to(stdout, record, run->app, format, err);
	if (status && app_tells(run->app)) {
		run->app->private->unwritten = errno;
		(void)write_to(stderr, record, run->app, format, err);
		err_clear(err);
		status = ST_OK;
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
