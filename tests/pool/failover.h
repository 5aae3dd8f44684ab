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
 * A case: cuts the wire at every `stride`-th message of a transfer, both ways, each followed by a failover. `busy`: on the
 * promoted standby another client uses up transaction numbers, the transfer's own among them where it is not there,
 * before teller asks. Says how many cuts there were and what was told.
 */
struct failover_case {
	enum failover_mode mode;
	enum txn_wire wire;
	bool ledger, busy;
	unsigned stride;
};

/* *state points to the case at first. Each has a primary and a standby of its own. */
void failover_sample(void **state);
int failover_setup(void **state);
int failover_teardown(void **state);

/* A test: its name and the members of its case. */
#define FAILOVER(name, ...)                                                                                            \
	{                                                                                                              \
		name, failover_sample, failover_setup, failover_teardown, &(struct failover_case)                      \
		{                                                                                                      \
			__VA_ARGS__                                                                                    \
		}                                                                                                      \
	}

#endif
