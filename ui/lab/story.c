/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws the story of a lesson: what there is to say now, and the keys that go on. */
#include "ui/lab/story.h"

#include <stdlib.h>

#include "base/mem.h"
#include "event/show.h"
#include "lab/story.h"
#include "ui/draw.h"
#include "ui/wrap.h"

/* Lines of text, each with its style. Zero-initialise. */
struct lines {
	struct line {
		struct buf text;
		enum style style;
	} * at;
	size_t n;
	size_t question; /* where it begins; 0: there is none, or nothing before it */
	size_t answers;  /* so many can be given */
	size_t help;     /* the line that says so */
};

static struct buf *lab_story_add(struct lines *lines, enum style style)
{
	lines->at = mem_resize(lines->at, lines->n + 1, sizeof *lines->at);
	lines->at[lines->n] = (struct line){.style = style};
	return &lines->at[lines->n++].text;
}

static void lab_story_free(struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		buf_free(&lines->at[i].text);
	free(lines->at);
	*lines = (struct lines){0};
}

static int lab_story_height_from(const struct lines *lines, size_t first, int columns)
{
	int height = 0;
	for (size_t i = first; i < lines->n; i++) {
		struct wrap wrap = wrap_start(buf_text(&lines->at[i].text), columns);
		for (struct piece piece; wrap_next(&wrap, &piece);)
			height++;
	}
	return height;
}

static int lab_story_height_of(const struct lines *lines, int columns)
{
	return lab_story_height_from(lines, 0, columns);
}

static void lab_story_draw_lines(const struct lines *lines, size_t first, struct rect area)
{
	for (size_t i = first; i < lines->n && area.h > 0; i++) {
		int used = draw_wrapped((struct rect){area.y, area.x + 1, area.h, area.w - 2}, lines->at[i].style,
					buf_text(&lines->at[i].text));
		area.y += used;
		area.h -= used;
	}
}

/* ---- items ---- */

static enum style lab_story_style(const struct story_item *item)
{
	static const enum style coloured[] = {
		[STORY_PLAIN] = STYLE_TEXT, [STORY_GOOD] = STYLE_GOOD, [STORY_BAD] = STYLE_BAD};
	switch (item->kind) {
	case STORY_TITLE:
	case STORY_STEP:
		return STYLE_HEAD;
	case STORY_QUESTION:
	case STORY_NEXT:
		return STYLE_KEY;
	case STORY_TEXT:
	case STORY_ANSWER: /* which one is right is not shown */
	case STORY_REASON:
	case STORY_SCORE:
		return STYLE_TEXT;
	case STORY_WORD:
	case STORY_PROGRAM:
	case STORY_RACE:
		return STYLE_FAINT;
	case STORY_ENGINE:
	case STORY_ASTRAY:
		return STYLE_WAIT;
	case STORY_JUDGED:
		return item->colour == STORY_PLAIN ? STYLE_KEY : coloured[item->colour];
	case STORY_ERROR:
	case STORY_OUTCOME:
	case STORY_CHECK:
	case STORY_VERDICT:
	case STORY_LEFT:
	case STORY_SURPRISES:
		return coloured[item->colour];
	}
	return STYLE_TEXT;
}

