/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that come one by one, put together up to a limit, so that nothing a server answers can fill the memory. */
#include <string.h>

#include "base/mem.h"
#include "db_internal.h"

enum { CELL_NULL = UINT32_MAX };

static void gather_cell(struct gathered *gathered, const PGresult *row, int col)
{
	bool null = PQgetisnull(row, 0, col);
	uint32_t length = null ? CELL_NULL : (uint32_t)PQgetlength(row, 0, col);
	buf_add(&gathered->lengths, (const char *)&length, sizeof length);
	if (!null)
		buf_add(&gathered->text, PQgetvalue(row, 0, col), length);
}

static void drop_cells(struct gathered *gathered)
{
	buf_free(&gathered->text);
	buf_free(&gathered->lengths);
	gathered->nrows = 0;
}

bool gather_row(struct gathered *gathered, const PGresult *row)
{
	int ncols = PQnfields(row);
	size_t bytes = gathered->text.len + gathered->lengths.len;
	for (int col = 0; col < ncols; col++)
		bytes += (size_t)PQgetlength(row, 0, col) + sizeof(uint32_t);
	bool other = gathered->nrows > 0 && (size_t)ncols != gathered->ncols;
	gathered->too_much = gathered->too_much || other || bytes + gathered->nrows > GATHER_MAX;
	gathered->ncols = (size_t)ncols;
	if (gathered->too_much) {
		drop_cells(gathered);
		return false;
	}
	for (int col = 0; col < ncols; col++)
		gather_cell(gathered, row, col);
	gathered->nrows++;
	return true;
}

static struct rows *rows_of(const struct gathered *gathered, const PGresult *shape)
{
	size_t ncols = (size_t)PQnfields(shape), ncells = gathered->nrows * ncols;
	char *at;
	struct rows *rows = rows_new(gathered->nrows, ncols, gathered->text.len + ncells + rows_names_size(shape), &at);
	rows_put_names(rows, shape, &at);
	const char *from = buf_text(&gathered->text);
	for (size_t i = 0; i < ncells; i++) {
		uint32_t length;
		memcpy(&length, gathered->lengths.p + i * sizeof length, sizeof length);
		if (length == CELL_NULL)
			continue;
		rows->cells[i] = rows_put(&at, from, length);
		rows->lengths[i] = length;
		from += length;
	}
	return rows;
}

/* Rows before an error are not the answer. */
void gather_end(struct gathered *gathered, const PGresult *end)
{
	rows_free(gathered->rows);
	gathered->rows = NULL;
	bool rows = PQresultStatus(end) == PGRES_TUPLES_OK;
	bool other = rows && gathered->nrows > 0 && gathered->ncols != (size_t)PQnfields(end);
	gathered->refused = gathered->too_much || other;
	gathered->too_much = false;
	if (rows && !gathered->refused)
		gathered->rows = PQntuples(end) > 0 ? rows_from(end) : rows_of(gathered, end);
	if (gathered->nrows)
		drop_cells(gathered);
}

void gather_refuse(struct answer *answer, struct buf *text)
{
	answer_refuse(answer, text, "54000", "an answer of more than 32 MB: ask for less, or for a count");
}

void gather_forget(struct gathered *gathered)
{
	rows_free(gathered->rows);
	drop_cells(gathered);
	*gathered = (struct gathered){0};
}
