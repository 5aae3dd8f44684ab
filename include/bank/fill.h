/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making the tables, and filling accounts with random ids and balances as the tutorial does. */
#ifndef BANK_FILL_H
#define BANK_FILL_H

#include "bank/catalogue.h"
#include "txn/txn.h"

/* Creates accounts and transfers where they are missing (assets/schema.sql), statement by statement, over the idle `db`. */
typedef void fill_tables_fn(void *arg, const struct err *err);
void fill_tables(struct db *db, fill_tables_fn *done, void *arg);

/*
 * The body that adds accounts: ids below 1,000,000,000 and balances below 1,000,000, drawn from `seed`, one INSERT each;
 * an id that is there already is drawn again. At most 1,000 accounts a body.
 */
enum { FILL_MAX = 1000 };
struct fill;
struct fill *fill_new(const struct catalogue *catalogue, unsigned accounts, uint64_t seed);
void fill_free(struct fill *fill);
struct body *fill_body(struct fill *fill);

#endif
