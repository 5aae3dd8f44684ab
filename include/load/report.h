/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What load has done so far: by outcome, by second, by what it waited for; and whether accounts and ledger agree. */
#ifndef LOAD_REPORT_H
#define LOAD_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bank/audit.h"
#include "base/buf.h"
#include "load/way.h"

enum {
	LOAD_STATES_MAX = 12,
	LOAD_REASONS_MAX = 8,
	LOAD_REASON_COLUMNS = 200,
	LOAD_HOT_MAX = 8,
	LOAD_SECONDS_MAX = 300,
	LOAD_CHECKS_MAX = AUDIT_LINES_MAX + 4
};

enum load_phase {
	LOAD_OPENING,    /* a connection of its own, reading which accounts there are */
	LOAD_CONNECTING, /* each worker makes its connection, or fails once; nothing is begun or measured before that */
	LOAD_RUNNING,    /* transfers are made */
	LOAD_RESTING,    /* another load has its turn (load/race.h) */
	LOAD_ENDING,     /* no more are begun, those that run are waited for */
	LOAD_SETTLING,   /* what became of those whose commit was not answered is asked */
	LOAD_CHECKING,   /* total, ledger and outcomes are compared */
	LOAD_OVER,
};

/*
 * Of transfers, each of a batch by itself; a read that moves nothing counts as `reads` where it commits. At the end:
 * begun = committed + reads + rejected + failed + gave_up + cancelled + unknown.
 */
struct load_outcomes {
	uint64_t begun, committed, reads, rejected, failed, gave_up, cancelled, unknown;
};

/* Where the time of the workers went, in microseconds: waiting for answers, of that for locks, waiting before another
 * attempt, and the rest, which is our own. */
struct load_time {
	uint64_t server, blocked, backoff, client;
};

struct load_latency {
	uint64_t p50, p95, p99, max; /* microseconds */
};

struct load_second {
	unsigned at; /* 1 is the first one */
	bool warm_up;
	unsigned workers; /* that are connected */
	struct load_outcomes outcomes;
	uint64_t retries;
	struct load_latency latency;
	struct load_time time;
};

struct load_state {
	char sqlstate[6]; /* "" for connections that were lost */
	uint64_t retries;
};

/* Of those that failed, and of those that were rejected because the server refused a statement: by SQLSTATE, with the
 * words that were said of the first of them. */
struct load_reason {
	char sqlstate[6]; /* "" where the server said none */
	bool rejected;
	bool conflict; /* another attempt would have got over it */
	uint64_t n;
	const char *text; /* one line, harmless; borrowed from the load */
};

struct load_hot {
	const char *id; /* raw; borrowed from the load */
	uint64_t retries;
};

struct load_report {
	enum load_phase phase;
	struct load_way way;
	unsigned workers, in_flight;
	unsigned connected; /* workers, as of now */
	size_t accounts;    /* that transfers are made among */
	uint64_t rate;      /* planned; 0: as fast as it goes */
	bool accounts_more; /* there are more, which are left alone */
	bool recorded;      /* in the ledger */
	bool stopped;       /* by the user */

	struct load_outcomes outcomes;
	uint64_t transactions, attempts, retries, round_trips;
	uint64_t lost;     /* connections */
	uint64_t untried;  /* of those that failed: by a conflict, where nothing is tried again */
	uint64_t settled;  /* outcomes that were found out after the answer to the commit was lost */
	uint64_t moved;    /* units (bank/amount.h), by those that committed */
	unsigned scale;    /* of the balances */
	uint64_t peak_due; /* open loop: transfers that should have begun and had not, at most */

	/* Without the warm-up: */
	uint64_t measured_us; /* where so many were asked for, and in a turn: until the last of them committed */
	double ratio;         /* beside the first way of a race; 0: it is in none */
	uint64_t measured;    /* transfers and reads that committed */
	struct load_latency latency;
	struct load_time time;
	bool blocked_known; /* the server says who waits */

	struct load_state states[LOAD_STATES_MAX]; /* most retries first, at the end */
	size_t nstates;
	struct load_reason reasons[LOAD_REASONS_MAX]; /* most first, at the end; of more than these, the first ones */
	size_t nreasons;
	struct load_hot hot[LOAD_HOT_MAX]; /* most retries first */
	size_t nhot;

	struct load_second seconds[LOAD_SECONDS_MAX]; /* the last ones, seconds[at % LOAD_SECONDS_MAX] */
	unsigned nseconds;                            /* since the start */

	struct audit_line checks[LOAD_CHECKS_MAX];
	size_t nchecks, failed_checks;
	struct err error; /* why it ended early, or could not be checked; status ST_OK: it did not */
};

double load_rate(const struct load_report *report); /* transfers and reads a second, without the warm-up */
const struct load_second *load_last_second(const struct load_report *report); /* NULL before the first is over */

/* One line for people, harmless: "  3 s  2310/s  12 rejected  45 retries  p50 3.2 ms  p95 ...". */
void load_second_show(struct buf *out, const struct load_second *second);
/* The whole of it for people, lines with their newlines; harmless. */
void load_report_show(struct buf *out, const struct load_report *report);

/* "12 failed: permission denied for table transfers (42501)"; harmless. */
void load_reason_show(struct buf *out, const struct load_reason *reason);

/* The same as one row of data: so many columns, their names, static, and their values, owned by the caller each. */
enum { LOAD_COLUMNS_MAX = 48 };
size_t load_report_row(const struct load_report *report, const char *names[LOAD_COLUMNS_MAX],
		       char *values[LOAD_COLUMNS_MAX]);

/* ST_OK, or what the program's exit status must say: an outcome that is not known, a check that failed, `error`, or
 * that transfers were tried and none was committed. */
enum status load_report_status(const struct load_report *report, struct err *err);

#endif
