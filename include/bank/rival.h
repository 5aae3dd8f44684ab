/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rival: another session of ours that makes the next transfer meet a real conflict. */
#ifndef BANK_RIVAL_H
#define BANK_RIVAL_H

#include "bank/catalogue.h"
#include "txn/txn.h"

/*
 * Armed, it waits at the gate of the transfer's first attempt, between its read and its write: there it really moves
 * one unit from the source to a third account in a transaction of its own (through its own engine, ledger included),
 * commits, and lets the transfer go on into a real 40001. When the transfer has ended it moves the unit back. It acts
 * once, and is then no longer armed; a transfer that is rejected before its writes leaves it armed. The total is
 * right at every moment. What it does, and whatever goes wrong (no third account, no unit to move, no connection, 5 s
 * behind a foreign lock), is said as a LEVER event, and the transfer goes on.
 */
struct rival;
struct rival *rival_new(struct loop *loop, struct ring *ring, struct txn *txn, const struct catalogue *catalogue);
void rival_free(struct rival *rival);
void rival_arm(struct rival *rival, bool on);
bool rival_armed(const struct rival *rival);
bool rival_busy(const struct rival *rival); /* moving, or still has a unit to move back */

/* The transfer that comes next: from its start to its end. */
void rival_watch(struct rival *rival, const char *source, const char *destination);
/* True where the gate must be held: `release` is then called once, from the loop, when it may be passed, unless the
 * transfer has ended (was cancelled) before. */
bool rival_gate(struct rival *rival, const struct txn_gate *next, void (*release)(void *arg), void *arg);
/* The transfer has ended; done(arg) once the unit is back: from inside this call if there is none to move back. */
void rival_transfer_ended(struct rival *rival, void (*done)(void *arg), void *arg);

#endif
