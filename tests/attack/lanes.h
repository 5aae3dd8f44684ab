/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes that make transfers with teller, one after another, write down what each was told, and can pause. */
#ifndef ATTACK_LANES_H
#define ATTACK_LANES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/support/reports.h"

enum { LANES = 4, LANE_RUNS_MAX = 4096, LANE_HUNG = -2, LANE_STUCK_MAX = 12000 };

/* One teller that ran. */
struct lane_run {
	char id[40]; /* its own; one in eight runs has that of the run before */
	int status;  /* exit status, 128 + signal, LANE_HUNG */
	int amount;
	bool back;      /* from the second account to the first */
	char said[200]; /* the end of stderr where the status is not 0 */
};

/* Shared with the lane's process. */
struct lane {
	volatile pid_t teller; /* that runs now, or 0 */
	volatile bool paused;
	volatile unsigned n;
	unsigned long total, told[6]; /* exit statuses 0 to 5 */
	struct lane_run run[LANE_RUNS_MAX];
	char stuck[LANE_STUCK_MAX]; /* what is known of a teller that did not end; "" for none */
};

struct lanes {
	volatile bool pause;
	struct lane lane[LANES];
};

/* How a lane's tellers are called. */
struct lane_way {
	const char *host, *port; /* of the relay, or of the server itself */
	bool ledger; /* on the common accounts 1 and 2; else on 10 * lane + 1 and 2, in a table without a ledger */
	uint64_t seed;
	const struct reports *reports;
};

struct lanes *lanes_new(void);
void lanes_start(struct lanes *lanes, unsigned number, const struct lane_way *way);

/* Every lane stands still, and none of their tellers runs, when it returns; fails the test after two minutes. */
void lanes_pause(struct lanes *lanes);
void lanes_go_on(struct lanes *lanes); /* with empty records */

#endif
