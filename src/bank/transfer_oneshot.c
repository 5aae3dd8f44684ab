/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole transfer in one statement: it reads, decides, moves, checks and writes the ledger, or the server refuses it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bank/amount.h"
#include "bank/transfer.h"
#include "base/mem.h"
#include "src/bank/sql/part.h"
#include "src/bank/sql/qualify.h"
#include "src/bank/sql/statements.h"

static bool is_numeric(const struct catalogue *c)
{
	return strcmp(c->balance_type, "numeric") == 0;
}

/* floor(balance / 2) in units: a shift floors and stays an integer on both servers; numeric has none, and its
 * division rounds. CockroachDB has trunc() to a scale from 22.2 on only (cockroach#85890). */
static char *half_of(const struct catalogue *c, const char *balance)
{
	unsigned scale = c->balance_scale;
	return is_numeric(c) ? qualify(c->guarded, "@trunc(%s @* 0.5 @* 1e%u) @* 1e-%u", balance, scale, scale)
			     : qualify(c->guarded, "%s @>> 1", balance);
}

/*
 * What a rule puts into the statement. An amount that comes from the balance is read beside the accounts, as m; it is
 * short where a parameter says it, because the server sets up each expression anew for each transfer.
 */
struct amount_sql {
	char *from;       /* beside the accounts */
	char *allowed;    /* what must hold for the rows that are changed */
	char *moved;      /* the amount, where accounts are changed; */
	const char *kept; /* what must be returned with them, and */
	char *checked;    /* how it is called when that is looked at */
};

/* What the source must hold at least: an amount is above 0, so that the difference fits. */
static char *oneshot_least(const struct catalogue *c, const char *amount)
{
	struct amount_text below = amount_show(-c->balance_floor, c->balance_scale);
	return c->balance_floor == 0 ? mem_dup(amount)
				     : qualify(c->guarded, "%s @- %s%s", amount, below.text,
					       is_numeric(c) && c->balance_scale == 0 ? ".0" : "");
}

static struct amount_sql amount_param(const struct catalogue *c, const struct names *n, bool ledger)
{
	char *amount = qualify(c->guarded, "%s::@%s", ledger ? "$4" : "$3", is_numeric(c) ? "numeric" : "int8");
	char *least = oneshot_least(c, amount);
	char *allowed = qualify(c->guarded, "(a.%s @<> $1 OR was.%s @>= %s)", n->id, n->balance, least);
	free(least);
	return (struct amount_sql){mem_dup(""), allowed, amount, "", mem_dup(amount)};
}

static struct amount_sql amount_read(const struct catalogue *c, const struct names *n, enum transfer_rule rule,
				     unsigned own)
{
	char *amount = rule == TRANSFER_HALF ? half_of(c, n->balance) : mem_dup(n->balance);
	char *from = qualify(c->guarded, ", (SELECT %s AS amount FROM %s WHERE %s @= $1%s) AS m", amount, n->table,
			     n->id, n->and[own]);
	char *allowed = qualify(c->guarded, "m.amount @> %s", is_numeric(c) ? "0.0" : "0");
	free(amount);
	return (struct amount_sql){from, allowed, mem_dup("m.amount"), ", m.amount", mem_dup("amount")};
}

/*
 * A numeric may be NaN, which compares as if it were a number. The bounds have a point, so that they are numeric too.
 * Where the column holds more than can be counted, the destination must not come to hold more.
 */
static char *countable(const struct catalogue *c, const struct names *n, const char *mine, const char *moved)
{
	struct amount_text max = amount_show(c->balance_max, c->balance_scale);
	const char *point = c->balance_scale ? "" : ".0", *b = n->balance;
	struct buf sql = {0};
	if (!is_numeric(c))
		return mem_dup("");
	qualify_add(&sql, c->guarded, " AND was.%s @>= @-%s%s AND was.%s @<= %s%s", b, max.text, point, b, max.text,
		    point);
	if (c->balance_wide)
		qualify_add(&sql, c->guarded, " AND (%s OR was.%s @+ %s @<= %s%s)", mine, b, moved, max.text, point);
	return buf_take(&sql);
}

/*
 * Each account is joined with itself as it was, so that what it holds now can be compared with what it must hold: a
 * trigger may have changed it, or a row may have been left out. `moved` has the rows that were changed, `good` counts
 * those that are right. CockroachDB refuses a WITH clause without columns, so that each has its RETURNING (0A000,
 * optbuilder's getCTECols).
 */
