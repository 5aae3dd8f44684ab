/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A query from inside, and a statement of it while it is written. */
#ifndef BANK_QUERY_INTERNAL_H
#define BANK_QUERY_INTERNAL_H

#include "bank/query.h"
#include "order.h"

struct query {
	const struct catalogue *catalogue;
	const struct dialect *dialect;
	struct sort sort;
	struct order_key key;
	const char *columns[ACCOUNT_COLUMNS_MAX + 1], *places[ACCOUNT_EXTRA + 1]; /* of a page, and of a place */
	struct filter *filter;                                                    /* NULL: none */
	char *as_of;                                                              /* NULL: now */
};

struct draft {
	const struct query *query;
	struct buf sql;
	const char *params[QUERY_PARAMS_MAX];
	unsigned nparams, conditions;
	struct shape shape; /* of the answer */
};

/* "SELECT columns FROM table" after `head`, with the conditions of the filter, in the part that is kept to. */
struct draft draft_begin(const struct query *query, const char *head, const char *columns, struct shape shape);
struct draft draft_page(const struct query *query);  /* of all columns of an account, and the key */
struct draft draft_place(const struct query *query); /* of those that every account has, and the key */
void draft_and(struct draft *draft);                 /* WHERE or AND: a condition follows */
void draft_compare(struct draft *draft, const char *left, const char *operator);
void draft_param(struct draft *draft, const char *value); /* borrowed until the statement was sent */
void draft_end(struct draft *draft, struct ask *ask);
void draft_holds(struct draft *draft, const char *text); /* a condition: the account holds it */

#endif
