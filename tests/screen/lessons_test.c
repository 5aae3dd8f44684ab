/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All lessons by keys at 80x24: each question is answered rightly and wrongly, verdict and reasons are seen. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "lab/lesson.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"

enum { QUESTIONS_MAX = 40 };

static struct lesson_server server;

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("screen_lessons", NULL);
	pg_bank(30);
	server = (struct lesson_server){.kind = SERVER_POSTGRES, .major = pg_major(), .superuser = true};
	return 0;
}

/* ---- the screen as one text ---- */

static void add_words(struct buf *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool blank = strchr(" \t\n", text[i]) != NULL;
		if (!blank)
			buf_char(out, text[i]);
		else if (out->len && out->p[out->len - 1] != ' ')
			buf_char(out, ' ');
	}
}

/* Its lines without the borders, parted by one blank as all words are. */
static char *screen_words(struct term *term)
{
	static const char border[] = "\u2502";
	struct buf words = {0};
	for (int i = 0; i < term_rows(term); i++) {
		const char *row = term_row(term, i);
		size_t skip = strncmp(row, border, sizeof border - 1) == 0 ? sizeof border - 1 : 0, n = strlen(row);
		if (skip && n >= 2 * skip && strcmp(row + n - skip, border) == 0)
			n -= skip;
		add_words(&words, row + skip, n - skip);
		add_words(&words, " ", 1);
	}
	buf_str(&words, "");
	return buf_take(&words);
}

/* All of a text of the lesson is on the screen; {NAME} stands for any value. */
static bool screen_has(const char *screen, const char *text)
{
	bool has = true;
	while (has && *text) {
		size_t n = strcspn(text, "{");
		struct buf part = {0};
		add_words(&part, text, n);
		has = strstr(screen, buf_text(&part)) != NULL;
		buf_free(&part);
		text += n;
		text += text[0] ? strcspn(text, "}") + 1 : 0;
	}
	return has;
}

/* ---- where the player is ---- */

struct place {
	int step;      /* how many were sent */
	bool question; /* one is open */
	bool over;
};

/* Where the numbers of the steps stand: between two lanes, or on the left of more. */
static const int step_columns[] = {37, 1};

static const char *at_column(const char *row, int column)
{
	for (; *row && column > 0; column--)
		for (row++; (*row & 0xc0) == 0x80;)
			row++;
	return row;
}

/* The lanes have their mark at the same step: a screen is drawn from its top, and may be read before it is whole. */
static bool is_whole(struct term *term, const struct place *place)
{
	char mark[16];
	bool whole = place->over;
	snprintf(mark, sizeof mark, ">%2d ", place->step + 1);
	for (int row = 0; row < term_rows(term) && !whole; row++)
		for (size_t i = 0; i < COUNT_OF(step_columns) && !whole; i++)
			whole = strncmp(at_column(term_row(term, row), step_columns[i]), mark, strlen(mark)) == 0;
	return whole;
}

/* False while something runs. */
static bool place_read(struct term *term, struct place *place)
{
	static const char *const words[] = {"PAUSED", "QUESTION", "OVER"};
	const char *row = term_row(term, term_rows(term) - 3);
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		const char *at = strstr(row, words[i]);
		if (!at || sscanf(at + strlen(words[i]), " step %d of", &place->step) != 1)
			continue;
		place->question = i == 1;
		place->over = i == 2;
		return is_whole(term, place);
	}
	return false;
}

struct awaited {
	int step;      /* more steps than that were sent ... */
	bool question; /* ... or a question is open */
	bool start;    /* none was sent */
	struct place place;
};

static bool has_come(struct term *term, void *arg)
{
	struct awaited *awaited = arg;
	if (!place_read(term, &awaited->place))
		return false;
	if (awaited->start)
		return awaited->place.step == 0;
	return awaited->place.step > awaited->step || (awaited->question && awaited->place.question) ||
	       awaited->place.over;
}

static struct place type_and_wait(struct term *term, const char *keys, struct awaited awaited)
{
	term_type(term, keys);
	term_wait(term, has_come, &awaited, keys);
	return awaited.place;
}

/* ---- questions ---- */

/* Answered, and no verdict was seen yet. */
struct pending {
	const struct lesson_ask *ask;
	size_t given;
};

struct play {
	struct term *term;
	const char *name;
	const struct lesson *lesson;
	size_t order;
	bool rightly;
	struct pending pending[QUESTIONS_MAX];
	size_t n, asked;
};

static void play_fail(const struct play *play, const char *what, const char *text)
{
	print_message("%s", term_screen(play->term)); /* it is more than a message may hold */
	fail_msg("%s, order %zu, answered %s: %s: %s", play->name, play->order + 1,
		 play->rightly ? "rightly" : "wrongly", what, text);
}

static size_t right_answer(const struct lesson_ask *ask)
{
	size_t i = 0;
	while (!ask->answers[i].right)
		i++;
	return i;
}

