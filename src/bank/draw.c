/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random ids and balances that fit the columns, as the tutorial draws them. */
#include "draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <uuid/uuid.h>

#include "bank/amount.h"

enum { IDS_BELOW = 1000000000, BALANCES_BELOW = 1000000 };

/* Without printf, which would be the dearest part of filling a table. */
static void draw_add_number(struct buf *out, uint64_t n)
{
	char digits[20];
	size_t at = sizeof digits;
	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	buf_add(out, digits + at, sizeof digits - at);
}

/* ---- ids ---- */

static bool is_uuid(const struct catalogue *c)
{
	return strcmp(c->id_type, "uuid") == 0;
}

static uint64_t ids_below(const struct catalogue *c)
{
	return c->id_is_number && c->id_max < IDS_BELOW ? (uint64_t)c->id_max + 1 : IDS_BELOW;
}

static void draw_uuid(char out[DRAW_SIZE], struct rng *rng)
{
	uint64_t words[2] = {rng_next(rng), rng_next(rng)};
	uuid_t uuid;
	memcpy(uuid, words, sizeof uuid);
	uuid[6] = (unsigned char)((uuid[6] & 0x0f) | 0x40); /* version 4, random */
	uuid[8] = (unsigned char)((uuid[8] & 0x3f) | 0x80);
	uuid_unparse_lower(uuid, out);
}

void draw_id(char out[DRAW_SIZE], const struct catalogue *c, struct rng *rng)
{
	if (is_uuid(c))
		draw_uuid(out, rng);
	else
		snprintf(out, DRAW_SIZE, "%" PRIu64, rng_below(rng, ids_below(c)));
}

bool draw_has_parts(const struct catalogue *c, uint64_t parts)
{
	return is_uuid(c) || parts <= ids_below(c);
}

void draw_id_of_part(struct buf *out, const struct catalogue *c, struct rng *rng, uint64_t n, uint64_t parts)
{
	char uuid[DRAW_SIZE];
	if (is_uuid(c)) {
		draw_uuid(uuid, rng);
		buf_str(out, uuid);
		return;
	}
	uint64_t range = ids_below(c), from = range * n / parts, to = range * (n + 1) / parts;
	draw_add_number(out, from + rng_below(rng, to - from));
}

/* ---- balances ---- */

/* In units: below a million of the whole ones where the column holds that. */
static uint64_t draw_units(const struct catalogue *c, struct rng *rng)
{
	uint64_t below = BALANCES_BELOW, all = (uint64_t)c->balance_max + 1;
	for (unsigned i = 0; i < c->balance_scale && below < all; i++)
		below *= 10;
	return rng_below(rng, below < all ? below : all);
}

void draw_balance(char out[DRAW_SIZE], const struct catalogue *c, struct rng *rng)
{
	snprintf(out, DRAW_SIZE, "%s", amount_show((int64_t)draw_units(c, rng), c->balance_scale).text);
}

void draw_add_balance(struct buf *out, const struct catalogue *c, struct rng *rng)
{
	uint64_t units = draw_units(c, rng);
	if (c->balance_scale)
		buf_str(out, amount_show((int64_t)units, c->balance_scale).text);
	else
		draw_add_number(out, units);
}
