/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sessions pane: who waits for whom on the server, then the other sessions. */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "event/json.h"
#include "trace/members.h"
#include "ui/draw.h"
#include "ui/sideways.h"
#include "ui/view.h"
#include "watch/cells.h"
#include "watch/list.h"

/* SLOW_US: an answer that takes longer is said to be awaited. */
enum { CELL_COLS = 40, STATEMENT_COLS = 2000, WIDE_COLS = 110, NARROW_COLS = 60, SLOW_US = 2000000 };

/* Widths only grow while the sessions are shown, so that a line does not jump each second. */
struct sessions_pane {
	struct app *app;
	struct find find;
	size_t top;
	long row; /* of the selected line in the pane, in a recording, until one moves; -1 */
	int height, columns;
	int wanted[SESSION_CELLS]; /* columns that a cell would take, */
	int width[SESSION_CELLS];  /* and has */
	struct sideways side;
};

static const struct session_list *sessions_list(const struct sessions_pane *pane)
{
	return pane->app->sessions;
}

static size_t sessions_count(const struct sessions_pane *pane)
{
	return pane->app->sessions ? session_list_count(pane->app->sessions) : 0;
}

/* ---- one line ---- */

/* "idle in txn 5 s" where there is little room, "in txn 5 s" where there is less: the time is what counts. */
static void sessions_shorten(struct buf *text, int columns)
{
	static const char words[] = "idle in transaction";
	struct buf shorter = {0};
	if (columns >= WIDE_COLS || strncmp(buf_text(text), words, strlen(words)) != 0)
		return;
	buf_fmt(&shorter, "%sin txn%s", columns < NARROW_COLS ? "" : "idle ", text->p + strlen(words));
	buf_free(text);
	*text = shorter;
}

static char *sessions_cell(const struct sessions_pane *pane, size_t i, enum session_cell cell, size_t columns)
{
	struct buf raw = {0}, text = {0};
	session_list_cell(&raw, sessions_list(pane), i, cell);
	if (cell == CELL_STATE)
		sessions_shorten(&raw, pane->columns);
	text_escape(&text, buf_text(&raw), raw.len, columns);
	buf_free(&raw);
	return buf_take(&text);
}

/* The cell in its columns, two blanks before all but the first. */
static void sessions_put_cell(const struct sessions_pane *pane, struct buf *line, enum session_cell cell,
			      const char *text)
{
	if (!pane->width[cell])
		return;
	buf_str(line, cell ? "  " : "");
	text_pad(line, text, pane->width[cell], cell == CELL_XACT ? TEXT_RIGHT : TEXT_LEFT);
}

static void sessions_add_line(const struct sessions_pane *pane, struct buf *line, size_t i)
{
	for (enum session_cell cell = 0; cell < SESSION_CELLS; cell++) {
		char *text = sessions_cell(pane, i, cell, (size_t)(pane->side.at ? STATEMENT_COLS : pane->columns));
		sessions_put_cell(pane, line, cell, text);
		free(text);
	}
}

/* What stays at the left: the session. */
static int sessions_frozen(const struct sessions_pane *pane)
{
	int frozen = 1 + pane->wanted[CELL_ID] + 2;
	return frozen < pane->columns / 2 ? frozen : pane->columns / 2;
}

static void sessions_draw_line(const struct sessions_pane *pane, struct rect at, enum style style, const char *text)
{
	struct buf line = {0};
	sideways_line(&line, &pane->side, text, sessions_frozen(pane));
	draw_line(at.y, at.x, at.w, style, buf_text(&line));
	buf_free(&line);
}

/* Who waits, and for how long somebody has been holding others up, is what one looks for. */
static enum style sessions_style(const struct sessions_pane *pane, size_t i)
{
	static const enum style styles[] = {[SESSION_IN_CIRCLE] = STYLE_BAD,
					    [SESSION_WAITS] = STYLE_WAIT,
					    [SESSION_HOLDS] = STYLE_WARNING,
					    [SESSION_IN_TRANSACTION] = STYLE_TEXT,
					    [SESSION_IDLE] = STYLE_FAINT};
	return styles[session_list_look(sessions_list(pane), i)];
}

