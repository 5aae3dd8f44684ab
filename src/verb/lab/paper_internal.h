/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of the paper, shared by its files only. */
#ifndef VERB_LAB_PAPER_INTERNAL_H
#define VERB_LAB_PAPER_INTERNAL_H

#include "paper.h"

enum paper_kind { PAPER_HEADING, PAPER_TEXT, PAPER_ITEM, PAPER_PAGE, PAPER_TABLE, PAPER_ROW };

/* Owned; never NULL: "" where there is none. */
struct paper_piece {
	char *strong, *code, *text;
	enum paper_tone tone;
};

struct paper_block {
	enum paper_kind kind;
	int level;                  /* of a heading */
	struct paper_piece *pieces; /* one, or a table's columns */
	size_t npieces;
};

struct paper {
	char *title;
	struct paper_block *blocks;
	size_t n;
};

/* The kind of the block before this one, and of the one behind it; PAPER_PAGE at the ends. */
enum paper_kind paper_before(const struct paper *paper, size_t i);
enum paper_kind paper_behind(const struct paper *paper, size_t i);

#endif
