/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a table must be like to serve as accounts: one key column, an exact balance, and the right to read. */
#include "accounts.h"

#include <stdlib.h>
#include <string.h>

#include "bank/amount.h"
#include "base/mem.h"
#include "columns.h"
#include "say.h"
#include "src/bank/sql/ident.h"

static enum status refuse_kind(const struct table *table, const char *name, struct err *err)
{
	static const struct {
		char kind;
		const char *word;
	} kinds[] = {{'v', "a view"}, {'m', "a materialized view"}, {'f', "a foreign table"}};
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (table->kind == kinds[i].kind)
			return err_set(err, ST_CHECK, "%s is %s: name the table behind it with --table", name,
				       kinds[i].word);
	return ST_OK;
}

/* ---- what we may do ---- */

static enum status judge_reading(const struct table *table, const struct columns *columns, const char *name,
				 struct err *err)
{
	bool readable = columns->balance->readable;
	for (size_t i = 0; i < table->ncolumns; i++)
		readable = readable && (table->columns[i].readable || !columns_are_used(columns, &table->columns[i]));
	if (readable)
		return ST_OK;
	return err_set(err, ST_CHECK, "you may not read %s: ask its owner to GRANT SELECT ON it to you", name);
}

/* Who may only read can browse. */
static void judge_writing(struct catalogue *catalogue, const struct column *balance, const char *name)
{
	struct err err;
	char *column = ident_quoted(balance->name);
	struct buf which = {0};
	if (catalogue->column_grants)
		buf_fmt(&which, " (%s)", say_id(column).text);
	err_set(&err, ST_CHECK, "you may read %s but not change it: ask its owner to GRANT UPDATE%s ON it to you", name,
		buf_text(&which));
	if (!balance->updatable)
		catalogue->browse_why = mem_dup(err.text);
	buf_free(&which);
	free(column);
}

/* ---- the key ---- */

static enum status judge_key(struct catalogue *catalogue, const struct column *key, const char *name, struct err *err)
{
	char type[80];
	type_show(type, key->type, key->typmod);
	bool number = type_max(key->type, key->typmod) > 0 && type_scale(key->type, key->typmod) == 0;
	if (!number && !type_is_text(key->type) && strcmp(key->type, "uuid") != 0)
		return err_set(
			err, ST_CHECK,
			"the column of ids of %s, %s, is of type %s: ids can be integers, numeric(p,0) of at most "
			"18 digits, uuid or text; name another table with --table",
			name, say_id(key->name).text, type);
	catalogue->id_name = mem_dup(key->name);
	catalogue->id_type = mem_dup(key->type);
	catalogue->id_is_number = number;
	catalogue->id_max = number ? type_max(key->type, key->typmod) : 0;
	return ST_OK;
}

/* ---- the balance ---- */

static enum status refuse_balance(const struct column *balance, const char *name, struct err *err)
{
	static const char usable[] = "smallint, integer, bigint or numeric(p,s) with at most 18 decimals can be used; "
				     "change it with ALTER TABLE, or name another table with --table";
	bool numeric = strcmp(balance->type, "numeric") == 0;
	char type[80];
	type_show(type, balance->type, balance->typmod);
	if (numeric && balance->typmod < 4)
		return err_set(err, ST_CHECK,
			       "the balance of %s is a numeric without a scale, so it has no smallest unit: %s", name,
			       usable);
	if (numeric)
		return err_set(err, ST_CHECK, "the balance of %s is %s, which %s: %s", name, type,
			       strchr(type, '-') ? "has a scale below 0" : "has too many decimals to count", usable);
	if (strncmp(balance->type, "float", 5) == 0)
		return err_set(err, ST_CHECK, "the balance of %s is %s, which rounds money: %s", name, type, usable);
	return err_set(err, ST_CHECK, "the balance of %s is of type %s: %s", name, type, usable);
}

static enum status judge_balance(struct catalogue *catalogue, const struct column *balance, const char *name,
				 struct err *err)
{
	catalogue->balance_max = type_money_max(balance->type, balance->typmod);
	catalogue->balance_wide = catalogue->balance_max != type_max(balance->type, balance->typmod);
	catalogue->balance_scale = type_scale(balance->type, balance->typmod);
	if (catalogue->balance_max == 0)
		return refuse_balance(balance, name, err);
	catalogue->balance_name = mem_dup(balance->name);
	catalogue->balance_type = mem_dup(balance->type);
	return ST_OK;
}

