/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The title line: where we are connected, how safely, and the state of the transaction as a word. */
#ifndef UI_TITLE_H
#define UI_TITLE_H

struct app;

void title_draw(const struct app *app, int columns);
void title_draw_tiny(const struct app *app, int rows, int columns,
		     const char *message); /* all there is on a screen that is too small */

#endif
