/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of the rival's move: one unit from the source to a third account. */
#ifndef BANK_UNIT_BODY_H
#define BANK_UNIT_BODY_H

#include "bank/catalogue.h"
#include "txn/body.h"

struct unit;

/* Finds an account that is neither, and transfers one unit to it. moves(arg) is called once, when it is known that
 * it can be moved and before it is written. Everything but `catalogue` is copied. */
struct unit *unit_new(const struct catalogue *catalogue, const char *source, const char *destination,
		      void (*moves)(void *arg), void *arg);
void unit_free(struct unit *unit);
struct body *unit_body(struct unit *unit);       /* borrowed */
const char *unit_third(const struct unit *unit); /* borrowed; "" until it is known */
const char *unit_id(const struct unit *unit);    /* of the transfer, for the ledger; borrowed */

#endif
