/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be said of a lesson, in which order and in which words. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "event/show.h"
#include "story_internal.h"

enum { FOUND_COLUMNS = 1000 }; /* of an answer to a check */

/* ---- items ---- */

/* Takes the text. */
struct story_item *story_add(struct story_items *items, enum story_kind kind, struct buf *text)
{
	items->at = mem_resize(items->at, items->n + 1, sizeof *items->at);
	buf_str(text, "");
	items->at[items->n] = (struct story_item){.kind = kind, .who = mem_dup(""), .text = buf_take(text)};
	return &items->at[items->n++];
}

void story_items_free(struct story_items *items)
{
	for (size_t i = 0; i < items->n; i++) {
		free(items->at[i].who);
		free(items->at[i].text);
	}
	free(items->at);
	*items = (struct story_items){0};
}

static void story_harmless(struct buf *out, const char *raw)
{
	text_escape(out, raw, strlen(raw), 0);
}

void story_add_text(struct story_items *items, enum story_kind kind, const char *raw)
{
	struct buf text = {0};
	if (!raw)
		return;
	for (const char *line = raw; *line;) {
		size_t n = strcspn(line, "\n");
		values_text(&text, items->values, line, n);
		line += n;
		if (*line++ != '\n')
			break;
		buf_char(&text, '\n');
	}
	story_add(items, kind, &text);
}

static void story_add_raw(struct story_items *items, enum story_kind kind, enum story_colour colour, const char *raw)
{
	struct buf text = {0};
	story_harmless(&text, raw);
	story_add(items, kind, &text)->colour = colour;
}

static const char *story_session_of(const struct player *player, const struct player_row *row)
{
	const struct spec *spec = player_lesson(player)->spec;
	return spec->sessions[spec->steps[row->step].session].name;
}

static void story_set_who(struct story_item *item, const struct player *player, const struct player_row *row,
			  bool attempt)
{
	struct buf who = {0};
	story_harmless(&who, story_session_of(player, row));
	if (attempt && row->attempt)
		buf_fmt(&who, ", attempt %u", row->attempt);
	buf_str(&who, "");
	free(item->who);
	item->who = buf_take(&who);
}

/* ---- before a step ---- */

/* The lesson tells of the first attempt, as long as all goes as it says; what comes of it, and of the next ones, is not
 * known to its file. */
static void story_add_say(struct story_items *items, const struct player *player, size_t at)
{
	struct player_row row = player_row(player, at);
	struct buf text = {0};
	if (row.note)
		return;
	if (row.begins) {
		buf_fmt(&text, "Nothing of attempt %u is left. The engine runs all of it again, by itself.",
			row.attempt - 1);
		story_add(items, STORY_TEXT, &text);
	} else if (row.attempt <= 1 && at < player_true_rows(player)) {
		story_add_text(
			items, STORY_TEXT,
			lesson_text(player_lesson(player), LESSON_SAY, (long)player_order(player), (long)row.step));
	}
}

/* Those of the whole lesson with its first order. */
static void story_add_new_words(struct story_items *items, const struct lesson *lesson, long order)
{
	for (size_t i = 0; i < lesson->nwords; i++) {
		const struct lesson_word *word = &lesson->words[i];
		struct buf who = {0};
		if (word->scope.permutation != order && (order || word->scope.permutation >= 0))
			continue;
		story_add_text(items, STORY_WORD, word->text);
		story_harmless(&who, word->name);
		free(items->at[items->n - 1].who);
		items->at[items->n - 1].who = buf_take(&who);
	}
}

static void story_add_conclusion(struct story_items *items, const struct player *player)
{
	if (player_true_rows(player) == PLAYER_ALL_TRUE)
		story_add_text(items, STORY_TEXT,
			       lesson_text(player_lesson(player), LESSON_END, (long)player_order(player), -1));
	else
		story_add_ends(items, player);
}

static void story_add_programs(struct story_items *items, const struct lesson *lesson, long order)
{
	for (size_t i = 0; i < lesson->nprograms; i++) {
		long of = lesson->programs[i].scope.permutation;
		if (of < 0 || of == order)
			story_add_text(items, STORY_PROGRAM, lesson->programs[i].topic);
	}
}

static void story_add_race(struct story_items *items, const struct lesson *lesson, long order)
{
	struct buf line = {0};
	if (lesson_race_show(&line, lesson, order))
		story_add_text(items, STORY_RACE, line.p);
	buf_free(&line);
}

static void story_add_last(struct story_items *items, const struct player *player)
{
	story_add_conclusion(items, player);
	story_add_programs(items, player_lesson(player), (long)player_order(player));
	story_add_race(items, player_lesson(player), (long)player_order(player));
}

