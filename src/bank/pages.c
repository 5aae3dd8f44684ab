/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window on the accounts in the order of a query: requests, and what there is to see. */
#include "bank/pages.h"

#include "base/clock.h"
#include "base/mem.h"
#include "paging.h"

/* ---- requests ---- */

static void request(struct pages *pages, enum read read, struct target target)
{
	pages->stalled = false;
	if (read != READ_REFRESH)
		pages->debt = 0;
	if (read != READ_REFRESH && read != READ_SEEK)
		paging_end_seek(pages);
	if (read != READ_REFRESH || !paging_replaces(pages->wanted)) {
		target_free(&pages->wanted_target);
		pages->wanted_target = target;
		pages->wanted = read;
	}
	if (paging_idle(pages))
		err_clear(&pages->error);
	paging_next(pages);
}

static const struct target nowhere;

void pages_first(struct pages *pages)
{
	if (pages->window.at_start)
		pages->window.selected = 0;
	request(pages, READ_FIRST, nowhere);
}

void pages_last(struct pages *pages)
{
	if (pages->window.at_end && pages->window.n > 0)
		pages->window.selected = pages->window.n - 1;
	request(pages, READ_LAST, nowhere);
}

void pages_jump(struct pages *pages, const char *id)
{
	request(pages, READ_GOTO, target_copy(id, NULL));
}

enum status pages_search(struct pages *pages, const char *beginning, struct err *err)
{
	struct ask ask = {0};
	enum status status = query_search(&ask, pages->query, beginning, err);
	ask_free(&ask);
	if (!status)
		request(pages, READ_SEARCH, target_copy(beginning, NULL));
	return status;
}

/* ---- the next one that holds a text ---- */

enum sought pages_sought(const struct pages *pages)
{
	return pages->sought;
}

uint64_t pages_sought_since(const struct pages *pages)
{
	return pages->sought_since;
}

const char *pages_sought_error(const struct pages *pages)
{
	return pages->sought_error.text;
}

void pages_sought_done(struct pages *pages)
{
	if (pages->sought != SOUGHT_RUNS)
		pages->sought = SOUGHT_NOTHING;
}

/* From row to row of the window, in the direction of the search; false at its edge. */
static bool seek_in_window(struct pages *pages, const char *text, long from, bool back)
{
	const struct window *window = &pages->window;
	for (long i = from; i >= 0 && i < (long)window->n; i += back ? -1 : 1)
		if (account_holds(pages->catalogue, window->rows[i], text)) {
			pages_move(pages, i - (long)window->selected);
			return true;
		}
	return false;
}

/* What is in the window needs no server. Returns whether all is known now. */
static bool seek_at_once(struct pages *pages, const char *text, enum seek seek)
{
	const struct window *window = &pages->window;
	bool back = seek == SEEK_PREVIOUS, end = back ? window->at_start : window->at_end;
	long from = (long)window->selected + (back ? -1 : seek == SEEK_NEXT ? 1 : 0);
	bool whole = window->at_start && window->at_end;
	pages->sought = SOUGHT_NOTHING;
	if (seek_in_window(pages, text, from, back))
		pages->sought = SOUGHT_FOUND;
	else if (end && (back ? window->at_end : window->at_start) &&
		 seek_in_window(pages, text, back ? (long)window->n - 1 : 0, back))
		pages->sought = SOUGHT_AROUND;
	else if (whole)
		pages->sought = SOUGHT_NONE;
	return pages->sought != SOUGHT_NOTHING;
}

bool pages_seek_here(struct pages *pages, const char *text, const char *from)
{
	long at = from ? pages_find(pages, from) : -1;
	return seek_in_window(pages, text, at >= 0 ? at : (long)pages->window.selected, false) ||
	       seek_in_window(pages, text, 0, false);
}

void pages_seek(struct pages *pages, const char *text, enum seek seek)
{
	const struct window *window = &pages->window;
	bool back = seek == SEEK_PREVIOUS;
	paging_end_seek(pages);
	bool stays = !paging_replaces(pages->reading) && !paging_replaces(pages->wanted); /* the window that there is */
	if (!window->n || !text[0] || (stays && seek_at_once(pages, text, seek)))
		return;
	const struct account *at = window->rows[!stays ? window->selected : back ? 0 : window->n - 1];
	struct target target = target_copy(at->id, paging_key(pages, at));
	target.text = mem_dup(text);
	target.back = back;
	target.from = !stays && seek == SEEK_FROM;
	target.around = stays && (back ? window->at_start : window->at_end);
	pages->sought = SOUGHT_RUNS;
	pages->sought_since = clock_us();
	request(pages, READ_SEEK, target);
}

