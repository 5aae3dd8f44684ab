/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of an import: which columns the first one names, and what is wrong with a line that is not an account. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bank/amount.h"
#include "base/mem.h"
#include "base/text.h"
#include "import_internal.h"

enum { SAID_COLUMNS = 60 };

/* ---- lines that cannot be used ---- */

static void say_bad(void *arg, uint64_t line, const char *why)
{
	struct import *import = arg;
	import->left_out++;
	app_say(import->app, ST_REJECTED, "%.200s: line %" PRIu64 " %s", import->file, line, why);
}

/* Without a header there is nothing to be left out. */
void import_bad_line(struct import *import, uint64_t line, const char *why)
{
	say_bad(import, line, why);
	if (!import->skip || !import->intake)
		import_end(import, ST_REJECTED, "");
}

static void bad_value(struct import *import, uint64_t line, const char *what, const char *value, const char *why)
{
	struct buf said = {0}, sentence = {0};
	text_escape(&said, value, strlen(value), SAID_COLUMNS);
	buf_fmt(&sentence, "has the %s \"%s\", which %s", what, buf_text(&said), why);
	import_bad_line(import, line, sentence.p);
	buf_free(&said);
	buf_free(&sentence);
}

/* ---- the header ---- */

/* The place of a column of the table among those that a header may name, or how many there are. */
static size_t known_column(const struct catalogue *catalogue, const char *name)
{
	size_t i = 0;
	if (strcmp(name, catalogue->id_name) == 0)
		return 0;
	if (strcmp(name, catalogue->balance_name) == 0)
		return 1;
	while (i < catalogue->nextra && strcmp(name, catalogue->extra[i]) != 0)
		i++;
	return 2 + i;
}

static bool check_column(struct import *import, const struct csv_record *record, size_t at)
{
	const struct catalogue *catalogue = import->app->catalogue;
	const char *name = record->fields[at] ? record->fields[at] : "";
	struct buf why = {0};
	buf_fmt(&why, "is not among those of %s: the first line names the columns, as in %s,%s", catalogue->name,
		catalogue->id_name, catalogue->balance_name);
	bool known = known_column(catalogue, name) < 2 + catalogue->nextra, twice = false;
	for (size_t i = 0; i < at; i++)
		twice = twice || strcmp(name, record->fields[i]) == 0;
	if (!known || twice)
		bad_value(import, record->line, "column", name, known ? "it has already" : why.p);
	buf_free(&why);
	return known && !twice;
}

static bool is_computed(const struct catalogue *catalogue, const char *name)
{
	size_t column = known_column(catalogue, name);
	return column >= 2 && catalogue->extra_generated[column - 2];
}

/* The fields that are given to the server; how many there are. */
static size_t given_fields(const struct import *import, const struct csv_record *record, const char **given)
{
	size_t n = 0;
	for (size_t i = 0; i < record->nfields; i++)
		if (!import->computed[i])
			given[n++] = record->fields[i];
	return n;
}

static void pass_over_computed(struct import *import, const struct csv_record *record)
{
	for (size_t i = 0; i < record->nfields; i++) {
		import->computed[i] = is_computed(import->app->catalogue, record->fields[i]);
		if (import->computed[i])
			app_say(import->app, ST_OK,
				"%.200s: the column %.200s is computed by the server, so it is passed over",
				import->file, record->fields[i]);
	}
}

static void open_intake(struct import *import, const struct csv_record *record)
{
	const char *given[CSV_FIELDS_MAX];
	import->ncolumns = record->nfields;
	pass_over_computed(import, record);
	size_t ngiven = given_fields(import, record, given);
	import->intake = intake_new(import->app, &(struct intake_spec){.columns = given,
								       .ncolumns = ngiven,
								       .chunk = import->chunk,
								       .skip = import->skip,
								       .bad = say_bad,
								       .done = import_written,
								       .arg = import});
	if (csv_had_mark(import->csv))
		app_say(import->app, ST_OK, "%.200s: line 1 begins with a byte order mark, which is skipped",
			import->file);
}

static void take_header(struct import *import, const struct csv_record *record)
{
	const struct catalogue *catalogue = import->app->catalogue;
	char why[256];
	size_t places[2] = {record->nfields, record->nfields}; /* of id and balance */
	for (size_t i = 0; i < record->nfields; i++) {
		if (!check_column(import, record, i))
			return;
		size_t column = known_column(catalogue, record->fields[i]);
		if (column < 2)
			places[column] = i;
	}
	for (size_t i = 0; i < 2; i++) {
		if (places[i] < record->nfields)
			continue;
		snprintf(why, sizeof why, "names no column %.60s: it is needed, as in %.60s,%.60s",
			 i ? catalogue->balance_name : catalogue->id_name, catalogue->id_name, catalogue->balance_name);
		import_bad_line(import, record->line, why);
		return;
	}
	const char *lacks = catalogue_lacks(catalogue, record->fields, record->nfields);
	if (lacks) {
		snprintf(why, sizeof why, "names no column %.60s, which a new account needs: it has no default", lacks);
		import_bad_line(import, record->line, why);
		return;
	}
	import->id_at = places[0];
	import->balance_at = places[1];
	open_intake(import, record);
}

/* ---- rows ---- */

/* What can be told from here, so that the server need not be asked; it has the last word on everything else. */
static const char *wrong_with_id(const struct catalogue *catalogue, const char *id)
{
	return catalogue->id_is_number && !text_is_integer(id) ? "is not a whole number" : NULL;
}

static const char *wrong_with_balance(const struct catalogue *catalogue, const char *balance)
{
	int64_t units;
	switch (amount_parse(balance, catalogue->balance_scale, &units)) {
	case AMOUNT_FINE:
	case AMOUNT_TOO_LARGE: /* up to the column */
		return NULL;
	case AMOUNT_NO_NUMBER:
		return "is not a number";
	case AMOUNT_TOO_FINE:
		return "has more digits after the point than the column holds";
	}
	return NULL;
}

static void lines_take_row(struct import *import, const struct csv_record *record)
{
	const struct catalogue *catalogue = import->app->catalogue;
	const char *given[CSV_FIELDS_MAX];
	char count[80];
	if (record->nfields != import->ncolumns) {
		snprintf(count, sizeof count, "has %zu %s, and the first line names %zu columns", record->nfields,
			 text_plural(record->nfields, "field", "fields"), import->ncolumns);
		import_bad_line(import, record->line, count);
		return;
	}
	const char *id = record->fields[import->id_at], *balance = record->fields[import->balance_at];
	const char *wrong_id = id ? wrong_with_id(catalogue, id) : NULL;
	const char *wrong_balance = balance ? wrong_with_balance(catalogue, balance) : NULL;
	if (!id)
		import_bad_line(import, record->line, "has no id");
	else if (wrong_id)
		bad_value(import, record->line, "id", id, wrong_id);
	else if (wrong_balance)
		bad_value(import, record->line, "balance", balance, wrong_balance);
	else {
		given_fields(import, record, given);
		intake_add(import->intake, record->line, given);
	}
}

void import_take(struct import *import, enum csv_got got, const struct csv_record *record)
{
	bool before = import->intake && record->line < import->from_line;
	if (before)
		return;
	if (got == CSV_BAD)
		import_bad_line(import, record->line, record->why);
	else if (import->intake)
		lines_take_row(import, record);
	else
		take_header(import, record);
}
