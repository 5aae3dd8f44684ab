/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace as a sequence diagram: lanes, rows from top to bottom, bands and waits over them. */
#ifndef TRACE_DIAGRAM_INTERNAL_H
#define TRACE_DIAGRAM_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "export_internal.h"

enum {
	DIAGRAM_LANES_MAX = 12, /* with the server's */
	DIAGRAM_ROWS_MAX = 400,
	DIAGRAM_TEXT_MAX = 600, /* columns of a statement; what is longer ends in "..." */
	DIAGRAM_ANSWER_MAX = 200,
	DIAGRAM_NAME_MAX = 24,
};

enum diagram_kind {
	DIAGRAM_EXCHANGE, /* a statement and its answer, with nothing of another session between them */
	DIAGRAM_SENT,     /* a statement whose answer comes in a later row, or never */
	DIAGRAM_ANSWER,   /* that answer */
	DIAGRAM_TXN,      /* a transaction begins, and with it its first attempt */
	DIAGRAM_ATTEMPT,  /* another attempt begins */
	DIAGRAM_WAIT,     /* whom a statement waits for, or that it waits no more */
	DIAGRAM_BACKOFF,
	DIAGRAM_FACT, /* of a session: connected, lost, a notice, a lever, settling */
	DIAGRAM_ROWS, /* what the rows on the server are; in its lane */
	DIAGRAM_OUTCOME,
	DIAGRAM_GONE, /* went into another row: not drawn */
};

/* What a row means, and so its colour. */
enum diagram_tone { DIAGRAM_PLAIN, DIAGRAM_GOOD, DIAGRAM_BAD, DIAGRAM_WAITING, DIAGRAM_FAINT };

/* All texts are harmless, of one line, owned and never NULL: "" where there is none. */
struct diagram_row {
	enum diagram_kind kind;
	enum diagram_tone tone;
	size_t lane;
	uint64_t number, at_us; /* of its event: in the trace, and since the first row */
	uint32_t txn;
	unsigned attempt, statement;
	bool answered;     /* of a statement: in a later row */
	unsigned together; /* statements that are in this row: those that were not run are one row */
	char *who;         /* "T2.1", "A" */
	char *what;        /* the statement with its parameters, or the fact in words */
	char *answer;      /* "1250", "40001 serialization failure", "COMMITTED" */
	char *detail;      /* the message of an error, with what the server said beside it */
	char *ms;          /* how long it took */
	char *mark;        /* "durable from here" */
};

struct diagram_lane {
	char *name;           /* "transfer", "A" */
	enum session session; /* SESSION_NONE: the server's rows */
	uint32_t txn;         /* that it runs; 0: none */
};

/* Rows of one lane that belong together, both ends included. */
struct diagram_span {
	size_t lane, from, to;
	enum diagram_tone tone;
	unsigned attempt;
};

struct diagram {
	char *title, *about; /* "transfer from 104 to 107"; "teller 0.1.0, PostgreSQL 15.4, 2026-11-29 10:41:07 UTC" */
	struct diagram_lane lanes[DIAGRAM_LANES_MAX]; /* the first is the server's */
	size_t nlanes;
	size_t order[DIAGRAM_LANES_MAX]; /* the lanes from left to right: sessions, the server's rows among them */
	struct diagram_row *rows;
	size_t nrows;
	struct diagram_span *bands, *waits; /* attempts; waiting */
	size_t nbands, nwaits;
	char **left_out; /* sentences, harmless, without a full stop */
	size_t nleft_out;
};

/* Reads what is chosen. An error where that has nothing to draw. */
MUST_CHECK enum status diagram_read(struct diagram *diagram, struct export *export, struct err *err);
void diagram_free(struct diagram *diagram);

/* ---- for who reads ---- */

/* diagram.c */
void diagram_set(char **text, const char *raw, size_t columns); /* harmless on one line, and cut */
void diagram_leave_out(struct diagram *diagram, const char *fmt, ...) PRINTF_LIKE(2, 3);
size_t diagram_lane(struct diagram *diagram, const struct event *event); /* SIZE_MAX: there are too many */
struct diagram_row *diagram_add(struct diagram *diagram, const struct diagram_row *row);
void diagram_add_span(struct diagram_span **spans, size_t *n, const struct diagram_span *span);
void diagram_put_in_order(struct diagram *diagram);

/* diagram_select.c: what of a trace is drawn. */
struct diagram_selection {
	const struct export *export;
	bool lesson;    /* there are steps of a lesson: they alone are drawn */
	bool plain;     /* there is no transaction and no step of a lesson: all statements are drawn */
	unsigned lost;  /* bits of the sessions whose loss was drawn: so is that they are back */
	uint64_t aside; /* statements that are not drawn */
};
void diagram_select_begin(struct diagram_selection *selection, struct export *export);
bool diagram_selects(struct diagram_selection *selection, const struct event *event);

/* What is known of a lane while its events are read. */
#define DIAGRAM_NONE SIZE_MAX
struct diagram_lane_state {
	size_t band; /* of the attempt that runs */
	size_t wait; /* that has not ended */
	bool durable, settled;
	unsigned begun; /* transactions, of a lesson's lane */
};

/* diagram_probe.c: sessions of a lesson, and whom they wait for. */
struct diagram_probed {
	enum session session;
	long pid;
	char *name, *waits; /* "A"; "waits for B", as it was drawn last, ... */
	size_t from;        /* ... of the statement in this row */
};

struct diagram_probe {
	struct diagram_probed sessions[DIAGRAM_LANES_MAX];
	size_t n;
};

/* diagram_read.c: a trace while it is read */
struct diagram_reader {
	struct diagram *diagram;
	struct diagram_selection selection;
	struct diagram_lane_state lanes[DIAGRAM_LANES_MAX];
	struct diagram_probe probe;
	uint64_t begin_us;
	bool begun;
	uint64_t more, more_from; /* events beyond the last row that there is room for */
	uint64_t crowded;         /* events of sessions beyond the last lane */
	uint64_t gone, ntxns;
	unsigned step;           /* of a lesson */
	char *lesson;            /* the title of the first that is drawn; NULL */
	bool lessons;            /* there are others */
	char *first, *last_rows; /* what the first transaction is for; the rows on the server that were drawn last */
};

/* diagram_span.c. Rows are numbered from 0. */
struct diagram_row *diagram_row_at(struct diagram_reader *reader, size_t row);
size_t diagram_put(struct diagram_reader *reader, enum diagram_kind kind, size_t lane, const struct event *event);
void diagram_begin_band(struct diagram_reader *reader, size_t lane, size_t row, unsigned attempt);
void diagram_end_band(struct diagram_reader *reader, size_t lane, enum diagram_tone tone);
void diagram_begin_wait(struct diagram_reader *reader, size_t lane, size_t row); /* nothing where one has begun */
void diagram_end_wait(struct diagram_reader *reader, size_t lane, size_t row);
size_t diagram_waiting(const struct diagram_reader *reader, size_t lane); /* the first statement without an answer */

/* diagram_statement.c */
void diagram_sent(struct diagram_reader *reader, size_t lane, const struct event *event);
void diagram_result(struct diagram_reader *reader, size_t lane, const struct event *event);

/* diagram_probe.c: learns from an event, whether it is drawn or not, and draws a wait. */
void diagram_probe(struct diagram_reader *reader, const struct event *event);
void diagram_probe_free(struct diagram_probe *probe);

/* diagram_say.c: its title, where it is from, and what is left out. */
void diagram_say(struct diagram_reader *reader, const struct trace_file *file);

#endif
