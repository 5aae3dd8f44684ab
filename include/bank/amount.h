/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Amounts of money: a count of the smallest unit of a balance, and the decimal number that people and servers write for it. */
#ifndef BANK_AMOUNT_H
#define BANK_AMOUNT_H

#include <stdint.h>

#include "base/err.h"

/*
 * The smallest unit of a balance with `scale` digits behind the point is 10^-scale: 12.34 at scale 2 is 1234 units.
 * No more than AMOUNT_DIGITS_MAX digits are counted (any of them behind the point), so that every sum of two balances
 * fits; an int8 has scale 0.
 */
enum { AMOUNT_DIGITS_MAX = 18, AMOUNT_SIZE = 24 };

enum amount_fault {
	AMOUNT_FINE,      /* no fault */
	AMOUNT_NO_NUMBER, /* not: an optional '-', digits, and behind a point more digits */
	AMOUNT_TOO_FINE,  /* has a part of a unit */
	AMOUNT_TOO_LARGE, /* more units than can be counted */
};

/* Exact or not at all: nothing is rounded. Fewer digits behind the point than `scale` are fine, and so are more
 * zeros. */
MUST_CHECK enum amount_fault amount_parse(const char *text, unsigned scale, int64_t *units);

/* Always with `scale` digits behind the point, as servers write numeric(p,scale). */
struct amount_text {
	char text[AMOUNT_SIZE];
};
struct amount_text amount_show(int64_t units, unsigned scale);

/* How many digits `text` has behind its point. */
unsigned amount_decimals(const char *text);

/* Half of it in whole units, rounded down. */
int64_t amount_half(int64_t units);

#endif
