/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of an answer, copied out of libpq into one block of memory. */
#ifndef DB_ROWS_H
#define DB_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text format. Cell (r, c): NULL for SQL NULL, else NUL-terminated; its length is rows_length(). */
struct rows {
	size_t nrows;
	size_t ncols;
	const char **names; /* [ncols] */
	uint32_t *types;    /* [ncols] type OIDs */
	const char **cells; /* [nrows * ncols] */
	uint32_t *lengths;  /* [nrows * ncols] bytes */
};

const char *rows_cell(const struct rows *rows, size_t row, size_t col); /* borrowed; NULL for SQL NULL */
size_t rows_length(const struct rows *rows, size_t row, size_t col);
struct rows *rows_copy(const struct rows *rows); /* owned; NULL stays NULL */
void rows_free(struct rows *rows);

#endif
