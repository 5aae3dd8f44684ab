/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes the picture of the README: the real program on a terminal, a transfer that met a conflict, its screen as
 * SVG. */
#include <locale.h>
#include <stdio.h>

#include "base/buf.h"
#include "tests/picture/pose.h"
#include "tests/support/console.h"
#include "tests/support/term_internal.h"

enum { CELL_W = 8, CELL_H = 17, BASELINE = 13, MARGIN = 10 };

#define FOREGROUND 0xd8d8d8u
#define BACKGROUND 0x1b1d22u

/* How a cell is drawn; two cells with the same pen are drawn together. */
struct pen {
	unsigned front, back;
	bool bold, underline;
};

struct cell {
	struct pen pen;
	const uint32_t *chars;
	VTermScreenCell cell;
};

/* ---- cells ---- */

static unsigned color_of(struct term *term, VTermColor color, unsigned otherwise)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(&color) || VTERM_COLOR_IS_DEFAULT_BG(&color))
		return otherwise;
	vterm_screen_convert_color_to_rgb(term->screen, &color);
	return (unsigned)color.rgb.red << 16 | (unsigned)color.rgb.green << 8 | color.rgb.blue;
}

static struct cell cell_at(struct term *term, int row, int col)
{
	struct cell cell;
	VTermScreenCell *raw = &cell.cell;
	vterm_screen_get_cell(term->screen, (VTermPos){.row = row, .col = col}, raw);
	unsigned front = color_of(term, raw->fg, FOREGROUND), back = color_of(term, raw->bg, BACKGROUND);
	cell.pen = (struct pen){
		.front = raw->attrs.reverse ? back : front,
		.back = raw->attrs.reverse ? front : back,
		.bold = raw->attrs.bold,
		.underline = raw->attrs.underline != 0,
	};
	return cell;
}

static bool same_pen(const struct pen *a, const struct pen *b)
{
	return a->front == b->front && a->back == b->back && a->bold == b->bold && a->underline == b->underline;
}

/* The arms of a line-drawing character, from its middle; 0: another character. */
enum { LEFT = 1, RIGHT = 2, UP = 4, DOWN = 8 };

static unsigned arms_of(uint32_t c)
{
	switch (c) {
	case 0x2500:
		return LEFT | RIGHT;
	case 0x2502:
		return UP | DOWN;
	case 0x250c:
		return RIGHT | DOWN;
	case 0x2510:
		return LEFT | DOWN;
	case 0x2514:
		return RIGHT | UP;
	case 0x2518:
		return LEFT | UP;
	case 0x251c:
		return UP | DOWN | RIGHT;
	case 0x2524:
		return UP | DOWN | LEFT;
	case 0x252c:
		return LEFT | RIGHT | DOWN;
	case 0x2534:
		return LEFT | RIGHT | UP;
	case 0x253c:
		return LEFT | RIGHT | UP | DOWN;
	default:
		return 0;
	}
}

/* ---- SVG ---- */

static void draw_arms(unsigned arms, int x, int y)
{
	int middle_x = x + CELL_W / 2, middle_y = y + CELL_H / 2;
	if (arms & (LEFT | RIGHT))
		printf("M%d %d.5H%d", arms & LEFT ? x : middle_x, middle_y, arms & RIGHT ? x + CELL_W : middle_x);
	if (arms & (UP | DOWN))
		printf("M%d.5 %dV%d", middle_x, arms & UP ? y : middle_y, arms & DOWN ? y + CELL_H : middle_y + 1);
}

/* Frames as lines, so that they meet whatever the viewer's font is. */
static void draw_lines(struct term *term, int row, int from, int to, const struct pen *pen)
{
	bool any = false;
	for (int col = from; col < to; col++) {
		unsigned arms = arms_of(cell_at(term, row, col).cell.chars[0]);
		if (!arms)
			continue;
		if (!any)
			printf("<path stroke=\"#%06x\" stroke-width=\"%d\" d=\"", pen->front, pen->bold ? 2 : 1);
		any = true;
		draw_arms(arms, MARGIN + col * CELL_W, MARGIN + row * CELL_H);
	}
	if (any)
		puts("\"/>");
}

static void add_escaped(struct buf *out, uint32_t c)
{
	if (c < ' ' || c == '&' || c == '<' || c == '>' || c > '~')
		buf_fmt(out, "&#%u;", (unsigned)(c < ' ' ? ' ' : c));
	else
		buf_char(out, (char)c);
}

static void draw_word(const struct buf *word, int row, int from, int cols, const struct pen *pen)
{
	printf("<text x=\"%d\" y=\"%d\" textLength=\"%d\" fill=\"#%06x\"%s%s>%s</text>\n", MARGIN + from * CELL_W,
	       MARGIN + row * CELL_H + BASELINE, cols * CELL_W, pen->front, pen->bold ? " font-weight=\"bold\"" : "",
	       pen->underline ? " text-decoration=\"underline\"" : "", buf_text(word));
}

/* Each word has its place and width, so that columns stay columns in any font. */
static void draw_text(struct term *term, int row, int from, int to, const struct pen *pen)
{
	struct buf word = {0};
	int start = from;
	for (int col = from; col <= to; col++) {
		uint32_t c = col < to ? cell_at(term, row, col).cell.chars[0] : 0;
		if (c && c != ' ' && !arms_of(c)) {
			if (!word.len)
				start = col;
			add_escaped(&word, c);
			continue;
		}
		if (word.len)
			draw_word(&word, row, start, col - start, pen);
		buf_clear(&word);
	}
	buf_free(&word);
}

static void draw_run(struct term *term, int row, int from, int to, const struct pen *pen)
{
	if (pen->back != BACKGROUND)
		printf("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n", MARGIN + from * CELL_W,
		       MARGIN + row * CELL_H, (to - from) * CELL_W, CELL_H, pen->back);
	draw_lines(term, row, from, to, pen);
	draw_text(term, row, from, to, pen);
}

static void draw_row(struct term *term, int row)
{
	int from = 0;
	struct pen pen = cell_at(term, row, 0).pen;
	for (int col = 1; col <= PICTURE_COLS; col++) {
		struct pen next = col < PICTURE_COLS ? cell_at(term, row, col).pen : pen;
		if (col < PICTURE_COLS && same_pen(&pen, &next))
			continue;
		draw_run(term, row, from, col, &pen);
		from = col;
		pen = next;
	}
}

static void draw(struct term *term)
{
	int width = PICTURE_COLS * CELL_W + 2 * MARGIN, height = PICTURE_ROWS * CELL_H + 2 * MARGIN;
	puts("<!-- SPDX-License-Identifier: GPL-3.0-or-later -->\n"
	     "<!-- The screen of teller after a transfer that met a conflict; `make picture` takes it anew. -->");
	printf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
	       "font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"13\">\n",
	       width, height, width, height);
	printf("<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#%06x\"/>\n", width, height, BACKGROUND);
	for (int row = 0; row < PICTURE_ROWS; row++)
		draw_row(term, row);
	puts("</svg>");
}

int main(void)
{
	void *state = NULL;
	setlocale(LC_ALL, "");
	struct term *term = picture_play(&state);
	draw(term);
	console_quit_changed(term);
	term_free(term);
	return 0;
}
