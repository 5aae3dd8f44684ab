/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether sessions through a pooler stay on backends of their own, found out by trying. */
#ifndef DB_POOL_H
#define DB_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "db/db.h"

enum pool_mode {
	POOL_UNKNOWN,    /* a connection was lost meanwhile, or did not answer */
	POOL_STEADY,     /* each session keeps its backend, as without a pooler: session mode */
	POOL_SHARED,     /* a transaction gets whatever backend is free: transaction mode */
	POOL_STATEMENTS, /* a statement does, and transactions are refused: statement mode */
	POOL_SMALL,      /* not all got a backend in time: there are too few */
};

struct pool_answer {
	enum pool_mode mode;
	size_t got;      /* so many had a backend at the same time */
	const char *why; /* POOL_UNKNOWN: what was said; else "" */
};

/*
 * All connections begin a transaction and hold it until each has one; then they give them back in their order, and
 * each asks twice for its backend. A pooler that hands out what was used last shows another one at the first
 * question, one that goes round at the second.
 */
enum { POOL_LIMIT_MS = 5000 };

struct pool_probe;
typedef void pool_fn(void *arg, const struct pool_answer *answer);

/*
 * n >= 2 connections that are DB_IDLE and outside any transaction, all to the same place; nobody else uses them until
 * done(), which comes once, from the loop. No part of the probe waits longer than limit_ms. Afterwards all are idle
 * and outside transactions again, but those that the pooler refused, which are lost, and those that got no answer,
 * which are closed.
 */
struct pool_probe *pool_probe_start(struct loop *loop, struct db *const dbs[], size_t n, uint64_t limit_ms,
				    pool_fn *done, void *arg);
/* done() will not come, or has; what is still in use is closed. May be called from done(). NULL is fine. */
void pool_probe_free(struct pool_probe *probe);

/* Behind the sentence about a transaction that a pooler has refused: what would do; "" where it was not that.
 * Static. */
const char *pool_advice(const struct db *db, const char *sqlstate);

/* "session", "transaction", "statement"; NULL for the others. Static. */
const char *pool_mode_name(enum pool_mode mode);

#endif
