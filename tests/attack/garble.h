/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of a server, mutated at random on their way: bytes, lengths, types, cells, columns, whole messages. */
#ifndef ATTACK_GARBLE_H
#define ATTACK_GARBLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum garble_kind {
	GARBLE_BYTES,   /* some bytes of the body are others */
	GARBLE_SHORT,   /* the end of the body is missing, and the length says so */
	GARBLE_CUT,     /* the end is missing, and the length does not say so */
	GARBLE_LENGTH,  /* another length */
	GARBLE_TYPE,    /* another type */
	GARBLE_NULLS,   /* rows from here on have NULLs */
	GARBLE_COLUMNS, /* answers from here on have fewer columns */
	GARBLE_ROW,     /* one row has another number of cells than its description */
	GARBLE_CELL,    /* a cell has another value */
	GARBLE_EARLY,   /* ReadyForQuery comes before it */
	GARBLE_DOUBLE,  /* it comes twice */
	GARBLE_MANY,    /* it comes a thousand times */
	GARBLE_DROP,    /* it does not come */
	GARBLE_LATE,    /* it comes behind the next one */
	GARBLE_ERROR,   /* an error that nobody made comes before it, with control characters in every field */
	GARBLE_ASIDE,   /* notices, notifications and parameters with such characters come before it */
	GARBLE_COPY,    /* a COPY begins */
	GARBLE_LOGIN,   /* a password is asked for, by a method */
	GARBLE_NOISE,   /* bytes that are no message come before it */
	GARBLE_KINDS
};

/* Shared with the relay's process. */
struct garble {
	volatile uint64_t seed;
	volatile unsigned at;   /* the message that is mutated, counted from 1 since garble_arm() */
	volatile int kind;      /* enum garble_kind */
	volatile unsigned seen; /* messages so far */
	volatile bool happened;
	volatile char type; /* of the message that it happened to */
};

const char *garble_name(enum garble_kind kind);

/* Nothing is mutated before this. */
void garble_arm(struct garble *garble, uint64_t seed, enum garble_kind kind, unsigned at);

/* A relay_change_fn; arg is a struct garble. */
void garble_message(void *arg, const char *message, size_t n, struct buf *out);

#endif
