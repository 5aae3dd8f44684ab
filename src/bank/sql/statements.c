/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQL of the accounts, made for a catalogue: texts with parameters, plain enough to be read in the log. */
#include "statements_internal.h"

#include <stdlib.h>
#include <string.h>

#include "bank/amount.h"
#include "bank/audit.h"
#include "bank/transfer.h"
#include "base/mem.h"
#include "ident.h"
#include "part.h"
#include "qualify.h"

void statements_put(struct catalogue *catalogue, enum catalogue_sql which, char *sql)
{
	free(catalogue->sql[which]);
	catalogue->sql[which] = sql;
}

void statements_put_select(struct catalogue *catalogue, enum catalogue_sql which, struct shape shape, char *sql)
{
	catalogue->shape[which] = shape;
	statements_put(catalogue, which, sql);
}

struct shape statements_account(const struct catalogue *catalogue, size_t columns)
{
	return (struct shape){.columns = columns, .names = catalogue->columns, .filled = SHAPE_FILLED(ACCOUNT_ID)};
}

/* One column of an account. */
static struct shape one_column(const struct catalogue *catalogue, size_t column)
{
	return (struct shape){.columns = 1,
			      .names = &catalogue->columns[column],
			      .filled = column == ACCOUNT_ID ? SHAPE_FILLED(0) : 0};
}

char *statements_table_name(const struct catalogue *catalogue, const struct table *table)
{
	struct buf sql = {0};
	if (!table->visible || catalogue->with_schema) {
		ident_add(&sql, table->schema);
		buf_char(&sql, '.');
	}
	ident_add(&sql, table->name);
	return buf_take(&sql);
}

/*
 * A cell of 10 MB must not cross the wire to be cut here. What is no text becomes it by its type's own output: a cast
 * may be one that a user made. A row of NULLs is not NULL, which IS NOT NULL would say of it.
 */
char *statements_cut(const struct catalogue *c, const char *column, const char *type)
{
	struct buf sql = {0};
	char *name = ident_quoted(column);
	if (type_is_text(type))
		qualify_add(&sql, c->qualified, "@\"left\"(%s, 200)", name);
	else if (c->qualified)
		qualify_add(&sql, true,
			    "CASE WHEN %s IS DISTINCT FROM NULL THEN @\"left\"(@format('%%s', %s), 200) END", name,
			    name);
	else
		buf_fmt(&sql, "left(%s::text, 200)", name);
	free(name);
	return buf_take(&sql);
}

static void add_cut(struct buf *sql, const struct catalogue *c, const char *column, const char *type)
{
	char *cut = statements_cut(c, column, type);
	buf_fmt(sql, "%s AS ", cut);
	ident_add(sql, column);
	free(cut);
}

/* The first `n` of an account, the extra ones cut where a page is asked for. */
static char *account_columns(const struct catalogue *catalogue, size_t n, bool cut)
{
	struct buf sql = {0};
	for (size_t i = 0; i < n; i++) {
		buf_str(&sql, i ? ", " : "");
		if (cut && i >= ACCOUNT_EXTRA)
			add_cut(&sql, catalogue, catalogue->columns[i], catalogue->extra_type[i - ACCOUNT_EXTRA]);
		else
			ident_add(&sql, catalogue->columns[i]);
	}
	return buf_take(&sql);
}

struct names statements_names(const struct catalogue *catalogue, const struct table *table)
{
	struct names names = {
		.table = statements_table_name(catalogue, table),
		.id = ident_quoted(catalogue->id_name),
		.balance = ident_quoted(catalogue->balance_name),
		.always = account_columns(catalogue, ACCOUNT_EXTRA, false),
		.columns = account_columns(catalogue, catalogue->ncolumns, true),
		.whole = account_columns(catalogue, catalogue->ncolumns, false),
	};
	for (unsigned i = 0; i <= NAMES_WHERE_MAX; i++)
		names.where[i] = part_where(catalogue, "", i);
	for (unsigned i = 0; i <= NAMES_AND_MAX; i++)
		names.and[i] = part_and(catalogue, "", i);
	return names;
}

void statements_names_free(struct names *names)
{
	free(names->table);
	free(names->id);
	free(names->balance);
	free(names->always);
	free(names->columns);
	free(names->whole);
	for (size_t i = 0; i <= NAMES_WHERE_MAX; i++)
		free(names->where[i]);
	for (size_t i = 0; i <= NAMES_AND_MAX; i++)
		free(names->and[i]);
}

