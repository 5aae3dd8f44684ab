/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a table must be like to serve as the ledger of transfers, and which one of those that are there does. */
#ifndef BANK_LEDGER_H
#define BANK_LEDGER_H

#include "bank/catalogue.h"
#include "table.h"

/* Whether transfers can be written to this table: NULL, or why not, owned. */
char *ledger_judge(const struct catalogue *catalogue, const struct table *table);

/* A ledger that we may not write makes the bank one to browse: to move money past it would be to lie in it. */
void ledger_judge_rights(struct catalogue *catalogue, const struct table *table);

enum { LEDGERS_MAX = 2 };

/* Which tables are looked at, in their order. */
struct ledger_choice {
	bool off;
	bool by_name;             /* one was asked for */
	bool parted;              /* a part of the table is used, whose ids may be those of another part, too */
	char *schema;             /* owned; NULL: that of the accounts */
	char *names[LEDGERS_MAX]; /* owned; NULL: none */
};
void ledger_wanted(struct ledger_choice *choice, const char *word); /* as catalogue_read() has it */
void ledger_forget(struct ledger_choice *choice);

/* What asks for them (table_sql_named()). */
void ledger_params(const struct ledger_choice *choice, const struct table *accounts, const char *params[TABLE_PARAMS]);

/* Takes the first that can be used, by the answer; or says why there is none, and what makes one. */
void ledger_choose(const struct ledger_choice *choice, struct catalogue *catalogue, const struct table *accounts,
		   const struct rows *answer);

#endif
