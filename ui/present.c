/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws what an audience is shown, large: a statement, its answer, and what it means. */
#include "ui/present.h"

#include <stdbool.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/draw.h"
#include "ui/wrap.h"

enum { PART_WHO, PART_STATEMENT, PART_ANSWER, PART_SENTENCE, PARTS, PRESENT_COLS = 76, GAP_MOST = 2 };

struct part {
	const char *text;
	enum style style;
	int height; /* 0: it is left out */
};

struct parts {
	struct part at[PARTS];
	int columns, gap;
};

void present_free(struct present *present)
{
	buf_free(&present->who);
	buf_free(&present->statement);
	buf_free(&present->answer);
	buf_free(&present->sentence);
}

static struct part present_part(const struct buf *text, enum style style, int columns)
{
	return (struct part){buf_text(text), style, text->len ? wrap_count(buf_text(text), columns) : 0};
}

static int present_height(const struct parts *parts)
{
	int height = 0, n = 0;
	for (int i = 0; i < PARTS; i++) {
		height += parts->at[i].height;
		n += parts->at[i].height > 0;
	}
	return height + (n > 1 ? (n - 1) * parts->gap : 0);
}

/* First the room between the parts is given up, then the parts of least worth. A sentence may be cut, and what is left
 * at last; half of a statement would say something else. */
static void present_fit(struct parts *parts, int height, bool asks)
{
	static const int answers[] = {PART_WHO, PART_SENTENCE, PART_ANSWER, PART_STATEMENT},
			 questions[] = {PART_WHO, PART_STATEMENT, PART_ANSWER, PART_SENTENCE};
	const int *goes = asks ? questions : answers;
	while (parts->gap > 0 && present_height(parts) > height)
		parts->gap--;
	for (int i = 0; i < PARTS && present_height(parts) > height; i++) {
		struct part *part = &parts->at[goes[i]];
		int over = present_height(parts) - height;
		bool cut = part->height > over && (i + 1 == PARTS || goes[i] == PART_SENTENCE);
		part->height = cut ? part->height - over : 0;
	}
}

static struct parts present_parts(const struct present *present, struct rect area)
{
	struct parts parts = {.columns = area.w - 4 < PRESENT_COLS ? area.w - 4 : PRESENT_COLS, .gap = GAP_MOST};
	parts.at[PART_WHO] = present_part(&present->who, STYLE_FAINT, parts.columns);
	parts.at[PART_STATEMENT] = present_part(&present->statement, STYLE_KEY, parts.columns);
	enum style tone = present->tone == STYLE_TEXT ? STYLE_KEY : present->tone;
	parts.at[PART_ANSWER] = present_part(&present->answer, tone, parts.columns);
	parts.at[PART_SENTENCE] = present_part(&present->sentence, STYLE_KEY, parts.columns);
	present_fit(&parts, area.h, present->asks);
	return parts;
}

/* The widest of its lines, so that all of them begin in one column. */
static int present_width(const struct part *part, int columns)
{
	struct wrap wrap = wrap_start(part->text, columns);
	int widest = 0;
	for (struct piece piece; wrap_next(&wrap, &piece);) {
		int width = (int)text_width(piece.text, piece.n);
		widest = width > widest ? width : widest;
	}
	return widest;
}

void present_draw(const struct present *present, struct rect area)
{
	struct parts parts = present_parts(present, area);
	int height = present_height(&parts), y = area.y + (area.h > height ? (area.h - height) / 2 : 0);
	draw_clear(area);
	for (int i = 0; i < PARTS; i++) {
		const struct part *part = &parts.at[i];
		if (!part->height)
			continue;
		int width = present_width(part, parts.columns), left = area.y + area.h - y;
		struct rect at = {y, area.x + (area.w - width) / 2, part->height < left ? part->height : left, width};
		bool whole = draw_wrapped(at, part->style, part->text) == wrap_count(part->text, width);
		if (!whole && at.h > 0 && width > 4)
			draw_text(y + at.h - 1, at.x + width - 4, 4, part->style, " ...");
		y += part->height + parts.gap;
	}
}
