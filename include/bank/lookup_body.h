/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body that looks a transfer up in the ledger, by its id, and knows for certain when it cannot come there any more. */
#ifndef BANK_LOOKUP_BODY_H
#define BANK_LOOKUP_BODY_H

#include <stdbool.h>

#include "bank/catalogue.h"
#include "txn/body.h"

/*
 * Where the id is in the ledger the transaction commits, having changed nothing. Where it is not, the id is written, which waits
 * for whoever is writing the same one, and the body rejects, which takes it back. Where no row arrives, nothing is known.
 *
 * That an id is not there means that the transfer did not commit only where nobody can still bring it: `others_sql` (db/dialect.h; NULL is
 * not asked) counts the sessions that might. The catalogue must have a ledger, and outlive the lookup.
 */
struct lookup;
struct lookup *lookup_new(const struct catalogue *catalogue, const char *id, const char *others_sql);
void lookup_free(struct lookup *lookup);
struct body *lookup_body(struct lookup *lookup); /* borrowed */

/* What the ledger has, once the body is done: raw text, NULL where it has NULL. Valid until the lookup is freed. */
struct lookup_facts {
	const char *id, *source, *destination, *amount;
	bool swallowed; /* the ledger cannot tell: it has no such row, and takes none */
	bool open;      /* it is not there, and may still come */
};
struct lookup_facts lookup_facts(const struct lookup *lookup);

#endif
