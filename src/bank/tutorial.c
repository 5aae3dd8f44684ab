/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tutorial's statements, in its own words, for whatever the table and its columns are called. */
#include "bank/tutorial.h"

#include <stdlib.h>

#include "base/buf.h"
#include "ident.h"
#include "qualify.h"

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

static char *read_sql(const struct catalogue *c, const char *id)
{
	struct buf sql = {0};
	buf_str(&sql, "SELECT ");
	tutorial_add_column(&sql, c, c->id_name);
	buf_str(&sql, ", ");
	tutorial_add_column(&sql, c, c->balance_name);
	qualify_add(&sql, c->guarded, "\nFROM %s\nWHERE %s.%s @= $1", c->sql[CAT_TABLE], c->sql[CAT_TABLE], id);
	return buf_take(&sql);
}

void tutorial_sql_make(struct tutorial_sql *sql, const struct catalogue *c)
{
	char *id = ident_quoted(c->id_name), *balance = ident_quoted(c->balance_name);
	const char *table = c->sql[CAT_TABLE];
	tutorial_sql_free(sql);
	sql->ids = qualify(false, "SELECT %s from %s LIMIT %u", id, table, (unsigned)TUTORIAL_IDS_MAX);
	sql->insert = qualify(false, "INSERT INTO %s (%s, %s)%s VALUES ($1, $2)", table, id, balance,
			      c->id_drawn ? " OVERRIDING SYSTEM VALUE" : "");
	sql->read = read_sql(c, id);
	sql->debit = qualify(c->guarded, "UPDATE %s SET %s=$1 WHERE %s.%s @= $2", table, balance, table, id);
	sql->credit = qualify(c->guarded, "UPDATE %s SET %s=(%s.%s @+ $1) WHERE %s.%s @= $2", table, balance, table,
			      balance, table, id);
	sql->count = qualify(c->with_schema, "SELECT @COUNT(*) FROM %s", table);
	free(id);
	free(balance);
}

void tutorial_sql_free(struct tutorial_sql *sql)
{
	free(sql->ids);
	free(sql->insert);
	free(sql->read);
	free(sql->debit);
	free(sql->credit);
	free(sql->count);
	*sql = (struct tutorial_sql){0};
}
