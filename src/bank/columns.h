/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns of a table are an account's id and balance. */
#ifndef BANK_COLUMNS_H
#define BANK_COLUMNS_H

#include "bank/bank_choice.h"
#include "base/err.h"
#include "table.h"

/* Borrowed from the table; why each was chosen is static, for people. */
struct columns {
	const struct column *id, *balance;
	const char *id_why, *balance_why;
	/* Those of the key that are fixed, in the order they were asked for. */
	const struct column *fixed[BANK_KEYS_MAX];
	size_t nfixed;
};

/* It is the id, the balance or a fixed one. */
bool columns_are_used(const struct columns *columns, const struct column *column);

/*
 * As they were asked for, else the only ones that fit: the id is the primary key, or the only column of it that is not fixed;
 * one that is asked for, or the only one of a table without a primary key, may be unique and never NULL instead. The balance is the column of that
 * name, else the only one that has it in its name and can hold money, else the only numeric with decimals. `name` is
 * the table's, for people. Where there is none, or more than one, the sentence says what to do.
 */
MUST_CHECK enum status columns_choose(struct columns *columns, const struct table *table,
				      const struct bank_choice *choice, const char *name, struct err *err);

#endif
