/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table as the server's catalogue describes it: asked in a way that both servers understand, and read from the answer. */
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { SCHEMA, NAME, KIND, VISIBLE, READABLE, WRITABLE, COLUMN, TYPE, TYPMOD, KEY, NEEDS_VALUE };

/*
 * CockroachDB keeps columns of its own in a table with a hash-sharded key, crdb_internal_id_shard_16 and the like, in that key too
 * (docs: hash-sharded-indexes). They follow from the id, so that the id alone tells accounts apart: they are passed over.
 */
static const char sql[] =
	"SELECT c.nspname, c.relname, c.relkind, pg_table_is_visible(c.oid), has_table_privilege(c.oid, 'SELECT'), "
	"has_table_privilege(c.oid, 'INSERT'), a.attname, coalesce(b.typname, t.typname), "
	"CASE WHEN b.typname IS NULL THEN a.atttypmod ELSE t.typtypmod END, "
	"coalesce(a.attnum = ANY (k.conkey), false), a.attnotnull AND NOT a.atthasdef "
	"FROM (SELECT r.oid, n.nspname, r.relname, r.relkind FROM pg_catalog.pg_class AS r "
	"JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace "
	"WHERE r.relname = $1 AND r.relkind IN ('r', 'p', 'v', 'm', 'f') "
	"AND (n.nspname = $2 OR ($3::bool AND n.nspname = ANY (current_schemas(true)))) "
	"ORDER BY CASE WHEN n.nspname = $2 THEN 0 ELSE array_position(current_schemas(true)::text[], n.nspname::text) "
	"END LIMIT 1) "
	"AS c "
	"JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
	"AND left(a.attname::text, 14) <> 'crdb_internal_' "
	"JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid "
	"LEFT JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype "
	"LEFT JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'p' "
	"ORDER BY a.attnum";

const char *table_sql(void)
{
	return sql;
}

static bool is_true(const struct rows *rows, size_t row, size_t col)
{
	const char *cell = rows_cell(rows, row, col);
	return cell && *cell == 't';
}

static const char *text_of(const struct rows *rows, size_t row, size_t col)
{
	const char *cell = rows_cell(rows, row, col);
	return cell ? cell : "";
}

bool table_read(struct table *table, const struct rows *rows)
{
	*table = (struct table){0};
	if (!rows || rows->nrows == 0)
		return false;
	table->schema = text_of(rows, 0, SCHEMA);
	table->name = text_of(rows, 0, NAME);
	table->kind = text_of(rows, 0, KIND)[0];
	table->visible = is_true(rows, 0, VISIBLE);
	table->readable = is_true(rows, 0, READABLE);
	table->writable = is_true(rows, 0, WRITABLE);
	table->ncolumns = rows->nrows;
	table->columns = mem_array(rows->nrows, sizeof *table->columns);
	for (size_t i = 0; i < rows->nrows; i++)
		table->columns[i] = (struct column){
			.name = text_of(rows, i, COLUMN),
			.type = text_of(rows, i, TYPE),
			.typmod = atoi(text_of(rows, i, TYPMOD)),
			.key = is_true(rows, i, KEY),
			.needs_value = is_true(rows, i, NEEDS_VALUE),
		};
	return true;
}

void table_done(struct table *table)
{
	free(table->columns);
	*table = (struct table){0};
}

const struct column *table_column(const struct table *table, const char *name)
{
	for (size_t i = 0; i < table->ncolumns; i++)
		if (strcmp(table->columns[i].name, name) == 0)
			return &table->columns[i];
	return NULL;
}

size_t table_keys(const struct table *table)
{
	size_t n = 0;
	for (size_t i = 0; i < table->ncolumns; i++)
		n += table->columns[i].key;
	return n;
}

/* ---- types ---- */

/* A numeric's typmod is ((precision << 16) | scale) + 4, the scale in 11 bits (PostgreSQL, numeric.c). */
enum { NUMERIC_DIGITS_MAX = 18 };

static int precision_of(int typmod)
{
	return ((typmod - 4) >> 16) & 0xffff;
}

static int scale_of(int typmod)
{
	return (((typmod - 4) & 0x7ff) ^ 1024) - 1024;
}

static int64_t numeric_max(int typmod)
{
	if (typmod < 4 || scale_of(typmod) != 0 || precision_of(typmod) > NUMERIC_DIGITS_MAX)
		return 0;
	int64_t max = 1;
	for (int i = 0; i < precision_of(typmod); i++)
		max *= 10;
	return max - 1;
}

int64_t type_max(const char *type, int typmod)
{
	if (strcmp(type, "int2") == 0)
		return INT16_MAX;
	if (strcmp(type, "int4") == 0)
		return INT32_MAX;
	if (strcmp(type, "int8") == 0)
		return INT64_MAX;
	return strcmp(type, "numeric") == 0 ? numeric_max(typmod) : 0;
}

bool type_is_integer(const char *type)
{
	return strcmp(type, "int2") == 0 || strcmp(type, "int4") == 0 || strcmp(type, "int8") == 0;
}

bool type_is_text(const char *type)
{
	return strcmp(type, "text") == 0 || strcmp(type, "varchar") == 0 || strcmp(type, "bpchar") == 0;
}

void type_show(char out[80], const char *type, int typmod)
{
	static const char *const names[][2] = {
		{"int2", "smallint"},           {"int4", "integer"},     {"int8", "bigint"}, {"float4", "real"},
		{"float8", "double precision"}, {"bpchar", "character"},
	};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strcmp(type, names[i][0]) == 0)
			type = names[i][1];
	if (strcmp(type, "numeric") == 0 && typmod >= 4)
		snprintf(out, 80, "numeric(%d,%d)", precision_of(typmod), scale_of(typmod));
	else
		snprintf(out, 80, "%s", type);
}
