/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table as the server's catalogue describes it: asked in a way that both servers understand, and read from the answer. */
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bank/amount.h"
#include "base/mem.h"
#include "src/bank/sql/qualify.h"

enum {
	SCHEMA,
	NAME,
	KIND,
	VISIBLE,
	COLUMN,
	TYPE,
	TYPMOD,
	KEY,
	NEEDS_VALUE,
	READABLE,
	INSERTABLE,
	UPDATABLE,
	DOMAIN,
	HIDDEN,
	GENERATED,
	UNIQUE,
	COLUMNS,
	/* Of the tables that are asked for by name. */
	PERSISTENCE = COLUMNS,
	TRIGGER,
	FOREIGN_KEY,
	IDENTITY,
	PARENT,
	CHILDREN,
	RULE,
	SECURED,
	COLUMNS_NAMED,
	/* CockroachDB has no more than these. */
	COCKROACH_HAS = DOMAIN,
	COCKROACH_HAS_NAMED = IDENTITY,
};

/*
 * CockroachDB keeps columns of its own in a table with a hash-sharded key, crdb_internal_id_shard_16 and the like, in
 * that key too (docs: hash-sharded-indexes). They follow from the id, so that the id alone tells accounts apart: they
 * are passed over.
 */
#define COCKROACH_COLUMNS                                                                                              \
	"SELECT c.nspname, c.relname, c.relkind, pg_table_is_visible(c.oid), a.attname, coalesce(b.typname, "          \
	"t.typname), "                                                                                                 \
	"CASE WHEN b.typname IS NULL THEN a.atttypmod ELSE t.typtypmod END, "                                          \
	"coalesce(a.attnum = ANY (k.conkey), false), a.attnotnull AND NOT a.atthasdef, "                               \
	"has_column_privilege(c.oid, a.attnum, 'SELECT'), has_column_privilege(c.oid, a.attnum, 'INSERT'), "           \
	"has_column_privilege(c.oid, a.attnum, 'UPDATE')"
#define COCKROACH_PARTS                                                                                                \
	"JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "             \
	"AND left(a.attname::text, 14) <> 'crdb_internal_' "                                                           \
	"JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid "                                                          \
	"LEFT JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype "                                                  \
	"LEFT JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'p' "                           \
	"ORDER BY a.attnum"

static const char cockroach[] =
	COCKROACH_COLUMNS " FROM (SELECT r.oid, n.nspname, r.relname, r.relkind FROM pg_catalog.pg_class AS r "
			  "JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace "
			  "WHERE r.relname = $1 AND r.relkind IN ('r', 'p', 'v', 'm', 'f') "
			  "AND (n.nspname = $2 OR ($3::bool AND n.nspname = ANY (current_schemas(true)))) "
			  "ORDER BY CASE WHEN n.nspname = $2 THEN 0 ELSE array_position(current_schemas(true)::text[], "
			  "n.nspname::text) END LIMIT 1) AS c " COCKROACH_PARTS;

static const char cockroach_named[] = COCKROACH_COLUMNS
	", NULL, NULL, NULL, NULL, c.relpersistence, "
	"(SELECT g.tgname FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid = c.oid LIMIT 1), "
	"(SELECT f.conname FROM pg_catalog.pg_constraint AS f WHERE f.conrelid = c.oid "
	"AND f.contype = 'f' AND (f.confdeltype IN ('c', 'n', 'd') OR f.confupdtype IN ('c', 'n', 'd')) "
	"LIMIT 1) FROM (SELECT r.oid, n.nspname, r.relname, r.relkind, r.relpersistence "
	"FROM pg_catalog.pg_class AS r JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace "
	"WHERE n.nspname = $1 AND r.relname IN ($2, $3) AND r.relkind IN ('r', 'p', 'v', 'm', 'f')) "
	"AS c " COCKROACH_PARTS;

/* A type that a user made is named with its schema, so that it is never taken for the built-in one of the same name. */
#define POSTGRES_COLUMNS                                                                                               \
	"SELECT c.nspname, c.relname, c.relkind, @pg_table_is_visible(c.oid), a.attname, "                             \
	"CASE WHEN s.nspname @= 'pg_catalog' THEN coalesce(b.typname, t.typname)::@text "                              \
	"ELSE @concat(s.nspname, '.', coalesce(b.typname, t.typname)) END, "                                           \
	"CASE WHEN b.typname IS NULL THEN a.atttypmod ELSE t.typtypmod END, "                                          \
	"coalesce(a.attnum @= ANY (k.conkey), false), "                                                                \
	"(a.attnotnull OR t.typnotnull) AND NOT a.atthasdef AND t.typdefault IS NULL AND a.attidentity @= '', "        \
	"@has_column_privilege(c.oid, a.attnum, 'SELECT'), @has_column_privilege(c.oid, a.attnum, 'INSERT'), "         \
	"@has_column_privilege(c.oid, a.attnum, 'UPDATE'), b.oid IS NOT NULL, @row_security_active(c.oid), "           \
	"a.attgenerated @<> '', a.attnotnull AND EXISTS (SELECT 1 FROM pg_catalog.pg_index AS u "                      \
	"WHERE u.indrelid @= c.oid AND u.indisunique AND u.indisvalid AND u.indimmediate AND u.indnkeyatts @= 1 "      \
	"AND u.indkey[0] @= a.attnum AND u.indpred IS NULL AND u.indexprs IS NULL)"
