/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SERIALIZABLE remembers of a session's reads: how many rows, pages, indexes and tables, and the words for it. */
#ifndef LAB_REMEMBERED_H
#define LAB_REMEMBERED_H

#include "base/buf.h"
#include "db/rows.h"

/* The locks of a server process in pg_locks with mode SIReadLock. A session may have them after its COMMIT, too: until
 * no transaction runs any more that was there at the same time. */
struct remembered {
	unsigned rows, pages, indexes, tables; /* a page is one of a table or of an index */
};

/* $1: an int4[] of process numbers. Each of them that has such locks is a row. */
extern const char remembered_question[];

/* A row of its answer: the process number is returned, 0 where the row is of another shape. */
int remembered_read(struct remembered *remembered, const struct rows *rows, size_t row);

bool remembered_any(const struct remembered *remembered);
void remembered_words(struct buf *out, const struct remembered *remembered); /* "2 rows, 1 page"; "" for nothing */

#endif
