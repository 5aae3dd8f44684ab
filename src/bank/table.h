/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table as the server's catalogue describes it. */
#ifndef BANK_TABLE_H
#define BANK_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"

struct column {
	const char *name;
	const char *
		type; /* as in pg_type: "int4", "numeric"; of a domain, what is beneath it; others' types with their schema */
	int typmod;
	bool key;         /* part of the primary key */
	bool needs_value; /* NOT NULL without a default; the server does not draw it either */
	bool readable;    /* we may SELECT it */
	bool insertable;
	bool updatable;
	bool domain; /* its own type is one, over `type` */
	bool generated, identity;
	bool unique; /* by itself, and never NULL */
};

/* Strings are borrowed from the rows that it was read from. */
struct table {
	const char *schema, *name;
	char kind;        /* 'r' table, 'p' partitioned table, 'v' view, 'm' materialized view, 'f' foreign table */
	char persistence; /* 'p' permanent, 'u' unlogged, 't' temporary */
	bool visible;     /* its bare name finds it */
	/* The first of each, by name; NULL where it has none. */
	const char *trigger, *rule;
	const char *foreign_key; /* one that changes or deletes rows together with those that they name */
	const char *parent;      /* the table that it is a partition of, or inherits from */
	bool has_children;       /* others inherit from it */
	bool secured, hidden;    /* row level security is enabled; and holds for us */
	struct column *columns;
	size_t ncolumns;
};

/*
 * The question. $1 is the table's name, $2 a schema or '', $3 whether the search path is looked through as well; the
 * schema goes first. One row a column, none where there is no such table.
 */
enum { TABLE_PARAMS = 3 };
char *table_sql(bool qualified); /* owned; qualified: in PostgreSQL's own words (qualify.h) */

/* Two tables at once, and all that is known of them: $1 is the schema, $2 and $3 are their names. The other question
 * leaves out who else has a hand in a table, from the persistence to the children. */
char *table_sql_named(bool qualified);
struct shape table_shape(bool qualified); /* of their answers */
struct shape table_shape_named(bool qualified);

/* False where there is no such table; otherwise table_done() gives the memory back. `name` NULL: the only one. */
bool table_read(struct table *table, const struct rows *rows, const char *name);
void table_done(struct table *table);

const struct column *table_column(const struct table *table, const char *name); /* borrowed; NULL where there is none */
const struct column *table_column_like(const struct table *table,
				       const char *name); /* in whatever case, if only one is */
size_t table_keys(const struct table *table);

/* The largest number that an integer type, or a numeric(p,s) of at most 18 digits and no scale below 0, holds, in
 * units of 10^-s; 0 for any other type. */
int64_t type_max(const char *type, int typmod);
/* The largest balance that such a column holds and that can be counted: a numeric with more digits holds more. */
int64_t type_money_max(const char *type, int typmod);
int64_t type_min(const char *type, int typmod);    /* the smallest balance, at least -INT64_MAX */
unsigned type_scale(const char *type, int typmod); /* digits behind the point of a balance */
/* True where such a column takes every number of up to `max` units of that scale as it is. */
bool type_holds(const struct column *column, int64_t max, unsigned scale);
bool type_is_integer(const char *type);
bool type_is_text(const char *type);

/* What a type is called in SQL and by people: "integer", "numeric(10,2)". */
void type_show(char out[80], const char *type, int typmod);

#endif
