/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements of a sequence diagram, and their answers: in one row where nothing of another session is between them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "diagram_internal.h"
#include "event/shorten.h"
#include "event/show.h"

enum { STATEMENT_TOGETHER = 34 /* columns of each statement that shares a row */ };
#define NONE DIAGRAM_NONE

/* ---- statements of lessons ---- */

static bool statement_is_word(const char *sql, const char *const *words, size_t n)
{
	size_t length = strcspn(sql, " ;(");
	for (size_t i = 0; i < n; i++)
		if (strlen(words[i]) == length && strncasecmp(sql, words[i], length) == 0)
			return true;
	return false;
}

static bool statement_begins(const struct diagram_row *row)
{
	static const char *const words[] = {"BEGIN", "START"};
	return statement_is_word(row->what, words, COUNT_OF(words));
}

static bool statement_ends(const struct diagram_row *row)
{
	static const char *const words[] = {"COMMIT", "END", "ROLLBACK", "ABORT"};
	return statement_is_word(row->what, words, COUNT_OF(words)) && !strcasestr(row->what, " TO ");
}

/* A lesson's session has no attempts: what it does from BEGIN on is a band. */
static void statement_lesson_begins(struct diagram_reader *reader, size_t i)
{
	struct diagram_row *row = diagram_row_at(reader, i);
	if (reader->diagram->lanes[row->lane].session >= SESSION_LANE && statement_begins(row))
		diagram_begin_band(reader, row->lane, i, ++reader->lanes[row->lane].begun);
}

static void statement_lesson_ends(struct diagram_reader *reader, size_t i, const struct event *event)
{
	struct diagram_row *row = diagram_row_at(reader, i);
	struct diagram_lane_state *state = &reader->lanes[row->lane];
	if (event->session < SESSION_LANE)
		return;
	if (row->tone == DIAGRAM_BAD && state->band != NONE)
		reader->diagram->bands[state->band].tone = DIAGRAM_BAD;
	if (!statement_ends(row))
		return;
	bool committed = event->tag && strcmp(event->tag, "COMMIT") == 0;
	if (committed)
		diagram_set(&row->mark, "committed", DIAGRAM_NAME_MAX);
	diagram_end_band(reader, row->lane, committed ? DIAGRAM_GOOD : DIAGRAM_BAD);
}

/* ---- statements and answers ---- */

/* The steps of a lesson are counted: where they begin again, another order is played. */
static void statement_order(struct diagram_reader *reader, const struct event *event)
{
	if (event->session < SESSION_LANE || event->statement == 0)
		return;
	if (event->statement <= reader->step) {
		size_t row = diagram_put(reader, DIAGRAM_FACT, 0, event);
		diagram_set(&diagram_row_at(reader, row)->what, "another order of the steps", DIAGRAM_TEXT_MAX);
	}
	reader->step = event->statement;
}

void diagram_sent(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	statement_order(reader, event);
	size_t row = diagram_put(reader, DIAGRAM_SENT, lane, event);
	statement_lesson_begins(reader, row);
}

/* Answers come in the order of the statements. */
static size_t statement_pending(const struct diagram_reader *reader, size_t lane, const struct event *event)
{
	for (size_t i = 0; i < reader->diagram->nrows; i++) {
		const struct diagram_row *row = &reader->diagram->rows[i];
		if (row->kind == DIAGRAM_SENT && row->lane == lane && row->txn == event->txn &&
		    row->statement == event->statement && !row->answered)
			return i;
	}
	return NONE;
}

/* Nothing of another session happened between a statement and its answer; what the rows are, was only looked at. */
static bool statement_at_once(const struct diagram_reader *reader, size_t sent)
{
	const struct diagram_row *rows = reader->diagram->rows;
	for (size_t i = sent + 1; i < reader->diagram->nrows; i++) {
		bool own = rows[i].lane == rows[sent].lane &&
			   (rows[i].kind == DIAGRAM_SENT || rows[i].kind == DIAGRAM_EXCHANGE);
		if (!own && rows[i].kind != DIAGRAM_ROWS && rows[i].kind != DIAGRAM_GONE)
			return false;
	}
	return true;
}