static void make_pages(struct catalogue *c, const struct names *n)
{
	const char *id = n->id;
	struct shape page = statements_account(c, c->ncolumns);
	statements_put(c, CAT_COLUMNS, mem_dup(n->columns));
	statements_put(c, CAT_ALWAYS, mem_dup(n->always));
	statements_put(c, CAT_ID, mem_dup(n->id));
	statements_put(c, CAT_BALANCE, mem_dup(n->balance));
	char *from = qualify(false, "SELECT %s FROM %s", n->columns, n->table);
	statements_put_select(c, CAT_PAGE_FIRST, page,
			      qualify(false, "%s%s ORDER BY %s LIMIT $1", from, n->where[1], id));
	statements_put_select(
		c, CAT_WHOLE_FIRST, page,
		qualify(false, "SELECT %s FROM %s%s ORDER BY %s LIMIT $1", n->whole, n->table, n->where[1], id));
	statements_put_select(c, CAT_WHOLE_AFTER, page,
			      qualify(c->guarded, "SELECT %s FROM %s WHERE %s @> $1%s ORDER BY %s LIMIT $2", n->whole,
				      n->table, id, n->and[2], id));
	statements_put_select(c, CAT_ONE, page, qualify(c->guarded, "%s WHERE %s @= $1%s", from, id, n->and[1]));
	if (c->qualified && !c->nfixed)
		statements_put(c, CAT_AT,
			       qualify(true, "SELECT ctid, %s FROM %s WHERE ctid @= ANY ($1::@tid[])", id, n->table));
	free(from);
}

/*
 * Each is read by its key: one read of both, by OR, takes PostgreSQL as long as two updates, because it makes bitmaps
 * for it.
 */
char *statements_both_hold(const struct catalogue *c, const struct names *n, unsigned ids, unsigned balances)
{
	const char *part = n->and [balances + 1];
	return qualify(c->guarded,
		       "(SELECT %s FROM %s WHERE %s @= $%u%s) @= $%u AND (SELECT %s FROM %s WHERE %s @= $%u%s) @= $%u",
		       n->balance, n->table, n->id, ids, part, balances, n->balance, n->table, n->id, ids + 1, part,
		       balances + 1);
}

/* The type that a parameter has beside an id. */
const char *statements_id_type(const struct catalogue *c)
{
	return strcmp(c->id_type, "varchar") == 0 ? "text" : c->id_type;
}

static char *read_two(const struct catalogue *c, const struct names *n)
{
	const char *type = statements_id_type(c);
	if (!c->guarded)
		return qualify(false, "SELECT %s FROM %s WHERE %s IN ($1, $2)%s", n->always, n->table, n->id,
			       n->and[2]);
	return qualify(true, "SELECT %s FROM %s WHERE %s @= ANY (ARRAY[$1::@%s, $2::@%s])%s", n->always, n->table,
		       n->id, type, type, n->and[2]);
}

/* The statement has so many parameters of its own. */
static char *one_change(const struct catalogue *c, const struct names *n, bool debit, unsigned own)
{
	return qualify(c->guarded,
		       debit ? "UPDATE %s SET %s = %s @- $1 WHERE %s @= $2%s"
			     : "UPDATE %s SET %s = %s @+ $1 WHERE %s @= $2%s",
		       n->table, n->balance, n->balance, n->id, n->and[own]);
}

/* A division by zero where no row was changed, or came out otherwise. */
static char *checked_change(const struct catalogue *c, const struct names *n, bool debit)
{
	char *change = one_change(c, n, debit, 3);
	char *sql = qualify(
		c->guarded,
		"WITH changed AS (%s RETURNING %s) SELECT 1 @/ @count(*) AS checked FROM changed WHERE %s @= $3",
		change, n->balance, n->balance);
	free(change);
	return sql;
}

