/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace as a sequence diagram in Mermaid's language, which GitHub and GitLab draw. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "diagram_internal.h"
#include "event/shorten.h"

enum {
	MERMAID_STATEMENT = 56, /* columns */
	MERMAID_ANSWER = 56,
	MERMAID_MAX = 45000, /* bytes: it draws no more than 50,000 characters */
};

/* Bands that were begun and not ended, by their numbers; those that ended are marked, as an inner one may go on. */
struct mermaid {
	struct buf *out;
	const struct diagram *diagram;
	size_t open[DIAGRAM_LANES_MAX * 2], nopen;
};

/* What has a meaning in the language, whichever, is written by its number. */
static void mermaid_words(struct buf *out, const char *text, size_t columns)
{
	size_t n = text_cut(text, strlen(text), columns);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		if (isalnum(c) || c >= 0x80 || strchr(" .,()=+-_/", c))
			buf_char(out, (char)c);
		else
			buf_fmt(out, "#%u;", c);
	}
	buf_str(out, text[n] ? "..." : "");
}

static void mermaid_statement(struct buf *out, const struct diagram_row *row)
{
	struct buf brief = {0};
	if (row->together == 1)
		shorten_sql(&brief, row->what, MERMAID_STATEMENT);
	else
		buf_str(&brief, row->what);
	mermaid_words(out, buf_text(&brief), MERMAID_STATEMENT);
	buf_free(&brief);
}

static void mermaid_note(struct buf *out, size_t lane, const char *text, const char *more)
{
	buf_fmt(out, "    Note over L%zu: ", lane);
	mermaid_words(out, text, 80);
	buf_str(out, text[0] && more[0] ? ", " : "");
	mermaid_words(out, more, 80);
	buf_char(out, '\n');
}

/* ---- bands ---- */

static const struct diagram_span *mermaid_band(const struct mermaid *mermaid, size_t i)
{
	return &mermaid->diagram->bands[mermaid->open[i]];
}

/* So thin that what is written on them can be read in the light and in the dark. */
static void mermaid_begin_bands(struct mermaid *mermaid, size_t row)
{
	const struct diagram *diagram = mermaid->diagram;
	for (size_t i = 0; i < diagram->nbands; i++) {
		enum diagram_tone tone = diagram->bands[i].tone;
		if (diagram->bands[i].from != row || mermaid->nopen == COUNT_OF(mermaid->open))
			continue;
		mermaid->open[mermaid->nopen++] = i;
		buf_fmt(mermaid->out, "    rect rgba(%s)\n",
			tone == DIAGRAM_GOOD  ? "46, 160, 67, 0.15"
			: tone == DIAGRAM_BAD ? "218, 54, 51, 0.15"
					      : "88, 120, 180, 0.15");
	}
}

/* One ends where those within it have ended, too. */
static void mermaid_end_bands(struct mermaid *mermaid, size_t row)
{
	while (mermaid->nopen && mermaid_band(mermaid, mermaid->nopen - 1)->to <= row) {
		mermaid->nopen--;
		buf_str(mermaid->out, "    end\n");
	}
}

/* ---- rows ---- */

static void mermaid_send(struct buf *out, const struct diagram_row *row)
{
	bool lost = row->tone == DIAGRAM_WAITING || row->tone == DIAGRAM_FAINT;
	buf_fmt(out, "    L%zu%sL0: ", row->lane, lost && row->kind == DIAGRAM_EXCHANGE ? "-x" : "->>");
	mermaid_statement(out, row);
	if (lost && row->kind == DIAGRAM_EXCHANGE) {
		buf_str(out, " - ");
		mermaid_words(out, row->answer, MERMAID_ANSWER);
	}
	buf_char(out, '\n');
}

static void mermaid_answer(struct buf *out, const struct diagram_row *row)
{
	if (row->tone != DIAGRAM_WAITING && row->tone != DIAGRAM_FAINT) {
		buf_fmt(out, "    L0%sL%zu: ", row->tone == DIAGRAM_BAD ? "--x" : "-->>", row->lane);
		mermaid_words(out, row->answer[0] ? row->answer : "ok", MERMAID_ANSWER);
		buf_char(out, '\n');
	}
	if (row->mark[0])
		mermaid_note(out, 0, row->mark, "");
}

static void mermaid_row(struct buf *out, const struct diagram_row *row)
{
	switch (row->kind) {
	case DIAGRAM_EXCHANGE:
		mermaid_send(out, row);
		mermaid_answer(out, row);
		return;
	case DIAGRAM_SENT:
		mermaid_send(out, row);
		return;
	case DIAGRAM_ANSWER:
		mermaid_answer(out, row);
		return;
	case DIAGRAM_TXN:
	case DIAGRAM_ATTEMPT:
	case DIAGRAM_WAIT:
	case DIAGRAM_BACKOFF:
	case DIAGRAM_FACT:
		mermaid_note(out, row->lane, row->what, row->answer);
		return;
	case DIAGRAM_ROWS:
		mermaid_note(out, row->lane, "", row->answer);
		return;
	case DIAGRAM_OUTCOME:
		mermaid_note(out, row->lane, row->answer, row->mark[0] ? row->mark : row->what);
		return;
	case DIAGRAM_GONE:
		return;
	}
}

static void mermaid_head(struct buf *out, const struct diagram *diagram)
{
	buf_str(out, "sequenceDiagram\n    title ");
	mermaid_words(out, diagram->title, 80);
	buf_char(out, '\n');
	for (size_t i = 0; i < diagram->nlanes; i++) {
		buf_fmt(out, "    participant L%zu as ", diagram->order[i]);
		mermaid_words(out, diagram->lanes[diagram->order[i]].name, DIAGRAM_NAME_MAX);
		buf_char(out, '\n');
	}
}

static void mermaid_rows(struct mermaid *mermaid)
{
	const struct diagram *diagram = mermaid->diagram;
	struct buf *out = mermaid->out;
	size_t i = 0;
	for (; i < diagram->nrows && out->len < MERMAID_MAX; i++) {
		mermaid_begin_bands(mermaid, i);
		mermaid_row(out, &diagram->rows[i]);
		mermaid_end_bands(mermaid, i);
	}
	mermaid_end_bands(mermaid, SIZE_MAX);
	if (i < diagram->nrows) {
		struct buf more = {0};
		buf_fmt(&more, "Mermaid draws no more: %zu rows are left out, --from %" PRIu64 " goes on there",
			diagram->nrows - i, diagram->rows[i].number);
		mermaid_note(out, 0, buf_text(&more), "");
		buf_free(&more);
	}
}

enum status export_mermaid(struct export *export, struct err *err)
{
	struct diagram diagram;
	enum status status = diagram_read(&diagram, export, err);
	if (!status) {
		struct mermaid mermaid = {.out = &export->out, .diagram = &diagram};
		mermaid_head(&export->out, &diagram);
		mermaid_rows(&mermaid);
		for (size_t i = 0; i < diagram.nleft_out; i++)
			mermaid_note(&export->out, 0, diagram.left_out[i], "");
	}
	diagram_free(&diagram);
	return status;
}
