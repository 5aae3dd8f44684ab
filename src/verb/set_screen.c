/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings of the screen: the mouse, and present. */
#include <string.h>

#include "set.h"

/* on, off or toggle. */
static enum status screen_switch(bool *on, const char *name, const char *word, struct err *err)
{
	if (strcmp(word, "on") == 0 || strcmp(word, "off") == 0)
		*on = strcmp(word, "on") == 0;
	else if (strcmp(word, "toggle") == 0)
		*on = !*on;
	else
		return err_set(err, ST_USAGE, "%s is on, off or toggle, not \"%.80s\"", name, word);
	return ST_OK;
}

/* ---- mouse ---- */

void mouse_show(struct buf *out, const struct app *app)
{
	buf_str(out, app->settings.no_mouse ? "off" : "on");
}

void mouse_explain(struct buf *out, const struct app *app)
{
	if (app->settings.no_mouse)
		buf_str(out, ": dragging selects text");
	else
		buf_str(out, ": the wheel scrolls, a click selects; Shift and dragging selects text");
}

enum status mouse_set(struct app *app, const char *word, struct err *err)
{
	bool on = !app->settings.no_mouse;
	enum status status = screen_switch(&on, "mouse", word, err);
	app->settings.no_mouse = !on;
	return status;
}

/* ---- present ---- */

void present_show(struct buf *out, const struct app *app)
{
	buf_str(out, app->settings.present ? "on" : "off");
}

void present_explain(struct buf *out, const struct app *app)
{
	if (app->settings.present)
		buf_str(out, ": the current statement, its answer and what it means, large; no hints");
	else
		buf_str(out, ": the panes as they are");
}

enum status present_set(struct app *app, const char *word, struct err *err)
{
	return screen_switch(&app->settings.present, "present", word, err);
}