static void sessions_draw_row(const struct sessions_pane *pane, struct rect at, size_t i, bool focus)
{
	bool selected = i == session_list_selected(sessions_list(pane));
	enum style style = !selected ? sessions_style(pane, i) : focus ? STYLE_SELECTED : STYLE_MARKED;
	struct buf line = {0};
	buf_str(&line, selected ? ">" : " ");
	sessions_add_line(pane, &line, i);
	sessions_draw_line(pane, at, style, buf_text(&line));
	buf_free(&line);
}

static void sessions_draw_head(const struct sessions_pane *pane, struct rect at)
{
	struct buf line = {0};
	buf_char(&line, ' ');
	for (enum session_cell cell = 0; cell < SESSION_CELLS; cell++)
		sessions_put_cell(pane, &line, cell, cell == CELL_XACT ? "in txn" : session_cell_titles[cell]);
	sessions_draw_line(pane, at, STYLE_HEAD, buf_text(&line));
	if (pane->side.more)
		draw_right(at.y, at.x + at.w - 2, 2, STYLE_HEAD, " >");
	buf_free(&line);
}

/* ---- the widths ---- */

static void sessions_measure(struct sessions_pane *pane, size_t rows)
{
	static const int least[SESSION_CELLS] = {[CELL_ID] = 7,    [CELL_APPLICATION] = 11, [CELL_USER] = 4,
						 [CELL_STATE] = 8, [CELL_XACT] = 6,         [CELL_WAITS] = 9};
	pane->wanted[CELL_STATEMENT] = (int)strlen(session_cell_titles[CELL_STATEMENT]);
	for (enum session_cell cell = 0; cell < SESSION_CELLS; cell++) {
		size_t most = cell == CELL_STATEMENT ? STATEMENT_COLS : CELL_COLS;
		if (pane->wanted[cell] < least[cell])
			pane->wanted[cell] = least[cell];
		for (size_t i = 0; i < rows; i++) {
			char *text = sessions_cell(pane, pane->top + i, cell, most);
			int width = (int)text_width(text, strlen(text));
			pane->wanted[cell] = width > pane->wanted[cell] ? width : pane->wanted[cell];
			free(text);
		}
	}
}

static int sessions_used(const struct sessions_pane *pane)
{
	int used = 1;
	for (enum session_cell cell = 0; cell < CELL_STATEMENT; cell++)
		used += pane->width[cell] ? pane->width[cell] + 2 : 0;
	return used;
}

/* Where they leave less than a third to the statement, cells give way in this order, down to so many columns; the last
 * of them only where there is no room at all. */
static void sessions_fit(struct sessions_pane *pane)
{
	static const struct {
		enum session_cell cell;
		int least;
		bool last;
	} order[] = {{CELL_APPLICATION, 16, false}, {CELL_STATE, 26, false}, {CELL_WAITS, 24, false},
		     {CELL_USER, 8, false},         {CELL_USER, 0, false},   {CELL_XACT, 0, false},
		     {CELL_STATE, 16, false},       {CELL_WAITS, 18, false}, {CELL_APPLICATION, 12, false},
		     {CELL_APPLICATION, 0, true},   {CELL_STATE, 12, true},  {CELL_WAITS, 8, true}};
	memcpy(pane->width, pane->wanted, sizeof pane->width);
	sideways_begin(&pane->side);
	sideways_saw(&pane->side, sessions_used(pane) + pane->wanted[CELL_STATEMENT], pane->columns);
	if (pane->side.at) /* they are scrolled, and none gives way */
		return;
	for (size_t i = 0; i < COUNT_OF(order); i++) {
		int spare = order[i].last ? -2 : pane->columns / 3;
		int over = sessions_used(pane) + spare - pane->columns, *width = &pane->width[order[i].cell];
		if (over > 0 && *width > order[i].least)
			*width = order[i].least == 0 || *width - over < order[i].least ? order[i].least : *width - over;
	}
	int left = pane->columns - sessions_used(pane);
	pane->width[CELL_STATEMENT] = left > 0 ? left : 0;
}

/* ---- the pane ---- */

