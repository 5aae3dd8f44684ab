/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the settings of screen and output mean: mouse, present, ascii, color, format. */
#include "set.h"

void mouse_explain(struct buf *out, const struct app *app)
{
	if (app->settings.no_mouse)
		buf_str(out, ": dragging selects text");
	else
		buf_str(out, ": the wheel scrolls, a click selects; Shift and dragging selects text");
}

void present_explain(struct buf *out, const struct app *app)
{
	if (app->settings.present)
		buf_str(out, ": the current statement, its answer and what it means, large; no hints");
	else
		buf_str(out, ": the panes as they are");
}

void ascii_explain(struct buf *out, const struct app *app)
{
	buf_str(out, app->settings.ascii ? ": frames of - and |" : ": frames are lines where the locale is UTF-8");
}

void color_explain(struct buf *out, const struct app *app)
{
	if (app->settings.color == COLOR_AUTO)
		buf_str(out, ": where the terminal has them, and NO_COLOR is not set");
	else
		buf_str(out,
			app->settings.color == COLOR_ALWAYS ? ": in spite of NO_COLOR" : ": bold and reverse only");
}

void format_explain(struct buf *out, const struct app *app)
{
	(void)app;
	buf_str(out, ": of data on standard output, where a command names no other");
}
