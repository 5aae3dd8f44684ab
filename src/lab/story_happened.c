/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has happened in a lesson: verdicts with their reasons, the lesson's texts for outcomes, plain sentences. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "event/show.h"
#include "lab/observed.h"
#include "lab/values.h"
#include "story_internal.h"

enum { VERB_MOST = 20 };

/* ---- plain sentences ---- */

/* "UPDATE" of "update accounts ..."; "statement" where it does not begin with a word. */
static void story_put_verb(struct buf *out, const char *sql)
{
	size_t n = 0;
	while (isspace((unsigned char)*sql))
		sql++;
	while (n < VERB_MOST && isalpha((unsigned char)sql[n]))
		n++;
	if (!n)
		buf_str(out, "statement");
	for (size_t i = 0; i < n; i++)
		buf_char(out, (char)toupper((unsigned char)sql[i]));
}

static void story_put_done(struct buf *out, const char *verb, const char *tag)
{
	bool same = strncmp(tag, verb, strlen(verb)) == 0;
	buf_str(out, same || !tag[0] ? " succeeded" : " was answered ");
	if (strcmp(tag, verb) == 0 || !tag[0])
		return;
	buf_str(out, same ? ": " : "");
	text_escape(out, tag, strlen(tag), 0);
}

void story_sentence(struct buf *out, const struct player *player, const struct player_row *row)
{
	const struct spec *spec = player_lesson(player)->spec;
	const struct spec_step *step = &spec->steps[row->step];
	const char *who = spec->sessions[step->session].name;
	struct story_outcome outcome = story_outcome(row->record);
	struct buf verb = {0};
	text_escape(out, who, strlen(who), 0);
	if (row->note) {
		buf_fmt(out, ": %s.", row->note);
		return;
	}
	story_put_verb(&verb, step->sql);
	if (outcome.end != STORY_CUT)
		buf_fmt(out, "'s %s", buf_text(&verb));
	if (outcome.end == STORY_TO_COME || outcome.end == STORY_RUNS) {
		buf_str(out, " is not answered yet");
	} else if (outcome.end == STORY_DONE) {
		story_put_done(out, buf_text(&verb), outcome.tag);
	} else {
		buf_str(out, outcome.end == STORY_FAILED ? " failed, " : outcome.end == STORY_CUT ? ": " : " ");
		story_outcome_words(out, spec, &outcome);
	}
	buf_char(out, '.');
	buf_free(&verb);
}

static void story_add_sentence(struct story_items *items, enum story_kind kind, const struct player *player, size_t at)
{
	struct player_row row = player_row(player, at);
	struct buf text = {0};
	story_sentence(&text, player, &row);
	story_add(items, kind, &text);
}

/* ---- verdicts ---- */

static void story_put_answer(struct buf *text, const struct story_items *items, const struct player_question *question,
			     long i)
{
	const char *answer = question->ask->answers[i].text;
	buf_fmt(text, "%ld, ", i + 1);
	values_text(text, items->values, answer, strlen(answer));
}

static void story_add_verdict(struct story_items *items, const struct player_question *question)
{
	bool given = question->given >= 0, right = given && question->given == question->right;
	struct buf text = {0};
	if (question->right < 0) {
		buf_str(&text, "None of the answers is what the server did.");
	} else {
		buf_str(&text, right ? "Right: " : "The server's answer: ");
		story_put_answer(&text, items, question, question->right);
	}
	if (question->right >= 0 && given && !right) {
		buf_str(&text, ". Yours: ");
		story_put_answer(&text, items, question, question->given);
	}
	story_add(items, STORY_JUDGED, &text)->colour = !given ? STORY_PLAIN : right ? STORY_GOOD : STORY_BAD;
}

/* What the step did that decided it: the lesson's reasons are for what it holds for right. */
static void story_add_why(struct story_items *items, const struct player *player,
			  const struct player_question *question)
{
	for (size_t at = 0; at < player_nsent(player); at++) {
		struct player_row row = player_row(player, at);
		if (row.record && row.step == (size_t)question->ask->about && row.attempt <= 1)
			story_add_sentence(items, STORY_REASON, player, at);
	}
}

static bool story_add_reasons(struct story_items *items, const struct player_question *question)
{
	const struct lesson_answer *answers = question->ask->answers;
	long right = question->right, given = question->given;
	const char *because = right >= 0 && answers[right].right ? answers[right].because : NULL;
	if (!because)
		return false;
	story_add_text(items, STORY_REASON, because);
	if (given >= 0 && given != right)
		story_add_text(items, STORY_REASON, answers[given].because);
	return true;
}

void story_add_judged(struct story_items *items, const struct player *player, const struct player_question *question,
		      bool alone)
{
	story_add_verdict(items, question);
	if (!story_add_reasons(items, question) && alone)
		story_add_why(items, player, question);
}

/* ---- after a step ---- */

