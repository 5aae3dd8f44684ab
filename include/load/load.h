/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Load: many workers that make random transfers, watched while they do, and checked at the end. */
#ifndef LOAD_LOAD_H
#define LOAD_LOAD_H

#include "bank/transfer.h"
#include "base/loop.h"
#include "db/conninfo.h"
#include "event/ring.h"
#include "load/report.h"

enum { LOAD_WORKERS_MAX = 200, LOAD_IN_FLIGHT_MAX = 64, LOAD_ACCOUNTS_MAX = 100000 };

/* What is asked for; 0 where nothing is. Borrowed for the call. */
struct load_spec {
	const struct conninfo *conninfo;
	const struct bank_choice *bank;
	struct load_way way;
	struct txn_options txn; /* load_way_options() was called */
	enum transfer_rule rule;
	int64_t amount; /* units; for TRANSFER_AMOUNT */
	unsigned workers, in_flight;
	uint64_t time_ms, count, warm_up_ms;
	uint64_t rate;       /* transfers a second that are begun, whether those before are over or not */
	unsigned hot;        /* only the first so many accounts */
	double zipf;         /* the n-th account is drawn as often as 1 / n^zipf */
	const char *of;      /* only these: ids with commas between them; NULL */
	unsigned read_share; /* percent of what is made only reads two accounts */
	uint64_t seed;
	bool in_turns; /* it begins at rest, and runs from load_turn() to load_rest() */
};

struct load;

struct load_ops {
	void (*began)(void *arg);                      /* the workers have connected, or tried to; may be NULL */
	void (*second)(void *arg);                     /* another second is over, whatever the phase; may be NULL */
	void (*say)(void *arg, const struct err *err); /* what goes wrong and does not end it; may be NULL */
	void (*rested)(void *arg);                     /* after load_rest(): nothing of it runs any more; may be NULL */
	void (*over)(void *arg);                       /* the report is complete; from the loop, once */
	void *arg;
};

/* Begins with its own connections, "teller/load" for reading and checking, and one for each worker. `ring` gets the
 * events of all of them. */
struct load *load_new(struct loop *loop, struct ring *ring, const struct load_spec *spec, const struct load_ops *ops);
void load_free(struct load *load);

/* No more transfers are begun, and those that run are waited for; asked again, they are cancelled where that can be
 * done. */
void load_stop(struct load *load);

/* Where it is in turns: transfers are begun; and no more, until the next turn. */
void load_turn(struct load *load);
void load_rest(struct load *load);

const struct load_report *load_report(struct load *load); /* as of now; borrowed */

/* What a worker does now, for its lane: "4 in flight", "waits 40 ms", "connecting"; static or borrowed until the loop
 * turns. */
const char *load_worker_word(const struct load *load, unsigned worker);
uint64_t load_worker_done(const struct load *load, unsigned worker); /* transfers that committed */

#endif
