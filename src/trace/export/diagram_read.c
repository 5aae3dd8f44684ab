/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a sequence diagram of a trace, event by event: transactions, attempts, waits, and what happens to sessions. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "diagram_internal.h"
#include "event/show.h"

#define NONE DIAGRAM_NONE

/* ---- what happens to a transaction ---- */

static void read_txn(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	diagram_put(reader, DIAGRAM_TXN, lane, event);
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
	struct diagram_row *last = n ? diagram_row_at(reader, n - 1) : NULL;
	if (last && last->kind == DIAGRAM_TXN && last->txn == event->txn && last->lane == lane) {
		struct buf attempt = {0};
		buf_fmt(&attempt, "attempt %u of %u", event->attempt, event->limit);
		diagram_set(&last->answer, attempt.p, DIAGRAM_ANSWER_MAX);
		last->attempt = event->attempt;
		buf_free(&attempt);
	} else {
		n = diagram_put(reader, DIAGRAM_ATTEMPT, lane, event) + 1;
	}
	diagram_begin_band(reader, lane, n - 1, event->attempt);
}

static void read_backoff(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	char wait[16];
	struct buf what = {0};
	diagram_end_band(reader, lane, DIAGRAM_BAD);
	size_t row = diagram_put(reader, DIAGRAM_BACKOFF, lane, event);
	text_duration(wait, event->wait_us);
	buf_fmt(&what, "waits %s before attempt %u of %u", wait, event->attempt, event->limit);
	diagram_set(&diagram_row_at(reader, row)->what, what.p, DIAGRAM_TEXT_MAX);
	diagram_set(&diagram_row_at(reader, row)->answer, "", 1);
	diagram_row_at(reader, row)->tone = DIAGRAM_WAITING;
	diagram_begin_wait(reader, lane, row);
	diagram_end_wait(reader, lane, row);
	buf_free(&what);
}

/* That it waits no more, its answer has said, where it came. */
static void read_blocked(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	if (event->rows <= 0 && reader->lanes[lane].wait == NONE)
		return;
	size_t row = diagram_put(reader, DIAGRAM_WAIT, lane, event), from = diagram_waiting(reader, lane);
	diagram_row_at(reader, row)->tone = DIAGRAM_WAITING;
	if (event->rows > 0)
		diagram_begin_wait(reader, lane, from == NONE ? row : from);
	else
		diagram_end_wait(reader, lane, row);
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
	size_t row = diagram_put(reader, DIAGRAM_OUTCOME, lane, event);
	diagram_row_at(reader, row)->tone = good                                ? DIAGRAM_GOOD
					    : event->outcome == OUTCOME_UNKNOWN ? DIAGRAM_WAITING
										: DIAGRAM_BAD;
	read_mark_outcome(reader, diagram_row_at(reader, row), event);
	diagram_end_wait(reader, lane, row);
	diagram_end_band(reader, lane, diagram_row_at(reader, row)->tone);
}

static void read_fact(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	size_t row = diagram_put(reader, DIAGRAM_FACT, lane, event);
	diagram_row_at(reader, row)->tone = event->kind == EVENT_LOST ? DIAGRAM_BAD : DIAGRAM_WAITING;
	if (event->kind == EVENT_CONNECTED || event->kind == EVENT_NOTICE)
		diagram_row_at(reader, row)->tone = DIAGRAM_FAINT;
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
	size_t row = diagram_put(reader, DIAGRAM_ROWS, 0, event);
	diagram_set(&diagram_row_at(reader, row)->answer, values, DIAGRAM_ANSWER_MAX);
	free(reader->last_rows);
	reader->last_rows = values;
}

/* ---- events ---- */

static void read_on_lane(struct diagram_reader *reader, size_t lane, const struct event *event)
{
	switch (event->kind) {
	case EVENT_SENT:
		diagram_sent(reader, lane, event);
		return;
	case EVENT_RESULT:
		diagram_result(reader, lane, event);
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

/* Which one a step belongs to. */
static void read_lesson_of(struct diagram_reader *reader, const char *lesson, const struct event *event)
{
	if (event->session < SESSION_LANE || event->kind != EVENT_SENT || !lesson)
		return;
	if (!reader->lesson)
		reader->lesson = mem_dup(lesson);
	else if (strcmp(reader->lesson, lesson) != 0)
		reader->lessons = true;
}

/* ---- the whole ---- */

/* What was still going on at the end of the trace. */
static void read_finish(struct diagram_reader *reader, const struct trace_file *file)
{
	for (size_t lane = 0; lane < reader->diagram->nlanes; lane++) {
		diagram_end_band(reader, lane, DIAGRAM_PLAIN);
		diagram_end_wait(reader, lane, reader->diagram->nrows - 1);
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
		diagram_probe(&reader, &event);
		if (!diagram_selects(&reader.selection, &event))
			continue;
		read_lesson_of(&reader, trace_lesson(export->file), &event);
		read_event(&reader, &event);
	}
	if (diagram->nrows == 0)
		err_set(err, ST_OWN, "the events that are chosen have no statement that could be drawn");
	else
		read_finish(&reader, export->file);
	free(reader.first);
	free(reader.lesson);
	free(reader.last_rows);
	diagram_probe_free(&reader.probe);
	return diagram->nrows ? ST_OK : ST_OWN;
}
