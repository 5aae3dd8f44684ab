/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding accounts in chunks, each one retried transaction: what create, init and demo do. */
#ifndef APP_ADD_ACCOUNTS_H
#define APP_ADD_ACCOUNTS_H

#include <stdint.h>

#include "bank/catalogue.h"
#include "base/err.h"

struct app;
struct add_accounts;

enum add_accounts_way { FILL_AUTO, FILL_BY_INSERT, FILL_BY_COPY }; /* AUTO: by COPY where there are many */

struct add_accounts_spec {
	uint64_t accounts;
	unsigned chunk; /* accounts a transaction; 0: what fits the way */
	enum add_accounts_way way;
	void (*kept)(void *arg, uint64_t kept); /* after each chunk: so many are kept by now; may be NULL */
	/* Comes from the loop, and the filling is over: `kept` accounts were added for good. err is NULL where that
	 * is all of them. */
	void (*done)(void *arg, uint64_t kept, const struct err *err);
	void *arg;
};

/* Who may not change a balance may be allowed to add one; not where it is computed. */
enum status add_accounts_may(const struct catalogue *catalogue, struct err *err);

/* Over the engine of the session that writes, which must be idle. Owned by the caller; the catalogue must outlive
 * it. */
struct add_accounts *add_accounts_start(struct app *app, const struct catalogue *catalogue,
					const struct add_accounts_spec *spec);
void add_accounts_stop(struct add_accounts *filling); /* cancels: the chunk that runs is the last */
void add_accounts_free(struct add_accounts *filling);

#endif
