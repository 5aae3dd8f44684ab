/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace as Markdown: how each transaction ended, and the diagram as a table with a column for each lane. */
#include <inttypes.h>
#include <string.h>

#include "base/markdown.h"
#include "diagram_internal.h"
#include "event/shorten.h"

enum { MD_STATEMENT = 64 /* columns */ };

static void md_strong(struct buf *out, const char *text)
{
	buf_str(out, "**");
	markdown_words(out, text);
	buf_str(out, "**");
}

static void md_statement(struct buf *out, const struct diagram_row *row)
{
	struct buf brief = {0};
	if (row->together == 1)
		shorten_sql(&brief, row->what, MD_STATEMENT);
	else
		buf_str(&brief, row->what);
	if (brief.len)
		markdown_code(out, brief.p);
	buf_free(&brief);
}

/* ---- how it ended ---- */

static const struct diagram_row *md_beginning(const struct diagram *diagram, const struct diagram_row *end)
{
	for (size_t i = 0; i < diagram->nrows; i++)
		if (diagram->rows[i].kind == DIAGRAM_TXN && diagram->rows[i].txn == end->txn)
			return &diagram->rows[i];
	return NULL;
}

static void md_outcome(struct buf *out, const struct diagram *diagram, const struct diagram_row *row)
{
	const struct diagram_row *begin = md_beginning(diagram, row);
	buf_str(out, "- ");
	markdown_words(out, begin ? begin->who : row->who);
	buf_str(out, begin ? " " : "");
	markdown_words(out, begin ? begin->what : "");
	buf_str(out, ": ");
	md_strong(out, row->answer);
	buf_str(out, ", ");
	markdown_words(out, row->what);
	buf_fmt(out, ", %s%s", row->ms, strchr(row->ms, 's') ? "" : " ms");
	if (row->mark[0]) {
		buf_str(out, ", ");
		md_strong(out, row->mark);
	}
	buf_char(out, '\n');
}

static void md_outcomes(struct buf *out, const struct diagram *diagram)
{
	for (size_t i = 0; i < diagram->nrows; i++)
		if (diagram->rows[i].kind == DIAGRAM_OUTCOME)
			md_outcome(out, diagram, &diagram->rows[i]);
	buf_char(out, '\n');
}

/* ---- the table ---- */

static void md_head(struct buf *out, const struct diagram *diagram)
{
	buf_str(out, "| event | ms |");
	for (size_t i = 0; i < diagram->nlanes; i++) {
		buf_char(out, ' ');
		markdown_words(out, diagram->lanes[diagram->order[i]].name);
		buf_str(out, " |");
	}
	buf_str(out, "\n| ---: | ---: |");
	for (size_t i = 0; i < diagram->nlanes; i++)
		buf_str(out, " --- |");
	buf_char(out, '\n');
}

static void md_answer(struct buf *out, const struct diagram_row *row)
{
	if (row->tone == DIAGRAM_BAD)
		md_strong(out, row->answer);
	else
		markdown_words(out, row->answer);
	if (row->detail[0]) {
		buf_str(out, ": ");
		markdown_words(out, row->detail);
	}
	if (row->mark[0]) {
		buf_str(out, ", ");
		md_strong(out, row->mark);
	}
}

/* In the lane of a session. */
static void md_own(struct buf *out, const struct diagram_row *row)
{
	switch (row->kind) {
	case DIAGRAM_EXCHANGE:
	case DIAGRAM_SENT:
		md_statement(out, row);
		return;
	case DIAGRAM_ANSWER:
		buf_str(out, "answer to ");
		md_statement(out, row);
		return;
	case DIAGRAM_TXN:
	case DIAGRAM_ATTEMPT:
		md_strong(out, row->what);
		buf_str(out, row->answer[0] ? ", " : "");
		markdown_words(out, row->answer);
		return;
	case DIAGRAM_OUTCOME:
		md_strong(out, row->answer);
		buf_str(out, " ");
		markdown_words(out, row->what);
		if (row->mark[0]) {
			buf_str(out, ", ");
			md_strong(out, row->mark);
		}
		return;
	case DIAGRAM_WAIT:
	case DIAGRAM_BACKOFF:
	case DIAGRAM_FACT:
	case DIAGRAM_ROWS:
	case DIAGRAM_GONE:
		markdown_words(out, row->what);
		return;
	}
}

/* In the lane of the server's rows. */
static void md_server(struct buf *out, const struct diagram_row *row)
{
	switch (row->kind) {
	case DIAGRAM_EXCHANGE:
	case DIAGRAM_ANSWER:
	case DIAGRAM_ROWS:
		md_answer(out, row);
		return;
	case DIAGRAM_SENT:
	case DIAGRAM_TXN:
	case DIAGRAM_ATTEMPT:
	case DIAGRAM_WAIT:
	case DIAGRAM_BACKOFF:
	case DIAGRAM_FACT:
	case DIAGRAM_OUTCOME:
	case DIAGRAM_GONE:
		return;
	}
}

static void md_row(struct buf *out, const struct diagram *diagram, const struct diagram_row *row)
{
	if (row->kind == DIAGRAM_GONE)
		return;
	buf_fmt(out, "| %" PRIu64 " | %" PRIu64 ".%02u |", row->number, row->at_us / 1000,
		(unsigned)(row->at_us % 1000 / 10));
	for (size_t i = 0; i < diagram->nlanes; i++) {
		size_t lane = diagram->order[i];
		buf_char(out, ' ');
		if (lane == 0)
			md_server(out, row);
		if (lane == row->lane && (lane || row->kind == DIAGRAM_FACT))
			md_own(out, row);
		buf_str(out, " |");
	}
	buf_char(out, '\n');
}

enum status export_markdown(struct export *export, struct err *err)
{
	struct diagram diagram;
	struct buf *out = &export->out;
	enum status status = diagram_read(&diagram, export, err);
	if (!status) {
		buf_str(out, "# ");
		markdown_words(out, diagram.title);
		buf_str(out, "\n\nA trace of ");
		markdown_words(out, diagram.about);
		buf_str(out, ".\n\n");
		md_outcomes(out, &diagram);
		md_head(out, &diagram);
		for (size_t i = 0; i < diagram.nrows; i++)
			md_row(out, &diagram, &diagram.rows[i]);
		for (size_t i = 0; i < diagram.nleft_out; i++) {
			buf_char(out, '\n');
			markdown_words(out, diagram.left_out[i]);
			buf_str(out, ".\n");
		}
	}
	diagram_free(&diagram);
	return status;
}
