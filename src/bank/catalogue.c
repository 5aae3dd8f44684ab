/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads what the accounts table is like on this server: the conversation, and the life of a catalogue. */
#include "bank/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "bank/query.h"
#include "base/mem.h"
#include "ledger.h"
#include "say.h"
#include "src/bank/sql/ident.h"
#include "src/bank/sql/part.h"
#include "src/bank/sql/qualify.h"
#include "src/bank/sql/statements.h"

/*
 * First the table itself. Where it can be used, then the tables that may be the ledger, how its columns are kept,
 * how it wants to be written, its triggers, and how many rows there are about. Where a server does not know such a
 * question, or does not answer it to us, there is no ledger, no index, nothing odd, and no estimate.
 */
struct reading {
	struct db *db;
	struct bank_choice wanted;
	char *schema, *name; /* of the table, as asked for; schema "" for the search path */
	struct catalogue *catalogue;
	struct rows *rows; /* of the table; `table` borrows from them */
	struct table table;
	struct ledger_choice choice;
	bool missing;
	struct err err;
	catalogue_fn *done;
	void *arg;
};

static void free_reading(struct reading *reading)
{
	bank_choice_free(&reading->wanted);
	free(reading->schema);
	free(reading->name);
	table_done(&reading->table);
	rows_free(reading->rows);
	ledger_forget(&reading->choice);
	free(reading);
}

static void on_dropped(void *arg)
{
	struct reading *reading = arg;
	catalogue_free(reading->catalogue);
	free_reading(reading);
}

static void catalogue_finish(struct reading *reading)
{
	struct reading read = *reading;
	free_reading(reading);
	if (read.err.status) {
		catalogue_free(read.catalogue);
		read.catalogue = NULL;
	}
	read.done(read.arg, read.catalogue, read.missing, read.err.status ? &read.err : NULL);
}

static void catalogue_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct reading *reading = arg;
	err_set(&reading->err, ST_LOST, "the connection was lost while the tables were looked up: %s", why->message);
	catalogue_finish(reading);
}

/* ---- what is asked for ---- */

struct statement catalogue_select(const struct catalogue *catalogue, enum catalogue_sql which,
				  const char *const *params, unsigned nparams)
{
	struct statement statement = {.sql = catalogue->sql[which],
				      .verb = VERB_SELECT,
				      .nparams = nparams,
				      .params = params,
				      .shape = catalogue->shape[which]};
	if (part_holds(which))
		catalogue_bind(catalogue, &statement);
	return statement;
}

/* ---- the ledger, and about how many rows ---- */

enum { KEPT_NAME, KEPT_NOT_NULL, KEPT_INDEXED, KEPT_COLUMNS };

/* $1 schema, $2 table. */
static const char kept_sql[] =
	"SELECT a.attname, a.attnotnull, EXISTS (SELECT 1 FROM pg_catalog.pg_index AS i "
	"JOIN pg_catalog.pg_class AS x ON x.oid @= i.indexrelid JOIN pg_catalog.pg_am AS m ON m.oid @= x.relam "
	"WHERE i.indrelid @= c.oid AND i.indkey[0] @= a.attnum AND i.indisvalid AND i.indpred IS NULL "
	"AND (m.amname @= 'btree' OR m.amname @= 'prefix')) "
	"FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid @= c.relnamespace "
	"JOIN pg_catalog.pg_attribute AS a ON a.attrelid @= c.oid AND a.attnum @> 0 "
	"WHERE n.nspname @= $1 AND c.relname @= $2 AND NOT a.attisdropped";

static bool catalogue_is_true_in(const struct rows *rows, size_t row, size_t column)
{
	const char *cell = rows_cell(rows, row, column);
	return cell && *cell == 't';
}

static bool catalogue_is_true(const struct rows *rows, size_t column)
{
	return catalogue_is_true_in(rows, 0, column);
}

static void take_kept(struct catalogue *catalogue, const struct rows *rows, size_t row)
{
	const char *name = rows_cell(rows, row, KEPT_NAME);
	bool filled = catalogue_is_true_in(rows, row, KEPT_NOT_NULL);
	bool indexed = catalogue_is_true_in(rows, row, KEPT_INDEXED);
	if (strcmp(name, catalogue->balance_name) == 0) {
		catalogue->balance_nullable = !filled;
		catalogue->balance_indexed = indexed;
	}
	for (size_t i = 0; i < catalogue->nextra; i++)
		if (strcmp(name, catalogue->extra[i]) == 0) {
			catalogue->extra_filled[i] = filled;
			catalogue->extra_indexed[i] = indexed;
		}
}

