/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be read on paper: headings, paragraphs, items and tables, written as Markdown or as one HTML file. */
#ifndef VERB_LAB_PAPER_H
#define VERB_LAB_PAPER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * All texts are copied as they are, and made harmless by who writes them: whatever a lesson or a server says, it is
 * text in the document, and nothing else. A newline in a text is a blank.
 */
struct paper;
struct paper *paper_new(const char *title); /* owned */
void paper_free(struct paper *paper);       /* NULL is fine */

/* A piece of text: strong words, SQL, words, in this order; each may be NULL. */
enum paper_tone { PAPER_PLAIN, PAPER_GOOD, PAPER_BAD, PAPER_FAINT };
struct paper_text {
	const char *strong, *code, *text;
	enum paper_tone tone; /* of `text` */
};

void paper_heading(struct paper *paper, int level, const char *text); /* 2 to 4; the title is 1 */
void paper_text(struct paper *paper, struct paper_text text);         /* a paragraph */
void paper_item(struct paper *paper, struct paper_text text);         /* of a list: those that come together */
void paper_page(struct paper *paper);                                 /* printed, what follows has a new page */

/* A table: its names, then its rows, which have a cell for each; "" has nothing in it. */
void paper_table(struct paper *paper, size_t ncols, const char *const *names);
void paper_row(struct paper *paper, const struct paper_text *cells);

void paper_add(struct paper *paper, struct paper *more); /* moves all of `more`, but its title, behind it */

void paper_markdown(struct buf *out, const struct paper *paper); /* as GitHub reads it */
void paper_html(struct buf *out, const struct paper *paper);

#endif
