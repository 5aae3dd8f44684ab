/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tutorial's statements, in its own words, for whatever the table and its columns are called. */
#include "bank/tutorial.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "src/bank/sql/ident.h"
#include "src/bank/sql/part.h"
#include "src/bank/sql/qualify.h"

const char tutorial_sql_create[] = "\n"
				   "CREATE TABLE accounts (\n"
				   "\tid SERIAL NOT NULL,\n"
				   "\tbalance INTEGER,\n"
				   "\tPRIMARY KEY (id)\n"
				   ")\n"
				   "\n";

char *tutorial_sql_schema(bool qualified)
{
	return qualify(qualified, "select @current_schema()");
}

/* The column is of a domain, whose = can be anybody's; that of what is beneath it is the server's. */
char *tutorial_sql_tables(bool qualified)
{
	return qualify(qualified, "SELECT table_name FROM information_schema.tables WHERE table_schema::@name @= $1");
}

/* accounts.id AS accounts_id */
static void tutorial_add_column(struct buf *sql, const struct catalogue *c, const char *column)
{
	struct buf label = {0};
	buf_fmt(&label, "%s_%s", c->name, column);
	buf_fmt(sql, "%s.", c->sql[CAT_TABLE]);
	ident_add(sql, column);
	buf_str(sql, " AS ");
	ident_add(sql, label.p);
	buf_free(&label);
}

static char *read_sql(const struct catalogue *c, const char *id, const char *part)
{
	struct buf sql = {0};
	buf_str(&sql, "SELECT ");
	tutorial_add_column(&sql, c, c->id_name);
	buf_str(&sql, ", ");
	tutorial_add_column(&sql, c, c->balance_name);
	qualify_add(&sql, c->guarded, "\nFROM %s\nWHERE %s.%s @= $1%s", c->sql[CAT_TABLE], c->sql[CAT_TABLE], id, part);
	return buf_take(&sql);
}

void tutorial_sql_make(struct tutorial_sql *sql, const struct catalogue *c)
{
	char *id = ident_quoted(c->id_name), *balance = ident_quoted(c->balance_name);
	const char *table = c->sql[CAT_TABLE];
	tutorial_sql_free(sql);
	char *where = part_where(c, "", 0), *one = part_and(c, "", 1), *two = part_and(c, "", 2);
	char *columns = part_columns(c), *values = part_values(c, 2);
	sql->ids = qualify(false, "SELECT %s from %s%s LIMIT %u", id, table, where, (unsigned)TUTORIAL_IDS_MAX);
	sql->insert = qualify(false, "INSERT INTO %s (%s, %s%s)%s VALUES ($1, $2%s)", table, id, balance, columns,
			      c->id_drawn ? " OVERRIDING SYSTEM VALUE" : "", values);
	sql->read = read_sql(c, id, one);
	sql->debit = qualify(c->guarded, "UPDATE %s SET %s=$1 WHERE %s.%s @= $2%s", table, balance, table, id, two);
	sql->credit = qualify(c->guarded, "UPDATE %s SET %s=(%s.%s @+ $1) WHERE %s.%s @= $2%s", table, balance, table,
			      balance, table, id, two);
	sql->count = qualify(c->with_schema, "SELECT @COUNT(*) FROM %s%s", table, where);
	for (; sql->nfixed < c->nfixed; sql->nfixed++)
		sql->fixed[sql->nfixed] = mem_dup(c->fixed_value[sql->nfixed]);
	char *const all[] = {id, balance, where, one, two, columns, values};
	for (size_t i = 0; i < COUNT_OF(all); i++)
		free(all[i]);
}

void tutorial_sql_bind(const struct tutorial_sql *sql, struct statement *statement)
{
	statement->nmore = (unsigned)sql->nfixed;
	statement->more = (const char *const *)sql->fixed;
}

void tutorial_sql_free(struct tutorial_sql *sql)
{
	free(sql->ids);
	free(sql->insert);
	free(sql->read);
	free(sql->debit);
	free(sql->credit);
	free(sql->count);
	for (size_t i = 0; i < sql->nfixed; i++)
		free(sql->fixed[i]);
	*sql = (struct tutorial_sql){0};
}
