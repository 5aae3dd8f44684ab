/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who edits a line on the terminal for plain mode; filled by the screen's floor, which has the library for it. */
#ifndef CLI_LINE_EDITOR_H
#define CLI_LINE_EDITOR_H

#include <stdbool.h>
#include <stddef.h>

enum line_state {
	LINE_GOES_ON,
	LINE_ACCEPTED,
	LINE_ENDS, /* ^D on an empty line */
};

/*
 * Between begin() and the end of the line the terminal sends each key at once, and shows nothing by itself; before and
 * after, and while it is lent, it has the modes that it had when the program started. All but begin() do nothing
 * where no line is begun.
 */
struct line_editor {
	void (*begin)(const char *prompt); /* the prompt is shown, and an empty line behind it */
	/* Takes bytes of the terminal, up to the end of the line; *used is how many. *line is owned, and set where
	 * the line is accepted. */
	enum line_state (*feed)(const char *bytes, size_t n, size_t *used, char **line);
	void (*hide)(void);      /* takes prompt and line off the terminal: something is written in their place */
	void (*show)(void);      /* shows them again, below it */
	void (*drop)(void);      /* gives the line up, and leaves it on the terminal */
	void (*lend)(bool away); /* another reads from the terminal meanwhile, and then no longer */
};

#endif
