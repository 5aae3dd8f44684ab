/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A body that reads account 1 of txn_test and writes what it read plus one, so that a lost update would show. */
#ifndef TXN_ADDER_H
#define TXN_ADDER_H

#include "txn/txn.h"

struct adder {
	struct body body;
	int resets, reads;
	long seen;
	char next_value[24];
	const char *params[1];
	bool reject_after_read;
	const char *forbidden; /* sent in place of the update */
	bool ledger;           /* writes row `run` of txn_ledger, and can be asked by it */
	char run[24];
	const char *ledger_params[1];
};

extern const struct body_ops adder_ops;

#endif
