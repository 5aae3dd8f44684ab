/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit: what must hold of accounts and ledger at any moment, asked in one statement and so of one moment. */
#include "bank/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "src/bank/sql/qualify.h"

enum {
	COL_ACCOUNTS,
	COL_TOTAL,
	COL_EXPECTED, /* the total is the expected one */
	COL_NULLS,
	COL_NEGATIVE,
	COL_NEGATIVE_ID,
	ACCOUNT_COLS,
	COL_TRANSFERS = ACCOUNT_COLS,
	COL_MOVED,
	COL_ODD,
	COL_GONE,
	COL_GONE_ID,
	COL_SHORT,
	COL_SHORT_ID,
	ALL_COLS,
};

/* ---- the statement ---- */

/*
 * Replayed backwards from today's balances, an account began with its balance less what came in plus what went out.
 * The order of the transfers does not matter to that. An account that would have begun with less than nothing was
 * written to by a program that keeps no ledger. Ids are compared as text: the ledger's column may be of another type.
 */
static void add_ledger(struct buf *sql, const struct audit_names *n, bool qualified)
{
	qualify_add(sql, qualified,
		    ", t AS (SELECT @count(*) AS transfers, coalesce(@sum(amount), 0) AS moved, "
		    "@count(CASE WHEN amount @> 0 AND source @<> destination THEN NULL ELSE 1 END) AS odd FROM %s), "
		    "sides AS (SELECT source AS account, @-amount AS amount FROM %s "
		    "UNION ALL SELECT destination, amount FROM %s), "
		    "net AS (SELECT account::@text AS account, @sum(amount) AS amount FROM sides GROUP BY account), "
		    "r AS (SELECT @count(CASE WHEN x.%s IS NULL THEN 1 END) AS gone, "
		    "@min(CASE WHEN x.%s IS NULL THEN net.account END) AS gone_id, "
		    "@count(CASE WHEN x.%s @- net.amount @< %s THEN 1 END) AS short, "
		    "@min(CASE WHEN x.%s @- net.amount @< %s THEN net.account END) AS short_id "
		    "FROM net LEFT JOIN %s x ON x.%s::@text @= net.account%s)",
		    n->ledger, n->ledger, n->ledger, n->id, n->id, n->balance, n->floor, n->balance, n->floor, n->table,
		    n->id, n->joined);
}

char *audit_sql(const struct audit_names *n, bool qualified)
{
	struct buf sql = {0};
	qualify_add(
		&sql, qualified,
		"WITH a AS (SELECT @count(*) AS accounts, coalesce(@sum(%s), 0) AS total, "
		"@count(CASE WHEN %s IS NULL THEN 1 END) AS nulls, @count(CASE WHEN %s @< %s THEN 1 END) AS negative, "
		"@min(CASE WHEN %s @< %s THEN %s::@text END) AS negative_id FROM %s%s)",
		n->balance, n->balance, n->balance, n->floor, n->balance, n->floor, n->id, n->table, n->where);
	if (n->ledger)
		add_ledger(&sql, n, qualified);
	qualify_add(&sql, qualified,
		    " SELECT accounts, total, coalesce(total @= $1::numeric, total::@text @<> 'NaN'), nulls, negative, "
		    "negative_id");
	buf_str(&sql, n->ledger ? ", transfers, moved, odd, gone, gone_id, short, short_id FROM a, t, r" : " FROM a");
	return buf_take(&sql);
}

/* ---- the answer ---- */

struct shape audit_shape(bool ledger)
{
	return (struct shape){.columns = ledger ? ALL_COLS : ACCOUNT_COLS, .one_row = true};
}

struct report {
	const struct rows *rows;
	struct audit_line *lines;
	size_t n;
};

static const char *cell(const struct report *report, size_t col)
{
	const char *text = rows_cell(report->rows, 0, col);
	return text ? text : "";
}

static void audit_add(struct report *report, const char *check, bool ok, const char *fmt, ...) PRINTF_LIKE(4, 5);

static void audit_add(struct report *report, const char *check, bool ok, const char *fmt, ...)
{
	struct audit_line *line = &report->lines[report->n++];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(line->found, sizeof line->found, fmt, ap);
	va_end(ap);
	line->check = check;
	line->ok = ok;
}

/* A count that must be 0, with an example where it is not. */
static void add_none(struct report *report, const char *check, size_t count, size_t example)
{
	const char *n = cell(report, count);
	if (strcmp(n, "0") == 0)
		audit_add(report, check, true, "none");
	else if (example)
		audit_add(report, check, false, "%s of them, account %.40s for one", n, cell(report, example));
	else
		audit_add(report, check, false, "%s of them", n);
}

static void add_total(struct report *report, const char *expected)
{
	bool ok = strcmp(cell(report, COL_EXPECTED), "t") == 0;
	if (!expected)
		audit_add(report, "total", ok, ok ? "%s" : "%s, which is not a number", cell(report, COL_TOTAL));
	else if (ok)
		audit_add(report, "total", ok, "%s, as expected", cell(report, COL_TOTAL));
	else
		audit_add(report, "total", ok, "%s, but %.40s was expected", cell(report, COL_TOTAL), expected);
}

/* Those that were so before are none of the failures. */
static void add_below(struct report *report, const struct audit_expected *expected)
{
	const char *check = expected->overdraft ? "balances below the overdraft" : "balances below zero";
	uint64_t n = strtoull(cell(report, COL_NEGATIVE), NULL, 10);
	if (n > 0 && n <= expected->below)
		audit_add(report, check, true, "%" PRIu64 ", of %" PRIu64 " before", n, expected->below);
	else
		add_none(report, check, COL_NEGATIVE, COL_NEGATIVE_ID);
}

size_t audit_read(const struct rows *rows, const struct audit_expected *expected,
		  struct audit_line lines[AUDIT_LINES_MAX])
{
	struct report report = {rows, lines, 0};
	audit_add(&report, "accounts", true, "%s", cell(&report, COL_ACCOUNTS));
	add_total(&report, expected->total);
	add_none(&report, "balances that are NULL", COL_NULLS, 0);
	add_below(&report, expected);
	if (rows->ncols == ACCOUNT_COLS)
		return report.n;
	audit_add(&report, "transfers", true, "%s, which moved %s", cell(&report, COL_TRANSFERS),
		  cell(&report, COL_MOVED));
	add_none(&report, "transfers of nothing, or to oneself", COL_ODD, 0);
	add_none(&report, "accounts that are not in the table", COL_GONE, COL_GONE_ID);
	add_none(&report,
		 expected->overdraft ? "accounts that began below the overdraft" : "accounts that began below zero",
		 COL_SHORT, COL_SHORT_ID);
	return report.n;
}
