/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chunks of accounts on their way into the table: kept whole or not at all, and which line was not taken. */
#include "import_chunk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/bulk.h"
#include "base/mem.h"

enum { CHUNK_BYTES = 4 << 20 };

/* A chunk is one transaction; where that is too large for the server it is several, of `size` rows each. */
struct intake {
	struct app *app;
	struct intake_spec spec;
	struct insert *insert;
	uint64_t *lines; /* of the rows; [spec.chunk] */
	unsigned size;   /* rows a transaction */
	bool writing;
	bool cancelled;
	size_t at, n;     /* the transaction's rows: n from `at` on */
	uint64_t kept;    /* accounts */
	uint64_t through; /* the last line that is kept or left out */
};

/* ---- the end of a transaction ---- */

static void chunk_finish(struct intake *intake, const struct err *err)
{
	intake->writing = false;
	if (!err)
		insert_clear(intake->insert);
	intake->spec.done(intake->spec.arg, err);
}

static bool tell_bad(struct intake *intake, size_t row)
{
	const char *why;
	char text[400] = "has an id that is there already";
	switch (insert_fate(intake->insert, row, &why)) {
	case INSERT_TAKEN:
		return false;
	case INSERT_THERE:
		break;
	case INSERT_SWALLOWED:
		snprintf(text, sizeof text,
			 "was not taken, and its id is not there: a trigger or a rule keeps it out%s",
			 intake->app->catalogue->partial ? ", or an account that you may not see has it" : "");
		break;
	case INSERT_REFUSED:
		snprintf(text, sizeof text, "is refused: %.380s", why);
		break;
	}
	intake->spec.bad(intake->spec.arg, intake->lines[row], text);
	return true;
}

static void chunk_keep(struct intake *intake)
{
	for (size_t row = intake->at; row < intake->at + intake->n; row++)
		intake->kept += !tell_bad(intake, row);
	intake->at += intake->n;
	intake->through = intake->lines[intake->at - 1];
}

static void chunk_stop(struct intake *intake, const struct txn_result *result)
{
	struct err err = {0};
	bool told = false;
	enum status status = txn_status(result->outcome);
	for (size_t row = intake->at; row < intake->at + intake->n && !told && status == ST_REJECTED; row++)
		told = tell_bad(intake, row);
	if (intake->cancelled || status == ST_CANCELLED)
		err_set(&err, ST_CANCELLED, "cancelled");
	else if (status == ST_UNKNOWN)
		err_set(&err, status, "whether lines %" PRIu64 " to %" PRIu64 " are kept is not known, because %.300s",
			intake->lines[intake->at], intake->lines[intake->at + intake->n - 1], result->reason.text);
	else
		err_set(&err, status, "%s", told ? "" : result->reason.text);
	chunk_finish(intake, &err);
}

/* ---- a transaction ---- */

static void chunk_run(struct intake *intake);

static void write_next(struct intake *intake)
{
	size_t left = insert_count(intake->insert) - intake->at;
	if (left == 0) {
		chunk_finish(intake, NULL);
		return;
	}
	intake->n = left < intake->size ? left : intake->size;
	insert_take(intake->insert, intake->at, intake->n);
	chunk_run(intake);
}

/* A row that is not taken is looked for, or left out, by another transaction. */
static bool chunk_other_way(struct intake *intake, const struct txn_result *result)
{
	if (result->outcome == OUTCOME_REJECTED && insert_again(intake->insert))
		chunk_run(intake);
	else if ((result->outcome == OUTCOME_REJECTED || result->outcome == OUTCOME_FAILED) &&
		 insert_must_part(intake->insert, result->sqlstate)) {
		insert_part(intake->insert);
		chunk_run(intake);
	} else if (bulk_halve(intake->app, result, &intake->size)) {
		write_next(intake);
	} else {
		return false;
	}
	return true;
}

static void on_written(void *arg, const struct txn_result *result)
{
	struct intake *intake = arg;
	bool kept = result->outcome == OUTCOME_COMMITTED, go_on = !intake->cancelled && !intake->app->leaving;
	if (kept)
		chunk_keep(intake);
	if (kept && (go_on || intake->at == insert_count(intake->insert)))
		write_next(intake);
	else if (kept || !go_on || !chunk_other_way(intake, result))
		chunk_stop(intake, result);
}

static void chunk_run(struct intake *intake)
{
	struct app *app = intake->app;
	txn_start(app->txn, insert_body(intake->insert), "import accounts", &app->settings.txn, on_written, intake);
}

void intake_write(struct intake *intake)
{
	intake->writing = true;
	intake->at = 0;
	write_next(intake);
}

void intake_cancel(struct intake *intake)
{
	intake->cancelled = true;
	txn_cancel(intake->app->txn);
}

/* ---- rows, and its life ---- */

struct intake *intake_new(struct app *app, const struct intake_spec *spec)
{
	struct intake *intake = NEW(struct intake);
	intake->app = app;
	intake->spec = *spec;
	intake->size = spec->chunk;
	intake->lines = mem_array(spec->chunk, sizeof *intake->lines);
	intake->insert = insert_new(app->catalogue, spec->columns, spec->ncolumns, spec->skip);
	return intake;
}

void intake_free(struct intake *intake)
{
	if (!intake)
		return;
	insert_free(intake->insert);
	free(intake->lines);
	free(intake);
}

void intake_add(struct intake *intake, uint64_t line, const char *const *cells)
{
	intake->lines[insert_count(intake->insert)] = line;
	insert_add(intake->insert, cells);
}

bool intake_is_full(const struct intake *intake)
{
	return insert_count(intake->insert) == intake->spec.chunk || insert_bytes(intake->insert) >= CHUNK_BYTES;
}

bool intake_is_empty(const struct intake *intake)
{
	return insert_count(intake->insert) == 0;
}

bool intake_is_writing(const struct intake *intake)
{
	return intake->writing;
}

uint64_t intake_kept(const struct intake *intake)
{
	return intake->kept;
}

uint64_t intake_resume(const struct intake *intake)
{
	return intake->through + 1;
}
