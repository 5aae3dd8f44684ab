/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQL of several transfers in one transaction: parameters are arrays, and the server checks what came of them. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "part.h"
#include "qualify.h"
#include "statements.h"

static const char *many_money(const struct catalogue *c)
{
	return strcmp(c->balance_type, "numeric") == 0 ? "numeric" : "int8";
}

/* unnest() with several arrays is a word of the grammar, and means the server's own wherever it stands. */
static char *many_change(const struct catalogue *c, const struct names *n)
{
	const char *type = statements_id_type(c), *money = many_money(c), *id = n->id, *b = n->balance;
	char *part = part_and(c, "a.", 4);
	char *sql =
		qualify(c->guarded,
			"WITH changed AS (UPDATE %s AS a SET %s = a.%s @+ w.change FROM "
			"unnest($1::@%s[], $2::@%s[], $3::@%s[]) AS w(id, change, after) WHERE a.%s @= w.id%s "
			"RETURNING a.%s @= w.after AS good) SELECT 1 @/ CASE WHEN @count(CASE WHEN good THEN 1 END) @= "
			"$4::@int8 THEN 1 ELSE 0 END AS checked FROM changed",
			n->table, b, b, type, money, money, id, part, b);
	free(part);
	return sql;
}

void many_make(struct catalogue *c, const struct names *n)
{
	struct shape account = statements_account(c, ACCOUNT_EXTRA);
	char *floor = statements_floor(c);
	statements_put_select(
		c, CAT_TOTAL, (struct shape){.columns = TOTAL_ALL_COLUMNS, .one_row = true},
		qualify(c->qualified,
			"SELECT @count(*), coalesce(@sum(%s), 0), @count(CASE WHEN %s @< %s THEN 1 END) FROM %s%s",
			n->balance, n->balance, floor, n->table, n->where[0]));
	free(floor);
	statements_put_select(c, CAT_READ_MANY, account,
			      qualify(c->guarded, "SELECT %s FROM %s WHERE %s @= ANY ($1::@%s[])%s", n->always,
				      n->table, n->id, statements_id_type(c), n->and[1]));
	statements_put_select(c, CAT_LOCK_MANY, account,
			      qualify(false, "%s ORDER BY %s FOR UPDATE", c->sql[CAT_READ_MANY], n->id));
	statements_put(c, CAT_CHANGE_MANY, many_change(c, n));
}

/* A trigger of the ledger may change a row, or swallow it: each is looked at as it came out. */
void many_make_ledger(struct catalogue *c, const struct oneshot_ledger *ledger)
{
	const char *type = statements_id_type(c), *money = many_money(c);
	char *insert = statements_insert_ledger(ledger->table), *returned = statements_returned(c);
	char *is[] = {statements_is_written(c, "r.", ledger->source, "w.source"),
		      statements_is_written(c, "r.", ledger->destination, "w.destination"),
		      statements_is_written(c, "r.", ledger->amount, "w.amount")};
	char *rows =
		qualify(c->guarded,
			"unnest($1::@uuid[], $2::@%s[], $3::@%s[], $4::@%s[]) AS w(id, source, destination, amount)",
			type, type, money);
	statements_put(c, CAT_LEDGER_MANY,
		       qualify(c->guarded,
			       "WITH written AS (%s SELECT w.id, w.source, w.destination, w.amount FROM %s RETURNING "
			       "%s) SELECT 1 @/ CASE WHEN @count(*) @= $5::@int8 THEN 1 ELSE 0 END AS written FROM "
			       "written AS r, %s WHERE r.id @= w.id AND %s AND %s AND %s",
			       insert, rows, returned, rows, is[0], is[1], is[2]));
	for (size_t i = 0; i < COUNT_OF(is); i++)
		free(is[i]);
	free(rows);
	free(insert);
	free(returned);
}