static void make_transfer(struct catalogue *c, const struct names *n)
{
	const char *id = n->id, *b = n->balance;
	struct amount_text most = amount_show(c->balance_max, c->balance_scale);
	statements_put_select(c, CAT_READ_TWO, statements_account(c, ACCOUNT_EXTRA), read_two(c, n));
	statements_put_select(c, CAT_LOCK_TWO, statements_account(c, ACCOUNT_EXTRA),
			      qualify(false, "%s ORDER BY %s FOR UPDATE", c->sql[CAT_READ_TWO], id));
	statements_put(c, CAT_DEBIT, one_change(c, n, true, 2));
	statements_put(c, CAT_CREDIT, one_change(c, n, false, 2));
	statements_put(c, CAT_DEBIT_CHECKED, checked_change(c, n, true));
	statements_put(c, CAT_CREDIT_CHECKED, checked_change(c, n, false));
	char *hold = statements_both_hold(c, n, 1, 3);
	statements_put(c, CAT_CHECK_TWO,
		       qualify(c->guarded, "SELECT 1 @/ CASE WHEN %s THEN 1 ELSE 0 END AS checked", hold));
	free(hold);
	statements_put_select(
		c, CAT_THIRD, one_column(c, ACCOUNT_ID),
		qualify(c->qualified,
			"SELECT %s FROM %s WHERE %s @<> $1 AND %s @<> $2 AND %s @>= 0 AND %s @< %s%s ORDER BY %s "
			"LIMIT 1",
			id, n->table, id, id, b, b, most.text, n->and[2], id));
}

static void make_insert(struct catalogue *c, const struct names *n)
{
	char *fixed = part_columns(c);
	statements_put(c, CAT_INSERT_ROWS,
		       qualify(false, "INSERT INTO %s (%s, %s%s) VALUES ", n->table, n->id, n->balance, fixed));
	statements_put(c, CAT_INSERT_END, qualify(false, " ON CONFLICT (%s%s) DO NOTHING", n->id, fixed));
	statements_put(c, CAT_COPY,
		       qualify(false, "COPY %s (%s, %s%s) FROM STDIN", n->table, n->id, n->balance, fixed));
	free(fixed);
	statements_put_select(c, CAT_DELETE, one_column(c, ACCOUNT_BALANCE),
			      qualify(c->guarded, "DELETE FROM %s WHERE %s @= $1%s RETURNING %s", n->table, n->id,
				      n->and[1], n -> balance));
}

/* Names find the built-in operators for these types: there is one for exactly each, which comes before anybody's. */
static bool is_plain(const struct table *table, const char *name)
{
	const struct column *column = table_column(table, name);
	return !column->domain && strcmp(column->type, "varchar") != 0 && !strchr(column->type, '.');
}

char *statements_floor(const struct catalogue *c)
{
	struct amount_text below = amount_show(-c->balance_floor, c->balance_scale);
	return c->balance_floor ? qualify(c->qualified, "@-%s", below.text) : mem_dup("0");
}

char *statements_audit(const struct catalogue *c, const struct names *n, const char *ledger)
{
	char *floor = statements_floor(c), *joined = part_and(c, "x.", 1);
	char *sql = audit_sql(&(struct audit_names){n->table, n->id, n->balance, ledger, floor, n->where[1], joined},
			      c->qualified);
	free(floor);
	free(joined);
	return sql;
}

void statements_accounts(struct catalogue *catalogue, const struct table *table)
{
	bool plain = is_plain(table, catalogue->id_name) && is_plain(table, catalogue->balance_name);
	for (size_t i = 0; i < catalogue->nfixed; i++)
		plain = plain && is_plain(table, catalogue->fixed[i]);
	catalogue->guarded = catalogue->guarded || (catalogue->qualified && !plain);
	struct names names = statements_names(catalogue, table);
	statements_put(catalogue, CAT_TABLE, mem_dup(names.table));
	make_pages(catalogue, &names);
	make_transfer(catalogue, &names);
	make_insert(catalogue, &names);
	many_make(catalogue, &names);
	oneshot_make(catalogue, &names, NULL);
	statements_put_select(catalogue, CAT_AUDIT, audit_shape(false), statements_audit(catalogue, &names, NULL));
	statements_names_free(&names);
}

void statements_free(struct catalogue *c)
{
	for (size_t i = 0; i < COUNT_OF(c->sql); i++)
		free(c->sql[i]);
}

/* COPY takes ids as they are. */
void statements_give_ids(struct catalogue *c)
{
	c->id_drawn = true;
	char *fixed = part_columns(c);
	statements_put(c, CAT_INSERT_ROWS,
		       qualify(false, "INSERT INTO %s (%s, %s%s) OVERRIDING SYSTEM VALUE VALUES ", c->sql[CAT_TABLE],
			       c->sql[CAT_ID], c->sql[CAT_BALANCE], fixed));
	free(fixed);
}
