/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws escaped text and frames; what did not change is not sent again. */
#include "ui/draw.h"

#include <curses.h>
#include <langinfo.h>
#include <string.h>

#include "app/settings.h"
#include "base/text.h"
#include "ui/find.h"
#include "ui/wrap.h"

enum { DRAWN_MAX = 4096 }; /* bytes of a line of the screen */

static bool plain_frames;

void draw_harmless(struct buf *out, const char *raw)
{
	if (raw)
		text_escape(out, raw, strlen(raw), 0);
}

void draw_start(const struct settings *settings)
{
	plain_frames = settings->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

static int room(int x, int w)
{
	return x + w > COLS ? COLS - x : w;
}

static bool draw_outside(int y, int x, int w)
{
	return y < 0 || y >= LINES || x < 0 || room(x, w) <= 0;
}

static void draw_put(int y, int x, enum style style, const char *text, size_t n)
{
	attrset((int)style_attributes(style));
	mvaddnstr(y, x, text, (int)n);
	attrset(A_NORMAL);
}

static void aligned(int y, int x, int w, enum style style, const char *text, enum text_align align)
{
	if (draw_outside(y, x, w))
		return;
	struct buf line = {0};
	text_pad(&line, text, room(x, w), align);
	draw_put(y, x, style, buf_text(&line), line.len);
	buf_free(&line);
}

void draw_line(int y, int x, int w, enum style style, const char *text)
{
	aligned(y, x, w, style, text, TEXT_LEFT);
}

void draw_right(int y, int x, int w, enum style style, const char *text)
{
	aligned(y, x, w, style, text, TEXT_RIGHT);
}

int draw_text(int y, int x, int w, enum style style, const char *text)
{
	if (draw_outside(y, x, w))
		return 0;
	size_t n = text_cut(text, strlen(text), (size_t)room(x, w));
	draw_put(y, x, style, text, n);
	return (int)text_width(text, n);
}

/* On a line in reverse a match is not, so that it stands out there, too. */
static void draw_match(int y, int x, int columns)
{
	chtype found = (chtype)style_attributes(STYLE_FOUND), line = mvinch(y, x) & A_REVERSE;
	mvchgat(y, x, columns, (found ^ line) & A_ATTRIBUTES & ~(chtype)A_COLOR, (short)PAIR_NUMBER(found), NULL);
}

static void draw_found_in_line(int y, int x, int w, const char *wanted)
{
	char text[DRAWN_MAX];
	if (draw_outside(y, x, w) || mvinnstr(y, x, text, sizeof text - 1) == ERR)
		return;
	size_t n = text_cut(text, strlen(text), (size_t)room(x, w)), length = strlen(wanted);
	text[n] = '\0';
	for (size_t at = find_place(text, n, 0, wanted); at < n; at = find_place(text, n, at + length, wanted))
		draw_match(y, x + (int)text_width(text, at), (int)text_width(text + at, length));
}

void draw_found(struct rect area, const char *wanted)
{
	for (int i = 0; i < area.h && wanted[0]; i++)
		draw_found_in_line(area.y + i, area.x, area.w, wanted);
}

void draw_clear(struct rect area)
{
	for (int i = 0; i < area.h; i++)
		draw_line(area.y + i, area.x, area.w, STYLE_TEXT, "");
}

/* ---- frames ---- */

struct corners {
	const char *left, *line, *right;
};

static void edge(int y, struct rect area, enum style style, struct corners corners)
{
	struct buf line = {0};
	buf_str(&line, corners.left);
	for (int i = 2; i < area.w; i++)
		buf_str(&line, corners.line);
	buf_str(&line, corners.right);
	draw_put(y, area.x, style, buf_text(&line), line.len);
	buf_free(&line);
}

/* Words in an edge keep a blank on both sides. */
static void in_edge(int y, int x, int w, enum style style, const char *words)
{
	struct buf line = {0};
	buf_char(&line, ' ');
	if (text_width(words, strlen(words)) > (size_t)w - 2)
		text_pad(&line, words, w - 2, TEXT_LEFT);
	else
		buf_str(&line, words);
	buf_char(&line, ' ');
	draw_text(y, x, w, style, buf_text(&line));
	buf_free(&line);
}

void draw_frame(struct rect area, bool focus, const char *title, const char *footer)
{
	static const struct corners lines[2][2] = {{{"┌", "─", "┐"}, {"└", "─", "┘"}},
						   {{"+", "-", "+"}, {"+", "-", "+"}}};
	enum style style = focus ? STYLE_FOCUS : STYLE_FRAME;
	int last = area.y + area.h - 1, w = area.w - 4;
	if (area.h < 2 || area.w < 8 || draw_outside(last, area.x, area.w))
		return;
	edge(area.y, area, style, lines[plain_frames][0]);
	edge(last, area, style, lines[plain_frames][1]);
	for (int y = area.y + 1; y < last; y++) {
		draw_put(y, area.x, style, plain_frames ? "|" : "│", plain_frames ? 1 : strlen("│"));
		draw_put(y, area.x + area.w - 1, style, plain_frames ? "|" : "│", plain_frames ? 1 : strlen("│"));
	}
	if (title && title[0])
		in_edge(area.y, area.x + 2, w, focus ? STYLE_FOCUS : STYLE_TEXT, title);
	if (footer && footer[0]) {
		int width = (int)text_width(footer, strlen(footer)) + 2;
		int shown = width < w ? width : w;
		in_edge(last, area.x + area.w - 2 - shown, shown, STYLE_FAINT, footer);
	}
}

int draw_wrapped(struct rect area, enum style style, const char *text)
{
	struct wrap wrap = wrap_start(text, area.w);
	int used = 0;
	for (struct piece piece; used < area.h && wrap_next(&wrap, &piece); used++) {
		struct buf line = {0};
		buf_add(&line, piece.text, piece.n);
		draw_line(area.y + used, area.x, area.w, style, buf_text(&line));
		buf_free(&line);
	}
	return used;
}
