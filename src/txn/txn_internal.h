/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of the transaction engine; only the files of src/txn include it. */
#ifndef TXN_INTERNAL_H
#define TXN_INTERNAL_H

#include "base/rng.h"
#include "txn/txn.h"

/*
 * TXN_IDLE     nothing runs.
 * TXN_READY    statements wait to be sent: for the first turn of the loop, for a delay, or because the gate holds them.
 * TXN_SENT     a round trip is on its way; its answers come, then idle or lost.
 * TXN_CLEANING a ROLLBACK is on its way; `after` says what follows.
 * TXN_WAITING  the backoff runs; no transaction is open, so no lock is held.
 * TXN_DIALING  the connection is made again, for a transaction that certainly did not commit.
 * TXN_SETTLING a commit was sent and its answer was lost: the server is asked what became of it (settle.c).
 *
 * An attempt is a list of items: the frame (BEGIN, SAVEPOINT, or ROLLBACK TO for a retry by savepoint), the body's
 * statements as it yields them, and the commit (RELEASE, COMMIT). Each round trip sends the next item (step) or all
 * that are known (pipeline).
 */
enum txn_state { TXN_IDLE, TXN_READY, TXN_SENT, TXN_CLEANING, TXN_WAITING, TXN_DIALING, TXN_SETTLING };

enum item_role {
	ITEM_BEGIN,
	ITEM_SAVEPOINT,
	ITEM_XID,
	ITEM_WHO,
	ITEM_ROLLBACK_TO,
	ITEM_INJECT,
	ITEM_BODY,
	ITEM_RELEASE,
	ITEM_COMMIT,
};

struct item {
	enum item_role role;
	size_t body_index;
};

enum { ITEMS_MAX = BODY_MAX_STATEMENTS + 8 };

/* A first error, kept whatever comes later. */
struct fault {
	bool set;
	bool lost;     /* the connection went with it */
	bool commit;   /* it is the answer (or the loss of the answer) to a commit that was sent */
	bool clean;    /* the server's own error, after which it goes on (db.h) */
	bool outdated; /* sent again, it is prepared again */
	char sqlstate[6];
	enum item_role role; /* of the statement that failed */
	size_t body_index;
	char *message;
	char *detail;
};

/* What follows a clean-up. */
enum after { AFTER_END, AFTER_RETRY, AFTER_AGAIN, AFTER_SETTLE };

/* One attempt as it goes. */
struct attempt {
	struct item items[ITEMS_MAX];
	struct statement statements[ITEMS_MAX]; /* of the items */
	size_t nitems, next, first_sent;        /* items[first_sent .. next) are in flight or answered last */
	struct batch batch;
	unsigned batches; /* batches asked from the body */
	struct answer answers[BODY_MAX_STATEMENTS];
	struct rows *rows[BODY_MAX_STATEMENTS];
	size_t nkept; /* of these, so many may be there */
	enum txn_wire wire;
	bool commit_added; /* the body has nothing more to send */
	bool opened;       /* the server answered BEGIN, and nothing has ended the transaction since */
	bool durable;
	bool delayed;      /* the delay before what is ready is over */
	bool gate_passed;  /* txn_go() was called for what is ready */
	uint64_t begun_us; /* before its BEGIN was sent */
	struct who who;    /* that runs it; its xid is "" where it was not asked for */
	bool who_known;    /* it is the one of this very transaction: behind a pooler only once it was asked inside */
	struct fault fault;
};

enum { SETTLE_STEPS = 7 };

struct settle {
	uint64_t deadline_us;
	unsigned asked;
	size_t steps[SETTLE_STEPS]; /* what the statements of this round trip are for */
	bool end_asked, end_failed;
	bool ended;                 /* the session that sent the commit, or its transaction, is over on that server */
	enum who_now now;           /* the server that answers */
	bool recovery;              /* it is a standby */
	bool only_read;             /* it lets nobody write */
	bool asked_to_write, wrote; /* the id was to be written, and was */
	bool final;                 /* the commit can come no more into the history that is read */
	bool gone;                  /* it cannot be found out */
	enum { VERDICT_NONE, VERDICT_COMMITTED, VERDICT_ABORTED } verdict;
	struct err doubt; /* why it had to be asked */
	/*
	 * The id was not in the ledger, but the session that may still bring it there could not be ended: a next
	 * attempt with the same id is safe, but to say that nothing was moved is not.
	 */
	bool open;
	bool last; /* asked for the last time, before an end without a commit */
};

