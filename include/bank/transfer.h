/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of a transfer: read both balances, decide, move, write the ledger. */
#ifndef BANK_TRANSFER_H
#define BANK_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "bank/catalogue.h"
#include "txn/body.h"

enum transfer_rule { TRANSFER_HALF, TRANSFER_ALL, TRANSFER_AMOUNT };

enum { TRANSFER_ID_SIZE = 37 }; /* a UUID as text, with its NUL */

struct transfer_spec {
	const char *source; /* raw id, borrowed for the call */
	const char *destination;
	enum transfer_rule rule;
	int64_t amount; /* in units (bank/amount.h); for TRANSFER_AMOUNT */
	const char *id; /* UUID for the ledger; NULL: a new one is made */
	bool fresh;     /* nobody has used that id before, so that it is not looked for */
	bool locking;   /* both are read FOR UPDATE; not where one statement does all of it */
	bool alone;     /* one statement does all of it, in a transaction without BEGIN: it makes sure of its level */
	bool ordered; /* both are written in the order of their ids, so that two transfers cannot wait for each other */
};

/*
 * half: amount = floor(balance / 2), from the balance read in the attempt, the same number in both updates. Rejected, each with
 * its own sentence: same source and destination; a missing account, either side; a NULL or negative source balance; a NULL
 * destination balance; nothing to move; more than there is; overflow of the destination; an update that did not touch
 * exactly one row. An id in the ledger already: the same transfer is answered with what it moved then, and moves nothing; another
 * one, by accounts or amount, is rejected. The catalogue must outlive the transfer; ids in sentences are harmless and cut.
 */
struct transfer;
struct transfer *transfer_new(const struct catalogue *catalogue, const struct transfer_spec *spec);
void transfer_free(struct transfer *transfer);
struct body *transfer_body(struct transfer *transfer); /* borrowed */

/* The id of the transfer that undoes the transfer `id`, a UUID: always the same one, so that the ledger lets it
 * happen once. */
void transfer_undo_id(char out[TRANSFER_ID_SIZE], const char *id);

/* "half", "all" or a number, as in the command. Errors name the word. `catalogue` is NULL where the table is not
 * known yet: then only the spelling is judged, and the amount means nothing. */
MUST_CHECK enum status transfer_rule_parse(const char *word, const struct catalogue *catalogue,
					   enum transfer_rule *rule, int64_t *amount, struct err *err);

/* What the latest attempt read and decided, in units; valid once the body has decided. */
struct transfer_facts {
	bool decided;
	bool again;    /* it was in the ledger: `amount` moved then, before and after are the balances now */
	bool recorded; /* its own answers were lost: `amount` is what the ledger has, and the balances are not known */
	int64_t amount, source_before, source_after, destination_before, destination_after;
	const char *id; /* UUID */
};
struct transfer_facts transfer_facts(const struct transfer *transfer);

/* As the server spells them, once the accounts were read; before that as they were given. Valid until the next
 * attempt. */
const char *transfer_source(const struct transfer *transfer);
const char *transfer_destination(const struct transfer *transfer);

#endif
