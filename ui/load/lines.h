/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A load as lines for its pane: what matters most comes first. */
#ifndef UI_LOAD_LINES_H
#define UI_LOAD_LINES_H

#include "base/buf.h"
#include "load/load.h"
#include "load/race.h"
#include "ui/style.h"

enum { LOAD_LINES_MAX = 64 };

struct load_line {
	enum style style;
	struct buf text;
};

/* Zero-initialise. All text is harmless. */
struct load_lines {
	size_t n;
	struct load_line at[LOAD_LINES_MAX];
};
void load_lines_make(struct load_lines *lines, struct load *load, int columns); /* NULL: none has run */
void load_lines_make_race(struct load_lines *lines, struct race *race);
void load_lines_free(struct load_lines *lines);

#endif
