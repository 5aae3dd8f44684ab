/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a step of the stage did, in the words of lessons. */
#include "lab/seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void seen_value(struct buf *out, const struct rows *rows)
{
	for (size_t row = 0; rows && row < rows->nrows; row++) {
		for (size_t col = 0; col < rows->ncols; col++) {
			const char *cell = rows_cell(rows, row, col);
			buf_fmt(out, "%s%s", col ? ", " : row ? "; " : "", cell ? cell : "NULL");
		}
	}
}

static void see_word(struct seen *seen, const struct stage_word *word)
{
	struct lesson_fact *fact = &seen->fact;
	switch (word->kind) {
	case WORD_ROWS:
		buf_clear(&seen->reads);
		seen_value(&seen->reads, word->rows);
		fact->reads = buf_text(&seen->reads);
		fact->tag = word->tag;
		break;
	case WORD_TAG:
		fact->tag = word->tag;
		break;
	case WORD_ERROR: /* the first says why; libpq's own words on a lost connection have no code */
		if (!fact->sqlstate)
			fact->sqlstate = word->sqlstate[0] ? word->sqlstate : "08006";
		break;
	case WORD_NOTICE:
	case WORD_NOTIFY:
		break;
	}
}

/* Blockers that are not ours have no name here. */
static void see_waits(struct seen *seen, const struct spec *spec, const struct stage_record *record)
{
	seen->fact.waited = record->waited;
	if (!record->waited || record->nblockers == 0)
		return;
	seen->waited_for = mem_array(spec->nsessions, sizeof *seen->waited_for);
	for (size_t i = 0; i < record->nblockers; i++)
		if (record->blockers[i] >= 0)
			seen->waited_for[record->blockers[i]] = true;
	seen->fact.waited_for = seen->waited_for;
}

void seen_record(struct seen *seen, const struct spec *spec, const struct stage_record *record)
{
	seen_free(seen);
	seen->fact.complete = record->done;
	see_waits(seen, spec, record);
	for (size_t i = 0; i < record->nwords; i++)
		see_word(seen, &record->words[i]);
}

void seen_free(struct seen *seen)
{
	buf_free(&seen->reads);
	free(seen->waited_for);
	*seen = (struct seen){0};
}
