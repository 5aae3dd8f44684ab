/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random ids and balances that fit the columns, as the tutorial draws them. */
#include "draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <uuid/uuid.h>

#include "bank/amount.h"

enum { IDS_BELOW = 1000000000, BALANCES_BELOW = 1000000 };

void draw_id(char out[DRAW_SIZE], const struct catalogue *c, struct rng *rng)
{
	uuid_t uuid;
	uint64_t below = c->id_is_number && c->id_max < IDS_BELOW ? (uint64_t)c->id_max + 1 : IDS_BELOW;
	if (strcmp(c->id_type, "uuid") != 0) {
		snprintf(out, DRAW_SIZE, "%" PRIu64, rng_below(rng, below));
		return;
	}
	for (size_t i = 0; i < sizeof uuid; i++)
		uuid[i] = (unsigned char)rng_below(rng, 256);
	uuid[6] = (unsigned char)((uuid[6] & 0x0f) | 0x40); /* version 4, random */
	uuid[8] = (unsigned char)((uuid[8] & 0x3f) | 0x80);
	uuid_unparse_lower(uuid, out);
}

/* In units: below a million of the whole ones where the column holds that. */
static uint64_t balances_below(const struct catalogue *c)
{
	uint64_t below = BALANCES_BELOW, all = (uint64_t)c->balance_max + 1;
	for (unsigned i = 0; i < c->balance_scale && below < all; i++)
		below *= 10;
	return below < all ? below : all;
}

void draw_balance(char out[DRAW_SIZE], const struct catalogue *c, struct rng *rng)
{
	struct amount_text text = amount_show((int64_t)rng_below(rng, balances_below(c)), c->balance_scale);
	snprintf(out, DRAW_SIZE, "%s", text.text);
}
