/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The help: keys from the keymap, commands from the command table; and the key line. */
#ifndef UI_HELP_H
#define UI_HELP_H

#include "app/keymap.h"
#include "base/buf.h"
#include "base/err.h"

/* Both give lines for a popup, and to `runs` for each of them a line: the command line that it stands for, or nothing;
 * lines without one at the end are left out. */

/* Everything: the keys of the context first. */
void help_all(struct buf *out, struct buf *runs, const struct keymap *keymap, const char *context);

/* One command; ST_USAGE with a sentence where there is none of that name. */
MUST_CHECK enum status help_command(struct buf *out, struct buf *runs, const struct keymap *keymap, const char *name,
				    struct err *err);

/* The key line: the keys that have a hint, those of the context first, as many as fit. */
enum { HINTS_MAX = 40 };

struct hint {
	int x, width;
	const struct binding *binding; /* the keymap's */
};

struct hints {
	const struct keymap *keymap;
	const char *context;
	bool away;        /* the context away holds, too */
	bool cluster;     /* and the context cluster */
	unsigned changes; /* of the keymap, when they were placed */
	bool play;        /* and the context play, before all others */
	struct hint all[HINTS_MAX];
	int n;
};

/* Places them, with keymap, context, away and cluster set. */
void help_hints(struct hints *hints, int columns);
void help_draw_hints(const struct hints *hints, int y, int columns);
/* The binding that is shown at that column, NULL: none that is one key. */
const struct binding *help_hint_at(const struct hints *hints, int x);

#endif
