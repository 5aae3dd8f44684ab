/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One command that reads rows: a page at a time, so that a list of any length takes the memory of one page. */
#include "cli/row_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* On a screen the browse session belongs to the pages, so the one for transfers is used while nothing else uses it. */
struct db *reading_session(const struct app *app)
{
	return app_prints(app) ? app->browse : app->work;
}

unsigned reading_uses(const struct app *app)
{
	return app_prints(app) ? USES_BROWSE : USES_WORK;
}

static void reading_free(struct reading *reading)
{
	timer_free(reading->clock);
	query_free(reading->query);
	free(reading->place_id);
	free(reading->place_key);
	free(reading->after);
	buf_free(&reading->said);
	free(reading);
}

static void reading_finish(struct reading *reading)
{
	struct run *run = reading->run;
	struct err err = reading->err;
	void (*then)(struct run * run) = reading->then;
	if (reading->output && err.status)
		output_free(reading->output);
	else if (reading->output)
		err.status = output_end(reading->output, reading->run->app, &err);
	if (!err.status && reading->said.len)
		app_result(run->app, "%s", reading->said.p);
	if (reading->clock && run->app->face.progress)
		run->app->face.progress(run->app->face.self, NULL);
	job_end(&reading->job);
	reading_free(reading);
	if (!err.status && then)
		then(run);
	else
		run_end(run, err.status, err.text[0] ? err.text : NULL);
}

static void say_row(struct reading *reading, const struct rows *rows)
{
	for (size_t c = 0; c < rows->ncols && rows->nrows > 0; c++) {
		const char *cell = rows_cell(rows, 0, c);
		buf_fmt(&reading->said, "%s%s", c == 0 ? "" : c == 1 ? ": " : ", ", cell ? cell : "NULL");
	}
}

static void reading_take_rows(struct reading *reading, const struct rows *rows)
{
	reading->got = rows->nrows;
	if (reading->take)
		reading->take(reading, rows);
	else if (reading->output && rows->nrows)
		output_rows(reading->output, rows->cells, rows->nrows);
	else if (!reading->output)
		say_row(reading, rows);
	if (rows->nrows == 0)
		return;
	free(reading->after);
	reading->after = mem_dup(rows_cell(rows, rows->nrows - 1, 0));
}

static void reading_on_answer(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct reading *reading = arg;
	if (answer->skipped)
		return;
	if (!answer->ok && strcmp(answer->sqlstate, "57014") == 0)
		err_set(&reading->err, ST_CANCELLED, "cancelled");
	else if (!answer->ok && reading->by_id && sqlstate_value(answer->sqlstate, answer->message))
		reading->got = 0;
	else if (!answer->ok)
		answer_tell(&reading->err, ST_STATEMENT, answer, "%s cannot be read", reading->what);
	else if (answer->rows)
		reading_take_rows(reading, answer->rows);
}

static void reading_on_idle(void *arg)
{
	struct reading *reading = arg;
	if (reading->err.status || !reading->more(reading))
		reading_finish(reading);
}

static void reading_on_dropped(void *arg)
{
	struct reading *reading = arg;
	output_free(reading->output);
	reading_free(reading);
}

static void reading_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct reading *reading = arg;
	struct app *app = reading->run->app;
	err_set(&reading->err, ST_LOST, "the connection was lost: %s", why->message);
	reconnect_lost(app);
	reading_finish(reading);
}

void reading_send(struct reading *reading, const struct statement *statements, size_t n)
{
	struct db_context context = {0};
	struct db_reply reply = {reading_on_answer, reading_on_idle, reading_on_lost, reading, reading_on_dropped};
	db_send(reading->db, statements, n, &context, &reply);
}

void reading_ask(struct reading *reading, enum catalogue_sql which, const char *const *params, unsigned nparams)
{
	struct statement statement = catalogue_select(reading->run->app->catalogue, which, params, nparams);
	reading_send(reading, &statement, 1);
}

struct query *reading_query(const struct run *run, struct err *err)
{
	const struct app *app = run->app;
	const char *where = run_option(run, "where"), *words = run_option(run, "sort");
	struct sort sort = app->sort;
	if (words && sort_parse(app->catalogue, words, &sort, err) != ST_OK)
		return NULL;
	return browse_query(app, where ? where : app->filter, sort, err);
}

/* Without a screen ^C ends the program, and the server the statement. */
static bool stop_reading(struct job *job, enum job_stop how)
{
	struct reading *reading = (struct reading *)job;
	if (how != STOP_CANCEL || app_prints(job->app) || db_state(reading->db) != DB_BUSY)
		return false;
	db_cancel(reading->db);
	return true;
}

/* The end of the program: its session gives it back, by on_dropped(). */
static void leave_reading(struct job *job)
{
	(void)job;
}

static const struct job_ops reading_ops = {.stop = stop_reading, .free = leave_reading};

struct reading *reading_begin(struct run *run, bool (*more)(struct reading *reading))
{
	struct app *app = run->app;
	struct err err;
	if (!job_may(app, reading_uses(app), &err)) {
		run_end(run, err.status, err.text);
		return NULL;
	}
	struct reading *reading = NEW(struct reading);
	*reading = (struct reading){
		.job = {.ops = &reading_ops, .name = run->command->name, .uses = reading_uses(app)},
		.run = run,
		.db = reading_session(app),
		.more = more,
		.what = app->catalogue->name,
	};
	job_begin(app, &reading->job);
	return reading;
}

bool reading_no_more(struct reading *reading)
{
	(void)reading;
	return false;
}
