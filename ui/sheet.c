/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sheet: a scrollable text over the panes, for the help and for the full text of an event. */
#include "ui/sheet.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ui/draw.h"
#include "ui/view.h"
#include "ui/wrap.h"

struct sheet {
	char *title;
	const char *context;
	struct buf text;
	struct piece *lines; /* of the text at `columns` */
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

static void wrap(struct sheet *sheet, int columns)
{
	struct wrap wrap = wrap_start(buf_text(&sheet->text), columns);
	int cap = 0;
	free(sheet->lines);
	sheet->lines = NULL;
	sheet->n = 0;
	sheet->columns = columns;
	for (struct piece piece; wrap_next(&wrap, &piece); sheet->lines[sheet->n++] = piece) {
		if (sheet->n < cap)
			continue;
		cap = cap ? cap * 2 : 64;
		sheet->lines = mem_resize(sheet->lines, (size_t)cap, sizeof *sheet->lines);
	}
}

static void keep_within(struct sheet *sheet)
{
	if (sheet->top > sheet->n - sheet->height)
		sheet->top = sheet->n - sheet->height;
	if (sheet->top < 0)
		sheet->top = 0;
}

static void draw_piece(int y, struct rect inside, struct piece piece)
{
	struct buf line = {0};
	buf_add(&line, piece.text, piece.n);
	bool head = piece.n && piece.text[0] != ' ' && piece.text[piece.n - 1] == ':';
	draw_line(y, inside.x + 1, inside.w - 2, head ? STYLE_KEY : STYLE_TEXT, buf_text(&line));
	buf_free(&line);
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
		draw_piece(inside.y + i, inside, sheet->lines[sheet->top + i]);
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
