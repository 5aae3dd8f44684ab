/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What accounts are sorted by, in SQL. */
#ifndef BANK_ORDER_H
#define BANK_ORDER_H

#include "bank/query.h"

/* What the order compares before the id. Zeroed where that is nothing: in the order of ids. */
struct order_key {
	char *sql;      /* an expression, owned */
	char place[12]; /* how ORDER BY names it */
	bool nullable, indexed;
	bool apart; /* it is a column of its own, behind the others of a page */
};
struct order_key order_key_of(const struct catalogue *catalogue, unsigned by);

#endif
