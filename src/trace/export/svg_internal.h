/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sequence diagram as SVG: what the file of its own and the page share. */
#ifndef TRACE_SVG_INTERNAL_H
#define TRACE_SVG_INTERNAL_H

#include "base/page.h"
#include "diagram_internal.h"

enum { SVG_WIDTH = 1280, SVG_LEAST_HEIGHT = 720 }; /* one slide */

/* Where all is drawn: pixels. */
struct svg {
	struct buf *out;
	const struct diagram *diagram;
	int x[DIAGRAM_LANES_MAX]; /* of each lane */
	int *y, *lines;           /* of each row: its top; of how many lines of text it is */
	int width, height;        /* of the picture */
	int bottom;               /* where the lanes end */
};

/* The element <svg>, whole; its classes are those of svg_style(). `titled`: its title stands above it. */
void svg_diagram(struct buf *out, const struct diagram *diagram, bool titled);

/* Rules for its classes; `named`: colours are the variables of a page (base/page.h), else they are written out. */
void svg_style(struct buf *out, bool named);

/* svg_row.c */
int svg_columns(int pixels);                                            /* of text that there is room for */
int svg_pixels(int columns);                                            /* that it takes */
bool svg_is_left(const struct svg *svg, const struct diagram_row *row); /* of the server's rows */
int svg_row_lines(const struct svg *svg, const struct diagram_row *row);
void svg_row(const struct svg *svg, size_t i);

#endif
