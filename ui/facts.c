/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about the terminal and the libraries that draw on it. */
#include <stdlib.h>

#include <curses.h>
#include <term.h>

#include "ui/console.h"
#include "ui/prompt.h"

void console_facts(struct terminal_facts *facts)
{
	int found = 0, colors = 0;
	*facts = (struct terminal_facts){.curses = curses_version(), .readline = prompt_library()};
	if (stdscr) {
		facts->known = true;
		facts->colors = has_colors() ? COLORS : 0;
		return;
	}
	if (!getenv("TERM") || setupterm(NULL, 1, &found) != OK)
		return;
	colors = tigetnum("colors");
	facts->known = true;
	facts->colors = colors > 0 ? colors : 0;
	del_curterm(cur_term);
}