static void lab_story_add_item(struct lines *lines, const struct story_item *item)
{
	struct buf *line = lab_story_add(lines, lab_story_style(item));
	switch (item->kind) {
	case STORY_ANSWER:
		buf_fmt(line, "  %zu  %s", item->number, item->text);
		break;
	case STORY_NEXT:
		buf_fmt(line, "Next: %s: %s", item->who, item->text);
		break;
	case STORY_STEP:
		buf_fmt(line, "Step %zu, %s: %s", item->number, item->who, item->text);
		break;
	case STORY_ENGINE:
		buf_fmt(line, "%s: %s", item->who, item->text);
		break;
	case STORY_CHECK:
		buf_fmt(line, "%s%s", item->colour == STORY_BAD ? "BREAKS   " : "ok       ", item->text);
		break;
	case STORY_VERDICT:
		buf_fmt(line, "%s%s", item->colour == STORY_BAD ? "SURPRISE " : "ok       ", item->text);
		break;
	case STORY_SURPRISES:
		buf_fmt(line, "%s (marked !).", item->text);
		break;
	case STORY_PROGRAM:
		buf_fmt(line, "In your program, p shows it in four languages: %s", item->text);
		break;
	case STORY_RACE:
		buf_fmt(line, "Race them (r asks first; F3 comes back here): %s", item->text);
		break;
	case STORY_WORD:
		buf_fmt(line, "New words, w explains them: %s", item->who);
		break;
	case STORY_TITLE:
	case STORY_ERROR:
	case STORY_TEXT:
	case STORY_QUESTION:
	case STORY_OUTCOME:
	case STORY_JUDGED:
	case STORY_ASTRAY:
	case STORY_REASON:
	case STORY_LEFT:
	case STORY_SCORE:
		buf_str(line, item->text);
		break;
	}
}

/* Words and programs are listed on one line. */
static bool lab_story_adds_to(struct lines *lines, const struct story_items *items, size_t i)
{
	const struct story_item *item = &items->at[i];
	bool listed = item->kind == STORY_WORD || item->kind == STORY_PROGRAM;
	if (!listed || i == 0 || item[-1].kind != item->kind)
		return false;
	buf_fmt(&lines->at[lines->n - 1].text, ", %s", item->kind == STORY_WORD ? item->who : item->text);
	return true;
}

/* Takes the items; behind the answers stands how to give one. */
static void lab_story_add_items(struct lines *lines, struct story_items *items)
{
	for (size_t i = 0; i < items->n; i++) {
		const struct story_item *item = &items->at[i];
		bool last = item->kind == STORY_ANSWER && (i + 1 == items->n || item[1].kind != STORY_ANSWER);
		if (lab_story_adds_to(lines, items, i))
			continue;
		if (item->kind == STORY_QUESTION)
			lines->question = lines->n;
		lab_story_add_item(lines, item);
		if (!last)
			continue;
		lines->answers = item->number;
		lines->help = lines->n;
		buf_fmt(lab_story_add(lines, STYLE_FAINT), "Press 1 to %zu, or Space to see what happens.",
			item->number);
	}
	story_items_free(items);
}

static bool lab_story_more(const struct player *player)
{
	return player_following(player) < player_norders(player);
}

/* The keys that go on from the end of an order. */
static void lab_story_add_end(struct lines *lines, const struct player *player)
{
	bool exercise = player_lesson(player)->exercise, more = lab_story_more(player);
	buf_str(lab_story_add(lines, STYLE_FAINT),
		exercise ? "e writes your answer; R shows the task again, Esc goes back to the lessons."
		: more   ? "Space, twice, plays the next order, R plays this one again; Esc leaves."
			 : "R plays it again, Esc goes back to the lessons.");
	if ((exercise || !more) && lesson_following(player_name(player)))
		buf_fmt(lab_story_add(lines, STYLE_FAINT), "Space, twice, goes on to the next %s.",
			exercise ? "exercise" : "lesson");
}

static void lab_story_add_now(struct lines *lines, const struct player *player)
{
	struct story_items items = {0};
	enum player_state state = player_state(player);
	story_now(&items, player);
	lab_story_add_items(lines, &items);
	if (state == PLAYER_OVER || state == PLAYER_FAILED)
		lab_story_add_end(lines, player);
	else if (player_lesson(player)->exercise)
		buf_str(lab_story_add(lines, STYLE_FAINT), "e writes your answer; R shows the task again.");
	else if (player_holds(player))
		buf_str(lab_story_add(lines, STYLE_FAINT), "Space shows the next question.");
}

static void lab_story_add_row(struct lines *lines, const struct player *player, size_t row)
{
	struct story_items items = {0};
	story_row(&items, player, row);
	lab_story_add_items(lines, &items);
}

