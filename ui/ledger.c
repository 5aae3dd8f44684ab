/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger pane: past transfers, newest first. */
#include <limits.h>
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

enum {
	TIME_COLS = 19,
	TIME_OF_DAY = 11,
	CLOCK_COLS = 5,
	ID_COLS = 36,
	ID_BRIEF = 8,
	CELL_MAX = 40,
	CELL_MIN = 6,
	FROZEN = 11
};

/* Widths only grow while the list is scrolled, as those of the accounts. */
struct ledger {
	struct app *app;
	const struct history *seen; /* whose widths these are */
	size_t top;
	long row; /* of the selected one in the pane, in a recording, until one moves; -1 */
	int height, columns, width[LEDGER_COLUMNS];
	struct sideways side;
	struct find find;
};

/* ---- one line ---- */

static void ledger_add(struct buf *line, const char *cell, int columns, enum text_align align)
{
	struct buf text = {0};
	text_escape(&text, cell ? cell : "NULL", cell ? strlen(cell) : 4, (size_t)columns);
	text_pad(line, buf_text(&text), columns, align);
	buf_str(line, "  ");
	buf_free(&text);
}

static int ledger_cells_width(const struct ledger *ledger)
{
	int used = 0;
	for (size_t c = LEDGER_SOURCE; c < LEDGER_COLUMNS; c++)
		used += ledger->width[c] + 2;
	return used;
}

/* Where the amount would not fit any more the day goes, which Enter shows. */
static int ledger_time_width(const struct ledger *ledger)
{
	return 1 + TIME_COLS + ledger_cells_width(ledger) <= ledger->columns ? TIME_COLS : CLOCK_COLS;
}

/* The id comes last. Where it does not fit it is its first digits; Enter shows all of it. */
static int ledger_id_width(const struct ledger *ledger)
{
	int used = 1 + TIME_COLS + 2 + ledger_cells_width(ledger);
	return used + ID_COLS <= ledger->columns ? ID_COLS : ID_BRIEF;
}

static void ledger_add_cells(const struct ledger *ledger, struct buf *line, const struct entry *entry)
{
	struct buf time = {0};
	const char *made = entry->cells[LEDGER_MADE_AT] ? entry->cells[LEDGER_MADE_AT] : "NULL";
	int columns = ledger_time_width(ledger);
	bool dated = columns == CLOCK_COLS && strlen(made) >= TIME_COLS;
	buf_fmt(&time, "%.*s", columns, dated ? made + TIME_OF_DAY : made);
	ledger_add(line, buf_text(&time), columns, TEXT_LEFT);
	for (size_t c = LEDGER_SOURCE; c < LEDGER_COLUMNS; c++)
		ledger_add(line, entry->cells[c], ledger->width[c], TEXT_RIGHT);
	const char *id = entry->cells[LEDGER_ID] ? entry->cells[LEDGER_ID] : "NULL";
	size_t width = (size_t)ledger_id_width(ledger);
	text_escape(line, id, strnlen(id, width), width);
	buf_free(&time);
}

/* The line in full, which is scrolled behind its id. */
static void ledger_add_whole(const struct ledger *ledger, struct buf *line, const struct entry *entry)
{
	const char *id = entry->cells[LEDGER_ID] ? entry->cells[LEDGER_ID] : "NULL";
	struct ledger wide = *ledger;
	struct buf brief = {0};
	wide.columns = INT_MAX;
	buf_add(&brief, id, strnlen(id, ID_BRIEF));
	ledger_add(line, buf_text(&brief), ID_BRIEF, TEXT_LEFT);
	ledger_add_cells(&wide, line, entry);
	buf_free(&brief);
}

/* Behind the mark of the selection. Where nothing is scrolled away the line is made for the room that there is. */
static void ledger_add_line(const struct ledger *ledger, struct buf *line, const struct entry *entry)
{
	struct buf whole = {0};
	if (!ledger->side.at) {
		ledger_add_cells(ledger, line, entry);
		return;
	}
	buf_add(&whole, buf_text(line), line->len);
	buf_clear(line);
	ledger_add_whole(ledger, &whole, entry);
	sideways_line(line, &ledger->side, buf_text(&whole), FROZEN);
	buf_free(&whole);
}

static void ledger_draw_row(const struct ledger *ledger, struct rect at, size_t i, bool focus)
{
	const struct history *history = ledger->app->history;
	struct entry entry = history_row(history, i);
	bool selected = i == history_selected(history);
	struct buf line = {0};
	buf_str(&line, selected ? ">" : " ");
	ledger_add_line(ledger, &line, &entry);
	draw_line(at.y, at.x, at.w, !selected ? STYLE_TEXT : focus ? STYLE_SELECTED : STYLE_MARKED, buf_text(&line));
	buf_free(&line);
}

