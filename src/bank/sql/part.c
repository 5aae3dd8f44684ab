/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of a table that teller keeps to, in SQL: conditions and values, bound as parameters. */
#include "part.h"

#include <stdlib.h>

#include "base/mem.h"
#include "db/db.h"
#include "ident.h"
#include "qualify.h"

static char *part_conditions(const struct catalogue *c, const char *word, const char *prefix, unsigned own)
{
	struct buf sql = {0};
	for (unsigned i = 0; i < c->nfixed; i++) {
		char *column = ident_quoted(c->fixed[i]);
		qualify_add(&sql, c->guarded, " %s %s%s @= $%u", i ? "AND" : word, prefix, column, own + 1 + i);
		free(column);
	}
	return sql.len ? buf_take(&sql) : mem_dup("");
}

char *part_and(const struct catalogue *c, const char *prefix, unsigned own)
{
	return part_conditions(c, "AND", prefix, own);
}

char *part_where(const struct catalogue *c, const char *prefix, unsigned own)
{
	return part_conditions(c, "WHERE", prefix, own);
}

char *part_columns(const struct catalogue *c)
{
	struct buf sql = {0};
	for (size_t i = 0; i < c->nfixed; i++) {
		buf_str(&sql, ", ");
		ident_add(&sql, c->fixed[i]);
	}
	return sql.len ? buf_take(&sql) : mem_dup("");
}

char *part_values(const struct catalogue *c, unsigned own)
{
	struct buf sql = {0};
	for (unsigned i = 0; i < c->nfixed; i++)
		buf_fmt(&sql, ", $%u", own + 1 + i);
	return sql.len ? buf_take(&sql) : mem_dup("");
}

void part_add_cells(struct buf *out, const struct catalogue *c)
{
	for (size_t i = 0; i < c->nfixed; i++) {
		buf_char(out, '\t');
		copy_add_cell(out, c->fixed_value[i]);
	}
}

bool part_holds(enum catalogue_sql which)
{
	bool accounts = which >= CAT_PAGE_FIRST && which <= CAT_ALONE_LAST;
	return (accounts && which != CAT_COPY && which != CAT_LEDGER_MANY) || which == CAT_LEDGER_CHECKED;
}

void catalogue_bind(const struct catalogue *c, struct statement *statement)
{
	statement->nmore = (unsigned)c->nfixed;
	statement->more = (const char *const *)c->fixed_value;
}
