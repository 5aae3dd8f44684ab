/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab pane: a lesson as lanes with time running down, the committed values now, texts and questions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/mem.h"
#include "base/text.h"
#include "event/json.h"
#include "event/show.h"
#include "trace/members.h"
#include "ui/draw.h"
#include "ui/lab/now.h"
#include "ui/lab/step.h"
#include "ui/lab/story.h"
#include "ui/view.h"

enum {
	STEP_COLS = 6,
	LANE_LEAST = 24,
	OUTCOME_MOST = 24,
	STATE_LEAST = 19,
	TELL_LEAST = 3,
	ROWS_LEAST = 3,
	NAMED_LEAST = 56
};

struct lab_pane {
	struct app *app;
	const struct player *seen; /* whose rows these are */
	size_t sent;               /* as of the last drawing */
	size_t selected, top;
	bool looking; /* at another step than the next one */
	int height;
	struct find find;
	bool looked; /* when the search began */
};

/* ---- where the lanes are ---- */

/* Two sessions have the numbers between them; more have them on the left; where lanes would be too narrow, there is
 * one for all. */
struct lanes {
	int n, width, step_x;
	bool together;
};

static struct lanes lanes_of(const struct spec *spec, int columns)
{
	int n = (int)(spec->nsessions < 100 ? spec->nsessions : 100);
	struct lanes lanes = {.n = n, .width = (columns - STEP_COLS) / n};
	lanes.together = lanes.width < LANE_LEAST;
	lanes.step_x = n == 2 && !lanes.together ? lanes.width : 0;
	if (lanes.together)
		lanes.width = columns - STEP_COLS;
	return lanes;
}

static int lane_x(const struct lanes *lanes, size_t session)
{
	if (lanes->together)
		return STEP_COLS;
	if (lanes->n == 2)
		return session == 0 ? 0 : lanes->width + STEP_COLS;
	return STEP_COLS + (int)session * lanes->width;
}

/* ---- lines ---- */

static const struct stage_record *last_of(const struct player *player, size_t session)
{
	const struct stage *stage = player_stage(player);
	for (size_t i = stage_nrecords(stage); i-- > 0;) {
		const struct stage_record *record = stage_record(stage, i);
		if (record->lane == session && record->done)
			return record;
	}
	return NULL;
}

/* Whom it waits for, where that is not a session of the lesson. */
static void lab_add_holder(struct buf *out, const struct app *app, size_t session)
{
	struct event event;
	uint64_t number = watcher_event(app->watcher, stage_db(player_stage(app->player), session));
	if (number && ring_get(app->ring, number, &event))
		show_holder(out, &event, 0);
}

static void lab_draw_lane(const struct lab_pane *pane, size_t session, struct rect at)
{
	const struct player *player = pane->app->player;
	const struct spec *spec = player_lesson(player)->spec;
	struct buf name = {0}, state = {0}, holder = {0}, waiters = {0};
	struct stage_lane lane;
	stage_lane(player_stage(player), session, &lane);
	lab_add_holder(&holder, pane->app, session);
	lab_step_waiters(&waiters, spec, player_stage(player), session);
	struct lab_step_around around = {last_of(player, session), holder.p, waiters.p,
					 player_left_open(player, session)};
	draw_harmless(&name, spec->sessions[session].name);
	if (player_lesson(player)->second.wanted && player_lesson(player)->second.sessions[session])
		buf_str(&name, " on second");
	enum style style = lab_step_lane(&state, spec, &lane, &around);
	int room = at.w - STATE_LEAST; /* what a session does goes before what it is called */
	int used = draw_text(at.y, at.x, room, STYLE_HEAD, buf_text(&name)) + 2;
	if (used < at.w)
		draw_text(at.y, at.x + used, at.w - used - 1, style, buf_text(&state));
	buf_free(&name);
	buf_free(&state);
	buf_free(&holder);
	buf_free(&waiters);
}

static void lab_draw_head(const struct lab_pane *pane, const struct lanes *lanes, struct rect at)
{
	const struct spec *spec = player_lesson(pane->app->player)->spec;
	draw_line(at.y, at.x, at.w, STYLE_HEAD, "");
	for (size_t i = 0; i < spec->nsessions; i++)
		lab_draw_lane(pane, i, (struct rect){at.y, at.x + lane_x(lanes, i), 1, lanes->width});
	draw_text(at.y, at.x + lanes->step_x, STEP_COLS, STYLE_HEAD, "step");
}

