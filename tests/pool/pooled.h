/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bank behind a pooler: the environment leads through the pooler, `direct` past it. */
#ifndef POOL_POOLED_H
#define POOL_POOLED_H

#include "tests/support/pg.h"
#include "tests/support/pooler.h"
#include "tests/support/proc.h"

struct pooled {
	struct pooler pooler;
	struct pg_session *direct;
};

/* The program's own database with accounts 7001 .. 7000+n of 1,000 each and a ledger, and the pooler in front of its
 * server. */
void pooled_open(struct pooled *pooled, int n, const struct pooler_options *options);
void pooled_close(struct pooled *pooled); /* the environment leads to the server again; fine where it was not opened */

/* The environment leads to the server again, while the pooler goes on. */
void pooled_leave(const struct pooled *pooled);

/* Another connection string: through the pooler, to the program's database. Static, for one call. */
const char *pooled_target(const struct pooled *pooled);

/* Waits until no client but this process's own and none of teller's sessions is served by the pooler or the server. */
void pooled_wait_quiet(const struct pooled *pooled);

/* Each account has so much, by id, past the pooler. */
void pooled_expect_balance(const struct pooled *pooled, const char *table, int id, long balance);

/* Both outputs hold one of the texts, which are ended by NULL; shows them otherwise. */
void pooled_expect_any(struct proc *proc, const char *const texts[]);

#endif