static void ledger_draw_head(const struct ledger *ledger, struct rect at)
{
	struct entry head;
	struct buf line = {0};
	memcpy(head.cells, ledger_titles, sizeof head.cells);
	if (!ledger->side.at && ledger_time_width(ledger) == CLOCK_COLS)
		head.cells[LEDGER_MADE_AT] = "at";
	buf_char(&line, ' ');
	ledger_add_line(ledger, &line, &head);
	draw_line(at.y, at.x, at.w, STYLE_HEAD, buf_text(&line));
	if (ledger->side.more)
		draw_right(at.y, at.x + at.w - 2, 2, STYLE_HEAD, " >");
	buf_free(&line);
}

/* How much of the lines is hidden: nothing where they have their day and the whole id. */
static void ledger_measure(struct ledger *ledger)
{
	bool whole = ledger_time_width(ledger) == TIME_COLS && ledger_id_width(ledger) == ID_COLS;
	sideways_begin(&ledger->side);
	if (whole)
		ledger->side.at = 0;
	else
		sideways_saw(&ledger->side, FROZEN + TIME_COLS + 2 + ledger_cells_width(ledger) + ID_COLS,
			     ledger->columns);
}

/* ---- the pane ---- */

static void ledger_widen(int *columns, const char *cell)
{
	int wanted = cell ? (int)text_width(cell, strlen(cell)) : 4;
	if (wanted > CELL_MAX)
		wanted = CELL_MAX;
	if (wanted > *columns)
		*columns = wanted;
}

static void ledger_fit(struct ledger *ledger, size_t rows)
{
	const struct history *history = ledger->app->history;
	if (ledger->seen != history && !ledger->app->play) { /* in a recording they are as they were */
		ledger->seen = history;
		for (size_t c = 0; c < LEDGER_COLUMNS; c++)
			ledger->width[c] = CELL_MIN;
	}
	for (size_t i = 0; i < rows; i++) {
		struct entry entry = history_row(history, ledger->top + i);
		for (size_t c = LEDGER_SOURCE; c < LEDGER_COLUMNS; c++)
			ledger_widen(&ledger->width[c], entry.cells[c]);
	}
}

/* The selection stays in sight; the rows move by half a pane. */
static size_t rows_shown(struct ledger *ledger)
{
	const struct history *history = ledger->app->history;
	size_t height = (size_t)ledger->height, count = history_count(history), selected = history_selected(history);
	if (ledger->row >= 0)
		ledger->top = selected > (size_t)ledger->row ? selected - (size_t)ledger->row : 0;
	ledger->top = scroll_top(&(struct scroll){0, count, height, height / 2}, ledger->top, selected);
	return count - ledger->top < height ? count - ledger->top : height;
}

/* The text shown when there are no rows; false if there are rows. */
static bool ledger_nothing(const struct app *app, struct buf *out)
{
	const struct history *history = app->history;
	if (!history && app->play)
		buf_str(out, "no ledger is recorded up to this event: a trace has it, unless it was made without "
			     "values, once F5 "
			     "has shown it");
	else if (!history)
		buf_str(out, "press F5 to read the ledger");
	else if (history_count(history) > 0)
		return false;
	else if (history_error(history))
		draw_harmless(out, history_error(history));
	else if (!history_loaded(history))
		buf_str(out, "reading the ledger ...");
	else if (history_of(history))
		buf_str(out, "this account took part in no transfer; F5 shows all of them");
	else
		buf_str(out, "no transfer was made yet: F2 goes to the accounts, where s, d and Enter make one");
	return true;
}

static void ledger_draw(void *self, struct rect inside, bool focus)
{
	struct ledger *ledger = self;
	struct buf words = {0};
	draw_clear(inside);
	bool empty = ledger_nothing(ledger->app, &words);
	if (empty)
		draw_wrapped((struct rect){inside.y, inside.x + 1, inside.h, inside.w - 2}, STYLE_TEXT,
			     buf_text(&words));
	buf_free(&words);
	ledger->height = inside.h - 1;
	ledger->columns = inside.w;
	if (empty || ledger->height < 1)
		return;
	size_t rows = rows_shown(ledger);
	ledger_fit(ledger, rows);
	ledger_measure(ledger);
	ledger_draw_head(ledger, (struct rect){inside.y, inside.x, 1, inside.w});
	for (size_t i = 0; i < rows; i++)
		ledger_draw_row(ledger, (struct rect){inside.y + 1 + (int)i, inside.x, 1, inside.w}, ledger->top + i,
				focus);
}

static void ledger_title(void *self, struct buf *out)
{
	const struct ledger *ledger = self;
	const struct history *history = ledger->app->history;
	buf_str(out, "Ledger  newest first");
	if (history && history_of(history)) {
		buf_str(out, "  of account ");
		text_escape(out, history_of(history), strlen(history_of(history)), 30);
	}
}

