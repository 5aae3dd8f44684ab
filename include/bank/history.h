/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window on the ledger, the newest transfer first: pages fetched ahead around a selected one. */
#ifndef BANK_HISTORY_H
#define BANK_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bank/catalogue.h"
#include "db/conninfo.h"
#include "event/ring.h"

/* Raw text of the server, to be made harmless before it is shown. NULL is SQL NULL. */
struct entry {
	const char *cells[LEDGER_COLUMNS];
};

struct history;

/*
 * Reads over a session of its own, connected to `info` (borrowed) at once. Only transfers that account `of` took part
 * in; NULL: all. The catalogue must have a ledger; nothing of it is kept. `changed` is called from the loop whenever
 * there is something else to see.
 */
typedef void history_changed_fn(void *arg);
struct history *history_new(struct loop *loop, struct ring *ring, const struct conninfo *info,
			    const struct catalogue *catalogue, const char *of, history_changed_fn *changed, void *arg);
void history_free(struct history *history);

/* The same as it was recorded, all of it borrowed for the call, and HISTORY_RECORDED rows at most; nothing is read. */
enum { HISTORY_RECORDED = 200 };
struct history_record {
	const struct rows *rows; /* as a page has them */
	const char *of, *error;  /* NULL: all accounts; all went well */
	bool loaded, whole;
	uint64_t read_at;
};
struct history *history_recorded(const struct history_record *record);
void history_select(struct history *history, const char *id); /* where that is not in the window, no other one */

/* All of these return at once, as those of the pages (bank/pages.h). */
void history_first(struct history *history); /* to the newest */
void history_last(struct history *history);
void history_move(struct history *history, long rows);
void history_refresh(
	struct history *
		history); /* reads the newest, and connects again where that was lost; the selection is kept if it is there */

size_t history_count(const struct history *history);
struct entry history_row(const struct history *history, size_t i); /* i < count; borrowed until the next change */
size_t history_selected(const struct history *history);
bool history_loaded(const struct history *history);        /* there was an answer */
bool history_whole(const struct history *history);         /* all there is is in the window */
struct db *history_session(const struct history *history); /* borrowed */
const char *history_of(const struct history *history);     /* borrowed; NULL: all accounts */
const char *history_error(const struct history *history);  /* NULL where all went well */
uint64_t history_read_at(const struct history *history);   /* wall time of the newest answer, us; 0: never */

#endif
