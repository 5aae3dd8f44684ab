/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The blocks of what is to be read on paper. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "paper_internal.h"

/* On one line, without what does harm on a terminal or hides in a text. */
static char *paper_harmless(const char *raw)
{
	struct buf text = {0};
	for (const char *p = raw ? raw : ""; *p;) {
		size_t n = 0;
		while (p[n] && p[n] != '\n' && p[n] != '\t')
			n++;
		text_escape(&text, p, n, 0);
		p += n;
		if (*p && *++p)
			buf_char(&text, ' ');
	}
	buf_str(&text, "");
	return buf_take(&text);
}

static struct paper_piece paper_piece(struct paper_text text)
{
	return (struct paper_piece){
		.strong = paper_harmless(text.strong),
		.code = paper_harmless(text.code),
		.text = paper_harmless(text.text),
		.tone = text.tone,
	};
}

static struct paper_block *paper_block(struct paper *paper, enum paper_kind kind, const struct paper_text *texts,
				       size_t n)
{
	paper->blocks = mem_grow(paper->blocks, paper->n, sizeof *paper->blocks);
	struct paper_block *block = &paper->blocks[paper->n++];
	*block = (struct paper_block){.kind = kind, .pieces = mem_array(n + 1, sizeof *block->pieces), .npieces = n};
	for (size_t i = 0; i < n; i++)
		block->pieces[i] = paper_piece(texts[i]);
	return block;
}

struct paper *paper_new(const char *title)
{
	struct paper *paper = NEW(struct paper);
	paper->title = paper_harmless(title);
	return paper;
}

static void paper_block_free(struct paper_block *block)
{
	for (size_t i = 0; i < block->npieces; i++) {
		free(block->pieces[i].strong);
		free(block->pieces[i].code);
		free(block->pieces[i].text);
	}
	free(block->pieces);
}

void paper_free(struct paper *paper)
{
	if (!paper)
		return;
	for (size_t i = 0; i < paper->n; i++)
		paper_block_free(&paper->blocks[i]);
	free(paper->blocks);
	free(paper->title);
	free(paper);
}

void paper_heading(struct paper *paper, int level, const char *text)
{
	paper_block(paper, PAPER_HEADING, &(struct paper_text){.text = text}, 1)->level = level;
}

void paper_text(struct paper *paper, struct paper_text text)
{
	(void)paper_block(paper, PAPER_TEXT, &text, 1);
}

void paper_item(struct paper *paper, struct paper_text text)
{
	(void)paper_block(paper, PAPER_ITEM, &text, 1);
}

void paper_page(struct paper *paper)
{
	(void)paper_block(paper, PAPER_PAGE, NULL, 0);
}

void paper_table(struct paper *paper, size_t ncols, const char *const *names)
{
	struct paper_text *cells = mem_array(ncols + 1, sizeof *cells);
	for (size_t i = 0; i < ncols; i++)
		cells[i].text = names[i];
	(void)paper_block(paper, PAPER_TABLE, cells, ncols);
	free(cells);
}

/* As many cells as its table has columns. */
void paper_row(struct paper *paper, const struct paper_text *cells)
{
	(void)paper_block(paper, PAPER_ROW, cells, paper->blocks[paper->n - 1].npieces);
}

void paper_add(struct paper *paper, struct paper *more)
{
	for (size_t i = 0; i < more->n; i++) {
		paper->blocks = mem_grow(paper->blocks, paper->n, sizeof *paper->blocks);
		paper->blocks[paper->n++] = more->blocks[i];
	}
	more->n = 0;
}

enum paper_kind paper_before(const struct paper *paper, size_t i)
{
	return i > 0 ? paper->blocks[i - 1].kind : PAPER_PAGE;
}

enum paper_kind paper_behind(const struct paper *paper, size_t i)
{
	return i + 1 < paper->n ? paper->blocks[i + 1].kind : PAPER_PAGE;
}
