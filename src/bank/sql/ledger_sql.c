/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQL of the ledger, made for a catalogue: how it is made, read, written and searched. */
#include <stdlib.h>
#include <string.h>

#include "bank/audit.h"
#include "base/mem.h"
#include "ident.h"
#include "qualify.h"
#include "statements_internal.h"

/* ---- a ledger for this table ---- */

static void ledger_sql_type(char out[80], const struct column *column)
{
	const char *type = type_is_integer(column->type) ? "int8" : type_is_text(column->type) ? "text" : column->type;
	type_show(out, type, column->typmod);
}

/* Numbers are key words; the other names of types can be anybody's. */
static void ledger_sql_add_type(struct buf *sql, const struct catalogue *c, const struct column *column)
{
	char type[80];
	bool named = type_is_text(column->type) || strcmp(column->type, "uuid") == 0;
	ledger_sql_type(type, column);
	qualify_add(sql, c->qualified && named, "@%s", type);
}

static void ledger_sql_declare(struct buf *sql, const struct catalogue *c, const struct table *accounts,
			       enum ledger_column column)
{
	buf_fmt(sql, "%s ", ledger_columns[column]);
	switch (ledger_kinds[column]) {
	case KIND_KEY:
		qualify_add(sql, c->qualified, "@uuid PRIMARY KEY");
		return;
	case KIND_TIME:
		qualify_add(sql, c->qualified, "@timestamptz NOT NULL DEFAULT @now()");
		return;
	case KIND_ACCOUNT:
		ledger_sql_add_type(sql, c, table_column(accounts, c->id_name));
		break;
	case KIND_MONEY:
		ledger_sql_add_type(sql, c, table_column(accounts, c->balance_name));
		break;
	}
	buf_str(sql, " NOT NULL");
}

void statements_make_ledger(struct catalogue *c, const struct table *accounts, const char *schema, const char *name)
{
	struct buf sql = {0};
	buf_str(&sql, "CREATE TABLE IF NOT EXISTS ");
	ident_add(&sql, schema);
	buf_char(&sql, '.');
	ident_add(&sql, name);
	for (size_t i = 0; i < LEDGER_COLUMNS; i++) {
		buf_str(&sql, i ? ", " : " (");
		ledger_sql_declare(&sql, c, accounts, ledger_nth(i));
	}
	buf_char(&sql, ')');
	statements_put(c, CAT_MAKE_LEDGER, buf_take(&sql));
}

/* ---- the one that is there ---- */

/* In the order of the server's time, and of the ids where that is the same. */
static void ledger_sql_history(struct catalogue *c, const char *ledger)
{
	bool q = c->qualified;
	struct shape row = {.columns = LEDGER_COLUMNS, .names = ledger_columns, .filled = SHAPE_FILLED(LEDGER_ID)};
	struct buf names = {0};
	ledger_add_names(&names, 0);
	char *head = qualify(q, "SELECT %s FROM %s", buf_text(&names), ledger);
	buf_free(&names);
	char *of = qualify(q, "%s WHERE (source @= $1 OR destination @= $1 OR $1 IS NULL)", head);
	char *there = qualify(q, "(SELECT made_at, id FROM %s WHERE id @= $3)", ledger);
	const char *down = "ORDER BY made_at DESC, id DESC LIMIT $2", *up = "ORDER BY made_at, id LIMIT $2";
	statements_put_select(c, CAT_LEDGER_NEWEST, row, qualify(q, "%s %s", of, down));
	statements_put_select(c, CAT_LEDGER_OLDER, row, qualify(q, "%s AND (made_at, id) @< %s %s", of, there, down));
	statements_put_select(c, CAT_LEDGER_OLDEST, row, qualify(q, "%s %s", of, up));
	statements_put_select(c, CAT_LEDGER_NEWER, row, qualify(q, "%s AND (made_at, id) @> %s %s", of, there, up));
	statements_put_select(c, CAT_LEDGER_ONE, row, qualify(q, "%s WHERE id @= $1", head));
	statements_put_select(
		c, CAT_LEDGER_TALLY, (struct shape){.columns = TOTAL_COLUMNS, .one_row = true},
		qualify(q, "SELECT @count(*), coalesce(@sum(amount), 0) FROM %s WHERE id @>= $1 AND id @<= $2",
			ledger));
	statements_put_select(c, CAT_LEDGER_BETWEEN, row,
			      qualify(q, "%s WHERE id @>= $1 AND id @<= $2 LIMIT $3", head));
	free(there);
	free(of);
	free(head);
}

static const char *ledger_sql_plain_type(const char *type)
{
	return type_is_text(type) ? "text" : type;
}

