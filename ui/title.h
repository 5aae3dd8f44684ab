/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The title line: server, connection security and transaction state. */
#ifndef UI_TITLE_H
#define UI_TITLE_H

struct app;

void title_draw(const struct app *app, int columns);
void title_draw_tiny(const struct app *app, int rows, int columns,
		     const char *message); /* all there is on a screen that is too small */

#endif
