/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conversation behind the pages: what to read next, and what to do with the answer. */
#include "paging.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "say.h"

/* Shells: each has an answer due over its connection, and goes with it where that is closed first. */
static struct pages *shells;

struct target target_copy(const char *id, const char *key)
{
	return (struct target){.id = mem_dup(id), .key = mem_dup(key)};
}

void target_free(struct target *target)
{
	free(target->id);
	free(target->key);
	free(target->text);
	*target = (struct target){0};
}

const char *paging_key(const struct pages *pages, const struct account *account)
{
	bool extra = query_sort(pages->query).by >= SORT_EXTRA;
	return extra ? account->extra[pages->catalogue->nextra] : account->balance;
}

static bool finds(enum read read)
{
	return read == READ_GOTO || read == READ_SEARCH || read == READ_SEEK;
}

bool paging_replaces(enum read read)
{
	return read == READ_FIRST || read == READ_LAST || read == READ_JUMP || finds(read);
}

enum { SMALL = 20000 };

static bool is_small(const struct pages *pages)
{
	return pages->all >= 0 && pages->all <= SMALL;
}

/* ---- answers ---- */

static void add_before(struct window *window, const struct pages *pages)
{
	window_prepend(window, pages->got[0], pages->got[1]);
}

static void add_from(struct window *window, const struct pages *pages)
{
	window_append(window, pages->got[2], pages->got[3]);
}

/* A page around a row: what comes before it, backwards, and what comes from it on. */
static struct window around(const struct pages *pages)
{
	struct window fresh = {0};
	add_from(&fresh, pages);
	bool none = fresh.n == 0;
	add_before(&fresh, pages);
	if (none && fresh.n > 0)
		fresh.selected = fresh.n - 1;
	return fresh;
}

static struct window first_or_last(const struct pages *pages, enum read read)
{
	struct window fresh = {0};
	if (read == READ_FIRST) {
		add_from(&fresh, pages);
		fresh.at_start = true;
		return fresh;
	}
	add_before(&fresh, pages);
	fresh.at_end = true;
	fresh.selected = fresh.n > 0 ? fresh.n - 1 : 0;
	return fresh;
}

static void paging_apply(struct pages *pages, enum read read)
{
	struct window fresh = {0};
	switch (read) {
	case READ_AFTER:
		add_from(&pages->window, pages);
		break;
	case READ_BEFORE:
		add_before(&pages->window, pages);
		break;
	case READ_FIRST:
	case READ_LAST:
		fresh = first_or_last(pages, read);
		window_replace(&pages->window, &fresh);
		break;
	case READ_REFRESH:
		fresh = around(pages);
		pages->debt += window_renew(&pages->window, &fresh, pages->reading_target.id);
		break;
	case READ_JUMP:
		fresh = around(pages);
		window_replace(&pages->window, &fresh);
		break;
	case READ_GOTO:
	case READ_SEARCH:
	case READ_SEEK:
	case READ_COUNT:
	case READ_NONE:
		break;
	}
	if (pages->debt && !paging_replaces(pages->wanted))
		pages->debt = window_move(&pages->window, pages->debt);
}

/* What was seen under another query is not shown under this one. */
static void paging_fail(struct pages *pages)
{
	pages->error = pages->failed;
	pages->stalled = true;
	pages->debt = 0;
	if (pages->changed_query)
		window_clear(&pages->window);
}

/* The account to go to is known, unless the user has moved on by now; past the end it is the last one. */
static void jump(struct pages *pages)
{
	if (paging_replaces(pages->wanted))
		return;
	target_free(&pages->wanted_target);
	pages->wanted = pages->found.id ? READ_JUMP : READ_LAST;
	pages->wanted_target = pages->found;
	pages->found = (struct target){0};
}

/* Where nothing is found up to the end, the other end comes next. */
static void take_sought(struct pages *pages)
{
	struct target *target = &pages->reading_target;
	if (paging_replaces(pages->wanted)) {
		pages->sought = SOUGHT_NOTHING;
	} else if (pages->found.id) {
		pages->sought = target->around ? SOUGHT_AROUND : SOUGHT_FOUND;
		jump(pages);
	} else if (target->around) {
		pages->sought = SOUGHT_NONE;
	} else {
		target_free(&pages->wanted_target);
		pages->wanted = READ_SEEK;
		pages->wanted_target =
			(struct target){.text = mem_dup(target->text), .back = target->back, .around = true};
	}
}

