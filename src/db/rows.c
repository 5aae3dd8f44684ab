/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of an answer, copied out of libpq into one block of memory. */
#include "db/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db_internal.h"

/* One block of memory: pointers first, then numbers, then the text, which begins at *text. */
struct rows *rows_new(size_t nrows, size_t ncols, size_t bytes, char **text)
{
	size_t ncells = nrows * ncols, n = ncols + ncells;
	struct rows *rows = mem_new(sizeof *rows + n * (sizeof *rows->names + sizeof *rows->types) + bytes);
	rows->nrows = nrows;
	rows->ncols = ncols;
	rows->owners = 1;
	rows->names = (const char **)(rows + 1);
	rows->cells = rows->names + ncols;
	rows->types = (uint32_t *)(rows->cells + ncells);
	rows->lengths = rows->types + ncols;
	*text = (char *)(rows->lengths + ncells);
	return rows;
}

const char *rows_put(char **at, const char *s, size_t n)
{
	char *copy = memcpy(*at, s, n);
	copy[n] = '\0';
	*at += n + 1;
	return copy;
}

size_t rows_names_size(const PGresult *result)
{
	size_t bytes = 0;
	for (int c = 0; c < PQnfields(result); c++)
		bytes += strlen(PQfname(result, c)) + 1;
	return bytes;
}

void rows_put_names(struct rows *rows, const PGresult *result, char **at)
{
	for (size_t c = 0; c < rows->ncols; c++) {
		const char *name = PQfname(result, (int)c);
		rows->names[c] = rows_put(at, name, strlen(name));
		rows->types[c] = PQftype(result, (int)c);
	}
}

static void rows_put_cells(struct rows *rows, const PGresult *result, char **at)
{
	for (size_t i = 0; i < rows->nrows * rows->ncols; i++) {
		int row = (int)(i / rows->ncols), col = (int)(i % rows->ncols);
		if (PQgetisnull(result, row, col))
			continue;
		rows->lengths[i] = (uint32_t)PQgetlength(result, row, col);
		rows->cells[i] = rows_put(at, PQgetvalue(result, row, col), rows->lengths[i]);
	}
}

struct rows *rows_from(const PGresult *result)
{
	size_t nrows = (size_t)PQntuples(result), ncols = (size_t)PQnfields(result);
	size_t bytes = rows_names_size(result);
	char *at;
	for (size_t i = 0; i < nrows * ncols; i++)
		bytes += (size_t)PQgetlength(result, (int)(i / ncols), (int)(i % ncols)) + 1;
	struct rows *rows = rows_new(nrows, ncols, bytes, &at);
	rows_put_names(rows, result, &at);
	rows_put_cells(rows, result, &at);
	return rows;
}

const char *rows_cell(const struct rows *rows, size_t row, size_t col)
{
	if (!rows || row >= rows->nrows || col >= rows->ncols)
		return NULL;
	return rows->cells[row * rows->ncols + col];
}

size_t rows_length(const struct rows *rows, size_t row, size_t col)
{
	return rows_cell(rows, row, col) ? rows->lengths[row * rows->ncols + col] : 0;
}

/* ---- what they must be ---- */

struct shape shape_copy(struct arena *arena, const struct shape *shape)
{
	struct shape copy = *shape;
	if (!shape->names)
		return copy;
	const char **names = arena_take(arena, shape->columns * sizeof *names);
	for (size_t c = 0; c < shape->columns; c++)
		names[c] = arena_dup(arena, shape->names[c]);
	copy.names = names;
	return copy;
}

static enum status check_names(const struct rows *rows, const struct shape *shape, struct err *err)
{
	for (size_t c = 0; c < rows->ncols && shape->names; c++)
		if (strcmp(rows->names[c], shape->names[c]) != 0)
			return err_set(err, ST_CHECK, "its column %zu is %.60s, not %.60s", c + 1, rows->names[c],
				       shape->names[c]);
	return ST_OK;
}

static enum status check_filled(const struct rows *rows, const struct shape *shape, struct err *err)
{
	for (size_t c = 0; c < rows->ncols && c < 64; c++)
		for (size_t r = 0; r < rows->nrows && (shape->filled & SHAPE_FILLED(c)); r++)
			if (!rows_cell(rows, r, c))
				return err_set(err, ST_CHECK, "it has a NULL in its column %zu", c + 1);
	return ST_OK;
}

enum status rows_check(const struct rows *rows, const struct shape *shape, struct err *err)
{
	if (shape->columns == 0)
		return ST_OK;
	if (!rows)
		return err_set(err, ST_CHECK, "it has no rows and columns at all");
	if (rows->ncols != shape->columns)
		return err_set(err, ST_CHECK, "it has %zu column%s, not %zu", rows->ncols, rows->ncols == 1 ? "" : "s",
			       shape->columns);
	if (shape->one_row && rows->nrows != 1)
		return err_set(err, ST_CHECK, "it has %zu rows, not one", rows->nrows);
	enum status status = check_names(rows, shape, err);
	return status ? status : check_filled(rows, shape, err);
}

/* ---- copies ---- */

static struct rows *rows_copy_all(const struct rows *rows)
{
	size_t bytes = 0, ncells = rows->nrows * rows->ncols;
	for (size_t c = 0; c < rows->ncols; c++)
		bytes += strlen(rows->names[c]) + 1;
	for (size_t i = 0; i < ncells; i++)
		bytes += rows->cells[i] ? rows->lengths[i] + 1 : 0;

	char *at;
	struct rows *copy = rows_new(rows->nrows, rows->ncols, bytes, &at);
	for (size_t c = 0; c < rows->ncols; c++) {
		copy->names[c] = rows_put(&at, rows->names[c], strlen(rows->names[c]));
		copy->types[c] = rows->types[c];
	}
	for (size_t i = 0; i < ncells; i++) {
		copy->lengths[i] = rows->lengths[i];
		copy->cells[i] = rows->cells[i] ? rows_put(&at, rows->cells[i], rows->lengths[i]) : NULL;
	}
	return copy;
}

struct rows *rows_copy(const struct rows *rows)
{
	if (!rows || rows->owners == 0)
		return rows ? rows_copy_all(rows) : NULL;
	struct rows *shared = (struct rows *)rows; /* made here, and not const */
	shared->owners++;
	return shared;
}

void rows_free(struct rows *rows)
{
	if (rows && --rows->owners == 0)
		free(rows);
}
