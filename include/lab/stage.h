/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage: a spec's sessions on a real server, their steps sent one by one or as a permutation, and who waits. */
#ifndef LAB_STAGE_H
#define LAB_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/loop.h"
#include "db/conninfo.h"
#include "db/db.h"
#include "event/ring.h"
#include "lab/lesson.h"
#include "lab/spec.h"
#include "lab/values.h"

/*
 * A session is a lane: one connection, whose events carry SESSION_LANE + its index and its name. One more connection, the control
 * connection (SESSION_LAB), runs the set-ups and the teardown and asks the server who waits for whom; where that cannot be asked
 * (CockroachDB), a step waits when it has not been answered for a while. Behind a pooler it is tried out first whether all of them keep
 * their backends; where they do not, nothing of the spec is sent.
 *
 * stage_begin() connects what is not connected and runs the set-ups; FACT_BEGUN follows. Then steps are either sent by hand
 * (stage_step, stage_next), or the whole permutation is played (stage_play) in the order and with the waits of PostgreSQL's
 * isolationtester. stage_end() runs the teardowns; a play ends by itself. Then it may begin again.
 *
 * Everything that happens is told as a fact, in order, from the loop. The function that hears it may call everything here but
 * stage_free().
 */
struct stage;

enum stage_state {
	STAGE_OFF,      /* before stage_begin(), after FACT_ENDED or FACT_FAILED */
	STAGE_SETUP,    /* connecting, setting up */
	STAGE_STANDING, /* by hand: steps may be sent */
	STAGE_PLAYING,  /* by itself */
	STAGE_TEARDOWN, /* tearing down */
};

enum lane_state {
	LANE_OFF,     /* not connected */
	LANE_IDLE,    /* may be given a step */
	LANE_RUNNING, /* a step is on its way and is not known to wait */
	LANE_WAITING, /* the step waits for other sessions */
	LANE_HELD,    /* the step is answered, but a mark of the permutation holds the report back */
	LANE_LOST,    /* the connection is gone; stage_begin() makes a new one */
	LANE_CUT,     /* it was cut with the last step of the session */
};

/* What a session said. All text is the server's, raw: text_escape() it before showing. Strings are never NULL. */
enum stage_word_kind {
	WORD_ROWS,   /* rows, tag */
	WORD_TAG,    /* tag; "" for an empty statement */
	WORD_ERROR,  /* sqlstate, severity, message, detail, text; severity "" where libpq itself speaks */
	WORD_NOTICE, /* likewise */
	WORD_NOTIFY, /* channel, payload, pid and, where a lane sent it, sender */
};

struct stage_word {
	enum stage_word_kind kind;
	bool early; /* a notice that was told (FACT_SAID) before the step was done */
	struct rows *rows;
	char sqlstate[6];
	const char *tag, *severity, *message, *detail, *text, *channel, *payload;
	int64_t affected;
	int pid;
	long sender; /* index of the lane, -1: not one of ours */
};

enum { STAGE_BLOCKERS_MAX = 16, LANE_OTHER = -1 };

/* One step that was sent. Lives until the next stage_begin(). */
struct stage_record {
	size_t number; /* 0 ... in the order of sending */
	size_t step;   /* index in spec.steps */
	size_t lane;
	const char *sql;              /* of the step, with the values that were sent in it; raw, for reading */
	const struct spec_turn *turn; /* of the permutation; NULL for a step out of turn */
	bool done;
	size_t done_number;            /* 1 ... in the order in which they were reported as done */
	bool waited;                   /* it was seen to wait, or a mark held it */
	bool cancelled;                /* by us */
	bool lost;                     /* the connection ended with it */
	bool cut;                      /* by us: stage_cut() */
	bool unknown;                  /* and what was lost with it is the answer to a commit */
	uint64_t sent_us, duration_us; /* clock_us(); until it was answered */
	/* The lanes that it waits for, or has waited for last; LANE_OTHER for a session that is not ours. */
	long blockers[STAGE_BLOCKERS_MAX];
	size_t nblockers;
	const struct stage_word *words; /* in the order in which they came */
	size_t nwords;
};

struct stage_lane {
	const char *name; /* of the spec's session */
	enum lane_state state;
	const struct stage_record *record; /* running, waiting or held; NULL */
	bool in_transaction;               /* as of its last answer */
	int pid;
	const char *lost;     /* LANE_LOST: why */
	unsigned attempt;     /* of the engine, where that runs the lane's steps and has begun; else 0 */
	enum outcome outcome; /* likewise; OUTCOME_NONE: it goes on */
};

