/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of lab matrix: what was seen of each anomaly at each isolation level. */
#ifndef VERB_LAB_MATRIX_INTERNAL_H
#define VERB_LAB_MATRIX_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/run.h"
#include "lab_internal.h"

enum { MATRIX_LEVELS = 3 };
extern const char *const matrix_levels[MATRIX_LEVELS]; /* as BEGIN has them, the weakest first */

enum matrix_result {
	MATRIX_UNPLAYED, /* why */
	MATRIX_HAPPENS,
	MATRIX_NOT, /* each transaction saw its own snapshot, or what was committed: nobody waited, none was refused */
	MATRIX_WAITS, /* somebody had to wait, and then it did not happen */
	MATRIX_ERROR, /* sqlstate, of the first step that was refused */
};

/* All strings owned; NULL where there is nothing. */
struct matrix_cell {
	enum matrix_result result;
	char sqlstate[6];
	char *step;    /* the SQL of the step that was refused, or that waited */
	char *runs_as; /* the level that the server says it has */
	char *why;
};

struct matrix_row {
	char *anomaly; /* "lost update (P4)" */
	char *say;     /* what it is */
	struct matrix_cell cells[MATRIX_LEVELS];
};

struct matrix_seen {
	char *product, *version;
	struct matrix_row *rows;
	size_t nrows;
};

void matrix_print(struct app *app, const struct matrix_seen *seen); /* a table for people */
void matrix_markdown(struct buf *out, const struct matrix_seen *seen);
/* A row for each cell. */
enum status matrix_write(const struct run *run, const struct matrix_seen *seen, struct err *err);

#endif