void pages_refresh(struct pages *pages)
{
	request(pages, READ_REFRESH, nowhere);
}

static void begin_query(struct pages *pages, struct query *query)
{
	query_free(pages->query);
	pages->query = query;
	pages->changed_query = true;
	pages->estimate = query_filter(query) ? -1 : pages->all;
	pages->exact = false;
}

/* Nobody waits for what was asked before: it may take long. */
void pages_look(struct pages *pages, struct query *query, bool stay)
{
	const struct window *window = &pages->window;
	const struct account *at = stay && window->n > 0 ? window->rows[window->selected] : NULL;
	bool known = query_sort(query).by < SORT_EXTRA; /* else what it sorts by is read first */
	begin_query(pages, query);
	if (pages->reading != READ_NONE) {
		pages->stale = true;
		pages_cancel(pages);
	}
	enum read read = !at ? READ_FIRST : known ? READ_JUMP : READ_GOTO;
	request(pages, read, at ? target_copy(at->id, known ? at->balance : NULL) : nowhere);
}

void pages_cancel(struct pages *pages)
{
	if (pages->reading != READ_NONE && db_state(pages->db) == DB_BUSY)
		db_cancel(pages->db);
}

enum { DEBT_MAX = 1000000000 };

static long sum(long a, long b)
{
	b = b > DEBT_MAX ? DEBT_MAX : b < -DEBT_MAX ? -DEBT_MAX : b;
	a += b;
	return a > DEBT_MAX ? DEBT_MAX : a < -DEBT_MAX ? -DEBT_MAX : a;
}

void pages_move(struct pages *pages, long rows)
{
	pages->stalled = false;
	if (paging_idle(pages))
		err_clear(&pages->error);
	/* Without a connection nobody waits for a new window: the one that is there is walked on. */
	if (pages->reading == READ_NONE && pages->window.n > 0 && paging_replaces(pages->wanted))
		pages->wanted = READ_NONE;
	if (pages->sought == SOUGHT_RUNS)
		paging_end_seek(pages);
	pages->debt = sum(pages->debt, rows);
	bool replaced = paging_replaces(pages->reading) && !pages->stale;
	if (!replaced && !paging_replaces(pages->wanted))
		pages->debt = window_move(&pages->window, pages->debt);
	paging_next(pages);
}

/* ---- what there is ---- */

struct pages *pages_new(struct db *db, const struct catalogue *catalogue, pages_changed_fn *changed, void *arg)
{
	struct pages *pages = NEW(struct pages);
	*pages = (struct pages){
		.db = db, .catalogue = catalogue, .all = catalogue->estimate, .changed = changed, .arg = arg};
	begin_query(pages, query_new(catalogue, db_dialect(db), (struct sort){0}, NULL, NULL));
	paging_begin(pages);
	return pages;
}

void pages_free(struct pages *pages)
{
	if (!pages)
		return;
	window_clear(&pages->window);
	target_free(&pages->wanted_target);
	paging_end(pages);
}

size_t pages_count(const struct pages *pages)
{
	return pages->window.n;
}

bool pages_loading(const struct pages *pages)
{
	return pages->reading != READ_NONE;
}

bool pages_loaded(const struct pages *pages)
{
	return pages->loaded;
}

struct account pages_row(const struct pages *pages, size_t i)
{
	return *pages->window.rows[i];
}

size_t pages_selected(const struct pages *pages)
{
	return pages->window.selected;
}

bool pages_at_start(const struct pages *pages)
{
	return pages->window.at_start;
}

bool pages_at_end(const struct pages *pages)
{
	return pages->window.at_end;
}

long pages_find(const struct pages *pages, const char *id)
{
	return window_find(&pages->window, id);
}

const struct query *pages_query(const struct pages *pages)
{
	return pages->query;
}

int64_t pages_estimate(const struct pages *pages)
{
	return pages->estimate;
}

bool pages_counted(const struct pages *pages)
{
	return pages->exact;
}

uint64_t pages_read_at(const struct pages *pages)
{
	return pages->read_at;
}

const char *pages_error(const struct pages *pages)
{
	return pages->error.status ? pages->error.text : NULL;
}
