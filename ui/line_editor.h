/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that are edited on the terminal itself, for plain mode: readline draws, the loop reads. */
#ifndef UI_LINE_EDITOR_H
#define UI_LINE_EDITOR_H

struct app;
struct line_editor; /* cli/line_editor.h */

/* NULL where the standard streams are no terminals, or the terminal can only write lines. Signals that end the program
 * give the terminal back. There is one, and no console beside it. */
const struct line_editor *line_editor_open(struct app *app);
void line_editor_close(const struct line_editor *editor); /* before app_free(); NULL is fine */

#endif