static void lab_draw_number(struct rect at, const struct player_row *row, size_t i, bool selected, bool focus)
{
	char text[24];
	char mark = row->next ? '>' : row->breakpoint ? 'b' : ' ';
	char sign = row->surprise ? '!' : lab_step_sign(row->record);
	if (row->note)
		snprintf(text, sizeof text, "   ~");
	else
		snprintf(text, sizeof text, "%c%2zu %c", mark, i + 1, sign);
	enum style style = selected ? focus ? STYLE_SELECTED : STYLE_MARKED : row->next ? STYLE_KEY : STYLE_FAINT;
	draw_line(at.y, at.x, at.w - 1, style, text);
}

static void lab_draw_cell(const struct player *player, size_t i, const struct player_row *row, struct rect at,
			  bool together)
{
	struct buf sql = {0}, outcome = {0}, raw = {0};
	const struct spec *spec = player_lesson(player)->spec;
	const struct spec_step *step = &spec->steps[row->step];
	player_sql(&raw, player, i);
	const char *text = row->note ? row->note : buf_text(&raw);
	if (together) {
		draw_harmless(&sql, spec->sessions[step->session].name);
		buf_str(&sql, ": ");
	}
	if (!row->note && (player_lesson(player)->exercise || at.w >= NAMED_LEAST)) {
		draw_harmless(&sql, step->name);
		buf_str(&sql, "  ");
	}
	if (row->attempt && !row->note)
		buf_fmt(&sql, "[%u] ", row->attempt);
	lab_step_outcome(&outcome, spec, row->record);
	int right = (int)text_width(buf_text(&outcome), outcome.len);
	int most = at.w / 2 > OUTCOME_MOST ? at.w / 2 : OUTCOME_MOST;
	if (most > at.w * 2 / 3)
		most = at.w * 2 / 3;
	if (right > most)
		right = most;
	int left = at.w - right - (right ? 2 : 1);
	lab_step_sql_short(&sql, text, left - (int)text_width(buf_text(&sql), sql.len));
	draw_line(at.y, at.x, left,
		  row->note                  ? STYLE_WAIT
		  : row->record || row->next ? STYLE_TEXT
					     : STYLE_FAINT,
		  buf_text(&sql));
	if (right)
		draw_line(at.y, at.x + left + 1, right, lab_step_style(row->record), buf_text(&outcome));
	buf_free(&raw);
	buf_free(&sql);
	buf_free(&outcome);
}

static void lab_draw_row(const struct lab_pane *pane, const struct lanes *lanes, struct rect at, size_t i, bool focus)
{
	const struct player *player = pane->app->player;
	const struct spec *spec = player_lesson(player)->spec;
	struct player_row row = player_row(player, i);
	size_t session = spec->steps[row.step].session;
	lab_draw_number((struct rect){at.y, at.x + lanes->step_x, 1, STEP_COLS}, &row, i,
			pane->looking && i == pane->selected, focus);
	lab_draw_cell(player, i, &row, (struct rect){at.y, at.x + lane_x(lanes, session), 1, lanes->width},
		      lanes->together);
}

/* ---- the pane ---- */

/* The selection follows the next step until the user selects another row. */
static void lab_follow(struct lab_pane *pane, size_t height)
{
	const struct player *player = pane->app->player;
	size_t n = player_nrows(player), next = player_next_row(player);
	if (pane->seen != player || pane->sent != player_nsent(player))
		pane->looking = false;
	pane->seen = player;
	pane->sent = player_nsent(player);
	if (!pane->looking || pane->selected >= n)
		pane->selected = next < n ? next : n ? n - 1 : 0;
	struct scroll list = {0, n, height, 0};
	if (!pane->looking && height > 2 && pane->selected + 1 < n) /* what follows is in sight, too */
		pane->top = scroll_top(&list, pane->top, pane->selected + 1);
	pane->top = scroll_top(&list, pane->top, pane->selected);
}

static void lab_look(const void *self, struct buf *members)
{
	const struct lab_pane *pane = self;
	members_number(members, "lab_top", pane->top);
}

static void lab_look_again(void *self, const struct json_object *look)
{
	struct lab_pane *pane = self;
	size_t n = pane->app->player ? player_nrows(pane->app->player) : 0;
	int64_t top = json_object_number(look, "lab_top", 0);
	pane->top = top > 0 && (uint64_t)top < n ? (size_t)top : 0;
}