static void statement_take_error(struct diagram_row *row, const struct event *event)
{
	struct buf detail = {0};
	const char *message = event->message ? event->message : "";
	buf_str(&detail, show_reason(event->sqlstate) || (event->detail && event->detail[0]) ? message : "");
	if (event->detail && event->detail[0])
		buf_fmt(&detail, "%s%s", detail.len ? "; " : "", event->detail);
	diagram_set(&row->detail, buf_text(&detail), DIAGRAM_TEXT_MAX);
	buf_free(&detail);
}

static void statement_take_answer(struct diagram_reader *reader, size_t i, const struct event *event)
{
	struct diagram_row *row = diagram_row_at(reader, i);
	struct show_line line = {0};
	const char *mark = show_mark(event);
	show_line(&line, event);
	diagram_set(&row->answer, buf_text(&line.result), DIAGRAM_ANSWER_MAX);
	diagram_set(&row->ms, buf_text(&line.ms), DIAGRAM_NAME_MAX);
	show_line_free(&line);
	if (event_failed(event))
		statement_take_error(row, event);
	row->tone = event->unanswered     ? DIAGRAM_WAITING
		    : event->skipped      ? DIAGRAM_FAINT
		    : event_failed(event) ? DIAGRAM_BAD
		    : event->durable      ? DIAGRAM_GOOD
					  : DIAGRAM_PLAIN;
	if (mark[0])
		diagram_set(&row->mark, mark + strspn(mark, " <-"), DIAGRAM_NAME_MAX);
	reader->lanes[row->lane].durable |= event->durable;
}

static void statement_shorten(struct diagram_row *row)
{
	struct buf brief = {0};
	shorten_sql(&brief, row->what, STATEMENT_TOGETHER);
	diagram_set(&row->what, buf_text(&brief), DIAGRAM_TEXT_MAX);
	buf_free(&brief);
}

/* Statements that were not run are one row. */
static void statement_join_skipped(struct diagram_reader *reader, size_t i)
{
	struct diagram_row *row = diagram_row_at(reader, i), *before = NULL;
	for (size_t k = i; k > 0 && !before; k--)
		if (diagram_row_at(reader, k - 1)->kind != DIAGRAM_GONE)
			before = diagram_row_at(reader, k - 1);
	if (!before || before->tone != DIAGRAM_FAINT || before->kind != DIAGRAM_EXCHANGE || before->lane != row->lane ||
	    before->txn != row->txn || before->attempt != row->attempt)
		return;
	if (before->together == 1)
		statement_shorten(before);
	statement_shorten(row);
	struct buf both = {0}, answer = {0};
	buf_fmt(&both, "%s; %s", before->what, row->what);
	buf_fmt(&answer, "%u statements not run", ++before->together);
	diagram_set(&before->what, both.p, DIAGRAM_TEXT_MAX);
	diagram_set(&before->answer, answer.p, DIAGRAM_ANSWER_MAX);
	row->kind = DIAGRAM_GONE;
	buf_free(&both);
	buf_free(&answer);
}

void diagram_result(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	size_t sent = statement_pending(reader, lane, event);
	bool here = sent != NONE && (event->skipped || statement_at_once(reader, sent)),
	     lesson = event->session >= SESSION_LANE;
	size_t row = here ? sent : diagram_put(reader, DIAGRAM_ANSWER, lane, event);
	if (here)
		diagram_row_at(reader, row)->kind = DIAGRAM_EXCHANGE;
	else if (sent != NONE)
		diagram_row_at(reader, sent)->answered = true;
	statement_take_answer(reader, row, event);
	if (!here && sent != NONE && lesson)
		diagram_begin_wait(reader, lane, sent);
	if (!here)
		diagram_end_wait(reader, lane, row);
	if (here && event->skipped && !event->unanswered)
		statement_join_skipped(reader, row);
	statement_lesson_ends(reader, row, event);
}
