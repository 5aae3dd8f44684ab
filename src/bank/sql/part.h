/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of a table that teller keeps to, in SQL: --where-key fixes all columns of the key but one. */
#ifndef BANK_PART_H
#define BANK_PART_H

#include "bank/catalogue.h"

/*
 * Pieces of statements, owned, "" for a table that is used whole. The values are parameters behind the `own` ones of
 * the statement, which catalogue_bind() adds to it. `prefix` goes before the columns: "a.".
 */
char *part_and(const struct catalogue *catalogue, const char *prefix, unsigned own);   /* " AND tenant = $3" */
char *part_where(const struct catalogue *catalogue, const char *prefix, unsigned own); /* " WHERE tenant = $3" */
char *part_columns(const struct catalogue *catalogue);                                 /* ", tenant" */
char *part_values(const struct catalogue *catalogue, unsigned own);                    /* ", $3" */
void part_add_cells(struct buf *out, const struct catalogue *catalogue); /* of a row of COPY, the last ones */

/* Whether such a statement of the catalogue speaks of the part alone; the others do not speak of accounts. */
bool part_holds(enum catalogue_sql which);

#endif