static void lab_story_add_looking_back(struct lines *lines, const struct player *player, size_t row)
{
	lab_story_add_row(lines, player, row);
	enum player_state state = player_state(player);
	bool over = state == PLAYER_OVER || state == PLAYER_FAILED;
	buf_fmt(lab_story_add(lines, STYLE_FAINT), "Enter shows all of it; > goes on, %s.",
		!over                    ? "Space sends the next step"
		: lab_story_more(player) ? "Space, twice, plays the next order"
					 : "R plays it again");
}

int lab_story_lines(const struct player *player, int columns)
{
	struct lines lines = {0};
	lab_story_add_now(&lines, player);
	int height = lab_story_height_of(&lines, columns);
	lab_story_free(&lines);
	return height;
}

/* There is more than fits. */
static void lab_story_draw_more(struct rect area)
{
	static const char text[] = " Enter: all of it ";
	int w = (int)sizeof text - 1;
	if (area.w > w)
		draw_text(area.y + area.h - 1, area.x + area.w - w, w, STYLE_KEY, text);
}

/* Where not all of it fits, the question comes first, and the last line says how to answer and to see the rest. */
static void lab_story_shorten(struct lines *lines)
{
	if (!lines->answers)
		return;
	while (lines->n > lines->help + 1)
		buf_free(&lines->at[--lines->n].text);
	struct line *help = &lines->at[lines->help];
	buf_clear(&help->text);
	buf_fmt(&help->text, "Press 1 to %zu; Enter: all of it", lines->answers);
	help->style = STYLE_KEY;
}

int lab_story_question_lines(const struct player *player, int columns)
{
	struct lines lines = {0};
	lab_story_add_now(&lines, player);
	lab_story_shorten(&lines);
	int height = lines.answers ? lab_story_height_from(&lines, lines.question, columns) : 0;
	lab_story_free(&lines);
	return height;
}

void lab_story_draw(const struct player *player, long row, struct rect area, bool head)
{
	struct lines lines = {0};
	size_t first = 0;
	if (row >= 0)
		lab_story_add_looking_back(&lines, player, (size_t)row);
	else
		lab_story_add_now(&lines, player);
	if (head) {
		draw_line(area.y, area.x, area.w, STYLE_HEAD, row >= 0 ? "Looking back" : "The story");
		area.y++;
		area.h--;
	}
	if (row < 0 && lines.answers && lab_story_height_of(&lines, area.w - 2) > area.h) {
		first = lines.question;
		lab_story_shorten(&lines);
	}
	lab_story_draw_lines(&lines, first, area);
	if (lab_story_height_from(&lines, first, area.w - 2) > area.h && area.h > 0)
		lab_story_draw_more(area);
	lab_story_free(&lines);
}

/* ---- in full ---- */

void lab_story_detail(struct buf *out, const struct player *player, size_t row)
{
	const struct spec *spec = player_lesson(player)->spec;
	size_t step = player_row(player, row).step;
	struct buf sql = {0};
	player_sql(&sql, player, row);
	buf_str(out, "session   ");
	draw_harmless(out, spec->sessions[spec->steps[step].session].name);
	buf_str(out, "\nstep      ");
	draw_harmless(out, spec->steps[step].name);
	buf_str(out, "\nSQL       ");
	show_sql(out, buf_text(&sql));
	buf_free(&sql);
	buf_str(out, "\n          not sent yet\n");
}

static void lab_story_put_lines(struct buf *out, struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		buf_fmt(out, "%s\n", buf_text(&lines->at[i].text));
	lab_story_free(lines);
}

void lab_story_whole(struct buf *out, const struct player *player)
{
	struct lines lines = {0};
	lab_story_add_now(&lines, player);
	lab_story_put_lines(out, &lines);
}

void lab_story_row(struct buf *out, const struct player *player, size_t row)
{
	struct lines lines = {0};
	lab_story_add_row(&lines, player, row);
	lab_story_put_lines(out, &lines);
}
