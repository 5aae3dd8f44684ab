/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The front of a handout: a lesson's story, its schedule and its questions, without what came of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "event/show.h"
#include "handout_internal.h"
#include "handout_parts.h"

const char *handout_title(const struct lesson *lesson, const char *name)
{
	const char *title = lesson_text(lesson, LESSON_TITLE, -1, -1);
	return title ? title : name;
}

/* ---- the story ---- */

void handout_words(struct buf *out, const struct values *values, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		values_text(out, values, text, n);
		text += n;
		if (*text)
			buf_char(out, ' ');
		text += *text != '\0';
	}
}

void handout_say(struct paper *paper, const struct values *values, const char *text)
{
	struct buf words = {0};
	if (!text)
		return;
	handout_words(&words, values, text);
	paper_text(paper, (struct paper_text){.text = buf_text(&words)});
	buf_free(&words);
}

static void front_sql(struct paper *paper, const char *strong, const char *sql)
{
	struct buf text = {0};
	show_sql(&text, sql);
	paper_text(paper, (struct paper_text){.strong = strong, .code = buf_text(&text)});
	buf_free(&text);
}

/* What the texts and questions below take for known. */
static void front_word(struct paper *paper, const struct lesson_word *word)
{
	struct buf words = {0};
	handout_words(&words, NULL, word->text);
	paper_item(paper, (struct paper_text){.strong = word->name, .text = buf_text(&words)});
	buf_free(&words);
}

void handout_begin(struct handout_lesson *handout)
{
	const struct spec *spec = handout->lesson->spec;
	const char *title = handout_title(handout->lesson, handout->name);
	if (handout->titled) {
		paper_heading(handout->front, 2, title);
		paper_heading(handout->back, 3, title);
	}
	handout_say(handout->front, NULL, lesson_text(handout->lesson, LESSON_SAY, -1, -1));
	for (size_t i = 0; i < spec->nsetups; i++)
		front_sql(handout->front, "Set up:", spec->setups[i]);
	for (size_t i = 0; i < handout->lesson->nwords; i++)
		front_word(handout->front, &handout->lesson->words[i]);
}

/* ---- the schedule ---- */

void handout_table(struct paper *paper, const struct lesson *lesson)
{
	const struct spec *spec = lesson->spec;
	const char **names = mem_array(spec->nsessions + 1, sizeof *names);
	struct buf *heads = mem_array(spec->nsessions, sizeof *heads);
	names[0] = "step";
	for (size_t i = 0; i < spec->nsessions; i++) {
		bool second = lesson->second.wanted && lesson->second.sessions[i];
		buf_fmt(&heads[i], "%s%s", spec->sessions[i].name, second ? ", on the second server" : "");
		names[i + 1] = buf_text(&heads[i]);
	}
	paper_table(paper, spec->nsessions + 1, names);
	for (size_t i = 0; i < spec->nsessions; i++)
		buf_free(&heads[i]);
	free(heads);
	free(names);
}

void handout_row(struct paper *paper, const struct spec *spec, const char *number, const struct handout_cell *cells)
{
	struct paper_text *texts = mem_array(spec->nsessions + 1, sizeof *texts);
	texts[0].text = number;
	for (size_t i = 0; i < spec->nsessions; i++)
		texts[i + 1] = (struct paper_text){
			.code = buf_text(&cells[i].code), .text = buf_text(&cells[i].text), .tone = cells[i].tone};
	paper_row(paper, texts);
	free(texts);
}

struct handout_cell *handout_cells(const struct spec *spec)
{
	return mem_array(spec->nsessions, sizeof(struct handout_cell));
}

void handout_cells_free(struct handout_cell *cells, const struct spec *spec)
{
	for (size_t i = 0; i < spec->nsessions; i++) {
		buf_free(&cells[i].code);
		buf_free(&cells[i].text);
	}
	free(cells);
}

/* What each session does when it is connected. */
static void front_setups(struct paper *paper, const struct spec *spec)
{
	struct handout_cell *cells = handout_cells(spec);
	bool any = false;
	for (size_t i = 0; i < spec->nsessions; i++) {
		if (!spec->sessions[i].setup)
			continue;
		show_sql(&cells[i].code, spec->sessions[i].setup);
		any = true;
	}
	if (any)
		handout_row(paper, spec, "set up", cells);
	handout_cells_free(cells, spec);
}

static void front_schedule(struct paper *paper, const struct lesson *lesson, const struct spec_permutation *permutation)
{
	const struct spec *spec = lesson->spec;
	handout_table(paper, lesson);
	front_setups(paper, spec);
	for (size_t i = 0; i < permutation->nturns; i++) {
		const struct spec_step *step = &spec->steps[permutation->turns[i].step];
		struct handout_cell *cells = handout_cells(spec);
		char number[24];
		snprintf(number, sizeof number, "%zu", i + 1);
		struct buf sql = {0};
		values_show(&sql, NULL, lesson, permutation->turns[i].step);
		show_sql(&cells[step->session].code, buf_text(&sql));
		buf_free(&sql);
		handout_row(paper, spec, number, cells);
		handout_cells_free(cells, spec);
	}
}

/* ---- the questions ---- */

void handout_letter(char letter[4], size_t answer)
{
	snprintf(letter, 4, "%c.", (char)('a' + answer % 26));
}

void handout_answer(struct paper *paper, const char *letter, const struct values *values, const char *text)
{
	struct buf words = {0};
	handout_words(&words, values, text);
	paper_item(paper, (struct paper_text){.strong = letter, .text = buf_text(&words)});
	buf_free(&words);
}

static void front_question(struct handout_lesson *handout, const struct lesson_ask *ask, size_t turn,
			   const struct values *values)
{
	const struct spec *spec = handout->lesson->spec;
	const struct spec_step *step = &spec->steps[ask->scope.step];
	struct buf strong = {0}, words = {0};
	handout_words(&words, values, ask->question);
	buf_fmt(&strong, "Question %zu, before step %zu of %s:", ++handout->questions, turn + 1,
		spec->sessions[step->session].name);
	paper_text(handout->front, (struct paper_text){.strong = strong.p, .text = buf_text(&words)});
	buf_free(&strong);
	buf_free(&words);
	for (size_t i = 0; i < ask->nanswers; i++) {
		char letter[4];
		handout_letter(letter, i);
		handout_answer(handout->front, letter, values, ask->answers[i].text);
	}
}

void handout_front(struct handout_lesson *handout, size_t order, const struct values *values)
{
	const struct lesson *lesson = handout->lesson;
	const struct spec_permutation *permutation = &lesson->spec->permutations[order];
	const char *say = lesson_text(lesson, LESSON_SAY, (long)order, -1);
	char heading[40];
	snprintf(heading, sizeof heading, "Order %zu", order + 1);
	if (handout->orders > 1)
		paper_heading(handout->front, 3, heading);
	if (say != lesson_text(lesson, LESSON_SAY, -1, -1))
		handout_say(handout->front, values, say);
	front_schedule(handout->front, lesson, permutation);
	for (size_t i = 0; i < permutation->nturns; i++) {
		const struct lesson_ask *ask = lesson_ask_of(lesson, (long)order, (long)permutation->turns[i].step);
		if (ask)
			front_question(handout, ask, i, values);
	}
}
