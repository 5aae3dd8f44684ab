/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Describes what a step of the stage did in the terms of lessons. */
#include "lab/observed.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void observed_value(struct buf *out, const struct rows *rows)
{
	for (size_t row = 0; rows && row < rows->nrows; row++) {
		for (size_t col = 0; col < rows->ncols; col++) {
			const char *cell = rows_cell(rows, row, col);
			buf_fmt(out, "%s%s", col ? ", " : row ? "; " : "", cell ? cell : "NULL");
		}
	}
}

static void see_word(struct observed *observed, const struct stage_word *word)
{
	struct lesson_fact *fact = &observed->fact;
	switch (word->kind) {
	case WORD_ROWS:
		buf_clear(&observed->reads);
		observed_value(&observed->reads, word->rows);
		fact->reads = buf_text(&observed->reads);
		fact->tag = word->tag;
		break;
	case WORD_TAG:
		fact->tag = word->tag;
		break;
	case WORD_ERROR: /* the first says why; libpq's own words on a lost connection have no code */
		if (fact->sqlstate)
			break;
		fact->lost = !word->sqlstate[0];
		fact->sqlstate = fact->lost ? "08006" : word->sqlstate;
		break;
	case WORD_NOTICE:
	case WORD_NOTIFY:
		break;
	}
}

/* Blockers that are not ours have no name here. */
static void see_waits(struct observed *observed, const struct spec *spec, const struct stage_record *record)
{
	observed->fact.waited = record->waited;
	if (!record->waited || record->nblockers == 0)
		return;
	observed->waited_for = mem_array(spec->nsessions, sizeof *observed->waited_for);
	for (size_t i = 0; i < record->nblockers; i++)
		if (record->blockers[i] >= 0)
			observed->waited_for[record->blockers[i]] = true;
	observed->fact.waited_for = observed->waited_for;
}

void observed_record(struct observed *observed, const struct spec *spec, const struct stage_record *record)
{
	observed_free(observed);
	observed->fact.complete = record->done;
	see_waits(observed, spec, record);
	for (size_t i = 0; i < record->nwords; i++)
		see_word(observed, &record->words[i]);
}

void observed_free(struct observed *observed)
{
	buf_free(&observed->reads);
	free(observed->waited_for);
	*observed = (struct observed){0};
}
