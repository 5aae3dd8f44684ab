/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lessons pane: built-in lessons in learning order, greyed where the server cannot run them. */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/command.h"
#include "app/learned.h"
#include "base/asset.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/run.h"
#include "lab/lesson.h"
#include "lab/player.h"
#include "ui/draw.h"
#include "ui/sideways.h"
#include "ui/view.h"

enum { NAME_COLS = 24, FROZEN = NAME_COLS + 5 };

struct entry_of_list {
	const char *name;
	char *title;           /* harmless */
	struct lesson *lesson; /* NULL: it cannot be read */
};

struct lessons {
	struct app *app;
	struct entry_of_list *all;
	size_t n, selected, top;
	int height;
	struct sideways side;
	struct find find;
};

/* ---- the list ---- */

static void lessons_add(struct lessons *lessons, const struct asset_lesson *asset)
{
	struct err err;
	struct buf title = {0};
	struct lesson *lesson = lesson_parse(asset->name, asset->text, strlen(asset->text), &err);
	const char *text = lesson ? lesson_text(lesson, LESSON_TITLE, -1, -1) : err.text;
	text_escape(&title, text ? text : "", text ? strlen(text) : 0, 0);
	buf_str(&title, "");
	lessons->all = mem_resize(lessons->all, lessons->n + 1, sizeof *lessons->all);
	lessons->all[lessons->n++] = (struct entry_of_list){asset->name, buf_take(&title), lesson};
}

/* False with the reason where this server is known not to do. */
static bool runs(const struct app *app, const struct lesson *lesson, struct err *why)
{
	struct lesson_server server;
	if (!app->browse || !lesson_server_of(app->browse, &server))
		return true;
	server.second = settings_second(&app->settings);
	return lesson_runs(lesson, -1, &server, why);
}

/* ---- the pane ---- */

/* Those that this server can play. */
static size_t orders_of(const struct lessons *lessons, const struct entry_of_list *entry)
{
	struct lesson_server server;
	struct err why;
	bool known = lessons->app->browse && lesson_server_of(lessons->app->browse, &server);
	size_t n = 0;
	server.second = settings_second(&lessons->app->settings);
	for (size_t i = 0; entry->lesson && i < entry->lesson->spec->npermutations; i++)
		n += !known || lesson_runs(entry->lesson, (long)i, &server, &why);
	return n;
}

static bool lessons_is_exercise(const struct entry_of_list *entry)
{
	return entry->lesson && entry->lesson->exercise;
}

static struct learned_sum lessons_learned(const struct lessons *lessons, const struct entry_of_list *entry)
{
	size_t orders = entry->lesson ? entry->lesson->spec->npermutations : 0;
	if (lessons_is_exercise(entry))
		orders = 1;
	return learned_of(app_learned(lessons->app), entry->name, orders);
}

/* '*' all orders were played, '+' some; of an exercise: it is solved, or was tried. */
static void add_mark(struct buf *line, const struct lessons *lessons, const struct entry_of_list *entry)
{
	struct learned_sum sum = lessons_learned(lessons, entry);
	bool part = lessons_is_exercise(entry) ? !sum.right : sum.orders < orders_of(lessons, entry);
	buf_char(line, !sum.orders ? ' ' : part ? '+' : '*');
}

/* The progress with a lesson, in words. */
static void lessons_add_learned(struct buf *line, const struct lessons *lessons, const struct entry_of_list *entry)
{
	struct learned_sum sum = lessons_learned(lessons, entry);
	if (!sum.orders)
		return;
	if (lessons_is_exercise(entry)) {
		buf_str(line, sum.right ? "Solved. " : "Tried. ");
		return;
	}
	buf_fmt(line, "Played: %u of %zu orders", sum.orders, orders_of(lessons, entry));
	if (sum.asked)
		buf_fmt(line, ", %u of %u questions right", sum.right, sum.asked);
	buf_str(line, ". ");
}

