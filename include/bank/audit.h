/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit: what must hold of accounts and ledger at any moment, asked in one statement and so of one moment. */
#ifndef BANK_AUDIT_H
#define BANK_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/rows.h"

enum { AUDIT_LINES_MAX = 9 };

struct audit_line {
	const char *check; /* static */
	bool ok;
	char found[160];
};

/* As SQL writes them; `ledger` NULL where there is none. `floor`: what a balance may go down to.
 * `where`, and `joined` of the table as x: the part of the table that counts, behind one parameter (part.h). */
struct audit_names {
	const char *table, *id, *balance, *ledger, *floor, *where, *joined;
};

/* The statement, owned; `qualified`: in PostgreSQL's own words. $1: the total that is expected, or NULL. */
char *audit_sql(const struct audit_names *names, bool qualified);

/* What its answer must be, with a ledger and without. */
struct shape audit_shape(bool ledger);

struct audit_expected {
	const char *total; /* as $1 */
	uint64_t below;    /* so many balances were too low already, which is no failure */
	bool overdraft;    /* balances may go below zero */
};

/* What its answer says, a line a check. Returns how many lines. */
size_t audit_read(const struct rows *rows, const struct audit_expected *expected,
		  struct audit_line lines[AUDIT_LINES_MAX]);

#endif
