/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways of writing the same transfer, in one list: their words, what they mean, how each is sent. */
#ifndef LOAD_WAY_H
#define LOAD_WAY_H

#include "base/choice.h"
#include "base/err.h"
#include "txn/txn.h"

/* clang-format off */
#define LOAD_WAYS(X, SEP, LAST) \
	X(LOAD_READ_WRITE, "read-write", "reads both balances, then writes both, as the tutorial does") \
	SEP X(LOAD_LOCK, "lock", "reads both FOR UPDATE in the order of ids, then writes") \
	SEP X(LOAD_ORDERED, "ordered", "reads both, then writes in the order of ids") \
	SEP X(LOAD_ONESHOT, "oneshot", "one statement that reads, decides and writes") \
	SEP X(LOAD_NAIVE, "naive", "as read-write, but nothing is tried again") \
	LAST X(LOAD_BATCH, "batch=K", "K transfers in one transaction")
/* clang-format on */
#define LOAD_WAY_CHOICES LOAD_WAYS(CHOICE_WORD, "|", "|")
enum load_kind { LOAD_WAYS(CHOICE_CONSTANT, CHOICE_COMMA, CHOICE_COMMA) };

struct load_way {
	enum load_kind kind;
	unsigned batch; /* transfers a transaction; 1 but for LOAD_BATCH */
	char word[16];  /* "batch=16" */
};

/* "ordered", "batch=16": ST_USAGE with a sentence for anything else. */
MUST_CHECK enum status load_way_parse(const char *word, struct load_way *way, struct err *err);
const char *load_way_meaning(const struct load_way *way); /* static */

/* Makes the options of transactions fit the way; ST_USAGE where what was asked for cannot be had with it. */
MUST_CHECK enum status load_way_options(const struct load_way *way, struct txn_options *options, struct err *err);

#endif
