/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A load as lines for its pane: what matters most comes first. */
#ifndef UI_LOAD_LINES_H
#define UI_LOAD_LINES_H

#include "base/buf.h"
#include "load/seen.h"
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
void load_lines_make(struct load_lines *lines, const struct load_seen *seen, int columns);
void load_lines_make_race(struct load_lines *lines, const struct load_seen *seen);
void load_lines_make_none(struct load_lines *lines, bool recorded); /* there was none: what there is to say */
void load_lines_free(struct load_lines *lines);

#endif
