/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body that looks a transfer up in the ledger, by its id, and knows for certain when it is not there. */
#ifndef BANK_LOOKUP_H
#define BANK_LOOKUP_H

#include <stdbool.h>

#include "bank/catalogue.h"
#include "txn/body.h"

/*
 * Where the id is in the ledger the transaction commits, having changed nothing. Where it is not, the id is written, which waits
 * for whoever is writing the same one, and the body rejects, which takes it back: so the transfer did not commit. Where no
 * row arrives either, the body rejects as well, and nothing is known. The
 * catalogue must have a ledger, and outlive the lookup.
 */
struct lookup;
struct lookup *lookup_new(const struct catalogue *catalogue, const char *id);
void lookup_free(struct lookup *lookup);
struct body *lookup_body(struct lookup *lookup); /* borrowed */

/* What the ledger has, once the body is done: raw text, NULL where it has NULL. Valid until the lookup is freed. */
struct lookup_facts {
	const char *id, *source, *destination, *amount;
	bool swallowed; /* the ledger cannot tell: it has no such row, and takes none */
};
struct lookup_facts lookup_facts(const struct lookup *lookup);

#endif
