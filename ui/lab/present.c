/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an audience is shown of a lesson: the current statement, its answer, and what there is to say of it. */
#include "ui/lab/present.h"

#include "event/show.h"
#include "lab/story.h"
#include "ui/draw.h"

/* ---- parts ---- */

/* On a line of its own; the lines of a text are for narrower places. */
static void present_line(struct buf *out, const char *text)
{
	buf_str(out, out->len ? "\n" : "");
	for (const char *p = text; *p; p++)
		buf_char(out, *p == '\n' ? ' ' : *p);
}

static void lab_present_statement(struct present *present, const struct player *player, size_t at)
{
	const struct spec *spec = player_lesson(player)->spec;
	struct player_row row = player_row(player, at);
	struct buf sql = {0};
	draw_harmless(&present->who, spec->sessions[spec->steps[row.step].session].name);
	if (row.attempt)
		buf_fmt(&present->who, ", attempt %u", row.attempt);
	player_sql(&sql, player, at);
	if (row.note)
		draw_harmless(&present->statement, row.note);
	else
		show_sql(&present->statement, buf_text(&sql));
	buf_free(&sql);
}

static enum style lab_present_tone(enum story_colour colour)
{
	return colour == STORY_GOOD ? STYLE_GOOD : colour == STORY_BAD ? STYLE_BAD : STYLE_TEXT;
}

/* A step above that waited, and went on once this one was sent. */
static bool went_on(const struct stage_record *other, const struct stage_record *record)
{
	return other && record && other->waited && other->done &&
	       other->sent_us + other->duration_us >= record->sent_us;
}

static void lab_present_others(struct present *present, const struct player *player, size_t at)
{
	const struct spec *spec = player_lesson(player)->spec;
	const struct stage_record *record = player_row(player, at).record;
	for (size_t i = 0; i < at; i++) {
		struct player_row row = player_row(player, i);
		struct story_outcome outcome = story_outcome(row.record);
		if (row.note || !went_on(row.record, record))
			continue;
		buf_char(&present->answer, '\n');
		draw_harmless(&present->answer, spec->sessions[spec->steps[row.step].session].name);
		buf_str(&present->answer, " goes on: ");
		story_outcome_words(&present->answer, spec, &outcome);
	}
}

/* What is told behind its outcome, else before it. */
static void lab_present_row(struct present *present, const struct player *player, size_t at)
{
	struct story_items items = {0};
	const char *say = NULL;
	lab_present_statement(present, player, at);
	story_row(&items, player, at);
	for (size_t i = 0; i < items.n; i++) {
		const struct story_item *item = &items.at[i];
		if (item->kind == STORY_OUTCOME) {
			present_line(&present->answer, item->text);
			present->tone = lab_present_tone(item->colour);
		} else if (item->kind == STORY_TEXT) {
			say = item->text;
		}
	}
	if (say)
		present_line(&present->sentence, say);
	story_items_free(&items);
	lab_present_others(present, player, at);
}

/* ---- what there is now ---- */

/* Those of the kinds that are said to an audience now; false where there is none of them. */
static bool lab_present_items(struct present *present, const struct story_items *items, unsigned kinds)
{
	size_t before = present->sentence.len;
	for (size_t i = 0; i < items->n; i++) {
		const struct story_item *item = &items->at[i];
		struct buf line = {0};
		if (!(kinds & 1u << item->kind))
			continue;
		if (item->kind == STORY_ANSWER)
			buf_fmt(&line, "%zu  ", item->number);
		buf_str(&line, item->text);
		present_line(&present->sentence, line.p);
		buf_free(&line);
	}
	return present->sentence.len > before;
}

static void lab_present_question(struct present *present, const struct player *player)
{
	struct story_items items = {0};
	story_now(&items, player);
	lab_present_statement(present, player, player_next_row(player));
	(void)lab_present_items(present, &items, 1u << STORY_QUESTION | 1u << STORY_ANSWER);
	present->asks = true;
	story_items_free(&items);
}

/* Nothing was sent yet: the story begins. */
static void lab_present_begin(struct present *present, const struct player *player)
{
	struct story_items items = {0};
	const char *title = player_title(player);
	draw_harmless(&present->who, title ? title : player_name(player));
	story_ahead(&items, player);
	for (size_t i = 0; i < items.n && !present->sentence.len; i++)
		if (items.at[i].kind == STORY_TEXT)
			present_line(&present->sentence, items.at[i].text);
	story_items_free(&items);
}

static void lab_present_end(struct present *present, const struct player *player)
{
	struct story_items items = {0};
	story_end(&items, player);
	for (size_t i = 0; i < player_nchecks(player) && !present->statement.len; i++) {
		const struct player_check *check = player_check(player, i);
		if (!check->found)
			continue;
		buf_str(&present->who, "at the end");
		show_sql(&present->statement, check->sql);
		draw_harmless(&present->answer, check->found);
		present->tone = check->ok ? STYLE_GOOD : STYLE_BAD;
	}
	(void)lab_present_items(present, &items, 1u << STORY_TEXT | 1u << STORY_LEFT);
	story_items_free(&items);
}

/* The step that was sent last, with the verdict on what was asked about it. */
static void lab_present_last(struct present *present, const struct player *player, size_t at)
{
	struct story_items items = {0};
	struct buf say = {0};
	lab_present_row(present, player, at);
	say = present->sentence;
	present->sentence = (struct buf){0};
	story_now(&items, player);
	if (lab_present_items(present, &items, 1u << STORY_JUDGED | 1u << STORY_REASON | 1u << STORY_ERROR)) {
		buf_free(&say);
	} else {
		buf_free(&present->sentence);
		present->sentence = say;
	}
	story_items_free(&items);
}

void lab_present(struct present *present, const struct player *player, long row)
{
	size_t sent = player_nsent(player);
	if (row >= 0)
		lab_present_row(present, player, (size_t)row);
	else if (player_error(player))
		draw_harmless(&present->sentence, player_error(player));
	else if (player_asks(player))
		lab_present_question(present, player);
	else if (player_state(player) == PLAYER_OVER)
		lab_present_end(present, player);
	else if (sent == 0)
		lab_present_begin(present, player);
	else
		lab_present_last(present, player, sent - 1);
}
