/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of an answer, copied out of libpq into one block of memory. */
#ifndef DB_ROWS_H
#define DB_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/* Text format. Cell (r, c): NULL for SQL NULL, else NUL-terminated; its length is rows_length(). Those of an answer never
 * change. */
struct rows {
	size_t nrows;
	size_t ncols;
	const char **names; /* [ncols] */
	uint32_t *types;    /* [ncols] type OIDs */
	const char **cells; /* [nrows * ncols] */
	uint32_t *lengths;  /* [nrows * ncols] bytes */
	unsigned owners;    /* who each call rows_free(); 0: they were not made by an answer, or a copy */
};

/*
 * What the answer to a statement must be, so that its cells can be read by the place of their column. {0}: anything.
 * The names are borrowed; NULL: any.
 */
struct shape {
	size_t columns; /* exactly so many */
	const char *const *names;
	uint64_t filled; /* columns that are never NULL: SHAPE_FILLED(column), of the first 64 */
	bool one_row;    /* one row, no more and no less */
};
#define SHAPE_FILLED(column) (UINT64_C(1) << (column))

/* Whether the rows (NULL: no rows came at all) have this shape: ST_OK, or ST_CHECK with what is wrong. */
MUST_CHECK enum status rows_check(const struct rows *rows, const struct shape *shape, struct err *err);

/* With names of its own, which are in the arena. */
struct shape shape_copy(struct arena *arena, const struct shape *shape);

const char *rows_cell(const struct rows *rows, size_t row, size_t col); /* borrowed; NULL for SQL NULL */
size_t rows_length(const struct rows *rows, size_t row, size_t col);
/* Owned; NULL stays NULL. Rows of an answer are not copied but shared: they are freed with their last owner. */
struct rows *rows_copy(const struct rows *rows);
void rows_free(struct rows *rows);

#endif
