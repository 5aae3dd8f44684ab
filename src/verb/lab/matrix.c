/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab matrix: plays each anomaly at each isolation level on the server, and shows where it happens, and what prevents it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "event/show.h"
#include "lab/playthrough.h"
#include "matrix_internal.h"
#include "src/verb/verb_internal.h"

/*
 * An anomaly is a spec of assets/matrix/ with one order, in which it happens where nothing prevents it, and where the
 * steps and checks are as its `#@ expect` and `#@ check` say just when it has happened. BEGIN names no level; the stage
 * sets it, and the step "level" asks what the server has made of it.
 */

const char *const matrix_levels[MATRIX_LEVELS] = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"};

struct matrix {
	struct lab *lab;
	struct matrix_seen seen;
	size_t next; /* cell that is played next, row by row */
	struct lesson *lesson;
	struct playthrough *through;
	struct timer *timer;
	struct err err;
};

static struct matrix_cell *matrix_cell(struct matrix *matrix)
{
	size_t at = matrix->next - 1;
	return &matrix->seen.rows[at / MATRIX_LEVELS].cells[at % MATRIX_LEVELS];
}

/* ---- what was seen ---- */

static void cell_set_step(struct matrix_cell *cell, const struct matrix *matrix, size_t step)
{
	struct buf sql = {0};
	show_sql(&sql, matrix->lesson->spec->steps[step].sql);
	buf_str(&sql, "");
	free(cell->step);
	cell->step = buf_take(&sql);
}

static void cell_see_level(struct matrix_cell *cell, const struct story_outcome *outcome)
{
	const struct rows *rows = outcome->rows;
	const char *level = rows && rows->nrows && rows->ncols ? rows_cell(rows, 0, 0) : NULL;
	cell->runs_as = mem_dup(level);
}

/* An error says more than a wait, and the first of each counts: what follows comes from it. */
static void cell_see_row(struct matrix_cell *cell, const struct matrix *matrix, const struct player_row *row)
{
	struct story_outcome outcome = story_outcome(row->record);
	if (strcmp(matrix->lesson->spec->steps[row->step].name, "level") == 0) {
		cell_see_level(cell, &outcome);
		return;
	}
	if (outcome.end == STORY_FAILED && cell->result != MATRIX_ERROR) {
		cell->result = MATRIX_ERROR;
		snprintf(cell->sqlstate, sizeof cell->sqlstate, "%s", outcome.code[0] ? outcome.code : "08006");
		cell_set_step(cell, matrix, row->step);
	} else if (row->record && row->record->waited && cell->result == MATRIX_NOT) {
		cell->result = MATRIX_WAITS;
		cell_set_step(cell, matrix, row->step);
	}
}

static void cell_happens(struct matrix_cell *cell)
{
	cell->result = MATRIX_HAPPENS;
	cell->sqlstate[0] = '\0';
	free(cell->step);
	cell->step = NULL;
}

static void matrix_on_played(void *arg, size_t order, struct player *player)
{
	struct matrix *matrix = arg;
	struct matrix_cell *cell = matrix_cell(matrix);
	struct player_score score = player_score(player);
	(void)order;
	cell->result = MATRIX_NOT;
	for (size_t i = 0; i < player_nrows(player); i++) {
		struct player_row row = player_row(player, i);
		cell_see_row(cell, matrix, &row);
	}
	if (!score.surprises && !score.failed)
		cell_happens(cell);
}

/* A wait that holds the whole order up prevents what would have come of it. */
static void matrix_on_impossible(void *arg, size_t order, const char *why)
{
	(void)order, (void)why;
	matrix_cell(arg)->result = MATRIX_WAITS;
}

static void matrix_on_done(void *arg, const struct err *err)
{
	struct matrix *matrix = arg;
	bool first = matrix->next == 1; /* what keeps it from being played keeps the others, too */
	if (err && (first || (err->status != ST_CHECK && err->status != ST_STATEMENT)))
		matrix->err = *err;
	else if (err)
		matrix_cell(matrix)->why = mem_dup(err->text);
	timer_start(matrix->timer, 0);
}

static size_t matrix_unplayed(const struct matrix *matrix)
{
	size_t n = 0;
	for (size_t i = 0; i < matrix->seen.nrows * MATRIX_LEVELS; i++)
		n += matrix->seen.rows[i / MATRIX_LEVELS].cells[i % MATRIX_LEVELS].result == MATRIX_UNPLAYED;
	return n;
}

/* ---- one cell after another ---- */

