/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transaction engine: runs a body in one retried transaction and tells the truth about its outcome. */
#ifndef TXN_TXN_H
#define TXN_TXN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "db/db.h"
#include "event/event.h"
#include "txn/body.h"
#include "txn/choices.h"

struct txn_options {
	enum txn_isolation isolation;
	enum txn_protocol protocol;
	enum txn_wire wire;
	enum txn_locking locking;                 /* for bodies that read before they write */
	unsigned max_attempts;                    /* default 10; 1 is no retry */
	uint64_t max_elapsed_ms;                  /* default 30,000: no attempt starts later than this */
	uint64_t backoff_base_ms, backoff_cap_ms; /* default 20 and 2,000; what comes of them: txn/backoff.h */
	/* Default 2: so many retries by ROLLBACK TO, without waiting; later ones restart and wait. */
	unsigned savepoint_retries;
	/* The server's number of the transaction is not asked for: without a ledger a lost commit stays UNKNOWN. */
	bool unnumbered;
};
void txn_options_init(struct txn_options *options);

/* How a transaction ended. `reason` is the first error or the body's rejection, as a sentence; `cleanup` what
 * went wrong while rolling back, if anything did; it never hides the reason. */
struct txn_result {
	uint32_t txn;
	enum outcome outcome;
	enum txn_protocol protocol; /* the one used, never AUTO */
	bool settled;               /* the answer to the commit was lost, and the outcome was found out afterwards */
	unsigned attempts;
	unsigned round_trips; /* of all attempts */
	unsigned statements;
	uint64_t elapsed_us;
	uint64_t backoff_us;
	uint64_t server_us; /* of elapsed_us, in which an answer or a connection was waited for */
	char sqlstate[6];   /* of the last attempt's first error, "" if none */
	struct err reason;
	struct err cleanup;
	/* Of a commit: what it stands on; and what the server said against it, a standby that did not confirm it; ""
	 * for nothing. */
	enum durability durability;
	char warning[160];
};

/* ST_OK for COMMITTED, ST_REJECTED ... for the others. */
enum status txn_status(enum outcome outcome);

struct txn;

/* An engine on one connection, one transaction at a time. The connection must outlive it. */
struct txn *txn_new(struct loop *loop, struct ring *ring, struct db *db, enum session session, uint64_t seed);
void txn_free(struct txn *txn);

/*
 * The server that the bodies are made for, copied; NULL for that of a transaction's first attempt. A transaction that
 * finds itself on another one (WHO_OTHER) fails before it writes: its tables only have the same names.
 */
void txn_expect(struct txn *txn, const struct who *who);

/* Starts `body` (borrowed until done) and returns at once. `what` names it in the log. Not while another one runs.
 * done(arg, result) comes from the loop; a new transaction may be started from it. */
typedef void txn_done_fn(void *arg, const struct txn_result *result);
void txn_start(struct txn *txn, struct body *body, const char *what, const struct txn_options *options,
	       txn_done_fn *done, void *arg);
bool txn_running(const struct txn *txn);

/*
 * Cancels the wait, the statement or the transaction, whatever there is; never a commit that was sent. The outcome
 * comes as usual: CANCELLED, unless it was too late. Returns false where it was too late to ask.
 */
bool txn_cancel(struct txn *txn);

/* A commit is on its way, or was made, and its transaction is not over. */
bool txn_commit_sent(const struct txn *txn);

/*
 * Ends what runs at once, by closing the connection: done() is called before this returns, with what is certain by
 * then. UNKNOWN where a commit was on its way or was being asked for, else CANCELLED, or the end that was already
 * decided.
 */
void txn_abandon(struct txn *txn);

/*
 * A gate is asked before each round trip of statements is sent. Where it answers true the engine holds until txn_go().
 * `next` tells what would be sent: the attempt, and whether the body has read already (the writes come next).
 */
struct txn_gate {
	uint32_t txn;
	unsigned attempt;
	unsigned body_batch; /* 0: BEGIN and SAVEPOINT with the body's first statements; 1: its second statements ... */
	bool commit;         /* this round trip holds the commit */
	const struct statement *statement; /* the first of them, borrowed for the call */
};
typedef bool txn_gate_fn(void *arg, const struct txn_gate *next);
void txn_set_gate(struct txn *txn, txn_gate_fn *gate, void *arg); /* NULL removes it */
void txn_go(struct txn *txn);

/*
 * Levers for teaching: real faults on request, each named in the log. `fail` attempts are failed by the server with a
 * retryable error (raised 40001 on PostgreSQL, crdb_internal.force_retry on CockroachDB) between the read and the
 * write; `cut` drops our own connection with the commit in flight, `cut_before` before it is sent, once; `delay_ms`
 * waits before each round trip.
 */
struct txn_inject {
	unsigned fail;
	bool cut;
	bool cut_before;
	void (*strike)(void *arg); /* NULL, or called once, right after a commit was sent: a fault of its caller's */
	void *strike_arg;
	uint64_t delay_ms;
};
struct txn_inject *txn_inject(struct txn *txn); /* borrowed; set at any time; all but the delay are used up */

/*
 * What an engine has done. At any time when nothing runs:
 *   transactions = committed + rejected + failed + gave_up + cancelled + unknown
 *   attempts     = transactions - unstarted + retries   (one that could not connect is an attempt)
 *   retries      = savepoint_retries + restarts
 *   retries      = by_serialization + by_deadlock + by_connection + by_other
 *   ambiguous    = settled_committed + settled_aborted + unsettled
 */
struct txn_counters {
	uint64_t transactions, committed, rejected, failed, gave_up, cancelled, unknown;
	uint64_t unstarted; /* cancelled before the first attempt */
	uint64_t attempts, retries, savepoint_retries, restarts;
	uint64_t by_serialization, by_deadlock, by_connection, by_other;
	uint64_t ambiguous, settled_committed, settled_aborted, unsettled;
	uint64_t round_trips, statements, work_us, backoff_us;
	uint64_t blocked_us; /* of work_us, in waits for locks of others that lasted long enough to be asked about */
};
enum { TXN_COUNTERS = sizeof(struct txn_counters) / sizeof(uint64_t) };
const struct txn_counters *txn_counters(const struct txn *txn);
const char *txn_counter_name(size_t i); /* "committed"; NULL behind the last */
uint64_t *txn_counter_at(struct txn_counters *counters, size_t i);
void txn_blocked(struct txn *txn, uint64_t us); /* a statement of its connection has waited so long for others */

/* Called whenever an attempt has failed and another one follows, with the SQLSTATE of its failure, "" for a connection
 * that was lost. NULL ends it. */
void txn_on_retry(struct txn *txn, void (*fn)(void *arg, const char *sqlstate), void *arg);

/* A word for the title: "none", "open", "RETRY WANTED", "waiting", "reconnecting", "settling", "committed", "OUTCOME
 * UNKNOWN". Static. */
const char *txn_word(const struct txn *txn);

#endif
