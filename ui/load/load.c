/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The load pane: what a load does second by second, its hottest accounts, its workers, its checks. */
#include "load/load.h"

#include <stdlib.h>

#include "app/app.h"
#include "app/shown.h"
#include "base/mem.h"
#include "event/json.h"
#include "trace/members.h"
#include "ui/draw.h"
#include "ui/load/lines.h"
#include "ui/view.h"

struct load_pane {
	struct app *app;
	size_t top, count;
	int height, width;
	struct find find;
	size_t found; /* the line that was found last */
};

static void load_make_lines(const struct load_pane *pane, struct load_lines *lines)
{
	const struct load_seen *seen = shown_load(pane->app);
	if (!seen)
		load_lines_make_none(lines, pane->app->play != NULL);
	else if (seen->race)
		load_lines_make_race(lines, seen);
	else
		load_lines_make(lines, seen, pane->width);
}

static void load_draw(void *self, struct rect inside, bool focus)
{
	struct load_pane *pane = self;
	struct load_lines lines = {0};
	(void)focus;
	draw_clear(inside);
	pane->height = inside.h;
	pane->width = inside.w;
	load_make_lines(pane, &lines);
	pane->count = lines.n;
	size_t most = lines.n > (size_t)inside.h ? lines.n - (size_t)inside.h : 0;
	pane->top = pane->top > most ? most : pane->top;
	for (int i = 0; i < inside.h && pane->top + (size_t)i < lines.n; i++) {
		const struct load_line *line = &lines.at[pane->top + (size_t)i];
		draw_line(inside.y + i, inside.x, inside.w, line->style, buf_text(&line->text));
	}
	load_lines_free(&lines);
}

static void load_title(void *self, struct buf *out)
{
	static const char *const words[] = {
		[LOAD_OPENING] = "begins",      [LOAD_CONNECTING] = "connects", [LOAD_RUNNING] = "runs",
		[LOAD_RESTING] = "rests",       [LOAD_ENDING] = "ends",         [LOAD_SETTLING] = "settles",
		[LOAD_CHECKING] = "is checked", [LOAD_OVER] = "is over",
	};
	const struct load_pane *pane = self;
	const struct load_seen *seen = shown_load(pane->app);
	buf_str(out, seen && seen->race ? "Race" : "Load");
	if (seen)
		buf_fmt(out, "  %s", words[seen->phase]);
}

static void load_footer(void *self, struct buf *out, int columns)
{
	const struct load_pane *pane = self;
	if (columns > 30 && pane->count > (size_t)pane->height)
		buf_fmt(out, "%zu more below", pane->count - (size_t)pane->height - pane->top);
}

static bool load_act(void *self, const char *action, const char *argument)
{
	struct load_pane *pane = self;
	struct motion motion = motion_of(action, argument, pane->height);
	if (motion.kind == MOTION_NONE || motion.kind == MOTION_SIDE)
		return false;
	if (motion.kind == MOTION_FIRST)
		pane->top = 0;
	else if (motion.kind == MOTION_LAST)
		pane->top = pane->count;
	else if (motion.by < 0 && (size_t)-motion.by > pane->top)
		pane->top = 0;
	else
		pane->top = (size_t)((long)pane->top + motion.by);
	return true;
}

static bool load_holds(void *lines, uint64_t i, const char *wanted)
{
	const struct buf *text = &((const struct load_lines *)lines)->at[i].text;
	return find_place(buf_text(text), text->len, 0, wanted) < text->len;
}

static struct found load_find(void *self, const char *text, enum find_way way)
{
	struct load_pane *pane = self;
	struct load_lines lines = {0};
	load_make_lines(pane, &lines);
	struct find_lines where = {&lines, load_holds, 0, lines.n};
	uint64_t at = way == FIND_BEGIN ? pane->top : pane->found;
	struct found found = find_go(&pane->find, &where, text, way, &at);
	load_lines_free(&lines);
	pane->found = (size_t)at;
	if (pane->found < pane->top || pane->found >= pane->top + (size_t)pane->height)
		pane->top = pane->found;
	return found;
}

static const char *load_wanted(const void *self)
{
	const struct load_pane *pane = self;
	return buf_text(&pane->find.text);
}

static void load_look(const void *self, struct buf *members)
{
	const struct load_pane *pane = self;
	members_number(members, "load_top", pane->top);
}

static void load_look_again(void *self, const struct json_object *look)
{
	struct load_pane *pane = self;
	int64_t top = json_object_number(look, "load_top", 0);
	pane->top = top > 0 && top < LOAD_LINES_MAX ? (size_t)top : 0;
}

static void load_free_pane(void *self)
{
	struct load_pane *pane = self;
	buf_free(&pane->find.text);
	free(pane);
}

static bool load_read(void *self)
{
	(void)self; /* each second tells that it has changed */
	return false;
}

static const struct view_ops load_ops_of_view = {
	.context = "load",
	.title = load_title,
	.footer = load_footer,
	.draw = load_draw,
	.act = load_act,
	.read = load_read,
	.find = load_find,
	.wanted = load_wanted,
	.look = load_look,
	.look_again = load_look_again,
	.free = load_free_pane,
};

struct view load_view(struct app *app)
{
	struct load_pane *pane = NEW(struct load_pane);
	pane->app = app;
	return (struct view){&load_ops_of_view, pane};
}
