/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Long work over many accounts: progress, cancelling, the end. */
#ifndef APP_BULK_H
#define APP_BULK_H

#include <stdbool.h>
#include <stdint.h>

#include "app/job.h"
#include "base/err.h"
#include "txn/txn.h"

struct app;
struct run;

/* With the name and the uses of its job. */
struct bulk {
	struct job job;
	struct run *run;          /* the command that waits for it */
	const char *did;          /* what is done to accounts: "created" */
	uint64_t total;           /* accounts, 0 where that is not known */
	bool about;               /* total is an estimate */
	void (*stop)(void *work); /* asks it to end soon; it ends itself */
	void (*free)(void *work);
	void *work;
	/* bulk.c's own */
	uint64_t start_us, told_us;
	bool cancelled;
};
struct bulk *bulk_begin(const struct bulk *bulk); /* copied; what it uses must be free */
void bulk_progress(struct bulk *bulk, uint64_t done);
/* Frees the work and ends the run with what `err` says; the accounts on the screen are read again. */
void bulk_end(struct bulk *bulk, enum status status, const char *sentence);

/* "1.4 s", and how many a second: "in 1.4 s, 71400 a second". */
void bulk_pace(const struct bulk *bulk, uint64_t done, char out[64]);

/* Rows a transaction: what is wanted, or what this server takes well, and then that is said; `preset` where nothing is
 * wanted (0). */
unsigned bulk_chunk(struct app *app, unsigned wanted, unsigned preset);

/* A chunk failed because it was too large for the server: says so, halves `size`, and true; false where that is not
 * why. */
bool bulk_halve(struct app *app, const struct txn_result *result, unsigned *size);

#endif
