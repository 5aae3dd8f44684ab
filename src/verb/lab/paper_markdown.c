/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be read on paper, as Markdown: whatever its texts hold, they are shown, and do nothing. */
#include "base/markdown.h"
#include "paper_internal.h"

static void paper_markdown_piece(struct buf *out, const struct paper_piece *piece, const char *between)
{
	size_t begin = out->len;
	if (*piece->strong) {
		buf_str(out, "**");
		markdown_words(out, piece->strong);
		buf_str(out, "**");
	}
	if (*piece->code) {
		buf_str(out, out->len > begin ? " " : "");
		markdown_code(out, piece->code);
	}
	if (*piece->text) {
		buf_str(out, !*piece->code ? (out->len > begin ? " " : "") : between);
		markdown_words(out, piece->text);
	}
}

/* ---- blocks ---- */

static void paper_markdown_row(struct buf *out, const struct paper_block *block)
{
	buf_char(out, '|');
	for (size_t i = 0; i < block->npieces; i++) {
		buf_char(out, ' ');
		paper_markdown_piece(out, &block->pieces[i], "<br>");
		buf_str(out, " |");
	}
	buf_char(out, '\n');
}

static void paper_markdown_table(struct buf *out, const struct paper_block *block)
{
	paper_markdown_row(out, block);
	buf_char(out, '|');
	for (size_t i = 0; i < block->npieces; i++)
		buf_str(out, " --- |");
	buf_char(out, '\n');
}

static void paper_markdown_heading(struct buf *out, int level, const char *text)
{
	buf_fill(out, '#', (size_t)level);
	buf_char(out, ' ');
	markdown_words(out, text);
	buf_char(out, '\n');
}

static void paper_markdown_block(struct buf *out, const struct paper *paper, size_t i)
{
	const struct paper_block *block = &paper->blocks[i];
	bool goes_on = (block->kind == PAPER_ITEM && paper_before(paper, i) == PAPER_ITEM) || block->kind == PAPER_ROW;
	if (!goes_on)
		buf_char(out, '\n');
	switch (block->kind) {
	case PAPER_HEADING:
		paper_markdown_heading(out, block->level, block->pieces[0].text);
		break;
	case PAPER_TEXT:
		paper_markdown_piece(out, &block->pieces[0], " ");
		buf_char(out, '\n');
		break;
	case PAPER_ITEM:
		buf_str(out, "- ");
		paper_markdown_piece(out, &block->pieces[0], " ");
		buf_char(out, '\n');
		break;
	case PAPER_PAGE:
		buf_str(out, "---\n");
		break;
	case PAPER_TABLE:
		paper_markdown_table(out, block);
		break;
	case PAPER_ROW:
		paper_markdown_row(out, block);
		break;
	}
}

void paper_markdown(struct buf *out, const struct paper *paper)
{
	paper_markdown_heading(out, 1, paper->title);
	for (size_t i = 0; i < paper->n; i++)
		paper_markdown_block(out, paper, i);
}
