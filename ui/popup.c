/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A popup: scrollable text over the panes, for the help and the full text of an event. */
#include "ui/popup.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/draw.h"
#include "ui/view.h"
#include "ui/wrap.h"

enum { LINES_STEP = 64 };

struct line {
	struct piece piece;
	int indent;
	int number; /* of the line of the text that it is a piece of */
};

struct popup {
	char *title;
	const char *context;
	struct buf text;
	struct line *lines; /* of the text at `columns` */
	int n, columns;
	int top, height;
	int rows, width; /* of what does not need all the room; 0 */
	struct find find;
	int found; /* the selected line; where none is, the one that was found last, or the first in sight */
	struct buf runs;
};

struct popup *popup_new(const char *title, const char *context, struct buf *text)
{
	struct popup *popup = NEW(struct popup);
	popup->title = mem_dup(title);
	popup->context = context;
	popup->text = *text;
	*text = (struct buf){0};
	return popup;
}

void popup_free(struct popup *popup)
{
	if (!popup)
		return;
	free(popup->title);
	free(popup->lines);
	buf_free(&popup->find.text);
	buf_free(&popup->runs);
	buf_free(&popup->text);
	free(popup);
}

void popup_runs(struct popup *popup, struct buf *runs)
{
	buf_free(&popup->runs);
	popup->runs = *runs;
	*runs = (struct buf){0};
}

void popup_make_small(struct popup *popup, int columns)
{
	popup->width = columns + 4;
	popup->rows = 2;
	for (const char *p = buf_text(&popup->text); *p; p++)
		popup->rows += *p == '\n';
}

bool popup_is_small(const struct popup *popup)
{
	return popup->rows > 0;
}

/* At the right and below, where the panes beside it and above it show most. */
struct rect popup_place(const struct popup *popup, struct rect room)
{
	if (!popup->rows)
		return room;
	int h = popup->rows < room.h ? popup->rows : room.h, w = popup->width < room.w ? popup->width : room.w;
	return (struct rect){room.y + room.h - h, room.x + room.w - w, h, w};
}

const char *popup_context(const struct popup *popup)
{
	return popup->context;
}

const char *popup_title(const struct popup *popup)
{
	return popup->title;
}

const struct buf *popup_text(const struct popup *popup)
{
	return &popup->text;
}

/* Where the lines below a wrapped one begin: under its second column, if it has one, else under its first word. */
static int hang_of(const char *line, int columns)
{
	size_t n = strcspn(line, "\n"), word = strspn(line, " ");
	const char *gap = memmem(line + word, n - word, "  ", 2);
	size_t hang = gap ? (size_t)(gap - line) + strspn(gap, " ") : word;
	return hang < (size_t)columns / 2 ? (int)hang : 0;
}

static void popup_add_line(struct popup *popup, struct piece piece, int indent, int number)
{
	if (popup->n % LINES_STEP == 0)
		popup->lines = mem_resize(popup->lines, (size_t)popup->n + LINES_STEP, sizeof *popup->lines);
	popup->lines[popup->n++] = (struct line){piece, indent, number};
}

static void popup_wrap(struct popup *popup, int columns)
{
	struct wrap wrap = wrap_start(buf_text(&popup->text), columns);
	struct piece piece;
	popup->n = 0;
	popup->columns = columns;
	for (int number = 0; !wrap.done; number++) {
		const char *end = wrap.rest + strcspn(wrap.rest, "\n");
		int hang = hang_of(wrap.rest, columns);
		for (bool first = true; !wrap.done && wrap.rest <= end; first = false) {
			wrap.columns = (size_t)(first ? columns : columns - hang);
			if (wrap_next(&wrap, &piece))
				popup_add_line(popup, piece, first ? 0 : hang, number);
		}
	}
}

static void keep_within(struct popup *popup)
{
	if (popup->top > popup->n - popup->height)
		popup->top = popup->n - popup->height;
	if (popup->top < 0)
		popup->top = 0;
	if (popup->found < popup->top)
		popup->found = popup->top;
	if (popup->found >= popup->top + popup->height)
		popup->found = popup->runs.len ? popup->top + popup->height - 1 : popup->top;
	if (popup->found >= popup->n)
		popup->found = popup->n ? popup->n - 1 : 0;
}

/* The text moves as little as it can to show the selected line. */
static void popup_show_selected(struct popup *popup)
{
	popup->found = popup->found >= popup->n ? popup->n - 1 : popup->found;
	popup->found = popup->found < 0 ? 0 : popup->found;
	struct scroll lines = {0, (uint64_t)popup->n, (uint64_t)popup->height, 0};
	popup->top = (int)scroll_top(&lines, popup->top > 0 ? (uint64_t)popup->top : 0, (uint64_t)popup->found);
	keep_within(popup);
}