long lab_looked_at(const struct view *view)
{
	struct lab_pane *pane = view->self;
	if (!pane->app->player)
		return -1;
	lab_follow(pane, pane->height > 0 ? (size_t)pane->height : 1);
	return pane->looking ? (long)pane->selected : -1;
}

static void lab_draw_rows(struct lab_pane *pane, struct rect at, bool focus)
{
	const struct player *player = pane->app->player;
	struct lanes lanes = lanes_of(player_lesson(player)->spec, at.w);
	int head = lanes.together || at.h < 2 ? 0 : 1; /* together, each line names its session */
	if (head)
		lab_draw_head(pane, &lanes, (struct rect){at.y, at.x, 1, at.w});
	pane->height = at.h - head;
	lab_follow(pane, (size_t)(pane->height > 0 ? pane->height : 1));
	for (int i = 0; i < pane->height && pane->top + (size_t)i < player_nrows(player); i++)
		lab_draw_row(pane, &lanes, (struct rect){at.y + head + i, at.x, 1, at.w}, pane->top + (size_t)i, focus);
}

static void lab_draw(void *self, struct rect inside, bool focus)
{
	struct lab_pane *pane = self;
	struct player *player = pane->app->player;
	draw_clear(inside);
	if (!player) {
		draw_wrapped((struct rect){inside.y, inside.x + 1, inside.h, inside.w - 2}, STYLE_TEXT,
			     "no lesson is being played: F3 lists them");
		return;
	}
	bool roomy = inside.h >= 12;
	int rows = (int)player_nrows(player) + 1, now = roomy ? lab_now_lines(player) + 1 : 0;
	bool told = pane->app->settings.present; /* it is presented */
	int tell = told ? 0 : lab_story_lines(player, inside.w - 2) + (roomy ? 1 : 0);
	int most = inside.h - now - ROWS_LEAST - 1;
	int asked =
		tell > most && !pane->looking ? lab_story_question_lines(player, inside.w - 2) + (roomy ? 1 : 0) : 0;
	if (tell > most)
		tell = most > TELL_LEAST ? most : TELL_LEAST;
	if (tell < asked) /* a question that is not seen is passed over */
		tell = asked < inside.h - now ? asked : inside.h - now;
	if (rows > inside.h - now - tell)
		rows = inside.h - now - tell;
	lab_draw_rows(pane, (struct rect){inside.y, inside.x, rows, inside.w}, focus);
	int y = inside.y + rows;
	if (roomy)
		lab_now_draw(player, (struct rect){y, inside.x, now, inside.w});
	y += now;
	if (told)
		return;
	lab_story_draw(player, pane->looking ? (long)pane->selected : -1,
		       (struct rect){y, inside.x, inside.y + inside.h - y, inside.w}, roomy);
}

static void lab_title(void *self, struct buf *out)
{
	const struct lab_pane *pane = self;
	const struct player *player = pane->app->player;
	if (!player) {
		buf_str(out, "Lab");
		return;
	}
	const char *words = player_title(player);
	draw_harmless(out, player_name(player));
	struct player_place place = player_place(player);
	if (place.of > 1)
		buf_fmt(out, "  %zu of %zu", place.at, place.of);
	if (words) {
		buf_str(out, "  ");
		draw_harmless(out, words);
	}
}

static const char *state_word(const struct player *player)
{
	switch (player_state(player)) {
	case PLAYER_STARTING:
		return "SETTING UP";
	case PLAYER_READY:
		if (player_waits(player))
			return "WAITING";
		return player_asks(player) ? "QUESTION" : player_paced(player) == PLAYER_AUTO ? "AUTO" : "PAUSED";
	case PLAYER_BUSY:
		return "RUNNING";
	case PLAYER_CHECKING:
		return "CHECKING";
	case PLAYER_OVER:
		return "OVER";
	case PLAYER_FAILED:
		return "FAILED";
	}
	return "";
}

static void lab_footer(void *self, struct buf *out, int columns)
{
	const struct lab_pane *pane = self;
	const struct player *player = pane->app->player;
	if (!player || columns < 30)
		return;
	buf_fmt(out, "%s%sstep %zu of %zu", state_word(player), player_strayed(player) ? "  out of turn  " : "  ",
		player_nsent(player), player_nrows(player));
}

