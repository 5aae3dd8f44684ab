/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A loop, a connection and an engine, and the catalogue of a table: the world of the tests that go below the command
 * line. */
#ifndef SUPPORT_RIG_H
#define SUPPORT_RIG_H

#include <stdbool.h>

#include "bank/catalogue.h"
#include "bank/transfer.h"
#include "txn/txn.h"

/* What goes wrong below fails the test with a sentence, and so does what has not ended after this time. */
enum { RIG_LIMIT_MS = 60000 };

struct rig {
	struct loop *loop;
	struct ring *ring;
	struct conninfo info; /* where it connects to, borrowed; empty: the environment tells */
	unsigned connect_ms;  /* how long that may take */
	struct db *db;
	struct txn *txn;
	struct txn_options options;
	struct txn_result result; /* of the latest transaction; */
	bool done;                /* it has ended */
	struct catalogue *catalogue;
	bool missing;
	struct err err;
	struct timer *limit;
	bool late;
};

struct rig *rig_new(void);
struct rig *rig_new_at(const struct conninfo *info);
struct rig *rig_new_as(const char *role); /* a role that may do nothing, made where it is missing */
void rig_free(struct rig *rig);
int rig_setup(void **state); /* rig_new() for cmocka */
int rig_teardown(void **state);

/* Another connection to the same place. Owned. */
struct db *rig_connect(struct rig *rig, enum session session, const char *name);
void rig_reconnect(struct rig *rig); /* the rig's own, anew */

/* Afterwards either rig->catalogue or rig->err is set. NULL is accounts. */
struct catalogue *rig_read(struct rig *rig, const char *table);
struct catalogue *rig_read_choice(struct rig *rig, const struct bank_choice *choice);

/* The body is borrowed until the transaction has ended. */
void rig_start(struct rig *rig, struct body *body, const char *what);
void rig_wait(struct rig *rig);                 /* until it has ended */
bool rig_wait_ms(struct rig *rig, unsigned ms); /* false where it has not ended by then */
enum outcome rig_run(struct rig *rig, struct body *body);

/* A transfer of the catalogue's accounts, to its end. */
enum outcome rig_transfer(struct rig *rig, const struct transfer_spec *spec);

/* Lets the loop turn until the condition holds; it is asked again every millisecond. */
void rig_until(struct rig *rig, bool (*condition)(void *arg), void *arg);

/* The equations of txn.h. */
void rig_check_counters(const struct txn *txn);

#endif
