/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a screen shows beside the events, written into the trace of this run each time that it changes. */
#include <stdint.h>

#include "app/app_private.h"
#include "app/shown.h"
#include "lab/player.h"
#include "load/seen.h"
#include "trace/members.h"
#include "trace_states.h"
#include "txn/choices.h"
#include "watch/list.h"

enum {
	STATES_TEXT = 1000, /* bytes of an id, or of a sentence */
	STATES_BLOCK = 60,  /* rows; three times as many are written: PAGES_RECORDED at most */
};

static void states_run(struct trace *trace, const struct app *app)
{
	struct shown_terms terms = shown_terms(app);
	struct buf out = {0}, armed = {0};
	app_armed(&armed, app);
	members_text(&out, "word", app_txn_word(app), STATES_TEXT);
	if (armed.len)
		members_text(&out, "armed", buf_text(&armed), STATES_TEXT);
	members_true(&out, "rival_armed", shown_rival_armed(app));
	members_true(&out, "rival_busy", shown_rival_busy(app));
	members_text(&out, "next", trace_values(trace) ? app->step.next : NULL, STATES_TEXT);
	members_text(&out, "isolation", terms.isolation, STATES_TEXT);
	members_text(&out, "protocol", terms.protocol, STATES_TEXT);
	members_text(&out, "wire", txn_wire_name(terms.options.wire), STATES_TEXT);
	members_true(&out, "locks", terms.locks);
	members_number(&out, "max_attempts", terms.options.max_attempts);
	members_number(&out, "max_elapsed_ms", terms.options.max_elapsed_ms);
	members_number(&out, "backoff_base_ms", terms.options.backoff_base_ms);
	members_number(&out, "backoff_cap_ms", terms.options.backoff_cap_ms);
	trace_state(trace, TRACE_STATE_RUN, &out);
	buf_free(&out);
	buf_free(&armed);
}

static void states_add_amounts(struct buf *out, const struct shown_transfer *transfer)
{
	const struct transfer_facts *facts = &transfer->facts;
	members_text(out, "source", transfer->source, STATES_TEXT);
	members_text(out, "destination", transfer->destination, STATES_TEXT);
	members_text(out, "reason", transfer->reason[0] ? transfer->reason : NULL, STATES_TEXT);
	members_number(out, "scale", transfer->scale);
	if (!facts->decided)
		return;
	members_signed(out, "amount", facts->amount);
	members_signed(out, "source_before", facts->source_before);
	members_signed(out, "source_after", facts->source_after);
	members_signed(out, "destination_before", facts->destination_before);
	members_signed(out, "destination_after", facts->destination_after);
}

static void states_transfer(struct trace *trace, const struct app *app)
{
	struct shown_transfer transfer = shown_transfer(app);
	struct buf out = {0};
	if (transfer.there) {
		members_number(&out, "txn", transfer.txn);
		members_outcome(&out, "outcome", transfer.outcome);
		members_true(&out, "decided", transfer.facts.decided);
		members_true(&out, "again", transfer.facts.again);
		members_true(&out, "recorded", transfer.facts.recorded);
		members_true(&out, "bare", !trace_values(trace));
		if (trace_values(trace))
			states_add_amounts(&out, &transfer);
	}
	trace_state(trace, TRACE_STATE_TRANSFER, &out);
	buf_free(&out);
}

static void states_counters(struct trace *trace, const struct app *app)
{
	struct txn_counters counters = *shown_counters(app);
	struct buf out = {0};
	for (size_t i = 0; txn_counter_name(i); i++)
		members_number(&out, txn_counter_name(i), *txn_counter_at(&counters, i));
	trace_state(trace, TRACE_STATE_COUNTERS, &out);
	buf_free(&out);
}

/* ---- the accounts ---- */

