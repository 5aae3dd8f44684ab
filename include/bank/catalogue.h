/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The accounts table as it is on this server: its columns, its limits, whether there is a ledger, and the SQL made for them. */
#ifndef BANK_CATALOGUE_H
#define BANK_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bank/bank_choice.h"
#include "bank/ledger_columns.h"
#include "base/err.h"
#include "db/db.h"

/* The row of CAT_LEDGER_TALLY, and of CAT_TOTAL, which counts the balances that are too low as well. */
enum { TOTAL_N, TOTAL_SUM, TOTAL_COLUMNS, TOTAL_BELOW = TOTAL_COLUMNS, TOTAL_ALL_COLUMNS };
enum { CATALOGUE_EXTRA_MAX = 16 }; /* further columns shown */

/* The columns of an account, wherever one is read: those that there always are, then the extra ones. */
enum { ACCOUNT_ID, ACCOUNT_BALANCE, ACCOUNT_EXTRA, ACCOUNT_COLUMNS_MAX = ACCOUNT_EXTRA + CATALOGUE_EXTRA_MAX };

/*
 * The SQL that is made for this table and its ledger: catalogue->sql[CAT_DEBIT]. NULL where there is none: the
 * ledger's texts without a ledger.
 */
enum catalogue_sql {
	/* Parts of statements, quoted where they need it. */
	CAT_TABLE,   /* the accounts table */
	CAT_COLUMNS, /* what a page selects */
	CAT_ALWAYS,  /* the columns that every account has: those before ACCOUNT_EXTRA */
	CAT_ID,      /* the two columns that a page is ordered by */
	CAT_BALANCE,
	CAT_INSERT_ROWS, /* how an INSERT of several accounts begins: up to and with VALUES and a blank; ... */
	CAT_INSERT_END,  /* ... and how it ends, so that ids that are there already are left alone */

	CAT_PAGE_FIRST,  /* $1 limit, ascending */
	CAT_ONE,         /* $1 id */
	CAT_AT,          /* $1 places of rows (ctid): place, id; NULL where the server has no such places */
	CAT_WHOLE_FIRST, /* as CAT_PAGE_FIRST, with the extra columns as they are */
	CAT_WHOLE_AFTER, /* the same, of ids larger than $1; $2 limit */

	CAT_TOTAL, /* how many accounts there are, the sum of their balances, and how many of those are too low */

	CAT_READ_TWO, /* $1, $2: id, balance, in any order */
	CAT_LOCK_TWO, /* the same, FOR UPDATE, in the order of ids */
	CAT_DEBIT,    /* $1 amount, $2 id */
	CAT_CREDIT,   /* $1 amount, $2 id */
	/* The same, refused (22012) unless it leaves one row that holds $3: nothing is read back. */
	CAT_DEBIT_CHECKED,
	CAT_CREDIT_CHECKED,
	CAT_CHECK_TWO, /* $1, $2 ids, $3, $4 balances: division by zero (22012) unless they are */
	CAT_THIRD,     /* $1, $2: an id that is neither, of an account that can take and give back */
	CAT_DELETE,    /* $1 id: gives the balance */
	CAT_COPY,      /* a COPY of ids and balances from the client, in text format */
	CAT_AUDIT,     /* $1 the total that is expected, or NULL; see bank/audit.h */

	/*
	 * Several transfers in one transaction (bank/bundle.h): parameters are arrays of the same length. Change is
	 * refused (22012) unless $4 accounts hold what $3 says; the ledger's rows unless $5 are there as they were
	 * given.
	 */
	CAT_READ_MANY,   /* $1 ids: id, balance */
	CAT_LOCK_MANY,   /* the same, FOR UPDATE, in the order of ids */
	CAT_CHANGE_MANY, /* $1 ids, $2 what is added, $3 what they hold then, $4 how many */
	CAT_LEDGER_MANY, /* $1 transfer ids, $2 sources, $3 destinations, $4 amounts, $5 how many */

