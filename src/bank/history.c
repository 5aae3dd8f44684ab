/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window on the ledger, the newest transfer first: pages fetched ahead around a selected one. */
#include "bank/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "window.h"

enum { CONNECT_MS = 10000 };

enum page { PAGE_NONE, PAGE_NEWEST, PAGE_OLDEST, PAGE_OLDER, PAGE_NEWER, PAGE_COUNT };

struct history {
	struct db *db;
	const struct conninfo *info;
	char *sql[PAGE_COUNT];
	struct shape shape; /* of their answers */
	char *of;
	history_changed_fn *changed;
	void *arg;
	struct window window;
	enum page wanted, reading;
	struct rows *got;
	bool loaded, keep; /* keep: the selection, when the newest are read */
	long debt;         /* rows that the selection still has to move */
	uint64_t read_at;
	struct err error;
};

static void history_next(struct history *history);

/* ---- answers ---- */

static size_t history_place_of(const struct window *window, const char *id)
{
	long at = id ? window_find(window, id) : -1;
	return at > 0 ? (size_t)at : 0;
}

static void take_newest(struct history *history)
{
	struct window fresh = {0}, *old = &history->window;
	window_append(&fresh, history->got, NULL);
	fresh.at_start = true;
	if (history->keep && old->n > 0)
		fresh.selected = history_place_of(&fresh, old->rows[old->selected]->id);
	window_replace(old, &fresh);
}

static void take_oldest(struct history *history)
{
	struct window fresh = {0};
	window_prepend(&fresh, history->got, NULL);
	fresh.at_end = true;
	fresh.selected = fresh.n > 0 ? fresh.n - 1 : 0;
	window_replace(&history->window, &fresh);
}

static void history_apply(struct history *history)
{
	switch (history->reading) {
	case PAGE_NEWEST:
		take_newest(history);
		break;
	case PAGE_OLDEST:
		take_oldest(history);
		break;
	case PAGE_OLDER:
		window_append(&history->window, history->got, NULL);
		break;
	case PAGE_NEWER:
		window_prepend(&history->window, history->got, NULL);
		break;
	case PAGE_NONE:
	case PAGE_COUNT:
		break;
	}
	history->debt = window_move(&history->window, history->debt);
}

static void history_on_answer(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct history *history = arg;
	if (answer->ok)
		history->got = rows_copy(answer->rows);
	else
		answer_tell(&history->error, ST_STATEMENT, answer, "the ledger cannot be read");
}

static void history_on_idle(void *arg)
{
	struct history *history = arg;
	if (!history->error.status) {
		history->loaded = true;
		history->read_at = clock_wall_us();
		history_apply(history);
	}
	rows_free(history->got);
	history->got = NULL;
	history->reading = PAGE_NONE;
	history_next(history);
	history->changed(history->arg);
}

static void history_failed(struct history *history, const char *why)
{
	rows_free(history->got);
	history->got = NULL;
	history->reading = history->wanted = PAGE_NONE;
	err_set(&history->error, ST_LOST, "the ledger cannot be read: %s; r tries again", why);
	history->changed(history->arg);
}

static void history_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	history_failed(arg, why->message);
}

static void on_idle_lost(void *arg, const struct answer *why)
{
	history_failed(arg, why->message);
}

/* ---- questions ---- */

static void history_ask(struct history *history, enum page page, const char *id)
{
	char limit[16];
	snprintf(limit, sizeof limit, "%d", WINDOW_PAGE);
	const char *const params[] = {history->of, limit, id};
	struct statement statement = {.sql = history->sql[page],
				      .verb = VERB_SELECT,
				      .nparams = id ? 3 : 2,
				      .params = params,
				      .shape = history->shape};
	struct db_context context = {0};
	struct db_reply reply = {history_on_answer, history_on_idle, history_on_lost, history, NULL};
	history->reading = page;
	err_clear(&history->error);
	db_send(history->db, &statement, 1, &context, &reply);
}

static void history_next(struct history *history)
{
	const struct window *window = &history->window;
	if (!history->db) /* it is a recorded one, which ends where its window does */
		history->debt = 0;
	if (!history->db || history->reading != PAGE_NONE || db_state(history->db) != DB_IDLE)
		return;
	enum page wanted = history->wanted;
	history->wanted = PAGE_NONE;
	if (wanted != PAGE_NONE) {
		history_ask(history, wanted, NULL);
		return;
	}
	enum window_need need = history->error.status ? NEED_NONE : window_need(window, history->debt);
	if (need == NEED_AFTER)
		history_ask(history, PAGE_OLDER, window->rows[window->n - 1]->id);
	else if (need == NEED_BEFORE)
		history_ask(history, PAGE_NEWER, window->rows[0]->id);
}

