/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be read on paper, as Markdown: whatever its texts hold, they are shown, and do nothing. */
#include <ctype.h>
#include <string.h>

#include "paper_internal.h"

/* ---- texts ---- */

/* With a backslash before it, each of them is only itself, wherever it stands; and so no link begins, either. */
static bool markdown_special(const char *p)
{
	return strchr("\\`*_{}[]<>&|~$#", *p) || strncmp(p, "://", 3) == 0;
}

/* At its beginning a text could be an item, a rule or a heading's underline. */
static size_t markdown_begins(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	if (digits && (text[digits] == '.' || text[digits] == ')'))
		return digits;
	return 0;
}

static void markdown_words(struct buf *out, const char *text)
{
	size_t dot = markdown_begins(text);
	for (const char *p = text; *p; p++) {
		bool begins = (p == text && strchr("+-=:", *p)) || (dot && p == text + dot);
		if (begins || markdown_special(p))
			buf_char(out, '\\');
		buf_char(out, *p);
	}
}

/* What a code span cannot hold, or not in a table, is written character by character. */
static void markdown_code_named(struct buf *out, const char *code)
{
	buf_str(out, "<code>");
	for (const char *p = code; *p; p++) {
		if (isalnum((unsigned char)*p) || *p == ' ' || (unsigned char)*p >= 0x80)
			buf_char(out, *p);
		else
			buf_fmt(out, "&#%d;", *p);
	}
	buf_str(out, "</code>");
}

static void markdown_code(struct buf *out, const char *code)
{
	size_t n = strlen(code);
	bool plain = !strpbrk(code, "`|\\") && code[0] != ' ' && code[n - 1] != ' ';
	if (plain)
		buf_fmt(out, "`%s`", code);
	else
		markdown_code_named(out, code);
}

static void markdown_piece(struct buf *out, const struct paper_piece *piece, const char *between)
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

static void markdown_row(struct buf *out, const struct paper_block *block)
{
	buf_char(out, '|');
	for (size_t i = 0; i < block->npieces; i++) {
		buf_char(out, ' ');
		markdown_piece(out, &block->pieces[i], "<br>");
		buf_str(out, " |");
	}
	buf_char(out, '\n');
}

static void markdown_table(struct buf *out, const struct paper_block *block)
{
	markdown_row(out, block);
	buf_char(out, '|');
	for (size_t i = 0; i < block->npieces; i++)
		buf_str(out, " --- |");
	buf_char(out, '\n');
}

static void markdown_heading(struct buf *out, int level, const char *text)
{
	buf_fill(out, '#', (size_t)level);
	buf_char(out, ' ');
	markdown_words(out, text);
	buf_char(out, '\n');
}

static void markdown_block(struct buf *out, const struct paper *paper, size_t i)
{
	const struct paper_block *block = &paper->blocks[i];
	bool goes_on = (block->kind == PAPER_ITEM && paper_before(paper, i) == PAPER_ITEM) || block->kind == PAPER_ROW;
	if (!goes_on)
		buf_char(out, '\n');
	switch (block->kind) {
	case PAPER_HEADING:
		markdown_heading(out, block->level, block->pieces[0].text);
		break;
	case PAPER_TEXT:
		markdown_piece(out, &block->pieces[0], " ");
		buf_char(out, '\n');
		break;
	case PAPER_ITEM:
		buf_str(out, "- ");
		markdown_piece(out, &block->pieces[0], " ");
		buf_char(out, '\n');
		break;
	case PAPER_PAGE:
		buf_str(out, "---\n");
		break;
	case PAPER_TABLE:
		markdown_table(out, block);
		break;
	case PAPER_ROW:
		markdown_row(out, block);
		break;
	}
}

void paper_markdown(struct buf *out, const struct paper *paper)
{
	markdown_heading(out, 1, paper->title);
	for (size_t i = 0; i < paper->n; i++)
		markdown_block(out, paper, i);
}