/* A search that fails leaves everything as it was. */
static void fail_sought(struct pages *pages)
{
	pages->sought = SOUGHT_FAILED;
	pages->sought_error = pages->failed;
	err_clear(&pages->failed);
}

void paging_end_seek(struct pages *pages)
{
	if (pages->wanted == READ_SEEK) {
		target_free(&pages->wanted_target);
		pages->wanted = READ_NONE;
	}
	if (pages->reading == READ_SEEK && !pages->stale) {
		pages->stale = true;
		pages_cancel(pages);
	}
	pages->sought = SOUGHT_NOTHING;
}

static void succeed(struct pages *pages, enum read read)
{
	err_clear(&pages->error);
	if (read == READ_SEEK) {
		take_sought(pages);
		return;
	}
	if (finds(read)) {
		jump(pages);
		return;
	}
	pages->count_due |= pages->changed_query || read == READ_REFRESH;
	pages->changed_query = false;
	pages->loaded = true;
	pages->read_at = clock_wall_us();
	paging_apply(pages, read);
}

static void end_reading(struct pages *pages)
{
	pages->reading = READ_NONE;
	pages->stale = false;
	target_free(&pages->reading_target);
	target_free(&pages->found);
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
	query_free(pages->query);
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

static void take_count(struct pages *pages, const struct rows *rows)
{
	const char *count = rows_cell(rows, 0, 0);
	pages->exact = is_small(pages) && count;
	pages->estimate = pages->exact ? strtoll(count, NULL, 10) : query_estimated(rows);
	if (!query_filter(pages->query))
		pages->all = pages->estimate;
}

static void take_rows(struct pages *pages, size_t index, const struct rows *rows)
{
	if (pages->reading == READ_COUNT)
		take_count(pages, rows);
	else if (!finds(pages->reading))
		pages->got[index < pages->before ? index : 2 + index - pages->before] = rows_copy(rows);
	else if (rows && rows->nrows > 0 && !pages->found.id)
		pages->found = target_copy(rows_cell(rows, 0, ACCOUNT_ID), query_key(pages->query, rows, 0));
}

static void paging_on_answer(void *arg, size_t index, const struct answer *answer)
{
	struct pages *pages = arg;
	if (pages->dead || pages->stale)
		return;
	if (answer->ok) {
		take_rows(pages, index, answer->rows);
		return;
	}
	if (answer->skipped || pages->failed.status)
		return;
	const char *id = pages->reading_target.id;
	bool by_id = (pages->reading == READ_JUMP || pages->reading == READ_GOTO) &&
		     (!query_filter(pages->query) || say_id_is_odd(pages->catalogue, id));
	if (!by_id || !say_no_such_id(pages->catalogue, id, answer, &pages->failed))
		say_failed_read(pages->catalogue, answer, &pages->failed);
}

static void paging_on_idle(void *arg)
{
	struct pages *pages = arg;
	if (pages->dead) {
		struct pages *successor = end_shell(pages);
		if (successor)
			paging_next(successor);
		return;
	}
	if (pages->reading == READ_COUNT || pages->stale)
		err_clear(&pages->failed);
	else if (pages->failed.status && pages->reading == READ_SEEK)
		fail_sought(pages);
	else if (pages->failed.status)
		paging_fail(pages);
	else
		succeed(pages, pages->reading);
	end_reading(pages);
	paging_next(pages);
	pages->changed(pages->arg);
}

static void paging_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct pages *pages = arg;
	if (pages->dead)
		pages = end_shell(pages);
	if (!pages)
		return;
	if (pages->reading == READ_SEEK)
		pages->sought = SOUGHT_NOTHING;
	end_reading(pages);
	say_failed_read(pages->catalogue, why, &pages->failed);
	pages->failed.status = ST_LOST;
	paging_fail(pages);
	pages->changed(pages->arg);
}

/* Closed by us: what was asked is not answered. */
static void paging_on_dropped(void *arg)
{
	struct pages *pages = arg;
	if (pages->dead)
		end_shell(pages);
	else
		end_reading(pages);
}

/* ---- questions ---- */

static struct spot paging_place_of(const struct target *target)
{
	return (struct spot){target->id, target->key};
}

