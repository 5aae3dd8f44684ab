/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window on the accounts in the order of a query: keyset pages fetched ahead around a selected row. */
#ifndef BANK_PAGES_H
#define BANK_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bank/catalogue.h"
#include "bank/query.h"
#include "db/db.h"

/* Raw bytes of the server: text_escape() before showing. Borrowed until the next change. */
struct account {
	const char *id;
	const char *balance;      /* NULL: SQL NULL */
	const char *const *extra; /* [catalogue->nextra], each may be NULL */
};

/* It holds the text, as query_seek() has it. */
bool account_holds(const struct catalogue *catalogue, const struct account *account, const char *text);

struct pages;

/* `changed` is called from the loop whenever rows or state changed because of an answer. Browses over `db`, which
 * the pages have for themselves. The catalogue must outlive them. */
typedef void pages_changed_fn(void *arg);
struct pages *pages_new(struct db *db, const struct catalogue *catalogue, pages_changed_fn *changed, void *arg);
void pages_free(struct pages *pages);

/* A window as it was recorded. `rows` are borrowed for the call, and PAGES_RECORDED of them at most; `query` is taken. */
enum { PAGES_RECORDED = 200 };
struct pages_record {
	const struct rows *rows; /* as a page has them; NULL: none */
	struct query *query;
	size_t selected;
	bool at_start, at_end, exact;
	int64_t estimate;
	uint64_t read_at;
};
struct pages *pages_recorded(const struct catalogue *catalogue, const struct pages_record *record);
void pages_select(struct pages *pages, const char *id); /* that row of the window; where it is not there, none other */

/* All of these return at once; what is not in the window is fetched, and the selection moves on when it is there.
 * Fetches go ahead of the selection, so holding a key rarely waits. Requests made while one is under way are joined,
 * the latest wins. */
void pages_first(struct pages *pages);
void pages_last(struct pages *pages);
void pages_move(struct pages *pages, long rows);      /* negative: up */
void pages_jump(struct pages *pages, const char *id); /* to that id, or the next larger one, else the last */
/* To the first id that begins so, else the next larger one; ST_USAGE where no id can. */
MUST_CHECK enum status pages_search(struct pages *pages, const char *beginning, struct err *err);

/* To the next account that holds the text (query_seek()), the selected one among them, or behind or before it; on at the
 * first or the last one where there is none. Whatever else is asked for meanwhile ends it, but for a refresh. */
enum seek { SEEK_FROM, SEEK_NEXT, SEEK_PREVIOUS };
void pages_seek(struct pages *pages, const char *text, enum seek seek);
enum sought {
	SOUGHT_NOTHING, /* not asked for, or ended by something else */
	SOUGHT_RUNS,
	SOUGHT_FOUND,
	SOUGHT_AROUND, /* found, on the other side of the selected one */
	SOUGHT_NONE,
	SOUGHT_FAILED, /* or cancelled */
};
enum sought pages_sought(const struct pages *pages);
/* The same from that account on, or from the selected one where it is not in the window, which alone is looked at. */
bool pages_seek_here(struct pages *pages, const char *text, const char *from);
uint64_t pages_sought_since(const struct pages *pages);    /* while it runs, clock_us() at which it began */
const char *pages_sought_error(const struct pages *pages); /* where it failed; a sentence */
void pages_sought_done(struct pages *pages);               /* it was told: SOUGHT_NOTHING from here on */

void pages_refresh(struct pages *pages); /* reads the window again, keeps the selection */

/*
 * Looks at other accounts, or in another order; takes the query, at first it is all of them by id. Begins with the
 * first one, or stays around the selected one. What was asked for before is cancelled. Where the first read fails,
 * nothing is left in the window.
 */
void pages_look(struct pages *pages, struct query *query, bool stay);
const struct query *pages_query(const struct pages *pages); /* borrowed until the next one */
void pages_cancel(struct pages *pages);                     /* the read under way, which then fails */

size_t pages_count(const struct pages *pages); /* rows in the window; 0 before the first answer or when empty */
bool pages_loading(const struct pages *pages); /* an answer is awaited */
bool pages_loaded(const struct pages *pages);  /* there was an answer */
struct account pages_row(const struct pages *pages, size_t i); /* i < count */
size_t pages_selected(const struct pages *pages);              /* index of the selected row; 0 when empty */
bool pages_at_start(const struct pages *pages); /* the window's first row is the table's, as far as known */
bool pages_at_end(const struct pages *pages);
long pages_find(const struct pages *pages, const char *id); /* index in the window, or -1 */
int64_t pages_estimate(const struct pages *pages);          /* about how many accounts the query has, -1 unknown */
bool pages_counted(const struct pages *pages);              /* so many, in fact: they were counted */
uint64_t pages_read_at(const struct pages *pages);          /* wall time of the newest answer, us; 0: never */
const char *pages_error(const struct pages *pages); /* sentence of the last failed read, NULL where it went well */

#endif
