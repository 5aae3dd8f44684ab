/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws the story of a lesson: texts, questions, and the committed values now. */
#include "ui/lab_story.h"

#include <string.h>

#include "base/text.h"
#include "event/show.h"
#include "ui/draw.h"
#include "ui/lab_step.h"
#include "ui/wrap.h"

/* Lines of text, each with its style. */
struct lines {
	struct buf text[24];
	enum style style[24];
	int n;
};

static struct buf *lab_story_add(struct lines *lines, enum style style)
{
	static const int most = sizeof lines->text / sizeof lines->text[0];
	int at = lines->n < most ? lines->n++ : most - 1;
	lines->style[at] = style;
	return &lines->text[at];
}

static void free_lines(struct lines *lines)
{
	for (int i = 0; i < lines->n; i++)
		buf_free(&lines->text[i]);
	lines->n = 0;
}

/* Raw text of a lesson: harmless, its newlines kept. */
static void lab_story_add_raw(struct buf *out, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		text_escape(out, text, n, 0);
		text += n;
		if (*text++ != '\n')
			break;
		buf_char(out, '\n');
	}
}

static int lab_story_height_of(const struct lines *lines, int columns)
{
	int height = 0;
	for (int i = 0; i < lines->n; i++) {
		struct wrap wrap = wrap_start(buf_text(&lines->text[i]), columns);
		for (struct piece piece; wrap_next(&wrap, &piece);)
			height++;
	}
	return height;
}

static void draw_lines(const struct lines *lines, struct rect area)
{
	for (int i = 0; i < lines->n && area.h > 0; i++) {
		int used = draw_wrapped((struct rect){area.y, area.x + 1, area.h, area.w - 2}, lines->style[i],
					buf_text(&lines->text[i]));
		area.y += used;
		area.h -= used;
	}
}

/* ---- now ---- */

static void add_reads(struct lines *lines, const struct player *player)
{
	const struct spec *spec = player_lesson(player)->spec;
	struct buf text = {0};
	bool any_old = false;
	for (size_t i = 0; i < spec->nsessions; i++) {
		bool old;
		const char *read = player_read(player, i, &old);
		if (!read)
			continue;
		any_old = any_old || old;
		buf_str(&text, text.len ? "   " : "");
		draw_harmless(&text, spec->sessions[i].name);
		buf_str(&text, " read ");
		text_escape(&text, read, strlen(read), 30);
		buf_str(&text, old ? " (old)" : "");
	}
	if (text.len)
		buf_fmt(lab_story_add(lines, any_old ? STYLE_WAIT : STYLE_TEXT), "Reads      %s", text.p);
	buf_free(&text);
}

static void lab_story_add_waits(struct lines *lines, const struct player *player)
{
	const struct spec *spec = player_lesson(player)->spec;
	struct buf text = {0};
	for (size_t i = 0; i < spec->nsessions; i++) {
		struct stage_lane lane;
		stage_lane(player_stage(player), i, &lane);
		if (lane.state != LANE_WAITING)
			continue;
		buf_str(&text, text.len ? ", " : "");
		draw_harmless(&text, spec->sessions[i].name);
		buf_str(&text, " waits");
		if (lane.record->nblockers) {
			buf_str(&text, " for ");
			lab_step_blockers(&text, spec, lane.record);
		}
	}
	buf_fmt(lab_story_add(lines, text.len ? STYLE_WAIT : STYLE_FAINT), "Waits      %s",
		text.len ? text.p : "nobody");
	buf_free(&text);
}

static void lab_story_now(struct lines *lines, const struct player *player)
{
	const char *committed = player_committed(player);
	if (committed) {
		struct buf *line = lab_story_add(lines, STYLE_TEXT);
		buf_str(line, "Committed  ");
		text_escape(line, committed, strlen(committed), 60);
	}
	add_reads(lines, player);
	lab_story_add_waits(lines, player);
}

int lab_story_now_lines(const struct player *player)
{
	struct lines lines = {.n = 0};
	lab_story_now(&lines, player);
	int n = lines.n;
	free_lines(&lines);
	return n > 3 ? n : 3; /* the lanes above must not jump */
}