/* The question that is open: all of it is on the screen. */
static const struct lesson_ask *open_question(const struct play *play, const char *screen)
{
	const struct spec_permutation *order = &play->lesson->spec->permutations[play->order];
	for (size_t i = 0; i < order->nturns; i++) {
		const struct lesson_ask *ask =
			lesson_ask_of(play->lesson, (long)play->order, (long)order->turns[i].step);
		if (ask && screen_has(screen, ask->question))
			return ask;
	}
	play_fail(play, "no whole question is on the screen", "");
	return NULL;
}

static struct place answer(struct play *play, struct place place)
{
	char *screen = screen_words(play->term), key[] = "0";
	const struct lesson_ask *ask = open_question(play, screen);
	size_t right = right_answer(ask), given = play->rightly ? right : (right + 1) % ask->nanswers;
	for (size_t i = 0; i < ask->nanswers; i++)
		if (!screen_has(screen, ask->answers[i].text))
			play_fail(play, "an answer is not on the screen", ask->answers[i].text);
	free(screen);
	assert_true(play->n < QUESTIONS_MAX);
	play->pending[play->n++] = (struct pending){ask, given};
	play->asked++;
	key[0] = (char)('1' + given);
	return type_and_wait(play->term, key, (struct awaited){.step = place.step});
}

static bool has_answer(const char *screen, const char *before, const struct lesson_ask *ask, size_t i)
{
	struct buf text = {0};
	buf_fmt(&text, "%s%zu, %s", before, i + 1, ask->answers[i].text);
	bool has = screen_has(screen, text.p);
	buf_free(&text);
	return has;
}

/* Its verdict is on the screen, and with it the reasons. */
static bool see_verdict(const struct play *play, const struct pending *pending, const char *screen)
{
	const struct lesson_ask *ask = pending->ask;
	size_t right = right_answer(ask), given = pending->given;
	bool seen = given == right ? has_answer(screen, "Right: ", ask, right)
				   : has_answer(screen, "The server's answer: ", ask, right) &&
					     has_answer(screen, "Yours: ", ask, given);
	if (!seen)
		return false;
	if (!screen_has(screen, ask->answers[right].because))
		play_fail(play, "the reason is not on the screen", ask->answers[right].because);
	if (!screen_has(screen, ask->answers[given].because))
		play_fail(play, "the reason is not on the screen", ask->answers[given].because);
	return true;
}

static void see_verdicts(struct play *play)
{
	char *screen = screen_words(play->term);
	for (size_t i = 0; i < play->n;) {
		if (see_verdict(play, &play->pending[i], screen))
			play->pending[i] = play->pending[--play->n];
		else
			i++;
	}
	free(screen);
}

/* ---- an order ---- */

static size_t questions_of(const struct play *play)
{
	const struct spec_permutation *order = &play->lesson->spec->permutations[play->order];
	size_t n = 0;
	for (size_t i = 0; i < order->nturns; i++)
		n += lesson_ask_of(play->lesson, (long)play->order, (long)order->turns[i].step) != NULL;
	return n;
}

static void play_order(struct play *play)
{
	struct place place;
	place_read(play->term, &place);
	play->n = play->asked = 0;
	while (!place.over) {
		place = place.question ? answer(play, place)
				       : type_and_wait(play->term, "c", (struct awaited){place.step, .question = true});
		see_verdicts(play);
	}
	if (play->n)
		play_fail(play, "no verdict was seen on", play->pending[0].ask->question);
	if (play->asked != questions_of(play))
		play_fail(play, "not all questions were asked", "");
}

static void play_orders(struct term *term, const char *name, const struct lesson *lesson)
{
	struct err why;
	struct play play = {.term = term, .name = name, .lesson = lesson};
	bool opened = false; /* the first order that this server can play is on the screen */
	for (play.order = 0; play.order < lesson->spec->npermutations; play.order++) {
		char line[40];
		if (!lesson_runs(lesson, (long)play.order, &server, &why))
			continue;
		snprintf(line, sizeof line, ":lab order %zu<Enter>", play.order + 1);
		for (int rightly = 0; rightly < 2; rightly++) {
			if (opened)
				type_and_wait(term, rightly ? "R" : line, (struct awaited){.start = true});
			opened = true;
			play.rightly = rightly;
			play_order(&play);
		}
	}
}

static void all_lessons_and_their_questions(void **state)
{
	struct term *term = console_open(state, 24, 80);
	for (const struct asset_lesson *asset = asset_lessons; asset->name; asset++) {
		struct err err;
		char line[80];
		struct lesson *lesson = lesson_parse(asset->name, asset->text, strlen(asset->text), &err);
		assert_non_null(lesson);
		snprintf(line, sizeof line, ":lab play %s<Enter>", asset->name);
		type_and_wait(term, line, (struct awaited){.start = true});
		play_orders(term, asset->name, lesson);
		lesson_free(lesson);
		term_type(term, "<Esc>");
		term_expect(term, "Teaches:");
	}
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(all_lessons_and_their_questions, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/lessons", tests, own_database, NULL);
}
