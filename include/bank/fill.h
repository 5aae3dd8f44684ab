/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making the tables, and filling accounts with random ids and balances as the tutorial does. */
#ifndef BANK_FILL_H
#define BANK_FILL_H

#include "bank/catalogue.h"
#include "txn/txn.h"

/* Creates accounts and transfers where they are missing (assets/schema.sql), statement by statement, over the idle `db`.
 * done(arg, err) comes from the loop, err NULL where both are there, with `db` idle again unless it is lost. */
typedef void fill_tables_fn(void *arg, const struct err *err);
void fill_tables(struct db *db, fill_tables_fn *done, void *arg);

/*
 * The body that adds accounts: ids below 1,000,000,000 and balances below 1,000,000 (or less, where the columns hold less), drawn
 * from `seed`, 100 to an INSERT; an id that is there already is drawn again, and the body ends only when all are in. A UUID or
 * text column gets random UUIDs or numbers. An attempt draws the same as the one before. 1 .. FILL_MAX accounts a body.
 */
enum { FILL_MAX = 1000 };
struct fill;
struct fill *fill_new(const struct catalogue *catalogue, unsigned accounts, uint64_t seed);
void fill_free(struct fill *fill);
struct body *fill_body(struct fill *fill);

#endif
