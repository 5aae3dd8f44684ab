/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQL that finds nothing by name but what the server itself brought. */
#ifndef BANK_QUALIFY_H
#define BANK_QUALIFY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Whoever may make functions, operators and casts in a schema of the search path makes code that a name in a
 * statement can find, where it fits better than the built-in one. An '@' in `fmt` goes before such a name: @= and
 * @count( become OPERATOR(pg_catalog.=) and pg_catalog.count( where `qualified`, and lose their '@' otherwise. Of
 * printf there are %s, %u and %%. What IN, BETWEEN, LIKE, NULLIF and IS DISTINCT FROM stand for is found by name as
 * well, and cannot be qualified: they have no place here.
 */
void qualify_add(struct buf *sql, bool qualified, const char *fmt, ...) PRINTF_LIKE(3, 4);
char *qualify(bool qualified, const char *fmt, ...) PRINTF_LIKE(2, 3); /* owned */

#endif
