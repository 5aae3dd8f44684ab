/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An engine, a body that adds one, and another session that acts between its read and its write. */
#ifndef TXN_SCENE_H
#define TXN_SCENE_H

#include "tests/support/pg.h"
#include "tests/support/rig.h"
#include "tests/txn/adder.h"

/* What happens at the gate between the read and the write; all but HOLD in the first `conflicts` attempts only. */
enum at_gate {
	GATE_NONE,
	GATE_CONFLICT, /* another session adds 100 to the value, and commits */
	GATE_KILL,     /* ... ends the engine's session */
	GATE_LOCK,     /* ... locks the row until scene->other is told to ROLLBACK */
	GATE_HOLD,     /* the engine waits for txn_go() */
};

struct scene {
	struct rig *rig;
	struct adder body;
	struct pg_session *other;
	unsigned conflicts;
	enum at_gate at_gate;
	bool held;
};

/* Tables txn_test, with a row 1 of value 0, and txn_ledger, empty. */
int scene_setup(void **state);
int scene_teardown(void **state);

void scene_run(struct scene *scene);  /* the body, to its end */
void scene_hold(struct scene *scene); /* the body, until the gate holds it */
void scene_kill(struct scene *scene); /* what GATE_KILL does */
long scene_value(void);

/* The verbs that the server answered, one letter each: B S s(elect) u(pdate) R C, < for ROLLBACK TO, r for ROLLBACK, !
 * after an error, * after the durable one, ~ for a wait. Skipped statements do not show. */
void scene_check_story(struct scene *scene, const char *expected);
char *scene_story(struct scene *scene); /* owned */

#endif
