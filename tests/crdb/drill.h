/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One transfer after another against the stand-in, with faults on the way; after each the told outcome, the events and
 * the counters are true. */
#ifndef CRDB_DRILL_H
#define CRDB_DRILL_H

#include "tests/crdb/mover.h"
#include "tests/crdb/standin.h"
#include "tests/support/rig.h"

struct drill {
	struct standin standin;
	struct rig *rig;
	struct mover body;
	struct cursor cursor; /* the events of the last run begin here */
	long before, gift;    /* of account 2 before the run; another session's doing at the gate */
	long total;           /* of accounts 1 and 2 */
	unsigned conflicts;   /* in so many attempts another session takes 100 between the read and the write */
	bool elsewhere;       /* what commits is not what the body did last: no statement is marked as durable */
};

/* *state points to the version at first. */
int drill_setup(void **state);
int drill_teardown(void **state);

/* A test on one version, and on the three that differ most. */
#define DRILL(name, version)                                                                                           \
	{                                                                                                              \
#name ", " #version, name, drill_setup, drill_teardown, &(enum standin_version)                        \
		{                                                                                                      \
			version                                                                                        \
		}                                                                                                      \
	}
#define DRILL_EACH(name) DRILL(name, STANDIN_2_2), DRILL(name, STANDIN_20_1), DRILL(name, STANDIN_26_2)

void drill_start(struct drill *drill);
void drill_wait(struct drill *drill); /* to the end, and checks what must hold then */
void drill_run(struct drill *drill);
void drill_run_again(struct drill *drill); /* over the same connection, to see that it can be used */

void drill_fault(struct drill *drill, enum standin_kind kind, unsigned nth, enum standin_effect effect,
		 const char *sqlstate);

/* The outcome, the number of attempts, and what the server ran. */
void drill_check(struct drill *drill, enum outcome outcome, unsigned attempts, const char *ran);

long drill_balance(const struct drill *drill, int id);
enum standin_version drill_version(const struct drill *drill);

#endif
