/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes what there is to see of a stage: its lanes, the steps that were sent, and what was said to them. */
#include <string.h>

#include "recorded_internal.h"
#include "trace/members.h"

enum { WRITE_ROWS = 200 }; /* of an answer */

static void write_word(struct buf *out, const struct recorded_words *words, const char *key, size_t value)
{
	members_text(out, key, recorded_word(words, value), RECORDED_TEXT);
}

static void write_text(struct buf *out, const char *key, const char *text)
{
	members_text(out, key, text && text[0] ? text : NULL, RECORDED_TEXT);
}

/* ---- what was said ---- */

static void write_rows(struct buf *out, const struct rows *rows)
{
	size_t n = rows->nrows < WRITE_ROWS ? rows->nrows : WRITE_ROWS;
	members_list(out, "names");
	for (size_t c = 0; c < rows->ncols; c++)
		members_item(out, rows->names[c]);
	members_list_end(out);
	members_list(out, "cells");
	for (size_t i = 0; i < n * rows->ncols; i++)
		members_item(out, rows->cells[i]);
	members_list_end(out);
	members_number(out, "rows", n);
}

static void write_said(struct buf *out, const struct stage_word *word)
{
	members_object(out);
	write_word(out, &recorded_word_kinds, "kind", word->kind);
	members_true(out, "early", word->early);
	write_text(out, "sqlstate", word->sqlstate);
	write_text(out, "tag", word->tag);
	write_text(out, "severity", word->severity);
	write_text(out, "message", word->message);
	write_text(out, "detail", word->detail);
	write_text(out, "text", word->text);
	write_text(out, "channel", word->channel);
	write_text(out, "payload", word->payload);
	members_signed(out, "affected", word->affected);
	members_signed(out, "pid", word->pid);
	members_signed(out, "sender", word->sender);
	if (word->rows)
		write_rows(out, word->rows);
	members_object_end(out);
}

/* ---- a step that was sent ---- */

static void write_record(struct buf *out, const struct stage_record *record)
{
	members_object(out);
	members_number(out, "step", record->step);
	members_number(out, "lane", record->lane);
	write_text(out, "sql", record->sql);
	members_true(out, "done", record->done);
	members_number(out, "done_number", record->done_number);
	members_true(out, "waited", record->waited);
	members_true(out, "cancelled", record->cancelled);
	members_true(out, "lost", record->lost);
	members_true(out, "cut", record->cut);
	members_true(out, "unknown", record->unknown);
	members_number(out, "sent_us", record->sent_us);
	members_number(out, "duration_us", record->duration_us);
	members_list(out, "blockers");
	for (size_t i = 0; i < record->nblockers; i++)
		members_item_number(out, record->blockers[i]);
	members_list_end(out);
	members_list(out, "words");
	for (size_t i = 0; i < record->nwords; i++)
		write_said(out, &record->words[i]);
	members_list_end(out);
	members_object_end(out);
}

static void write_lane(struct buf *out, const struct stage_lane *lane)
{
	members_object(out);
	write_word(out, &recorded_lane_states, "state", lane->state);
	members_signed(out, "record", lane->record ? (int64_t)lane->record->number : -1);
	members_true(out, "in_transaction", lane->in_transaction);
	write_text(out, "lost", lane->lost);
	members_number(out, "attempt", lane->attempt);
	write_word(out, &recorded_outcomes, "outcome", lane->outcome);
	members_object_end(out);
}

void recorded_write_stage(struct buf *out, const struct stage *stage)
{
	members_list(out, "lanes");
	for (size_t i = 0; i < stage_lanes(stage); i++) {
		struct stage_lane lane;
		stage_lane(stage, i, &lane);
		write_lane(out, &lane);
	}
	members_list_end(out);
	members_list(out, "records");
	for (size_t i = 0; i < stage_nrecords(stage); i++)
		write_record(out, stage_record(stage, i));
	members_list_end(out);
}