static void ledger_footer(void *self, struct buf *out, int columns)
{
	const struct ledger *ledger = self;
	const struct history *history = ledger->app->history;
	char time[16];
	if (!history || !history_loaded(history) || columns < 40)
		return;
	if (history_whole(history))
		buf_fmt(out, "%zu %s  ", history_count(history),
			text_plural(history_count(history), "transfer", "transfers"));
	clock_show(time, history_read_at(history));
	buf_fmt(out, "%sread %.8s", history_error(history) ? "failed " : "", time);
}

static bool ledger_act(void *self, const char *action, const char *argument)
{
	struct ledger *ledger = self;
	struct history *history = ledger->app->history;
	struct motion motion = motion_of(action, argument, ledger->height);
	if (motion.kind == MOTION_NONE)
		return false;
	ledger->row = -1;
	if (motion.kind == MOTION_SIDE && !sideways_move(&ledger->side, motion.by))
		app_say(ledger->app, ST_OK, "%s", sideways_end(motion.by));
	if (history && motion.kind == MOTION_BY)
		history_move(history, motion.by);
	else if (history && motion.kind == MOTION_FIRST)
		history_first(history);
	else if (history && motion.kind == MOTION_LAST)
		history_last(history);
	return true;
}

/* The first row is the head. */
static void ledger_click(void *self, int row)
{
	struct ledger *ledger = self;
	struct history *history = ledger->app->history;
	if (!history || row < 1 || row > ledger->height || ledger->top + (size_t)row > history_count(history))
		return;
	history_move(history, (long)(ledger->top + (size_t)row - 1) - (long)history_selected(history));
}

/* ---- the search ---- */

static bool ledger_holds(void *self, uint64_t i, const char *wanted)
{
	const struct ledger *ledger = self;
	struct entry entry = history_row(ledger->app->history, (size_t)i);
	for (size_t c = 0; c < LEDGER_COLUMNS; c++) {
		size_t n = entry.cells[c] ? strlen(entry.cells[c]) : 0;
		if (n && find_place(entry.cells[c], n, 0, wanted) < n)
			return true;
	}
	return false;
}

/* Those that were read: around the selected one, some hundreds. */
static struct found ledger_find(void *self, const char *text, enum find_way way)
{
	struct ledger *ledger = self;
	struct history *history = ledger->app->history;
	struct find_lines lines = {ledger, ledger_holds, 0, history ? history_count(history) : 0};
	uint64_t was = history ? history_selected(history) : 0, at = was;
	struct found found = find_go(&ledger->find, &lines, text, way, &at);
	found.part = history && !history_whole(history);
	if (at != was)
		history_move(history, (long)at - (long)was);
	return found;
}

static const char *ledger_wanted(const void *self)
{
	const struct ledger *ledger = self;
	return buf_text(&ledger->find.text);
}

/* ---- in a trace ---- */

static void ledger_look(const void *self, struct buf *members)
{
	const struct ledger *ledger = self;
	if (!ledger->app->history)
		return;
	size_t selected = history_selected(ledger->app->history);
	members_number(members, "ledger_row", selected > ledger->top ? selected - ledger->top : 0);
	members_list(members, "ledger_widths");
	for (size_t c = 0; c < LEDGER_COLUMNS; c++)
		members_item_number(members, ledger->width[c]);
	members_list_end(members);
}

/* What is not there is narrow, and grows. */
static void ledger_look_again(void *self, const struct json_object *look)
{
	struct ledger *ledger = self;
	int64_t row = json_object_number(look, "ledger_row", 0);
	ledger->row = row > 0 && row <= HISTORY_RECORDED ? (long)row : 0;
	for (size_t c = 0; c < LEDGER_COLUMNS; c++) {
		int64_t width = json_object_item_number(look, "ledger_widths", c, CELL_MIN);
		ledger->width[c] = width >= CELL_MIN && width <= CELL_MAX ? (int)width : CELL_MIN;
	}
}

static void ledger_free_pane(void *self)
{
	struct ledger *ledger = self;
	buf_free(&ledger->find.text);
	free(ledger);
}

/* It does not read events: the history says when something changed. */
static bool ledger_read_nothing(void *self)
{
	(void)self;
	return false;
}

struct view ledger_view(struct app *app)
{
	static const struct view_ops ops = {
		.context = "ledger",
		.title = ledger_title,
		.footer = ledger_footer,
		.draw = ledger_draw,
		.act = ledger_act,
		.click = ledger_click,
		.read = ledger_read_nothing,
		.find = ledger_find,
		.wanted = ledger_wanted,
		.look = ledger_look,
		.look_again = ledger_look_again,
		.free = ledger_free_pane,
	};
	struct ledger *ledger = NEW(struct ledger);
	ledger->app = app;
	ledger->row = -1;
	return (struct view){&ops, ledger};
}