const char *story_after(const struct player *player, const struct player_row *row)
{
	struct observed observed = {0};
	const struct lesson *lesson = player_lesson(player);
	if (!row->record)
		return NULL;
	observed_record(&observed, lesson->spec, row->record);
	const char *text = lesson_after_of(lesson, (long)player_order(player), (long)row->step, &observed.fact);
	observed_free(&observed);
	return text;
}

static const struct stage_record *story_attempt_before(const struct player *player, const struct player_row *row)
{
	for (size_t i = 0; i < player_nsent(player); i++) {
		struct player_row other = player_row(player, i);
		if (other.record && other.record->done && other.step == row->step && other.attempt + 1 == row->attempt)
			return other.record;
	}
	return NULL;
}

static void story_put_outcome(struct buf *out, const struct player *player, const struct stage_record *record)
{
	struct story_outcome outcome = story_outcome(record);
	story_outcome_words(out, player_lesson(player)->spec, &outcome);
	buf_str(out, "");
}

/* A step before this one, of the same attempt, had no attempt before it either: that was told with it. */
static bool story_told_before(const struct player *player, const struct player_row *row)
{
	for (size_t i = 0; i < player_nsent(player); i++) {
		struct player_row other = player_row(player, i);
		if (other.record == row->record)
			break;
		if (other.record && other.attempt == row->attempt && !story_attempt_before(player, &other))
			return true;
	}
	return false;
}

/* What a further attempt did, beside what the one before it did. */
void story_add_compared(struct story_items *items, const struct player *player, const struct player_row *row)
{
	struct buf text = {0}, before = {0}, now = {0};
	const struct stage_record *other = story_attempt_before(player, row);
	if (row->attempt < 2 || !row->record || !row->record->done || (!other && story_told_before(player, row)))
		return;
	story_put_outcome(&now, player, row->record);
	if (other)
		story_put_outcome(&before, player, other);
	if (!other)
		buf_fmt(&text, "Attempt %u did not come this far.", row->attempt - 1);
	else if (strcmp(before.p, now.p) == 0)
		buf_fmt(&text, "%s: the same as in attempt %u.", now.p, row->attempt - 1);
	else
		buf_fmt(&text, "Attempt %u: %s. Attempt %u: %s.", row->attempt - 1, before.p, row->attempt, now.p);
	story_add(items, STORY_TEXT, &text);
	buf_free(&before);
	buf_free(&now);
}

static void story_add_after(struct story_items *items, const struct player *player, size_t at)
{
	struct player_row row = player_row(player, at);
	const char *text = row.fresh ? story_after(player, &row) : NULL;
	if (text)
		story_add_text(items, STORY_TEXT, text);
	else if (row.fresh && player_true_rows(player) != PLAYER_ALL_TRUE)
		story_add_sentence(items, STORY_TEXT, player, at);
	else if (row.fresh)
		story_add_compared(items, player, &row);
}

/* ---- another way than the lesson's ---- */

void story_add_astray(struct story_items *items, const struct player *player)
{
	struct buf text = {0};
	if (player_strayed(player))
		buf_str(&text, "A step was sent out of turn: the lesson's texts and questions are for its own order. "
			       "R plays that again.");
	else
		buf_fmt(&text,
			"Step %zu did not do what the lesson expects: its further texts and questions do not "
			"fit.",
			player_true_rows(player));
	story_add(items, STORY_ASTRAY, &text);
}

/* How each session ended, by its last step. */
void story_add_ends(struct story_items *items, const struct player *player)
{
	const struct spec *spec = player_lesson(player)->spec;
	struct buf text = {0};
	for (size_t session = 0; session < spec->nsessions; session++) {
		for (size_t at = player_nsent(player); at-- > 0;) {
			struct player_row row = player_row(player, at);
			if (spec->steps[row.step].session != session)
				continue;
			buf_str(&text, text.len ? " " : "It ended so: ");
			story_sentence(&text, player, &row);
			break;
		}
	}
	if (text.len)
		story_add(items, STORY_TEXT, &text);
	buf_free(&text);
}

/* ---- since the last step was sent ---- */

/* The row of the step that was sent last; behind it stands what the engine did then. */
size_t story_last_step(const struct player *player)
{
	size_t at = player_nsent(player);
	while (at > 0 && player_row(player, --at).note)
		;
	return at;
}

/* Verdicts come first: whatever there is no room for, they are seen. */
void story_add_happened(struct story_items *items, const struct player *player)
{
	size_t last = story_last_step(player), n = player_nsent(player);
	for (size_t i = 0; i < n; i++) {
		struct player_question question = player_row_question(player, i);
		if (question.ask && question.fresh)
			story_add_judged(items, player, &question, true);
	}
	for (size_t i = last; i < n; i++)
		story_add_after(items, player, i);
	for (size_t i = 0; i < last; i++)
		story_add_after(items, player, i);
}
