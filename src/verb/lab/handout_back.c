/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The back of a handout: what the server did at each step, and the answers with their reasons. */
#include <stdio.h>
#include <string.h>

#include "event/show.h"
#include "handout_internal.h"
#include "handout_parts.h"
#include "lab/story.h"

/* ---- the schedule, with what came of it ---- */

static enum paper_tone back_tone(const struct story_outcome *outcome)
{
	if (outcome->end == STORY_FAILED)
		return PAPER_BAD;
	return outcome->end == STORY_DONE && strcmp(outcome->tag, "COMMIT") == 0 ? PAPER_GOOD : PAPER_PLAIN;
}

/* The last row that was sent when the step of this one had ended. */
static size_t back_row_of_end(const struct player *player, size_t at)
{
	const struct stage_record *record = player_row(player, at).record;
	uint64_t end_us = record->sent_us + record->duration_us;
	size_t found = at;
	for (size_t i = at + 1; record->waited && record->done && i < player_nrows(player); i++) {
		const struct stage_record *other = player_row(player, i).record;
		if (other && other->sent_us <= end_us)
			found = i;
	}
	return found;
}

static void back_put(struct handout_cell *cell, const struct spec *spec, const struct stage_record *record)
{
	struct story_outcome outcome = story_outcome(record);
	buf_str(&cell->text, cell->text.len ? "; " : "");
	story_outcome_words(&cell->text, spec, &outcome);
	cell->tone = back_tone(&outcome);
}

/* Its step waited, and the next ones were sent meanwhile. */
static void back_put_waits(struct handout_cell *cell, const struct spec *spec, const struct stage_record *record)
{
	buf_str(&cell->text, record->nblockers ? "waits for " : "waits");
	story_blockers(&cell->text, spec, record);
}

static void back_put_own(struct handout_cell *cell, const struct player *player, size_t at)
{
	const struct spec *spec = player_lesson(player)->spec;
	struct player_row row = player_row(player, at);
	if (row.note) {
		buf_str(&cell->text, row.note);
		return;
	}
	struct buf sql = {0};
	player_sql(&sql, player, at);
	show_sql(&cell->code, buf_text(&sql));
	buf_free(&sql);
	if (row.record && back_row_of_end(player, at) > at)
		back_put_waits(cell, spec, row.record);
	else if (row.record)
		back_put(cell, spec, row.record);
	if (row.surprise)
		buf_str(&cell->text, " (the lesson expects something else)");
}

/* Steps above that went on when this one was sent. */
static void back_put_late(struct handout_cell *cells, const struct player *player, size_t at)
{
	const struct spec *spec = player_lesson(player)->spec;
	for (size_t i = 0; i < at; i++) {
		struct player_row row = player_row(player, i);
		if (row.note || !row.record || back_row_of_end(player, i) != at)
			continue;
		struct handout_cell *cell = &cells[spec->steps[row.step].session];
		buf_fmt(&cell->text, "%sstep %zu goes on: ", cell->text.len ? "; " : "", i + 1);
		struct story_outcome outcome = story_outcome(row.record);
		story_outcome_words(&cell->text, spec, &outcome);
		cell->tone = back_tone(&outcome);
	}
}

static void back_schedule(struct paper *paper, const struct player *player)
{
	const struct spec *spec = player_lesson(player)->spec;
	handout_table(paper, player_lesson(player));
	for (size_t i = 0; i < player_nrows(player); i++) {
		struct player_row row = player_row(player, i);
		struct handout_cell *cells = handout_cells(spec);
		char number[24] = "";
		if (!row.note)
			snprintf(number, sizeof number, "%zu", i + 1);
		back_put_own(&cells[spec->steps[row.step].session], player, i);
		back_put_late(cells, player, i);
		handout_row(paper, spec, number, cells);
		handout_cells_free(cells, spec);
	}
}

/* ---- the answers ---- */

/* The lesson knows why its own answer is the right one, and not why another one is. */
static void back_reasons(struct paper *paper, const struct values *values, const struct player_question *question)
{
	for (size_t i = 0; i < question->ask->nanswers; i++) {
		const struct lesson_answer *answer = &question->ask->answers[i];
		char letter[4];
		if (!answer->because)
			continue;
		handout_letter(letter, i);
		handout_answer(paper, letter, values, answer->because);
	}
}

