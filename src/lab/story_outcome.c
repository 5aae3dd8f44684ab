/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The outcome of a lesson's step: what counts of all that its session said, and the words for it. */
#include <string.h>

#include "base/text.h"
#include "lab/observed.h"
#include "lab/story.h"

static void outcome_take(struct story_outcome *outcome, const struct stage_word *word)
{
	switch (word->kind) {
	case WORD_ROWS:
		outcome->rows = word->rows;
		outcome->tag = word->tag;
		break;
	case WORD_TAG:
		outcome->tag = word->tag;
		break;
	case WORD_ERROR:
		if (outcome->code)
			break;
		outcome->code = word->sqlstate;
		outcome->message = word->message;
		break;
	case WORD_NOTICE:
	case WORD_NOTIFY:
		break;
	}
}

struct story_outcome story_outcome(const struct stage_record *record)
{
	struct story_outcome outcome = {.record = record, .tag = ""};
	if (!record)
		return outcome;
	for (size_t i = 0; i < record->nwords; i++)
		outcome_take(&outcome, &record->words[i]);
	if (!record->done)
		outcome.end = record->waited ? STORY_WAITS : STORY_RUNS;
	else if (record->cut)
		outcome.end = STORY_CUT;
	else if (outcome.code)
		outcome.end = STORY_FAILED;
	else
		outcome.end = outcome.rows ? STORY_READS : STORY_DONE;
	return outcome;
}

static void outcome_add(struct buf *out, const char *raw)
{
	text_escape(out, raw, strlen(raw), 0);
}

void story_blockers(struct buf *out, const struct spec *spec, const struct stage_record *record)
{
	bool other = false;
	size_t named = 0;
	for (size_t i = 0; i < record->nblockers; i++) {
		if (record->blockers[i] < 0) {
			other = true;
			continue;
		}
		buf_str(out, named++ ? " and " : "");
		outcome_add(out, spec->sessions[record->blockers[i]].name);
	}
	if (other)
		buf_fmt(out, "%sanother session", named ? " and " : "");
}

void story_value(struct buf *out, const struct rows *rows, size_t columns)
{
	struct buf value = {0};
	observed_value(&value, rows);
	if (rows->nrows == 0)
		buf_str(out, "no rows");
	else if (!value.len)
		buf_str(out, "\"\"");
	else
		text_escape(out, value.p, value.len, columns);
	buf_free(&value);
}

/* "COMMIT sent, its answer lost: UNKNOWN"; what is rolled back with its connection is known. */
static void outcome_add_cut(struct buf *out, const struct spec *spec, const struct stage_record *record)
{
	const char *sql = spec->steps[record->step].sql;
	size_t from = strspn(sql, " \t\r\n"), n = strcspn(sql + from, " \t\r\n;");
	text_escape(out, sql + from, n, 12);
	buf_str(out, record->unknown ? " sent, answer lost: UNKNOWN" : " sent, its answer lost");
}

void story_outcome_words(struct buf *out, const struct spec *spec, const struct story_outcome *outcome)
{
	switch (outcome->end) {
	case STORY_TO_COME:
	case STORY_RUNS:
		break;
	case STORY_WAITS:
		buf_str(out, outcome->record->nblockers ? "waits for " : "waits");
		story_blockers(out, spec, outcome->record);
		break;
	case STORY_FAILED:
		buf_fmt(out, outcome->code[0] ? "error %s: " : "connection lost: ", outcome->code);
		outcome_add(out, outcome->message);
		break;
	case STORY_CUT:
		outcome_add_cut(out, spec, outcome->record);
		break;
	case STORY_READS:
		buf_str(out, "reads ");
		story_value(out, outcome->rows, 0);
		break;
	case STORY_DONE:
		outcome_add(out, outcome->tag[0] ? outcome->tag : "done");
		break;
	}
}
