/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter of the accounts: a small language of comparisons, compiled to a condition with bound parameters. */
#ifndef BANK_FILTER_H
#define BANK_FILTER_H

#include "bank/catalogue.h"
#include "base/buf.h"

enum { FILTER_BYTES_MAX = 1000, FILTER_PARAMS_MAX = 32, FILTER_DEPTH_MAX = 32 };

/*
 *     condition  = term { "or" term }
 *     term       = factor { "and" factor }
 *     factor     = "not" factor | "(" condition ")" | test
 *     test       = column comparison value | column "is" ["not"] "null"
 *                | column ["not"] ( "between" value "and" value | "in" "(" value { "," value } ")" | ("like" | "ilike") value )
 *     comparison = "=" | "<>" | "!=" | "<" | "<=" | ">" | ">="
 *     column     = a name | "a name in double quotes"
 *     value      = a number | 'text' | "true" | "false"
 *
 * Columns are the id, the balance and the further ones that are shown; `id` and `balance` always mean those two. A value is
 * checked against the column's type as far as it is known here, and travels as a parameter: nothing that was typed becomes SQL, except which
 * of the known words and columns it named. On PostgreSQL a column of a type that a user made is compared as text, as it is shown: its own
 * operators and casts are not the server's.
 */
struct filter;

/* ST_USAGE with a sentence that names the place. */
MUST_CHECK enum status filter_new(struct filter **filter, const struct catalogue *catalogue, const char *text,
				  struct err *err);
void filter_free(struct filter *filter);

const char *filter_text(const struct filter *filter); /* as it was typed, without blanks around it; borrowed */
const char *filter_sql(const struct filter *filter);  /* a condition that uses $1 to $n; borrowed */
const char *const *filter_params(const struct filter *filter, unsigned *n); /* borrowed */

#endif
