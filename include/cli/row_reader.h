/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One command that reads rows: a page at a time, so that a list of any length takes the memory of one page. */
#ifndef CLI_ROW_READER_H
#define CLI_ROW_READER_H

#include "app/app_private.h"
#include "app/browse.h"
#include "cli/output.h"

enum { READING_ROWS = 500 }; /* of a page */

struct reading {
	struct job job; /* of reading_begin() */
	struct run *run;
	struct db *db;
	const char *what;      /* the name of what is read, for errors; borrowed */
	struct output *output; /* NULL: the answer is said, not written */
	unsigned long long left;
	char *after; /* first cell of the last row that was written; NULL: from the start */
	size_t got;  /* rows of the newest answer */
	bool by_id;  /* an id that its type does not take is no account's, rather than an error */
	struct buf said;
	struct err err;

	/* list and count: which accounts, owned; list: how many rows the page under way still wants, and the account
	 * it ended with. */
	struct query *query;
	unsigned long long page;
	char *place_id, *place_key;
	struct timer *clock; /* count: says now and then that it goes on */
	uint64_t since_us;

	bool (*more)(struct reading *reading); /* sends the next statement; false: there is nothing left to do */
	/* May be NULL, which is: written to `output`, or said. Takes the rows of an answer, or sets err. */
	void (*take)(struct reading *reading, const struct rows *rows);
	void (*then)(struct run *run); /* may be NULL; in place of the end of a run where all went well */
};

struct db *reading_session(const struct app *app);
unsigned reading_uses(const struct app *app); /* what a job on it uses */
/* NULL where no session is free: the run has ended then. `more` is called when an answer is complete. */
struct reading *reading_begin(struct run *run, bool (*more)(struct reading *reading));
bool reading_no_more(struct reading *reading);
void reading_send(struct reading *reading, const struct statement *statements, size_t n);
void reading_ask(struct reading *reading, enum catalogue_sql which, const char *const *params, unsigned nparams);

/* The query of --where and --sort, or else what was chosen by filter and sort; owned. NULL with a sentence. */
struct query *reading_query(const struct run *run, struct err *err);

/* Rows of the accounts table, and of the ledger, as data on standard output. */
struct output *list_output(const struct run *run, FILE *to, enum output_format format);
struct output *ledger_output(const struct run *run, enum output_format format);

#endif