static void story_add_texts(struct story_items *items, const struct player *player)
{
	size_t next = player_next_row(player), sent = player_nsent(player);
	const struct lesson *lesson = player_lesson(player);
	long order = (long)player_order(player);
	if (sent == 0) {
		story_add_text(items, STORY_TEXT, lesson_text(lesson, LESSON_SAY, order, -1));
		story_add_new_words(items, lesson, order);
	}
	if (next < player_nrows(player))
		story_add_say(items, player, next);
	else if (sent > 0)
		story_add_last(items, player);
}

static void story_add_question(struct story_items *items, const struct lesson_ask *ask, bool reasons)
{
	story_add_text(items, STORY_QUESTION, ask->question);
	for (size_t i = 0; i < ask->nanswers; i++) {
		story_add_text(items, STORY_ANSWER, ask->answers[i].text);
		items->at[items->n - 1].number = i + 1;
		items->at[items->n - 1].colour = ask->answers[i].right ? STORY_GOOD : STORY_PLAIN;
		if (reasons)
			story_add_text(items, STORY_REASON, ask->answers[i].because);
	}
}

void story_before(struct story_items *items, const struct lesson *lesson, long permutation, long step)
{
	const struct lesson_ask *ask = lesson_ask_of(lesson, permutation, step);
	story_add_text(items, STORY_TEXT, lesson_text(lesson, LESSON_SAY, permutation, step));
	if (ask)
		story_add_question(items, ask, true);
}

static bool story_session_waits(const struct player *player, size_t session)
{
	struct stage_lane lane;
	stage_lane(player_stage(player), session, &lane);
	return lane.state == LANE_WAITING;
}

static void story_add_step(struct story_items *items, enum story_kind kind, const struct player *player, size_t at)
{
	struct player_row row = player_row(player, at);
	const struct spec_step *step = &player_lesson(player)->spec->steps[row.step];
	struct buf text = {0}, sql = {0};
	player_sql(&sql, player, at);
	show_sql(&text, buf_text(&sql));
	buf_free(&sql);
	if (kind == STORY_NEXT && story_session_waits(player, step->session))
		buf_str(&text, " (when it no longer waits)");
	struct story_item *item = story_add(items, kind, &text);
	item->number = at + 1;
	story_set_who(item, player, &row, true);
}

/* ---- behind a step ---- */

static enum story_colour story_colour_of(const struct story_outcome *outcome, bool surprise)
{
	if (outcome->end == STORY_FAILED || outcome->end == STORY_CUT || surprise)
		return STORY_BAD;
	return outcome->end == STORY_DONE && strcmp(outcome->tag, "COMMIT") == 0 ? STORY_GOOD : STORY_PLAIN;
}

/* Of a step that is done meanwhile. */
void story_add_waited(struct story_items *items, const struct player *player, size_t at, bool late)
{
	struct player_row row = player_row(player, at);
	struct story_outcome outcome = {.end = STORY_WAITS, .record = row.record, .tag = ""};
	struct buf text = {0};
	story_outcome_words(&text, player_lesson(player)->spec, &outcome);
	struct story_item *item = story_add(items, STORY_OUTCOME, &text);
	item->number = at + 1;
	item->late = late;
	story_set_who(item, player, &row, false);
}

void story_add_outcome(struct story_items *items, const struct player *player, size_t at, bool late)
{
	struct player_row row = player_row(player, at);
	struct story_outcome outcome = story_outcome(row.record);
	struct buf text = {0};
	if (row.note)
		buf_str(&text, row.note);
	else
		story_outcome_words(&text, player_lesson(player)->spec, &outcome);
	if (row.surprise)
		buf_str(&text, "  (a surprise: the lesson expects something else)");
	struct story_item *item = story_add(items, row.note ? STORY_ENGINE : STORY_OUTCOME, &text);
	item->number = at + 1;
	item->late = late;
	item->colour = story_colour_of(&outcome, row.surprise);
	story_set_who(item, player, &row, false);
}

/* ---- behind the last step ---- */

/* What is compared comes harmless. */
static void story_put_compared(struct buf *text, const char *what, bool right, const char *wanted, const char *found)
{
	show_sql(text, what);
	if (right)
		buf_fmt(text, " is %s", wanted);
	else
		buf_fmt(text, ": expected %s, found %s", wanted, found);
}

