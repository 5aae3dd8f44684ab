/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is shown of the engine of transfers: as it is now, or as it was where a recording is played. */
#ifndef APP_SHOWN_H
#define APP_SHOWN_H

#include "app/app.h"

/* The latest transfer; all borrowed until it changes. */
struct shown_transfer {
	bool there;   /* there was one */
	uint32_t txn; /* its number in the events, 0 before the first */
	enum outcome outcome;
	const char *source, *destination; /* raw ids; NULL where the recording has no values */
	const char *reason;               /* raw; "" for none */
	struct transfer_facts facts;
	unsigned scale; /* digits of its amounts behind the point */
	bool bare;      /* a recording without values: amounts are not known */
};
struct shown_transfer shown_transfer(const struct app *app);

/* The terms of the next one. Names are static, or borrowed until they change. */
struct shown_terms {
	struct txn_options options;
	const char *isolation; /* the level that it really has: "SERIALIZABLE" */
	const char *protocol;  /* the one that is used, never auto */
	bool locks;            /* it reads FOR UPDATE */
};
struct shown_terms shown_terms(const struct app *app);

/* The load or the race, as it was at the end of the last second, turn or phase. Borrowed until the loop turns; NULL: there
 * was none. */
struct load_seen;
const struct load_seen *shown_load(struct app *app);

bool shown_rival_armed(const struct app *app);
bool shown_rival_busy(const struct app *app); /* it moves, or puts back what it has moved */
const struct txn_counters *shown_counters(const struct app *app);
uint64_t shown_now_us(const struct app *app); /* the wall's time, of now or of then */

#endif
