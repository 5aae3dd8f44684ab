/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A relay between a client and the test server, in a process of its own, that counts protocol messages and can cut,
 * hold or delay at any of them. */
#ifndef SUPPORT_RELAY_H
#define SUPPORT_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum relay_direction { RELAY_TO_SERVER, RELAY_TO_CLIENT };

/*
 * CUT_AFTER   forwards the message, then closes both sides: the other end acts on it.
 * CUT_BEFORE  closes both sides in place of forwarding it.
 * CUT_DEAF    forwards it and closes the client's side only; what the client had sent goes on to the server, which
 *             lives on until it has answered all of it.
 * FORGE       forwards an error before it that nobody made, and the message behind it.
 * SPOIL       changes the message's type to one that is not in the protocol; that of ReadyForQuery, without which a
 *             client waits for ever, is left, and both sides are closed behind it.
 */
enum relay_fault { RELAY_NOTHING, RELAY_CUT_AFTER, RELAY_CUT_BEFORE, RELAY_CUT_DEAF, RELAY_FORGE, RELAY_SPOIL };

/*
 * What the relay makes of every answer whose first column has the name `about`: the last column is left out, the first one has another
 * name, or the first cell of each row is NULL.
 */
enum relay_lie { RELAY_TRUE, RELAY_NARROW, RELAY_RENAMED, RELAY_NULL };

/* Shared with the relay's process. Faults are used up by the first connection that reaches them. */
struct relay_shared {
	volatile int fault;
	volatile int direction;
	volatile unsigned at;      /* the fault happens at this message, counted from 1 since relay_arm() */
	volatile unsigned seen[2]; /* messages of each direction since relay_arm() */
	volatile bool happened;
	volatile unsigned delay_us[2]; /* each message waits this long; both halves make the round trip */
	volatile bool refuse;          /* new connections are closed at once, and those that wait for relay_let_in() */
	volatile bool late;            /* clients whose first message holds `late_name` wait */
	char late_name[32];
	volatile enum relay_lie lie;
	char about[32];
};

struct relay {
	struct relay_shared *shared;
	int pid;
	char dir[64]; /* of its Unix socket: PGHOST for clients */
};

/* What goes to the client in place of a message of the server's is appended to `out`. Called in the relay's process. */
typedef void relay_change_fn(void *arg, const char *message, size_t n, struct buf *out);

/* Relays to the server of PGHOST and PGPORT (a Unix socket). Fails the test where it cannot. */
void relay_start(struct relay *relay);
void relay_start_changing(struct relay *relay, relay_change_fn *change, void *arg);
void relay_cut_all(struct relay *relay); /* closes all connections; new ones are welcome */
void relay_stop(struct relay *relay);

/* Counts from here on; RELAY_NOTHING only counts. Connections that were made before are watched as well. */
void relay_arm(struct relay *relay, enum relay_fault fault, enum relay_direction direction, unsigned at);

/* A client whose application has a name that begins so gets no answer until relay_let_in(). */
void relay_keep_out(struct relay *relay, const char *name);
void relay_let_in(struct relay *relay);

/* Whoever is connected through it hears that from now on. */
void relay_lie(struct relay *relay, enum relay_lie lie, const char *about);

/* The message as the lie has it, owned, its length in *n; NULL where it is left as it is. `told`: the rows that follow are part of it. */
char *relay_lied(enum relay_lie lie, const char *about, bool *told, const char *message, size_t *n);

#endif