/* Where not all that it expects of this server was seen there. */
static void lessons_add_proved(struct buf *line, const struct lessons *lessons, const struct entry_of_list *entry)
{
	struct lesson_server server;
	if (!entry->lesson || !lessons->app->browse || !lesson_server_of(lessons->app->browse, &server))
		return;
	struct lesson_proved proved = lesson_proved_on(entry->lesson, server.kind);
	if (proved.documented)
		buf_fmt(line, "Orders verified here: %zu, documented: %zu. ", proved.verified, proved.documented);
}

static void lessons_draw_line(struct lessons *lessons, struct rect at, enum style style, const char *text)
{
	int frozen = FROZEN < at.w / 2 ? FROZEN : at.w / 2;
	struct buf line = {0};
	sideways_saw(&lessons->side, (int)text_width(text, strlen(text)), at.w);
	sideways_line(&line, &lessons->side, text, frozen);
	draw_line(at.y, at.x, at.w, style, buf_text(&line));
	buf_free(&line);
}

static void lessons_draw_row(struct lessons *lessons, struct rect at, size_t i, bool focus)
{
	const struct entry_of_list *entry = &lessons->all[i];
	bool selected = i == lessons->selected;
	struct err why = {0};
	struct buf line = {0};
	bool can = entry->lesson && runs(lessons->app, entry->lesson, &why);
	enum style style = selected ? focus ? STYLE_SELECTED : STYLE_MARKED : can ? STYLE_TEXT : STYLE_FAINT;
	buf_str(&line, selected ? "> " : "  ");
	text_pad(&line, entry->name, NAME_COLS, TEXT_LEFT);
	add_mark(&line, lessons, entry);
	buf_fmt(&line, "  %s", entry->title);
	if (!can && why.text[0])
		buf_fmt(&line, "  (%s)", why.text);
	lessons_draw_line(lessons, at, style, buf_text(&line));
	buf_free(&line);
}

/* What the selected one teaches, where there is room. */
static int lessons_draw_teaches(const struct lessons *lessons, struct rect inside)
{
	const struct entry_of_list *entry = &lessons->all[lessons->selected];
	const char *text = entry->lesson ? lesson_text(entry->lesson, LESSON_TEACHES, -1, -1) : NULL;
	struct buf line = {0};
	if (!text || inside.h < 8)
		return 0;
	lessons_add_learned(&line, lessons, entry);
	lessons_add_proved(&line, lessons, entry);
	buf_str(&line, "Teaches: ");
	draw_harmless(&line, text);
	draw_wrapped((struct rect){inside.y + inside.h - 2, inside.x + 2, 2, inside.w - 4}, STYLE_FAINT,
		     buf_text(&line));
	buf_free(&line);
	return 3;
}

static void lessons_draw(void *self, struct rect inside, bool focus)
{
	struct lessons *lessons = self;
	draw_clear(inside);
	if (!lessons->n)
		return;
	lessons->height = inside.h - lessons_draw_teaches(lessons, inside);
	struct scroll list = {0, lessons->n, (uint64_t)(lessons->height > 0 ? lessons->height : 1), 0};
	lessons->top = scroll_top(&list, lessons->top, lessons->selected);
	sideways_begin(&lessons->side);
	for (int i = 0; i < lessons->height && lessons->top + (size_t)i < lessons->n; i++)
		lessons_draw_row(lessons, (struct rect){inside.y + i, inside.x, 1, inside.w}, lessons->top + (size_t)i,
				 focus);
}

static void lessons_title(void *self, struct buf *out)
{
	(void)self;
	buf_str(out, "Lab  lessons on this server");
}

static void lessons_footer(void *self, struct buf *out, int columns)
{
	const struct lessons *lessons = self;
	if (columns > 30)
		buf_fmt(out, "%s%zu of %zu", columns > 50 ? "* done  + begun  " : "", lessons->selected + 1,
			lessons->n);
}

static void lessons_ended(void *arg, enum status status)
{
	(void)arg;
	(void)status;
}

