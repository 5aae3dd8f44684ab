/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers that a seed repeats, and the seed and the size of a run from the environment. */
#include "tests/attack/dice.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

/* splitmix64 */
static uint64_t dice_next(struct dice *dice)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t dice_roll(struct dice *dice, uint64_t sides)
{
	return dice_next(dice) % sides;
}

bool dice_one_in(struct dice *dice, unsigned n)
{
	return dice_roll(dice, n) == 0;
}

const char *dice_pick(struct dice *dice, const char *const *from, size_t n)
{
	return from[dice_roll(dice, n)];
}

struct dice dice_of(uint64_t seed, uint64_t run)
{
	struct dice dice = {seed ^ (run * 0x2545f4914f6cdd1du)};
	dice_next(&dice);
	return dice;
}

static bool is_set(const char *name)
{
	const char *text = getenv(name);
	return text && *text;
}

uint64_t dice_seed(void)
{
	uint64_t seed = 1; /* the short runs of `make test` are the same each time */
	if (is_set("TELLER_SEED"))
		seed = strtoull(getenv("TELLER_SEED"), NULL, 10);
	else if (!is_set("TELLER_ATTACK_N") && !is_set("TELLER_ATTACK_S"))
		;
	else if (getrandom(&seed, sizeof seed, 0) == sizeof seed)
		seed %= 1000000000;
	printf("# measured: SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

unsigned long dice_size(const char *variable, unsigned long otherwise)
{
	const char *text = getenv(variable);
	return text && *text ? strtoul(text, NULL, 10) : otherwise;
}
