/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads what the accounts table is like on this server: the conversation, and the life of a catalogue. */
#include "bank/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "bank/query.h"
#include "base/mem.h"
#include "ident.h"
#include "say.h"
#include "statements.h"

/*
 * First the table itself. Where it can be used, then the ledger, which is in the schema of the table or nowhere, how its balances are
 * kept, how it wants to be written, its triggers, and how many rows there are about; each may fail without harm: then there is no
 * ledger, no index, nothing odd, and no estimate.
 */
struct reading {
	struct db *db;
	char *schema, *name; /* as asked for; schema "" for the search path */
	struct catalogue *catalogue;
	struct rows *rows; /* of the table; `table` borrows from them */
	struct table table;
	bool missing;
	struct err err;
	catalogue_fn *done;
	void *arg;
};

static void free_reading(struct reading *reading)
{
	free(reading->schema);
	free(reading->name);
	table_done(&reading->table);
	rows_free(reading->rows);
	free(reading);
}

static void on_dropped(void *arg)
{
	struct reading *reading = arg;
	catalogue_free(reading->catalogue);
	free_reading(reading);
}

static void finish(struct reading *reading)
{
	struct reading read = *reading;
	free_reading(reading);
	if (read.err.status) {
		catalogue_free(read.catalogue);
		read.catalogue = NULL;
	}
	read.done(read.arg, read.catalogue, read.missing, read.err.status ? &read.err : NULL);
}

static void on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct reading *reading = arg;
	err_set(&reading->err, ST_LOST, "the connection was lost while the tables were looked up: %s", why->message);
	finish(reading);
}

/* ---- the ledger, and about how many rows ---- */

static void take_ledger(struct reading *reading, const struct rows *rows)
{
	struct table ledger;
	struct catalogue *catalogue = reading->catalogue;
	if (!table_read(&ledger, rows))
		return;
	catalogue->ledger_why = ledger_judge(catalogue, &ledger);
	if (!catalogue->ledger_why)
		ledger_judge_rights(catalogue, &ledger);
	catalogue->ledger = !catalogue->ledger_why;
	if (catalogue->ledger)
		statements_ledger(catalogue, &reading->table, &ledger);
	table_done(&ledger);
}

/* $1 schema, $2 table, $3 the column of the balance. */
static const char balance_sql[] =
	"SELECT a.attnotnull, EXISTS (SELECT 1 FROM pg_catalog.pg_index AS i "
	"JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am AS m ON m.oid = x.relam "
	"WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum AND i.indisvalid AND i.indpred IS NULL "
	"AND m.amname IN ('btree', 'prefix')) "
	"FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
	"JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid "
	"WHERE n.nspname = $1 AND c.relname = $2 AND a.attname = $3";

static void take_balance(struct catalogue *catalogue, const struct rows *rows)
{
	if (!rows || rows->nrows == 0)
		return;
	catalogue->balance_nullable = rows_cell(rows, 0, 0)[0] != 't';
	catalogue->balance_indexed = rows_cell(rows, 0, 1)[0] == 't';
}

/* $1 schema, $2 table, $3 the column of the balance, $4 that of the id. */
static const char writing_sql[] =
	"SELECT b.attgenerated <> '', i.attidentity = 'a', NOT o.collisdeterministic "
	"FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
	"JOIN pg_catalog.pg_attribute AS b ON b.attrelid = c.oid AND b.attname = $3 "
	"JOIN pg_catalog.pg_attribute AS i ON i.attrelid = c.oid AND i.attname = $4 "
	"LEFT JOIN pg_catalog.pg_collation AS o ON o.oid = i.attcollation "
	"WHERE n.nspname = $1 AND c.relname = $2";

static void take_writing(struct catalogue *catalogue, const struct rows *rows)
{
	bool is[3] = {false};
	for (size_t i = 0; rows && rows->nrows > 0 && i < COUNT_OF(is); i++) {
		const char *cell = rows_cell(rows, 0, i);
		is[i] = cell && *cell == 't';
	}
	accounts_judge_columns(catalogue, is[0], is[2]);
	if (is[1])
		statements_give_ids(catalogue);
}

static void take_triggers(struct catalogue *catalogue, const struct rows *rows)
{
	const char *any = rows_cell(rows, 0, 0);
	catalogue->triggers = any && *any == 't';
}

static void take_estimate(const struct reading *reading, const struct rows *rows)
{
	struct catalogue *catalogue = reading->catalogue;
	if (db_dialect(reading->db)->explain) {
		catalogue->estimate = query_estimated(rows);
		return;
	}
	const char *cell = rows && rows->nrows > 0 ? rows_cell(rows, 0, 0) : NULL;
	double n = cell ? strtod(cell, NULL) : -1;
	if (n >= 0 && n < 9e18)
		catalogue->estimate = (int64_t)n;
}

