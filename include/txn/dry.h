/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A dry run: a body that reads and decides as it would, and is held before its first write. */
#ifndef TXN_DRY_H
#define TXN_DRY_H

#include <stdbool.h>

#include "base/buf.h"
#include "txn/body.h"

/*
 * What the inner body (borrowed) sends to read is sent; the first statements that hold anything but SELECTs are kept
 * as text, and the transaction is rejected, so that it is rolled back. It never goes in one round trip: there the
 * reads travel with the writes.
 */
struct dry;
struct dry *dry_new(struct body *body);
void dry_free(struct dry *dry);
struct body *dry_body(struct dry *dry); /* borrowed */

/* What would have been sent, a line each, harmless; NULL where nothing would have been: the body itself rejected, or
 * is done. */
const char *dry_held(const struct dry *dry);

#endif