struct txn {
	struct loop *loop;
	struct ring *ring;
	struct db *db;
	enum session session;
	struct rng rng;
	struct timer *timer; /* the next turn, the delay, the backoff */
	txn_gate_fn *gate;
	void *gate_arg;
	bool expects; /* txn_expect() */
	bool began;   /* the transaction has a server, which is that of its first attempt where none was named */
	struct who expected;
	struct txn_inject inject;
	struct txn_counters counters;
	uint64_t *retry_cause; /* the counter of what asks for the next retry */

	void (*retried)(void *arg, const char *sqlstate); /* txn_on_retry() */
	void *retried_arg;

	enum txn_state state;
	uint64_t asked_us; /* an answer or a connection is waited for since then; 0: none is */
	struct body *body;
	char *what;
	struct txn_options options;
	txn_done_fn *done;
	void *arg;
	struct txn_result result;
	uint64_t start_us;
	uint64_t backoff_start_us;
	bool cancelled;
	bool oneshot_refused; /* the rules said no in one round trip: the body is asked why, step by step */

	struct attempt attempt;
	struct settle settle;

	/* between attempts */
	enum after after;
	enum outcome outcome; /* for AFTER_END */
	bool by_savepoint;    /* the next attempt begins with ROLLBACK TO */
	unsigned savepoint_retries;
	unsigned restarts;
	unsigned losses; /* attempts in a row that lost their connection, or had none */
};

/* txn.c */
void txn_move(struct txn *txn, enum txn_state state, const struct event *fact);
struct event txn_fact(const struct txn *txn, enum event_kind kind);
struct db_context txn_context(struct txn *txn, size_t statements); /* of the next round trip, counted */
void txn_finish(struct txn *txn, enum outcome outcome);
void txn_say(struct txn *txn, enum event_kind kind, const char *message);

/* attempt.c: what an attempt sends */
void attempt_begin(struct txn *txn); /* counts as a new attempt */
void attempt_again(struct txn *txn); /* the same attempt, from its start */
bool attempt_ask_body(struct txn *txn);
bool attempt_is_elsewhere(struct txn *txn); /* true where it was ended, because this is another server than expected */
void attempt_forget(struct txn *txn);
void attempt_forget_answers(struct txn *txn);
void attempt_add(struct attempt *attempt, enum item_role role, size_t body_index, const struct statement *statement);
void batch_clear(struct batch *batch);
bool attempt_is_commit(const struct attempt *attempt, size_t item);
bool attempt_holds_commit(const struct txn *txn, size_t from, size_t to);

/* send.c: how it travels, and what comes back */
void send_next(struct txn *txn);

/* retry.c: what follows the fault of an attempt */
void retry_decide(struct txn *txn);
void retry_or_end(struct txn *txn);
void retry_failed(struct txn *txn); /* the end of what the server refused, and would refuse again */
void retry_clean(struct txn *txn, enum after after, enum outcome outcome);
void retry_connect(struct txn *txn); /* begins the next attempt, on a new connection where the old one is gone */

/* settle.c */
void settle_begin(struct txn *txn);
void settle_turn(struct txn *txn); /* the timer of TXN_SETTLING */
void settle_cancel(struct txn *txn);
void settle_send(struct txn *txn, const struct statement *statements, size_t n, struct db_reply reply);
struct statement settle_who(const struct txn *txn);
void settle_server(struct txn *txn, const struct rows *rows); /* who answers, as the answer to proof_who() says */
void settle_failure(struct txn *txn, const struct answer *answer);
bool settle_last(struct txn *txn,
		 enum outcome outcome); /* true where the outcome is asked for once more, in place of told */

/* proof.c: both ask false where there is nothing to ask */
struct statement proof_who(const char *sql);            /* who_sql and its kin */
bool proof_ask(struct txn *txn, struct db_reply reply); /* ends the session if it may, and asks whether it is gone */
void proof_on_answer(void *arg, size_t index, const struct answer *answer);
bool proof_ask_status(struct txn *txn, struct db_reply reply); /* what became of the number */
void proof_on_status(void *arg, size_t index, const struct answer *answer);

/* inject.c */
void inject_add_failure(struct txn *txn); /* adds its statement to the items where an attempt must fail */
bool inject_cuts_before(struct txn *txn); /* true where the connection was dropped in place of sending */
void inject_cut_after(struct txn *txn, bool commit);

/* guard.c: refuses what a body must not send */
bool guard_allows(const struct statement *statement, struct err *reason);

/* attempt.c: its first error */
void fault_keep(struct fault *fault, const struct answer *answer);
void fault_clear(struct fault *fault);
void fault_sentence(const struct fault *fault, struct buf *out);

/* counters.c */
void counters_cause(struct txn *txn);   /* remembers the fault that asks for a retry */
void counters_attempt(struct txn *txn); /* an attempt begins */
void counters_end(struct txn *txn);

#endif
