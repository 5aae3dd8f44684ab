/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a transfer may move. */
#ifndef BANK_RULE_H
#define BANK_RULE_H

#include "bank/transfer.h"

/* An account as it was read. */
struct holding {
	const char *id;
	bool found, null;
	int64_t balance;
};

/* The rules that a transfer goes by. */
struct rule {
	enum transfer_rule rule;
	int64_t amount;                     /* for TRANSFER_AMOUNT */
	int64_t balance_max, balance_floor; /* as in the catalogue */
	unsigned scale;                     /* of the balances */
	bool wide;                          /* the column holds more than balance_max */
};

struct rule rule_of(const struct catalogue *catalogue, const struct transfer_spec *spec);

/* The amount, or ST_REJECTED with the reason. */
MUST_CHECK enum status rule_decide(const struct rule *rule, const struct holding *source,
				   const struct holding *destination, int64_t *amount, struct err *err);

/* The two sentences that are also said of what the server found. */
enum status rule_same(const char *id, struct err *err);
enum status rule_overflow(const struct rule *rule, const struct holding *destination, int64_t amount, struct err *err);

/* A balance or an amount as the server writes it, in units. */
MUST_CHECK bool rule_number(const struct rule *rule, const char *text, int64_t *units);

#endif
