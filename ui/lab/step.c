/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step of a lesson as text: its statement, its outcome and the sign for it; pure. */
#include "ui/lab/step.h"

#include <string.h>

#include "base/text.h"
#include "db/sqlstate.h"
#include "event/shorten.h"
#include "event/show.h"
#include "lab/story.h"
#include "ui/draw.h"

enum { VALUE_COLUMNS = 40 };

/* ---- the statement ---- */

void lab_step_sql_short(struct buf *out, const char *sql, int columns)
{
	struct buf whole = {0};
	show_sql(&whole, sql);
	shorten_sql(out, buf_text(&whole), columns);
	buf_free(&whole);
}

/* ---- its outcome ---- */

static const char *lab_step_code(const struct story_outcome *outcome)
{
	return outcome->code[0] ? outcome->code : "lost";
}

void lab_step_outcome(struct buf *out, const struct spec *spec, const struct stage_record *record)
{
	struct story_outcome outcome = story_outcome(record);
	switch (outcome.end) {
	case STORY_TO_COME:
		break;
	case STORY_RUNS:
		buf_str(out, "...");
		break;
	case STORY_WAITS:
		story_outcome_words(out, spec, &outcome);
		break;
	case STORY_FAILED:
		buf_fmt(out, "x %s", lab_step_code(&outcome));
		break;
	case STORY_CUT:
		buf_str(out, outcome.record->unknown ? "? UNKNOWN" : "x lost");
		break;
	case STORY_READS:
		buf_str(out, "-> ");
		story_value(out, outcome.rows, VALUE_COLUMNS);
		break;
	case STORY_DONE:
		draw_harmless(out, outcome.tag);
		break;
	}
}

char lab_step_sign(const struct stage_record *record)
{
	struct story_outcome outcome = story_outcome(record);
	switch (outcome.end) {
	case STORY_TO_COME:
		return ' ';
	case STORY_RUNS:
		return '.';
	case STORY_WAITS:
		return '~';
	case STORY_FAILED:
		return 'x';
	case STORY_CUT:
		return record->unknown ? '?' : 'x';
	case STORY_READS:
	case STORY_DONE:
		break;
	}
	if (strcmp(outcome.tag, "COMMIT") == 0)
		return '*';
	if (strcmp(outcome.tag, "ROLLBACK") == 0)
		return '<';
	return record->waited ? '~' : ' ';
}

