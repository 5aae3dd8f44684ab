/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQL that is made for a catalogue. */
#ifndef BANK_STATEMENTS_H
#define BANK_STATEMENTS_H

#include "bank/catalogue.h"
#include "src/bank/table.h"

enum { NAMES_WHERE_MAX = 1, NAMES_AND_MAX = 6 };

/* The names as SQL writes them. */
struct names {
	char *table, *id, *balance;
	char *always;  /* the columns that every account has */
	char *columns; /* of a page */
	char *whole;   /* the same, uncut */
	/* The part that is kept to (part.h), behind so many parameters. */
	char *where[NAMES_WHERE_MAX + 1], *and[NAMES_AND_MAX + 1];
};

/* The transfers in one statement, written to a ledger unless that is NULL. */
struct oneshot_ledger {
	const char *table;
	const struct column *source, *destination, *amount;
};
enum { ONESHOT_SOURCE, ONESHOT_DESTINATION, ONESHOT_AMOUNT, ONESHOT_CHECKED, ONESHOT_COLUMNS }; /* its row */
void oneshot_make(struct catalogue *catalogue, const struct names *names, const struct oneshot_ledger *ledger);

/* What several transfers in one transaction send: bank/bundle.h. */
void many_make(struct catalogue *catalogue, const struct names *names);
void many_make_ledger(struct catalogue *catalogue, const struct oneshot_ledger *ledger);

/* That a column of the ledger has a value, compared as the column's type, text as text; owned. `prefix` goes before
 * the name. */
char *statements_is_written(const struct catalogue *catalogue, const char *prefix, const struct column *column,
			    const char *value);

char *statements_floor(const struct catalogue *catalogue); /* what a balance may go down to; owned */

/* How an INSERT of what is written to the ledger begins, up to its columns; owned. */
char *statements_insert_ledger(const char *into);

/* Owned: what the ledger gives back of a row that was written. Only a table has a tableoid: a view put in its place fails. */
char *statements_returned(const struct catalogue *catalogue);

void statements_put(struct catalogue *catalogue, enum catalogue_sql which, char *sql); /* takes `sql` */
/* One that reads. */
void statements_put_select(struct catalogue *catalogue, enum catalogue_sql which, struct shape shape, char *sql);
const char *statements_id_type(const struct catalogue *catalogue); /* that a parameter has beside an id */

/* Owned: a column as a page shows it, its text, cut. */
char *statements_cut(const struct catalogue *catalogue, const char *column, const char *type);

/* The first so many columns of an account. */
struct shape statements_account(const struct catalogue *catalogue, size_t columns);

/* From the judged names of the catalogue and the tables that were found. */
void statements_accounts(struct catalogue *catalogue, const struct table *table);
void statements_ledger(struct catalogue *catalogue, const struct table *accounts, const struct table *ledger);
/* How the ledger of that name is made. */
void statements_make_ledger(struct catalogue *catalogue, const struct table *accounts, const char *schema,
			    const char *name);
/* The server draws ids itself, unless an INSERT tells it to take ours. */
void statements_give_ids(struct catalogue *catalogue);
void statements_free(struct catalogue *catalogue);

#endif
