/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row of a sequence diagram as SVG: arrows and their texts, notes, marks. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "event/shorten.h"
#include "svg_internal.h"

enum {
	SVG_EDGE = 12,      /* pixels between a lane and a text */
	SVG_BASELINE = 14,  /* below the top of a row */
	SVG_LINE = 17,      /* from one line of text to the next */
	SVG_HEAD = 8,       /* of an arrow */
	SVG_LEAST = 22,     /* columns of a statement; with fewer, its answer is below it */
	SVG_COLUMN = 845,   /* hundredths of a pixel: the widest of the fonts */
	SVG_TIME = 84,      /* where the times end */
	SVG_OTHER_SIDE = 40 /* columns of a mark */
};

static const char *const svg_tones[] = {[DIAGRAM_PLAIN] = "text",
					[DIAGRAM_GOOD] = "good",
					[DIAGRAM_BAD] = "bad",
					[DIAGRAM_WAITING] = "wait",
					[DIAGRAM_FAINT] = "faint"};

int svg_columns(int pixels)
{
	return pixels * 100 / SVG_COLUMN;
}

int svg_pixels(int columns)
{
	return columns * SVG_COLUMN / 100;
}

bool svg_is_left(const struct svg *svg, const struct diagram_row *row)
{
	return svg->x[row->lane] < svg->x[0];
}

/* Columns between a row's lane and the server's. */
static int svg_span(const struct svg *svg, const struct diagram_row *row)
{
	return svg_columns(abs(svg->x[row->lane] - svg->x[0]) - 2 * SVG_EDGE);
}

/* Columns of a text beside the row's lane: to the next lane, or, where that is too near, across it. */
static int svg_room(const struct svg *svg, const struct diagram_row *row)
{
	bool left = svg_is_left(svg, row);
	int nearest = svg->x[0], lane = svg->x[row->lane];
	for (size_t i = 1; i < svg->diagram->nlanes; i++)
		if (left ? svg->x[i] > lane && svg->x[i] < nearest : svg->x[i] < lane && svg->x[i] > nearest)
			nearest = svg->x[i];
	int columns = svg_columns(abs(lane - nearest) - 2 * SVG_EDGE);
	return columns >= SVG_LEAST ? columns : svg_span(svg, row);
}

/* ---- texts ---- */

static const char *svg_anchor(bool left)
{
	return left ? "" : " text-anchor=\"end\"";
}

static void svg_text(const struct svg *svg, int x, int y, bool left, const char *class, const char *text, int columns)
{
	size_t n = strlen(text), fits = text_cut(text, n, columns > 1 ? (size_t)columns : 1);
	struct buf cut = {0};
	if (!n)
		return;
	if (fits < n)
		text_pad(&cut, text, columns, TEXT_LEFT);
	else
		buf_str(&cut, text);
	buf_fmt(svg->out, "<text x=\"%d\" y=\"%d\"%s class=\"d-%s\">", x, y, svg_anchor(left), class);
	page_words(svg->out, buf_text(&cut));
	buf_str(svg->out, "</text>\n");
	buf_free(&cut);
}

/* Beside the row's lane, towards the server's. */
static void svg_beside(const struct svg *svg, const struct diagram_row *row, int y, const char *class, const char *text)
{
	bool left = svg_is_left(svg, row);
	int x = svg->x[row->lane] + (left ? SVG_EDGE : -SVG_EDGE);
	svg_text(svg, x, y, left, class, text, svg_room(svg, row));
}

/* Beside the server's lane, towards the row's. */
static void svg_answer(const struct svg *svg, const struct diagram_row *row, int y, int columns)
{
	bool left = svg_is_left(svg, row);
	svg_text(svg, svg->x[0] + (left ? -SVG_EDGE : SVG_EDGE), y, !left, svg_tones[row->tone], row->answer, columns);
}

/* On the side of the server's lane that the row leaves free. */
static void svg_mark(const struct svg *svg, const struct diagram_row *row, int y)
{
	bool left = svg_is_left(svg, row);
	if (!row->mark[0])
		return;
	buf_fmt(svg->out, "<circle cx=\"%d\" cy=\"%d\" r=\"7\" class=\"d-dot\"/>\n", svg->x[0], y - 1);
	svg_text(svg, svg->x[0] + (left ? SVG_EDGE : -SVG_EDGE), y, left, "good d-strong", row->mark, SVG_OTHER_SIDE);
}

/* ---- arrows ---- */

