/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a table must be like to serve as accounts. */
#ifndef BANK_ACCOUNTS_H
#define BANK_ACCOUNTS_H

#include "bank/bank_choice.h"
#include "bank/catalogue.h"
#include "table.h"

/* Fills the names, types and limits of the catalogue; a table that cannot be used is refused with what to do. */
MUST_CHECK enum status accounts_judge(struct catalogue *catalogue, const struct table *table,
				      const struct bank_choice *choice, struct err *err);

/* Where the balance is generated, or ids that are not the same can be equal, there is nothing but to browse. */
void accounts_judge_columns(struct catalogue *catalogue, bool generated, bool alike);

#endif