/* What is said in place of the list, or above it; false: nothing. */
static bool sessions_trouble(const struct sessions_pane *pane, struct buf *out)
{
	const struct session_list *list = sessions_list(pane);
	const char *error = list ? session_list_error(list) : NULL;
	uint64_t asked_us = list ? session_list_asked_us(list) : 0;
	if (error) {
		draw_harmless(out, error);
		buf_str(out, "; asking again");
	} else if (!list && pane->app->play) {
		buf_str(out, "no sessions are recorded up to this event: a trace has them once F4 has shown them");
	} else if (!list || !session_list_about(list).known) {
		buf_str(out, "asking the server for its sessions ...");
	} else if (asked_us && clock_us() - asked_us > SLOW_US) {
		buf_fmt(out, "the server has not answered for %d s", (int)((clock_us() - asked_us) / 1000000));
	}
	return out->len > 0;
}

/* Lines that say what is wrong, over the list; the rest is the list's. */
static void sessions_draw_trouble(const struct sessions_pane *pane, struct rect *rest)
{
	struct buf words = {0};
	if (sessions_trouble(pane, &words)) {
		struct rect at = {rest->y, rest->x + 1, rest->h < 3 ? rest->h : 3, rest->w - 2};
		int used = draw_wrapped(at, STYLE_BAD, buf_text(&words));
		rest->y += used;
		rest->h -= used;
	}
	buf_free(&words);
}

/* The rows that are in sight, from pane->top on. */
static size_t sessions_scroll(struct sessions_pane *pane)
{
	size_t height = (size_t)pane->height, count = sessions_count(pane);
	size_t selected = session_list_selected(sessions_list(pane));
	struct scroll list = {0, count, height, 0};
	if (pane->row >= 0)
		pane->top = selected > (size_t)pane->row ? selected - (size_t)pane->row : 0;
	pane->top = scroll_top(&list, pane->top, selected);
	return count - pane->top < height ? count - pane->top : height;
}

static void sessions_draw(void *self, struct rect inside, bool focus)
{
	struct sessions_pane *pane = self;
	struct rect rest = inside;
	draw_clear(inside);
	sessions_draw_trouble(pane, &rest);
	pane->height = rest.h - 1;
	pane->columns = rest.w;
	if (!sessions_count(pane) || pane->height < 1)
		return;
	size_t rows = sessions_scroll(pane);
	sessions_measure(pane, rows);
	sessions_fit(pane);
	sessions_draw_head(pane, (struct rect){rest.y, rest.x, 1, rest.w});
	for (size_t i = 0; i < rows; i++)
		sessions_draw_row(pane, (struct rect){rest.y + 1 + (int)i, rest.x, 1, rest.w}, pane->top + i, focus);
}

static void sessions_title(void *self, struct buf *out)
{
	const struct sessions_pane *pane = self;
	const struct session_list *list = sessions_list(pane);
	struct session_list_about about = list ? session_list_about(list) : (struct session_list_about){0};
	buf_str(out, "Sessions");
	if (about.known && !about.waits)
		buf_str(out, "  nobody waits");
	else if (about.waits)
		buf_str(out, "  who waits stands under whom it waits for");
}

static void sessions_footer(void *self, struct buf *out, int columns)
{
	const struct sessions_pane *pane = self;
	const struct session_list *list = sessions_list(pane);
	struct session_list_about about = list ? session_list_about(list) : (struct session_list_about){0};
	char time[16];
	if (!about.known || columns < 24)
		return;
	clock_show(time, session_list_read_at(list));
	buf_fmt(out, "read %.8s", time);
	if (columns > 40)
		buf_str(out, "  * ours");
	if (about.hidden && columns > 66)
		buf_fmt(out, "  %zu hidden: needs pg_read_all_stats", about.hidden);
	if (about.more)
		buf_str(out, "  not all");
}

static bool sessions_act(void *self, const char *action, const char *argument)
{
	struct sessions_pane *pane = self;
	struct motion motion = motion_of(action, argument, pane->height);
	size_t count = sessions_count(pane);
	if (motion.kind == MOTION_NONE)
		return false;
	pane->row = -1;
	if (motion.kind == MOTION_SIDE && !sideways_move(&pane->side, motion.by))
		app_say(pane->app, ST_OK, "%s", sideways_end(motion.by));
	if (!count || motion.kind == MOTION_SIDE)
		return true;
	long to = (long)session_list_selected(pane->app->sessions) + (motion.kind == MOTION_BY ? motion.by : 0);
	if (motion.kind == MOTION_FIRST)
		to = 0;
	else if (motion.kind == MOTION_LAST)
		to = (long)count - 1;
	session_list_select(pane->app->sessions, to < 0 ? 0 : (size_t)to);
	return true;
}