/* More than the column can hold is as much as it can hold. */
static enum status judge_overdraft(struct catalogue *catalogue, const struct column *balance, const char *overdraft,
				   const char *name, struct err *err)
{
	int64_t least = type_min(balance->type, balance->typmod), units = 0;
	bool all = overdraft && strcmp(overdraft, "unlimited") == 0;
	if (!overdraft || strcmp(overdraft, "none") == 0)
		return ST_OK;
	enum amount_fault fault = all ? AMOUNT_TOO_LARGE : amount_parse(overdraft, catalogue->balance_scale, &units);
	if (fault == AMOUNT_TOO_FINE)
		return err_set(err, ST_CHECK, "--overdraft %s has more decimals than the balances of %s, which have %u",
			       say_id(overdraft).text, name, catalogue->balance_scale);
	catalogue->balance_floor = fault == AMOUNT_FINE && -units > least ? -units : least;
	return ST_OK;
}

static void take_extra(struct catalogue *catalogue, const struct table *table, const struct columns *columns)
{
	for (size_t i = 0; i < table->ncolumns && catalogue->nextra < CATALOGUE_EXTRA_MAX; i++) {
		const struct column *column = &table->columns[i];
		if (columns_are_used(columns, column) || !column->readable)
			continue;
		catalogue->extra_generated[catalogue->nextra] = column->generated;
		catalogue->extra_type[catalogue->nextra] = mem_dup(column->type);
		catalogue->extra[catalogue->nextra++] = mem_dup(column->name);
	}
}

static void take_needed(struct catalogue *catalogue, const struct table *table, const struct columns *columns)
{
	for (size_t i = 0; i < table->ncolumns && catalogue->nneeded < CATALOGUE_EXTRA_MAX; i++) {
		const struct column *column = &table->columns[i];
		if (column->needs_value && !column->generated && !columns_are_used(columns, column))
			catalogue->needed[catalogue->nneeded++] = mem_dup(column->name);
	}
}

static void name_columns(struct catalogue *catalogue)
{
	catalogue->columns[ACCOUNT_ID] = catalogue->id_name;
	catalogue->columns[ACCOUNT_BALANCE] = catalogue->balance_name;
	for (size_t i = 0; i < catalogue->nextra; i++)
		catalogue->columns[ACCOUNT_EXTRA + i] = catalogue->extra[i];
	catalogue->ncolumns = ACCOUNT_EXTRA + catalogue->nextra;
}

/* Their values are compared on the server, as its types have them. */
static void fix_columns(struct catalogue *catalogue, const struct columns *columns, const struct bank_choice *choice)
{
	struct buf part = {0};
	for (size_t i = 0; i < columns->nfixed; i++) {
		const char *value = "";
		free(bank_choice_key(choice->keys[i], &value));
		catalogue->fixed[i] = mem_dup(columns->fixed[i]->name);
		catalogue->fixed_value[i] = mem_dup(value);
		buf_fmt(&part, "%s%s=%s", i ? ", " : "", columns->fixed[i]->name, value);
	}
	catalogue->nfixed = columns->nfixed;
	catalogue->part = part.len ? buf_take(&part) : NULL;
}

enum status accounts_judge(struct catalogue *catalogue, const struct table *table, const struct bank_choice *choice,
			   struct err *err)
{
	struct columns columns = {0};
	struct buf full = {0};
	if (!table->visible || catalogue->with_schema)
		buf_fmt(&full, "%s.", table->schema);
	buf_str(&full, table->name);
	catalogue->name = buf_take(&full);
	catalogue->estimate = -1;
	catalogue->balance_nullable = true;
	struct said name = say_id(catalogue->name);
	enum status status = refuse_kind(table, name.text, err);
	if (!status)
		status = columns_choose(&columns, table, choice, name.text, err);
	if (!status)
		status = judge_key(catalogue, columns.id, name.text, err);
	if (!status)
		status = judge_balance(catalogue, columns.balance, name.text, err);
	if (!status)
		status = judge_overdraft(catalogue, columns.balance, choice->overdraft, name.text, err);
	if (!status)
		status = judge_reading(table, &columns, name.text, err);
	if (status)
		return status;
	fix_columns(catalogue, &columns, choice);
	catalogue->id_why = columns.id_why;
	catalogue->balance_why = columns.balance_why;
	judge_writing(catalogue, columns.balance, name.text);
	take_extra(catalogue, table, &columns);
	take_needed(catalogue, table, &columns);
	name_columns(catalogue);
	catalogue->partial = table->hidden;
	return ST_OK;
}

void accounts_judge_columns(struct catalogue *catalogue, bool generated, bool alike)
{
	struct err err;
	struct said name = say_id(catalogue->name);
	if (!generated && !alike)
		return;
	if (generated)
		err_set(&err, ST_CHECK,
			"the balance of %s is computed from other columns, so that it cannot be changed: name another "
			"table with --table",
			name.text);
	else
		err_set(&err, ST_CHECK,
			"the ids of %s are compared by a collation that takes different texts for equal, so that an id "
			"does not name one account for sure: give the column another one, or name another table with "
			"--table",
			name.text);
	free(catalogue->browse_why);
	catalogue->browse_why = mem_dup(err.text);
	catalogue->balance_generated = generated;
}
