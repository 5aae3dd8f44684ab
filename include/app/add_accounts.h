/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding accounts in chunks, each one retried transaction: what create, init and demo do. */
#ifndef APP_ADD_ACCOUNTS_H
#define APP_ADD_ACCOUNTS_H

#include <stdint.h>

#include "bank/catalogue.h"
#include "base/err.h"

struct app;
struct filling;

enum filling_way { FILL_AUTO, FILL_BY_INSERT, FILL_BY_COPY }; /* AUTO: by COPY where there are many */

struct filling_spec {
	uint64_t accounts;
	unsigned chunk; /* accounts a transaction; 0: what fits the way */
	enum filling_way way;
	void (*kept)(void *arg, uint64_t kept); /* after each chunk: so many are kept by now; may be NULL */
	/* Comes from the loop, and the filling is over: `kept` accounts were added for good. err is NULL where that is all of them. */
	void (*done)(void *arg, uint64_t kept, const struct err *err);
	void *arg;
};

/* Over the engine of the session that writes, which must be idle. Owned by the caller; the catalogue must outlive it. */
struct filling *filling_start(struct app *app, const struct catalogue *catalogue, const struct filling_spec *spec);
void filling_stop(struct filling *filling); /* cancels: the chunk that runs is the last */
void filling_free(struct filling *filling);

#endif
