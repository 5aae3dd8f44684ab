/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was seen of each anomaly at each level: as a table for people, in Markdown, and as data. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "matrix_internal.h"
#include "paper.h"
#include "src/verb/verb_internal.h"

static const char *const result_words[] = {
	[MATRIX_UNPLAYED] = "unplayed", [MATRIX_HAPPENS] = "happens", [MATRIX_NOT] = "prevented",
	[MATRIX_WAITS] = "waits",       [MATRIX_ERROR] = "error",
};

/* For people: "happens", "no: 40001". */
static void cell_words(struct buf *out, const struct matrix_cell *cell)
{
	switch (cell->result) {
	case MATRIX_UNPLAYED:
		buf_str(out, "not played");
		break;
	case MATRIX_HAPPENS:
		buf_str(out, "happens");
		break;
	case MATRIX_NOT:
		buf_str(out, "no");
		break;
	case MATRIX_WAITS:
		buf_str(out, "no: waits");
		break;
	case MATRIX_ERROR:
		buf_fmt(out, "no: %s", cell->sqlstate);
		break;
	}
}

static bool same_level(const char *asked, const char *said)
{
	size_t n = strlen(asked);
	return strlen(said) == n && strncasecmp(asked, said, n) == 0;
}

/* The level that the server has in its place; NULL: it is as asked for, or not known. */
static const char *level_in_place(const struct matrix_seen *seen, size_t level)
{
	for (size_t i = 0; i < seen->nrows; i++) {
		const char *runs_as = seen->rows[i].cells[level].runs_as;
		if (runs_as)
			return same_level(matrix_levels[level], runs_as) ? NULL : runs_as;
	}
	return NULL;
}

static void add_note(struct buf *out, const struct matrix_seen *seen, size_t level)
{
	const char *runs_as = level_in_place(seen, level);
	if (!runs_as)
		return;
	buf_fmt(out, "%s is run as ", matrix_levels[level]);
	text_escape(out, runs_as, strlen(runs_as), 40);
	buf_str(out, " here.");
}

static const char legend[] =
	"no: it does not happen, because a transaction had to wait (waits), or was refused with that SQLSTATE, or, "
	"where there is neither, saw a snapshot that the other one's writes are not in.";

/* ---- for people ---- */

static size_t widest_name(const struct matrix_seen *seen)
{
	size_t widest = strlen("anomaly");
	for (size_t i = 0; i < seen->nrows; i++) {
		size_t width = strlen(seen->rows[i].anomaly);
		widest = width > widest ? width : widest;
	}
	return widest;
}

static void add_line(struct buf *out, const char *name, size_t width, const char *const cells[MATRIX_LEVELS])
{
	buf_fmt(out, "%-*s", (int)width, name);
	for (size_t i = 0; i < MATRIX_LEVELS; i++) {
		bool last = i + 1 == MATRIX_LEVELS;
		buf_fmt(out, "  %-*s", last ? 0 : (int)strlen(matrix_levels[i]), cells[i]);
	}
	buf_char(out, '\n');
}

static void add_row(struct buf *out, const struct matrix_row *row, size_t width)
{
	struct buf words[MATRIX_LEVELS] = {{0}};
	const char *cells[MATRIX_LEVELS];
	for (size_t i = 0; i < MATRIX_LEVELS; i++) {
		cell_words(&words[i], &row->cells[i]);
		cells[i] = buf_text(&words[i]);
	}
	add_line(out, row->anomaly, width, cells);
	for (size_t i = 0; i < MATRIX_LEVELS; i++)
		buf_free(&words[i]);
}

static void add_unplayed(struct buf *out, const struct matrix_seen *seen)
{
	for (size_t i = 0; i < seen->nrows; i++)
		for (size_t k = 0; k < MATRIX_LEVELS; k++)
			if (seen->rows[i].cells[k].why)
				buf_fmt(out, "%s, %s, was not played: %s\n", seen->rows[i].anomaly, matrix_levels[k],
					seen->rows[i].cells[k].why);
}

