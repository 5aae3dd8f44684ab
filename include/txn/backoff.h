/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The backoff: how long to wait before another attempt, and what a user reads of that. */
#ifndef TXN_BACKOFF_H
#define TXN_BACKOFF_H

#include "base/buf.h"
#include "base/rng.h"
#include "txn/txn.h"

/*
 * The wait before the n-th restart, n > 0, in ms: full jitter, uniform in 1 .. min(cap, base * 2^(n-1)), so that rivals
 * do not meet again in step; 0 where the base is 0. A server that is dialled or asked for the `again`-th time in a row
 * is given 50 ms, 100 ... at least: one in trouble is not helped by haste. 0: it is not.
 */
uint64_t backoff_ms(const struct txn_options *options, struct rng *rng, unsigned n, unsigned again);

void backoff_explain(struct buf *out, const struct txn_options *options); /* "waits of up to 20 ms, then ..." */
void backoff_summary(struct buf *out, const struct txn_options *options); /* "waits 20 to 2000 ms" */

#endif
