/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which accounts are looked at and in which order, and the statements that read them a page at a time. */
#ifndef BANK_QUERY_H
#define BANK_QUERY_H

#include "bank/catalogue.h"
#include "bank/filter.h"

/* By which column of catalogue->columns; from SORT_EXTRA on the further ones. */
enum sort_by { SORT_ID = ACCOUNT_ID, SORT_BALANCE = ACCOUNT_BALANCE, SORT_EXTRA = ACCOUNT_EXTRA };

struct sort {
	unsigned by;
	bool descending;
};

/* `as_of` (NULL for now) is how old what is read may be, where the server can read the past: see query_as_of(). */
struct query;
struct query *query_new(const struct catalogue *catalogue, const struct dialect *dialect, struct sort sort,
			struct filter *filter, const char *as_of); /* takes the filter, which may be NULL */
void query_free(struct query *query);

bool query_is_past(const struct query *query); /* what is read is as old as it was asked for */
struct sort query_sort(const struct query *query);
const struct filter *query_filter(const struct query *query); /* borrowed; NULL for all accounts */

/* "id", "balance desc", a column as it is called, in double quotes or not: ST_USAGE with a sentence for anything else. */
MUST_CHECK enum status sort_parse(const struct catalogue *catalogue, const char *words, struct sort *sort,
				  struct err *err);
void sort_show(struct buf *out, const struct catalogue *catalogue, struct sort sort);

/* The same order of the table as it is in another catalogue; by id where the column is not there any more. `from` may be NULL. */
struct sort sort_moved(const struct catalogue *from, const struct catalogue *to, struct sort sort);

/* True where reading in this order reads and sorts all accounts, each time, because no index helps. */
bool sort_is_slow(const struct catalogue *catalogue, struct sort sort);
char *sort_index(const struct catalogue *catalogue, struct sort sort); /* the SQL that makes one; NULL: none helps */

/* "follower", "-10s", "off": the expression behind AS OF SYSTEM TIME, owned, NULL for off. ST_USAGE for anything
 * else. */
MUST_CHECK enum status query_as_of(const char *word, char **as_of, struct err *err);

/* ---- statements ---- */

/* A place in the order: the id of an account, and query_key() as it was read. NULL keys have their place too. */
struct spot {
	const char *id, *key;
};

enum way { WAY_AFTER, WAY_BEFORE, WAY_FROM };

enum { ASK_MAX = 24, QUERY_PARAMS_MAX = FILTER_PARAMS_MAX + BANK_KEYS_MAX + 4 };

/* Statements to be sent at once, and where their texts live meanwhile. Zero-initialise, fill with one of the
 * functions below, free. */
struct ask {
	struct statement statements[ASK_MAX];
	size_t n;
	char *texts[ASK_MAX]; /* owned */
	const char *params[ASK_MAX][QUERY_PARAMS_MAX];
	char limit[24];
	char bounds[ASK_MAX][2][40]; /* parameters that were made here */
};
void ask_free(struct ask *ask);

/*
 * The `limit` accounts after or before a place, or from it on; with a NULL place from the beginning, or before the
 * end. In the order of the query, or against it for WAY_BEFORE. Accounts without a balance stand where the server's
 * indexes have them, and may need a statement of their own: the page is the rows of all statements, one after
 * another, cut at the limit. Columns as in catalogue.h.
 */
void query_page(struct ask *ask, const struct query *query, enum way way, const struct spot *place,
		unsigned long long limit);

/*
 * The first account after or before a place, or from it on, that holds a text: another column than id and balance has
 * it, in capitals or not; or its id begins with it, or is a text that has it. Statements as for a page, the first one
 * that has a row has it. Without an index that could help all accounts up to that one are read.
 */
void query_seek(struct ask *ask, const struct query *query, enum way way, const struct spot *place, const char *text);

/* What the query sorts by, in a row of any answer to the statements below; borrowed, NULL for SQL NULL. */
const char *query_key(const struct query *query, const struct rows *rows, size_t row);

/* The account with that id, whatever the filter says: its place. */
void query_place(struct ask *ask, const struct query *query, const char *id);

/* The place of the account to go to; the first statement that has a row has it. By id: that one, or the next
 * larger. By its beginning: an id that begins with it, else the next larger. ST_USAGE where no id can begin so. */
void query_goto(struct ask *ask, const struct query *query, const char *id);
MUST_CHECK enum status query_search(struct ask *ask, const struct query *query, const char *beginning, struct err *err);

void query_count(struct ask *ask, const struct query *query);
/* About how many, of a table or of what a filter leaves; nothing to send (n is 0) where the server cannot tell. query_estimated() reads the answer, -1
 * unknown. */
void query_estimate(struct ask *ask, const struct query *query);
bool query_estimates(const struct query *query); /* the server can tell */
int64_t query_estimated(const struct rows *rows);

#endif
