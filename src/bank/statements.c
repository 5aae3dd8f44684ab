/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQL that is made for a catalogue: texts with parameters, plain enough to be read in the log. */
#include "statements.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank/amount.h"
#include "bank/audit.h"
#include "bank/transfer.h"
#include "base/mem.h"
#include "ident.h"

/* The names as SQL writes them. */
struct names {
	char *table, *id, *balance;
	char *columns; /* of a page */
	char *whole;   /* the same, uncut */
};

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

static char *table_name(const struct table *table)
{
	struct buf sql = {0};
	if (!table->visible) {
		ident_add(&sql, table->schema);
		buf_char(&sql, '.');
	}
	ident_add(&sql, table->name);
	return buf_take(&sql);
}

static char *quoted(const char *name)
{
	struct buf sql = {0};
	ident_add(&sql, name);
	return buf_take(&sql);
}

/* A cell of 10 MB must not cross the wire to be cut here. */
static char *page_columns(const struct catalogue *catalogue)
{
	struct buf sql = {0};
	ident_add(&sql, catalogue->id_name);
	buf_str(&sql, ", ");
	ident_add(&sql, catalogue->balance_name);
	for (size_t i = 0; i < catalogue->nextra; i++) {
		buf_str(&sql, ", left(");
		ident_add(&sql, catalogue->extra[i]);
		buf_str(&sql, "::text, 200)");
	}
	return buf_take(&sql);
}

static char *whole_columns(const struct catalogue *catalogue)
{
	struct buf sql = {0};
	ident_add(&sql, catalogue->id_name);
	buf_str(&sql, ", ");
	ident_add(&sql, catalogue->balance_name);
	for (size_t i = 0; i < catalogue->nextra; i++) {
		buf_str(&sql, ", ");
		ident_add(&sql, catalogue->extra[i]);
	}
	return buf_take(&sql);
}

static struct names names_of(const struct catalogue *catalogue, const struct table *table)
{
	return (struct names){table_name(table), quoted(catalogue->id_name), quoted(catalogue->balance_name),
			      page_columns(catalogue), whole_columns(catalogue)};
}

static void names_free(struct names *names)
{
	free(names->table);
	free(names->id);
	free(names->balance);
	free(names->columns);
	free(names->whole);
}

static void make_pages(struct catalogue *c, const struct names *n)
{
	const char *id = n->id;
	c->sql_columns = mem_dup(n->columns);
	c->sql_id = mem_dup(n->id);
	c->sql_balance = mem_dup(n->balance);
	char *from = text("SELECT %s FROM %s", n->columns, n->table);
	c->sql_page_first = text("%s ORDER BY %s LIMIT $1", from, id);
	c->sql_whole_first = text("SELECT %s FROM %s ORDER BY %s LIMIT $1", n->whole, n->table, id);
	c->sql_whole_after = text("SELECT %s FROM %s WHERE %s > $1 ORDER BY %s LIMIT $2", n->whole, n->table, id, id);
	c->sql_one = text("%s WHERE %s = $1", from, id);
	free(from);
}

static struct amount_text most(const struct catalogue *c)
{
	return amount_show(c->balance_max, c->balance_scale);
}

/*
 * That two accounts hold what they must. Each is read by its key: one read of both, by OR, takes PostgreSQL as long as two updates,
 * because it makes bitmaps for it.
 */
static char *both_hold(const struct names *n, unsigned ids, unsigned balances)
{
	return text("(SELECT %s FROM %s WHERE %s = $%u) = $%u AND (SELECT %s FROM %s WHERE %s = $%u) = $%u", n->balance,
		    n->table, n->id, ids, balances, n->balance, n->table, n->id, ids + 1, balances + 1);
}

static void make_transfer(struct catalogue *c, const struct names *n)
{
	c->sql_read_two = text("SELECT %s, %s FROM %s WHERE %s IN ($1, $2)", n->id, n->balance, n->table, n->id);
	c->sql_debit = text("UPDATE %s SET %s = %s - $1 WHERE %s = $2", n->table, n->balance, n->balance, n->id);
	c->sql_credit = text("UPDATE %s SET %s = %s + $1 WHERE %s = $2", n->table, n->balance, n->balance, n->id);
	char *hold = both_hold(n, 1, 3);
	c->sql_check_two = text("SELECT 1 / CASE WHEN %s THEN 1 ELSE 0 END AS checked", hold);
	free(hold);
	c->sql_third = text("SELECT %s FROM %s WHERE %s NOT IN ($1, $2) AND %s >= 0 AND %s < %s ORDER BY %s LIMIT 1",
			    n->id, n->table, n->id, n->balance, n->balance, most(c).text, n->id);
}

static void make_insert(struct catalogue *c, const struct names *n)
{
	c->sql_insert_rows = text("INSERT INTO %s (%s, %s) VALUES ", n->table, n->id, n->balance);
	c->sql_insert_end = text(" ON CONFLICT (%s) DO NOTHING", n->id);
	c->sql_delete = text("DELETE FROM %s WHERE %s = $1 RETURNING %s", n->table, n->id, n->balance);
	c->sql_copy = text("COPY %s (%s, %s) FROM STDIN", n->table, n->id, n->balance);
}