enum stage_fact_kind {
	FACT_STARTS,  /* a permutation starts, before anything is set up */
	FACT_SET_UP,  /* a set-up was answered: lane (-1: the control connection), word = its last result */
	FACT_BEGUN,   /* set up: steps may be sent */
	FACT_SENT,    /* record */
	FACT_SAID,    /* lane, word: a notice */
	FACT_WAITS,   /* record: it waits for the first time, or for others than before */
	FACT_GOES_ON, /* record: it does not wait any more; by hand only */
	FACT_CANCELS, /* record: a play cancels it, because it took longer than the limit; seconds */
	FACT_DONE,    /* record, with all its words */
	/* Both come before the FACT_DONE of the record that brought them. */
	FACT_AGAIN,     /* lane, record, attempt: the engine has rolled back, waited wait_us, and begins again */
	FACT_OUTCOME,   /* lane, record, attempt, outcome: the engine's transaction is over */
	FACT_LOST,      /* lane: its connection ended; text */
	FACT_PLAYED,    /* a play is over, nothing is torn down yet: stage_ask() is answered before that */
	FACT_TORN_DOWN, /* a teardown was answered: lane (-1: the control connection), word */
	FACT_ENDED,  /* the stage is off again; text: why something was not torn down and has to be by hand, or NULL */
	FACT_FAILED, /* it cannot go on: fail; what can be is torn down (nothing of a bare stage), then FACT_ENDED */
	FACT_ASKED,  /* the server has said who waits: stage_stuck() is of now; by hand only */
};

/* Why a play or a start cannot go on. */
enum stage_fail {
	FAIL_CONNECT, /* lane (-1: control) cannot connect; text is the sentence */
	FAIL_POOL,    /* a pooler is in between, and its sessions do not stay or are too few; text is the sentence */
	FAIL_SCHEMA,  /* the player's own schema cannot be made; text is the sentence */
	FAIL_SET_UP,  /* a set-up was refused: lane (-1: control), word */
	FAIL_SEND,    /* record could not be sent, its connection had ended before */
	FAIL_LOST,    /* record: the connection ended without a word of the server's; text */
	FAIL_CONTROL, /* the server could not be asked who waits; text */
	FAIL_TIME,    /* record did not end in twice the limit, in spite of a cancel; seconds */
	FAIL_STILL, /* record: its session was needed for the next step, and was not free in twice the limit; seconds */
	FAIL_TOGETHER,   /* the steps that are left hold each other */
	FAIL_IMPOSSIBLE, /* record waits for sessions that are sent nothing before it has ended: stage_impossible() */
};

/* Borrowed for the time of the call. */
struct stage_fact {
	enum stage_fact_kind kind;
	enum stage_fail fail;
	long lane;
	const struct stage_record *record;
	const struct stage_word *word;
	const char *text;
	unsigned seconds, attempt;
	uint64_t wait_us;
	enum outcome outcome;
};
typedef void stage_fact_fn(void *arg, const struct stage_fact *fact);

struct stage_options {
	bool bare; /* sessions as isolationtester makes them: encoding and application name as the environment says, ... */
	bool own_schema;  /* ... in no schema of the player's own, unless this is set */
	int64_t limit_us; /* for a step of a play: stage_limit() */
	/* What steps read is learnt there, and sent where later ones have a place for it; NULL: all is sent as it is
	 * written. */
	struct values *values;
	/* Each order begins with sessions as new: DISCARD ALL, then this (NULL: nothing); borrowed. Else they keep what the
	 * order before set. */
	bool clean;
	const char *session_sql;
	unsigned first_lane; /* its sessions' events carry SESSION_LANE + this + their index */
};

/* 300 s, or the seconds in PGISOLATIONTIMEOUT. */
int64_t stage_limit(void);

/* The spec must outlive it. `info` is copied. */
struct stage *stage_new(struct loop *loop, struct ring *ring, const struct conninfo *info, const struct spec *spec,
			const struct stage_options *options, stage_fact_fn *fn, void *arg);
void stage_free(struct stage *stage); /* closes at once; nothing is torn down */

/* STAGE_OFF only. The permutation (NULL: free play, steps in any order) must live until it ended. */
void stage_begin(struct stage *stage, const struct spec_permutation *permutation);

