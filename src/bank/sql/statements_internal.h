/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the SQL of the accounts and that of the ledger share: names as SQL writes them, and conditions on two accounts. */
#ifndef BANK_STATEMENTS_INTERNAL_H
#define BANK_STATEMENTS_INTERNAL_H

#include "statements.h"

char *statements_table_name(const struct catalogue *catalogue, const struct table *table); /* owned */
/* Of the accounts; freed by statements_names_free(). */
struct names statements_names(const struct catalogue *catalogue, const struct table *accounts);
void statements_names_free(struct names *names);

/*
 * That two accounts hold what they must, owned. Their ids are the parameters `ids` and the one after it; their balances
 * are `balances` and the one after it, the last of the statement.
 */
char *statements_both_hold(const struct catalogue *catalogue, const struct names *names, unsigned ids,
			   unsigned balances);

/* The audit, owned; `ledger` is NULL where there is none. */
char *statements_audit(const struct catalogue *catalogue, const struct names *names, const char *ledger);

#endif
