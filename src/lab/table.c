/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as the table that libpq's PQprint() makes of them: header, line, rows, count; a width is a number of bytes. */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A column stands on the right while everything in it looks like a number. NULL and the empty text say nothing. */
struct column {
	size_t width;
	bool text;
};

static bool is_number(const char *s)
{
	size_t n = strlen(s);
	bool digit_last = s[n - 1] >= '0' && s[n - 1] <= '9';
	return s[0] != 'e' && s[0] != 'E' && digit_last && strspn(s, "0123456789.Ee -") == n;
}

static struct column *columns_of(const struct rows *rows)
{
	struct column *columns = mem_array(rows->ncols, sizeof *columns);
	for (size_t c = 0; c < rows->ncols; c++) {
		struct column *column = &columns[c];
		column->width = strlen(rows->names[c]);
		for (size_t r = 0; r < rows->nrows; r++) {
			const char *cell = rows_cell(rows, r, c);
			if (!cell || !cell[0])
				continue;
			size_t n = rows_length(rows, r, c);
			column->width = n > column->width ? n : column->width;
			column->text = column->text || !is_number(cell);
		}
	}
	return columns;
}

static void add_cell(struct buf *out, const struct column *column, const char *cell)
{
	size_t n = strlen(cell);
	size_t pad = column->width - n;
	buf_fill(out, ' ', column->text ? 0 : pad);
	buf_add(out, cell, n);
	buf_fill(out, ' ', column->text ? pad : 0);
}

static void table_add_row(struct buf *out, const struct rows *rows, const struct column *columns, const char **cells)
{
	for (size_t c = 0; c < rows->ncols; c++) {
		buf_str(out, c ? "|" : "");
		add_cell(out, &columns[c], cells[c] ? cells[c] : "");
	}
	buf_char(out, '\n');
}

void table_print(struct buf *out, const struct rows *rows)
{
	if (rows->ncols == 0)
		return;
	struct column *columns = columns_of(rows);
	table_add_row(out, rows, columns, rows->names);
	for (size_t c = 0; c < rows->ncols; c++) {
		buf_str(out, c ? "+" : "");
		buf_fill(out, '-', columns[c].width);
	}
	buf_char(out, '\n');
	for (size_t r = 0; r < rows->nrows; r++)
		table_add_row(out, rows, columns, rows->cells + r * rows->ncols);
	buf_fmt(out, "(%zu row%s)\n\n", rows->nrows, rows->nrows == 1 ? "" : "s");
	free(columns);
}
