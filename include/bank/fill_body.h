/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making the tables, and filling accounts with random ids and balances as the tutorial does. */
#ifndef BANK_FILL_BODY_H
#define BANK_FILL_BODY_H

#include "bank/catalogue.h"
#include "txn/txn.h"

/* Creates accounts and transfers where they are missing (assets/schema.sql), or with `accounts` a ledger that fits
 * that table, which must live that long, over the idle `db`. done(arg, err) comes from the loop, err NULL where both
 * are there, with `db` idle again unless it is lost. */
typedef void fill_tables_fn(void *arg, const struct err *err);
void fill_tables(struct db *db, const struct catalogue *accounts, fill_tables_fn *done, void *arg);

/* The same for the table of accounts alone, in the schema that its name has, if any. */
void fill_accounts(struct db *db, const char *table, fill_tables_fn *done, void *arg);
bool fill_makes(const char *table); /* accounts, or SCHEMA.accounts: what can be made */

/*
 * The body that adds accounts: ids below 1,000,000,000 and balances below 1,000,000 (or less, where the columns hold less), drawn
 * from `seed`. A UUID or text column gets random UUIDs or numbers. An attempt draws the same as the one before.
 *
 * By INSERT, 100 accounts a statement: an id that is there already is drawn again, and the body ends only when all are in.
 * By COPY: the ids ascend, one from each of `total` equal parts of the range, of which this body has those behind the first
 * `before`; so no two bodies of one run draw the same, and the server's index grows at its end. An id that another session has
 * fails the COPY (23505).
 */
struct fill_spec {
	unsigned accounts; /* 1 .. FILL_MAX */
	uint64_t seed;
	bool copy;
	uint64_t before, total;
};
enum { FILL_MAX = 100000 };
struct fill;
struct fill *fill_new(const struct catalogue *catalogue, const struct fill_spec *spec);
void fill_free(struct fill *fill);
struct body *fill_body(struct fill *fill);

#endif