static void svg_head(const struct svg *svg, int x, int y, int way, const char *class)
{
	buf_fmt(svg->out, "<path d=\"M%d %dl%d -4v8z\" class=\"d-%s\"/>\n", x, y, -way * SVG_HEAD, class);
}

static void svg_cross(const struct svg *svg, int x, int y, const char *class)
{
	buf_fmt(svg->out, "<path d=\"M%d %dl8 8m0 -8l-8 8\" class=\"d-arrow d-arrow-%s\" stroke-width=\"2\"/>\n", x - 4,
		y - 4, class);
}

/* There: solid, with a head at the server; back: a head at the session, dashed where it is alone. */
static void svg_arrow(const struct svg *svg, const struct diagram_row *row, int y)
{
	const char *tone = svg_tones[row->tone];
	int way = svg_is_left(svg, row) ? 1 : -1, from = svg->x[row->lane] + way, to = svg->x[0] - way;
	bool lost = row->kind == DIAGRAM_EXCHANGE && row->tone == DIAGRAM_WAITING;
	bool dashed = row->kind == DIAGRAM_ANSWER || row->tone == DIAGRAM_FAINT;
	if (lost)
		to -= way * 40;
	buf_fmt(svg->out, "<path d=\"M%d %dH%d\" class=\"d-arrow d-arrow-%s\"%s/>\n", from, y, to, tone,
		dashed ? " stroke-dasharray=\"5 4\"" : "");
	if (lost)
		svg_cross(svg, to, y, tone);
	else if (row->kind != DIAGRAM_ANSWER)
		svg_head(svg, to, y, way, tone);
	if (row->kind == DIAGRAM_SENT || lost || row->tone == DIAGRAM_FAINT)
		return;
	if (row->tone == DIAGRAM_BAD)
		svg_cross(svg, from + way * 5, y, tone);
	else
		svg_head(svg, from, y, -way, tone);
}

/* ---- statements ---- */

static int svg_width(const char *text)
{
	return (int)text_width(text, strlen(text));
}

/* Statement and answer do not fit side by side. */
static bool svg_is_narrow(const struct svg *svg, const struct diagram_row *row)
{
	int room = svg_span(svg, row), statement = svg_width(row->what), answer = svg_width(row->answer);
	int least = statement < SVG_LEAST ? statement : SVG_LEAST;
	return (row->kind == DIAGRAM_EXCHANGE || row->kind == DIAGRAM_ANSWER) && room - answer - 2 < least;
}

static void svg_statement(const struct svg *svg, const struct diagram_row *row, int y, int columns)
{
	struct buf brief = {0};
	if (row->together == 1)
		shorten_sql(&brief, row->what, columns);
	else
		text_pad(&brief, row->what, svg_width(row->what) < columns ? svg_width(row->what) : columns, TEXT_LEFT);
	svg_beside(svg, row, y, row->kind == DIAGRAM_ANSWER || row->tone == DIAGRAM_FAINT ? "faint" : "text",
		   buf_text(&brief));
	buf_free(&brief);
}

static void svg_exchange(const struct svg *svg, const struct diagram_row *row, int y)
{
	bool narrow = svg_is_narrow(svg, row);
	int room = svg_span(svg, row), answer = row->kind == DIAGRAM_SENT ? 0 : svg_width(row->answer);
	int columns = narrow || !answer ? room : room - answer - 2, near = svg_room(svg, row);
	svg_statement(svg, row, y, columns < near ? columns : near);
	svg_arrow(svg, row, y + 5);
	if (row->kind != DIAGRAM_SENT)
		svg_answer(svg, row, narrow ? y + SVG_LINE + 2 : y, room);
	svg_mark(svg, row, y);
}

/* ---- notes ---- */

static void svg_note_text(struct buf *out, const struct diagram_row *row)
{
	const char *first = row->kind == DIAGRAM_OUTCOME ? row->answer : row->what;
	const char *then = row->kind == DIAGRAM_OUTCOME ? row->what : row->answer;
	buf_str(out, first);
	buf_fmt(out, "%s%s", first[0] && then[0] ? ", " : "", then);
	if (row->kind == DIAGRAM_OUTCOME)
		buf_fmt(out, ", %s%s", row->ms, strchr(row->ms, 's') ? "" : " ms");
	if (row->mark[0])
		buf_fmt(out, ", %s", row->mark);
}

