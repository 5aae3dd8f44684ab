/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace as a sequence diagram in SVG: lanes, bands and waits, in light and dark, legible on a slide of 1280 by 720. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "svg_internal.h"

enum {
	SVG_TOP = 86, /* of the first row */
	SVG_PITCH = 20,
	SVG_MORE = 17, /* another line of text */
	SVG_NAMES = 54,
	SVG_NAME_LEAST = 110,
	SVG_LEFT = 136, /* of the first lane: the times are there */
	SVG_RIGHT = 76,
	SVG_MARKS = 270,
	SVG_LEAST_GAP = 212, /* from lane to lane */
	SVG_SAID = 20,       /* a sentence below the diagram */
};

/* ---- where ---- */

/* Two lanes leave room on the right for the marks; more of them have it between them. Beyond six the picture grows. */
static void svg_place_lanes(struct svg *svg)
{
	const struct diagram *diagram = svg->diagram;
	int gaps = (int)diagram->nlanes - 1, left = SVG_LEFT, right = gaps > 1 ? SVG_RIGHT : SVG_MARKS;
	int gap = gaps > 0 ? (SVG_WIDTH - left - right) / gaps : 0;
	gap = gaps > 0 && gap < SVG_LEAST_GAP ? SVG_LEAST_GAP : gap;
	svg->width = gap == SVG_LEAST_GAP ? left + right + gap * gaps : SVG_WIDTH;
	for (size_t i = 0; i < diagram->nlanes; i++)
		svg->x[diagram->order[i]] = gaps > 0 ? left + gap * (int)i : SVG_WIDTH / 2;
}

static void svg_place_rows(struct svg *svg)
{
	int y = SVG_TOP;
	for (size_t i = 0; i < svg->diagram->nrows; i++) {
		svg->lines[i] = svg_row_lines(svg, &svg->diagram->rows[i]);
		svg->y[i] = y;
		y += svg->lines[i] ? SVG_PITCH + (svg->lines[i] - 1) * SVG_MORE : 0;
	}
	svg->bottom = y + 4;
	svg->height = svg->bottom + 8 + (int)svg->diagram->nleft_out * SVG_SAID;
	svg->height = svg->height < SVG_LEAST_HEIGHT ? SVG_LEAST_HEIGHT : svg->height;
}

/* ---- below the rows ---- */

static int svg_end_of(const struct svg *svg, size_t row)
{
	return svg->y[row] + (svg->lines[row] ? SVG_PITCH + (svg->lines[row] - 1) * SVG_MORE : 0);
}

/* How many rows are drawn before this one. */
static size_t svg_drawn(const struct svg *svg, size_t row)
{
	size_t n = 0;
	for (size_t i = 0; i < row; i++)
		n += svg->diagram->rows[i].kind != DIAGRAM_GONE;
	return n;
}

/* From its lane to the server's where there is one session on each side at most; else on its lane alone. */
static void svg_band(const struct svg *svg, const struct diagram_span *band)
{
	static const char *const grounds[] = {[DIAGRAM_PLAIN] = "plain",
					      [DIAGRAM_GOOD] = "good",
					      [DIAGRAM_BAD] = "bad",
					      [DIAGRAM_WAITING] = "plain",
					      [DIAGRAM_FAINT] = "plain"};
	int lane = svg->x[band->lane], server = svg->x[0], left = lane - 10, right = lane + 10;
	if (svg->diagram->nlanes <= 3 && lane < server)
		right = server;
	else if (svg->diagram->nlanes <= 3)
		left = server;
	buf_fmt(svg->out,
		"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\" class=\"d-band-%s\" data-row=\"%zu\"/>\n",
		left, svg->y[band->from], right - left, svg_end_of(svg, band->to) - svg->y[band->from],
		grounds[band->tone], svg_drawn(svg, band->from));
}

static void svg_wait(const struct svg *svg, const struct diagram_span *wait)
{
	buf_fmt(svg->out,
		"<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"%d\" fill=\"url(#waits)\" class=\"d-waits\" "
		"data-row=\"%zu\"/>\n",
		svg->x[wait->lane] - 5, svg->y[wait->from] + 2, svg_end_of(svg, wait->to) - svg->y[wait->from] - 4,
		svg_drawn(svg, wait->from));
}

static void svg_lane(const struct svg *svg, size_t lane)
{
	const char *name = svg->diagram->lanes[lane].name;
	int x = svg->x[lane], width = svg_pixels((int)text_width(name, strlen(name))) + 20;
	width = width < SVG_NAME_LEAST ? SVG_NAME_LEAST : width;
	int last = svg->width - 4 - width / 2, first = 4 + width / 2;
	int middle = x > last ? last : x < first ? first : x;
	buf_fmt(svg->out, "<path d=\"M%d %dV%d\" class=\"d-life\"%s/>\n", x, SVG_NAMES + 26, svg->bottom,
		lane ? "" : " stroke-width=\"3\"");
	buf_fmt(svg->out,
		"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"26\" rx=\"5\" class=\"d-box\"/>\n<text x=\"%d\" "
		"y=\"%d\" "
		"text-anchor=\"middle\" class=\"d-text d-strong\">",
		middle - width / 2, SVG_NAMES, width, middle, SVG_NAMES + 18);
	page_words(svg->out, name);
	buf_str(svg->out, "</text>\n");
}