static void story_add_checks(struct story_items *items, const struct player *player)
{
	for (size_t i = 0; i < player_nchecks(player); i++) {
		const struct player_check *check = player_check(player, i);
		struct buf text = {0}, wanted = {0}, found = {0};
		if (!check->found)
			continue;
		story_harmless(&wanted, check->wanted);
		text_escape(&found, check->found, strlen(check->found), FOUND_COLUMNS);
		story_put_compared(&text, check->sql, check->ok, buf_text(&wanted), buf_text(&found));
		story_add(items, STORY_CHECK, &text)->colour = check->ok ? STORY_GOOD : STORY_BAD;
		buf_free(&wanted);
		buf_free(&found);
	}
}

void story_verdict(struct story_items *items, const struct judge_verdict *verdict)
{
	struct buf text = {0};
	story_put_compared(&text, verdict->what, verdict->right, verdict->expected, verdict->found);
	struct story_item *item = story_add(items, STORY_VERDICT, &text);
	item->number = verdict->place.line;
	item->colour = verdict->right ? STORY_GOOD : STORY_BAD;
}

static void story_add_sums(struct story_items *items, const struct player *player)
{
	struct player_score score = player_score(player);
	struct buf text = {0};
	struct err err;
	if (story_left(&err, player))
		story_add_raw(items, STORY_LEFT, STORY_BAD, err.text);
	if (score.surprises) {
		buf_fmt(&text, "%zu %s not do what the lesson expects", score.surprises,
			text_plural(score.surprises, "step did", "steps did"));
		story_add(items, STORY_SURPRISES, &text)->colour = STORY_BAD;
	}
	if (score.answered) {
		buf_fmt(&text, "You answered %zu of %zu as the server did.", score.right, score.asked);
		story_add(items, STORY_SCORE, &text);
	}
}

enum status story_left(struct err *err, const struct player *player)
{
	const char *left = player_left(player);
	return left ? err_set(err, ST_STATEMENT, "not all was torn down: %.400s", left) : ST_OK;
}

enum status story_surprised(struct err *err, uint64_t surprises)
{
	if (!surprises)
		return ST_OK;
	return err_set(err, ST_CHECK, "%" PRIu64 " %s: the server did something else than the lesson says", surprises,
		       text_plural(surprises, "surprise", "surprises"));
}

/* ---- all of it ---- */

void story_title(struct story_items *items, const struct player *player)
{
	const char *title = player_title(player);
	struct buf text = {0};
	struct player_place place = player_place(player);
	if (place.of > 1)
		buf_fmt(&text, "Order %zu of %zu: ", place.at, place.of);
	story_harmless(&text, title ? title : player_name(player));
	story_add(items, STORY_TITLE, &text);
}

static void story_add_next(struct story_items *items, const struct player *player)
{
	if (player_next_row(player) < player_nrows(player))
		story_add_step(items, STORY_NEXT, player, player_next_row(player));
}

void story_ahead(struct story_items *items, const struct player *player)
{
	items->values = player_values(player);
	story_add_texts(items, player);
	if (player_asks(player))
		story_add_question(items, player_question(player).ask, false);
	story_add_next(items, player);
}

void story_end(struct story_items *items, const struct player *player)
{
	items->values = player_values(player);
	story_add_texts(items, player);
	story_add_checks(items, player);
	story_add_sums(items, player);
}

/* A question opens when the verdict before it was read, and what is told before it comes with it. */
void story_now(struct story_items *items, const struct player *player)
{
	enum player_state state = player_state(player);
	items->values = player_values(player);
	if (player_error(player))
		story_add_raw(items, STORY_ERROR, STORY_BAD, player_error(player));
	if (!player_asks(player) || !player_verdict(player)) /* which was read, then */
		story_add_happened(items, player);
	if (player_true_rows(player) != PLAYER_ALL_TRUE)
		story_add_astray(items, player);
	if (state == PLAYER_OVER || state == PLAYER_FAILED) {
		story_end(items, player);
	} else if (!player_holds(player)) {
		story_ahead(items, player);
		story_add_checks(items, player);
	}
}

void story_row(struct story_items *items, const struct player *player, size_t at)
{
	struct player_row row = player_row(player, at);
	items->values = player_values(player);
	if (!row.note)
		story_add_step(items, STORY_STEP, player, at);
	struct player_question question = player_row_question(player, at);
	const char *after = story_after(player, &row);
	story_add_say(items, player, at);
	if (row.note || row.record)
		story_add_outcome(items, player, at, false);
	if (question.ask && question.judged)
		story_add_judged(items, player, &question, false);
	if (after)
		story_add_text(items, STORY_TEXT, after);
	else
		story_add_compared(items, player, &row);
}
