/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bank of two accounts, transfers whose wire is cut at one protocol message after another, and what is true
 * afterwards. */
#ifndef FAULT_CUTS_H
#define FAULT_CUTS_H

#include "tests/support/pg.h"
#include "tests/support/pooler.h"
#include "tests/support/relay.h"
#include "tests/support/rig.h"

enum { CUTS_TOTAL = 1000, CUTS_WIRES = 3 };

extern const enum txn_wire cuts_wires[CUTS_WIRES];
const char *cuts_wire_name(enum txn_wire wire);

/* What may be told where the answer to a commit is lost. */
enum cuts_unknown { CUTS_NEVER_UNKNOWN, CUTS_MAYBE_UNKNOWN };

struct cuts {
	struct relay *relay;         /* cuts; borrowed; NULL where something else does */
	struct conninfo via;         /* how the transfers connect; nothing in it is owned */
	const struct pooler *pooler; /* on the way, where there is one */
	struct pg_session *direct;   /* past all that; borrowed */
	struct catalogue *catalogue;
	const char *name; /* of the way, for the measures */
	unsigned tries, settled, unknown, retried;
};

void cuts_open(struct cuts *cuts, struct relay *relay, struct pg_session *direct, const char *name);
void cuts_close(struct cuts *cuts);

/* The tables cut.accounts and, with a ledger, cut.transfers, anew; account 1 has all. */
void cuts_make_bank(struct cuts *cuts, bool ledger);
void cuts_reset_money(struct cuts *cuts, bool ledger);
void cuts_read_catalogue(struct cuts *cuts, bool ledger);

/* What is on the server has to be what the outcome says, and what the ledger holds what the balances say: half of all
 * was moved, or nothing. */
void cuts_check_truth(struct pg_session *server, const struct txn_result *result, const char *where, bool ledger);

/* Nobody is left who could still do anything: clients have gone, and so have the server's sessions but this one and
 * those that an idle pooler keeps. A session that is idle is no sign: what it will do may lie in its socket. */
bool cuts_is_quiet(struct pg_session *direct, const struct pooler *pooler);
void cuts_wait_quiet(const struct cuts *cuts);

/* A transfer with one fault. False once the fault did not happen: there are no more messages. */
bool cuts_try(struct cuts *cuts, enum txn_wire wire, bool ledger, enum relay_fault fault,
	      enum relay_direction direction, unsigned at);

/* Every fault at every message of both directions; says how many there were. */
void cuts_everywhere(struct cuts *cuts, enum txn_wire wire, bool ledger, enum cuts_unknown unknown);
void cuts_in_every_wire(struct cuts *cuts, bool ledger, enum cuts_unknown unknown); /* the same in each wire mode */

/* RELAY_SPOIL: every answer on its way to the client, made unreadable: libpq gives errors without an SQLSTATE, over a connection
 * that lives. RELAY_FORGE: an error before every answer, though the server goes on as if there were none. */
void cuts_lie(struct cuts *cuts, enum txn_wire wire, bool ledger, enum relay_fault lie);

#endif