static void ask_page(struct ask *ask, const struct pages *pages, enum way way, const struct account *row)
{
	struct spot place = row ? (struct spot){row->id, paging_key(pages, row)} : (struct spot){0};
	query_page(ask, pages->query, way, row ? &place : NULL, WINDOW_PAGE);
}

static void ask_around(struct ask *ask, struct pages *pages)
{
	struct spot place = paging_place_of(&pages->reading_target);
	query_page(ask, pages->query, WAY_BEFORE, &place, WINDOW_PAGE);
	pages->before = ask->n;
	query_page(ask, pages->query, WAY_FROM, &place, WINDOW_PAGE);
}

static void ask_sought(struct ask *ask, const struct pages *pages)
{
	const struct target *target = &pages->reading_target;
	struct spot place = paging_place_of(target);
	enum way way = target->back ? WAY_BEFORE : target->from ? WAY_FROM : WAY_AFTER;
	query_seek(ask, pages->query, way, target->around ? NULL : &place, target->text);
}

static void fill(struct ask *ask, struct pages *pages)
{
	const struct window *window = &pages->window;
	struct err err;
	pages->before = 0;
	switch (pages->reading) {
	case READ_AFTER:
		ask_page(ask, pages, WAY_AFTER, window->rows[window->n - 1]);
		break;
	case READ_BEFORE:
		ask_page(ask, pages, WAY_BEFORE, window->rows[0]);
		pages->before = ask->n;
		break;
	case READ_FIRST:
		ask_page(ask, pages, WAY_AFTER, NULL);
		break;
	case READ_LAST:
		ask_page(ask, pages, WAY_BEFORE, NULL);
		pages->before = ask->n;
		break;
	case READ_REFRESH:
	case READ_JUMP:
		ask_around(ask, pages);
		break;
	case READ_GOTO:
		query_goto(ask, pages->query, pages->reading_target.id);
		break;
	case READ_SEARCH: /* what cannot begin an id was refused when it was asked for */
		if (query_search(ask, pages->query, pages->reading_target.id, &err) != ST_OK)
			query_goto(ask, pages->query, pages->reading_target.id);
		break;
	case READ_SEEK:
		ask_sought(ask, pages);
		break;
	case READ_COUNT:
		if (is_small(pages))
			query_count(ask, pages->query);
		else
			query_estimate(ask, pages->query);
		break;
	case READ_NONE:
		break;
	}
}

static void send(struct pages *pages, enum read read, struct target target)
{
	struct ask ask = {0};
	struct db_context context = {0};
	struct db_reply reply = {paging_on_answer, paging_on_idle, paging_on_lost, pages, paging_on_dropped};
	pages->reading = read;
	pages->reading_target = target;
	err_clear(&pages->failed);
	fill(&ask, pages);
	if (ask.n > 0)
		db_send(pages->db, ask.statements, ask.n, &context, &reply);
	else
		end_reading(pages);
	ask_free(&ask);
}

static void send_wanted(struct pages *pages)
{
	enum read read = pages->wanted;
	struct target target = pages->wanted_target;
	const struct window *window = &pages->window;
	pages->wanted = READ_NONE;
	pages->wanted_target = (struct target){0};
	if (read == READ_REFRESH && window->n == 0)
		read = READ_FIRST;
	if (read == READ_REFRESH)
		target = target_copy(window->rows[window->selected]->id,
				     paging_key(pages, window->rows[window->selected]));
	if (read == READ_GOTO && query_sort(pages->query).by == SORT_ID)
		read = READ_JUMP; /* its id is its place */
	send(pages, read, target);
}

bool paging_idle(const struct pages *pages)
{
	return pages->db && db_state(pages->db) == DB_IDLE;
}

void paging_next(struct pages *pages)
{
	const struct window *window = &pages->window;
	if (pages->reading != READ_NONE || !paging_idle(pages))
		return;
	if (pages->wanted != READ_NONE) {
		send_wanted(pages);
		return;
	}
	enum window_need need = pages->stalled ? NEED_NONE : window_need(window, pages->debt);
	if (need != NEED_NONE) {
		send(pages, need == NEED_AFTER ? READ_AFTER : READ_BEFORE, (struct target){0});
	} else if (pages->count_due && !pages->stalled) {
		pages->count_due = false;
		send(pages, READ_COUNT, (struct target){0});
	}
}
