/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random ids and balances that fit the columns, as the tutorial draws them. */
#ifndef BANK_DRAW_H
#define BANK_DRAW_H

#include "bank/catalogue.h"
#include "base/rng.h"

enum { DRAW_SIZE = 40 };

/* Below 1,000,000,000, or a UUID. */
void draw_id(char out[DRAW_SIZE], const struct catalogue *catalogue, struct rng *rng);
/* Below 1,000,000. */
void draw_balance(char out[DRAW_SIZE], const struct catalogue *catalogue, struct rng *rng);

#endif