void matrix_print(struct app *app, const struct matrix_seen *seen)
{
	struct buf out = {0};
	size_t width = widest_name(seen);
	buf_fmt(&out, "%s %s\n\n", seen->product, seen->version);
	add_line(&out, "anomaly", width, matrix_levels);
	for (size_t i = 0; i < seen->nrows; i++)
		add_row(&out, &seen->rows[i], width);
	buf_str(&out, "\nno: it does not happen: waits, because a transaction had to wait; 40001 and\n"
		      "others, because one was refused with that error; neither, because each saw\n"
		      "only what was committed, or its snapshot.\n");
	for (size_t i = 0; i < MATRIX_LEVELS; i++) {
		size_t begin = out.len;
		add_note(&out, seen, i);
		buf_str(&out, out.len > begin ? "\n" : "");
	}
	add_unplayed(&out, seen);
	app_show(app, "Matrix", &out);
}

/* ---- Markdown ---- */

static void paper_add_row(struct paper *paper, const struct matrix_row *row)
{
	struct buf words[MATRIX_LEVELS] = {{0}};
	struct paper_text cells[MATRIX_LEVELS + 1] = {{.text = row->anomaly}};
	for (size_t i = 0; i < MATRIX_LEVELS; i++) {
		cell_words(&words[i], &row->cells[i]);
		cells[i + 1].text = buf_text(&words[i]);
	}
	paper_row(paper, cells);
	for (size_t i = 0; i < MATRIX_LEVELS; i++)
		buf_free(&words[i]);
}

static void paper_add_notes(struct paper *paper, const struct matrix_seen *seen)
{
	paper_text(paper, (struct paper_text){.text = legend});
	for (size_t i = 0; i < MATRIX_LEVELS; i++) {
		struct buf note = {0};
		add_note(&note, seen, i);
		if (note.len)
			paper_text(paper, (struct paper_text){.text = note.p});
		buf_free(&note);
	}
	for (size_t i = 0; i < seen->nrows; i++)
		paper_item(paper, (struct paper_text){.strong = seen->rows[i].anomaly, .text = seen->rows[i].say});
}

void matrix_markdown(struct buf *out, const struct matrix_seen *seen)
{
	const char *names[MATRIX_LEVELS + 1] = {"anomaly"};
	struct buf title = {0};
	memcpy(names + 1, matrix_levels, sizeof matrix_levels);
	buf_fmt(&title, "Anomalies on %s %s", seen->product, seen->version);
	struct paper *paper = paper_new(title.p);
	paper_table(paper, MATRIX_LEVELS + 1, names);
	for (size_t i = 0; i < seen->nrows; i++)
		paper_add_row(paper, &seen->rows[i]);
	paper_add_notes(paper, seen);
	paper_markdown(out, paper);
	paper_free(paper);
	buf_free(&title);
}

/* ---- data ---- */

enum { MATRIX_COLUMNS = 9 };

static void write_cells(struct output *output, const struct matrix_seen *seen, const struct matrix_row *row)
{
	for (size_t i = 0; i < MATRIX_LEVELS; i++) {
		const struct matrix_cell *cell = &row->cells[i];
		const char *const cells[MATRIX_COLUMNS] = {
			seen->product,
			seen->version,
			row->anomaly,
			matrix_levels[i],
			cell->runs_as,
			result_words[cell->result],
			cell->sqlstate[0] ? cell->sqlstate : NULL,
			cell->step,
			cell->why,
		};
		output_rows(output, cells, 1);
	}
}

enum status matrix_write(const struct run *run, const struct matrix_seen *seen, struct err *err)
{
	static const char *const names[MATRIX_COLUMNS] = {"server", "version",  "anomaly", "isolation", "runs_as",
							  "result", "sqlstate", "step",    "why"};
	static const bool left[MATRIX_COLUMNS];
	enum output_format format;
	enum status status = run_format(run, &format, err);
	if (status)
		return status;
	struct output *output = output_new(stdout, format, MATRIX_COLUMNS, names, left);
	for (size_t i = 0; i < seen->nrows; i++)
		write_cells(output, seen, &seen->rows[i]);
	return output_end(output, run->app, err);
}
