/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which tables and columns the bank is in, as the user asks for it. */
#ifndef BANK_BANK_CHOICE_H
#define BANK_BANK_CHOICE_H

#include <stddef.h>

#include "base/err.h"

enum { BANK_KEYS_MAX = 8 };

/* All text owned; NULL where nothing is asked for. */
struct bank_choice {
	/* NAME or SCHEMA.NAME; parts with a dot or a quote in them stand in double quotes, as in SQL. NULL: accounts. */
	char *table;
	/* As the table, without a schema in that of the accounts; or "none". NULL: transfers, or teller_transfers where
	 * that is missing or something else. */
	char *ledger;
	char *id_column, *balance_column; /* as the server's catalogue spells them; NULL: found (columns.h) */
	char *keys[BANK_KEYS_MAX]; /* NAME=VALUE of columns of the primary key; a name with = or a quote as in SQL */
	size_t nkeys;
	char *overdraft; /* a balance may go down to minus that: a number, "none" or "unlimited"; NULL: none */
};

/* Adds NAME=VALUE, or says how it must be spelled. */
MUST_CHECK enum status bank_choice_add_key(struct bank_choice *choice, const char *word, struct err *err);

/* The column of such a word, owned, and its value, borrowed from it; NULL where it has none. */
char *bank_choice_key(const char *word, const char **value);

/* Whether it is spelled as one; the error says what is. */
MUST_CHECK enum status bank_choice_check_overdraft(const char *word, struct err *err);

void bank_choice_copy(struct bank_choice *copy, const struct bank_choice *choice);
void bank_choice_free(struct bank_choice *choice);

#endif
