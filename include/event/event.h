/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event: one numbered, timed fact about a session or transaction. */
#ifndef EVENT_EVENT_H
#define EVENT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

/* Who speaks to the server. The label is what the log shows: B, T, R. */
enum session {
	SESSION_NONE,
	SESSION_BROWSE,               /* teller/browse: pages of accounts, read-only */
	SESSION_TRANSFER,             /* teller/transfer: everything that writes */
	SESSION_RIVAL,                /* teller/rival: the conflict made on request */
	SESSION_LAB,                  /* teller/lab: sets up, tears down and watches the lanes */
	SESSION_WATCH,                /* teller/watch: asks whom the others wait for */
	SESSION_COUNT,                /* of those that are one of a kind */
	SESSION_LANE = SESSION_COUNT, /* and all above it: the lab's lanes, each with a name of its own (event.lane) */
};

/* What a statement is, so that nobody has to read its SQL again. */
enum verb {
	VERB_OTHER,
	VERB_BEGIN,
	VERB_SAVEPOINT,
	VERB_SELECT,
	VERB_INSERT,
	VERB_UPDATE,
	VERB_DELETE,
	VERB_RELEASE,
	VERB_COMMIT,
	VERB_ROLLBACK,
	VERB_ROLLBACK_TO,
	VERB_DDL,
	VERB_SET,
};

/* How a transaction ended (design.md section 1). */
enum outcome {
	OUTCOME_NONE, /* still running */
	OUTCOME_COMMITTED,
	OUTCOME_REJECTED,
	OUTCOME_FAILED,
	OUTCOME_GAVE_UP,
	OUTCOME_CANCELLED,
	OUTCOME_UNKNOWN,
};

enum event_kind {
	EVENT_CONNECTED, /* message: server and version */
	EVENT_LOST,      /* a connection failed or was lost; message, sqlstate if any */
	EVENT_NOTICE,    /* the server said something outside any answer; message, sqlstate */
	EVENT_TXN,       /* a transaction starts; message: what it is for */
	EVENT_ATTEMPT,   /* an attempt starts: attempt, limit = max attempts */
	EVENT_SENT,      /* a statement was sent: verb, sql, params */
	EVENT_RESULT,    /* its answer: verb, sql, params, tag, rows, values, duration_us; or sqlstate and message */
	EVENT_BACKOFF,   /* the engine waits: wait_us, attempt = the attempt that starts afterwards */
	EVENT_OUTCOME, /* a transaction ended: outcome, attempt = attempts made, duration_us in all, message = reason */
	EVENT_SETTLE,  /* the answer to a commit was lost, and what became of it is being found out; message */
	EVENT_LEVER,   /* a person's doing that changes the run (rival, inject, delay); message names it */
	EVENT_BLOCKED, /* whom a statement waits for is another than before: rows = how many, `holder` the first of
			* them, message: whom that one waits for, or ""; wait_us so far. rows 0: it does not wait any
			* more; wait_us in all */
};

/* Who has a lock that is waited for; of EVENT_BLOCKED. */
struct event_holder {
	int pid;           /* 0: a prepared transaction, or a server without process numbers */
	const char *name;  /* its application, or what it is: "psql", "autovacuum worker" */
	const char *user;  /* "" where there is none */
	const char *state; /* "idle in transaction" */
	const char *holds; /* what it keeps from who waits, as far as it is proved: "holds account 104"; or "" */
	uint64_t state_us; /* how long it has been in that state; 0: not known */
};

/*
 * Strings are borrowed: those of an event read from a ring are valid until the next append. They are raw bytes from the
 * server or the user: text_escape() them before they reach a terminal. NULL where there is none.
 */
struct event {
	uint64_t number;  /* 1, 2, 3 ... without gaps; set by the ring */
	uint64_t wall_us; /* set by the ring */
	uint32_t txn;     /* 0: outside any transaction of the engine */
	enum event_kind kind;
	enum session session;
	enum verb verb;
	enum outcome outcome;
	unsigned attempt;    /* 1 is the first try */
	unsigned limit;      /* max attempts */
	unsigned statement;  /* 1 ... within the transaction */
	unsigned round_trip; /* 1 ... within the transaction */
	uint64_t duration_us;
	uint64_t wait_us;
	int64_t rows;     /* returned or touched; -1 where the tag has no count */
	bool durable;     /* the statement from which the transaction is durable */
	bool weak;        /* it is committed, but a crash or a failover may lose it (db/who.h) */
	bool skipped;     /* not run: an earlier statement of the same round trip failed */
	bool unmade;      /* of EVENT_LOST: it was not there yet; message: "cannot connect to ..." */
	bool unanswered;  /* the connection was lost before its answer: run or not; `skipped` is set, too */
	char sqlstate[6]; /* "" where there was no error, or the error had none */
	const char *lane; /* the name of the lab's session; NULL for all others */
	const char *sql;
	const char *params; /* "$1 = 104, $2 = 625", written for people */
	const char *values; /* the first rows of a SELECT, for people: "1250" or "104, 1250; 107, 310" */
	const char *tag;    /* the server's command tag; "" or NULL on an error */
	const char *message;
	const char *detail; /* the server's DETAIL and HINT */
	struct event_holder holder;
};

/* True for a RESULT that is an error (with or without an SQLSTATE). A skipped statement is not an error of its own. */
bool event_failed(const struct event *event);

#endif