/* As many as a screen may show around the selected one, the same ones while that moves by a little. */
static void states_add_rows(struct buf *out, const struct app *app, size_t from, size_t to)
{
	members_list(out, "cells");
	for (size_t i = from; i < to; i++) {
		struct account row = pages_row(app->pages, i);
		members_item(out, row.id);
		members_item(out, row.balance);
		for (size_t x = 0; x < app->catalogue->nextra; x++)
			members_item(out, row.extra[x]);
	}
	members_list_end(out);
}

static void states_add_table(struct buf *out, const struct app *app)
{
	const struct catalogue *catalogue = app->catalogue;
	members_text(out, "table", catalogue->name, STATES_TEXT);
	members_text(out, "id_type", catalogue->id_type, STATES_TEXT);
	members_true(out, "numbers", catalogue->id_is_number);
	members_text(out, "balance_type", catalogue->balance_type, STATES_TEXT);
	members_number(out, "scale", catalogue->balance_scale);
	members_list(out, "columns");
	members_item(out, catalogue->id_name);
	members_item(out, catalogue->balance_name);
	for (size_t x = 0; x < catalogue->nextra; x++)
		members_item(out, catalogue->extra[x]);
	members_list_end(out);
}

static void states_add_order(struct buf *out, const struct app *app)
{
	struct sort sort = query_sort(pages_query(app->pages));
	members_text(out, "filter", app->filter, STATES_TEXT);
	members_true(out, "by_balance", sort.by == SORT_BALANCE);
	members_true(out, "descending", sort.descending);
	members_number(out, "read_us", pages_read_at(app->pages));
}

static void states_accounts(struct trace *trace, const struct app *app)
{
	const struct pages *pages = app->pages;
	struct buf out = {0};
	if (!pages || !app->catalogue || !pages_loaded(pages))
		return;
	size_t count = pages_count(pages), block = pages_selected(pages) / STATES_BLOCK * STATES_BLOCK;
	size_t from = block > STATES_BLOCK ? block - STATES_BLOCK : 0, to = block + 2 * STATES_BLOCK;
	to = to < count ? to : count;
	bool whole = pages_at_start(pages) && pages_at_end(pages);
	states_add_table(&out, app);
	states_add_order(&out, app);
	members_true(&out, "all", whole && from == 0 && to == count);
	members_true(&out, "exact", whole || pages_counted(pages));
	members_signed(&out, "estimate", whole ? (int64_t)count : pages_estimate(pages));
	states_add_rows(&out, app, from, to);
	trace_state(trace, TRACE_STATE_ACCOUNTS, &out);
	buf_free(&out);
}

/* ---- the ledger ---- */

/* It stays as it was shown last: who closes it has it no longer. Its rows are written where they were read again. */
static void states_ledger(struct trace *trace, const struct app *app)
{
	const struct history *history = app->history;
	struct buf out = {0};
	if (!history || !(history_loaded(history) || history_error(history)))
		return;
	size_t count = history_count(history), block = history_selected(history) / STATES_BLOCK * STATES_BLOCK;
	size_t from = block > STATES_BLOCK ? block - STATES_BLOCK : 0, to = block + 2 * STATES_BLOCK;
	to = to < count ? to : count;
	members_number(&out, "read_us", history_read_at(history));
	members_true(&out, "loaded", history_loaded(history));
	members_text(&out, "of", history_of(history), STATES_TEXT);
	members_text(&out, "error", history_error(history), STATES_TEXT);
	members_true(&out, "whole", history_whole(history) && from == 0 && to == count);
	members_number(&out, "first", from);
	members_number(&out, "end", to);
	if (!trace_state_begins(trace, TRACE_STATE_LEDGER, &out)) {
		members_list(&out, "cells");
		for (size_t i = from; i < to; i++)
			for (size_t c = 0; c < LEDGER_COLUMNS; c++)
				members_item(&out, history_row(history, i).cells[c]);
		members_list_end(&out);
		trace_state(trace, TRACE_STATE_LEDGER, &out);
	}
	buf_clear(&out);
	if (count)
		members_text(&out, "id", history_row(history, history_selected(history)).cells[LEDGER_ID], STATES_TEXT);
	trace_state(trace, TRACE_STATE_ENTRY, &out);
	buf_free(&out);
}

