/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step of a lesson as text: its statement, its outcome and the sign for it; pure. */
#include "ui/lab_step.h"

#include <string.h>

#include "base/text.h"
#include "db/sqlstate.h"
#include "event/show.h"
#include "lab/observed.h"
#include "ui/draw.h"

/* ---- the statement ---- */

void lab_step_sql_short(struct buf *out, const char *sql, int columns)
{
	struct buf whole = {0};
	show_sql(&whole, sql);
	const char *text = buf_text(&whole), *end = text + whole.len;
	int word = (int)strcspn(text, " ");
	int room = columns - word - 2;
	if ((int)text_width(text, whole.len) <= columns || room < 8) {
		buf_str(out, text);
	} else {
		const char *tail = text + word;
		while (tail < end && (int)text_width(tail, (size_t)(end - tail)) > room) {
			uint32_t cp;
			tail += text_decode(tail, (size_t)(end - tail), &cp);
		}
		buf_fmt(out, "%.*s ~%s", word, text, tail);
	}
	buf_free(&whole);
}

/* ---- its outcome ---- */

static const struct stage_word *word_of(const struct stage_record *record, enum stage_word_kind kind)
{
	const struct stage_word *found = NULL;
	for (size_t i = 0; i < record->nwords; i++)
		if (record->words[i].kind == kind)
			found = &record->words[i];
	return found;
}

static const char *tag_of(const struct stage_record *record)
{
	const char *tag = "";
	for (size_t i = 0; i < record->nwords; i++)
		if (record->words[i].kind == WORD_TAG || record->words[i].kind == WORD_ROWS)
			tag = record->words[i].tag;
	return tag;
}

static const char *code_of(const struct stage_word *error)
{
	return error->sqlstate[0] ? error->sqlstate : "lost";
}

void lab_step_blockers(struct buf *out, const struct spec *spec, const struct stage_record *record)
{
	bool other = false;
	size_t named = 0;
	for (size_t i = 0; i < record->nblockers; i++) {
		if (record->blockers[i] < 0) {
			other = true;
			continue;
		}
		buf_str(out, named++ ? " and " : "");
		draw_harmless(out, spec->sessions[record->blockers[i]].name);
	}
	if (other)
		buf_fmt(out, "%sanother session", named ? " and " : "");
}

static void lab_step_add_waits(struct buf *out, const struct spec *spec, const struct stage_record *record)
{
	struct buf whom = {0};
	lab_step_blockers(&whom, spec, record);
	buf_fmt(out, whom.len ? "waits for %s" : "waits", buf_text(&whom));
	buf_free(&whom);
}

static void lab_step_add_rows(struct buf *out, const struct stage_word *word)
{
	struct buf value = {0};
	observed_value(&value, word->rows);
	buf_str(out, "-> ");
	if (word->rows && word->rows->nrows == 0)
		buf_str(out, "no rows");
	else
		text_escape(out, buf_text(&value), value.len, 40);
	buf_free(&value);
}

void lab_step_outcome(struct buf *out, const struct spec *spec, const struct stage_record *record)
{
	if (!record)
		return;
	if (!record->done) {
		if (record->waited)
			lab_step_add_waits(out, spec, record);
		else
			buf_str(out, "...");
		return;
	}
	const struct stage_word *error = word_of(record, WORD_ERROR), *rows = word_of(record, WORD_ROWS);
	if (error)
		buf_fmt(out, "x %s", code_of(error));
	else if (rows)
		lab_step_add_rows(out, rows);
	else
		draw_harmless(out, tag_of(record));
}

char lab_step_sign(const struct stage_record *record)
{
	if (!record)
		return ' ';
	if (!record->done)
		return record->waited ? '~' : '.';
	if (word_of(record, WORD_ERROR))
		return 'x';
	if (strcmp(tag_of(record), "COMMIT") == 0)
		return '*';
	if (strcmp(tag_of(record), "ROLLBACK") == 0)
		return '<';
	return record->waited ? '~' : ' ';
}

enum style lab_step_style(const struct stage_record *record)
{
	switch (lab_step_sign(record)) {
	case 'x':
		return STYLE_BAD;
	case '~':
		return record->done ? STYLE_TEXT : STYLE_WAIT;
	case '*':
		return STYLE_GOOD;
	case '<':
		return STYLE_WAIT;
	default:
		return record ? STYLE_TEXT : STYLE_FAINT;
	}
}

/* ---- in full ---- */

static void lab_step_add_line(struct buf *out, const char *name, const char *text)
{
	if (!text || !text[0])
		return;
	buf_fmt(out, "%-10s", name);
	for (const char *line = text; *line;) {
		size_t n = strcspn(line, "\n");
		text_escape(out, line, n, 0);
		buf_char(out, '\n');
		line += n + (line[n] == '\n');
		if (*line)
			buf_fmt(out, "%-10s", "");
	}
}

