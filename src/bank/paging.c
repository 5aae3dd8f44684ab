/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conversation behind the pages: what to read next, and what to do with the answer. */
#include "paging.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "say.h"

/* Shells. The answer of one whose connection was closed never comes: it stays here. */
static struct pages *shells;

bool paging_replaces(enum read read)
{
	return read == READ_FIRST || read == READ_LAST || read == READ_JUMP;
}

/* ---- answers ---- */

/* A page around a row: what comes before it, descending, and what comes from it on. */
static struct window around(const struct rows *before, const struct rows *from)
{
	struct window fresh = {0};
	window_append(&fresh, from);
	bool none = fresh.n == 0;
	window_prepend(&fresh, before);
	if (none && fresh.n > 0)
		fresh.selected = fresh.n - 1;
	return fresh;
}

static struct window first_or_last(enum read read, const struct rows *rows)
{
	struct window fresh = {0};
	if (read == READ_FIRST) {
		window_append(&fresh, rows);
		fresh.at_start = true;
		return fresh;
	}
	window_prepend(&fresh, rows);
	fresh.at_end = true;
	fresh.selected = fresh.n > 0 ? fresh.n - 1 : 0;
	return fresh;
}

static void apply(struct pages *pages, enum read read)
{
	struct window fresh = {0};
	switch (read) {
	case READ_AFTER:
		window_append(&pages->window, pages->got[0]);
		break;
	case READ_BEFORE:
		window_prepend(&pages->window, pages->got[0]);
		break;
	case READ_FIRST:
	case READ_LAST:
		fresh = first_or_last(read, pages->got[0]);
		window_replace(&pages->window, &fresh);
		break;
	case READ_REFRESH:
		fresh = around(pages->got[0], pages->got[1]);
		pages->debt += window_renew(&pages->window, &fresh, pages->reading_id);
		break;
	case READ_JUMP:
		fresh = around(pages->got[0], pages->got[1]);
		window_replace(&pages->window, &fresh);
		break;
	case READ_NONE:
		break;
	}
	if (pages->debt && !paging_replaces(pages->wanted))
		pages->debt = window_move(&pages->window, pages->debt);
}

static void fail(struct pages *pages)
{
	pages->error = pages->failed;
	pages->stalled = true;
	pages->debt = 0;
}

static void succeed(struct pages *pages, enum read read)
{
	err_clear(&pages->error);
	pages->loaded = true;
	pages->read_at = clock_wall_us();
	apply(pages, read);
}

static void end_reading(struct pages *pages)
{
	pages->reading = READ_NONE;
	free(pages->reading_id);
	pages->reading_id = NULL;
	for (size_t i = 0; i < COUNT_OF(pages->got); i++) {
		rows_free(pages->got[i]);
		pages->got[i] = NULL;
	}
}

void paging_begin(struct pages *pages)
{
	for (struct pages *shell = shells; shell; shell = shell->next_shell)
		if (shell->db == pages->db)
			shell->successor = pages;
}

void paging_end(struct pages *pages)
{
	bool due = pages->reading != READ_NONE;
	for (struct pages *shell = shells; shell; shell = shell->next_shell)
		if (shell->successor == pages)
			shell->successor = NULL;
	end_reading(pages);
	if (!due) {
		free(pages);
		return;
	}
	*pages = (struct pages){.db = pages->db, .dead = true, .next_shell = shells};
	shells = pages;
}

/* Returns who reads over the connection now, if anybody does. */
static struct pages *end_shell(struct pages *pages)
{
	struct pages **place = &shells, *successor = pages->successor;
	while (*place != pages)
		place = &(*place)->next_shell;
	*place = pages->next_shell;
	free(pages);
	return successor;
}

static void on_answer(void *arg, size_t index, const struct answer *answer)
{
	struct pages *pages = arg;
	if (pages->dead)
		return;
	if (answer->ok) {
		pages->got[index] = rows_copy(answer->rows);
		return;
	}
	if (answer->skipped || pages->failed.status)
		return;
	if (pages->reading != READ_JUMP || !say_no_such_id(pages->catalogue, pages->reading_id, answer, &pages->failed))
		say_failed_read(pages->catalogue, answer, &pages->failed);
}

static void on_idle(void *arg)
{
	struct pages *pages = arg;
	if (pages->dead) {
		struct pages *successor = end_shell(pages);
		if (successor)
			paging_next(successor);
		return;
	}
	if (pages->failed.status)
		fail(pages);
	else
		succeed(pages, pages->reading);
	end_reading(pages);
	paging_next(pages);
	pages->changed(pages->arg);
}

static void on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct pages *pages = arg;
	if (pages->dead)
		pages = end_shell(pages);
	if (!pages)
		return;
	end_reading(pages);
	say_failed_read(pages->catalogue, why, &pages->failed);
	pages->failed.status = ST_LOST;
	fail(pages);
	pages->changed(pages->arg);
}

/* ---- questions ---- */

static struct statement ask(const char *sql, unsigned nparams, const char *const *params)
{
	return (struct statement){.sql = sql, .verb = VERB_SELECT, .nparams = nparams, .params = params};
}

/* Fills the statements of a read; `params` is an id and the limit. */
static size_t fill(const struct catalogue *c, enum read read, const char *const params[2], struct statement out[2])
{
	switch (read) {
	case READ_AFTER:
		out[0] = ask(c->sql_page_after, 2, params);
		return 1;
	case READ_BEFORE:
		out[0] = ask(c->sql_page_before, 2, params);
		return 1;
	case READ_FIRST:
		out[0] = ask(c->sql_page_first, 1, params + 1);
		return 1;
	case READ_LAST:
		out[0] = ask(c->sql_page_last, 1, params + 1);
		return 1;
	case READ_REFRESH:
	case READ_JUMP:
		out[0] = ask(c->sql_page_before, 2, params);
		out[1] = ask(c->sql_page_from, 2, params);
		return 2;
	case READ_NONE:
		break;
	}
	return 0;
}

static void send(struct pages *pages, enum read read, const char *id)
{
	char limit[16];
	snprintf(limit, sizeof limit, "%d", WINDOW_PAGE);
	const char *const params[] = {id, limit};
	struct statement statements[2];
	size_t n = fill(pages->catalogue, read, params, statements);
	struct db_context context = {0};
	struct db_reply reply = {on_answer, on_idle, on_lost, pages};
	pages->reading = read;
	pages->reading_id = mem_dup(id);
	err_clear(&pages->failed);
	db_send(pages->db, statements, n, &context, &reply);
}

static void send_wanted(struct pages *pages)
{
	enum read read = pages->wanted;
	char *id = pages->wanted_id;
	pages->wanted = READ_NONE;
	pages->wanted_id = NULL;
	if (read == READ_REFRESH && pages->window.n == 0)
		read = READ_FIRST;
	if (read == READ_REFRESH)
		send(pages, read, pages->window.rows[pages->window.selected]->id);
	else
		send(pages, read, id);
	free(id);
}

void paging_next(struct pages *pages)
{
	const struct window *window = &pages->window;
	if (pages->reading != READ_NONE || db_state(pages->db) != DB_IDLE)
		return;
	if (pages->wanted != READ_NONE) {
		send_wanted(pages);
		return;
	}
	enum window_need need = pages->stalled ? NEED_NONE : window_need(window, pages->debt);
	if (need == NEED_AFTER)
		send(pages, READ_AFTER, window->rows[window->n - 1]->id);
	else if (need == NEED_BEFORE)
		send(pages, READ_BEFORE, window->rows[0]->id);
}
