/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log pane: one line for each statement and event, following the newest or staying at the selection. */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/draw.h"
#include "ui/logline.h"
#include "ui/loglist.h"
#include "ui/sideways.h"
#include "ui/view.h"

/* A transfer from BEGIN to its outcome has 9 lines: the names of the columns take none of them. */
enum { HEAD_ROWS = 10 };

struct log {
	struct app *app;
	struct loglist list;
	struct find find;
	bool followed; /* when the search began */
	bool follow;
	uint64_t selected, top; /* positions, see loglist.h */
	struct sideways side;   /* of the statements */
	int height;
	int width; /* of the last drawing */
	bool head; /* the names of the columns are shown */
};

/* ---- where we are ---- */

static uint64_t first_position(const struct log *log)
{
	return log->list.dropped;
}

static uint64_t last_position(const struct log *log)
{
	size_t count = loglist_count(&log->list);
	return log->list.dropped + (count ? count - 1 : 0);
}

static uint64_t within(const struct log *log, uint64_t position)
{
	uint64_t first = first_position(log), last = last_position(log);
	return position < first ? first : position > last ? last : position;
}

static void log_settle(struct log *log)
{
	uint64_t height = log->height > 0 ? (uint64_t)log->height : 1;
	log->selected = log->follow ? last_position(log) : within(log, log->selected);
	struct scroll list = {first_position(log), loglist_count(&log->list), height, 0};
	log->top = scroll_top(&list, log->top, log->selected);
}

static bool event_at(const struct log *log, uint64_t position, struct event *event)
{
	uint64_t i = position - log->list.dropped;
	if (position < log->list.dropped || i >= loglist_count(&log->list))
		return false;
	return ring_get(log->app->ring, loglist_event(&log->list, (size_t)i), event);
}

uint64_t log_selected(const struct view *view)
{
	const struct log *log = view->self;
	struct event event;
	return event_at(log, within(log, log->selected), &event) ? event.number : 0;
}

/* ---- the pane ---- */

static void log_draw(void *self, struct rect inside, bool focus)
{
	struct log *log = self;
	struct rect head = {inside.y, inside.x, 1, inside.w};
	log->head = inside.h >= HEAD_ROWS;
	inside.y += log->head;
	inside.h -= log->head;
	log->height = inside.h;
	log->width = inside.w;
	log_settle(log);
	sideways_begin(&log->side);
	for (int i = 0; i < inside.h; i++) {
		uint64_t position = log->top + (uint64_t)i;
		struct rect at = {inside.y + i, inside.x, 1, inside.w};
		bool selected = position == log->selected && focus;
		struct event event;
		if (event_at(log, position, &event))
			logline_draw(at, &event, &log->side, selected);
		else
			draw_line(at.y, at.x, at.w, STYLE_TEXT, "");
	}
	if (log->head)
		logline_draw_head(head, &log->side);
	if (!loglist_count(&log->list))
		draw_text(inside.y, inside.x + 1, inside.w - 2, STYLE_FAINT,
			  log->list.errors_only ? "no errors" : "statements appear here as they are sent");
}

static void log_title(void *self, struct buf *out)
{
	const struct log *log = self;
	size_t count = loglist_count(&log->list);
	buf_fmt(out, "SQL log  %zu %s", count, text_plural(count, "line", "lines"));
	buf_str(out, log->list.since ? " since :clear" : "");
	buf_str(out, log->list.errors_only ? "  errors only" : "");
	buf_str(out, log->follow ? "  following the newest" : "  f follows the newest");
	if (log->list.cursor.skipped)
		buf_fmt(out, "  %llu skipped", (unsigned long long)log->list.cursor.skipped);
	if (log->list.dropped)
		buf_fmt(out, "  %llu older gone", (unsigned long long)log->list.dropped);
}

static void log_footer(void *self, struct buf *out, int columns)
{
	const struct log *log = self;
	if (columns > 40)
		buf_str(out, log->list.all ? "reads of the list shown, B hides them"
					   : "reads of the list hidden, B shows them");
}

static void log_show_newest(struct log *log)
{
	log->follow = true;
	log->top = 0;
	log->side.at = 0;
}

static void log_filter(struct log *log, bool errors_only, bool all)
{
	loglist_filter(&log->list, errors_only, all);
	log_show_newest(log);
}

/* Nothing is lost: the events are still there, and their numbers go on. */
static void log_clear(struct log *log, bool undo)
{
	loglist_since(&log->list, undo ? 0 : ring_next(log->app->ring));
	log_show_newest(log);
}

