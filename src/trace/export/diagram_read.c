/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a sequence diagram of a trace: which events become a row, which are the answer of one, what belongs together. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "diagram_internal.h"
#include "event/shorten.h"
#include "event/show.h"

enum { READ_TOGETHER = 34 /* columns of each statement that shares a row */ };

#define NONE DIAGRAM_NONE

static struct diagram_row *read_row(struct diagram_reader *reader, size_t i)
{
	return &reader->diagram->rows[i];
}

/* ---- rows ---- */

static void read_texts(struct diagram_row *row, const struct event *event)
{
	struct show_line line = {0};
	show_line(&line, event);
	diagram_set(&row->who, buf_text(&line.who), DIAGRAM_NAME_MAX);
	diagram_set(&row->what, buf_text(&line.what), DIAGRAM_TEXT_MAX);
	diagram_set(&row->answer, buf_text(&line.result), DIAGRAM_ANSWER_MAX);
	diagram_set(&row->ms, buf_text(&line.ms), DIAGRAM_NAME_MAX);
	show_line_free(&line);
}

/* As a lesson's file has it, perhaps, with its semicolon. */
static void read_cut_semicolon(char *sql)
{
	size_t n = strlen(sql);
	while (n > 1 && (sql[n - 1] == ';' || sql[n - 1] == ' '))
		sql[--n] = '\0';
}

static size_t read_add(struct diagram_reader *reader, enum diagram_kind kind, size_t lane, const struct event *event)
{
	uint64_t at = event->wall_us > reader->begin_us ? event->wall_us - reader->begin_us : 0;
	struct diagram_row row = {.kind = kind,
				  .lane = lane,
				  .number = event->number,
				  .at_us = at,
				  .txn = event->txn,
				  .attempt = event->attempt,
				  .statement = event->statement,
				  .together = 1};
	read_texts(&row, event);
	if (kind <= DIAGRAM_ANSWER)
		read_cut_semicolon(row.what);
	diagram_add(reader->diagram, &row);
	return reader->diagram->nrows - 1;
}

/* ---- bands and waits ---- */

static void read_end_band(struct diagram_reader *reader, size_t lane, enum diagram_tone tone)
{
	struct diagram_lane_state *state = &reader->lanes[lane];
	if (state->band == NONE)
		return;
	struct diagram_span *band = &reader->diagram->bands[state->band];
	band->to = reader->diagram->nrows - 1;
	band->tone = band->tone ? band->tone : tone;
	state->band = NONE;
}

static void read_begin_band(struct diagram_reader *reader, size_t lane, size_t row, unsigned attempt)
{
	struct diagram *diagram = reader->diagram;
	read_end_band(reader, lane, DIAGRAM_PLAIN);
	diagram_add_span(&diagram->bands, &diagram->nbands,
			 &(struct diagram_span){.lane = lane, .from = row, .to = row, .attempt = attempt});
	reader->lanes[lane].band = diagram->nbands - 1;
}

static void read_end_wait(struct diagram_reader *reader, size_t lane, size_t row)
{
	struct diagram_lane_state *state = &reader->lanes[lane];
	if (state->wait == NONE)
		return;
	reader->diagram->waits[state->wait].to = row;
	state->wait = NONE;
}

static void read_begin_wait(struct diagram_reader *reader, size_t lane, size_t row)
{
	struct diagram *diagram = reader->diagram;
	if (reader->lanes[lane].wait != NONE)
		return;
	diagram_add_span(&diagram->waits, &diagram->nwaits,
			 &(struct diagram_span){.lane = lane, .from = row, .to = row, .tone = DIAGRAM_WAITING});
	reader->lanes[lane].wait = diagram->nwaits - 1;
}

/* ---- statements of lessons ---- */

static bool read_is_word(const char *sql, const char *const *words, size_t n)
{
	size_t length = strcspn(sql, " ;(");
	for (size_t i = 0; i < n; i++)
		if (strlen(words[i]) == length && strncasecmp(sql, words[i], length) == 0)
			return true;
	return false;
}

