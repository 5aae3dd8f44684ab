/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A seeded random number generator: the same seed gives the same run. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t state[4];
};

void rng_seed(struct rng *rng, uint64_t seed);
uint64_t rng_next(struct rng *rng);
uint64_t rng_below(struct rng *rng, uint64_t n); /* 0 .. n-1, without bias; n > 0 */
uint64_t rng_entropy(void);                      /* a seed from the system */
void rng_bytes(void *bytes, size_t n);           /* from the system, at most 256: nobody can guess them */

#endif
