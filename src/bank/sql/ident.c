/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of tables and columns as they are written in SQL: quoted only where they need it. */
#include "ident.h"

#include <string.h>

#include "base/mem.h"

/*
 * Every key word of PostgreSQL that is not "unreserved" (what its own quote_ident() quotes), and those that
 * CockroachDB keeps beyond them (sql.y: cockroachdb_extra_reserved_keyword and its kin), each between two blanks.
 */
static const char keywords[] =
	" all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean "
	"both box2d case cast char character characteristics check coalesce collate collation column "
	"concurrently constraint create cross current_catalog current_date current_role current_schema "
	"current_time current_timestamp current_user dec decimal default deferrable desc distinct do else end "
	"except exists extract extract_duration false family fetch float for foreign freeze from full "
	"geography geometry grant greatest group grouping having if iferror ifnull ilike in index initially "
	"inner inout int integer intersect interval into is iserror isnull join json_array json_arrayagg "
	"json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value "
	"lateral leading least left like limit localtime localtimestamp maxvalue merge_action minvalue "
	"national natural nchar none normalize not nothing notnull null nullif numeric offset on only or "
	"order out outer overlaps overlay placing point polygon position precision primary real references "
	"returning right row select session_user setof similar smallint some string substring symmetric "
	"system_user table tablesample then time timestamp timestamptz timetz to trailing treat trim true "
	"union unique unreserved user using values varbit varchar variadic vector verbose virtual when where "
	"window with work xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi "
	"xmlroot xmlserialize xmltable ";

static bool is_keyword(const char *name)
{
	struct buf word = {0};
	buf_fmt(&word, " %s ", name);
	bool found = strstr(keywords, buf_text(&word)) != NULL;
	buf_free(&word);
	return found;
}

bool ident_is_plain(const char *name)
{
	if (!(*name == '_' || (*name >= 'a' && *name <= 'z')))
		return false;
	for (const char *p = name; *p; p++)
		if (!(*p == '_' || (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9')))
			return false;
	return !is_keyword(name);
}

void ident_add(struct buf *sql, const char *name)
{
	if (ident_is_plain(name)) {
		buf_str(sql, name);
		return;
	}
	buf_char(sql, '"');
	for (const char *p = name; *p; p++) {
		if (*p == '"')
			buf_char(sql, '"');
		buf_char(sql, *p);
	}
	buf_char(sql, '"');
}

char *ident_quoted(const char *name)
{
	struct buf sql = {0};
	ident_add(&sql, name);
	return buf_take(&sql);
}

/* ---- names that people write ---- */

/* Reads a quoted part up to behind its closing quote; NULL where that is missing. */
static const char *ident_read_quoted(const char *p, struct buf *part)
{
	for (p++; *p; p++) {
		if (*p == '"' && *++p != '"')
			return p;
		buf_char(part, *p);
	}
	return NULL;
}

static const char *read_part(const char *p, struct buf *part)
{
	if (*p == '"')
		return ident_read_quoted(p, part);
	size_t n = strcspn(p, ".\"");
	buf_add(part, p, n);
	return p + n;
}

bool ident_split(const char *text, char **schema, char **name)
{
	struct buf first = {0}, second = {0};
	const char *p = read_part(text, &first);
	bool dotted = p && *p == '.';
	if (dotted)
		p = read_part(p + 1, &second);
	bool good = p && *p == '\0' && first.len > 0 && (!dotted || second.len > 0);
	*schema = good && dotted ? mem_dup(buf_text(&first)) : NULL;
	*name = good ? mem_dup(buf_text(dotted ? &second : &first)) : NULL;
	buf_free(&first);
	buf_free(&second);
	return good;
}
