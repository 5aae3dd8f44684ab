/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that are scrolled sideways: what stays at the left, what is cut, and how far there is to go; pure. */
#include "ui/sideways.h"

#include <string.h>

#include "base/text.h"

enum { STEP = 8 };

bool sideways_move(struct sideways *side, long steps)
{
	int was = side->at;
	long room = steps > 0 ? side->more : side->at, by = steps * STEP;
	by = by > room ? room : by < -room ? -room : by;
	side->at += (int)by;
	side->more -= (int)by;
	return side->at != was;
}

const char *sideways_end(long steps)
{
	return steps < 0 ? "the lines begin here" : "nothing is hidden at the right";
}

void sideways_begin(struct sideways *side)
{
	side->more = 0;
}

void sideways_saw(struct sideways *side, int width, int columns)
{
	int hidden = width - side->at - columns;
	if (hidden > side->more)
		side->more = hidden;
}

void sideways_from(struct buf *out, const char *text, int column)
{
	size_t n = strlen(text), cut = text_cut(text, n, (size_t)column);
	int missing = column - (int)text_width(text, cut);
	if (missing > 0 && cut < n) {
		uint32_t cp;
		size_t wide = text_decode(text + cut, n - cut, &cp);
		int over = (int)text_width(text + cut, wide) - missing;
		buf_fill(out, ' ', over > 0 ? (size_t)over : 0);
		cut += wide;
	}
	buf_str(out, text + cut);
}

void sideways_line(struct buf *out, const struct sideways *side, const char *text, int frozen)
{
	size_t n = strlen(text), cut = text_cut(text, n, (size_t)frozen - 1);
	if (!side->at) {
		buf_str(out, text);
		return;
	}
	buf_add(out, text, cut);
	buf_fill(out, ' ', (size_t)frozen - 1 - text_width(text, cut));
	buf_char(out, '<');
	sideways_from(out, text, frozen + side->at);
}

void sideways_head(struct buf *out, const struct sideways *side, const char *text, int frozen, int columns)
{
	struct buf line = {0};
	sideways_line(&line, side, text, frozen);
	text_pad(out, buf_text(&line), side->more ? columns - 2 : columns, TEXT_LEFT);
	buf_str(out, side->more && columns > 2 ? " >" : "");
	buf_free(&line);
}
