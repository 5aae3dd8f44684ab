/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows that are in memory around the selected one: pages added at the edges, the selection moved and kept. */
#include "window.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- rows ---- */

static const char **account_place(struct account *account, const char **extra, size_t column)
{
	if (column == ACCOUNT_ID)
		return &account->id;
	return column == ACCOUNT_BALANCE ? &account->balance : &extra[column - ACCOUNT_EXTRA];
}

/* One block: the account, its extra columns with room for a key behind them, and the text of all cells. */
static struct account *account_copy(const struct rows *rows, size_t row)
{
	size_t extras = rows->ncols > ACCOUNT_EXTRA ? rows->ncols - ACCOUNT_EXTRA : 0, bytes = 0;
	for (size_t c = 0; c < rows->ncols; c++)
		bytes += rows_length(rows, row, c) + 1;
	struct account *account = mem_array(1, sizeof *account + (extras + 1) * sizeof(char *) + bytes);
	const char **extra = (const char **)(account + 1);
	char *text = (char *)(extra + extras + 1);
	account->extra = extra;
	for (size_t c = 0; c < rows->ncols; c++) {
		const char *cell = rows_cell(rows, row, c);
		if (!cell)
			continue;
		*account_place(account, extra, c) = text;
		memcpy(text, cell, rows_length(rows, row, c) + 1);
		text += rows_length(rows, row, c) + 1;
	}
	return account;
}

static void drop_front(struct window *window, size_t n)
{
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		free(window->rows[i]);
	window->n -= n;
	window->selected -= n;
	window->at_start = false;
	memmove(window->rows, window->rows + n, window->n * sizeof *window->rows);
}

static void drop_back(struct window *window, size_t n)
{
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		free(window->rows[--window->n]);
	window->at_end = false;
}

void window_clear(struct window *window)
{
	for (size_t i = 0; i < window->n; i++)
		free(window->rows[i]);
	*window = (struct window){0};
}

/* ---- pages ---- */

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t excess(const struct window *window)
{
	return window->n > WINDOW_MAX ? window->n - WINDOW_MAX : 0;
}

/* How many rows may go at each end without coming near the selected one. */
static size_t spare_front(const struct window *window)
{
	return window->selected > WINDOW_AHEAD ? window->selected - WINDOW_AHEAD : 0;
}

static size_t spare_back(const struct window *window)
{
	size_t behind = window->n - window->selected - 1;
	return behind > WINDOW_AHEAD ? behind - WINDOW_AHEAD : 0;
}

/* An account that is there already; the selection goes to what stands in its place. */
static void drop_same(struct window *window, const char *id)
{
	long at = window_find(window, id);
	if (at < 0)
		return;
	size_t i = (size_t)at;
	free(window->rows[i]);
	window->n--;
	memmove(window->rows + i, window->rows + i + 1, (window->n - i) * sizeof *window->rows);
	if (i < window->selected || (window->selected == window->n && window->selected > 0))
		window->selected--;
}

/* The rows of both parts as accounts, at most a page. */
static size_t window_take(struct window *window, struct account *page[WINDOW_PAGE], const struct rows *const parts[2])
{
	size_t n = 0;
	for (size_t p = 0; p < 2; p++)
		for (size_t i = 0; parts[p] && i < parts[p]->nrows && n < WINDOW_PAGE; i++)
			page[n++] = account_copy(parts[p], i);
	for (size_t i = 0; i < n; i++)
		drop_same(window, page[i]->id);
	return n;
}

/* The selection may have moved far away while the page was on its way: then it is the page that goes. */
void window_append(struct window *window, const struct rows *rows, const struct rows *more)
{
	struct account *page[WINDOW_PAGE];
	size_t n = window_take(window, page, (const struct rows *const[]){rows, more});
	memcpy(window->rows + window->n, page, n * sizeof *page);
	window->n += n;
	window->at_end = n < WINDOW_PAGE;
	if (window->n == 0)
		return;
	drop_front(window, smaller(excess(window), spare_front(window)));
	drop_back(window, excess(window));
}

void window_prepend(struct window *window, const struct rows *rows, const struct rows *more)
{
	struct account *page[WINDOW_PAGE];
	size_t n = window_take(window, page, (const struct rows *const[]){rows, more});
	bool was_empty = window->n == 0;
	memmove(window->rows + n, window->rows, window->n * sizeof *window->rows);
	for (size_t i = 0; i < n; i++)
		window->rows[n - 1 - i] = page[i];
	window->n += n;
	if (!was_empty)
		window->selected += n;
	window->at_start = n < WINDOW_PAGE;
	if (window->n == 0)
		return;
	drop_back(window, smaller(excess(window), spare_back(window)));
	drop_front(window, excess(window));
}

/* ---- the selection ---- */

long window_move(struct window *window, long delta)
{
	if (window->n == 0)
		return 0;
	long up = (long)window->selected, down = (long)(window->n - 1 - window->selected);
	long step = delta < -up ? -up : delta > down ? down : delta;
	window->selected = (size_t)(up + step);
	bool table_edge = delta < 0 ? window->at_start : window->at_end;
	return table_edge ? 0 : delta - step;
}

long window_find(const struct window *window, const char *id)
{
	for (size_t i = 0; i < window->n; i++)
		if (strcmp(window->rows[i]->id, id) == 0)
			return (long)i;
	return -1;
}

void window_replace(struct window *window, struct window *fresh)
{
	window_clear(window);
	*window = *fresh;
	*fresh = (struct window){0};
}

long window_renew(struct window *window, struct window *fresh, const char *anchor)
{
	long from = window_find(window, anchor), way = from < 0 ? 0 : (long)window->selected - from;
	long kept = window->n > 0 ? window_find(fresh, window->rows[window->selected]->id) : -1;
	if (kept >= 0)
		fresh->selected = (size_t)kept;
	window_replace(window, fresh);
	return kept >= 0 ? 0 : window_move(window, way);
}

enum window_need window_need(const struct window *window, long debt)
{
	if (window->n == 0)
		return NEED_NONE;
	bool low = window->n - 1 - window->selected < WINDOW_AHEAD, high = window->selected < WINDOW_AHEAD;
	if (!window->at_end && (debt > 0 || (low && debt == 0)))
		return NEED_AFTER;
	if (!window->at_start && (debt < 0 || (high && debt == 0)))
		return NEED_BEFORE;
	return NEED_NONE;
}