static bool read_begins(const struct diagram_row *row)
{
	static const char *const words[] = {"BEGIN", "START"};
	return read_is_word(row->what, words, COUNT_OF(words));
}

static bool read_ends(const struct diagram_row *row)
{
	static const char *const words[] = {"COMMIT", "END", "ROLLBACK", "ABORT"};
	return read_is_word(row->what, words, COUNT_OF(words)) && !strcasestr(row->what, " TO ");
}

/* A lesson's session has no attempts: what it does from BEGIN on is a band. */
static void read_lesson_begins(struct diagram_reader *reader, size_t i)
{
	struct diagram_row *row = read_row(reader, i);
	if (reader->diagram->lanes[row->lane].session >= SESSION_LANE && read_begins(row))
		read_begin_band(reader, row->lane, i, ++reader->lanes[row->lane].begun);
}

static void read_lesson_ends(struct diagram_reader *reader, size_t i, const struct event *event)
{
	struct diagram_row *row = read_row(reader, i);
	struct diagram_lane_state *state = &reader->lanes[row->lane];
	if (event->session < SESSION_LANE)
		return;
	if (row->tone == DIAGRAM_BAD && state->band != NONE)
		reader->diagram->bands[state->band].tone = DIAGRAM_BAD;
	if (!read_ends(row))
		return;
	bool committed = event->tag && strcmp(event->tag, "COMMIT") == 0;
	if (committed)
		diagram_set(&row->mark, "committed", DIAGRAM_NAME_MAX);
	read_end_band(reader, row->lane, committed ? DIAGRAM_GOOD : DIAGRAM_BAD);
}

/* ---- statements and answers ---- */

/* The steps of a lesson are counted: where they begin again, another order is played. */
static void read_order(struct diagram_reader *reader, const struct event *event)
{
	if (event->session < SESSION_LANE || event->statement == 0)
		return;
	if (event->statement <= reader->step) {
		size_t row = read_add(reader, DIAGRAM_FACT, 0, event);
		diagram_set(&read_row(reader, row)->what, "another order of the steps", DIAGRAM_TEXT_MAX);
	}
	reader->step = event->statement;
}

static void read_sent(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	read_order(reader, event);
	size_t row = read_add(reader, DIAGRAM_SENT, lane, event);
	read_lesson_begins(reader, row);
}

/* Answers come in the order of the statements. */
static size_t read_pending(const struct diagram_reader *reader, size_t lane, const struct event *event)
{
	for (size_t i = 0; i < reader->diagram->nrows; i++) {
		const struct diagram_row *row = &reader->diagram->rows[i];
		if (row->kind == DIAGRAM_SENT && row->lane == lane && row->txn == event->txn &&
		    row->statement == event->statement && !row->answered)
			return i;
	}
	return NONE;
}

/* Nothing else happened between a statement and its answer. */
static bool read_at_once(const struct diagram_reader *reader, size_t sent)
{
	const struct diagram_row *rows = reader->diagram->rows;
	for (size_t i = sent + 1; i < reader->diagram->nrows; i++)
		if (rows[i].lane != rows[sent].lane ||
		    (rows[i].kind != DIAGRAM_SENT && rows[i].kind != DIAGRAM_EXCHANGE && rows[i].kind != DIAGRAM_GONE))
			return false;
	return true;
}

static void read_take_error(struct diagram_row *row, const struct event *event)
{
	struct buf detail = {0};
	const char *message = event->message ? event->message : "";
	buf_str(&detail, show_reason(event->sqlstate) || (event->detail && event->detail[0]) ? message : "");
	if (event->detail && event->detail[0])
		buf_fmt(&detail, "%s%s", detail.len ? "; " : "", event->detail);
	diagram_set(&row->detail, buf_text(&detail), DIAGRAM_TEXT_MAX);
	buf_free(&detail);
}

