/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events as text: short words for a line, a sentence, and the full text. */
#ifndef EVENT_SHOW_H
#define EVENT_SHOW_H

#include "base/buf.h"
#include "event/event.h"

const char *show_session(enum session session);  /* "browse", "transfer", "rival", "lab" */
char show_session_label(enum session session);   /* 'B', 'T', 'R', 'L', '-' */
const char *show_outcome(enum outcome outcome);  /* "COMMITTED", "GAVE UP", "UNKNOWN" ... */
const char *show_reason(const char sqlstate[6]); /* "serialization failure"; NULL for a code without a short name */

/* The columns of a log line, each appended to its buffer as harmless text without padding.
 * who:    "T1.2" session label, transaction number, attempt; "B" outside a transaction; a lane's name
 * what:   the statement with its parameters put in for reading, or the fact in words
 * result: "1 row", "1250", "COMMIT", "40001 serialization failure", "wait 23 ms", "COMMITTED"
 * ms:     the duration, "0.42" in milliseconds, or "" */
struct show_line {
	struct buf who, what, result, ms;
	/* ' ' ok, 'x' error, '~' wait, '*' durable from here, '<' rollback, '!' lever, '.' sent and not answered */
	char sign;
};
void show_line(struct show_line *line, const struct event *event);
void show_line_free(struct show_line *line);
/* The answer came with the one before it: the time of their round trip stands there. */
bool show_came_along(const struct event *event);

/* The statement with its parameters put in the place of $1, $2 ... for reading, on one line, harmless; never to be
 * run. */
void show_statement(struct buf *out, const char *sql, const char *params);

/* The statement alone, on one line, harmless: without the blanks around it and the semicolon behind it. */
void show_sql(struct buf *out, const char *sql);

/* Whom the statement of an EVENT_BLOCKED waits for: "psql, pid 4711, ada: idle in transaction 5 s, holds account 104";
 * harmless. `later_us`: so long after the event. */
void show_holder(struct buf *out, const struct event *event, uint64_t later_us);

/* Values as an event has them, raw: "$1 = 104, $2 = 625"; a NULL pointer is NULL. */
void show_params(struct buf *out, const char *const *values, unsigned n);

/* "  <- durable from here", or "  <- committed from here" where that is all that can be said; "" for other events.
 * Static. */
const char *show_mark(const struct event *event);

/* One line for plain mode and --echo: time, who, what, result, ms. No newline. */
void show_plain(struct buf *out, const struct event *event);

/* Everything about the event, several lines, each ended by a newline; for the full-text view. */
void show_full(struct buf *out, const struct event *event);

#endif