/*
 * STAGE_OFF only. The engine (txn/txn.h) runs this lane's steps from the next stage_begin() on: those that its
 * permutation has for it are BEGIN, one statement each, COMMIT. They are sent by hand, in their order; each opens the
 * engine's gate once. The engine begins, commits, rolls back and waits by itself, and behind FACT_AGAIN the lane's
 * steps come again, from the first.
 */
void stage_retry(struct stage *stage, size_t lane, bool on);

/*
 * STAGE_OFF only. From the next stage_begin() on, transactions of the sessions that name no isolation level have this
 * one: "REPEATABLE READ", static; NULL: the server's own.
 */
void stage_isolation(struct stage *stage, const char *level);

/* STAGE_OFF only. As the options `clean` and `session_sql`, from the next stage_begin() on. */
void stage_clean(struct stage *stage, const char *session_sql);

/*
 * STAGE_OFF only. From the next stage_begin() on, the connection of this step's session is cut at the socket when the
 * server has done the step, before its answer is read. Where its permutation has more steps for the session, the
 * session is set up on a new connection, and only then the step is done.
 */
void stage_cut(struct stage *stage, size_t step, bool on);

/*
 * Before the first stage_begin(). The sessions that `second` has are on another server (or in another database), with
 * set-ups, teardown and a schema of their own there; `second` and its spec must outlive the stage, `info` is copied. A
 * guest's waits are asked of its own server; nobody there waits for a session here, or the other way round.
 */
void stage_second(struct stage *stage, const struct lesson_second *second, const struct conninfo *info);

/* STAGE_STANDING only: sends what is left of the permutation by itself, then tears down. */
void stage_play(struct stage *stage);

/* By hand. On ST_USAGE nothing was sent: the sentence says why (the session still waits, its connection is gone, no
 * step is left). */
MUST_CHECK enum status stage_step(struct stage *stage, size_t step, struct err *err);
MUST_CHECK enum status stage_next(struct stage *stage, struct err *err); /* the turn at stage_turn() */

/* By hand: each step that was sent is answered, or the server has said that it waits since anything was sent or answered. */
bool stage_settled(const struct stage *stage);
bool stage_blind(const struct stage *stage); /* the server cannot say who waits: who is not answered for a while does */

/*
 * By hand: this lane waits for a session that has nothing to do, so that it goes on only when a step of another one is
 * sent. By what the server said last; false where it cannot say, or where a deadlock or a timeout may end the wait.
 */
bool stage_stuck(struct stage *stage, size_t lane);
/* The sentence for that: "b_pay waits for A, and the next step, b_look, is of the session that waits". Harmless. */
void stage_impossible(struct buf *out, const struct stage *stage, const struct stage_record *record);

/* Asks the server to cancel what a lane runs. */
void stage_cancel(struct stage *stage, size_t lane);

/* Cancels what runs, runs the teardowns, closes the lanes where the permutation was not played to its end;
 * FACT_ENDED follows. Nothing where the stage is off. */
void stage_end(struct stage *stage);

/* Runs a text over the control connection, when that is free: answer() comes with its last result or its error. Not
 * while the stage is off; what is asked in FACT_PLAYED is answered before anything is torn down. */
typedef void stage_answer_fn(void *arg, const struct stage_word *word);
void stage_ask(struct stage *stage, const char *sql, stage_answer_fn *answer, void *arg);
/* The same on the second server; the first where there is none. */
void stage_ask_second(struct stage *stage, const char *sql, stage_answer_fn *answer, void *arg);
/* The same for one statement with $1, the process numbers of the connected lanes as an int4[]. */
void stage_ask_of_lanes(struct stage *stage, const char *sql, stage_answer_fn *answer, void *arg);

enum stage_state stage_state(const struct stage *stage);
const struct spec_permutation *stage_permutation(const struct stage *stage); /* NULL: free play */
size_t stage_turn(const struct stage *stage); /* index of the next turn of the permutation; its nturns at the end */
size_t stage_lanes(const struct stage *stage);
void stage_lane(const struct stage *stage, size_t lane, struct stage_lane *out);
const struct stage_record *stage_record(const struct stage *stage, size_t number); /* borrowed; NULL: none (yet) */
size_t stage_nrecords(const struct stage *stage);
struct db *stage_db(const struct stage *stage,
		    size_t lane); /* borrowed; for what is sent over a lane besides its steps */
const struct db *stage_control(const struct stage *stage);     /* borrowed */
const struct db_facts *stage_facts(const struct stage *stage); /* of the control connection */

#endif
