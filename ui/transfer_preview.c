/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws two accounts with their balances before and after, for the transfer pane and the review box. */
#include "ui/transfer_preview.h"

#include <string.h>

#include "bank/amount.h"
#include "base/text.h"
#include "ui/draw.h"

enum { ID_MAX = 36 };

static int wider(int width, const char *raw)
{
	struct buf text = {0};
	text_escape(&text, raw, strlen(raw), ID_MAX);
	int w = (int)text_width(buf_text(&text), text.len);
	buf_free(&text);
	return w > width ? w : width;
}

static void padded(struct buf *out, const char *raw, int width, enum text_align align)
{
	struct buf text = {0};
	text_escape(&text, raw, strlen(raw), ID_MAX);
	text_pad(out, buf_text(&text), width, align);
	buf_free(&text);
}

static struct amount_text transfer_preview_after(const struct transfer_preview *preview, int side)
{
	return amount_show(preview->after[side], preview->scale);
}

struct widths {
	int id, number;
	bool both; /* there is room for what it was beside what it will be */
};

enum { LABEL = 6, ARROW = 3, ID_LEAST = 4 };

static struct widths measure(const struct transfer_preview *preview, int room)
{
	struct widths w = {0};
	for (int side = 0; side < 2; side++) {
		w.number = wider(w.number, preview->id[side] ? preview->before[side] : "");
		w.number = wider(w.number, preview->known ? transfer_preview_after(preview, side).text : "");
		w.id = wider(w.id, preview->id[side] ? preview->id[side] : "");
	}
	int left = room - LABEL - 2 - w.number;
	int least = w.id < ID_LEAST ? w.id : ID_LEAST;
	w.both = preview->known && left - ARROW - 1 - w.number >= least;
	left -= w.both ? ARROW + 1 + w.number : preview->known ? ARROW : 0;
	if (left < least) { /* not even one number whole: better seen to be cut than not */
		w.number -= least - left;
		left = least;
	}
	if (w.id > left)
		w.id = left;
	return w;
}

/* A number that is cut off at the edge looks like another one: where there is no room for two, what it will be is
 * what counts. */
static void side_line(struct buf *line, const struct transfer_preview *preview, int side, struct widths w)
{
	padded(line, preview->id[side], w.id, TEXT_LEFT);
	buf_str(line, "  ");
	if (w.both || !preview->known)
		padded(line, preview->before[side], w.number, TEXT_RIGHT);
	if (!preview->known)
		return;
	buf_fmt(line, "%s%s ", w.both ? " " : "", preview->arrow);
	padded(line, transfer_preview_after(preview, side).text, w.number, TEXT_RIGHT);
}

int transfer_preview_draw(struct rect area, const struct transfer_preview *preview)
{
	static const char *const labels[] = {"From", "To"};
	static const char *const asks[] = {"s picks the selected account", "d picks the selected account"};
	struct widths w = measure(preview, area.w);
	int y = 0;
	for (int side = 0; side < 2 && y < area.h; side++, y++) {
		struct buf line = {0};
		bool picked = preview->id[side] != NULL;
		enum style mark = !picked ? STYLE_TEXT : side == 0 ? STYLE_SOURCE : STYLE_DESTINATION;
		draw_text(area.y + y, area.x, 5, mark, labels[side]);
		if (picked)
			side_line(&line, preview, side, w);
		draw_text(area.y + y, area.x + LABEL, area.w - LABEL, picked ? STYLE_TEXT : STYLE_FAINT,
			  picked ? buf_text(&line) : asks[side]);
		buf_free(&line);
	}
	if (y == area.h || !preview->id[0] || !preview->id[1])
		return y;
	struct buf line = {0};
	if (preview->known)
		buf_fmt(&line, "Move  %s  ", amount_show(preview->amount, preview->scale).text);
	else
		buf_str(&line, "Move  ");
	buf_str(&line, preview->note);
	draw_text(area.y + y, area.x, area.w, STYLE_TEXT, buf_text(&line));
	buf_free(&line);
	return y + 1;
}
