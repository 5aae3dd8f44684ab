/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQL of a step word by word: at which level its transactions run, and whether it can do anything in one that failed. */
#ifndef LAB_EXPLORE_TOKENS_H
#define LAB_EXPLORE_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

/* The same SQL with this level ("READ COMMITTED") in the place of each that it names: behind ISOLATION LEVEL, and where
 * (default_)transaction_isolation is set. Owned; NULL where it names none. */
char *tokens_at_level(const char *sql, const char *level);

/* What becomes of it in a transaction that has failed. */
enum tokens_failed {
	TOKENS_REFUSED, /* 25P02, and nothing else */
	TOKENS_ENDS,    /* COMMIT or ROLLBACK alone: the transaction is over */
	TOKENS_GOES_ON, /* more than that, or ROLLBACK TO: there may be an effect */
};
enum tokens_failed tokens_in_failed(const char *sql);

#endif
