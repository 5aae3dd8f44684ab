/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of the ledger, in one table: their places in a row, their names, what each must be like. */
#ifndef BANK_LEDGER_COLUMNS_H
#define BANK_LEDGER_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* What a column holds: how it is declared and judged follows from it (src/bank/ledger.c, src/bank/sql/ledger_sql.c). */
enum ledger_kind {
	KIND_KEY,     /* the id of the transfer */
	KIND_TIME,    /* when it was made, which the server fills in; all others are written */
	KIND_ACCOUNT, /* an account's id */
	KIND_MONEY,
};

/* In the order in which they are read: place, name, name for people, kind. */
#define LEDGER_TABLE(X)                                                                                                \
	X(ID, "id", "transfer", KIND_KEY)                                                                              \
	X(MADE_AT, "made_at", "made at", KIND_TIME)                                                                    \
	X(SOURCE, "source", "from", KIND_ACCOUNT)                                                                      \
	X(DESTINATION, "destination", "to", KIND_ACCOUNT)                                                              \
	X(AMOUNT, "amount", "amount", KIND_MONEY)

#define LEDGER_PLACE(place, name, title, kind) LEDGER_##place,
enum ledger_column { LEDGER_TABLE(LEDGER_PLACE) LEDGER_COLUMNS };
#undef LEDGER_PLACE

/* How many of them a transfer writes. */
#define LEDGER_COUNT(place, name, title, kind) +((kind) != KIND_TIME)
enum { LEDGER_WRITTEN = 0 LEDGER_TABLE(LEDGER_COUNT) };
#undef LEDGER_COUNT

extern const char *const ledger_columns[LEDGER_COLUMNS]; /* their names */
extern const char *const ledger_titles[LEDGER_COLUMNS];  /* the same for people */
extern const enum ledger_kind ledger_kinds[LEDGER_COLUMNS];

/* What is found of one transfer: the columns from the source on, in places of their own. */
enum {
	FOUND_FIRST = LEDGER_SOURCE,
	FOUND_SOURCE = LEDGER_SOURCE - FOUND_FIRST,
	FOUND_DESTINATION = LEDGER_DESTINATION - FOUND_FIRST,
	FOUND_AMOUNT = LEDGER_AMOUNT - FOUND_FIRST,
	FOUND_COLUMNS = LEDGER_COLUMNS - FOUND_FIRST,
};

bool ledger_is_written(enum ledger_column column); /* by a transfer; the server fills in the others */

/* The order in which a ledger is declared and judged, for i < LEDGER_COLUMNS: those that are written come first. */
enum ledger_column ledger_nth(size_t i);

/* "id, source, destination, amount": the names of those that are written, or of all from `first` on. */
void ledger_add_written(struct buf *sql);
void ledger_add_names(struct buf *sql, enum ledger_column first);

#endif
