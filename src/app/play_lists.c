/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a recording has beside the accounts and the transfer, made from what was written of it: ledger, sessions, load. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "load/seen.h"
#include "play_internal.h"
#include "watch/list.h"

/* A row without an id is none, and ends them. */
static void lists_take_entries(struct rows *rows, const char **cells, uint32_t *lengths,
			       const struct json_object *ledger)
{
	size_t n = json_object_length(ledger, "cells"), most = (size_t)HISTORY_RECORDED * LEDGER_COLUMNS;
	*rows = (struct rows){.ncols = LEDGER_COLUMNS, .cells = cells, .lengths = lengths};
	n = n < most ? n / LEDGER_COLUMNS * LEDGER_COLUMNS : most;
	for (size_t i = 0; i < n; i++) {
		cells[i] = json_object_item(ledger, "cells", i);
		lengths[i] = cells[i] ? (uint32_t)strlen(cells[i]) : 0;
		if (i % LEDGER_COLUMNS == LEDGER_ID && !cells[i])
			break;
		rows->nrows += i % LEDGER_COLUMNS == LEDGER_COLUMNS - 1;
	}
}

void play_take_ledger(struct app *app, const struct json_object *ledger)
{
	const char *cells[HISTORY_RECORDED * LEDGER_COLUMNS];
	uint32_t lengths[HISTORY_RECORDED * LEDGER_COLUMNS];
	struct rows rows;
	app->play->taken[TRACE_STATE_ENTRY] = PLAY_ANEW; /* which of them is selected */
	history_free(app->history);
	app->history = NULL;
	if (!ledger)
		return;
	lists_take_entries(&rows, cells, lengths, ledger);
	int64_t read_us = json_object_number(ledger, "read_us", 0);
	struct history_record record = {
		.rows = &rows,
		.of = json_object_text(ledger, "of"),
		.error = json_object_text(ledger, "error"),
		.loaded = json_object_true(ledger, "loaded"),
		.whole = json_object_true(ledger, "whole"),
		.read_at = read_us > 0 ? (uint64_t)read_us : 0,
	};
	app->history = history_recorded(&record);
}

void play_take_entry(struct app *app, const struct json_object *entry)
{
	const char *id = entry ? json_object_text(entry, "id") : NULL;
	if (app->history && id)
		history_select(app->history, id);
}

void play_take_sessions(struct app *app, const struct json_object *sessions)
{
	session_list_free(app->sessions);
	app->sessions = sessions ? session_list_recorded(sessions) : NULL;
}

void play_take_load(struct app *app, const struct json_object *load)
{
	load_seen_free(app->load_seen);
	app->load_seen = load ? load_seen_recorded(load) : NULL;
}
