/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The backoff: how long to wait before another attempt, and what a user reads of that. */
#include "txn/backoff.h"

#include <inttypes.h>

enum { AGAIN_MIN_MS = 50, AGAIN_MAX_MS = 2000 };

/* `first` doubled `times` times, but not above `most`. */
static uint64_t backoff_doubled(uint64_t first, uint64_t most, unsigned times)
{
	for (unsigned i = 0; i < times && first < most; i++)
		first *= 2;
	return first < most ? first : most;
}

uint64_t backoff_ms(const struct txn_options *options, struct rng *rng, unsigned n, unsigned again)
{
	uint64_t most_ms = backoff_doubled(options->backoff_base_ms, options->backoff_cap_ms, n ? n - 1 : 0);
	uint64_t wait_ms = most_ms ? 1 + rng_below(rng, most_ms) : 0;
	uint64_t least_ms = again ? backoff_doubled(AGAIN_MIN_MS, AGAIN_MAX_MS, again - 1) : 0;
	return wait_ms > least_ms ? wait_ms : least_ms;
}

void backoff_explain(struct buf *out, const struct txn_options *options)
{
	buf_fmt(out, "waits of up to %" PRIu64 " ms, then twice that, to %" PRIu64 " ms", options->backoff_base_ms,
		options->backoff_cap_ms);
}

void backoff_summary(struct buf *out, const struct txn_options *options)
{
	buf_fmt(out, "waits %" PRIu64 " to %" PRIu64 " ms", options->backoff_base_ms, options->backoff_cap_ms);
}
