/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQL that is made for a catalogue. */
#ifndef BANK_STATEMENTS_H
#define BANK_STATEMENTS_H

#include "bank/catalogue.h"
#include "table.h"

/* From the judged names of the catalogue and the tables that were found. */
void statements_accounts(struct catalogue *catalogue, const struct table *table);
void statements_ledger(struct catalogue *catalogue, const struct table *accounts, const struct table *ledger);
/* The server draws ids itself, unless an INSERT tells it to take ours. */
void statements_give_ids(struct catalogue *catalogue);
void statements_free(struct catalogue *catalogue);

#endif
