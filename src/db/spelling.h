/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a connection string is spelt: what libpq would read otherwise than it was meant, and what it cannot read, said
 * without a piece of it. */
#ifndef DB_SPELLING_H
#define DB_SPELLING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* One that begins with postgresql://, or "key=value ...". */
MUST_CHECK enum status spelling_check(const char *target, struct err *err);

/* What is taken for the name of a database. */
MUST_CHECK enum status spelling_check_name(const char *name, struct err *err);

bool spelling_is_keyword(const char *word, size_t n); /* of libpq's */
bool spelling_is_secret(const char *word, size_t n);  /* its value is shown to nobody */

#endif
