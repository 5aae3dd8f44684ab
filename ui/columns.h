/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of the accounts list: their widths, and a row as one line. */
#ifndef UI_COLUMNS_H
#define UI_COLUMNS_H

#include "bank/pages.h"
#include "base/buf.h"

/* Zero-initialise. Widths only grow while the list is scrolled: columns that jump are hard to read and costly to
 * draw. */
struct columns {
	const struct catalogue *catalogue; /* whose widths these are */
	int id, balance, extra[CATALOGUE_EXTRA_MAX];
	int skip; /* columns after the id that are scrolled away: the balance first, then the further ones */
};

/* Makes room for `rows` rows from `top` on; begins anew with another catalogue. */
void columns_widen(struct columns *columns, const struct catalogue *catalogue, const struct pages *pages, size_t top,
		   size_t rows);
int columns_wanted(const struct columns *columns,
		   const struct catalogue *catalogue); /* columns of the terminal that a whole line takes */

/* Id, balance and their marks first, further columns where there is room. mark[0]: '>' for the selected row;
 * mark[1]: what the account is picked for; mark[2]: '*' where it is marked. */
void columns_line(struct buf *line, const struct columns *columns, int room, const char mark[3], struct account row);
/* Where the id is drawn in such a line, and all of the further columns. */
struct columns_places {
	int id, id_width, extra;
};
struct columns_places columns_places(const struct columns *columns, int room);
/* The names; '<' and '>' where columns are scrolled away, or do not fit. */
void columns_head(struct buf *line, const struct columns *columns, int room);

/* Scrolls by columns; the id stays. False where there is nothing on that side that is not seen whole. */
bool columns_scroll(struct columns *columns, const struct catalogue *catalogue, int by, int room);

#endif
