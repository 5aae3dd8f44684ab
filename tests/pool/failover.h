/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers that are cut, whose primary then dies and whose standby is promoted; and what is true in the history that
 * survives. */
#ifndef POOL_FAILOVER_H
#define POOL_FAILOVER_H

#include <stdbool.h>

#include "tests/fault/cuts.h"
#include "tests/support/replica.h"

/* Synchronous: the standby has what was told. Asynchronous: perhaps. Lagging: it has nothing of the transfer. */
enum failover_mode { FAILOVER_SYNC, FAILOVER_ASYNC, FAILOVER_LAGGING };

/*
 * Cuts the wire at every `stride`-th message of a transfer, both ways, each followed by a failover. `busy`: on the
 * promoted standby another client uses up transaction numbers, the transfer's own among them where it is not there,
 * before teller asks. Says how many cuts there were and what was told.
 */
void failover_sample(enum failover_mode mode, enum txn_wire wire, bool ledger, bool busy, unsigned stride);

int failover_setup(void **state); /* for a group */
int failover_teardown(void **state);

#endif
