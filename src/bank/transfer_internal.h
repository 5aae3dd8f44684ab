/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A transfer from inside. */
#ifndef BANK_TRANSFER_INTERNAL_H
#define BANK_TRANSFER_INTERNAL_H

#include "bank/amount.h"
#include "bank/transfer.h"
#include "rule.h"

enum { READ_TWO, READ_LEDGER };                      /* statements of the first batch */
enum { DEBIT, CREDIT, RECORD, WRITES = RECORD + 2 }; /* of the second; the record is the last one */

enum step { STEP_START, STEP_READ, STEP_WRITTEN, STEP_ONESHOT };

struct transfer {
	struct body body;
	const struct catalogue *catalogue;
	char *asked_source, *asked_destination; /* as they were given */
	char *source, *destination;             /* as the server spells them; NULL until they were read */
	struct rule rule;
	char id[TRANSFER_ID_SIZE]; /* made once: a retry is the same transfer */
	bool id_was_given;
	bool locking; /* the read is FOR UPDATE */
	bool alone;   /* in one statement, it makes sure of the isolation level */
	bool ordered; /* the smaller id is written first */

	unsigned attempts; /* begun */

	/* Of the attempt. */
	bool together;
	bool credit_first;
	enum step step;
	struct transfer_facts facts;
	struct amount_text amount, asked_amount, source_after, destination_after;
	size_t record; /* of the writes, counted from 1: the one that the ledger or the check is; 0: there is none */
	const char *params[WRITES][LEDGER_WRITTEN + 2]; /* and both balances */
	const char *probe[LEDGER_WRITTEN], *same[LEDGER_WRITTEN];
};

/* Reads the rows of CAT_READ_TWO: the ids as the server spells them, and what the accounts hold. */
MUST_CHECK enum status transfer_read_rows(struct transfer *transfer, const struct rows *rows, struct holding *source,
					  struct holding *destination, struct err *err);

/* Notes what the accounts hold before and after `moved` went from one to the other. */
void transfer_decided(struct transfer *transfer, const struct holding *source, const struct holding *destination,
		      int64_t moved);

/* Takes what a transfer in one statement did from its row. */
void transfer_read_oneshot(struct transfer *transfer, const struct rows *rows);

/* The id is in the ledger: either this very transfer was made before, or the id belongs to another. */
enum body_say transfer_again(struct transfer *transfer, const struct rows *ledger, const struct holding *source,
			     const struct holding *destination, struct err *reason);

/* Takes what the ledger has of this transfer, whose own answers were lost. */
void transfer_found(struct transfer *transfer, const struct rows *ledger);

#endif