static void svg_below(const struct svg *svg)
{
	const struct diagram *diagram = svg->diagram;
	buf_fmt(svg->out,
		"<defs><pattern id=\"waits\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
		"patternTransform=\"rotate(45)\"><path d=\"M1.5 0V6\" class=\"d-hatch\"/></pattern></defs>\n"
		"<rect width=\"%d\" height=\"%d\" class=\"d-ground\"/>\n",
		svg->width, svg->height);
	for (size_t i = 0; i < diagram->nbands; i++)
		svg_band(svg, &diagram->bands[i]);
	for (size_t i = 0; i < diagram->nlanes; i++)
		svg_lane(svg, i);
	for (size_t i = 0; i < diagram->nwaits; i++)
		svg_wait(svg, &diagram->waits[i]);
}

/* ---- the picture ---- */

static void svg_words(const struct svg *svg, int y, const char *class, const char *text)
{
	buf_fmt(svg->out, "<text x=\"20\" y=\"%d\" class=\"d-%s\">", y, class);
	page_words(svg->out, text);
	buf_str(svg->out, "</text>\n");
}

static void svg_begin(const struct svg *svg, int top)
{
	int height = svg->height - top;
	buf_fmt(svg->out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 %d %d %d\" width=\"%d\" height=\"%d\" "
		"role=\"img\" class=\"d-diagram%s\">\n",
		top, svg->width, height, svg->width, height, svg->width == SVG_WIDTH ? " d-fit" : "");
	page_element(svg->out, "title", svg->diagram->title);
	buf_char(svg->out, '\n');
}

void svg_diagram(struct buf *out, const struct diagram *diagram, bool titled)
{
	struct svg svg = {.out = out, .diagram = diagram};
	svg.y = mem_array(diagram->nrows + 1, sizeof *svg.y);
	svg.lines = mem_array(diagram->nrows + 1, sizeof *svg.lines);
	svg_place_lanes(&svg);
	svg_place_rows(&svg);
	svg_begin(&svg, titled ? 0 : SVG_NAMES - 4);
	svg_below(&svg);
	if (titled) {
		svg_words(&svg, 26, "text d-large", diagram->title);
		svg_words(&svg, 44, "faint d-small", diagram->about);
	}
	for (size_t i = 0; i < diagram->nrows; i++)
		svg_row(&svg, i);
	for (size_t i = 0; i < diagram->nleft_out; i++)
		svg_words(&svg, svg.bottom + 16 + (int)i * SVG_SAID, "faint d-small", diagram->left_out[i]);
	buf_str(out, "</svg>\n");
	free(svg.y);
	free(svg.lines);
}

/* ---- its style ---- */

static const struct {
	const char *class, *property;
	enum page_colour colour;
} svg_rules[] = {
	{"text", "fill", PAGE_TEXT},
	{"faint", "fill", PAGE_FAINT},
	{"good", "fill", PAGE_GOOD},
	{"bad", "fill", PAGE_BAD},
	{"wait", "fill", PAGE_WAIT},
	{"dot", "fill", PAGE_GOOD},
	{"ground", "fill", PAGE_GROUND},
	{"box", "fill", PAGE_CODE},
	{"band-plain", "fill", PAGE_PLAIN_GROUND},
	{"band-good", "fill", PAGE_GOOD_GROUND},
	{"band-bad", "fill", PAGE_BAD_GROUND},
	{"box", "stroke", PAGE_LINE},
	{"life", "stroke", PAGE_LINE},
	{"waits", "stroke", PAGE_WAIT},
	{"hatch", "stroke", PAGE_WAIT},
	{"arrow-text", "stroke", PAGE_TEXT},
	{"arrow-faint", "stroke", PAGE_FAINT},
	{"arrow-good", "stroke", PAGE_GOOD},
	{"arrow-bad", "stroke", PAGE_BAD},
	{"arrow-wait", "stroke", PAGE_WAIT},
};

static void svg_add_rules(struct buf *out, bool named, bool dark)
{
	for (size_t i = 0; i < COUNT_OF(svg_rules); i++) {
		buf_fmt(out, ".d-%s { %s: ", svg_rules[i].class, svg_rules[i].property);
		if (named)
			buf_fmt(out, "var(--%s); }\n", page_colour_name(svg_rules[i].colour));
		else
			buf_fmt(out, "#%06x; }\n", page_colour(svg_rules[i].colour, dark));
	}
}

void svg_style(struct buf *out, bool named)
{
	buf_str(out, ".d-diagram { font: 14px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; }\n"
		     ".d-small { font-size: 12px; } .d-large { font-size: 18px; font-weight: bold; }\n"
		     ".d-strong { font-weight: bold; } .d-arrow { fill: none; } .d-hatch { stroke-width: 3; }\n");
	svg_add_rules(out, named, false);
	if (named)
		return;
	buf_str(out, "@media (prefers-color-scheme: dark) {\n");
	svg_add_rules(out, false, true);
	buf_str(out, "}\n");
}

enum status export_svg(struct export *export, struct err *err)
{
	struct diagram diagram;
	enum status status = diagram_read(&diagram, export, err);
	if (!status) {
		struct buf *out = &export->out, picture = {0};
		svg_diagram(&picture, &diagram, true);
		size_t head = strcspn(picture.p, "\n") + 1;
		buf_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
		buf_add(out, picture.p, head);
		buf_str(out, "<style>\n");
		svg_style(out, false);
		buf_str(out, "</style>\n");
		buf_str(out, picture.p + head);
		buf_free(&picture);
	}
	diagram_free(&diagram);
	return status;
}