static void read_take_answer(struct diagram_reader *reader, size_t i, const struct event *event)
{
	struct diagram_row *row = read_row(reader, i);
	struct show_line line = {0};
	const char *mark = show_mark(event);
	show_line(&line, event);
	diagram_set(&row->answer, buf_text(&line.result), DIAGRAM_ANSWER_MAX);
	diagram_set(&row->ms, buf_text(&line.ms), DIAGRAM_NAME_MAX);
	show_line_free(&line);
	if (event_failed(event))
		read_take_error(row, event);
	row->tone = event->unanswered     ? DIAGRAM_WAITING
		    : event->skipped      ? DIAGRAM_FAINT
		    : event_failed(event) ? DIAGRAM_BAD
		    : event->durable      ? DIAGRAM_GOOD
					  : DIAGRAM_PLAIN;
	if (mark[0])
		diagram_set(&row->mark, mark + strspn(mark, " <-"), DIAGRAM_NAME_MAX);
	reader->lanes[row->lane].durable |= event->durable;
}

static void read_shorten(struct diagram_row *row)
{
	struct buf brief = {0};
	shorten_sql(&brief, row->what, READ_TOGETHER);
	diagram_set(&row->what, buf_text(&brief), DIAGRAM_TEXT_MAX);
	buf_free(&brief);
}

/* Statements that were not run are one row. */
static void read_join_skipped(struct diagram_reader *reader, size_t i)
{
	struct diagram_row *row = read_row(reader, i), *before = NULL;
	for (size_t k = i; k > 0 && !before; k--)
		if (read_row(reader, k - 1)->kind != DIAGRAM_GONE)
			before = read_row(reader, k - 1);
	if (!before || before->tone != DIAGRAM_FAINT || before->kind != DIAGRAM_EXCHANGE || before->lane != row->lane ||
	    before->txn != row->txn || before->attempt != row->attempt)
		return;
	if (before->together == 1)
		read_shorten(before);
	read_shorten(row);
	struct buf both = {0}, answer = {0};
	buf_fmt(&both, "%s; %s", before->what, row->what);
	buf_fmt(&answer, "%u statements not run", ++before->together);
	diagram_set(&before->what, both.p, DIAGRAM_TEXT_MAX);
	diagram_set(&before->answer, answer.p, DIAGRAM_ANSWER_MAX);
	row->kind = DIAGRAM_GONE;
	buf_free(&both);
	buf_free(&answer);
}

static void read_result(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	size_t sent = read_pending(reader, lane, event);
	bool here = sent != NONE && (event->skipped || read_at_once(reader, sent)),
	     lesson = event->session >= SESSION_LANE;
	size_t row = here ? sent : read_add(reader, DIAGRAM_ANSWER, lane, event);
	if (here)
		read_row(reader, row)->kind = DIAGRAM_EXCHANGE;
	else if (sent != NONE)
		read_row(reader, sent)->answered = true;
	read_take_answer(reader, row, event);
	if (!here && sent != NONE && lesson)
		read_begin_wait(reader, lane, sent);
	if (!here)
		read_end_wait(reader, lane, row);
	if (here && event->skipped && !event->unanswered)
		read_join_skipped(reader, row);
	read_lesson_ends(reader, row, event);
}

/* ---- what happens to a transaction ---- */

static void read_txn(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	read_add(reader, DIAGRAM_TXN, lane, event);
	reader->lanes[lane].durable = reader->lanes[lane].settled = false;
	reader->ntxns++;
}

/* What the transaction that is chosen is for, wherever its beginning is; else the first one that is drawn. */
static void read_purpose(struct diagram_reader *reader, const struct event *event)
{
	uint32_t chosen = reader->selection.export->range.txn;
	bool wanted = chosen ? event->txn == chosen
			     : !reader->first && export_in_range(reader->selection.export, event->number);
	if (event->kind == EVENT_TXN && wanted)
		diagram_set(&reader->first, event->message, 80);
}

