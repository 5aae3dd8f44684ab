/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of the ledger, in one table: their places in a row, their names, what each must be like. */
#include "bank/ledger_columns.h"

#define LEDGER_NAME(place, name, title, kind) [LEDGER_##place] = (name),
#define LEDGER_TITLE(place, name, title, kind) [LEDGER_##place] = (title),
#define LEDGER_KIND(place, name, title, kind) [LEDGER_##place] = (kind),

const char *const ledger_columns[LEDGER_COLUMNS] = {LEDGER_TABLE(LEDGER_NAME)};
const char *const ledger_titles[LEDGER_COLUMNS] = {LEDGER_TABLE(LEDGER_TITLE)};
const enum ledger_kind ledger_kinds[LEDGER_COLUMNS] = {LEDGER_TABLE(LEDGER_KIND)};

bool ledger_is_written(enum ledger_column column)
{
	return ledger_kinds[column] != KIND_TIME;
}

enum ledger_column ledger_nth(size_t i)
{
	enum ledger_column order[LEDGER_COLUMNS];
	size_t n = 0;
	for (enum ledger_column column = 0; column < LEDGER_COLUMNS; column++)
		if (ledger_is_written(column))
			order[n++] = column;
	for (enum ledger_column column = 0; column < LEDGER_COLUMNS; column++)
		if (!ledger_is_written(column))
			order[n++] = column;
	return order[i];
}

static void ledger_columns_add(struct buf *sql, bool first, enum ledger_column column)
{
	buf_str(sql, first ? "" : ", ");
	buf_str(sql, ledger_columns[column]);
}

void ledger_add_written(struct buf *sql)
{
	for (size_t i = 0; i < LEDGER_COLUMNS && ledger_is_written(ledger_nth(i)); i++)
		ledger_columns_add(sql, i == 0, ledger_nth(i));
}

void ledger_add_names(struct buf *sql, enum ledger_column first)
{
	for (enum ledger_column column = first; column < LEDGER_COLUMNS; column++)
		ledger_columns_add(sql, column == first, column);
}
