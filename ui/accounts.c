/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The accounts pane: a window on the rows around the selected one. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/columns.h"
#include "ui/draw.h"
#include "ui/phase.h"
#include "ui/view.h"

enum { SAY_READING_US = 250000, SECOND_US = 1000000, MILLION = 1000000 };

struct accounts {
	struct app *app;
	struct columns columns;
	char *top;  /* id of the first row shown */
	size_t row; /* of the selection, from there */
	int height, width;
	uint64_t reading_since; /* clock_us(); 0: nothing is awaited */
};

/* ---- which rows ---- */

/*
 * The first row stays where it was as long as the selection stays in sight; then the rows move by half a pane. Each
 * time that they move, all of them have to be sent, over slow lines too. (Less than half would not do: curses then
 * moves whole lines of the screen, with what stands beside this pane, and has to mend that.)
 */
static size_t top_row(struct accounts *accounts, size_t height)
{
	const struct pages *pages = accounts->app->pages;
	size_t count = pages_count(pages), selected = pages_selected(pages);
	long held = accounts->top ? pages_find(pages, accounts->top) : -1;
	bool moved = held < 0 && accounts->top && selected > accounts->row; /* the first row is not there any more */
	size_t top = held >= 0 ? (size_t)held : moved ? selected - accounts->row : 0;
	top = scroll_top(&(struct scroll){0, count, height, height / 2 + height / 34}, top, selected);
	free(accounts->top);
	accounts->top = mem_dup(pages_row(pages, top).id);
	accounts->row = selected - top;
	return top;
}

/* ---- one line ---- */

static bool accounts_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* What was searched for, where account_holds() finds it: not in the balance. */
static void accounts_draw_found(const struct accounts *accounts, struct rect at, size_t i)
{
	const struct app *app = accounts->app;
	struct account row = pages_row(app->pages, i);
	struct columns_places places = columns_places(&accounts->columns, at.w);
	const char *text = app->searched ? app->searched : "";
	bool begins = !app->catalogue->id_is_number || strncmp(row.id, text, strlen(text)) == 0;
	if (begins)
		draw_found((struct rect){at.y, at.x + places.id, 1, places.id_width}, text);
	draw_found((struct rect){at.y, at.x + places.extra, 1, at.w - places.extra}, text);
}

static void accounts_draw_row(struct accounts *accounts, struct rect at, size_t i, bool focus)
{
	const struct app *app = accounts->app;
	struct account row = pages_row(app->pages, i);
	bool selected = i == pages_selected(app->pages);
	bool from = accounts_same(row.id, app->source), to = accounts_same(row.id, app->destination);
	bool marked = marks_has(&app->marks, row.id);
	char mark[3] = {selected ? '>' : ' ', from && to ? '!' : from ? 'F' : to ? 'T' : ' ', marked ? '*' : ' '};
	struct buf line = {0};
	columns_line(&line, &accounts->columns, at.w, mark, row);
	enum style style = selected ? focus ? STYLE_SELECTED : STYLE_MARKED
			   : from   ? STYLE_SOURCE
			   : to     ? STYLE_DESTINATION
			   : marked ? STYLE_KEY
				    : STYLE_TEXT;
	draw_line(at.y, at.x, at.w, style, buf_text(&line));
	accounts_draw_found(accounts, at, i);
	buf_free(&line);
}

static void accounts_draw_head(const struct accounts *accounts, struct rect at)
{
	struct buf line = {0};
	columns_head(&line, &accounts->columns, at.w);
	draw_line(at.y, at.x, at.w, STYLE_HEAD, buf_text(&line));
	buf_free(&line);
}

/* ---- the pane ---- */

static void failure(const struct app *app, struct buf *out)
{
	draw_harmless(out, pages_error(app->pages));
	if (app->filter)
		buf_str(out, "; Esc clears the filter, & changes it");
}

/* The text shown when there are no rows; false if there are rows. */
static bool accounts_nothing(const struct app *app, struct buf *out)
{
	if (phase_words(out, app))
		return true;
	if (app->play && !app->pages)
		buf_str(out, "the accounts are not in this recording");
	else if (!app->pages || !app->catalogue)
		buf_str(out, "looking at the table ...");
	else if (pages_count(app->pages) > 0)
		return false;
	else if (pages_error(app->pages))
		failure(app, out);
	else if (!pages_loaded(app->pages))
		buf_str(out, "reading accounts ...");
	else if (app->filter)
		buf_str(out, "no account passes the filter: Esc clears it, & changes it");
	else
		buf_str(out, "the table is empty: type :init to fill it with accounts");
	return true;
}