#define POSTGRES_PARTS                                                                                                 \
	"JOIN pg_catalog.pg_attribute AS a ON a.attrelid @= c.oid AND a.attnum @> 0 AND NOT a.attisdropped "           \
	"AND @\"left\"(a.attname::@text, 14) @<> 'crdb_internal_' "                                                    \
	"JOIN pg_catalog.pg_type AS t ON t.oid @= a.atttypid "                                                         \
	"LEFT JOIN pg_catalog.pg_type AS b ON b.oid @= t.typbasetype "                                                 \
	"JOIN pg_catalog.pg_namespace AS s ON s.oid @= coalesce(b.typnamespace, t.typnamespace) "                      \
	"LEFT JOIN pg_catalog.pg_constraint AS k ON k.conrelid @= c.oid AND k.contype @= 'p' "                         \
	"ORDER BY a.attnum"
#define POSTGRES_KINDS "r.relkind @= ANY ('{r,p,v,m,f}'::@\"char\"[])"

static const char postgres[] =
	POSTGRES_COLUMNS " FROM (SELECT r.oid, n.nspname, r.relname, r.relkind FROM pg_catalog.pg_class AS r "
			 "JOIN pg_catalog.pg_namespace AS n ON n.oid @= r.relnamespace "
			 "WHERE r.relname @= $1 AND " POSTGRES_KINDS
			 " AND (n.nspname @= $2 OR ($3::@bool AND n.nspname @= ANY (@current_schemas(true)))) "
			 "ORDER BY CASE WHEN n.nspname @= $2 THEN 0 ELSE @array_position(@current_schemas(true), "
			 "n.nspname) END LIMIT 1) AS c " POSTGRES_PARTS;

static const char postgres_named[] = POSTGRES_COLUMNS
	", c.relpersistence, "
	"(SELECT g.tgname FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid @= c.oid AND NOT g.tgisinternal "
	"ORDER BY g.tgname LIMIT 1), "
	"(SELECT f.conname FROM pg_catalog.pg_constraint AS f WHERE f.conrelid @= c.oid AND f.contype @= 'f' "
	"AND (f.confdeltype @= ANY ('{c,n,d}'::@\"char\"[]) OR f.confupdtype @= ANY ('{c,n,d}'::@\"char\"[])) "
	"ORDER BY f.conname LIMIT 1), "
	"a.attidentity @<> '', "
	"(SELECT p.relname FROM pg_catalog.pg_inherits AS i JOIN pg_catalog.pg_class AS p ON p.oid @= i.inhparent "
	"WHERE i.inhrelid @= c.oid ORDER BY p.relname LIMIT 1), "
	"EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhparent @= c.oid), "
	"(SELECT w.rulename FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class @= c.oid AND w.rulename @<> '_RETURN' "
	"ORDER BY w.rulename LIMIT 1), c.relrowsecurity "
	"FROM (SELECT r.oid, n.nspname, r.relname, r.relkind, r.relpersistence, r.relrowsecurity "
	"FROM pg_catalog.pg_class AS r JOIN pg_catalog.pg_namespace AS n ON n.oid @= r.relnamespace "
	"WHERE n.nspname @= $1 AND (r.relname @= $2 OR r.relname @= $3) AND " POSTGRES_KINDS ") AS c " POSTGRES_PARTS;

char *table_sql(bool qualified)
{
	return qualified ? qualify(true, postgres) : mem_dup(cockroach);
}

char *table_sql_named(bool qualified)
{
	return qualified ? qualify(true, postgres_named) : mem_dup(cockroach_named);
}

static struct shape shape_of(size_t columns)
{
	return (struct shape){.columns = columns,
			      .filled = SHAPE_FILLED(SCHEMA) | SHAPE_FILLED(NAME) | SHAPE_FILLED(KIND) |
					SHAPE_FILLED(COLUMN) | SHAPE_FILLED(TYPE)};
}

struct shape table_shape(bool qualified)
{
	return shape_of(qualified ? COLUMNS : COCKROACH_HAS);
}

struct shape table_shape_named(bool qualified)
{
	return shape_of(qualified ? COLUMNS_NAMED : COCKROACH_HAS_NAMED);
}

static bool table_is_true(const struct rows *rows, size_t row, size_t col)
{
	const char *cell = rows_cell(rows, row, col);
	return cell && *cell == 't';
}

