/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One event as a line of the log. */
#include "ui/logline.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "event/shorten.h"
#include "event/show.h"
#include "ui/draw.h"
#include "ui/find.h"

enum { LONG_TIME_COLS = 96, SHORT_TIME_COLS = 48, WHO_COLS = 6, MS_COLS = 7, RESULT_USUAL = 24 };

static enum style style_of(const struct event *event, char sign)
{
	if (sign == 'x')
		return STYLE_BAD;
	if (sign == '*' || (event->kind == EVENT_OUTCOME && event->outcome == OUTCOME_COMMITTED))
		return STYLE_GOOD;
	if (sign == '!' || event->session == SESSION_RIVAL)
		return STYLE_LEVER;
	if (sign == '~' || sign == '.')
		return STYLE_WAIT;
	bool faint = event->kind == EVENT_TXN || event->kind == EVENT_ATTEMPT || event->session == SESSION_BROWSE;
	return faint || event->skipped ? STYLE_FAINT : STYLE_TEXT;
}

static void add_time(struct buf *out, uint64_t wall_us, int width)
{
	char time[16];
	clock_show(time, wall_us);
	if (width >= LONG_TIME_COLS)
		buf_fmt(out, "%s ", time);
	else if (width >= SHORT_TIME_COLS)
		buf_fmt(out, "%s ", time + 3);
}

/* A result that needs more than its column takes it from the statement, an error most of all. */
static int result_width(int room, const struct show_line *line)
{
	int need = (int)text_width(buf_text(&line->result), line->result.len);
	int usual = room / 4 < RESULT_USUAL ? room / 4 : RESULT_USUAL;
	int most = line->sign == 'x' ? room * 2 / 3 : room / 2;
	if (need == 0)
		return 0;
	return need <= usual ? usual : need < most ? need : most;
}

static void logline_add_statement(struct buf *out, const char *text, int columns)
{
	struct buf brief = {0};
	shorten_sql(&brief, text, columns);
	text_pad(out, buf_text(&brief), columns, TEXT_LEFT);
	buf_free(&brief);
}

static void logline_add_what(struct buf *out, const struct event *event, const struct show_line *line, int columns,
			     int side)
{
	const char *words = buf_text(&line->what);
	int mark = (int)strlen(show_mark(event));
	bool marked = event->durable && columns >= mark + 6;
	struct buf text = {0};
	sideways_from(&text, words, side);
	if (marked && (int)text_width(buf_text(&text), text.len) + mark <= columns) {
		buf_str(&text, show_mark(event));
		marked = false;
	}
	int room = marked ? columns - mark : columns;
	if (event->sql && side == 0)
		logline_add_statement(out, buf_text(&text), room);
	else
		text_pad(out, buf_text(&text), room, TEXT_LEFT);
	buf_str(out, marked ? show_mark(event) : "");
	buf_free(&text);
}

/* Returns the columns that there are for what is said. */
static int logline_text(struct buf *out, const struct event *event, const struct show_line *line, int w, int side)
{
	add_time(out, event->wall_us, w);
	text_pad(out, buf_text(&line->who), WHO_COLS, TEXT_LEFT);
	buf_fmt(out, " %c ", line->sign);
	int room = w - (int)text_width(buf_text(out), out->len) - MS_COLS - 2, result = result_width(room, line);
	logline_add_what(out, event, line, room - result, side);
	buf_char(out, ' ');
	text_pad(out, buf_text(&line->result), result, TEXT_LEFT);
	buf_char(out, ' ');
	text_pad(out, buf_text(&line->ms), MS_COLS, TEXT_RIGHT);
	return room - result;
}

void logline_draw(struct rect at, const struct event *event, struct sideways *side, bool selected)
{
	struct show_line line = {0};
	struct buf out = {0};
	show_line(&line, event);
	int room = logline_text(&out, event, &line, at.w, side->at);
	sideways_saw(side, (int)text_width(buf_text(&line.what), line.what.len), room);
	enum style style = selected ? STYLE_SELECTED : style_of(event, line.sign);
	draw_line(at.y, at.x, at.w, style, buf_text(&out));
	buf_free(&out);
	show_line_free(&line);
}

static bool logline_has(const struct buf *text, const char *wanted)
{
	return find_place(buf_text(text), text->len, 0, wanted) < text->len;
}

bool logline_holds(const struct event *event, int w, int side, const char *wanted)
{
	struct show_line line = {0};
	struct buf out = {0};
	show_line(&line, event);
	logline_text(&out, event, &line, w, side);
	bool holds = logline_has(&out, wanted) || logline_has(&line.what, wanted) || logline_has(&line.result, wanted);
	buf_free(&out);
	show_line_free(&line);
	return holds;
}

void logline_draw_head(struct rect at, const struct sideways *side)
{
	struct buf out = {0};
	int time = at.w >= LONG_TIME_COLS ? 13 : at.w >= SHORT_TIME_COLS ? 10 : 0;
	text_pad(&out, time ? "time" : "", time, TEXT_LEFT);
	text_pad(&out, "who", WHO_COLS + 3, TEXT_LEFT);
	int room = at.w - time - WHO_COLS - 3 - MS_COLS - 2;
	int result = room / 4 < RESULT_USUAL ? room / 4 : RESULT_USUAL;
	text_pad(&out, side->at ? "< what" : "what", room - result - 2, TEXT_LEFT);
	buf_str(&out, side->more ? " > " : "   ");
	text_pad(&out, "result", result, TEXT_LEFT);
	buf_char(&out, ' ');
	text_pad(&out, "ms", MS_COLS, TEXT_RIGHT);
	draw_line(at.y, at.x, at.w, STYLE_HEAD, buf_text(&out));
	buf_free(&out);
}