	/*
	 * A whole transfer in one statement, by rule: CAT_ONESHOT + enum transfer_rule. $1 source, $2 destination,
	 * then $3 transfer id where there is a ledger, then the amount for the rule that needs one. The amount is 1
	 * unit or more. Gives what source and destination hold afterwards, and the amount. An error (23502 with a
	 * ledger, 22012 without) unless both hold what they must.
	 */
	CAT_ONESHOT,
	CAT_ONESHOT_LAST = CAT_ONESHOT + 2,
	/* The same, refused too (22012) where its transaction reads what others commit meanwhile, as one without BEGIN
	 * does at PostgreSQL's own default. NULL where a server cannot be asked. */
	CAT_ALONE,
	CAT_ALONE_LAST = CAT_ALONE + 2,

	CAT_MAKE_LEDGER, /* a ledger that takes every id and balance of this table; NULL where none is to be made */

	/*
	 * Checked is refused by the server unless $5 and $6 are the two balances now: its id becomes NULL, which a
	 * primary key cannot be (23502). It is refused too (22012) unless the row that was written is the one that was
	 * given: a trigger may change it, or swallow it. Probe gives a row unless the id is there already, or
	 * something else was written. Find has source, destination and amount of the transfer with id $1; same only
	 * where it is the one asked for.
	 */
	CAT_LEDGER_CHECKED, /* $1 transfer id, $2 source, $3 destination, $4 amount, $5, $6 balances */
	CAT_LEDGER_WRITTEN, /* $1 to $4: checked, but for the balances */
	CAT_LEDGER_PROBE,   /* $1 to $4 */
	CAT_LEDGER_FIND,    /* $1 transfer id */
	CAT_LEDGER_SAME,    /* $1 to $4, the amount NULL for any */

	/* All columns of transfers (bank/ledger_columns.h). */
	CAT_LEDGER_NEWEST, /* newest first; $1 an account that took part, or NULL for all; $2 limit */
	CAT_LEDGER_OLDER,  /* the same, of those before the transfer with id $3 */
	CAT_LEDGER_OLDEST, /* as newest and older, the other way round: oldest first */
	CAT_LEDGER_NEWER,
	CAT_LEDGER_ONE,     /* $1 transfer id */
	CAT_LEDGER_BETWEEN, /* with ids from $1 to $2, in any order; $3 limit */
	CAT_LEDGER_TALLY,   /* with ids from $1 to $2: how many, and the sum of their amounts */

	CAT_COUNT,
};

/*
 * All text is owned by the catalogue and constant until it is freed; identifiers inside SQL are quoted where they
 * need it. In the SQL $n are bound parameters, ids and balances travel as text. The pages' columns are: id, balance,
 * then the extra ones, each of those as text of at most 200 characters.
 */
