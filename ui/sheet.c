/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sheet: a scrollable text over the panes, for the help and for the full text of an event. */
#include "ui/sheet.h"

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
};

struct sheet {
	char *title;
	const char *context;
	struct buf text;
	struct line *lines; /* of the text at `columns` */
	int n, columns;
	int top, height;
};

struct sheet *sheet_new(const char *title, const char *context, struct buf *text)
{
	struct sheet *sheet = NEW(struct sheet);
	sheet->title = mem_dup(title);
	sheet->context = context;
	sheet->text = *text;
	*text = (struct buf){0};
	return sheet;
}

void sheet_free(struct sheet *sheet)
{
	if (!sheet)
		return;
	free(sheet->title);
	free(sheet->lines);
	buf_free(&sheet->text);
	free(sheet);
}

const char *sheet_context(const struct sheet *sheet)
{
	return sheet->context;
}

/* Where the lines below a wrapped one begin: under its second column, if it has one, else under its first word. */
static int hang_of(const char *line, int columns)
{
	size_t n = strcspn(line, "\n"), word = strspn(line, " ");
	const char *gap = memmem(line + word, n - word, "  ", 2);
	size_t hang = gap ? (size_t)(gap - line) + strspn(gap, " ") : word;
	return hang < (size_t)columns / 2 ? (int)hang : 0;
}

static void add_line(struct sheet *sheet, struct piece piece, int indent)
{
	if (sheet->n % LINES_STEP == 0)
		sheet->lines = mem_resize(sheet->lines, (size_t)sheet->n + LINES_STEP, sizeof *sheet->lines);
	sheet->lines[sheet->n++] = (struct line){piece, indent};
}

static void wrap(struct sheet *sheet, int columns)
{
	struct wrap wrap = wrap_start(buf_text(&sheet->text), columns);
	struct piece piece;
	sheet->n = 0;
	sheet->columns = columns;
	while (!wrap.done) {
		const char *end = wrap.rest + strcspn(wrap.rest, "\n");
		int hang = hang_of(wrap.rest, columns);
		for (bool first = true; !wrap.done && wrap.rest <= end; first = false) {
			wrap.columns = (size_t)(first ? columns : columns - hang);
			if (wrap_next(&wrap, &piece))
				add_line(sheet, piece, first ? 0 : hang);
		}
	}
}

static void keep_within(struct sheet *sheet)
{
	if (sheet->top > sheet->n - sheet->height)
		sheet->top = sheet->n - sheet->height;
	if (sheet->top < 0)
		sheet->top = 0;
}

static void draw_one(int y, struct rect inside, const struct line *line)
{
	const struct piece *piece = &line->piece;
	struct buf text = {0};
	buf_fill(&text, ' ', (size_t)line->indent);
	buf_add(&text, piece->text, piece->n);
	bool head = piece->n && piece->text[0] != ' ' && piece->text[piece->n - 1] == ':';
	draw_line(y, inside.x + 1, inside.w - 2, head ? STYLE_KEY : STYLE_TEXT, buf_text(&text));
	buf_free(&text);
}

void sheet_draw(struct sheet *sheet, struct rect room)
{
	struct rect inside = layout_inside(room);
	struct buf footer = {0};
	if (inside.w - 2 != sheet->columns)
		wrap(sheet, inside.w - 2);
	sheet->height = inside.h;
	keep_within(sheet);
	draw_clear(inside);
	for (int i = 0; i < inside.h && sheet->top + i < sheet->n; i++)
		draw_one(inside.y + i, inside, &sheet->lines[sheet->top + i]);
	int last = sheet->top + inside.h < sheet->n ? sheet->top + inside.h : sheet->n;
	if (sheet->n > inside.h)
		buf_fmt(&footer, "lines %d-%d of %d", sheet->top + 1, last, sheet->n);
	draw_frame(room, true, sheet->title, buf_text(&footer));
	buf_free(&footer);
}

bool sheet_act(struct sheet *sheet, const char *action, const char *argument)
{
	struct motion motion = motion_of(action, argument, sheet->height);
	if (motion.kind == MOTION_BY)
		sheet->top += (int)motion.by;
	else if (motion.kind == MOTION_FIRST)
		sheet->top = 0;
	else if (motion.kind == MOTION_LAST)
		sheet->top = sheet->n;
	keep_within(sheet);
	return motion.kind != MOTION_NONE;
}
