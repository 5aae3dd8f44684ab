/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of the accounts list: their widths, and a row as one line. */
#include "ui/columns.h"

#include <string.h>

#include "base/text.h"

enum {
	ID_MAX = 40,
	ID_LEAST = 9, /* the first group of a UUID, and the sign that there is more */
	BALANCE_MAX = 26,
	BALANCE_USUAL = 8, /* numbers of usual sizes leave the column where it is */
	EXTRA_MAX = 24,
	EXTRA_MIN = 6,
	OTHER = 5, /* the selection's mark, the pick's mark, blanks between */
};

static const char *columns_shown(const char *raw)
{
	return raw ? raw : "NULL";
}

static void columns_grow(int *width, const char *raw, int most)
{
	struct buf text = {0};
	text_escape(&text, columns_shown(raw), strlen(columns_shown(raw)), (size_t)most);
	int w = (int)text_width(buf_text(&text), text.len);
	buf_free(&text);
	if (w > *width)
		*width = w;
}

static void columns_begin(struct columns *columns, const struct catalogue *catalogue)
{
	*columns = (struct columns){.catalogue = catalogue};
	columns_grow(&columns->id, catalogue->id_name, ID_MAX);
	columns_grow(&columns->balance, catalogue->balance_name, BALANCE_MAX);
	for (size_t x = 0; x < catalogue->nextra; x++)
		columns_grow(&columns->extra[x], catalogue->extra[x], EXTRA_MAX);
}

void columns_widen(struct columns *columns, const struct catalogue *catalogue, const struct pages *pages, size_t top,
		   size_t rows)
{
	if (columns->catalogue != catalogue)
		columns_begin(columns, catalogue);
	for (size_t i = top; i < top + rows; i++) {
		struct account account = pages_row(pages, i);
		columns_grow(&columns->id, account.id, ID_MAX);
		columns_grow(&columns->balance, account.balance, BALANCE_MAX);
		for (size_t x = 0; x < catalogue->nextra; x++)
			columns_grow(&columns->extra[x], account.extra[x], EXTRA_MAX);
	}
}

/* Those of another catalogue are not looked at: it may be gone. */
int columns_wanted(const struct columns *columns, const struct catalogue *catalogue)
{
	if (!catalogue || columns->catalogue != catalogue)
		return 0;
	int balance = columns->balance > BALANCE_USUAL ? columns->balance : BALANCE_USUAL;
	int wanted = columns->id + balance + OTHER;
	for (size_t x = 0; x < catalogue->nextra; x++)
		wanted += columns->extra[x] + 1;
	return wanted;
}

/* Half a number is a wrong number, and most ids differ in how they begin: the id gives way first. */
static void columns_share(const struct columns *columns, int room, int *id, int *balance)
{
	int least = columns->id < ID_LEAST ? columns->id : ID_LEAST, left = room - OTHER;
	*id = columns->id;
	*balance = columns->balance > BALANCE_USUAL ? columns->balance : BALANCE_USUAL;
	if (columns->skip) {
		*id = *id < left / 2 ? *id : left / 2;
		*balance = 0;
		return;
	}
	if (*id + *balance > left)
		*balance = left - *id > columns->balance ? left - *id : columns->balance;
	if (*id + *balance > left)
		*id = left - *balance > least ? left - *balance : least;
	if (*id + *balance > left)
		*balance = left - *id > 1 ? left - *id : 1;
}

/* ---- sideways ---- */

/* The first of the further columns that is shown. */
static size_t columns_first(const struct columns *columns)
{
	return columns->skip ? (size_t)columns->skip - 1 : 0;
}

/* Some column at the right is not seen whole. */
static bool columns_hide(const struct columns *columns, int room)
{
	int id, balance;
	columns_share(columns, room, &id, &balance);
	int left = room - id - balance - OTHER;
	for (size_t x = columns_first(columns); x < columns->catalogue->nextra; x++)
		left -= columns->extra[x] + 1;
	return left < 0;
}

bool columns_scroll(struct columns *columns, const struct catalogue *catalogue, int by, int room)
{
	if (!catalogue || columns->catalogue != catalogue) /* it may be gone */
		return true;
	int was = columns->skip;
	for (; by < 0 && columns->skip > 0; by++)
		columns->skip--;
	for (; by > 0 && columns_hide(columns, room) && columns->skip < (int)columns->catalogue->nextra; by--)
		columns->skip++;
	return columns->skip != was;
}

static void columns_cell(struct buf *line, const char *raw, int width, enum text_align align)
{
	struct buf text = {0};
	text_escape(&text, columns_shown(raw), strlen(columns_shown(raw)), ID_MAX);
	text_pad(line, buf_text(&text), width, align);
	buf_free(&text);
}

void columns_line(struct buf *line, const struct columns *columns, int room, const char mark[3], struct account row)
{
	const struct catalogue *catalogue = columns->catalogue;
	int id, balance;
	columns_share(columns, room, &id, &balance);
	buf_char(line, mark[0]);
	buf_char(line, mark[2]);
	columns_cell(line, row.id, id, catalogue->id_is_number ? TEXT_RIGHT : TEXT_LEFT);
	buf_char(line, ' ');
	if (!columns->skip)
		columns_cell(line, row.balance, balance, TEXT_RIGHT);
	buf_char(line, ' ');
	buf_char(line, mark[1]);
	int left = room - id - balance - OTHER;
	for (size_t x = columns_first(columns); x < catalogue->nextra && left > EXTRA_MIN; x++) {
		int width = columns->extra[x] < left - 1 ? columns->extra[x] : left - 1;
		buf_char(line, ' ');
		columns_cell(line, row.extra[x], width, TEXT_LEFT);
		left -= width + 1;
	}
}

struct columns_places columns_places(const struct columns *columns, int room)
{
	int id, balance;
	columns_share(columns, room, &id, &balance);
	return (struct columns_places){2, id, id + balance + OTHER};
}

void columns_head(struct buf *line, const struct columns *columns, int room)
{
	const struct catalogue *catalogue = columns->catalogue;
	struct account names = {
		.id = catalogue->id_name,
		.balance = catalogue->balance_name,
		.extra = (const char *const *)catalogue->extra,
	};
	struct buf head = {0};
	columns_line(&head, columns, room, columns->skip ? "<  " : "   ", names);
	bool more = columns_hide(columns, room);
	text_pad(line, buf_text(&head), room - 2, TEXT_LEFT);
	buf_str(line, more ? " >" : "");
	if (!more) {
		buf_clear(line);
		buf_str(line, buf_text(&head));
	}
	buf_free(&head);
}