void lab_story_draw_now(const struct player *player, struct rect area)
{
	struct lines lines = {.n = 0};
	lab_story_now(&lines, player);
	draw_line(area.y, area.x, area.w, STYLE_HEAD, "What is true now");
	for (int i = 0; i < lines.n && i + 1 < area.h; i++)
		draw_line(area.y + 1 + i, area.x + 1, area.w - 2, lines.style[i], buf_text(&lines.text[i]));
	free_lines(&lines);
}

/* ---- the story ---- */

static void add_open(struct lines *lines, const struct player_question *question)
{
	lab_story_add_raw(lab_story_add(lines, STYLE_KEY), question->ask->question);
	for (size_t i = 0; i < question->ask->nanswers; i++) {
		struct buf *line = lab_story_add(lines, STYLE_TEXT);
		buf_fmt(line, "  %zu  ", i + 1);
		lab_story_add_raw(line, question->ask->answers[i].text);
	}
	buf_fmt(lab_story_add(lines, STYLE_FAINT), "Press 1 to %zu, or Space to see what happens.",
		question->ask->nanswers);
}

static void lab_story_add_answer(struct buf *line, const struct player_question *question, long i)
{
	buf_fmt(line, "%ld, ", i + 1);
	lab_story_add_raw(line, question->ask->answers[i].text);
}

/* What came of it, in one line: the server's answer, and whether it was ours. */
static void add_judged(struct lines *lines, const struct player_question *question)
{
	bool right = question->given >= 0 && question->given == question->right;
	struct buf *line = lab_story_add(lines, question->given < 0 ? STYLE_KEY : right ? STYLE_GOOD : STYLE_BAD);
	if (question->right < 0) {
		buf_str(line, "None of the answers is what the server did.");
		return;
	}
	buf_str(line, right ? "Right: " : "The server's answer: ");
	lab_story_add_answer(line, question, question->right);
	if (question->given >= 0 && !right) {
		buf_str(line, ". Yours: ");
		lab_story_add_answer(line, question, question->given);
	}
}

/* An answer is shown as long as its step is the last one. */
static void add_question(struct lines *lines, const struct player *player)
{
	struct player_question question = player_question(player);
	if (question.ask && player_asks(player))
		add_open(lines, &question);
	else if (question.ask && question.judged && question.latest)
		add_judged(lines, &question);
}

static void add_checks(struct lines *lines, const struct player *player)
{
	for (size_t i = 0; i < player_nchecks(player); i++) {
		const struct player_check *check = player_check(player, i);
		if (!check->found)
			continue;
		struct buf *line = lab_story_add(lines, check->ok ? STYLE_GOOD : STYLE_BAD);
		buf_str(line, check->ok ? "ok       " : "SURPRISE ");
		show_sql(line, check->sql);
		buf_str(line, " = ");
		text_escape(line, check->found, strlen(check->found), 60);
		if (!check->ok) {
			buf_str(line, ", not ");
			text_escape(line, check->wanted, strlen(check->wanted), 60);
		}
	}
}

static void add_end(struct lines *lines, const struct player *player)
{
	struct player_score score = player_score(player);
	if (player_left(player))
		draw_harmless(lab_story_add(lines, STYLE_BAD), player_left(player));
	if (score.surprises)
		buf_fmt(lab_story_add(lines, STYLE_BAD), "%zu %s not do what the lesson expects (marked !).",
			score.surprises, text_plural(score.surprises, "step did", "steps did"));
	if (score.answered)
		buf_fmt(lab_story_add(lines, STYLE_TEXT), "You answered %zu of %zu as the server did.", score.right,
			score.asked);
	bool more = player_order(player) + 1 < player_norders(player);
	buf_str(lab_story_add(lines, STYLE_FAINT),
		more ? "Space plays the next order. R plays this one again, Esc leaves."
		     : "R plays it again, Esc goes back to the lessons.");
}

static void lab_story_add_row(struct lines *lines, const struct player *player, size_t at)
{
	const struct lesson *lesson = player_lesson(player);
	struct player_row row = player_row(player, at);
	const struct spec_step *step = &lesson->spec->steps[row.step];
	const char *text = lesson_text(lesson, LESSON_SAY, (long)player_order(player), (long)row.step);
	struct buf *line = lab_story_add(lines, STYLE_HEAD);
	buf_fmt(line, "Step %zu, ", at + 1);
	draw_harmless(line, lesson->spec->sessions[step->session].name);
	buf_str(line, ": ");
	if (row.attempt)
		buf_fmt(line, "attempt %u: ", row.attempt);
	show_sql(line, row.note ? row.note : step->sql);
	if (text && row.attempt <= 1 && !row.note)
		lab_story_add_raw(lab_story_add(lines, STYLE_TEXT), text);
	if (row.record) {
		line = lab_story_add(lines, lab_step_style(row.record));
		lab_step_outcome(line, lesson->spec, row.record);
	}
	buf_str(lab_story_add(lines, STYLE_FAINT), "Enter shows all of it; > goes on, Space sends the next step.");
}