char *statements_is_written(const struct catalogue *c, const char *prefix, const struct column *column,
			    const char *value)
{
	bool text = type_is_text(column->type);
	char *cast = text ? qualify(c->guarded, "::@text") : mem_dup("");
	char *sql = qualify(c->guarded, "%s%s%s @= %s::@%s", prefix, column->name, cast, value,
			    ledger_sql_plain_type(column->type));
	free(cast);
	return sql;
}

char *statements_insert_ledger(const char *into)
{
	struct buf sql = {0};
	buf_fmt(&sql, "INSERT INTO %s (", into);
	ledger_add_written(&sql);
	buf_char(&sql, ')');
	return buf_take(&sql);
}

char *statements_returned(const struct catalogue *c)
{
	struct buf sql = {0};
	ledger_add_written(&sql);
	buf_str(&sql, c->qualified ? ", tableoid" : "");
	return buf_take(&sql);
}

/* A row of the ledger with that id; a division by zero unless it came out as it was given. */
static char *ledger_sql_checked(const struct catalogue *c, const char *head, const char *id, const char *returned,
				const char *from, const char *to)
{
	return qualify(c->guarded,
		       "WITH written AS (%s VALUES (%s, $2, $3, $4) RETURNING %s) SELECT 1 @/ @count(*) AS written "
		       "FROM written WHERE id @= $1 AND %s AND %s AND amount @= $4",
		       head, id, returned, from, to);
}

/* The id stands first, so that $2 and $3 get the type of the accounts' id before the ledger's columns, which may be
 * wider, ask. */
static void ledger_sql_writing(struct catalogue *c, const struct names *n, const struct table *ledger, const char *into)
{
	char *head = statements_insert_ledger(into), *returned = statements_returned(c);
	char *hold = statements_both_hold(c, n, 2, 5);
	char *from = statements_is_written(c, "", table_column(ledger, "source"), "$2"),
	     *to = statements_is_written(c, "", table_column(ledger, "destination"), "$3");
	char *id = qualify(c->guarded, "CASE WHEN %s THEN $1::@uuid END", hold);
	statements_put(c, CAT_LEDGER_CHECKED, ledger_sql_checked(c, head, id, returned, from, to));
	statements_put(c, CAT_LEDGER_WRITTEN, ledger_sql_checked(c, head, "$1", returned, from, to));
	free(id);
	statements_put(c, CAT_LEDGER_PROBE,
		       qualify(c->guarded,
			       "WITH written AS (%s VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING RETURNING id) "
			       "SELECT id FROM written WHERE id @= $1",
			       head));
	free(head);
	free(returned);
	free(hold);
	free(from);
	free(to);
}

/* That a side of the ledger's row is the account in a parameter, as it was asked for: "007" may be 7. */
static char *ledger_sql_side_is(const struct catalogue *c, const struct column *column, const char *param)
{
	char *value = qualify(c->guarded, "%s::@%s", param, statements_id_type(c));
	char *sql = statements_is_written(c, "", column, value);
	free(value);
	return sql;
}

static void ledger_sql_finding(struct catalogue *c, const struct table *ledger, const char *into)
{
	struct shape found = {.columns = FOUND_COLUMNS, .names = ledger_columns + FOUND_FIRST};
	struct buf names = {0};
	ledger_add_names(&names, LEDGER_SOURCE);
	char *from = ledger_sql_side_is(c, table_column(ledger, "source"), "$2"),
	     *to = ledger_sql_side_is(c, table_column(ledger, "destination"), "$3");
	statements_put_select(c, CAT_LEDGER_FIND, found,
			      qualify(c->guarded, "SELECT %s FROM %s WHERE id @= $1", buf_text(&names), into));
	statements_put_select(c, CAT_LEDGER_SAME, found,
			      qualify(c->guarded, "%s AND %s AND %s AND (amount @= $4 OR $4 IS NULL)",
				      c->sql[CAT_LEDGER_FIND], from, to));
	buf_free(&names);
	free(from);
	free(to);
}

void statements_ledger(struct catalogue *c, const struct table *accounts, const struct table *ledger)
{
	struct names n = statements_names(c, accounts);
	char *into = statements_table_name(c, ledger);
	struct oneshot_ledger written = {into, table_column(ledger, "source"), table_column(ledger, "destination"),
					 table_column(ledger, "amount")};
	ledger_sql_writing(c, &n, ledger, into);
	ledger_sql_finding(c, ledger, into);
	ledger_sql_history(c, into);
	oneshot_make(c, &n, &written);
	many_make_ledger(c, &written);
	statements_put_select(c, CAT_AUDIT, audit_shape(true), statements_audit(c, &n, into));
	free(into);
	statements_names_free(&n);
}
