/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers that a seed repeats, and the seed and the size of a run from the environment. */
#ifndef ATTACK_DICE_H
#define ATTACK_DICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

uint64_t dice_roll(struct dice *dice, uint64_t sides); /* 0 .. sides-1; sides > 0 */
bool dice_one_in(struct dice *dice, unsigned n);
const char *dice_pick(struct dice *dice, const char *const *from, size_t n);
struct dice dice_of(uint64_t seed, uint64_t run); /* those of one run among many */

/* TELLER_SEED, or a new one; it is printed. */
uint64_t dice_seed(void);
/* The environment variable as a number, or `otherwise`. */
unsigned long dice_size(const char *variable, unsigned long otherwise);

#endif
