/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A body that moves half of account 1 of the stand-in to account 2, and writes what it read less the half, so that a
 * lost update shows. */
#ifndef CRDB_MOVER_H
#define CRDB_MOVER_H

#include "txn/txn.h"

struct mover {
	struct body body;
	bool ledger; /* writes `run` into the ledger, and can be asked by it */
	char run[24];
	bool blind;        /* writes without reading first */
	const char *extra; /* sent before the writes, in their batch */
	int resets, reads;
	long half, seen;
	char values[2][24];
	const char *reading[2][1], *writing[2][2], *moving[2], *id[1];
};

extern const struct body_ops mover_ops;

#endif