static void open_selected(const struct lessons *lessons)
{
	struct buf line = {0};
	buf_fmt(&line, "lab play %s", lessons->all[lessons->selected].name);
	command_run(lessons->app, line.p, lessons_ended, NULL);
	buf_free(&line);
}

static bool lessons_act(void *self, const char *action, const char *argument)
{
	struct lessons *lessons = self;
	struct motion motion = motion_of(action, argument, lessons->height);
	if (strcmp(action, "open") == 0 && lessons->n) {
		open_selected(lessons);
		return true;
	}
	if (motion.kind == MOTION_NONE)
		return false;
	if (motion.kind == MOTION_SIDE && !sideways_move(&lessons->side, motion.by))
		app_say(lessons->app, ST_OK, "%s", sideways_end(motion.by));
	long to = motion.kind == MOTION_FIRST  ? 0
		  : motion.kind == MOTION_LAST ? (long)lessons->n - 1
		  : motion.kind == MOTION_BY   ? (long)lessons->selected + motion.by
					       : (long)lessons->selected;
	lessons->selected = to < 0 || !lessons->n ? 0 : (size_t)to >= lessons->n ? lessons->n - 1 : (size_t)to;
	return true;
}

static void lessons_click(void *self, int row)
{
	struct lessons *lessons = self;
	if (row < lessons->height && lessons->top + (size_t)row < lessons->n)
		lessons->selected = lessons->top + (size_t)row;
}

static bool lessons_text_holds(const char *text, const char *wanted)
{
	size_t n = text ? strlen(text) : 0;
	return text && find_place(text, n, 0, wanted) < n;
}

static bool lessons_holds(void *self, uint64_t i, const char *wanted)
{
	const struct entry_of_list *entry = &((const struct lessons *)self)->all[i];
	const char *teaches = entry->lesson ? lesson_text(entry->lesson, LESSON_TEACHES, -1, -1) : NULL;
	return lessons_text_holds(entry->name, wanted) || lessons_text_holds(entry->title, wanted) ||
	       lessons_text_holds(teaches, wanted);
}

static struct found lessons_find(void *self, const char *text, enum find_way way)
{
	struct lessons *lessons = self;
	struct find_lines lines = {lessons, lessons_holds, 0, lessons->n};
	uint64_t at = lessons->selected;
	struct found found = find_go(&lessons->find, &lines, text, way, &at);
	lessons->selected = (size_t)at;
	return found;
}

static const char *lessons_wanted(const void *self)
{
	const struct lessons *lessons = self;
	return buf_text(&lessons->find.text);
}

/* The lesson that is played is the selected one: who leaves it goes on from there. */
static bool lessons_read(void *self)
{
	struct lessons *lessons = self;
	const struct player *player = lessons->app->player;
	if (!player || !lessons->n || strcmp(lessons->all[lessons->selected].name, player_name(player)) == 0)
		return false;
	for (size_t i = 0; i < lessons->n; i++)
		if (strcmp(lessons->all[i].name, player_name(player)) == 0)
			lessons->selected = i;
	return false;
}

static void lessons_free(void *self)
{
	struct lessons *lessons = self;
	for (size_t i = 0; i < lessons->n; i++) {
		free(lessons->all[i].title);
		lesson_free(lessons->all[i].lesson);
	}
	buf_free(&lessons->find.text);
	free(lessons->all);
	free(lessons);
}

struct view lessons_view(struct app *app)
{
	static const struct view_ops ops = {
		.context = "lessons",
		.title = lessons_title,
		.footer = lessons_footer,
		.draw = lessons_draw,
		.act = lessons_act,
		.click = lessons_click,
		.read = lessons_read,
		.find = lessons_find,
		.wanted = lessons_wanted,
		.free = lessons_free,
	};
	struct lessons *lessons = NEW(struct lessons);
	lessons->app = app;
	for (const struct asset_lesson *asset = asset_lessons; asset->name; asset++)
		lessons_add(lessons, asset);
	for (const struct asset_lesson *asset = asset_exercises; asset->name; asset++)
		lessons_add(lessons, asset);
	return (struct view){&ops, lessons};
}
