/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A transfer to which the server does something on the way, at a place that is waited for; and the next one, which
 * works. */
#ifndef FAULT_ORDEAL_H
#define FAULT_ORDEAL_H

#include <libpq-fe.h>

#include "tests/support/own_server.h"
#include "tests/support/rig.h"

enum { ORDEAL_SLOTS = 12, ORDEAL_WIRES = 3 };

/* Where the transfer is when it happens: held at the gate between read and write, or in a statement that waits for a
 * lock. */
enum place { AT_THE_GATE, AT_A_LOCK };

/* What happens, in turns of a timer, until it says that it is over. */
typedef bool happen_fn(unsigned turn);

struct ordeal {
	struct own_server server;
	struct rig *rig;
	struct txn_result faulted; /* of the transfer that something happened to */
	struct timer *timer;
	struct pg_session *locker;
	PGconn *slots[ORDEAL_SLOTS];
	happen_fn *happen; /* NULL once it is over */
	unsigned turn;
	uint64_t retries_before;
	bool held;
	int pid; /* of the server's process, as it was when the transfer was held */
};
extern struct ordeal ordeal; /* one a program */

int ordeal_setup(void **state); /* a server of its own with two accounts of 1,000 */
int ordeal_teardown(void **state);

extern const enum txn_wire ordeal_wires[ORDEAL_WIRES];
const char *ordeal_wire_name(enum txn_wire wire);

/* A transfer with what happens to it; the outcome expected, checked against what is on the server; and the next one. */
void ordeal_go_through(const char *what, enum txn_wire wire, enum place place, happen_fn *happen,
		       enum outcome expected);

/* Its parts. */
void ordeal_run(const char *what, enum place place);
void ordeal_read_catalogue(void); /* over a new session */
void ordeal_bring_back(void);     /* the server */
void ordeal_lock(void);           /* the source, by another session */
void ordeal_unlock(void);
void ordeal_free_slots(void);
unsigned ordeal_retries(void); /* of the transfer that runs */

#endif
