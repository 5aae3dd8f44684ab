/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last read balances of the picked accounts, and what they would be after a transfer. */
#ifndef UI_BALANCES_H
#define UI_BALANCES_H

#include <stdbool.h>
#include <stdint.h>

#include "bank/transfer.h"

struct app;

/* Zero-initialise. Index 0 is the source, 1 the destination. */
struct balances {
	char *id[2];         /* raw, owned */
	char *balance[2];    /* raw, owned; NULL: not known, or SQL NULL */
	bool known[2];       /* was read; with a NULL balance it is SQL NULL */
	uint64_t read_at[2]; /* wall time, us */
	unsigned scale;      /* of the balances: what units are, see bank/amount.h */
	int64_t floor;       /* what a balance may go down to */
};

/* Follows the picks and the rows on the screen. */
void balances_update(struct balances *balances, const struct app *app);
void balances_look(struct balances *balances, const struct app *app, const char *source, const char *destination);
void balances_free(struct balances *balances);

/* What a transfer would do to these balances. */
struct preview {
	bool known;
	const char *why; /* it is not: what would be wrong with it, or that it is unknown; static */
	unsigned scale;
	int64_t amount, before[2], after[2]; /* in units */
};
struct preview balances_preview(const struct balances *balances, enum transfer_rule rule, int64_t amount);

#endif