static void accounts_draw(void *self, struct rect inside, bool focus)
{
	struct accounts *accounts = self;
	struct buf words = {0};
	draw_clear(inside);
	bool empty = accounts_nothing(accounts->app, &words);
	enum style style = accounts->app->phase == PHASE_FAILED ? STYLE_BAD : STYLE_TEXT;
	if (empty)
		draw_wrapped((struct rect){inside.y, inside.x + 1, inside.h, inside.w - 2}, style, buf_text(&words));
	buf_free(&words);
	accounts->height = inside.h - 1;
	accounts->width = inside.w;
	if (empty || accounts->height < 1)
		return;
	size_t height = (size_t)accounts->height, top = top_row(accounts, height);
	size_t rows = pages_count(accounts->app->pages) - top;
	if (rows > height)
		rows = height;
	columns_widen(&accounts->columns, accounts->app->catalogue, accounts->app->pages, top, rows);
	accounts_draw_head(accounts, (struct rect){inside.y, inside.x, 1, inside.w});
	for (size_t i = 0; i < rows; i++)
		accounts_draw_row(accounts, (struct rect){inside.y + 1 + (int)i, inside.x, 1, inside.w}, top + i,
				  focus);
}

static bool slow(const struct accounts *accounts)
{
	return accounts->reading_since && clock_us() - accounts->reading_since >= SAY_READING_US;
}

/* In which order, which of them, and how old, where that is not the usual. */
static void which_query(const struct app *app, struct buf *out)
{
	const struct query *query = pages_query(app->pages);
	const struct filter *filter = query_filter(query);
	struct sort order = query_sort(query);
	struct buf words = {0};
	if (order.by != SORT_ID || order.descending) {
		buf_str(&words, filter ? "by " : " by ");
		sort_show(&words, app->catalogue, order);
	}
	if (filter)
		buf_fmt(&words, "%swhere %s", words.len ? " " : "", filter_text(filter));
	if (query_is_past(query))
		buf_fmt(&words, " as of %s", app->settings.as_of);
	draw_harmless(out, buf_text(&words));
	buf_free(&words);
}

static void accounts_title(void *self, struct buf *out)
{
	const struct accounts *accounts = self;
	const struct catalogue *catalogue = accounts->app->catalogue;
	bool filtered = accounts->app->pages && query_filter(pages_query(accounts->app->pages));
	if (accounts->app->marks.n) /* they and the filter need the room */
		buf_fmt(out, "%zu marked%s", accounts->app->marks.n, filtered ? " " : "");
	else
		buf_str(out, filtered ? "" : "Accounts");
	if (catalogue && strcmp(catalogue->name, "accounts") != 0) {
		buf_str(out, " in ");
		text_escape(out, catalogue->name, strlen(catalogue->name), 30);
	}
	if (catalogue && catalogue->part) {
		buf_str(out, " with ");
		text_escape(out, catalogue->part, strlen(catalogue->part), 30);
	}
	if (accounts->app->pages)
		which_query(accounts->app, out);
	if (slow(accounts))
		buf_str(out, "  reading ...");
}

static void how_many(const struct app *app, struct buf *out)
{
	uint64_t count = pages_count(app->pages);
	bool all = pages_at_start(app->pages) && pages_at_end(app->pages);
	if (!all && pages_counted(app->pages))
		count = (uint64_t)pages_estimate(app->pages);
	if (all || pages_counted(app->pages))
		buf_fmt(out, "%" PRIu64 " %s", count, text_plural(count, "account", "accounts"));
	else if (pages_estimate(app->pages) >= MILLION)
		buf_fmt(out, "about %.1f M", (double)pages_estimate(app->pages) / MILLION);
	else if (pages_estimate(app->pages) > 0)
		buf_fmt(out, "about %" PRId64, pages_estimate(app->pages));
}

static void which(const struct accounts *accounts, struct buf *out)
{
	const struct pages *pages = accounts->app->pages;
	size_t count = pages_count(pages);
	size_t top = pages_selected(pages) >= accounts->row ? pages_selected(pages) - accounts->row : 0;
	size_t last = top + (size_t)accounts->height - 1;
	draw_harmless(out, pages_row(pages, top).id);
	buf_str(out, " - ");
	draw_harmless(out, pages_row(pages, last < count ? last : count - 1).id);
}

