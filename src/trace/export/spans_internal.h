/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace as spans of time: transactions, their attempts, statements and waits, on a track for each session. */
#ifndef TRACE_SPANS_INTERNAL_H
#define TRACE_SPANS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "export_internal.h"

enum {
	SPANS_TRACKS_MAX = 1024,
	SPANS_DEPTH = 5,        /* transaction, attempt, statement, wait, and one to spare */
	SPANS_SENT_MAX = 64,    /* statements of a track that were sent and not answered */
	SPANS_WAITS_MAX = 32,   /* waits in one statement; later ones are one with the last */
	SPANS_FLUSH = 64 << 10, /* bytes that a writer gathers before it gives them away */
};

enum span_kind {
	SPAN_TXN,       /* the engine's, from its start to its outcome; or what a lesson's session does from BEGIN on */
	SPAN_ATTEMPT,   /* in a transaction */
	SPAN_BACKOFF,   /* between attempts */
	SPAN_SETTLE,    /* what became of a commit is being found out */
	SPAN_STATEMENT, /* from its sending, or from the answer before it, to its answer */
	SPAN_WAIT,      /* in a statement: it waits for somebody */
	SPAN_HOLD,      /* on the track of who is waited for and is no session of ours */
};

/* Times are of the wall, in microseconds, never before those of the same track that were told earlier. */
struct span {
	enum span_kind kind;
	size_t track;
	uint64_t id, parent, root; /* from 1; parent 0: none; root: the outermost */
	uint64_t from_us, to_us;   /* to_us: once it has ended */
	bool cut;                  /* its end is not in the trace */
};

/*
 * What a writer is told, in this order for each track: a span begins, those in it, it ends. What is told in one call is
 * borrowed for its time.
 */
struct spans_ops {
	/* The first that is heard of it; `name` is raw. */
	void (*track)(void *arg, size_t track, const char *name);
	/* By an event: the statement's answer, or its sending where there is none; whom a wait is for; ... */
	void (*begin)(void *arg, const struct span *span, const struct event *event);
	void (*end)(void *arg, const struct span *span, const struct event *event); /* NULL: cut */
	/* A moment; `in` is the innermost span around it, or NULL. */
	void (*mark)(void *arg, size_t track, const struct span *in, const struct event *event);
	/* The wait that has just begun is for a span that is open on another track. */
	void (*blocked)(void *arg, const struct span *wait, const struct span *by);
};

/* The name of a span that is called alike in every format. False for statements and waits: some formats say more of them. */
bool spans_name(struct buf *name, enum span_kind kind, const struct event *event);

/* Tells all of what is chosen. What is left out is added to export->said. */
void spans_read(struct export *export, const struct spans_ops *ops, void *arg);

/* ---- spans_keep.c: an event with strings of its own ---- */

struct event *spans_keep(const struct event *event); /* owned: free() */

/* ---- spans_track.c: one session, or one of several that make transactions at the same time ---- */

struct spans_wait {
	struct event *event; /* owned: whom it waits for */
	uint64_t from_us, to_us;
};

struct spans_track {
	enum session session;
	uint32_t txn; /* that runs, 0 */
	int pid;      /* of a holder that is not ours */
	struct span open[SPANS_DEPTH];
	size_t nopen;
	uint64_t last_us;
	struct event *sent[SPANS_SENT_MAX]; /* owned, the oldest first */
	size_t nsent;
	struct spans_wait waits[SPANS_WAITS_MAX]; /* of the statement that runs, the oldest first */
	size_t nwaits;
	bool waits_now; /* the last of them has not ended */
};

struct spans {
	const struct spans_ops *ops;
	void *arg;
	struct spans_track *tracks[SPANS_TRACKS_MAX]; /* owned */
	size_t ntracks;
	uint64_t ids, last_us, crowded; /* crowded: events of sessions beyond the last track */
};

/* The track of a session's event; NULL where there are too many. */
struct spans_track *spans_track(struct spans *spans, const struct event *event);
struct spans_track *spans_track_of_holder(struct spans *spans, const struct event *event);
size_t spans_number(const struct spans *spans, const struct spans_track *track);
const struct span *spans_innermost(const struct spans_track *track); /* NULL: none is open */
bool spans_is_open(const struct spans_track *track, enum span_kind kind);

void spans_begin(struct spans *spans, struct spans_track *track, enum span_kind kind, uint64_t at_us,
		 const struct event *event);
void spans_end(struct spans *spans, struct spans_track *track, uint64_t at_us, const struct event *event);
/* All that are open down to the innermost of that kind, which is one of them, or nothing. */
void spans_end_kind(struct spans *spans, struct spans_track *track, enum span_kind kind, uint64_t at_us,
		    const struct event *event);

/* ---- spans_statement.c ---- */

void spans_sent(struct spans_track *track, const struct event *event);
void spans_blocked(struct spans_track *track, const struct event *event);
void spans_answered(struct spans *spans, struct spans_track *track, const struct event *event);
void spans_cut(struct spans *spans, struct spans_track *track, uint64_t at_us); /* all that is open or waits */

#endif
