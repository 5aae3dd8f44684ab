/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random ids and balances that fit the columns, as the tutorial draws them. */
#ifndef BANK_DRAW_H
#define BANK_DRAW_H

#include "bank/catalogue.h"
#include "base/rng.h"

enum { DRAW_SIZE = 40 };

/* Below 1,000,000,000, or a UUID. */
void draw_id(char out[DRAW_SIZE], const struct catalogue *catalogue, struct rng *rng);
/* The same as an ascending series: one from the n-th of `parts` equal parts of the range. UUIDs have no order here. */
void draw_id_of_part(struct buf *out, const struct catalogue *catalogue, struct rng *rng, uint64_t n, uint64_t parts);
bool draw_has_parts(const struct catalogue *catalogue, uint64_t parts); /* each has an id of its own */

/* Below 1,000,000. */
void draw_balance(char out[DRAW_SIZE], const struct catalogue *catalogue, struct rng *rng);
void draw_add_balance(struct buf *out, const struct catalogue *catalogue, struct rng *rng);

#endif
