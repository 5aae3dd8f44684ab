/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the screen of the screen tests: rows as text, where a text is, how a cell is drawn. */
#include <string.h>

#include "tests/support/term_internal.h"

static void add_char(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_char(out, (char)c);
		return;
	}
	unsigned more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
	buf_char(out, (char)(first[more] | c >> (6 * more)));
	while (more--)
		buf_char(out, (char)(0x80 | (c >> (6 * more) & 0x3f)));
}

/* Adds the text of row[from..to). An empty cell is a blank; the second half of a wide character is nothing. */
static void add_cells(struct term *term, struct buf *out, int row, int from, int to)
{
	for (int col = from; col < to; col++) {
		VTermScreenCell cell;
		vterm_screen_get_cell(term->screen, (VTermPos){.row = row, .col = col}, &cell);
		if (cell.chars[0] == (uint32_t)-1)
			continue;
		if (!cell.chars[0])
			buf_char(out, ' ');
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
			add_char(out, cell.chars[i]);
	}
}

static void trim(struct buf *out)
{
	while (out->len && out->p[out->len - 1] == ' ')
		out->p[--out->len] = '\0';
}

int term_rows(const struct term *term)
{
	int rows, cols;
	vterm_get_size(term->vt, &rows, &cols);
	return rows;
}

int term_cols(const struct term *term)
{
	int rows, cols;
	vterm_get_size(term->vt, &rows, &cols);
	return cols;
}

const char *term_row(struct term *term, int row)
{
	buf_clear(&term->line);
	add_cells(term, &term->line, row, 0, term_cols(term));
	trim(&term->line);
	return term->line.p;
}

int term_row_with(struct term *term, const char *text, int from)
{
	for (int row = from; row < term_rows(term); row++)
		if (strstr(term_row(term, row), text))
			return row;
	return -1;
}

/* The column at which the row's first `bytes` bytes end. */
static int column_of(struct term *term, int row, size_t bytes)
{
	int col = 0;
	do {
		buf_clear(&term->line);
		add_cells(term, &term->line, row, 0, ++col);
	} while (term->line.len <= bytes && col < term_cols(term));
	return col - 1;
}

bool term_find(struct term *term, const char *text, int *row, int *col)
{
	int found = term_row_with(term, text, 0);
	if (found < 0)
		return false;
	if (row)
		*row = found;
	const char *line = term_row(term, found);
	if (col)
		*col = column_of(term, found, (size_t)(strstr(line, text) - line));
	return true;
}

bool term_shows(struct term *term, const char *text)
{
	return term_row_with(term, text, 0) >= 0;
}

const char *term_screen(struct term *term)
{
	buf_clear(&term->text);
	for (int row = 0; row < term_rows(term); row++)
		buf_fmt(&term->text, "%3d|%s\n", row, term_row(term, row));
	buf_fmt(&term->text, "title \"%s\", %s screen, cursor %s, %zu bytes received", term_title(term),
		term->alternate ? "alternate" : "normal", term->cursor_visible ? "shown" : "hidden", term->bytes);
	return term->text.p;
}

static int term_colour(const VTermColor *color, bool own)
{
	if (own)
		return -1;
	if (VTERM_COLOR_IS_INDEXED(color))
		return color->indexed.idx;
	return 1 << 24 | color->rgb.red << 16 | color->rgb.green << 8 | color->rgb.blue;
}

struct term_pen term_pen(struct term *term, int row, int col)
{
	VTermScreenCell cell;
	vterm_screen_get_cell(term->screen, (VTermPos){.row = row, .col = col}, &cell);
	return (struct term_pen){
		.bold = cell.attrs.bold,
		.reverse = cell.attrs.reverse,
		.underline = cell.attrs.underline != 0,
		.fg = term_colour(&cell.fg, VTERM_COLOR_IS_DEFAULT_FG(&cell.fg)),
		.bg = term_colour(&cell.bg, VTERM_COLOR_IS_DEFAULT_BG(&cell.bg)),
		.coloured = !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg),
	};
}

bool term_cursor_visible(const struct term *term)
{
	return term->cursor_visible;
}

bool term_alternate(const struct term *term)
{
	return term->alternate;
}

const char *term_title(const struct term *term)
{
	return buf_text(&term->title);
}

unsigned term_title_changes(const struct term *term)
{
	return term->title_changes;
}

unsigned term_bells(const struct term *term)
{
	return term->bells;
}

size_t term_bytes(const struct term *term)
{
	return term->bytes;
}

pid_t term_pid(const struct term *term)
{
	return term->pid;
}