/* The first attempt begins with its transaction. */
static void read_attempt(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	size_t n = reader->diagram->nrows;
	struct diagram_row *last = n ? read_row(reader, n - 1) : NULL;
	if (last && last->kind == DIAGRAM_TXN && last->txn == event->txn && last->lane == lane) {
		struct buf attempt = {0};
		buf_fmt(&attempt, "attempt %u of %u", event->attempt, event->limit);
		diagram_set(&last->answer, attempt.p, DIAGRAM_ANSWER_MAX);
		last->attempt = event->attempt;
		buf_free(&attempt);
	} else {
		n = read_add(reader, DIAGRAM_ATTEMPT, lane, event) + 1;
	}
	read_begin_band(reader, lane, n - 1, event->attempt);
}

static void read_backoff(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	char wait[16];
	struct buf what = {0};
	read_end_band(reader, lane, DIAGRAM_BAD);
	size_t row = read_add(reader, DIAGRAM_BACKOFF, lane, event);
	text_duration(wait, event->wait_us);
	buf_fmt(&what, "waits %s before attempt %u of %u", wait, event->attempt, event->limit);
	diagram_set(&read_row(reader, row)->what, what.p, DIAGRAM_TEXT_MAX);
	diagram_set(&read_row(reader, row)->answer, "", 1);
	read_row(reader, row)->tone = DIAGRAM_WAITING;
	read_begin_wait(reader, lane, row);
	read_end_wait(reader, lane, row);
	buf_free(&what);
}

/* The first statement of the lane that has no answer yet: it is what waits. */
static size_t read_waiting(const struct diagram_reader *reader, size_t lane)
{
	for (size_t i = 0; i < reader->diagram->nrows; i++) {
		const struct diagram_row *row = &reader->diagram->rows[i];
		if (row->kind == DIAGRAM_SENT && row->lane == lane && !row->answered)
			return i;
	}
	return NONE;
}

/* That it waits no more, its answer has said, where it came. */
static void read_blocked(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	if (event->rows <= 0 && reader->lanes[lane].wait == NONE)
		return;
	size_t row = read_add(reader, DIAGRAM_WAIT, lane, event), from = read_waiting(reader, lane);
	read_row(reader, row)->tone = DIAGRAM_WAITING;
	if (event->rows > 0)
		read_begin_wait(reader, lane, from == NONE ? row : from);
	else
		read_end_wait(reader, lane, row);
}

/* Whether the money is known to be moved for good, where no statement said so. */
static void read_mark_outcome(const struct diagram_reader *reader, struct diagram_row *row, const struct event *event)
{
	const struct diagram_lane_state *state = &reader->lanes[row->lane];
	if (event->outcome == OUTCOME_UNKNOWN)
		diagram_set(&row->mark, "committed or not: UNKNOWN", 40);
	else if (event->outcome == OUTCOME_COMMITTED && !state->durable && state->settled)
		diagram_set(&row->mark, "settled: it is durable", 40);
}

static void read_outcome(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	bool good = event->outcome == OUTCOME_COMMITTED;
	size_t row = read_add(reader, DIAGRAM_OUTCOME, lane, event);
	read_row(reader, row)->tone = good                                ? DIAGRAM_GOOD
				      : event->outcome == OUTCOME_UNKNOWN ? DIAGRAM_WAITING
									  : DIAGRAM_BAD;
	read_mark_outcome(reader, read_row(reader, row), event);
	read_end_wait(reader, lane, row);
	read_end_band(reader, lane, read_row(reader, row)->tone);
}

static void read_fact(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	size_t row = read_add(reader, DIAGRAM_FACT, lane, event);
	read_row(reader, row)->tone = event->kind == EVENT_LOST ? DIAGRAM_BAD : DIAGRAM_WAITING;
	if (event->kind == EVENT_CONNECTED || event->kind == EVENT_NOTICE)
		read_row(reader, row)->tone = DIAGRAM_FAINT;
	reader->lanes[lane].settled |= event->kind == EVENT_SETTLE;
}

