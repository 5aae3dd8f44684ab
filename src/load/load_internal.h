/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Load from inside: its workers, what each makes, and the report while it grows. */
#ifndef LOAD_INTERNAL_H
#define LOAD_INTERNAL_H

#include "bank/bundle.h"
#include "bank/catalogue.h"
#include "base/histogram.h"
#include "base/rng.h"
#include "load/load.h"
#include "txn/txn.h"
#include "watch/watcher.h"

struct load;
struct worker;
struct reading_body;

/* The accounts that transfers are made among, in the server's spelling; owned. */
struct crowd {
	char **ids;
	size_t n;
	bool more;       /* the table has more */
	double *weights; /* of the first n and all before it, for zipf; NULL: all alike */
	uint64_t *retries;
};

/* One thing that is made: a transfer, several in one transaction, or a read. */
enum op_kind { OP_TRANSFER, OP_BUNDLE, OP_READ };

struct op {
	enum op_kind kind;
	struct transfer *transfer; /* NULL, or the last one */
	struct bundle *bundle;
	struct reading_body *reading;
	size_t accounts[2 * BUNDLE_MAX]; /* places in the crowd */
	size_t n;                        /* transfers in it; 1 for a read */
	uint64_t planned_us;             /* it should have begun; 0: it begins when it can */
	bool warm_up;
};

/* One transaction at a time, on a connection or on its share of one. */
struct slot {
	struct worker *worker;
	struct txn *txn;
	struct op op;
	bool busy;
	struct flight *flight; /* flight.c, where several are under way on the connection; then there is no engine */
};

/* WORKER_AWAY has no connection, and its timer, or the connection's answer, brings it on. */
enum worker_state { WORKER_AWAY, WORKER_CONNECTING, WORKER_UP };

struct worker {
	struct load *load;
	unsigned number;
	char name[24];
	enum worker_state state;
	bool tried; /* it was connected, or could not be */
	struct db *db;
	struct timer *again;
	uint64_t pause_ms;
	struct slot *slots;
	size_t nslots, busy;
	uint64_t done; /* transfers that committed */
	int pid;       /* of the server's process that answered last; 0: none has */
	struct rng rng;
	struct careful *careful; /* flight.c; NULL where each has an engine */
	char careful_name[32];
};

/* A transfer whose outcome is not known. */
struct doubt {
	char id[TRANSFER_ID_SIZE];
};

struct load {
	struct loop *loop;
	struct ring *ring;
	struct load_spec spec; /* `conninfo`, `bank` and `of` are those below */
	struct conninfo conninfo;
	struct bank_choice bank;
	char *of;
	struct load_ops ops;
	struct db_setting settings[2]; /* of workers whose transfers have no BEGIN */

	struct db *control;
	struct txn *control_txn;
	struct txn_options control_options;
	struct catalogue *catalogue;
	struct who who; /* the server that it was read from */
	struct crowd crowd;
	uint64_t below; /* so many balances were too low before the first transfer */
	char *total;    /* of all balances before the first transfer */
	struct query *query;
	struct ask *ask;
	size_t asked;   /* of `of`: where what was not asked for yet begins */
	size_t of_from; /* and what is asked for now */

	struct worker *workers;
	size_t nworkers, busy; /* slots at work */
	struct watcher *watcher;
	bool watched; /* it has answered, or could not */
	struct watcher_ops watching;
	uint64_t samples, blocked_samples; /* of workers, this second */
	bool said_connect;                 /* why one could not connect */
	size_t awaited;                    /* before it begins: workers that have not tried yet, and the watcher */
	bool connected;                    /* one was, at some time */

	char run_id[TRANSFER_ID_SIZE]; /* how the ids of all transfers of this load begin */
	uint64_t next_id;

	uint64_t begun_us, measured_from_us, end_us; /* clock_us(); 0: not yet, or no end */
	uint64_t turns_us;                           /* how long the turns before this one lasted */
	bool resting;                                /* what runs is waited for, and then load_ops.rested() is due */
	struct timer *tick, *planned, *finish;
	uint64_t next_planned_us;
	uint64_t start_us; /* of this second */

	struct histogram latency, second_latency;
	struct load_second second;
	struct load_report report;

	struct doubt *doubts;
	size_t ndoubts, doubt;
	struct lookup *lookup;
	unsigned asked_again;
	bool hurried;       /* what cannot be found out at once is left as it is */
	uint64_t finish_us; /* clock_us() when that began; 0: not yet */
	char tally[2][32];  /* of the ledger's rows of this load: how many, and what they moved */
	char range[2][TRANSFER_ID_SIZE];
};

/* open.c: connects, reads catalogue, total and accounts; load_begin() or load_fail() follows. */
void open_begin(struct load *load);

/* load.c */
void load_begin(struct load *load);
void load_arrived(struct load *load);   /* one of those that are awaited has tried */
void load_committed(struct load *load); /* something that is measured */
void load_fail(struct load *load, enum status status, const char *why);
void load_close(struct load *load); /* its workers, and what watches them */
void load_phase(struct load *load, enum load_phase phase);
void load_look(struct load *load); /* a slot has become free, or a connection: goes on where all are done */
bool load_is_warm_up(const struct load *load);
/* Whether another one may begin; when it should have, 0 for now. */
bool load_takes(struct load *load, uint64_t *planned_us);

/* draw.c */
void draw_prepare(struct load *load);
size_t draw_account(const struct load *load, struct rng *rng);
void draw_next_id(struct load *load, char out[TRANSFER_ID_SIZE]);
void draw_first_id(const struct load *load, char out[TRANSFER_ID_SIZE]); /* none comes before it, and ... */
void draw_last_id(const struct load *load, char out[TRANSFER_ID_SIZE]);  /* no id of this load comes behind it */
void crowd_free(struct crowd *crowd);

/* op.c */
void op_draw(struct load *load, struct op *op, struct rng *rng); /* counts it as begun */
void op_again(struct load *load, struct op *op); /* the same transfer with the same id, which may have been made */
struct body *op_body(const struct op *op);
const char *op_id(const struct op *op, size_t i); /* of the ledger; NULL for a read */
/* What it moved; false where nothing: it was rejected. */
bool op_moved(const struct op *op, size_t i, int64_t *amount);
void op_free(struct op *op);

/* reading_body.c: a transaction that reads two accounts */
struct reading_body *reading_body_new(const struct catalogue *catalogue);
void reading_body_set(struct reading_body *reading, const char *a, const char *b); /* borrowed */
struct body *reading_body_body(struct reading_body *reading);

/* worker.c */
void worker_open(struct load *load, struct worker *worker, unsigned number);
void worker_close(struct worker *worker);
void worker_go(struct worker *worker); /* what is free begins something, where there is something to begin */
void worker_cancel(struct worker *worker);
void worker_ended(struct slot *slot, const struct txn_result *result);
void worker_line_lost(struct worker *worker); /* its connection is gone, as each on it finds */

/* stats.c */
void stats_took(struct load *load, struct slot *slot, const struct txn_result *result);
void stats_retry(struct load *load, const struct slot *slot, const char *sqlstate);
void stats_second(struct load *load);
void stats_complete(struct load *load);
void stats_free(struct load *load);

/* blocked.c */
void load_blocked_begin(struct load *load);
void load_blocked_end(struct load *load);

/* finish.c: closes the workers, settles, checks, and ends */
void finish_go_on(struct load *load);
void finish_free(struct load *load);

#endif