enum style lab_step_style(const struct stage_record *record)
{
	switch (lab_step_sign(record)) {
	case 'x':
	case '?':
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
	lab_step_add_line(out, "SQL", record->sql);
	for (size_t i = 0; i < record->nwords; i++)
		lab_step_add_word(out, &record->words[i]);
	story_blockers(&whom, spec, record);
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

/* What the session's program knows, in few words: its name has to stand before them. */
static void lab_step_say_cut(struct buf *out, const struct stage_record *last)
{
	size_t n = strcspn(last->sql, " \t\r\n;");
	if (!last->unknown) {
		buf_str(out, "CONNECTION LOST, rolled back");
		return;
	}
	buf_str(out, "UNKNOWN: answer to ");
	text_escape(out, last->sql, n, 8);
	buf_str(out, " lost");
}

static enum style lab_step_say_last(struct buf *out, const struct stage_lane *lane, const struct stage_record *last)
{
	struct story_outcome outcome = story_outcome(last);
	bool failed = outcome.end == STORY_FAILED;
	if (outcome.end == STORY_CUT) {
		lab_step_say_cut(out, last);
		return STYLE_BAD;
	}
	if (failed && lane->in_transaction) {
		bool retry = sqlstate_conflict(outcome.code) != CONFLICT_NONE;
		buf_fmt(out, "%s %s", retry ? "RETRY WANTED" : "ABORTED", lab_step_code(&outcome));
		return STYLE_BAD;
	}
	if (lane->in_transaction) {
		buf_str(out, "in a transaction");
		return STYLE_WAIT;
	}
	if (failed)
		buf_fmt(out, "failed %s", lab_step_code(&outcome));
	else if (strcmp(outcome.tag, "COMMIT") == 0)
		buf_str(out, "COMMITTED");
	else if (strcmp(outcome.tag, "ROLLBACK") == 0)
		buf_str(out, "ROLLED BACK");
	else
		buf_str(out, "no transaction");
	return failed ? STYLE_BAD : strcmp(outcome.tag, "COMMIT") == 0 ? STYLE_GOOD : STYLE_FAINT;
}

static enum style lab_step_say_engine(struct buf *out, const struct stage_lane *lane)
{
	if (lane->outcome == OUTCOME_NONE)
		buf_fmt(out, "attempt %u", lane->attempt);
	else
		buf_fmt(out, "%s on attempt %u", show_outcome(lane->outcome), lane->attempt);
	return lane->outcome == OUTCOME_COMMITTED ? STYLE_GOOD : lane->outcome == OUTCOME_NONE ? STYLE_WAIT : STYLE_BAD;
}

/* When the order is over its sessions are closed; how each one ended is still the picture that one talks about. */
static enum style lab_step_say_off(struct buf *out, const struct stage_lane *lane, const struct lab_step_around *around)
{
	struct stage_lane closed = *lane;
	closed.in_transaction = false;
	if (lane->attempt && lane->outcome != OUTCOME_NONE)
		return lab_step_say_engine(out, lane);
	if (around->left_open) {
		buf_str(out, "left open: ROLLED BACK");
		return STYLE_WAIT;
	}
	if (around->last)
		return lab_step_say_last(out, &closed, around->last);
	buf_str(out, "not connected");
	return STYLE_FAINT;
}

static bool lab_step_waits_for(const struct stage *stage, size_t waiter, size_t session)
{
	struct stage_lane lane;
	stage_lane(stage, waiter, &lane);
	for (size_t i = 0; lane.state == LANE_WAITING && i < lane.record->nblockers; i++)
		if (lane.record->blockers[i] == (long)session)
			return true;
	return false;
}

void lab_step_waiters(struct buf *out, const struct spec *spec, const struct stage *stage, size_t session)
{
	size_t n = 0;
	for (size_t i = 0; i < spec->nsessions; i++) {
		if (!lab_step_waits_for(stage, i, session))
			continue;
		buf_str(out, n++ ? " and " : "");
		draw_harmless(out, spec->sessions[i].name);
	}
	if (n)
		buf_str(out, n == 1 ? " waits" : " wait");
}

/* A session that is not of the lesson has no name there. */
static void lab_step_say_waits(struct buf *out, const struct spec *spec, const struct stage_record *record,
			       const char *holder)
{
	bool other = record->nblockers == 1 && record->blockers[0] == LANE_OTHER;
	buf_str(out, "WAITS");
	if (record->nblockers == 0)
		return;
	buf_str(out, " for ");
	if (other && holder)
		buf_str(out, holder);
	else
		story_blockers(out, spec, record);
}

/* Whoever is waited for is in a transaction: that need not be said. */
static enum style lab_step_say_idle(struct buf *out, const struct stage_lane *lane,
				    const struct lab_step_around *around)
{
	if (lane->attempt)
		return lab_step_say_engine(out, lane);
	if (!around->waiters)
		return lab_step_say_last(out, lane, around->last);
	buf_fmt(out, "%s for it", around->waiters);
	return STYLE_WAIT;
}

enum style lab_step_lane(struct buf *out, const struct spec *spec, const struct stage_lane *lane,
			 const struct lab_step_around *around)
{
	switch (lane->state) {
	case LANE_OFF:
		return lab_step_say_off(out, lane, around);
	case LANE_CUT:
		return lab_step_say_last(out, lane, around->last);
	case LANE_LOST:
		buf_str(out, "CONNECTION LOST");
		return STYLE_BAD;
	case LANE_WAITING:
		lab_step_say_waits(out, spec, lane->record, around->holder);
		if (around->waiters)
			buf_fmt(out, "; %s", around->waiters);
		return STYLE_WAIT;
	case LANE_RUNNING:
	case LANE_HELD: /* that a session waits for a stranger is no wait of the lesson's */
		buf_str(out, around->holder ? "WAITS for " : "running");
		buf_str(out, around->holder ? around->holder : "");
		return STYLE_WAIT;
	case LANE_IDLE:
		break;
	}
	return lab_step_say_idle(out, lane, around);
}
