/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws what is true now in a lesson: committed values, reads, what SERIALIZABLE remembers, who waits for whom. */
#include "ui/lab/now.h"

#include <string.h>

#include "base/text.h"
#include "lab/story.h"
#include "ui/draw.h"

enum { REMEMBERED_LEAST = 30 };

/* At most one line of each kind. */
struct now {
	struct buf text[3];
	enum style style[3];
	int n;
};

static struct buf *lab_now_add(struct now *lines, enum style style)
{
	lines->style[lines->n] = style;
	return &lines->text[lines->n++];
}

static void lab_now_free(struct now *lines)
{
	for (int i = 0; i < lines->n; i++)
		buf_free(&lines->text[i]);
}

static void lab_now_add_reads(struct now *lines, const struct player *player)
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
		buf_fmt(lab_now_add(lines, any_old ? STYLE_WAIT : STYLE_TEXT), "Reads      %s", text.p);
	buf_free(&text);
}

static void lab_now_add_waits(struct now *lines, const struct player *player)
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
			story_blockers(&text, spec, lane.record);
		}
	}
	buf_fmt(lab_now_add(lines, text.len ? STYLE_WAIT : STYLE_FAINT), "Waits      %s", text.len ? text.p : "nobody");
	buf_free(&text);
}

static void lab_now_of(struct now *lines, const struct player *player)
{
	const char *committed = player_committed(player);
	if (committed) {
		struct buf *line = lab_now_add(lines, STYLE_TEXT);
		buf_str(line, "Committed  ");
		text_escape(line, committed, strlen(committed), 60);
	}
	lab_now_add_reads(lines, player);
	lab_now_add_waits(lines, player);
}

/* Stands where there is always room, so that it moves nothing: behind the words of the head line. */
static void lab_now_draw_remembered(const struct player *player, struct rect line)
{
	const struct spec *spec = player_lesson(player)->spec;
	struct buf text = {0};
	for (size_t i = 0; i < spec->nsessions; i++) {
		const struct remembered *remembered = player_remembered(player, i);
		if (!remembered_any(remembered))
			continue;
		buf_str(&text, text.len ? "; " : "Remembered reads: ");
		draw_harmless(&text, spec->sessions[i].name);
		buf_char(&text, ' ');
		remembered_words(&text, remembered);
	}
	if (text.len && line.w >= REMEMBERED_LEAST)
		draw_line(line.y, line.x, line.w, STYLE_TEXT, text.p);
	buf_free(&text);
}

int lab_now_lines(const struct player *player)
{
	struct now lines = {.n = 0};
	lab_now_of(&lines, player);
	int n = lines.n;
	lab_now_free(&lines);
	return n > 3 ? n : 3; /* the lanes above must not jump */
}

void lab_now_draw(const struct player *player, struct rect area)
{
	struct now lines = {.n = 0};
	lab_now_of(&lines, player);
	static const char head[] = "What is true now";
	int used = (int)sizeof head + 2;
	draw_line(area.y, area.x, area.w, STYLE_HEAD, head);
	lab_now_draw_remembered(player, (struct rect){area.y, area.x + used, 1, area.w - used - 1});
	for (int i = 0; i < lines.n && i + 1 < area.h; i++)
		draw_line(area.y + 1 + i, area.x + 1, area.w - 2, lines.style[i], buf_text(&lines.text[i]));
	lab_now_free(&lines);
}