/* Who does what next, in the plainest words. */
static void add_next(struct lines *lines, const struct player *player)
{
	const struct spec *spec = player_lesson(player)->spec;
	size_t next = player_next_row(player);
	if (next >= player_nrows(player))
		return;
	struct player_row row = player_row(player, next);
	const struct spec_step *step = &spec->steps[row.step];
	struct buf *line = lab_story_add(lines, STYLE_KEY);
	buf_str(line, "Next: ");
	draw_harmless(line, spec->sessions[step->session].name);
	buf_str(line, ": ");
	if (row.attempt)
		buf_fmt(line, "attempt %u: ", row.attempt);
	show_sql(line, step->sql);
	struct stage_lane lane;
	stage_lane(player_stage(player), step->session, &lane);
	if (lane.state == LANE_WAITING)
		buf_str(line, " (when it no longer waits)");
}

static void story(struct lines *lines, struct player *player)
{
	const char *text = player_text(player);
	enum player_state state = player_state(player);
	if (player_error(player))
		draw_harmless(lab_story_add(lines, STYLE_BAD), player_error(player));
	if (!player_asks(player))
		add_question(lines, player);
	if (text)
		lab_story_add_raw(lab_story_add(lines, STYLE_TEXT), text);
	if (player_asks(player))
		add_question(lines, player);
	add_checks(lines, player);
	if (state == PLAYER_OVER || state == PLAYER_FAILED)
		add_end(lines, player);
	else
		add_next(lines, player);
}

int lab_story_lines(struct player *player, int columns)
{
	struct lines lines = {.n = 0};
	story(&lines, player);
	int height = lab_story_height_of(&lines, columns);
	free_lines(&lines);
	return height;
}

/* There is more than fits. */
static void draw_more(struct rect area)
{
	static const char text[] = " Enter: all of it ";
	int w = (int)sizeof text - 1;
	if (area.w > w)
		draw_text(area.y + area.h - 1, area.x + area.w - w, w, STYLE_KEY, text);
}

void lab_story_draw(struct player *player, long row, struct rect area, bool head)
{
	struct lines lines = {.n = 0};
	if (row >= 0)
		lab_story_add_row(&lines, player, (size_t)row);
	else
		story(&lines, player);
	if (head) {
		draw_line(area.y, area.x, area.w, STYLE_HEAD, row >= 0 ? "Looking back" : "The story");
		area.y++;
		area.h--;
	}
	draw_lines(&lines, area);
	if (lab_story_height_of(&lines, area.w - 2) > area.h && area.h > 0)
		draw_more(area);
	free_lines(&lines);
}

/* ---- in full ---- */

void lab_story_detail(struct buf *out, const struct spec *spec, size_t step)
{
	buf_str(out, "session   ");
	draw_harmless(out, spec->sessions[spec->steps[step].session].name);
	buf_str(out, "\nstep      ");
	draw_harmless(out, spec->steps[step].name);
	buf_str(out, "\nSQL       ");
	show_sql(out, spec->steps[step].sql);
	buf_str(out, "\n          not sent yet\n");
}

static void put_lines(struct buf *out, struct lines *lines)
{
	for (int i = 0; i < lines->n; i++)
		buf_fmt(out, "%s\n", buf_text(&lines->text[i]));
	free_lines(lines);
}

void lab_story_whole(struct buf *out, struct player *player)
{
	struct lines lines = {.n = 0};
	story(&lines, player);
	put_lines(out, &lines);
}

void lab_story_row(struct buf *out, const struct player *player, size_t row)
{
	struct lines lines = {.n = 0};
	lab_story_add_row(&lines, player, row);
	lines.n--; /* the hint at keys */
	buf_free(&lines.text[lines.n]);
	put_lines(out, &lines);
}