static bool popup_selects(const struct popup *popup, int line)
{
	return popup->runs.len && popup->lines[line].number == popup->lines[popup->found].number;
}

static void draw_one(int y, struct rect inside, const struct line *line, bool selected)
{
	const struct piece *piece = &line->piece;
	struct buf text = {0};
	buf_fill(&text, ' ', (size_t)line->indent);
	buf_add(&text, piece->text, piece->n);
	bool head = piece->n && piece->text[0] != ' ' && piece->text[piece->n - 1] == ':';
	enum style style = selected ? STYLE_SELECTED : head ? STYLE_KEY : STYLE_TEXT;
	draw_line(y, inside.x + 1, inside.w - 2, style, buf_text(&text));
	buf_free(&text);
}

void popup_fit(struct popup *popup, struct rect room)
{
	struct rect inside = layout_inside(popup_place(popup, room));
	if (inside.w <= 2 || inside.h <= 0)
		return;
	if (inside.w - 2 != popup->columns)
		popup_wrap(popup, inside.w - 2);
	popup->height = inside.h;
	keep_within(popup);
}

void popup_draw(struct popup *popup, struct rect all)
{
	struct rect room = popup_place(popup, all), inside = layout_inside(room);
	struct buf footer = {0};
	popup_fit(popup, room);
	draw_clear(inside);
	for (int i = 0; i < inside.h && popup->top + i < popup->n; i++)
		draw_one(inside.y + i, inside, &popup->lines[popup->top + i], popup_selects(popup, popup->top + i));
	draw_found(inside, buf_text(&popup->find.text));
	int last = popup->top + inside.h < popup->n ? popup->top + inside.h : popup->n;
	if (popup->n > inside.h)
		buf_fmt(&footer, "lines %d-%d of %d", popup->top + 1, last, popup->n);
	draw_frame(room, true, popup->title, buf_text(&footer));
	buf_free(&footer);
}

void popup_scroll(struct popup *popup, int lines)
{
	popup->top += lines;
	keep_within(popup);
}

bool popup_click(struct popup *popup, int row)
{
	int line = popup->top + row;
	if (!popup->runs.len || row < 0 || row >= popup->height || line >= popup->n)
		return false;
	bool again = popup_selects(popup, line);
	popup->found = line;
	return again;
}

/* One line on, the text moves only where the selected line would leave it; pages move both. */
static void popup_move_selected(struct popup *popup, struct motion motion)
{
	if (motion.kind == MOTION_BY) {
		popup->found += (int)motion.by;
		popup->top += motion.by > 1 || motion.by < -1 ? (int)motion.by : 0;
	} else if (motion.kind == MOTION_FIRST) {
		popup->found = 0;
	} else if (motion.kind == MOTION_LAST) {
		popup->found = popup->n;
	}
	popup_show_selected(popup);
}

bool popup_act(struct popup *popup, const char *action, const char *argument)
{
	struct motion motion = motion_of(action, argument, popup->height);
	if (popup->runs.len)
		popup_move_selected(popup, motion);
	else if (motion.kind == MOTION_BY)
		popup->top += (int)motion.by;
	else if (motion.kind == MOTION_FIRST)
		popup->top = 0;
	else if (motion.kind == MOTION_LAST)
		popup->top = popup->columns ? popup->n : INT_MAX / 2;
	if (popup->columns) /* else it is not wrapped yet, and the first drawing does it */
		keep_within(popup);
	return motion.kind != MOTION_NONE;
}

char *popup_run(const struct popup *popup)
{
	const char *line = buf_text(&popup->runs);
	if (!popup->n || !popup->runs.len)
		return NULL;
	for (int i = popup->lines[popup->found].number; i > 0 && *line; i--)
		line += strcspn(line, "\n") + 1;
	size_t n = strcspn(line, "\n");
	return n ? strndup(line, n) : NULL;
}

/* It begins in that line; where the line is cut, it may go on in the next. */
static bool popup_holds(void *self, uint64_t line, const char *wanted)
{
	const struct popup *popup = self;
	const struct piece *piece = &popup->lines[line].piece;
	return find_place(piece->text, piece->n, 0, wanted) < piece->n;
}

struct found popup_find(struct popup *popup, const char *text, enum find_way way)
{
	struct find_lines lines = {popup, popup_holds, 0, (uint64_t)popup->n};
	uint64_t at = (uint64_t)popup->found;
	struct found found = find_go(&popup->find, &lines, text, way, &at);
	popup->found = (int)at;
	if (popup->found < popup->top || popup->found >= popup->top + popup->height)
		popup->top = popup->found - popup->height / 2;
	int line = popup->found;
	keep_within(popup);
	popup->found = line;
	return found;
}
