/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tutorial's statements, in its own words, for whatever the table and its columns are called. */
#include "bank/tutorial.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ident.h"

const char tutorial_sql_schema[] = "select current_schema()";
const char tutorial_sql_tables[] = "SELECT table_name FROM information_schema.tables WHERE table_schema=$1";
const char tutorial_sql_create[] = "\n"
				   "CREATE TABLE accounts (\n"
				   "\tid SERIAL NOT NULL,\n"
				   "\tbalance INTEGER,\n"
				   "\tPRIMARY KEY (id)\n"
				   ")\n"
				   "\n";

static char *quoted(const char *name)
{
	struct buf sql = {0};
	ident_add(&sql, name);
	return buf_take(&sql);
}

/* accounts.id AS accounts_id */
static void add_column(struct buf *sql, const struct catalogue *c, const char *column)
{
	struct buf label = {0};
	buf_fmt(&label, "%s_%s", c->name, column);
	buf_fmt(sql, "%s.", c->sql_name);
	ident_add(sql, column);
	buf_str(sql, " AS ");
	ident_add(sql, label.p);
	buf_free(&label);
}

static char *read_sql(const struct catalogue *c, const char *id)
{
	struct buf sql = {0};
	buf_str(&sql, "SELECT ");
	add_column(&sql, c, c->id_name);
	buf_str(&sql, ", ");
	add_column(&sql, c, c->balance_name);
	buf_fmt(&sql, "\nFROM %s\nWHERE %s.%s = $1", c->sql_name, c->sql_name, id);
	return buf_take(&sql);
}

static char *text(const char *fmt, ...) PRINTF_LIKE(1, 2);

static char *text(const char *fmt, ...)
{
	char *sql;
	va_list ap;
	va_start(ap, fmt);
	int n = vasprintf(&sql, fmt, ap);
	va_end(ap);
	return n < 0 ? mem_dup("") : sql;
}

void tutorial_sql_make(struct tutorial_sql *sql, const struct catalogue *c)
{
	char *id = quoted(c->id_name), *balance = quoted(c->balance_name);
	const char *table = c->sql_name;
	tutorial_sql_free(sql);
	sql->ids = text("SELECT %s from %s LIMIT %d", id, table, TUTORIAL_IDS_MAX);
	sql->insert = text("INSERT INTO %s (%s, %s)%s VALUES ($1, $2)", table, id, balance,
			   c->id_drawn ? " OVERRIDING SYSTEM VALUE" : "");
	sql->read = read_sql(c, id);
	sql->debit = text("UPDATE %s SET %s=$1 WHERE %s.%s = $2", table, balance, table, id);
	sql->credit = text("UPDATE %s SET %s=(%s.%s + $1) WHERE %s.%s = $2", table, balance, table, balance, table, id);
	sql->count = text("SELECT COUNT(*) FROM %s", table);
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