static void sessions_click(void *self, int row)
{
	struct sessions_pane *pane = self;
	size_t count = sessions_count(pane);
	if (row > 0 && pane->top + (size_t)row - 1 < count)
		session_list_select(pane->app->sessions, pane->top + (size_t)row - 1);
}

static bool sessions_holds(void *self, uint64_t i, const char *wanted)
{
	const struct sessions_pane *pane = self;
	bool holds = false;
	for (enum session_cell cell = 0; cell < SESSION_CELLS && !holds; cell++) {
		char *text = sessions_cell(pane, (size_t)i, cell, 0);
		size_t n = strlen(text);
		holds = find_place(text, n, 0, wanted) < n;
		free(text);
	}
	return holds;
}

static struct found sessions_find_line(void *self, const char *text, enum find_way way)
{
	struct sessions_pane *pane = self;
	struct find_lines lines = {pane, sessions_holds, 0, sessions_count(pane)};
	uint64_t at = lines.n ? session_list_selected(pane->app->sessions) : 0;
	struct found found = find_go(&pane->find, &lines, text, way, &at);
	if (lines.n)
		session_list_select(pane->app->sessions, (size_t)at);
	return found;
}

static const char *sessions_wanted(const void *self)
{
	const struct sessions_pane *pane = self;
	return buf_text(&pane->find.text);
}

/* It does not read events: the list says when something changed. */
static bool sessions_read_nothing(void *self)
{
	(void)self;
	return false;
}

/* What is awaited for long is said, though nothing happens. */
static uint64_t sessions_wake(void *self)
{
	const struct sessions_pane *pane = self;
	const struct session_list *list = sessions_list(pane);
	uint64_t asked_us = list && session_list_watched(list) ? session_list_asked_us(list) : 0;
	if (!asked_us)
		return 0;
	uint64_t waited_us = clock_us() - asked_us;
	return waited_us < SLOW_US ? asked_us + SLOW_US : asked_us + (waited_us / 1000000 + 1) * 1000000;
}

/* ---- in a trace ---- */

static void sessions_look(const void *self, struct buf *members)
{
	const struct sessions_pane *pane = self;
	if (!sessions_count(pane))
		return;
	size_t selected = session_list_selected(sessions_list(pane));
	members_number(members, "sessions_row", selected > pane->top ? selected - pane->top : 0);
	members_list(members, "sessions_widths");
	for (enum session_cell cell = 0; cell < SESSION_CELLS; cell++)
		members_item_number(members, pane->wanted[cell]);
	members_list_end(members);
}

/* What is not there is narrow, and grows. */
static void sessions_look_again(void *self, const struct json_object *look)
{
	struct sessions_pane *pane = self;
	int64_t row = json_object_number(look, "sessions_row", 0);
	pane->row = row > 0 && row <= SESSIONS_RECORDED ? (long)row : 0;
	for (enum session_cell cell = 0; cell < SESSION_CELLS; cell++) {
		int most = cell == CELL_STATEMENT ? STATEMENT_COLS : CELL_COLS;
		int64_t width = json_object_item_number(look, "sessions_widths", cell, 0);
		pane->wanted[cell] = width > 0 && width <= most ? (int)width : 0;
	}
}

static void sessions_free_pane(void *self)
{
	struct sessions_pane *pane = self;
	buf_free(&pane->find.text);
	free(pane);
}

struct view sessions_view(struct app *app)
{
	static const struct view_ops ops = {
		.context = "sessions",
		.title = sessions_title,
		.footer = sessions_footer,
		.draw = sessions_draw,
		.act = sessions_act,
		.click = sessions_click,
		.read = sessions_read_nothing,
		.wake = sessions_wake,
		.find = sessions_find_line,
		.wanted = sessions_wanted,
		.look = sessions_look,
		.look_again = sessions_look_again,
		.free = sessions_free_pane,
	};
	struct sessions_pane *pane = NEW(struct sessions_pane);
	pane->app = app;
	pane->row = -1;
	return (struct view){&ops, pane};
}
