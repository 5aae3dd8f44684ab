/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be read on paper, as one HTML file: no script, nothing from elsewhere, light, dark and printed. */
#include "base/page.h"
#include "paper_internal.h"

static const char html_style[] =
	"body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; background: var(--ground); color: var(--text);\n"
	"  font: 1rem/1.5 system-ui, sans-serif; }\n"
	"h1, h2, h3, h4 { line-height: 1.25; break-after: avoid; }\n"
	"table { border-collapse: collapse; width: 100%; margin: 1rem 0; }\n"
	"th, td { border: 1px solid var(--line); padding: .3rem .5rem; text-align: left; vertical-align: top; }\n"
	"tr { break-inside: avoid; }\n"
	"code { background: var(--code); padding: .05rem .2rem; font-family: ui-monospace, monospace; font-size: "
	".9em;\n"
	"  overflow-wrap: anywhere; white-space: pre-wrap; }\n"
	"ul { padding-left: 1.2rem; } li { margin: .2rem 0; }\n"
	".good { color: var(--good); } .bad { color: var(--bad); } .faint { color: var(--faint); }\n"
	"@media print { body { max-width: none; margin: 0; padding: 0; font-size: 10pt; } .page { break-before: page; "
	"}\n"
	"  thead { display: table-header-group; } }\n";

static void html_tone(struct buf *out, const struct paper_piece *piece)
{
	static const char *const names[] = {[PAPER_GOOD] = "good", [PAPER_BAD] = "bad", [PAPER_FAINT] = "faint"};
	if (piece->tone == PAPER_PLAIN) {
		page_words(out, piece->text);
		return;
	}
	buf_fmt(out, "<span class=\"%s\">", names[piece->tone]);
	page_words(out, piece->text);
	buf_str(out, "</span>");
}

static void html_piece(struct buf *out, const struct paper_piece *piece, const char *between)
{
	if (*piece->strong)
		page_element(out, "strong", piece->strong);
	if (*piece->strong && *piece->code)
		buf_char(out, ' ');
	if (*piece->code)
		page_element(out, "code", piece->code);
	if (!*piece->text)
		return;
	buf_str(out, *piece->code ? between : *piece->strong ? " " : "");
	html_tone(out, piece);
}

static void html_row(struct buf *out, const struct paper_block *block, const char *cell)
{
	buf_str(out, "<tr>");
	for (size_t i = 0; i < block->npieces; i++) {
		buf_fmt(out, "<%s>", cell);
		html_piece(out, &block->pieces[i], "<br>");
		buf_fmt(out, "</%.2s>", cell);
	}
	buf_str(out, "</tr>\n");
}

static void html_table(struct buf *out, const struct paper *paper, size_t i)
{
	buf_str(out, "<table>\n<thead>");
	html_row(out, &paper->blocks[i], "th scope=\"col\"");
	buf_str(out, "</thead>\n<tbody>\n");
	if (paper_behind(paper, i) != PAPER_ROW)
		buf_str(out, "</tbody>\n</table>\n");
}

static void html_item(struct buf *out, const struct paper *paper, size_t i)
{
	buf_str(out, paper_before(paper, i) == PAPER_ITEM ? "" : "<ul>\n");
	buf_str(out, "<li>");
	html_piece(out, &paper->blocks[i].pieces[0], " ");
	buf_str(out, "</li>\n");
	buf_str(out, paper_behind(paper, i) == PAPER_ITEM ? "" : "</ul>\n");
}

static void html_block(struct buf *out, const struct paper *paper, size_t i)
{
	const struct paper_block *block = &paper->blocks[i];
	switch (block->kind) {
	case PAPER_HEADING:
		buf_fmt(out, "<h%d%s>", block->level,
			paper_before(paper, i) == PAPER_PAGE && i ? " class=\"page\"" : "");
		page_words(out, block->pieces[0].text);
		buf_fmt(out, "</h%d>\n", block->level);
		break;
	case PAPER_TEXT:
		buf_str(out, "<p>");
		html_piece(out, &block->pieces[0], " ");
		buf_str(out, "</p>\n");
		break;
	case PAPER_ITEM:
		html_item(out, paper, i);
		break;
	case PAPER_PAGE:
		break;
	case PAPER_TABLE:
		html_table(out, paper, i);
		break;
	case PAPER_ROW:
		html_row(out, block, "td");
		buf_str(out, paper_behind(paper, i) == PAPER_ROW ? "" : "</tbody>\n</table>\n");
		break;
	}
}

void paper_html(struct buf *out, const struct paper *paper)
{
	page_begin(out, paper->title, html_style, NULL);
	buf_str(out, "<body>\n<div role=\"main\">\n");
	page_element(out, "h1", paper->title);
	buf_char(out, '\n');
	for (size_t i = 0; i < paper->n; i++)
		html_block(out, paper, i);
	buf_str(out, "</div>\n");
	page_end(out, NULL);
}
