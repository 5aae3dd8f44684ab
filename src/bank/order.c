/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders of accounts: in words, and what accounts are sorted by in SQL. */
#include "order.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "src/bank/sql/ident.h"
#include "src/bank/sql/statements.h"

/* ---- in words ---- */

static const char blanks[] = " \t";

static bool order_is_name(const char *word, size_t n, const char *name)
{
	bool quoted = n >= 2 && word[0] == '"' && word[n - 1] == '"';
	if (quoted)
		return strlen(name) == n - 2 && strncmp(word + 1, name, n - 2) == 0;
	return strlen(name) == n && strncasecmp(word, name, n) == 0;
}

/* Which column; catalogue->ncolumns where none has that name. */
static unsigned order_find_column(const struct catalogue *c, const char *word, size_t n)
{
	static const char *const usual[] = {"id", "balance"};
	for (size_t i = 0; i < c->ncolumns; i++)
		if (order_is_name(word, n, c->columns[i]))
			return (unsigned)i;
	for (size_t i = 0; i < COUNT_OF(usual); i++)
		if (order_is_name(word, n, usual[i]))
			return (unsigned)i;
	return (unsigned)c->ncolumns;
}

static void order_add_names(struct buf *out, const struct catalogue *c)
{
	for (size_t i = 0; i < c->ncolumns; i++)
		buf_fmt(out, "%s%s", i == 0 ? "" : i + 1 == c->ncolumns ? " or " : ", ", c->columns[i]);
}

static enum status order_refuse(const struct catalogue *c, const char *words, struct err *err)
{
	struct buf names = {0};
	order_add_names(&names, c);
	err_set(err, ST_USAGE, "accounts can be sorted by %.300s, not by \"%.80s\"; append desc for descending order",
		buf_text(&names), words);
	buf_free(&names);
	return err->status;
}

/* The last word where it is asc or desc, with the blanks before it, does not belong to the name. */
static size_t order_without_way(const char *word, size_t n, bool *descending)
{
	static const char *const ways[] = {"asc", "desc"};
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		size_t length = strlen(ways[i]);
		if (n <= length || strncasecmp(word + n - length, ways[i], length) != 0 ||
		    !strchr(blanks, word[n - length - 1]))
			continue;
		*descending = i == 1;
		n -= length;
		break;
	}
	while (n > 0 && strchr(blanks, word[n - 1]))
		n--;
	return n;
}

enum status sort_parse(const struct catalogue *c, const char *words, struct sort *sort, struct err *err)
{
	const char *word = words + strspn(words, blanks);
	size_t n = strlen(word);
	bool descending = false;
	while (n > 0 && strchr(blanks, word[n - 1]))
		n--;
	unsigned by = order_find_column(c, word, n); /* a column may be called "x desc" */
	if (by == c->ncolumns)
		by = order_find_column(c, word, order_without_way(word, n, &descending));
	if (by == c->ncolumns)
		return order_refuse(c, words, err);
	*sort = (struct sort){by, descending};
	return ST_OK;
}

void sort_show(struct buf *out, const struct catalogue *catalogue, struct sort sort)
{
	buf_str(out, catalogue->columns[sort.by]);
	buf_str(out, sort.descending ? " desc" : "");
}

struct sort sort_moved(const struct catalogue *from, const struct catalogue *to, struct sort sort)
{
	struct sort moved = sort;
	if (sort.by < SORT_EXTRA || !from || sort.by >= from->ncolumns)
		return sort.by < SORT_EXTRA ? sort : (struct sort){0};
	for (moved.by = SORT_EXTRA; moved.by < to->ncolumns; moved.by++)
		if (strcmp(from->columns[sort.by], to->columns[moved.by]) == 0)
			return moved;
	return (struct sort){0};
}

/* ---- in SQL ---- */

/*
 * Types that the server brought, whose values it sorts, and reads again as it writes them. All others are sorted by
 * their text: there may be no order, or one that a user made.
 */
static bool order_is_plain(const char *type)
{
	static const char *const plain[] = {"bool",     "int2",  "int4", "int8", "oid",    "float4",    "float8",
					    "numeric",  "money", "date", "time", "timetz", "timestamp", "timestamptz",
					    "interval", "uuid",  "name", "inet", "cidr",   "macaddr"};
	for (size_t i = 0; i < COUNT_OF(plain); i++)
		if (strcmp(type, plain[i]) == 0)
			return true;
	return false;
}

/* Long texts are sorted by what a page shows of them, unless an index has all of them in order: then they are short. */
static bool order_is_whole(const struct catalogue *c, size_t extra)
{
	return order_is_plain(c->extra_type[extra]) || (type_is_text(c->extra_type[extra]) && c->extra_indexed[extra]);
}

struct order_key order_key_of(const struct catalogue *c, unsigned by)
{
	struct order_key key = {0};
	if (by == SORT_ID)
		return key;
	if (by == SORT_BALANCE) {
		key = (struct order_key){.sql = mem_dup(c->sql[CAT_BALANCE]),
					 .nullable = c->balance_nullable,
					 .indexed = c->balance_indexed};
		return key;
	}
	size_t extra = by - SORT_EXTRA;
	bool whole = order_is_whole(c, extra);
	key = (struct order_key){
		.sql = whole ? ident_quoted(c->extra[extra]) : statements_cut(c, c->extra[extra], c->extra_type[extra]),
		.nullable = !c->extra_filled[extra],
		.indexed = whole && c->extra_indexed[extra],
		.apart = true,
	};
	snprintf(key.place, sizeof key.place, "%zu", c->ncolumns + 1);
	return key;
}

bool sort_is_slow(const struct catalogue *c, struct sort sort)
{
	if (sort.by < SORT_EXTRA)
		return sort.by == SORT_BALANCE && !c->balance_indexed;
	size_t extra = sort.by - SORT_EXTRA;
	return !order_is_whole(c, extra) || !c->extra_indexed[extra];
}

char *sort_index(const struct catalogue *c, struct sort sort)
{
	const char *type = sort.by < SORT_EXTRA ? "numeric" : c->extra_type[sort.by - SORT_EXTRA];
	struct buf sql = {0};
	if (!order_is_plain(type) && !type_is_text(type))
		return NULL;
	buf_fmt(&sql, "CREATE INDEX ON %s (", c->sql[CAT_TABLE]);
	ident_add(&sql, c->columns[sort.by]);
	buf_char(&sql, ')');
	return buf_take(&sql);
}