static const char *table_text_of(const struct rows *rows, size_t row, size_t col)
{
	const char *cell = rows_cell(rows, row, col);
	return cell ? cell : "";
}

static void read_table(struct table *table, const struct rows *rows, size_t row)
{
	table->schema = table_text_of(rows, row, SCHEMA);
	table->name = table_text_of(rows, row, NAME);
	table->kind = table_text_of(rows, row, KIND)[0];
	table->persistence = table_text_of(rows, row, PERSISTENCE)[0];
	table->visible = table_is_true(rows, row, VISIBLE);
	table->trigger = rows_cell(rows, row, TRIGGER);
	table->foreign_key = rows_cell(rows, row, FOREIGN_KEY);
	table->parent = rows_cell(rows, row, PARENT);
	table->rule = rows_cell(rows, row, RULE);
	table->has_children = table_is_true(rows, row, CHILDREN);
	table->secured = table_is_true(rows, row, SECURED);
	table->hidden = table_is_true(rows, row, HIDDEN);
}

static struct column read_column(const struct rows *rows, size_t row)
{
	return (struct column){
		.name = table_text_of(rows, row, COLUMN),
		.type = table_text_of(rows, row, TYPE),
		.typmod = atoi(table_text_of(rows, row, TYPMOD)),
		.key = table_is_true(rows, row, KEY),
		.needs_value = table_is_true(rows, row, NEEDS_VALUE),
		.readable = table_is_true(rows, row, READABLE),
		.insertable = table_is_true(rows, row, INSERTABLE),
		.updatable = table_is_true(rows, row, UPDATABLE),
		.domain = table_is_true(rows, row, DOMAIN),
		.generated = table_is_true(rows, row, GENERATED),
		.unique = table_is_true(rows, row, UNIQUE),
		.identity = table_is_true(rows, row, IDENTITY),
	};
}

bool table_read(struct table *table, const struct rows *rows, const char *name)
{
	*table = (struct table){0};
	for (size_t i = 0; rows && i < rows->nrows; i++) {
		if (name && strcmp(table_text_of(rows, i, NAME), name) != 0)
			continue;
		if (!table->columns) {
			read_table(table, rows, i);
			table->columns = mem_array(rows->nrows, sizeof *table->columns);
		}
		table->columns[table->ncolumns++] = read_column(rows, i);
	}
	return table->ncolumns > 0;
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

/* The name as it is usually written, else the only one that differs from it by its case alone. */
const struct column *table_column_like(const struct table *table, const char *name)
{
	const struct column *found = table_column(table, name);
	size_t n = 0;
	for (size_t i = 0; !found && i < table->ncolumns; i++)
		n += strcasecmp(table->columns[i].name, name) == 0;
	for (size_t i = 0; n == 1 && i < table->ncolumns; i++)
		if (strcasecmp(table->columns[i].name, name) == 0)
			found = &table->columns[i];
	return found;
}

size_t table_keys(const struct table *table)
{
	size_t n = 0;
	for (size_t i = 0; i < table->ncolumns; i++)
		n += table->columns[i].key;
	return n;
}

/* ---- types ---- */

/* A numeric's typmod is ((precision << 16) | scale) + 4, the scale in 11 bits with a sign (PostgreSQL, numeric.c). */

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
	if (typmod < 4 || scale_of(typmod) < 0 || scale_of(typmod) > AMOUNT_DIGITS_MAX ||
	    precision_of(typmod) > AMOUNT_DIGITS_MAX)
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

/* Its scale is one that can be counted. */
static bool is_countable(const char *type, int typmod)
{
	return strcmp(type, "numeric") == 0 && typmod >= 4 && scale_of(typmod) >= 0 &&
	       scale_of(typmod) <= AMOUNT_DIGITS_MAX;
}

int64_t type_money_max(const char *type, int typmod)
{
	bool wide = is_countable(type, typmod) && precision_of(typmod) > AMOUNT_DIGITS_MAX;
	return wide ? INT64_MAX : type_max(type, typmod);
}

int64_t type_min(const char *type, int typmod)
{
	if (strcmp(type, "int2") == 0)
		return INT16_MIN;
	if (strcmp(type, "int4") == 0)
		return INT32_MIN;
	return -type_money_max(type, typmod);
}

unsigned type_scale(const char *type, int typmod)
{
	return is_countable(type, typmod) ? (unsigned)scale_of(typmod) : 0;
}

static int digits_of(int64_t n)
{
	int digits = 0;
	for (; n > 0; n /= 10)
		digits++;
	return digits;
}

bool type_holds(const struct column *column, int64_t max, unsigned scale)
{
	if (strcmp(column->type, "numeric") != 0)
		return scale == 0 && type_max(column->type, -1) >= max;
	if (column->typmod < 4)
		return true;
	int behind = scale_of(column->typmod), before = precision_of(column->typmod) - behind;
	return behind >= (int)scale && before >= digits_of(max) - (int)scale;
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