/* ---- a transfer in one statement ---- */

static bool is_numeric(const struct catalogue *c)
{
	return strcmp(c->balance_type, "numeric") == 0;
}

/* floor(balance / 2) in units: a shift floors and stays an integer on both servers; numeric has none, and its division rounds. CockroachDB
 * has trunc() to a scale from 22.2 on only (cockroach#85890). */
static char *half_of(const struct catalogue *c, const char *balance)
{
	return is_numeric(c) ? text("trunc(%s * 0.5 * 1e%u) * 1e-%u", balance, c->balance_scale, c->balance_scale)
			     : text("%s >> 1", balance);
}

/*
 * What a rule puts into the statement. An amount that comes from the balance is read beside the accounts, as m; it is short where a
 * parameter says it, because the server sets up each expression anew for each transfer.
 */
struct amount_sql {
	char *from;       /* beside the accounts */
	char *allowed;    /* what must hold for the rows that are changed */
	char *moved;      /* the amount, where accounts are changed; */
	const char *kept; /* what must be returned with them, and */
	char *checked;    /* how it is called when that is looked at */
};

static struct amount_sql amount_param(const struct catalogue *c, const struct names *n)
{
	char *amount = text("%s::%s", c->ledger ? "$4" : "$3", is_numeric(c) ? "numeric" : "int8");
	return (struct amount_sql){mem_dup(""), text("(a.%s <> $1 OR was.%s >= %s)", n->id, n->balance, amount), amount,
				   "", mem_dup(amount)};
}

static struct amount_sql amount_read(const struct catalogue *c, const struct names *n, enum transfer_rule rule)
{
	char *amount = rule == TRANSFER_HALF ? half_of(c, n->balance) : mem_dup(n->balance);
	char *from = text(", (SELECT %s AS amount FROM %s WHERE %s = $1) AS m", amount, n->table, n->id);
	free(amount);
	return (struct amount_sql){from, mem_dup("m.amount > 0"), mem_dup("m.amount"), ", m.amount", mem_dup("amount")};
}

/* A numeric may be NaN, which compares as if it were a number. */
static char *countable(const struct catalogue *c, const struct names *n)
{
	struct amount_text max = most(c);
	return is_numeric(c) ? text(" AND was.%s BETWEEN -%s AND %s", n->balance, max.text, max.text) : mem_dup("");
}

/*
 * Each account is joined with itself as it was, so that what it holds now can be compared with what it must hold: a trigger may
 * have changed it, or a row may have been left out. `moved` has the rows that were changed, `good` counts those that are right.
 * CockroachDB refuses a WITH clause without columns, so that each has its RETURNING (0A000, optbuilder's getCTECols).
 */
static char *make_oneshot(const struct catalogue *c, const struct names *n, const char *into, enum transfer_rule rule)
{
	const char *id = n->id, *b = n->balance;
	struct amount_sql amount = rule == TRANSFER_AMOUNT ? amount_param(c, n) : amount_read(c, n, rule);
	char *counted = countable(c, n);
	char *moved = text("WITH moved AS (UPDATE %s AS a SET %s = was.%s + CASE WHEN a.%s = $1 THEN -%s ELSE %s END "
			   "FROM %s AS was%s WHERE was.%s = a.%s AND a.%s IN ($1, $2) AND %s%s "
			   "RETURNING a.%s = $1 AS debit, a.%s AS balance, a.%s - was.%s AS change%s)",
			   n->table, b, b, id, amount.moved, amount.moved, n->table, amount.from, id, id, id,
			   amount.allowed, counted, id, b, b, b, amount.kept);
	const char *facts = "SELECT min(balance) FILTER (WHERE debit) AS source, "
			    "min(balance) FILTER (WHERE NOT debit) AS destination, max(change) AS amount";
	char *good = text("count(*) FILTER (WHERE change = CASE WHEN debit THEN -%s ELSE %s END)", amount.checked,
			  amount.checked);
	char *sql =
		into ? text("%s, checked AS (%s, %s AS good FROM moved), "
			    "recorded AS (INSERT INTO %s (id, source, destination, amount) SELECT CASE WHEN good = 2 "
			    "THEN $3::uuid END, $1, $2, amount FROM checked RETURNING id) "
			    "SELECT source, destination, amount FROM checked",
			    moved, facts, good, into)
		     : text("%s %s, 1 / CASE WHEN %s = 2 THEN 1 ELSE 0 END AS checked FROM moved", moved, facts, good);
	char *const all[] = {amount.from, amount.allowed, amount.moved, amount.checked, counted, moved, good};
	for (size_t i = 0; i < COUNT_OF(all); i++)
		free(all[i]);
	return sql;
}

static void make_oneshots(struct catalogue *c, const struct names *n, const char *into)
{
	for (enum transfer_rule rule = TRANSFER_HALF; rule <= TRANSFER_AMOUNT; rule++) {
		free(c->sql_oneshot[rule]);
		c->sql_oneshot[rule] = make_oneshot(c, n, into, rule);
	}
}