/* Where the first line of a text ends: at its last blank that fits. */
static size_t svg_break(const char *text, int columns)
{
	size_t n = strlen(text), fits = text_cut(text, n, columns > 1 ? (size_t)columns : 1);
	if (fits == n)
		return n;
	for (size_t i = fits; i > fits / 2; i--)
		if (text[i] == ' ')
			return i;
	return fits;
}

static void svg_note(const struct svg *svg, const struct diagram_row *row, int y)
{
	bool strong = row->kind == DIAGRAM_TXN || row->kind == DIAGRAM_ATTEMPT || row->kind == DIAGRAM_OUTCOME;
	char class[32];
	struct buf text = {0}, first = {0};
	svg_note_text(&text, row);
	snprintf(class, sizeof class, "%s%s", svg_tones[row->tone], strong ? " d-strong" : "");
	size_t n = svg_break(buf_text(&text), svg_room(svg, row));
	buf_add(&first, buf_text(&text), n);
	svg_beside(svg, row, y, class, buf_text(&first));
	if (text.len > n)
		svg_beside(svg, row, y + SVG_LINE, class, text.p + n + strspn(text.p + n, " "));
	buf_free(&text);
	buf_free(&first);
}

/* The rows on the server, on its lane; and what no session of a lane did. */
static void svg_on_server(const struct svg *svg, const struct diagram_row *row, int y)
{
	const char *text = row->kind == DIAGRAM_ROWS ? row->answer : row->what;
	int most = svg_columns(600), columns = svg_width(text) < most ? svg_width(text) : most;
	int width = svg_pixels(columns) + 2 * SVG_EDGE;
	struct buf cut = {0};
	text_pad(&cut, text, columns, TEXT_LEFT);
	buf_fmt(svg->out,
		"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"18\" rx=\"4\" class=\"d-box\"/>\n<text x=\"%d\" "
		"y=\"%d\" "
		"text-anchor=\"middle\" class=\"d-%s\">",
		svg->x[0] - width / 2, y - SVG_BASELINE, width, svg->x[0], y, svg_tones[row->tone]);
	page_words(svg->out, buf_text(&cut));
	buf_str(svg->out, "</text>\n");
	buf_free(&cut);
}

/* ---- rows ---- */

int svg_row_lines(const struct svg *svg, const struct diagram_row *row)
{
	struct buf text = {0};
	if (row->kind == DIAGRAM_GONE)
		return 0;
	if (row->kind <= DIAGRAM_ANSWER)
		return 1 + svg_is_narrow(svg, row);
	if (row->lane == 0)
		return 1;
	svg_note_text(&text, row);
	int lines = svg_break(buf_text(&text), svg_room(svg, row)) < text.len ? 2 : 1;
	buf_free(&text);
	return lines;
}

/* What is shown where a pointer rests on the row. */
static void svg_hint(const struct svg *svg, const struct diagram_row *row)
{
	const char *parts[] = {row->what, row->answer, row->detail, row->mark};
	buf_fmt(svg->out, "<title>event %" PRIu64 ", ", row->number);
	page_words(svg->out, row->who);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i][strspn(parts[i], " ")]) {
			buf_str(svg->out, i ? "\n" : ": ");
			page_words(svg->out, parts[i]);
		}
	buf_str(svg->out, "</title>\n");
}

static void svg_time(const struct svg *svg, const struct diagram_row *row, int y)
{
	char time[40];
	if (row->at_us < 100000000)
		snprintf(time, sizeof time, "%" PRIu64 ".%02u ms", row->at_us / 1000,
			 (unsigned)(row->at_us % 1000 / 10));
	else
		snprintf(time, sizeof time, "%" PRIu64 ".%u s", row->at_us / 1000000,
			 (unsigned)(row->at_us % 1000000 / 100000));
	svg_text(svg, SVG_TIME, y, false, "faint d-small", time, 12);
}

void svg_row(const struct svg *svg, size_t i)
{
	const struct diagram_row *row = &svg->diagram->rows[i];
	int y = svg->y[i] + SVG_BASELINE;
	if (row->kind == DIAGRAM_GONE)
		return;
	buf_str(svg->out, "<g class=\"d-row\">\n");
	svg_hint(svg, row);
	svg_time(svg, row, y);
	if (row->lane == 0)
		svg_on_server(svg, row, y);
	else if (row->kind <= DIAGRAM_ANSWER)
		svg_exchange(svg, row, y);
	else
		svg_note(svg, row, y);
	buf_str(svg->out, "</g>\n");
}