static void on_more(void *arg, size_t index, const struct answer *answer)
{
	struct reading *reading = arg;
	if (!answer->ok)
		return;
	if (index == 0)
		take_ledger(reading, answer->rows);
	else if (index == 1)
		take_balance(reading->catalogue, answer->rows);
	else if (index == 2)
		take_writing(reading->catalogue, answer->rows);
	else if (index == 3)
		take_triggers(reading->catalogue, answer->rows);
	else
		take_estimate(reading, answer->rows);
}

static void on_more_idle(void *arg)
{
	finish(arg);
}

static void ask_more(struct reading *reading)
{
	const char *ledger[TABLE_PARAMS] = {"transfers", reading->table.schema, "false"};
	const char *params[] = {reading->table.schema, reading->table.name, reading->catalogue->balance_name,
				reading->catalogue->id_name};
	const struct dialect *dialect = db_dialect(reading->db);
	struct buf explain = {0};
	if (dialect->explain)
		buf_fmt(&explain, "%sSELECT 1 FROM %s", dialect->explain, reading->catalogue->sql_name);
	struct statement statements[] = {
		{.sql = table_sql(), .verb = VERB_SELECT, .nparams = TABLE_PARAMS, .params = ledger, .once = true},
		{.sql = balance_sql, .verb = VERB_SELECT, .nparams = 3, .params = params, .once = true},
		{.sql = writing_sql, .verb = VERB_SELECT, .nparams = 4, .params = params, .once = true},
		{.sql = dialect->triggers_sql, .verb = VERB_SELECT, .nparams = 2, .params = params, .once = true},
		{.sql = explain.len ? explain.p : dialect->estimate_sql,
		 .verb = VERB_SELECT,
		 .nparams = explain.len ? 0 : 2,
		 .params = params,
		 .once = true},
	};
	struct db_context context = {0};
	struct db_reply reply = {on_more, on_more_idle, on_lost, reading, on_dropped};
	db_send(reading->db, statements, COUNT_OF(statements), &context, &reply);
	buf_free(&explain);
}

/* ---- the table ---- */

static void say_missing(struct reading *reading)
{
	struct buf name = {0};
	if (reading->schema[0])
		buf_fmt(&name, "%s.", reading->schema);
	buf_str(&name, reading->name);
	struct said said = say_id(buf_text(&name));
	bool usual = strcmp(buf_text(&name), "accounts") == 0;
	reading->missing = true;
	err_set(&reading->err, ST_CHECK,
		usual ? "there is no table %s: `init` makes it"
		      : "there is no table %s: is it spelled so? `init` makes accounts",
		said.text);
	buf_free(&name);
}

static void take_table(struct reading *reading, const struct rows *rows)
{
	struct catalogue *catalogue = reading->catalogue;
	reading->rows = rows_copy(rows);
	if (!table_read(&reading->table, reading->rows))
		say_missing(reading);
	else if (accounts_judge(catalogue, &reading->table, &reading->err) == ST_OK)
		statements_accounts(catalogue, &reading->table);
}

static void on_table(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct reading *reading = arg;
	if (answer->ok)
		take_table(reading, answer->rows);
	else
		err_set(&reading->err, ST_STATEMENT, "the tables of this database cannot be looked up: %s (%s)",
			answer->message, answer->sqlstate);
}

static void on_table_idle(void *arg)
{
	struct reading *reading = arg;
	if (reading->err.status)
		finish(reading);
	else
		ask_more(reading);
}

static void ask_table(struct reading *reading)
{
	const char *params[TABLE_PARAMS] = {reading->name, reading->schema, reading->schema[0] ? "false" : "true"};
	struct statement statement = {
		.sql = table_sql(), .verb = VERB_SELECT, .nparams = TABLE_PARAMS, .params = params, .once = true};
	struct db_context context = {0};
	struct db_reply reply = {on_table, on_table_idle, on_lost, reading, on_dropped};
	db_send(reading->db, &statement, 1, &context, &reply);
}

void catalogue_read(struct db *db, const char *table, catalogue_fn *done, void *arg)
{
	struct reading *reading = NEW(struct reading);
	*reading = (struct reading){.db = db, .catalogue = NEW(struct catalogue), .done = done, .arg = arg};
	/* What is no name is asked for all the same: the server then says that there is no such table. */
	if (!ident_split(table ? table : "accounts", &reading->schema, &reading->name))
		reading->name = mem_dup(table);
	if (!reading->schema)
		reading->schema = mem_dup("");
	ask_table(reading);
}

void catalogue_free(struct catalogue *catalogue)
{
	if (!catalogue)
		return;
	free(catalogue->name);
	free(catalogue->id_name);
	free(catalogue->balance_name);
	free(catalogue->id_type);
	free(catalogue->balance_type);
	free(catalogue->ledger_why);
	free(catalogue->browse_why);
	for (size_t i = 0; i < catalogue->nextra; i++)
		free(catalogue->extra[i]);
	for (size_t i = 0; i < catalogue->nextra; i++)
		free(catalogue->extra_type[i]);
	statements_free(catalogue);
	free(catalogue);
}
