/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SERIALIZABLE remembers of a session's reads: the question to PostgreSQL, its answer, and the words for it. */
#include "lab/remembered.h"

#include <stdlib.h>

/* All names are qualified: the control connection has the search path that the lesson's set-up may give it. */
#define EQ " OPERATOR(pg_catalog.=) "
#define COUNT_OF_TYPE(type) "pg_catalog.count(*) FILTER (WHERE l.locktype" EQ "'" type "')"
#define IS_INDEX "COALESCE(c.relkind" EQ "'i', false)"
#define COUNT_WHOLE(which) "pg_catalog.count(*) FILTER (WHERE l.locktype" EQ "'relation' AND " which ")"

enum { RECALLED_PID, RECALLED_ROWS, RECALLED_PAGES, RECALLED_INDEXES, RECALLED_TABLES, RECALLED_COLUMNS };

const char remembered_question[] =
	"SELECT l.pid, " COUNT_OF_TYPE("tuple") ", " COUNT_OF_TYPE("page") ", " COUNT_WHOLE(IS_INDEX) ", " COUNT_WHOLE(
		"NOT " IS_INDEX) " FROM pg_catalog.pg_locks AS l LEFT JOIN pg_catalog.pg_class AS c "
				 "ON c.oid" EQ "l.relation WHERE l.mode" EQ "'SIReadLock' AND l.pid" EQ
				 "ANY ($1::pg_catalog.int4[]) GROUP BY l.pid";

static unsigned remembered_number(const struct rows *rows, size_t row, size_t column)
{
	const char *cell = rows_cell(rows, row, column);
	return cell ? (unsigned)strtoul(cell, NULL, 10) : 0;
}

int remembered_read(struct remembered *remembered, const struct rows *rows, size_t row)
{
	if (rows->ncols != RECALLED_COLUMNS)
		return 0;
	*remembered = (struct remembered){
		.rows = remembered_number(rows, row, RECALLED_ROWS),
		.pages = remembered_number(rows, row, RECALLED_PAGES),
		.indexes = remembered_number(rows, row, RECALLED_INDEXES),
		.tables = remembered_number(rows, row, RECALLED_TABLES),
	};
	return (int)remembered_number(rows, row, RECALLED_PID);
}

bool remembered_any(const struct remembered *remembered)
{
	return remembered->rows || remembered->pages || remembered->indexes || remembered->tables;
}

static void remembered_add(struct buf *out, size_t *n, unsigned count, const char *one, const char *many)
{
	if (count)
		buf_fmt(out, "%s%u %s", (*n)++ ? ", " : "", count, count == 1 ? one : many);
}

void remembered_words(struct buf *out, const struct remembered *remembered)
{
	size_t n = 0;
	remembered_add(out, &n, remembered->rows, "row", "rows");
	remembered_add(out, &n, remembered->pages, "page", "pages");
	remembered_add(out, &n, remembered->indexes, "index", "indexes");
	remembered_add(out, &n, remembered->tables, "table", "tables");
}