static void lab_detail(const struct lab_pane *pane)
{
	const struct player *player = pane->app->player;
	const struct spec *spec = player_lesson(player)->spec;
	struct buf text = {0};
	if (!player_nrows(player))
		return;
	size_t at = pane->looking || !pane->selected ? pane->selected
		    : player_nsent(player)           ? player_nsent(player) - 1
						     : 0;
	struct player_row row = player_row(player, at);
	if (!pane->looking) { /* there may be no room for all of it beside the lanes */
		lab_story_whole(&text, player);
		buf_char(&text, '\n');
	}
	if (row.note)
		buf_fmt(&text, "engine    %s\n", row.note);
	else if (row.record)
		lab_step_detail(&text, spec, row.record);
	else
		lab_story_detail(&text, player, at);
	buf_char(&text, '\n');
	lab_story_row(&text, player, at);
	pane->app->face.show(pane->app->face.self, "A step of the lesson", text.p);
	buf_free(&text);
}

static void lab_move(struct lab_pane *pane, struct motion motion)
{
	size_t n = player_nrows(pane->app->player), next = player_next_row(pane->app->player);
	if (!n)
		return;
	long to = motion.kind == MOTION_FIRST  ? 0
		  : motion.kind == MOTION_LAST ? (long)n - 1
		  : motion.kind == MOTION_BY   ? (long)pane->selected + motion.by
					       : (long)pane->selected;
	pane->selected = to < 0 ? 0 : (size_t)to >= n ? n - 1 : (size_t)to;
	pane->looking = pane->selected != next;
}

static bool lab_act(void *self, const char *action, const char *argument)
{
	struct lab_pane *pane = self;
	struct motion motion = motion_of(action, argument, pane->height > 1 ? pane->height : 1);
	bool known = motion.kind != MOTION_NONE || strcmp(action, "detail") == 0 || strcmp(action, "breakpoint") == 0;
	if (!known || !pane->app->player)
		return known;
	if (motion.kind != MOTION_NONE)
		lab_move(pane, motion);
	else if (strcmp(action, "detail") == 0)
		lab_detail(pane);
	else
		player_break(pane->app->player, pane->selected);
	return true;
}

/* ---- the search ---- */

/* What a step sends and what became of it, cut or not, and what is told before it. */
static bool lab_holds(void *self, uint64_t i, const char *wanted)
{
	const struct lab_pane *pane = self;
	const struct player *player = pane->app->player;
	struct player_row row = player_row(player, (size_t)i);
	struct buf raw = {0}, text = {0};
	if (row.note)
		buf_str(&raw, row.note);
	else
		player_sql(&raw, player, (size_t)i);
	draw_harmless(&text, buf_text(&raw));
	buf_char(&text, '\n');
	lab_step_outcome(&text, player_lesson(player)->spec, row.record);
	buf_char(&text, '\n');
	draw_harmless(&text, player_lesson(player)->spec->steps[row.step].name);
	buf_char(&text, '\n');
	lab_story_row(&text, player, (size_t)i);
	bool holds = find_place(buf_text(&text), text.len, 0, wanted) < text.len;
	buf_free(&raw);
	buf_free(&text);
	return holds;
}

static struct found lab_find(void *self, const char *text, enum find_way way)
{
	struct lab_pane *pane = self;
	const struct player *player = pane->app->player;
	struct find_lines lines = {pane, lab_holds, 0, player ? player_nrows(player) : 0};
	uint64_t at = pane->selected;
	if (player && way == FIND_BEGIN)
		pane->looked = pane->looking;
	struct found found = find_go(&pane->find, &lines, text, way, &at);
	if (!lines.n)
		return found;
	pane->selected = (size_t)at;
	if (found.how == FOUND || found.how == FOUND_AROUND)
		pane->looking = true;
	else if (way == FIND_BEGIN || way == FIND_TYPED)
		pane->looking = pane->looked;
	return found;
}

static const char *lab_wanted(const void *self)
{
	const struct lab_pane *pane = self;
	return buf_text(&pane->find.text);
}

static void lab_free_pane(void *self)
{
	struct lab_pane *pane = self;
	buf_free(&pane->find.text);
	free(pane);
}

static bool lab_read_nothing(void *self)
{
	(void)self;
	return false;
}

struct view lab_view(struct app *app)
{
	static const struct view_ops ops = {
		.context = "lab",
		.title = lab_title,
		.footer = lab_footer,
		.draw = lab_draw,
		.act = lab_act,
		.read = lab_read_nothing,
		.find = lab_find,
		.wanted = lab_wanted,
		.look = lab_look,
		.look_again = lab_look_again,
		.free = lab_free_pane,
	};
	struct lab_pane *pane = NEW(struct lab_pane);
	pane->app = app;
	return (struct view){&ops, pane};
}