/* The rows as a lesson shows them: drawn where they are others than before. */
static void read_rows(struct diagram_reader *reader, const struct event *event)
{
	char *values = NULL;
	diagram_set(&values, event->values, DIAGRAM_ANSWER_MAX);
	if (reader->last_rows && strcmp(reader->last_rows, values) == 0) {
		free(values);
		return;
	}
	size_t row = read_add(reader, DIAGRAM_ROWS, 0, event);
	diagram_set(&read_row(reader, row)->answer, values, DIAGRAM_ANSWER_MAX);
	free(reader->last_rows);
	reader->last_rows = values;
}

/* ---- events ---- */

static void read_on_lane(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	switch (event->kind) {
	case EVENT_SENT:
		read_sent(reader, lane, event);
		return;
	case EVENT_RESULT:
		read_result(reader, lane, event);
		return;
	case EVENT_TXN:
		read_txn(reader, lane, event);
		return;
	case EVENT_ATTEMPT:
		read_attempt(reader, lane, event);
		return;
	case EVENT_BACKOFF:
		read_backoff(reader, lane, event);
		return;
	case EVENT_BLOCKED:
		read_blocked(reader, lane, event);
		return;
	case EVENT_OUTCOME:
		read_outcome(reader, lane, event);
		return;
	case EVENT_CONNECTED:
	case EVENT_LOST:
	case EVENT_NOTICE:
	case EVENT_SETTLE:
	case EVENT_LEVER:
		read_fact(reader, lane, event);
		return;
	}
}

static void read_event(struct diagram_reader *reader, const struct event *event)
{
	if (!reader->begun)
		reader->begin_us = event->wall_us;
	reader->begun = true;
	if (reader->diagram->nrows >= DIAGRAM_ROWS_MAX) {
		reader->more_from = reader->more++ ? reader->more_from : event->number;
		return;
	}
	if (event->session == SESSION_LAB && event->kind == EVENT_RESULT && !reader->selection.plain) {
		read_rows(reader, event);
		return;
	}
	size_t lane = event->session == SESSION_NONE ? 0 : diagram_lane(reader->diagram, event);
	if (lane == SIZE_MAX)
		reader->crowded++;
	else
		read_on_lane(reader, lane, event);
}

/* ---- the whole ---- */

/* What was still going on at the end of the trace. */
static void read_finish(struct diagram_reader *reader, const struct trace_file *file)
{
	for (size_t lane = 0; lane < reader->diagram->nlanes; lane++) {
		read_end_band(reader, lane, DIAGRAM_PLAIN);
		read_end_wait(reader, lane, reader->diagram->nrows - 1);
	}
	diagram_say(reader, file);
	diagram_put_in_order(reader->diagram);
}

enum status diagram_read(struct diagram *diagram, struct export *export, struct err *err)
{
	struct diagram_reader reader = {.diagram = diagram};
	struct event event;
	uint64_t gone;
	*diagram = (struct diagram){.nlanes = 1};
	for (size_t i = 0; i < DIAGRAM_LANES_MAX; i++)
		reader.lanes[i].band = reader.lanes[i].wait = NONE;
	diagram_set(&diagram->lanes[0].name, "rows on the server", DIAGRAM_NAME_MAX);
	diagram_select_begin(&reader.selection, export);
	while (trace_next(export->file, &event, &gone)) {
		reader.gone += gone;
		read_purpose(&reader, &event);
		if (diagram_selects(&reader.selection, &event))
			read_event(&reader, &event);
	}
	if (diagram->nrows == 0)
		err_set(err, ST_OWN, "the events that are chosen have no statement that could be drawn");
	else
		read_finish(&reader, export->file);
	free(reader.first);
	free(reader.last_rows);
	return diagram->nrows ? ST_OK : ST_OWN;
}
