/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a sequence diagram as they come, and what spans several of them: attempts and waits. */
#include <string.h>

#include "diagram_internal.h"
#include "event/show.h"

#define NONE DIAGRAM_NONE

struct diagram_row *diagram_row_at(struct diagram_reader *reader, size_t i)
{
	return &reader->diagram->rows[i];
}

static void span_texts(struct diagram_row *row, const struct event *event)
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
static void span_cut_semicolon(char *sql)
{
	size_t n = strlen(sql);
	while (n > 1 && (sql[n - 1] == ';' || sql[n - 1] == ' '))
		sql[--n] = '\0';
}

size_t diagram_put(struct diagram_reader *reader, enum diagram_kind kind, size_t lane, const struct event *event)
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
	span_texts(&row, event);
	if (kind <= DIAGRAM_ANSWER)
		span_cut_semicolon(row.what);
	diagram_add(reader->diagram, &row);
	return reader->diagram->nrows - 1;
}

/* ---- bands and waits ---- */

void diagram_end_band(struct diagram_reader *reader, size_t lane, enum diagram_tone tone)
{
	struct diagram_lane_state *state = &reader->lanes[lane];
	if (state->band == NONE)
		return;
	struct diagram_span *band = &reader->diagram->bands[state->band];
	band->to = reader->diagram->nrows - 1;
	band->tone = band->tone ? band->tone : tone;
	state->band = NONE;
}

void diagram_begin_band(struct diagram_reader *reader, size_t lane, size_t row, unsigned attempt)
{
	struct diagram *diagram = reader->diagram;
	diagram_end_band(reader, lane, DIAGRAM_PLAIN);
	diagram_add_span(&diagram->bands, &diagram->nbands,
			 &(struct diagram_span){.lane = lane, .from = row, .to = row, .attempt = attempt});
	reader->lanes[lane].band = diagram->nbands - 1;
}

void diagram_end_wait(struct diagram_reader *reader, size_t lane, size_t row)
{
	struct diagram_lane_state *state = &reader->lanes[lane];
	if (state->wait == NONE)
		return;
	reader->diagram->waits[state->wait].to = row;
	state->wait = NONE;
}

void diagram_begin_wait(struct diagram_reader *reader, size_t lane, size_t row)
{
	struct diagram *diagram = reader->diagram;
	if (reader->lanes[lane].wait != NONE)
		return;
	diagram_add_span(&diagram->waits, &diagram->nwaits,
			 &(struct diagram_span){.lane = lane, .from = row, .to = row, .tone = DIAGRAM_WAITING});
	reader->lanes[lane].wait = diagram->nwaits - 1;
}

/* The first statement of the lane that has no answer yet: it is what waits. */
size_t diagram_waiting(const struct diagram_reader *reader, size_t lane)
{
	for (size_t i = 0; i < reader->diagram->nrows; i++) {
		const struct diagram_row *row = &reader->diagram->rows[i];
		if (row->kind == DIAGRAM_SENT && row->lane == lane && !row->answered)
			return i;
	}
	return NONE;
}
