/* SPDX-License-Identifier: GPL-3.0-or-later */
/* struct term as its own files see it. */
#ifndef SUPPORT_TERM_INTERNAL_H
#define SUPPORT_TERM_INTERNAL_H

#include <vterm.h>

#include "base/buf.h"
#include "tests/support/term.h"

struct term {
	VTerm *vt;
	VTermScreen *screen;
	pid_t pid; /* 0 once it was waited for */
	int master, slave;
	int status;
	struct termios before;
	bool cursor_visible, alternate;
	unsigned title_changes, bells;
	size_t bytes;
	struct buf title;
	struct buf output;     /* every byte received */
	struct buf line, text; /* what term_row() and term_screen() lend */
};

bool term_pump(struct term *term, int ms);

#endif
