/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of several transfers in one transaction: each recorded, or rejected, by itself. */
#ifndef BANK_BUNDLE_H
#define BANK_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bank/transfer.h"

enum { BUNDLE_MAX = 64 };

/*
 * The transfers are decided one after another, each by the balances as those before it leave them, by the rules of
 * bank/transfer.h. One that is rejected moves nothing, and the others go on; where all of them are, the body rejects.
 * Each account is written once, by what all of it adds up to. The catalogue must outlive it; accounts are borrowed, in
 * the server's spelling, and must stay until the transaction has ended.
 */
struct bundle;
struct bundle *bundle_new(const struct catalogue *catalogue, bool locking);
void bundle_free(struct bundle *bundle);
bool bundle_can(const struct catalogue *catalogue); /* false where a trigger may change what was written */

void bundle_clear(struct bundle *bundle);
/* At most BUNDLE_MAX; with an id that nobody has used before. */
void bundle_add(struct bundle *bundle, const struct transfer_spec *spec);
size_t bundle_count(const struct bundle *bundle);
struct body *bundle_body(struct bundle *bundle); /* borrowed */

/* Whether the latest attempt moved something for the transfer at `i`, and what. */
bool bundle_moved(const struct bundle *bundle, size_t i, int64_t *amount);
const char *bundle_id(const struct bundle *bundle, size_t i); /* of the ledger */

#endif
