/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collects the latest transfer from its events: attempts, waits, injected faults, outcome; pure. */
#ifndef UI_ATTEMPTS_H
#define UI_ATTEMPTS_H

#include <stddef.h>

#include "event/ring.h"

enum step_kind { STEP_ATTEMPT, STEP_WAIT, STEP_LEVER, STEP_SETTLE };

struct step {
	enum step_kind kind;
	unsigned number;    /* of the attempt; for WAIT of the one that follows */
	uint64_t began_us;  /* wall time */
	uint64_t took_us;   /* up to its latest answer; for WAIT the wait */
	uint64_t waited_us; /* of it for locks of others, as far as that was noticed */
	bool failed;
	enum verb verb; /* of the statement that failed */
	char sqlstate[6];
	bool durable;
	char text[80]; /* LEVER, SETTLE: raw words; a failure without SQLSTATE: its message */
};

enum { STEPS_MAX = 64 };

/* Zero-initialise. */
struct attempts {
	struct cursor cursor;
	uint32_t txn; /* 0: none yet */
	enum outcome outcome;
	unsigned limit, made;
	uint64_t took_us;
	unsigned in_flight; /* statements sent and not answered */
	uint64_t since_us;  /* wall time of the latest send or answer */
	uint64_t blocked;   /* number of the event that says for whom it waits now; 0: for nobody that is known */
	unsigned round_trips;
	struct step steps[STEPS_MAX]; /* the latest ones */
	size_t n;
};

/* Reads what is new; true where anything was about a transfer. */
bool attempts_read(struct attempts *attempts, const struct ring *ring);
bool attempts_waiting(const struct attempts *attempts); /* a backoff is the latest thing */

#endif
