/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Retry protocols, wire modes, isolation levels and locking reads: one list of each: its words, and what they mean. */
#ifndef TXN_CHOICES_H
#define TXN_CHOICES_H

#include "base/buf.h"
#include "base/choice.h"
#include "db/dialect.h"

/* How a retry is made. AUTO: savepoint on CockroachDB, restart on PostgreSQL. NONE: the first error is final,
 * FAILED. */
/* clang-format off */
#define TXN_PROTOCOLS(X, SEP, LAST) \
	X(PROTOCOL_AUTO, "auto", "") \
	SEP X(PROTOCOL_SAVEPOINT, "savepoint", "a retry rolls back to the savepoint") \
	SEP X(PROTOCOL_RESTART, "restart", "a retry rolls back, waits and begins again") \
	LAST X(PROTOCOL_NONE, "none", "nothing is retried")
/* clang-format on */
#define TXN_PROTOCOL_CHOICES TXN_PROTOCOLS(CHOICE_WORD, "|", "|")
enum txn_protocol { TXN_PROTOCOLS(CHOICE_CONSTANT, CHOICE_COMMA, CHOICE_COMMA) };

/* How statements travel: as few round trips as the data allows, one statement a round trip, or all in one round trip
 * (for bodies that can; others are pipelined). */
/* clang-format off */
#define TXN_WIRES(X, SEP, LAST) \
	X(WIRE_PIPELINE, "pipeline", "as few round trips as the data allows") \
	SEP X(WIRE_STEP, "step", "one statement a round trip") \
	LAST X(WIRE_ONESHOT, "oneshot", "the whole transfer in one round trip")
/* clang-format on */
#define TXN_WIRE_CHOICES TXN_WIRES(CHOICE_WORD, "|", "|")
enum txn_wire { TXN_WIRES(CHOICE_CONSTANT, CHOICE_COMMA, CHOICE_COMMA) };

/*
 * What BEGIN asks for: a word for options, and the name in SQL. READ COMMITTED is none of them: there a balance that
 * was read may be another one when it is written, and what was decided by it is wrong. Under REPEATABLE READ a row
 * that another transaction has changed since cannot be written (40001).
 */
#define TXN_ISOLATIONS(X, SEP, LAST)                                                                                   \
	X(ISOLATION_SERIALIZABLE, "serializable", "SERIALIZABLE")                                                      \
	LAST X(ISOLATION_REPEATABLE_READ, "repeatable-read", "REPEATABLE READ")
#define TXN_ISOLATION_CHOICES TXN_ISOLATIONS(CHOICE_WORD, "|", "|")
enum txn_isolation { TXN_ISOLATIONS(CHOICE_CONSTANT, CHOICE_COMMA, CHOICE_COMMA) };

/*
 * Whether what a transfer decides by is read FOR UPDATE. Who waits for a row before the read has nothing to lose; who
 * meets another one's write after it has to begin again. AUTO: on CockroachDB, where under contention most attempts
 * end so. The rival needs a read that does not lock, and a dry run locks nothing.
 */
/* clang-format off */
#define TXN_LOCKINGS(X, SEP, LAST) \
	X(LOCKING_AUTO, "auto", "") \
	SEP X(LOCKING_ON, "on", "transfers read accounts FOR UPDATE, unless the rival takes part") \
	LAST X(LOCKING_OFF, "off", "transfers read accounts without a lock")
/* clang-format on */
#define TXN_LOCKING_CHOICES TXN_LOCKINGS(CHOICE_WORD, "|", "|")
enum txn_locking { TXN_LOCKINGS(CHOICE_CONSTANT, CHOICE_COMMA, CHOICE_COMMA) };

/* The words above; all static. */
const char *txn_protocol_name(enum txn_protocol protocol);    /* "auto" */
const char *txn_wire_name(enum txn_wire wire);                /* "pipeline" */
const char *txn_isolation_word(enum txn_isolation isolation); /* "serializable" */
const char *txn_isolation_name(enum txn_isolation isolation); /* "SERIALIZABLE" */
const char *txn_begin_sql(enum txn_isolation isolation);      /* "BEGIN ISOLATION LEVEL SERIALIZABLE" */

const char *txn_locking_word(enum txn_locking locking); /* "auto" */

/* Whether reads lock on such a server. */
bool txn_locks(enum txn_locking locking, const struct dialect *dialect);

/* The level that transactions really have there: "SERIALIZABLE" on a server that knows no other. */
const char *txn_isolation_on(enum txn_isolation isolation, const struct dialect *dialect);
/* "CockroachDB runs REPEATABLE READ as SERIALIZABLE"; "" where it is as asked for. */
void txn_isolation_doubt(struct buf *out, enum txn_isolation isolation, const struct dialect *dialect);

/* The protocol that is used on such a server, never AUTO. */
enum txn_protocol txn_protocol_on(enum txn_protocol protocol, const struct dialect *dialect);
/* False: on such a server no retry that is made so succeeds. */
bool txn_protocol_helps(enum txn_protocol protocol, const struct dialect *dialect);

/* What a choice means; of AUTO, on which product: "savepoint on CockroachDB, restart on PostgreSQL". */
void txn_protocol_explain(struct buf *out, enum txn_protocol protocol);
void txn_wire_explain(struct buf *out, enum txn_wire wire);
void txn_isolation_explain(struct buf *out, enum txn_isolation isolation);
void txn_locking_explain(struct buf *out, enum txn_locking locking);

#endif