enum { WRITING_GENERATED, WRITING_DRAWN, WRITING_VAGUE, WRITING_COLUMNS };

/* $1 schema, $2 table, $3 the column of the balance, $4 that of the id. */
static const char writing_sql[] =
	"SELECT b.attgenerated @<> '', EXISTS (SELECT 1 FROM pg_catalog.pg_attribute AS d "
	"WHERE d.attrelid @= c.oid AND d.attidentity @= 'a'), "
	"EXISTS (SELECT 1 FROM pg_catalog.pg_attribute AS i JOIN pg_catalog.pg_collation AS o ON o.oid @= "
	"i.attcollation "
	"WHERE i.attrelid @= c.oid AND NOT o.collisdeterministic AND (i.attname @= $4 OR EXISTS (SELECT 1 "
	"FROM pg_catalog.pg_constraint AS k WHERE k.conrelid @= c.oid AND k.contype @= 'p' "
	"AND i.attnum @= ANY (k.conkey)))) "
	"FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid @= c.relnamespace "
	"JOIN pg_catalog.pg_attribute AS b ON b.attrelid @= c.oid AND b.attname @= $3 "
	"WHERE n.nspname @= $1 AND c.relname @= $2";

static void take_writing(struct catalogue *catalogue, const struct rows *rows)
{
	accounts_judge_columns(catalogue, catalogue_is_true(rows, WRITING_GENERATED),
			       catalogue_is_true(rows, WRITING_VAGUE));
	if (catalogue_is_true(rows, WRITING_DRAWN))
		statements_give_ids(catalogue);
}

enum { TRIGGERS_ANY, TRIGGERS_DEFERRED, TRIGGERS_COLUMNS };

static void take_triggers(struct catalogue *catalogue, const struct rows *rows)
{
	catalogue->triggers = catalogue_is_true(rows, TRIGGERS_ANY);
	catalogue->deferred = catalogue_is_true(rows, TRIGGERS_DEFERRED);
}

static void take_estimate(const struct reading *reading, const struct rows *rows)
{
	reading->catalogue->estimate = query_estimated(rows);
}

/* The part comes first, where one is asked for: an error of it ends the others. */
enum { ASK_PART, ASK_LEDGERS, ASK_KEPT, ASK_WRITING, ASK_TRIGGERS, ASK_ESTIMATE, ASKED };

static size_t first_asked(const struct catalogue *catalogue)
{
	return catalogue->nfixed ? ASK_PART : ASK_PART + 1;
}

static void say_unread(struct reading *reading, const struct answer *answer)
{
	if (!reading->err.status)
		answer_tell(&reading->err, ST_STATEMENT, answer, "the tables of this database cannot be looked up");
}

/* A question that the server cannot or will not answer (its class of errors 42 and 0A), not one that was cancelled or ran
 * into trouble: there may be a ledger all the same. Of the estimate nothing depends. */
static bool has_no_answer(size_t index, const struct answer *answer)
{
	bool unknown = strncmp(answer->sqlstate, "42", 2) == 0 || strncmp(answer->sqlstate, "0A", 2) == 0;
	return answer->skipped || (answer->clean && (unknown || index == ASK_ESTIMATE));
}

/* The server takes a value for none of its column. */
static void say_no_part(struct reading *reading, const struct answer *answer)
{
	struct buf keys = {0};
	for (size_t i = 0; i < reading->wanted.nkeys; i++)
		buf_fmt(&keys, "%s%s", i ? ", " : "", say_id(reading->wanted.keys[i]).text);
	if (!reading->err.status && !answer->skipped)
		err_set(&reading->err, ST_CHECK, "--where-key %s cannot be used: %s", buf_text(&keys), answer->message);
	buf_free(&keys);
}

static void on_more(void *arg, size_t index, const struct answer *answer)
{
	struct reading *reading = arg;
	index += first_asked(reading->catalogue);
	if (index == ASK_PART && !answer->ok && answer->clean)
		say_no_part(reading, answer);
	else if (!answer->ok && !has_no_answer(index, answer))
		say_unread(reading, answer);
	if (!answer->ok)
		return;
	if (index == ASK_LEDGERS)
		ledger_choose(&reading->choice, reading->catalogue, &reading->table, answer->rows);
	else if (index == ASK_KEPT)
		for (size_t i = 0; i < answer->rows->nrows; i++)
			take_kept(reading->catalogue, answer->rows, i);
	else if (index == ASK_WRITING)
		take_writing(reading->catalogue, answer->rows);
	else if (index == ASK_TRIGGERS)
		take_triggers(reading->catalogue, answer->rows);
	else if (index == ASK_ESTIMATE)
		take_estimate(reading, answer->rows);
}