static void back_answer(struct paper *paper, const struct values *values, const struct player_question *question,
			size_t number)
{
	struct buf strong = {0}, words = {0};
	char letter[4] = "";
	const char *text = "none of these is what the server did";
	if (question->right >= 0) {
		text = question->ask->answers[question->right].text;
		handout_letter(letter, (size_t)question->right);
	}
	buf_fmt(&strong, "Question %zu: %s", number, letter);
	handout_words(&words, values, text);
	paper_text(paper, (struct paper_text){.strong = strong.p, .text = buf_text(&words)});
	buf_free(&strong);
	buf_free(&words);
	if (question->right >= 0 && question->ask->answers[question->right].right)
		back_reasons(paper, values, question);
}

static void back_moot(struct paper *paper, size_t number)
{
	char strong[40];
	snprintf(strong, sizeof strong, "Question %zu:", number);
	paper_text(paper, (struct paper_text){.strong = strong, .text = "this was decided before it could be asked"});
}

static void back_answers(struct handout_lesson *handout, const struct player *player, size_t first)
{
	for (size_t i = 0; i < player_nrows(player); i++) {
		struct player_question question = player_row_question(player, i);
		struct player_row row = player_row(player, i);
		bool asked = !row.note && row.attempt <= 1 &&
			     lesson_ask_of(handout->lesson, (long)player_order(player), (long)row.step);
		if (asked && question.ask)
			back_answer(handout->back, player_values(player), &question, first++);
		else if (asked)
			back_moot(handout->back, first++);
	}
}

/* ---- what there is to say ---- */

static void back_say_items(struct paper *paper, struct story_items *items, const char *strong)
{
	for (size_t i = 0; i < items->n; i++)
		if (items->at[i].kind == STORY_TEXT)
			paper_item(paper, (struct paper_text){.strong = strong, .text = items->at[i].text});
	story_items_free(items);
}

static void back_story(struct paper *paper, const struct player *player)
{
	for (size_t i = 0; i < player_nrows(player); i++) {
		struct story_items items = {0};
		char strong[40];
		snprintf(strong, sizeof strong, "Step %zu:", i + 1);
		if (!player_row(player, i).note)
			story_row(&items, player, i);
		back_say_items(paper, &items, strong);
	}
}

static void back_checks(struct paper *paper, const struct player *player)
{
	for (size_t i = 0; i < player_nchecks(player); i++) {
		const struct player_check *check = player_check(player, i);
		struct buf sql = {0}, text = {0};
		if (!check->found)
			continue;
		show_sql(&sql, check->sql);
		buf_fmt(&text, check->ok ? "gives %s" : "gives %s, and the lesson expects %s", check->found,
			check->wanted);
		paper_item(paper, (struct paper_text){.strong = check->second ? "At the end, on the second server:"
									      : "At the end:",
						      .code = buf_text(&sql),
						      .text = text.p,
						      .tone = check->ok ? PAPER_GOOD : PAPER_BAD});
		buf_free(&sql);
		buf_free(&text);
	}
}

void handout_back(struct handout_lesson *handout, size_t order, const struct player *player)
{
	struct player_score score = player_score(player);
	const char *end = lesson_text(handout->lesson, LESSON_END, (long)order, -1);
	const char *title = lesson_text(handout->lesson, LESSON_TITLE, (long)order, -1);
	size_t first = handout->questions + 1;
	struct buf heading = {0};
	buf_fmt(&heading, "Order %zu: ", order + 1);
	buf_str(&heading, title ? title : "");
	handout_front(handout, order, player_values(player));
	if (handout->orders > 1)
		paper_heading(handout->back, handout->titled ? 4 : 3, heading.p);
	buf_free(&heading);
	back_answers(handout, player, first);
	back_schedule(handout->back, player);
	back_story(handout->back, player);
	back_checks(handout->back, player);
	handout_say(handout->back, player_values(player), end);
	handout->surprises += score.surprises + score.failed;
}

static void back_left_out(struct handout_lesson *handout, size_t order, const char *of_it, const char *why)
{
	const char *title = lesson_text(handout->lesson, LESSON_TITLE, (long)order, -1);
	struct buf text = {0};
	buf_fmt(&text, "Order %zu%s%s %s%s.", order + 1, title ? ", " : "", title ? title : "", of_it, why);
	paper_text(handout->back, (struct paper_text){.text = text.p, .tone = PAPER_FAINT});
	buf_free(&text);
}

void handout_skipped(struct handout_lesson *handout, size_t order, const char *why)
{
	back_left_out(handout, order, "is left out: it ", why);
}

void handout_impossible(struct handout_lesson *handout, size_t order, const char *why)
{
	back_left_out(handout, order, "is not possible: ", why);
}
