/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random ids and balances that fit the columns, as the tutorial draws them. */
#include "draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <uuid/uuid.h>

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

void draw_balance(char out[DRAW_SIZE], const struct catalogue *c, struct rng *rng)
{
	uint64_t below = c->balance_max < BALANCES_BELOW ? (uint64_t)c->balance_max + 1 : BALANCES_BELOW;
	snprintf(out, DRAW_SIZE, "%" PRIu64, rng_below(rng, below));
}