static void history_on_connected(void *arg, const struct err *err)
{
	struct history *history = arg;
	if (err)
		history_failed(history, err->text);
	else
		history_next(history);
}

static void want(struct history *history, enum page page, bool keep)
{
	enum db_state state = db_state(history->db);
	history->wanted = page;
	history->keep = keep;
	history->debt = 0;
	if (state == DB_OFF || state == DB_DOWN)
		db_connect(history->db, history->info, CONNECT_MS, history_on_connected, history);
	else
		history_next(history);
}

/* ---- from outside ---- */

struct history *history_new(struct loop *loop, struct ring *ring, const struct conninfo *info,
			    const struct catalogue *catalogue, const char *of, history_changed_fn *changed, void *arg)
{
	static const enum catalogue_sql pages[PAGE_COUNT] = {[PAGE_NEWEST] = CAT_LEDGER_NEWEST,
							     [PAGE_OLDEST] = CAT_LEDGER_OLDEST,
							     [PAGE_OLDER] = CAT_LEDGER_OLDER,
							     [PAGE_NEWER] = CAT_LEDGER_NEWER};
	static const struct db_setting reading[] = {{"default_transaction_read_only", "on"}, {0}};
	struct history *history = NEW(struct history);
	history->db = db_new(loop, ring, SESSION_BROWSE, "ledger", reading);
	history->info = info;
	for (enum page page = PAGE_NEWEST; page < PAGE_COUNT; page++)
		history->sql[page] = mem_dup(catalogue->sql[pages[page]]);
	history->shape = catalogue->shape[CAT_LEDGER_NEWEST];
	history->of = mem_dup(of);
	history->changed = changed;
	history->arg = arg;
	db_on_lost(history->db, on_idle_lost, history);
	want(history, PAGE_NEWEST, false);
	return history;
}

struct history *history_recorded(const struct history_record *record)
{
	struct history *history = NEW(struct history);
	window_append(&history->window, record->rows, NULL);
	history->window.at_start = history->window.at_end = record->whole;
	history->of = mem_dup(record->of);
	history->loaded = record->loaded;
	history->read_at = record->read_at;
	if (record->error)
		err_set(&history->error, ST_LOST, "%s", record->error);
	return history;
}

void history_free(struct history *history)
{
	if (!history)
		return;
	db_free(history->db);
	window_clear(&history->window);
	rows_free(history->got);
	for (size_t i = 0; i < PAGE_COUNT; i++)
		free(history->sql[i]);
	free(history->of);
	free(history);
}

void history_first(struct history *history)
{
	if (history->window.at_start || !history->db)
		history->window.selected = 0;
	else
		want(history, PAGE_NEWEST, false);
}

void history_last(struct history *history)
{
	struct window *window = &history->window;
	if (window->at_end || !history->db)
		window->selected = window->n > 0 ? window->n - 1 : 0;
	else
		want(history, PAGE_OLDEST, false);
}

void history_move(struct history *history, long rows)
{
	history->debt = window_move(&history->window, history->debt + rows);
	history_next(history);
}

void history_select(struct history *history, const char *id)
{
	long at = window_find(&history->window, id);
	if (at >= 0)
		history->window.selected = (size_t)at;
}

void history_refresh(struct history *history)
{
	if (!history->db)
		return;
	want(history, PAGE_NEWEST, true);
}

size_t history_count(const struct history *history)
{
	return history->window.n;
}

/* The window's rows are accounts to it: the first two cells, then further ones. */
static const char *history_cell(const struct account *row, size_t column)
{
	if (column == ACCOUNT_ID)
		return row->id;
	return column == ACCOUNT_BALANCE ? row->balance : row->extra[column - ACCOUNT_EXTRA];
}

struct entry history_row(const struct history *history, size_t i)
{
	struct entry entry;
	for (size_t c = 0; c < LEDGER_COLUMNS; c++)
		entry.cells[c] = history_cell(history->window.rows[i], c);
	return entry;
}

size_t history_selected(const struct history *history)
{
	return history->window.selected;
}

bool history_loaded(const struct history *history)
{
	return history->loaded;
}

bool history_whole(const struct history *history)
{
	return history->window.at_start && history->window.at_end;
}

struct db *history_session(const struct history *history)
{
	return history->db;
}

const char *history_of(const struct history *history)
{
	return history->of;
}

const char *history_error(const struct history *history)
{
	return history->error.status ? history->error.text : NULL;
}

uint64_t history_read_at(const struct history *history)
{
	return history->read_at;
}