static void on_more_idle(void *arg)
{
	catalogue_finish(arg);
}

static struct statement ask_once(const char *sql, struct shape shape, const char *const *params, unsigned nparams)
{
	return (struct statement){
		.sql = sql, .verb = VERB_SELECT, .nparams = nparams, .params = params, .shape = shape, .once = true};
}

static struct statement ask_estimate(const struct reading *reading, const struct buf *explain,
				     const char *const *params)
{
	struct shape number = {.columns = 1};
	return explain->len ? ask_once(explain->p, number, NULL, 0)
			    : ask_once(db_dialect(reading->db)->estimate_sql, number, params, 2);
}

static void ask_more(struct reading *reading)
{
	const struct catalogue *catalogue = reading->catalogue;
	const char *params[] = {reading->table.schema, reading->table.name, catalogue->balance_name,
				catalogue->id_name};
	const char *ledgers[TABLE_PARAMS];
	const struct dialect *dialect = db_dialect(reading->db);
	char *named = table_sql_named(dialect->qualifies), *kept = qualify(dialect->qualifies, kept_sql),
	     *writing = qualify(dialect->qualifies, writing_sql);
	struct shape kept_shape = {.columns = KEPT_COLUMNS, .filled = SHAPE_FILLED(KEPT_NAME)};
	struct buf estimate = {0}, parted = {0};
	char *part = part_where(catalogue, "", 0);
	if (dialect->explain)
		buf_fmt(&estimate, "%sSELECT 1 FROM %s%s", dialect->explain, catalogue->sql[CAT_TABLE], part);
	buf_fmt(&parted, "SELECT 1 FROM %s%s LIMIT 0", catalogue->sql[CAT_TABLE], part);
	ledger_params(&reading->choice, &reading->table, ledgers);
	struct statement statements[ASKED] = {
		[ASK_LEDGERS] = ask_once(named, table_shape_named(dialect->qualifies), ledgers, TABLE_PARAMS),
		[ASK_KEPT] = ask_once(kept, kept_shape, params, 2),
		[ASK_WRITING] = ask_once(writing, (struct shape){.columns = WRITING_COLUMNS}, params, 4),
		[ASK_TRIGGERS] =
			ask_once(dialect->triggers_sql, (struct shape){.columns = TRIGGERS_COLUMNS}, params, 2),
		[ASK_ESTIMATE] = ask_estimate(reading, &estimate, params),
		[ASK_PART] = ask_once(buf_text(&parted), (struct shape){.columns = 1}, NULL, 0),
	};
	catalogue_bind(catalogue, &statements[ASK_PART]);
	if (dialect->explain)
		catalogue_bind(catalogue, &statements[ASK_ESTIMATE]);
	struct db_context context = {0};
	struct db_reply reply = {on_more, on_more_idle, catalogue_on_lost, reading, on_dropped};
	db_send(reading->db, statements + first_asked(catalogue), ASKED - first_asked(catalogue), &context, &reply);
	buf_free(&estimate);
	buf_free(&parted);
	free(part);
	free(named);
	free(kept);
	free(writing);
}

/* ---- the table ---- */

/* Not even where to look, or to make one, is known. */
static void say_no_path(struct reading *reading)
{
	struct said name = say_id(reading->name);
	bool usual = strcmp(reading->name, "accounts") == 0;
	err_set(&reading->err, ST_CHECK,
		"there is no table %s to be found: the search path of this session is empty; name its schema, --table "
		"SCHEMA.%s%s",
		name.text, name.text, usual ? " (`init` makes it there)" : "");
}

static void say_missing(struct reading *reading)
{
	struct buf name = {0};
	if (reading->schema[0])
		buf_fmt(&name, "%s.", reading->schema);
	buf_str(&name, reading->name);
	struct said said = say_id(buf_text(&name));
	bool usual = strcmp(reading->name, "accounts") == 0;
	reading->missing = true;
	err_set(&reading->err, ST_CHECK,
		usual ? "there is no table %s: `init` makes it"
		      : "there is no table %s: check the spelling; `init` makes accounts",
		said.text);
	buf_free(&name);
}

/* Names without a schema mean what they seem to where nobody comes before the server's own, and no other client's
 * session is met. */
