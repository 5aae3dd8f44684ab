/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts: compares the result of one step or check with what the lesson says of it. */
#include <string.h>

#include "base/text.h"
#include "judge_internal.h"
#include "lab/observed.h"

void judge_give(struct judge *judge, struct judge_verdict *verdict, const char *expected, const char *found)
{
	verdict->permutation = judge->permutation;
	verdict->expected = expected;
	verdict->found = found;
	judge->to.verdict(judge->to.arg, verdict);
}

/* What a step did, as far as the outcome speaks of it, and with the words of an error. */
static void show_found(struct judge *judge, struct buf *out, const struct lesson_outcome *outcome,
		       const struct stage_record *record, const struct lesson_fact *fact)
{
	struct lesson_fact shown = *fact;
	shown.waited_for = NULL;
	shown.reads = shown.tag = NULL;
	for (size_t i = 0; i < outcome->nways; i++) {
		const struct lesson_way *way = &outcome->ways[i];
		shown.waited_for = way->waits_for >= 0 ? fact->waited_for : shown.waited_for;
		shown.reads = way->reads ? fact->reads : shown.reads;
		shown.tag = way->tag ? fact->tag : shown.tag;
	}
	lesson_fact_show(out, judge->lesson, &shown);
	for (size_t i = 0; i < record->nwords; i++) {
		const struct stage_word *word = &record->words[i];
		if (word->kind != WORD_ERROR)
			continue;
		buf_str(out, " (");
		text_escape(out, word->message, strlen(word->message), 100);
		buf_char(out, ')');
		break;
	}
}

static void judge_expect(struct judge *judge, const struct lesson_expect *expect, const struct stage_record *record,
			 const struct lesson_fact *fact)
{
	struct buf expected = {0}, found = {0};
	struct judge_verdict verdict = {
		.kind = JUDGE_EXPECT,
		.right = lesson_holds(&expect->outcome, fact),
		.place = expect->scope.place,
		.what = judge->lesson->spec->steps[record->step].name,
	};
	lesson_outcome_show(&expected, judge->lesson, &expect->outcome);
	show_found(judge, &found, &expect->outcome, record, fact);
	judge_give(judge, &verdict, buf_text(&expected), buf_text(&found));
	buf_free(&expected);
	buf_free(&found);
}

static void judge_answer(struct judge *judge, const struct lesson_ask *ask, const struct lesson_answer *answer,
			 const struct stage_record *record, const struct lesson_fact *fact)
{
	struct buf expected = {0}, found = {0}, outcome = {0};
	struct judge_verdict verdict = {
		.kind = JUDGE_ANSWER,
		.right = lesson_holds(&answer->outcome, fact) == answer->right,
		.place = ask->scope.place,
		.what = judge->lesson->spec->steps[record->step].name,
	};
	lesson_outcome_show(&outcome, judge->lesson, &answer->outcome);
	buf_str(&expected, answer->right ? "the answer \"" : "that the answer \"");
	text_escape(&expected, answer->text, strlen(answer->text), 60);
	buf_fmt(&expected, "\" (%s)%s", buf_text(&outcome), answer->right ? "" : " is wrong");
	show_found(judge, &found, &answer->outcome, record, fact);
	judge_give(judge, &verdict, buf_text(&expected), buf_text(&found));
	buf_free(&outcome);
	buf_free(&expected);
	buf_free(&found);
}

static void judge_answers(struct judge *judge, const struct lesson_ask *ask, const struct stage_record *record,
			  const struct lesson_fact *fact)
{
	for (size_t i = 0; i < ask->nanswers; i++)
		if (ask->answers[i].outcome.nways)
			judge_answer(judge, ask, &ask->answers[i], record, fact);
}

/* Only where it cannot have its value: what is sent then is the literal. */
static void judge_let(struct judge *judge, const struct lesson_let *let, const struct rows *rows)
{
	struct buf expected = {0};
	struct judge_verdict verdict = {
		.kind = JUDGE_EXPECT,
		.place = let->scope.place,
		.what = judge->lesson->spec->steps[let->scope.step].name,
	};
	bool column = rows && lesson_let_column(let, rows) < rows->ncols;
	if (column && rows->nrows)
		return;
	buf_fmt(&expected, "a row with %s", let->column ? "column " : "a column");
	text_escape(&expected, let->column ? let->column : "", let->column ? strlen(let->column) : 0, 60);
	buf_fmt(&expected, " for %s", let->name);
	judge_give(judge, &verdict, buf_text(&expected),
		   !rows    ? "no answer with rows"
		   : column ? "no row"
			    : "no such column");
	buf_free(&expected);
}

static void judge_lets(struct judge *judge, const struct stage_record *record)
{
	const struct lesson *lesson = judge->lesson;
	const struct rows *rows = NULL;
	for (size_t i = 0; i < record->nwords; i++) {
		if (record->words[i].kind == WORD_ERROR)
			return;
		if (record->words[i].kind == WORD_ROWS)
			rows = record->words[i].rows;
	}
	for (size_t i = 0; i < lesson->nlets && record->done; i++) {
		const struct lesson_let *let = &lesson->lets[i];
		bool holds = lesson_let_of(lesson, (long)judge->permutation, let->name, strlen(let->name)) == let;
		if (holds && (size_t)let->scope.step == record->step)
			judge_let(judge, let, rows);
	}
}

void judge_record(struct judge *judge, const struct stage_record *record)
{
	long permutation = (long)judge->permutation, step = (long)record->step;
	const struct lesson_expect *expect = lesson_expect_of(judge->lesson, permutation, step);
	const struct lesson_ask *ask;
	size_t at = 0;
	struct observed observed = {0};
	observed_record(&observed, judge->lesson->spec, record);
	if (expect)
		judge_expect(judge, expect, record, &observed.fact);
	while ((ask = lesson_ask_about(judge->lesson, permutation, step, &at)))
		judge_answers(judge, ask, record, &observed.fact);
	observed_free(&observed);
	judge_lets(judge, record);
}

void judge_check(struct judge *judge, const struct lesson_check *check, bool right, const char *found)
{
	struct buf expected = {0}, shown = {0};
	struct judge_verdict verdict = {
		.kind = JUDGE_CHECK,
		.right = right,
		.place = check->scope.place,
		.what = check->sql,
	};
	text_escape(&expected, check->value, strlen(check->value), 100);
	text_escape(&shown, found, strlen(found), 100);
	judge_give(judge, &verdict, buf_text(&expected), buf_text(&shown));
	buf_free(&expected);
	buf_free(&shown);
}
