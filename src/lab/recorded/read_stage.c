/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes what was written of a stage: what does not fit the lesson is left out. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "recorded_internal.h"

enum { READ_RECORDS = 10000, READ_WORDS = 10000, READ_ROWS = 1000, READ_COLUMNS = 1000 };

static const char *read_stage_text(const struct json_object *object, const char *key)
{
	const char *text = json_object_text(object, key);
	return text ? text : "";
}

/* ---- what was said ---- */

static struct rows *read_stage_rows(const struct json_object *word)
{
	size_t ncols = json_object_length(word, "names"), nrows = recorded_number(word, "rows", READ_ROWS);
	ncols = ncols < READ_COLUMNS ? ncols : READ_COLUMNS;
	size_t there = ncols ? json_object_length(word, "cells") / ncols : nrows;
	nrows = nrows < there ? nrows : there;
	size_t cells = nrows * ncols;
	struct rows rows = {.nrows = nrows, .ncols = ncols};
	rows.names = mem_array(ncols + 1, sizeof *rows.names);
	rows.types = mem_array(ncols + 1, sizeof *rows.types);
	rows.cells = mem_array(cells + 1, sizeof *rows.cells);
	rows.lengths = mem_array(cells + 1, sizeof *rows.lengths);
	for (size_t c = 0; c < ncols; c++) {
		const char *name = json_object_item(word, "names", c);
		rows.names[c] = name ? name : "";
	}
	for (size_t i = 0; i < cells; i++) {
		rows.cells[i] = json_object_item(word, "cells", i);
		rows.lengths[i] = rows.cells[i] ? (uint32_t)strlen(rows.cells[i]) : 0;
	}
	struct rows *copy = rows_copy(&rows);
	free(rows.names);
	free(rows.types);
	free(rows.cells);
	free(rows.lengths);
	return copy;
}

static void read_stage_word(struct words *words, const struct json_object *object, size_t nsessions)
{
	int64_t sender = json_object_number(object, "sender", -1);
	struct stage_word word = {
		.kind = (enum stage_word_kind)recorded_value(&recorded_word_kinds, json_object_text(object, "kind")),
		.early = json_object_true(object, "early"),
		.tag = read_stage_text(object, "tag"),
		.severity = read_stage_text(object, "severity"),
		.message = read_stage_text(object, "message"),
		.detail = read_stage_text(object, "detail"),
		.text = read_stage_text(object, "text"),
		.channel = read_stage_text(object, "channel"),
		.payload = read_stage_text(object, "payload"),
		.affected = json_object_number(object, "affected", 0),
		.pid = (int)recorded_number(object, "pid", INT_MAX),
		.sender = sender >= 0 && (uint64_t)sender < nsessions ? (long)sender : -1,
	};
	const char *sqlstate = read_stage_text(object, "sqlstate");
	if (strlen(sqlstate) == 5)
		memcpy(word.sqlstate, sqlstate, 6);
	if (word.kind == WORD_ROWS)
		word.rows = read_stage_rows(object);
	words_add(words, &word);
}

/* ---- a step that was sent ---- */

static void read_stage_blockers(struct stage_record *record, const struct json_object *object, size_t nsessions)
{
	size_t n = json_object_length(object, "blockers");
	for (size_t i = 0; i < n && record->nblockers < STAGE_BLOCKERS_MAX; i++) {
		int64_t lane = json_object_item_number(object, "blockers", i, LANE_OTHER);
		bool ours = lane >= 0 && (uint64_t)lane < nsessions;
		record->blockers[record->nblockers++] = ours ? (long)lane : LANE_OTHER;
	}
}

/* Of a step that the lesson does not have, nothing is taken. */
static struct record *read_stage_record(struct stage *stage, const struct json_object *object)
{
	const struct spec *spec = stage->spec;
	size_t step = recorded_size(object, "step"), nwords = json_object_length(object, "words");
	struct record *record = NEW(struct record);
	step = step < spec->nsteps ? step : 0;
	record->lane = &stage->lanes[spec->steps[step].session];
	record->sql = mem_dup(read_stage_text(object, "sql"));
	record->pub = (struct stage_record){
		.number = stage->nrecords,
		.step = step,
		.lane = spec->steps[step].session,
		.sql = record->sql,
		.done = json_object_true(object, "done"),
		.done_number = recorded_size(object, "done_number"),
		.waited = json_object_true(object, "waited"),
		.cancelled = json_object_true(object, "cancelled"),
		.lost = json_object_true(object, "lost"),
		.cut = json_object_true(object, "cut"),
		.unknown = json_object_true(object, "unknown"),
		.sent_us = recorded_number(object, "sent_us", INT64_MAX),
		.duration_us = recorded_number(object, "duration_us", INT64_MAX),
	};
	read_stage_blockers(&record->pub, object, spec->nsessions);
	for (size_t i = 0; i < nwords && i < READ_WORDS; i++)
		read_stage_word(&record->words, json_object_item_object(object, "words", i), spec->nsessions);
	record->pub.words = record->words.at;
	record->pub.nwords = record->words.n;
	return record;
}

static void read_stage_lane(struct stage *stage, struct stage_lane *lane, const struct json_object *object)
{
	int64_t record = json_object_number(object, "record", -1);
	bool there = record >= 0 && (uint64_t)record < stage->nrecords;
	lane->state = (enum lane_state)recorded_value(&recorded_lane_states, json_object_text(object, "state"));
	lane->record = there ? &stage->records[record]->pub : NULL;
	if (!there && (lane->state == LANE_RUNNING || lane->state == LANE_WAITING || lane->state == LANE_HELD))
		lane->state = LANE_IDLE;
	lane->in_transaction = json_object_true(object, "in_transaction");
	lane->attempt = (unsigned)recorded_number(object, "attempt", UINT_MAX);
	lane->outcome = (enum outcome)recorded_value(&recorded_outcomes, json_object_text(object, "outcome"));
	if (lane->state == LANE_LOST)
		lane->lost = mem_dup(read_stage_text(object, "lost"));
}

void recorded_read_stage(struct player *player, const struct json_object *object)
{
	struct stage *stage = player->stage;
	size_t n = json_object_length(object, "records"), nsessions = stage->spec->nsessions;
	n = n < READ_RECORDS ? n : READ_RECORDS;
	stage->permutation = player->permutation;
	stage->records = mem_array(n + 1, sizeof *stage->records);
	for (size_t i = 0; i < n; i++) {
		stage->records[stage->nrecords] =
			read_stage_record(stage, json_object_item_object(object, "records", i));
		stage->nrecords++;
	}
	player->shown = mem_array(nsessions, sizeof *player->shown);
	for (size_t i = 0; i < nsessions; i++) {
		player->shown[i].name = stage->lanes[i].name;
		read_stage_lane(stage, &player->shown[i], json_object_item_object(object, "lanes", i));
		stage->lanes[i].shown = &player->shown[i];
	}
}