/* ---- the sessions ---- */

/* While they are looked at; then they stay as they were shown last. */
static void states_sessions(struct trace *trace, const struct app *app)
{
	const struct session_list *list = app->sessions;
	struct buf out = {0};
	if (!list || !session_list_watched(list) || !(session_list_about(list).known || session_list_error(list)))
		return;
	members_number(&out, "read_us", session_list_read_at(list));
	members_number(&out, "line", session_list_selected(list) + 1);
	members_true(&out, "failed", session_list_error(list) != NULL);
	if (!trace_state_begins(trace, TRACE_STATE_SESSIONS, &out)) {
		session_list_record(&out, list, trace_values(trace));
		trace_state(trace, TRACE_STATE_SESSIONS, &out);
	}
	buf_free(&out);
}

/* ---- a load ---- */

static void states_load(struct trace *trace, struct app *app)
{
	const struct load_seen *seen = shown_load(app);
	struct buf out = {0};
	if (!seen)
		return;
	members_number(&out, "taken_us", seen->taken_us);
	if (!trace_state_begins(trace, TRACE_STATE_LOAD, &out)) {
		load_seen_record(&out, seen, trace_values(trace));
		trace_state(trace, TRACE_STATE_LOAD, &out);
	}
	buf_free(&out);
}

/* ---- a lesson ---- */

static void states_lesson(struct trace *trace, const struct app *app)
{
	struct buf lesson = {0}, player = {0};
	if (app->player) {
		const char *name = player_name(app->player);
		const struct lesson *played = player_lesson(app->player);
		members_text(&lesson, "name", name, STATES_TEXT);
		members_text(&lesson, "title", lesson_text(played, LESSON_TITLE, -1, -1), STATES_TEXT);
		members_text(&lesson, "text", trace_values(trace) ? played->source : NULL, SIZE_MAX);
		if (trace_values(trace)) {
			members_text(&player, "name", name, STATES_TEXT);
			player_record(&player, app->player);
		}
	} else {
		members_text(&lesson, "name", app->private->lesson, STATES_TEXT);
		members_text(&lesson, "title", app->private->lesson_title, STATES_TEXT);
	}
	trace_state(trace, TRACE_STATE_LESSON, &lesson);
	trace_state(trace, TRACE_STATE_PLAYER, &player);
	buf_free(&lesson);
	buf_free(&player);
}

static void states_picks(struct trace *trace, const struct app *app)
{
	struct buf out = {0};
	if (trace_values(trace)) {
		members_text(&out, "source", app->source, STATES_TEXT);
		members_text(&out, "destination", app->destination, STATES_TEXT);
	}
	if (trace_values(trace) && app->pages && pages_count(app->pages))
		members_text(&out, "selected", pages_row(app->pages, pages_selected(app->pages)).id, STATES_TEXT);
	trace_state(trace, TRACE_STATE_PICKS, &out);
	buf_free(&out);
}

static void states_screen(struct trace *trace, const struct app *app)
{
	struct buf out = {0};
	if (app->face.look)
		app->face.look(app->face.self, &out);
	trace_state(trace, TRACE_STATE_SCREEN, &out);
	buf_free(&out);
}

void trace_states(void *arg, struct trace *trace)
{
	struct app *app = arg;
	states_run(trace, app);
	states_transfer(trace, app);
	states_counters(trace, app);
	states_load(trace, app);
	states_sessions(trace, app);
	if (trace_values(trace))
		states_accounts(trace, app), states_ledger(trace, app);
	states_lesson(trace, app);
	states_screen(trace, app);
	states_picks(trace, app);
}