static void judge_path(struct catalogue *catalogue, struct db *db)
{
	bool sure = db_who(db)->safe_path && !db_pooled(db);
	catalogue->qualified = db_dialect(db)->qualifies;
	catalogue->with_schema = catalogue->qualified && !sure;
	catalogue->guarded = catalogue->with_schema;
	catalogue->returning = db_dialect(db)->reads_back_slowly;
	catalogue->column_grants = db_dialect(db)->grants_columns;
}

static void take_table(struct reading *reading, const struct rows *rows)
{
	struct catalogue *catalogue = reading->catalogue;
	reading->rows = rows_copy(rows);
	judge_path(catalogue, reading->db);
	if (!table_read(&reading->table, reading->rows, NULL)) {
		say_missing(reading);
		return;
	}
	catalogue->schema = mem_dup(reading->table.schema);
	catalogue->table = mem_dup(reading->table.name);
	if (accounts_judge(catalogue, &reading->table, &reading->wanted, &reading->err) == ST_OK)
		statements_accounts(catalogue, &reading->table);
}

enum { ASK_TABLE, ASK_PATH };

static void on_table(void *arg, size_t index, const struct answer *answer)
{
	struct reading *reading = arg;
	bool lost = reading->missing && !reading->schema[0];
	if (!answer->ok)
		say_unread(reading, answer);
	else if (index == ASK_TABLE)
		take_table(reading, answer->rows);
	else if (lost && !rows_cell(answer->rows, 0, 0)) {
		reading->missing = false;
		say_no_path(reading);
	}
}

static void on_table_idle(void *arg)
{
	struct reading *reading = arg;
	if (reading->err.status)
		catalogue_finish(reading);
	else
		ask_more(reading);
}

static void ask_table(struct reading *reading)
{
	const char *params[TABLE_PARAMS] = {reading->name, reading->schema, reading->schema[0] ? "false" : "true"};
	bool qualified = db_dialect(reading->db)->qualifies;
	char *table = table_sql(qualified), *path = qualify(qualified, "SELECT @current_schema()");
	struct statement statements[] = {
		[ASK_TABLE] = ask_once(table, table_shape(qualified), params, TABLE_PARAMS),
		[ASK_PATH] = ask_once(path, (struct shape){.columns = 1, .one_row = true}, NULL, 0),
	};
	struct db_context context = {0};
	struct db_reply reply = {on_table, on_table_idle, catalogue_on_lost, reading, on_dropped};
	db_send(reading->db, statements, COUNT_OF(statements), &context, &reply);
	free(table);
	free(path);
}

void catalogue_read(struct db *db, const struct bank_choice *choice, catalogue_fn *done, void *arg)
{
	struct reading *reading = NEW(struct reading);
	const char *table = choice->table ? choice->table : "accounts";
	*reading = (struct reading){.db = db, .catalogue = NEW(struct catalogue), .done = done, .arg = arg};
	bank_choice_copy(&reading->wanted, choice);
	/* What is no name is asked for all the same: the server then says that there is no such table. */
	if (!ident_split(table, &reading->schema, &reading->name))
		reading->name = mem_dup(table);
	if (!reading->schema)
		reading->schema = mem_dup("");
	ledger_wanted(&reading->choice, choice->ledger);
	reading->choice.parted = choice->nkeys > 0;
	ask_table(reading);
}

const char *catalogue_lacks(const struct catalogue *catalogue, const char *const *given, size_t n)
{
	for (size_t i = 0; i < catalogue->nneeded && !catalogue->triggers; i++) {
		size_t k = 0;
		while (k < n && strcmp(given[k], catalogue->needed[i]) != 0)
			k++;
		if (k == n)
			return catalogue->needed[i];
	}
	return NULL;
}

void catalogue_free(struct catalogue *catalogue)
{
	if (!catalogue)
		return;
	free(catalogue->name);
	free(catalogue->part);
	free(catalogue->schema);
	free(catalogue->table);
	free(catalogue->id_name);
	free(catalogue->balance_name);
	free(catalogue->id_type);
	free(catalogue->balance_type);
	free(catalogue->ledger_name);
	free(catalogue->ledger_why);
	free(catalogue->ledger_beside);
	free(catalogue->browse_why);
	for (size_t i = 0; i < catalogue->nextra; i++)
		free(catalogue->extra[i]);
	for (size_t i = 0; i < catalogue->nextra; i++)
		free(catalogue->extra_type[i]);
	for (size_t i = 0; i < catalogue->nneeded; i++)
		free(catalogue->needed[i]);
	for (size_t i = 0; i < catalogue->nfixed; i++) {
		free(catalogue->fixed[i]);
		free(catalogue->fixed_value[i]);
	}
	statements_free(catalogue);
	free(catalogue);
}