static void lab_step_add_table(struct buf *out, const struct rows *rows)
{
	for (size_t row = 0; rows && row <= rows->nrows; row++) {
		struct buf line = {0};
		for (size_t col = 0; col < rows->ncols; col++) {
			const char *cell = row ? rows_cell(rows, row - 1, col) : rows->names[col];
			buf_fmt(&line, "%s%s", col ? " | " : "", cell ? cell : "NULL");
		}
		lab_step_add_line(out, row ? "" : "rows", line.len ? line.p : " ");
		buf_free(&line);
	}
}

static void lab_step_add_word(struct buf *out, const struct stage_word *word)
{
	switch (word->kind) {
	case WORD_ROWS:
		lab_step_add_table(out, word->rows);
		lab_step_add_line(out, "tag", word->tag);
		break;
	case WORD_TAG:
		lab_step_add_line(out, "tag", word->tag);
		break;
	case WORD_ERROR:
		lab_step_add_line(out, "SQLSTATE", word->sqlstate);
		lab_step_add_line(out, "error", word->message);
		lab_step_add_line(out, "detail", word->detail);
		break;
	case WORD_NOTICE:
		lab_step_add_line(out, "notice", word->message);
		lab_step_add_line(out, "detail", word->detail);
		break;
	case WORD_NOTIFY:
		lab_step_add_line(out, "notify", word->channel);
		lab_step_add_line(out, "payload", word->payload);
		break;
	}
}

void lab_step_detail(struct buf *out, const struct spec *spec, const struct stage_record *record)
{
	char time[16];
	struct buf whom = {0};
	lab_step_add_line(out, "session", spec->sessions[record->lane].name);
	lab_step_add_line(out, "step", spec->steps[record->step].name);
	lab_step_add_line(out, "SQL", spec->steps[record->step].sql);
	for (size_t i = 0; i < record->nwords; i++)
		lab_step_add_word(out, &record->words[i]);
	lab_step_blockers(&whom, spec, record);
	if (record->waited)
		lab_step_add_line(out, record->done ? "waited for" : "waits for",
				  whom.len ? whom.p : "another session");
	buf_free(&whom);
	if (!record->done)
		return;
	text_duration(time, record->duration_us);
	lab_step_add_line(out, "took", time);
}

/* ---- a session ---- */

static enum style say_last(struct buf *out, const struct stage_lane *lane, const struct stage_record *last)
{
	const struct stage_word *error = last ? word_of(last, WORD_ERROR) : NULL;
	const char *tag = last ? tag_of(last) : "";
	if (error && lane->in_transaction) {
		bool retry = sqlstate_conflict(error->sqlstate) != CONFLICT_NONE;
		buf_fmt(out, "%s %s", retry ? "RETRY WANTED" : "ABORTED", code_of(error));
		return STYLE_BAD;
	}
	if (lane->in_transaction) {
		buf_str(out, "in a transaction");
		return STYLE_WAIT;
	}
	if (error)
		buf_fmt(out, "failed %s", code_of(error));
	else if (strcmp(tag, "COMMIT") == 0)
		buf_str(out, "COMMITTED");
	else if (strcmp(tag, "ROLLBACK") == 0)
		buf_str(out, "ROLLED BACK");
	else
		buf_str(out, "no transaction");
	return error ? STYLE_BAD : strcmp(tag, "COMMIT") == 0 ? STYLE_GOOD : STYLE_FAINT;
}

static enum style say_engine(struct buf *out, const struct stage_lane *lane)
{
	if (lane->outcome == OUTCOME_NONE)
		buf_fmt(out, "attempt %u", lane->attempt);
	else
		buf_fmt(out, "%s on attempt %u", show_outcome(lane->outcome), lane->attempt);
	return lane->outcome == OUTCOME_COMMITTED ? STYLE_GOOD : lane->outcome == OUTCOME_NONE ? STYLE_WAIT : STYLE_BAD;
}

enum style lab_step_lane(struct buf *out, const struct spec *spec, const struct stage_lane *lane,
			 const struct stage_record *last)
{
	switch (lane->state) {
	case LANE_OFF:
		buf_str(out, "not connected");
		return STYLE_FAINT;
	case LANE_LOST:
		buf_str(out, "CONNECTION LOST");
		return STYLE_BAD;
	case LANE_WAITING:
		buf_str(out, "WAITS");
		if (lane->record->nblockers) {
			buf_str(out, " for ");
			lab_step_blockers(out, spec, lane->record);
		}
		return STYLE_WAIT;
	case LANE_RUNNING:
	case LANE_HELD:
		buf_str(out, "running");
		return STYLE_WAIT;
	case LANE_IDLE:
		break;
	}
	if (lane->attempt)
		return say_engine(out, lane);
	return say_last(out, lane, last);
}
