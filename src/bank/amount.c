/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Amounts of money between text and units: exact, or an error. */
#include "bank/amount.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char digits[] = "0123456789";

/* Below zero there is room for one more than above: digits are taken away, so that INT64_MIN can be read. */
static bool take_digits(int64_t *negative, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (__builtin_mul_overflow(*negative, 10, negative) ||
		    __builtin_sub_overflow(*negative, text[i] - '0', negative))
			return false;
	return true;
}

static bool take_zeros(int64_t *negative, size_t n)
{
	bool fits = true;
	for (size_t i = 0; i < n && fits && *negative != 0; i++)
		fits = !__builtin_mul_overflow(*negative, 10, negative);
	return fits;
}

enum amount_fault amount_parse(const char *text, unsigned scale, int64_t *units)
{
	bool below_zero = *text == '-';
	const char *whole = text + below_zero;
	size_t nwhole = strspn(whole, digits);
	bool point = whole[nwhole] == '.';
	const char *part = whole + nwhole + point;
	size_t npart = point ? strspn(part, digits) : 0;
	int64_t n = 0;
	*units = 0;
	if (nwhole == 0 || (point && npart == 0) || part[npart] != '\0')
		return AMOUNT_NO_NUMBER;
	size_t counted = npart < scale ? npart : scale;
	if (part[counted + strspn(part + counted, "0")] != '\0')
		return AMOUNT_TOO_FINE;
	if (!take_digits(&n, whole, nwhole) || !take_digits(&n, part, counted) || !take_zeros(&n, scale - counted))
		return AMOUNT_TOO_LARGE;
	if (!below_zero && __builtin_sub_overflow(0, n, &n))
		return AMOUNT_TOO_LARGE;
	*units = n;
	return AMOUNT_FINE;
}

/* Written from its end, and without printf: there are several in each transfer. */
struct amount_text amount_show(int64_t units, unsigned scale)
{
	struct amount_text out;
	char text[sizeof out.text];
	size_t at = sizeof text;
	uint64_t size = units < 0 ? 0 - (uint64_t)units : (uint64_t)units;
	text[--at] = '\0';
	for (unsigned written = 0; size > 0 || written <= scale; written++, size /= 10) {
		if (written == scale && scale > 0)
			text[--at] = '.';
		text[--at] = digits[size % 10];
	}
	if (units < 0)
		text[--at] = '-';
	memcpy(out.text, text + at, sizeof text - at);
	return out;
}

unsigned amount_decimals(const char *text)
{
	const char *point = strchr(text, '.');
	return point ? (unsigned)strspn(point + 1, digits) : 0;
}

int64_t amount_half(int64_t units)
{
	return units / 2 - (units % 2 < 0);
}