static char *move_both(const struct catalogue *c, const struct names *n, const struct amount_sql *amount, unsigned own)
{
	const char *id = n->id, *b = n->balance;
	char *mine = qualify(c->guarded, "a.%s @= $1", id), *counted = countable(c, n, mine, amount->moved);
	char *in = c->guarded ? qualify(true, "(%s OR a.%s @= $2)", mine, id) : qualify(false, "a.%s IN ($1, $2)", id);
	char *now = part_and(c, "a.", own), *then = part_and(c, "was.", own);
	char *sql = qualify(c->guarded,
			    "WITH moved AS (UPDATE %s AS a SET %s = was.%s @+ CASE WHEN %s THEN @-%s ELSE %s END "
			    "FROM %s AS was%s WHERE was.%s @= a.%s AND %s AND %s%s%s%s "
			    "RETURNING %s AS debit, a.%s AS balance, a.%s @- was.%s AS change%s)",
			    n->table, b, b, mine, amount->moved, amount->moved, n->table, amount->from, id, id, in,
			    amount->allowed, counted, now, then, mine, b, b, b, amount->kept);
	free(now);
	free(then);
	free(counted);
	free(mine);
	free(in);
	return sql;
}

/* The ledger's row, which a trigger may have changed or swallowed, must be the one that was given. */
static char *record_and_tell(const struct catalogue *c, const char *moved, const char *facts, const char *good,
			     const struct oneshot_ledger *ledger, const char *sure)
{
	char *insert = statements_insert_ledger(ledger->table), *returned = statements_returned(c);
	char *is[] = {statements_is_written(c, "r.", ledger->source, "$1"),
		      statements_is_written(c, "r.", ledger->destination, "$2"),
		      statements_is_written(c, "r.", ledger->amount, "c.amount")};
	char *sql =
		qualify(c->guarded,
			"%s, checked AS (%s, %s AS good FROM moved), "
			"recorded AS (%s SELECT CASE WHEN good @= 2 "
			"THEN $3::@uuid END, $1, $2, amount FROM checked RETURNING %s) "
			"SELECT c.source, c.destination, c.amount, 1 @/ CASE WHEN r.id @= $3 AND %s AND %s AND %s%s "
			"THEN 1 ELSE 0 END AS written FROM checked AS c LEFT JOIN recorded AS r ON true",
			moved, facts, good, insert, returned, is[0], is[1], is[2], sure);
	for (size_t i = 0; i < COUNT_OF(is); i++)
		free(is[i]);
	free(insert);
	free(returned);
	return sql;
}

static char *make_one(const struct catalogue *c, const struct names *n, const struct oneshot_ledger *ledger,
		      enum transfer_rule rule, const char *sure)
{
	unsigned own = 2u + (ledger != NULL) + (rule == TRANSFER_AMOUNT);
	struct amount_sql amount =
		rule == TRANSFER_AMOUNT ? amount_param(c, n, ledger != NULL) : amount_read(c, n, rule, own);
	char *moved = move_both(c, n, &amount, own);
	char *facts =
		qualify(c->guarded, "SELECT @min(balance) FILTER (WHERE debit) AS source, "
				    "@min(balance) FILTER (WHERE NOT debit) AS destination, @max(change) AS amount");
	char *good = qualify(c->guarded, "@count(*) FILTER (WHERE change @= CASE WHEN debit THEN @-%s ELSE %s END)",
			     amount.checked, amount.checked);
	char *sql =
		ledger ? record_and_tell(c, moved, facts, good, ledger, sure)
		       : qualify(c->guarded, "%s %s, 1 @/ CASE WHEN %s @= 2%s THEN 1 ELSE 0 END AS checked FROM moved",
				 moved, facts, good, sure);
	char *const all[] = {amount.from, amount.allowed, amount.moved, amount.checked, moved, facts, good};
	for (size_t i = 0; i < COUNT_OF(all); i++)
		free(all[i]);
	return sql;
}

static_assert(CAT_ONESHOT + TRANSFER_AMOUNT == CAT_ONESHOT_LAST, "a statement for each rule");
static_assert(CAT_ALONE + TRANSFER_AMOUNT == CAT_ALONE_LAST, "a statement for each rule");

static void oneshot_put(struct catalogue *c, enum catalogue_sql which, char *sql)
{
	statements_put(c, which, sql);
	c->shape[which] = (struct shape){.columns = ONESHOT_COLUMNS, .one_row = true};
}

void oneshot_make(struct catalogue *c, const struct names *n, const struct oneshot_ledger *ledger)
{
	char *sure = qualify(c->guarded, " AND @\"left\"(@current_setting('transaction_isolation'), 5) @<> 'read '");
	for (enum transfer_rule rule = TRANSFER_HALF; rule <= TRANSFER_AMOUNT; rule++) {
		oneshot_put(c, CAT_ONESHOT + rule, make_one(c, n, ledger, rule, ""));
		oneshot_put(c, CAT_ALONE + rule, c->qualified ? make_one(c, n, ledger, rule, sure) : NULL);
	}
	free(sure);
}