struct catalogue {
	char *name;           /* for people: accounts, or schema.accounts where it is not found by its bare name */
	char *schema, *table; /* as the server's catalogue has them */
	char *id_name;        /* column names for people */
	char *balance_name;
	const char *id_why, *balance_why; /* how they were chosen, for people: "the primary key"; static */
	char *id_type;                    /* "int4", "int8", "uuid", "text" ... */
	char *balance_type;
	bool id_is_number;
	int64_t id_max;        /* largest id that the column holds, where it is a number; else 0 */
	int64_t balance_max;   /* largest balance that the column holds, in units that can be counted (bank/amount.h) */
	bool balance_wide;     /* it holds more than that, which cannot be counted */
	int64_t balance_floor; /* a balance may go down to it: 0, or less with an overdraft; never below the column's */
	unsigned balance_scale; /* digits behind the point; 0 for integers */
	size_t nextra;
	char *extra[CATALOGUE_EXTRA_MAX];
	char *extra_type[CATALOGUE_EXTRA_MAX];
	bool extra_generated[CATALOGUE_EXTRA_MAX]; /* computed by the server: it cannot be given */
	bool extra_filled[CATALOGUE_EXTRA_MAX];    /* it is never NULL, as far as is known */
	bool extra_indexed[CATALOGUE_EXTRA_MAX];   /* an index begins with it */
	size_t nneeded;
	char *needed[CATALOGUE_EXTRA_MAX]; /* further columns that a new account must be given a value for; see below */
	size_t ncolumns; /* of an account, ACCOUNT_EXTRA + nextra, and their names, borrowed from the ones above */
	const char *columns[ACCOUNT_COLUMNS_MAX];
	/* Further columns of the key, which are fixed: only the accounts with these values are used, or made. */
	size_t nfixed;
	char *part; /* for people: "tenant=7"; NULL where the table is used whole */
	char *fixed[BANK_KEYS_MAX], *fixed_value[BANK_KEYS_MAX];
	bool balance_nullable; /* as far as is known: a balance can be NULL */
	bool balance_indexed; /* an index begins with the balance: accounts can be read in its order at no great cost */
	bool balance_generated; /* computed by the server: it cannot be given either */
	/* The server wants to draw ids, or values of other columns, unless it is told to take ours (OVERRIDING SYSTEM
	 * VALUE). */
	bool id_drawn;
	bool returning;     /* writes are checked by what they return: reading back is slow */
	bool column_grants; /* rights are given for columns, too */
	bool triggers; /* it has triggers, or parts that may have some: a statement does not see what comes after it */
	bool deferred; /* some of them may wait for COMMIT */
	bool partial;  /* row level security: we see some of the rows, and nobody says which are missing */
	/*
	 * How statements are written (src/bank/sql/qualify.h): ours are qualified on PostgreSQL. Those of a transfer, and
	 * comparisons with the id, are too, and the table has its schema, unless a plain name is known to find what
	 * it means.
	 */
	bool qualified, guarded, with_schema;
	bool ledger;         /* there is one, and it is usable */
	bool ledger_off;     /* none is wanted: ledger_why says so */
	char *ledger_name;   /* for people; NULL without one */
	char *ledger_why;    /* why there is none, as a sentence; NULL where there is one, or just none yet */
	char *ledger_beside; /* why the table that is looked at first is not the one that is used; NULL where it is */
	char *browse_why; /* why nothing can be moved: we may not write, or nobody can; a sentence; NULL where we may */
	int64_t estimate; /* about how many rows, -1 unknown */

	char *sql[CAT_COUNT];
	struct shape shape[CAT_COUNT]; /* of the answers; {0} where no rows are asked for */
};

/*
 * Reads it over an idle connection, in two round trips. done(arg, catalogue, missing, err) comes from the loop, with
 * the connection idle again unless it is lost: the catalogue is owned by the receiver, or NULL with a sentence that
 * says what to do: status ST_LOST, ST_STATEMENT for a question that failed, ST_CHECK for a table that cannot be used,
 * with `missing` where there is none. `choice` is borrowed for the call.
 */
typedef void catalogue_fn(void *arg, struct catalogue *catalogue, bool missing, const struct err *err);
void catalogue_read(struct db *db, const struct bank_choice *choice, catalogue_fn *done, void *arg);

/* One of its statements that reads; params as the enum has them, borrowed. */
struct statement catalogue_select(const struct catalogue *catalogue, enum catalogue_sql which,
				  const char *const *params, unsigned nparams);
/* Adds what fixed columns must hold, behind its own parameters. catalogue_select() does that itself. */
void catalogue_bind(const struct catalogue *catalogue, struct statement *statement);
bool catalogue_is_ledger(const char *word); /* NAME, SCHEMA.NAME or none */
/*
 * The first further column that a new account needs and that is none of those that are given: NOT NULL, without a
 * default, and no trigger that could fill it. NULL where there is none; borrowed.
 */
const char *catalogue_lacks(const struct catalogue *catalogue, const char *const *given, size_t n);
void catalogue_free(struct catalogue *catalogue);

#endif