/* ---- a ledger for this table ---- */

static void ledger_type(char out[80], const struct column *column)
{
	const char *type = type_is_integer(column->type) ? "int8" : type_is_text(column->type) ? "text" : column->type;
	type_show(out, type, column->typmod);
}

static void make_ledger(struct catalogue *c, const struct table *table)
{
	char id[80], amount[80], *schema = quoted(table->schema);
	ledger_type(id, table_column(table, c->id_name));
	ledger_type(amount, table_column(table, c->balance_name));
	c->sql_make_ledger =
		text("CREATE TABLE IF NOT EXISTS %s.transfers (id uuid PRIMARY KEY, source %s NOT NULL, "
		     "destination %s NOT NULL, amount %s NOT NULL, made_at timestamptz NOT NULL DEFAULT now())",
		     schema, id, id, amount);
	free(schema);
}

void statements_accounts(struct catalogue *catalogue, const struct table *table)
{
	struct names names = names_of(catalogue, table);
	catalogue->sql_name = mem_dup(names.table);
	make_pages(catalogue, &names);
	make_transfer(catalogue, &names);
	make_insert(catalogue, &names);
	make_oneshots(catalogue, &names, NULL);
	catalogue->sql_audit = audit_sql(names.table, names.id, names.balance, NULL);
	make_ledger(catalogue, table);
	names_free(&names);
}

/* In the order of the server's time, and of the ids where that is the same. */
static void make_history(struct catalogue *c, const char *ledger)
{
	char *head = text("SELECT id, made_at, source, destination, amount FROM %s", ledger);
	char *of = text("%s WHERE (source = $1 OR destination = $1 OR $1 IS NULL)", head);
	char *there = text("(SELECT made_at, id FROM %s WHERE id = $3)", ledger);
	const char *down = "ORDER BY made_at DESC, id DESC LIMIT $2", *up = "ORDER BY made_at, id LIMIT $2";
	c->sql_ledger_newest = text("%s %s", of, down);
	c->sql_ledger_older = text("%s AND (made_at, id) < %s %s", of, there, down);
	c->sql_ledger_oldest = text("%s %s", of, up);
	c->sql_ledger_newer = text("%s AND (made_at, id) > %s %s", of, there, up);
	c->sql_ledger_one = text("%s WHERE id = $1", head);
	free(there);
	free(of);
	free(head);
}

/* The id stands first, so that $2 and $3 get the type of the accounts' id before the ledger's columns, which may be wider, ask. */
void statements_ledger(struct catalogue *c, const struct table *accounts, const struct table *ledger)
{
	struct names n = names_of(c, accounts);
	char *into = table_name(ledger), *head = text("INSERT INTO %s (id, source, destination, amount) VALUES ", into);
	c->sql_ledger_insert = text("%s($1, $2, $3, $4)", head);
	c->sql_ledger_fence = text("%s($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING", head);
	char *hold = both_hold(&n, 2, 5);
	c->sql_ledger_checked = text("%s(CASE WHEN %s THEN $1::uuid END, $2, $3, $4)", head, hold);
	free(hold);
	make_oneshots(c, &n, into);
	make_history(c, into);
	free(c->sql_audit);
	c->sql_audit = audit_sql(n.table, n.id, n.balance, into);
	c->sql_ledger_find = text("SELECT source, destination, amount FROM %s WHERE id = $1", into);
	free(head);
	free(into);
	names_free(&n);
}

void statements_free(struct catalogue *c)
{
	char *const all[] = {
		c->sql_name,
		c->sql_make_ledger,
		c->sql_columns,
		c->sql_id,
		c->sql_balance,
		c->sql_page_first,
		c->sql_one,
		c->sql_read_two,
		c->sql_debit,
		c->sql_credit,
		c->sql_third,
		c->sql_ledger_insert,
		c->sql_ledger_checked,
		c->sql_ledger_fence,
		c->sql_ledger_find,
		c->sql_ledger_newest,
		c->sql_ledger_older,
		c->sql_ledger_oldest,
		c->sql_ledger_newer,
		c->sql_ledger_one,
		c->sql_audit,
		c->sql_check_two,
		c->sql_insert_rows,
		c->sql_insert_end,
		c->sql_copy,
		c->sql_delete,
		c->sql_whole_first,
		c->sql_whole_after,
		c->sql_oneshot[TRANSFER_HALF],
		c->sql_oneshot[TRANSFER_ALL],
		c->sql_oneshot[TRANSFER_AMOUNT],
	};
	for (size_t i = 0; i < COUNT_OF(all); i++)
		free(all[i]);
}

/* COPY takes ids as they are. */
void statements_give_ids(struct catalogue *c)
{
	c->id_drawn = true;
	free(c->sql_insert_rows);
	c->sql_insert_rows =
		text("INSERT INTO %s (%s, %s) OVERRIDING SYSTEM VALUE VALUES ", c->sql_name, c->sql_id, c->sql_balance);
}
