/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pages from inside: what is wanted, what is being read. */
#ifndef BANK_PAGING_H
#define BANK_PAGING_H

#include "bank/pages.h"
#include "window.h"

/*
 * One round trip at a time. AFTER and BEFORE add a page at an edge of the window; FIRST, LAST and JUMP put a new
 * window in its place; REFRESH reads again around the selected row. GOTO and SEARCH find the account to jump to, by
 * its id or the beginning of it, and SEEK the next one that holds a text; the jump follows. What is asked for while another read is under way waits in
 * `wanted`, where the latest wins; a movement that meets an edge, or a window that is about to be replaced, waits in
 * `debt`. COUNT, how many there are, comes when nothing else is to be read: about, unless the table is so small that
 * they are counted at once.
 */
enum read {
	READ_NONE,
	READ_AFTER,
	READ_BEFORE,
	READ_REFRESH,
	READ_FIRST,
	READ_LAST,
	READ_JUMP,
	READ_GOTO,
	READ_SEARCH,
	READ_SEEK,
	READ_COUNT,
};

/* What a read is about: a place in the order, or in `id` what was typed. Both owned. */
struct target {
	char *id, *key;
	char *text;        /* of SEEK, owned */
	bool back, around; /* against the order; from the other end on, where nothing was found up to this one */
	bool from;         /* the place itself may be it */
};

struct pages {
	struct db *db;
	const struct catalogue *catalogue;
	struct query *query; /* owned */
	struct window window;
	enum read wanted, reading;
	struct target wanted_target, reading_target;
	long debt;
	bool stalled; /* a read failed: nothing is fetched ahead until the next request */
	bool loaded;
	bool changed_query; /* nothing was read yet of the query */
	bool stale;         /* the read under way is of the query before */
	bool count_due;
	int64_t estimate;    /* about how many rows, -1 unknown */
	bool exact;          /* so many, in fact */
	int64_t all;         /* about how many there are without a filter */
	struct rows *got[4]; /* pages in up to two parts: before, and from or after */
	size_t before;       /* so many of the statements under way are of the page before */
	struct target found; /* by GOTO, SEARCH or SEEK */
	enum sought sought;
	uint64_t sought_since;
	struct err sought_error;
	struct err failed; /* of the read under way */
	struct err error;  /* of the last one */
	uint64_t read_at;
	pages_changed_fn *changed;
	void *arg;

	/* Freed while an answer is due: an empty shell waits for it, and wakes who reads over the connection since. */
	bool dead;
	struct pages *next_shell, *successor;
};

struct target target_copy(const char *id, const char *key);
void target_free(struct target *target);

/* Of an account that was read by this query, what the query sorts by; NULL for SQL NULL, and where it was not read. */
const char *paging_key(const struct pages *pages, const struct account *account);
/* There is a connection, and it is free: a recorded window has none. */
bool paging_idle(const struct pages *pages);

/* True for the reads that put a new window in place of the old. */
bool paging_replaces(enum read read);

/* Nobody waits for what is sought any more. */
void paging_end_seek(struct pages *pages);

/* Reads what comes next, if the connection is free: what was asked for, or what will soon be needed. */
void paging_next(struct pages *pages);

/* Ends what was begun by pages that are freed now: makes them a shell where an answer is due, else frees the memory. */
void paging_end(struct pages *pages);

/* New pages: an answer that is due to older ones on this connection wakes them. */
void paging_begin(struct pages *pages);

#endif
