/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of the transaction engine, shared by the files of src/txn and by nobody else. */
#ifndef TXN_ENGINE_H
#define TXN_ENGINE_H

#include "base/rng.h"
#include "txn/txn.h"

/*
 * TXN_IDLE    nothing runs.
 * TXN_READY   statements wait to be sent: for the first turn of the loop, or because the gate holds them.
 * TXN_SENT    a round trip is on its way; its answers come, then idle or lost.
 * TXN_CLEANING a ROLLBACK is on its way; `after` says what follows.
 * TXN_WAITING the backoff runs; no transaction is open, so no lock is held.
 * TXN_DIALING the connection is made again, for a transaction that certainly did not commit.
 *
 * An attempt is a list of items: the frame (BEGIN, SAVEPOINT, or ROLLBACK TO for a retry by savepoint), the body's statements as it
 * yields them, and the commit (RELEASE, COMMIT). Each round trip sends the next item (step) or all that are known (pipeline).
 */
enum txn_state { TXN_IDLE, TXN_READY, TXN_SENT, TXN_CLEANING, TXN_WAITING, TXN_DIALING };

enum item_role { ITEM_BEGIN, ITEM_SAVEPOINT, ITEM_ROLLBACK_TO, ITEM_BODY, ITEM_RELEASE, ITEM_COMMIT };

struct item {
	enum item_role role;
	size_t body_index;
	struct statement statement;
};

enum { ITEMS_MAX = BODY_MAX_STATEMENTS + 8 };

/* A first error, kept whatever comes later. */
struct fault {
	bool set;
	bool lost;   /* the connection went with it */
	bool commit; /* it is the answer (or the loss of the answer) to a commit that was sent */
	char sqlstate[6];
	enum item_role role; /* of the statement that failed */
	size_t body_index;
	char *message;
	char *detail;
};

/* What follows a clean-up. */
enum after { AFTER_END, AFTER_RETRY };

struct txn {
	struct loop *loop;
	struct ring *ring;
	struct db *db;
	enum session session;
	struct rng rng;
	struct timer *timer; /* the next turn, and the backoff */
	txn_gate_fn *gate;
	void *gate_arg;

	enum txn_state state;
	struct body *body;
	char *what;
	struct txn_options options;
	txn_done_fn *done;
	void *arg;
	struct txn_result result;
	uint64_t start_us;
	uint64_t backoff_start_us;
	bool cancelled;

	/* this attempt */
	struct item items[ITEMS_MAX];
	size_t nitems, next, first_sent; /* items[first_sent .. next) are in flight or answered last */
	struct batch batch;
	unsigned batches; /* batches asked from the body */
	struct answer answers[BODY_MAX_STATEMENTS];
	struct rows *rows[BODY_MAX_STATEMENTS];
	bool body_done;
	bool opened; /* the server answered BEGIN, and nothing has ended the transaction since */
	bool durable;
	bool gate_passed; /* txn_go() was called for what is ready */
	struct fault fault;

	/* between attempts */
	enum after after;
	enum outcome outcome; /* for AFTER_END */
	bool by_savepoint;    /* the next attempt begins with ROLLBACK TO */
	unsigned savepoint_retries;
	unsigned restarts;
};

/* txn.c */
void txn_move(struct txn *txn, enum txn_state state, const struct event *fact);
struct event txn_fact(const struct txn *txn, enum event_kind kind);
void txn_finish(struct txn *txn, enum outcome outcome);
void txn_lose_answers(struct txn *txn);

/* attempt.c */
void attempt_begin(struct txn *txn);
void attempt_send(struct txn *txn);
void attempt_forget(struct txn *txn);

/* retry.c: what follows the fault of an attempt */
void retry_decide(struct txn *txn);
void retry_clean(struct txn *txn, enum after after, enum outcome outcome);
void retry_connect(struct txn *txn); /* begins the next attempt, on a new connection where the old one is gone */

/* guard.c: refuses what a body must not send */
bool guard_allows(const struct statement *statement, struct err *reason);

/* fault.c */
void fault_keep(struct fault *fault, const struct answer *answer);
void fault_clear(struct fault *fault);
void fault_sentence(const struct fault *fault, struct buf *out);

#endif
