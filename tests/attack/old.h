/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One teller that lives through all faults, is asked something all the time, and must not grow. */
#ifndef ATTACK_OLD_H
#define ATTACK_OLD_H

#include "tests/attack/dice.h"

/* There is one. `host`: the directory of the relay's socket. */
void old_start(const char *host);
void old_ask(struct dice *dice); /* one command, where it has room for it; what it has said is dropped */

/* After a phase, numbered from 0: once it has answered all that it was asked. The first phases fill its ring of events. */
void old_measure(unsigned long phase);

void old_end(unsigned long phases); /* it ends by itself, and has not grown */
void old_kill(void);                /* where it still runs */

#endif