/* The parts that fit, the most useful first: when it was read, how many there are, which are shown. */
static void accounts_footer(void *self, struct buf *out, int columns)
{
	const struct accounts *accounts = self;
	const struct app *app = accounts->app;
	if (!app->pages || !app->catalogue || !pages_count(app->pages) || accounts->height < 1)
		return;
	char time[16];
	clock_show(time, pages_read_at(app->pages));
	struct buf many = {0}, rows = {0};
	how_many(app, &many);
	which(accounts, &rows);
	bool failed = pages_error(app->pages) != NULL;
	size_t fixed = (failed ? 7 : 0) + 13;
	size_t with_many = fixed + many.len + 2, with_rows = with_many + text_width(buf_text(&rows), rows.len) + 2;
	if (many.len && with_many <= (size_t)columns)
		buf_fmt(out, "%s  ", buf_text(&many));
	if (with_rows <= (size_t)columns)
		buf_fmt(out, "%s  ", buf_text(&rows));
	buf_fmt(out, "%sread %.8s", failed ? "failed " : "", time);
	buf_free(&many);
	buf_free(&rows);
}

static bool accounts_act(void *self, const char *action, const char *argument)
{
	struct accounts *accounts = self;
	struct motion motion = motion_of(action, argument, accounts->height);
	if (motion.kind == MOTION_NONE)
		return false;
	if (!accounts->app->pages)
		return true;
	if (motion.kind == MOTION_SIDE &&
	    !columns_scroll(&accounts->columns, accounts->app->catalogue, (int)motion.by, accounts->width))
		app_say(accounts->app, ST_OK,
			motion.by < 0 ? "the id and the balance are the first columns"
				      : "all columns are shown; i shows an account in full");
	else if (motion.kind == MOTION_BY)
		pages_move(accounts->app->pages, motion.by);
	else if (motion.kind == MOTION_FIRST)
		pages_first(accounts->app->pages);
	else if (motion.kind == MOTION_LAST)
		pages_last(accounts->app->pages);
	return true;
}

/* The first row is the head. */
static void accounts_click(void *self, int row)
{
	struct accounts *accounts = self;
	const struct pages *pages = accounts->app->pages;
	if (!pages || row < 1 || row > accounts->height || pages_selected(pages) < accounts->row)
		return;
	size_t at = pages_selected(pages) - accounts->row + (size_t)row - 1;
	if (at < pages_count(pages))
		pages_move(accounts->app->pages, (long)at - (long)pages_selected(pages));
}

static bool read_state(void *self)
{
	struct accounts *accounts = self;
	bool was_slow = slow(accounts);
	bool loading = accounts->app->pages && pages_loading(accounts->app->pages);
	if (!loading)
		accounts->reading_since = 0;
	else if (!accounts->reading_since)
		accounts->reading_since = clock_us();
	return was_slow && !loading;
}

/* A read that takes long is said; one that is answered at once would only flicker. */
static uint64_t accounts_wake(void *self)
{
	const struct accounts *accounts = self;
	const struct pages *pages = accounts->app->pages;
	if (pages && slow(accounts) && pages_sought(pages) == SOUGHT_RUNS) {
		uint64_t since = pages_sought_since(pages); /* its seconds are shown, see paint.c */
		return since + ((clock_us() - since) / SECOND_US + 1) * SECOND_US;
	}
	return accounts->reading_since && !slow(accounts) ? accounts->reading_since + SAY_READING_US : 0;
}

static void accounts_free(void *self)
{
	struct accounts *accounts = self;
	free(accounts->top);
	free(accounts);
}

int accounts_columns(const struct view *view)
{
	const struct accounts *accounts = view->self;
	return columns_wanted(&accounts->columns, accounts->app->catalogue) + 2;
}

struct view accounts_view(struct app *app)
{
	static const struct view_ops ops = {
		.context = "accounts",
		.title = accounts_title,
		.footer = accounts_footer,
		.draw = accounts_draw,
		.act = accounts_act,
		.click = accounts_click,
		.read = read_state,
		.wake = accounts_wake,
		.free = accounts_free,
	};
	struct accounts *accounts = NEW(struct accounts);
	accounts->app = app;
	return (struct view){&ops, accounts};
}