static void matrix_finish(struct matrix *matrix)
{
	struct run *run = matrix->lab->run;
	struct err *err = &matrix->err;
	struct buf out = {0};
	enum output_format format = FORMAT_TABLE;
	if (!err->status && matrix->lab->stopped)
		err->status = ST_CANCELLED;
	if (!err->status)
		(void)run_format(run, &format, err);
	if (err->status) {
		lab_over(matrix->lab, err->status, err->text[0] ? err->text : NULL);
		return;
	}
	if (!app_prints(run->app) || format == FORMAT_TABLE)
		matrix_print(run->app, &matrix->seen);
	else if (format != FORMAT_MARKDOWN)
		(void)matrix_write(run, &matrix->seen, err);
	else
		matrix_markdown(&out, &matrix->seen);
	if (out.len)
		lab_write(matrix->lab, out.p, out.len);
	buf_free(&out);
	size_t unplayed = matrix_unplayed(matrix);
	if (!err->status && unplayed)
		err_set(err, ST_STATEMENT, "%zu of %zu cells could not be played; the table says why", unplayed,
			matrix->seen.nrows * MATRIX_LEVELS);
	lab_over(matrix->lab, err->status, err->text[0] ? err->text : NULL);
}

static void matrix_play(struct matrix *matrix, const struct lesson_server *server)
{
	struct app *app = matrix->lab->run->app;
	struct playthrough_to to = {
		.impossible = matrix_on_impossible, .played = matrix_on_played, .done = matrix_on_done, .arg = matrix};
	size_t at = matrix->next++;
	const struct asset_lesson *asset = &asset_matrix[at / MATRIX_LEVELS];
	matrix->lesson = lesson_parse(asset->name, asset->text, strlen(asset->text), &matrix->err);
	if (!matrix->lesson) { /* cannot be: a test plays them all */
		matrix_finish(matrix);
		return;
	}
	struct matrix_row *row = &matrix->seen.rows[at / MATRIX_LEVELS];
	if (!row->anomaly) {
		row->anomaly = mem_dup(lesson_text(matrix->lesson, LESSON_TITLE, -1, -1));
		row->say = mem_dup(lesson_text(matrix->lesson, LESSON_SAY, -1, -1));
	}
	trace_run_lesson(app, asset->name, matrix->lesson);
	matrix->through = playthrough_start(app->loop, app->ring, &app->settings.conninfo, asset->name, matrix->lesson,
					    server, matrix_levels[at % MATRIX_LEVELS], &to);
}

static void matrix_on_next(void *arg)
{
	struct matrix *matrix = arg;
	struct lesson_server server = {0};
	playthrough_free(matrix->through);
	lesson_free(matrix->lesson);
	matrix->through = NULL;
	matrix->lesson = NULL;
	bool more = matrix->next < matrix->seen.nrows * MATRIX_LEVELS && !matrix->err.status && !matrix->lab->stopped;
	if (more && !lesson_server_of(matrix->lab->run->app->browse, &server)) {
		err_set(&matrix->err, ST_LOST, "the connection was lost, and with it what server this is");
		more = false;
	}
	if (more)
		matrix_play(matrix, &server);
	else
		matrix_finish(matrix);
}

/* ---- life ---- */

struct matrix *matrix_start(struct lab *lab)
{
	struct matrix *matrix = NEW(struct matrix);
	const struct db_facts *facts = db_facts(lab->run->app->browse);
	matrix->lab = lab;
	matrix->seen.product = mem_dup(facts->product);
	matrix->seen.version = mem_dup(facts->version);
	while (asset_matrix[matrix->seen.nrows].name)
		matrix->seen.nrows++;
	matrix->seen.rows = mem_array(matrix->seen.nrows, sizeof *matrix->seen.rows);
	matrix->timer = timer_new(lab->run->app->loop, matrix_on_next, matrix);
	timer_start(matrix->timer, 0);
	return matrix;
}

void matrix_stop(struct matrix *matrix)
{
	if (matrix->through)
		playthrough_stop(matrix->through);
}

static void matrix_row_free(struct matrix_row *row)
{
	free(row->anomaly);
	free(row->say);
	for (size_t i = 0; i < MATRIX_LEVELS; i++) {
		free(row->cells[i].step);
		free(row->cells[i].runs_as);
		free(row->cells[i].why);
	}
}

void matrix_free(struct matrix *matrix)
{
	if (!matrix)
		return;
	playthrough_free(matrix->through);
	lesson_free(matrix->lesson);
	timer_free(matrix->timer);
	for (size_t i = 0; i < matrix->seen.nrows; i++)
		matrix_row_free(&matrix->seen.rows[i]);
	free(matrix->seen.rows);
	free(matrix->seen.product);
	free(matrix->seen.version);
	free(matrix);
}