static void log_move(struct log *log, struct motion motion)
{
	uint64_t first = first_position(log), last = last_position(log);
	if (motion.kind == MOTION_FIRST)
		log->selected = first;
	else if (motion.kind == MOTION_LAST)
		log->selected = last;
	else if (motion.by < 0)
		log->selected =
			log->selected > first + (uint64_t)-motion.by ? log->selected - (uint64_t)-motion.by : first;
	else
		log->selected = within(log, log->selected + (uint64_t)motion.by);
	log->follow = log->selected == last;
}

static void log_sideways(struct log *log, long by)
{
	if (!sideways_move(&log->side, by))
		app_say(log->app, ST_OK, "%s", sideways_end(by));
}

static bool log_act(void *self, const char *action, const char *argument)
{
	struct log *log = self;
	struct motion motion = motion_of(action, argument, log->height);
	if (motion.kind == MOTION_SIDE)
		log_sideways(log, motion.by);
	else if (motion.kind != MOTION_NONE)
		log_move(log, motion);
	else if (strcmp(action, "follow") == 0)
		log->follow = !log->follow;
	else if (strcmp(action, "clear") == 0)
		log_clear(log, argument != NULL);
	else if (strcmp(action, "errors") == 0)
		log_filter(log, !log->list.errors_only, log->list.all);
	else if (strcmp(action, "browse-log") == 0)
		log_filter(log, log->list.errors_only, !log->list.all);
	else
		return false;
	return true;
}

/* The lines move at once, and the selection only to stay in sight. */
static void log_scroll(void *self, int lines)
{
	struct log *log = self;
	uint64_t height = log->height > 0 ? (uint64_t)log->height : 1, first = first_position(log);
	uint64_t most = last_position(log) + 1 > first + height ? last_position(log) + 1 - height : first;
	log_settle(log);
	if (lines < 0)
		log->top = log->top > first + (uint64_t)-lines ? log->top - (uint64_t)-lines : first;
	else
		log->top = log->top + (uint64_t)lines < most ? log->top + (uint64_t)lines : most;
	if (log->selected < log->top)
		log->selected = log->top;
	if (log->selected >= log->top + height)
		log->selected = log->top + height - 1;
	log->follow = log->top == most && (lines > 0 || log->follow);
}

static void log_click(void *self, int row)
{
	struct log *log = self;
	if (log->head && row == 0)
		return;
	log->selected = within(log, log->top + (uint64_t)(log->head ? row - 1 : row));
	log->follow = log->selected == last_position(log);
}

static bool log_holds(void *self, uint64_t position, const char *wanted)
{
	const struct log *log = self;
	struct event event;
	return event_at(log, position, &event) && logline_holds(&event, log->width, log->side.at, wanted);
}

static struct found log_find(void *self, const char *text, enum find_way way)
{
	struct log *log = self;
	struct find_lines lines = {log, log_holds, first_position(log), loglist_count(&log->list)};
	log_settle(log);
	if (way == FIND_BEGIN)
		log->followed = log->follow;
	struct found found = find_go(&log->find, &lines, text, way, &log->selected);
	if (found.how == FOUND || found.how == FOUND_AROUND)
		log->follow = log->selected == last_position(log);
	else if (way == FIND_BEGIN || way == FIND_TYPED)
		log->follow = log->followed;
	return found;
}

static const char *log_wanted(const void *self)
{
	const struct log *log = self;
	return buf_text(&log->find.text);
}

static void log_again(void *self)
{
	struct log *log = self;
	bool follow = log->follow;
	uint64_t at = log->selected - first_position(log);
	loglist_again(&log->list);
	log->selected = at;
	log->follow = follow;
}

static bool log_read_events(void *self)
{
	struct log *log = self;
	return loglist_read(&log->list);
}

static void log_free(void *self)
{
	struct log *log = self;
	loglist_free(&log->list);
	buf_free(&log->find.text);
	free(log);
}

struct view log_view(struct app *app)
{
	static const struct view_ops ops = {
		.context = "log",
		.title = log_title,
		.footer = log_footer,
		.draw = log_draw,
		.act = log_act,
		.scroll = log_scroll,
		.click = log_click,
		.again = log_again,
		.read = log_read_events,
		.find = log_find,
		.wanted = log_wanted,
		.free = log_free,
	};
	struct log *log = NEW(struct log);
	log->app = app;
	log->list.ring = app->ring;
	log->follow = true;
	return (struct view){&ops, log};
}
