/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace: the events written to a file as they happen, one JSON object a line behind a header. */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/loop.h"
#include "event/ring.h"
#include "trace/state.h"

struct trace_option {
	const char *name, *value;
};

/* What the header says. All borrowed for the time of the call; no secret among them. */
struct trace_about {
	const char *teller;            /* its version */
	const char *product, *version; /* of the server; "" where none is connected */
	const struct trace_option *options;
	size_t noptions;
};

struct trace;

struct trace_ops {
	/* Called once the ring has a connection, or one that failed. Calls say(with, ...) once. */
	void (*about)(void *arg, void (*say)(void *with, const struct trace_about *about), void *with);
	/* Called when the events of a turn were written: says each state as it is now by trace_state(). May be NULL. */
	void (*states)(void *arg, struct trace *trace);
	/* It cannot be written any more, and is over: what it has is whole. May free it. */
	void (*failed)(void *arg, const struct err *err);
	void *arg;
};

/*
 * Writes all that the ring holds, and then each event within 10 ms after it happened, and in any case before something
 * is said of it: those of that time are written together. Without `values`, parameters, rows, details of errors, what a holder holds and the sentences that
 * name them are left out. NULL with a
 * sentence where the file cannot be written; what was in it is gone.
 */
struct trace *trace_new(struct loop *loop, const struct ring *ring, const char *path, bool values,
			const struct trace_ops *ops, struct err *err);
/* The members of the state's object, `"source":"104","txn":3`, without values where the trace has none; written where
 * they are other than before. They are empty afterwards. */
void trace_state(struct trace *trace, enum trace_state state, struct buf *members);
/* Its line that was written last begins with these members: nothing has changed where those always change, too. */
bool trace_state_begins(const struct trace *trace, enum trace_state state, const struct buf *members);
bool trace_values(const struct trace *trace); /* parameters and rows may be written */
void trace_now(struct trace *trace); /* writes what has happened so far, without waiting for the end of the turn */
/* The same, and the header in any case, before trace_free(). */
void trace_end(struct trace *trace);
const char *trace_path(const struct trace *trace);
uint64_t trace_events(const struct trace *trace); /* written so far */
uint64_t trace_bytes(const struct trace *trace);
void trace_free(struct trace *trace); /* NULL is fine; writes nothing more */

#endif
