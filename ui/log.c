/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log pane: every statement and event as one line, following the newest or standing where it was left. */
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "event/show.h"
#include "ui/draw.h"
#include "ui/loglist.h"
#include "ui/view.h"

enum { LONG_TIME_COLS = 96, SHORT_TIME_COLS = 48, WHO = 6, MS = 7 };

struct log {
	struct app *app;
	struct loglist list;
	bool follow;
	uint64_t selected, top; /* positions, see loglist.h */
	int side;               /* columns that the statements are scrolled to the left */
	int height;
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

static void settle(struct log *log)
{
	uint64_t height = log->height > 0 ? (uint64_t)log->height : 1;
	log->selected = log->follow ? last_position(log) : within(log, log->selected);
	if (log->selected < log->top)
		log->top = log->selected;
	if (log->selected >= log->top + height)
		log->top = log->selected - height + 1;
	if (log->top + height > last_position(log) + 1)
		log->top = last_position(log) + 1 > height ? last_position(log) + 1 - height : 0;
	if (log->top < first_position(log))
		log->top = first_position(log);
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

/* ---- one line ---- */

static enum style style_of(const struct event *event, char sign)
{
	if (sign == 'x')
		return STYLE_BAD;
	if (sign == '*' || (event->kind == EVENT_OUTCOME && event->outcome == OUTCOME_COMMITTED))
		return STYLE_GOOD;
	if (sign == '!')
		return STYLE_LEVER;
	if (sign == '~' || sign == '.')
		return STYLE_WAIT;
	return event->kind == EVENT_TXN || event->kind == EVENT_ATTEMPT || event->skipped ? STYLE_FAINT : STYLE_TEXT;
}

/* The bytes of `text` from a column on. */
static const char *from_column(const char *text, int column)
{
	return text + text_cut(text, strlen(text), (size_t)column);
}

static void add_time(struct buf *out, uint64_t wall_us, int width)
{
	char time[16];
	clock_show(time, wall_us);
	if (width >= LONG_TIME_COLS)
		buf_fmt(out, "%s ", time);
	else if (width >= SHORT_TIME_COLS)
		buf_fmt(out, "%s ", time + 3);
}

/* A result that needs more than its column takes it from the statement, an error most of all. */
static int result_width(int room, const struct show_line *line)
{
	int need = (int)text_width(buf_text(&line->result), line->result.len);
	int usual = room / 4 < 24 ? room / 4 : 24, most = line->sign == 'x' ? room * 2 / 3 : room / 2;
	return need <= usual ? usual : need < most ? need : most;
}

static void compose(struct buf *out, const struct log *log, const struct event *event, struct show_line *line,
		    int width)
{
	static const char mark[] = "  <- durable from here";
	add_time(out, event->wall_us, width);
	text_pad(out, buf_text(&line->who), WHO, TEXT_LEFT);
	buf_fmt(out, " %c ", line->sign);
	int room = width - (int)text_width(buf_text(out), out->len) - MS - 2;
	int result = result_width(room, line);
	int what = room - result;
	if (!line->result.len)
		what = room, result = 0;
	const char *words = from_column(buf_text(&line->what), log->side);
	bool marked = event->durable && what >= (int)sizeof mark + 5;
	if (marked && text_width(words, strlen(words)) + sizeof mark - 1 <= (size_t)what) {
		struct buf both = {0};
		buf_fmt(&both, "%s%s", words, mark);
		text_pad(out, buf_text(&both), (size_t)what, TEXT_LEFT);
		buf_free(&both);
	} else {
		text_pad(out, words, (size_t)(marked ? what - (int)sizeof mark + 1 : what), TEXT_LEFT);
		buf_str(out, marked ? mark : "");
	}
	buf_char(out, ' ');
	text_pad(out, buf_text(&line->result), (size_t)result, TEXT_LEFT);
	buf_char(out, ' ');
	text_pad(out, buf_text(&line->ms), MS, TEXT_RIGHT);
}

static void draw_event(const struct log *log, struct rect at, const struct event *event, enum style selected)
{
	struct show_line line = {0};
	struct buf text = {0};
	show_line(&line, event);
	compose(&text, log, event, &line, at.w);
	draw_line(at.y, at.x, at.w, selected != STYLE_TEXT ? selected : style_of(event, line.sign), buf_text(&text));
	buf_free(&text);
	show_line_free(&line);
}

/* ---- the pane ---- */

static void draw(void *self, struct rect inside, bool focus)
{
	struct log *log = self;
	log->height = inside.h;
	settle(log);
	for (int i = 0; i < inside.h; i++) {
		uint64_t position = log->top + (uint64_t)i;
		struct rect at = {inside.y + i, inside.x, 1, inside.w};
		bool selected = position == log->selected && focus;
		struct event event;
		if (event_at(log, position, &event))
			draw_event(log, at, &event, selected ? STYLE_SELECTED : STYLE_TEXT);
		else
			draw_line(at.y, at.x, at.w, STYLE_TEXT, "");
	}
	if (!loglist_count(&log->list))
		draw_text(inside.y, inside.x + 1, inside.w - 2, STYLE_FAINT,
			  log->list.errors_only ? "no errors" : "statements appear here as they are sent");
}

static void title(void *self, struct buf *out)
{
	const struct log *log = self;
	size_t count = loglist_count(&log->list);
	buf_fmt(out, "SQL log  %zu %s", count, text_plural(count, "line", "lines"));
	buf_str(out, log->list.errors_only ? "  errors only" : "");
	buf_str(out, log->follow ? "  following" : "  standing");
	if (log->list.cursor.skipped)
		buf_fmt(out, "  %llu skipped", (unsigned long long)log->list.cursor.skipped);
	if (log->list.dropped)
		buf_fmt(out, "  %llu older gone", (unsigned long long)log->list.dropped);
}

static void footer(void *self, struct buf *out, int columns)
{
	const struct log *log = self;
	if (columns > 24)
		buf_str(out, log->list.browse ? "with the browse session" : "browse session hidden");
}

static void filter(struct log *log, bool errors_only, bool browse)
{
	loglist_filter(&log->list, errors_only, browse);
	log->follow = true;
	log->top = 0;
	log->side = 0;
}

static void move(struct log *log, struct motion motion)
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

static bool act(void *self, const char *action, const char *argument)
{
	struct log *log = self;
	struct motion motion = motion_of(action, argument, log->height);
	if (motion.kind == MOTION_SIDE)
		log->side = log->side + 8 * (int)motion.by > 0 ? log->side + 8 * (int)motion.by : 0;
	else if (motion.kind != MOTION_NONE)
		move(log, motion);
	else if (strcmp(action, "follow") == 0)
		log->follow = !log->follow;
	else if (strcmp(action, "errors") == 0)
		filter(log, !log->list.errors_only, log->list.browse);
	else if (strcmp(action, "browse-log") == 0)
		filter(log, log->list.errors_only, !log->list.browse);
	else
		return false;
	return true;
}

static bool read_events(void *self)
{
	struct log *log = self;
	return loglist_read(&log->list);
}

static void log_free(void *self)
{
	struct log *log = self;
	loglist_free(&log->list);
	free(log);
}

struct view log_view(struct app *app)
{
	static const struct view_ops ops = {
		.context = "log",
		.title = title,
		.footer = footer,
		.draw = draw,
		.act = act,
		.read = read_events,
		.free = log_free,
	};
	struct log *log = NEW(struct log);
	log->app = app;
	log->list.ring = app->ring;
	log->follow = true;
	return (struct view){&ops, log};
}
