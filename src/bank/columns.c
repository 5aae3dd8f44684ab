/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns of a table are an account's id and balance: those that were asked for, else the only ones that fit. */
#include "columns.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "say.h"

enum { NAMES_MAX = 8 }; /* in a sentence */

typedef bool columns_fit(const struct column *column);

/* The names of those that fit, with a comma between them; returns how many there are. */
static size_t columns_names(struct buf *names, const struct table *table, columns_fit *fits)
{
	size_t n = 0;
	for (size_t i = 0; i < table->ncolumns; i++) {
		if (!fits(&table->columns[i]))
			continue;
		if (n < NAMES_MAX)
			buf_fmt(names, "%s%s", n ? ", " : "", say_id(table->columns[i].name).text);
		n++;
	}
	if (n > NAMES_MAX)
		buf_str(names, ", ...");
	return n;
}

static const struct column *columns_first(const struct table *table, columns_fit *fits)
{
	size_t i = 0;
	while (i < table->ncolumns && !fits(&table->columns[i]))
		i++;
	return i < table->ncolumns ? &table->columns[i] : NULL;
}

static bool columns_fits_any(const struct column *column)
{
	(void)column;
	return true;
}

static enum status columns_no_such(const struct table *table, const char *name, const char *wanted, const char *option,
				   struct err *err)
{
	struct buf names = {0};
	columns_names(&names, table, columns_fits_any);
	err_set(err, ST_CHECK, "%s has no column %s, which %s names; it has %s", name, say_id(wanted).text, option,
		buf_text(&names));
	buf_free(&names);
	return err->status;
}

/* ---- the id ---- */

static bool columns_fits_key(const struct column *column)
{
	return column->key;
}

static bool columns_fits_unique(const struct column *column)
{
	return column->unique && !column->generated;
}

static bool columns_is_fixed(const struct columns *columns, const struct column *column)
{
	for (size_t i = 0; i < columns->nfixed; i++)
		if (columns->fixed[i] == column)
			return true;
	return false;
}

static enum status columns_fix(struct columns *columns, const struct table *table, const char *wanted, const char *name,
			       struct err *err)
{
	const struct column *column = table_column_like(table, wanted);
	struct buf keys = {0};
	columns_names(&keys, table, columns_fits_key);
	if (!column)
		columns_no_such(table, name, wanted, "--where-key", err);
	else if (!column->key)
		err_set(err, ST_CHECK,
			"column %s of %s is not in its primary key (%s), of which --where-key fixes columns",
			say_id(column->name).text, name, keys.len ? keys.p : "there is none");
	else if (columns_is_fixed(columns, column))
		err_set(err, ST_CHECK, "--where-key names column %s twice", say_id(column->name).text);
	else
		columns->fixed[columns->nfixed++] = column;
	buf_free(&keys);
	return err->status;
}

static enum status columns_fix_all(struct columns *columns, const struct table *table, const struct bank_choice *choice,
				   const char *name, struct err *err)
{
	enum status status = ST_OK;
	for (size_t i = 0; i < choice->nkeys && !status; i++) {
		const char *value;
		char *wanted = bank_choice_key(choice->keys[i], &value);
		status = columns_fix(columns, table, wanted, name, err);
		free(wanted);
	}
	return status;
}

static enum status columns_refuse_key(const struct columns *columns, const struct table *table, const char *name,
				      struct err *err)
{
	struct buf names = {0}, unique = {0};
	size_t keys = columns_names(&names, table, columns_fits_key);
	if (columns_names(&unique, table, columns_fits_unique) > 1 && keys == 0)
		err_set(err, ST_CHECK,
			"%s has no primary key, and several columns that tell accounts apart (%s): say which with "
			"--id-column NAME",
			name, buf_text(&unique));
	else if (keys == 0)
		err_set(err, ST_CHECK,
			"%s has no primary key, by which accounts are told apart: add one with ALTER TABLE ... ADD "
			"PRIMARY KEY, or name another table with --table",
			name);
	else if (keys == columns->nfixed)
		err_set(err, ST_CHECK,
			"--where-key fixes all of the primary key of %s (%s): leave out the column of the account id",
			name, buf_text(&names));
	else
		err_set(err, ST_CHECK,
			"the primary key of %s has %zu columns (%s), and an account id is one: fix the others with "
			"--where-key COLUMN=VALUE, or name another table with --table",
			name, keys, buf_text(&names));
	buf_free(&names);
	buf_free(&unique);
	return err->status;
}

/* The first that is not fixed. */
static const struct column *columns_key(const struct columns *columns, const struct table *table)
{
	for (size_t i = 0; i < table->ncolumns; i++)
		if (table->columns[i].key && !columns_is_fixed(columns, &table->columns[i]))
			return &table->columns[i];
	return NULL;
}

/* What tells accounts apart though it is not the primary key; NULL: that must do it. */
static const struct column *columns_unique(const struct columns *columns, const struct table *table,
					   const struct column *named)
{
	struct buf names = {0};
	bool one = columns_names(&names, table, columns_fits_unique) == 1;
	buf_free(&names);
	if (columns->nfixed || (named && (named->key || !columns_fits_unique(named))))
		return NULL;
	if (named)
		return named;
	return one && table_keys(table) == 0 ? columns_first(table, columns_fits_unique) : NULL;
}

static enum status columns_choose_id(struct columns *columns, const struct table *table, const char *wanted,
				     const char *name, struct err *err)
{
	const struct column *named = wanted ? table_column_like(table, wanted) : NULL;
	if (wanted && !named)
		return columns_no_such(table, name, wanted, "--id-column", err);
	columns->id = columns_unique(columns, table, named);
	columns->id_why = named ? "as --id-column asks" : "the only column that is unique and never NULL";
	if (columns->id)
		return ST_OK;
	if (table_keys(table) != columns->nfixed + 1)
		return columns_refuse_key(columns, table, name, err);
	columns->id = columns_key(columns, table);
	columns->id_why = wanted            ? "as --id-column asks"
			  : columns->nfixed ? "what is left of the primary key"
					    : "the primary key";
	if (!named || named == columns->id)
		return ST_OK;
	return err_set(err, ST_CHECK,
		       "column %s of %s is not its primary key, %s, by which accounts are told apart, nor unique and "
		       "never NULL: "
		       "leave --id-column out, or name another table with --table",
		       say_id(named->name).text, name, say_id(columns->id->name).text);
}

/* ---- the balance ---- */

static bool columns_fits_money(const struct column *column)
{
	return !column->key && !column->generated && type_money_max(column->type, column->typmod) > 0;
}

static bool columns_says_balance(const struct column *column)
{
	static const char word[] = "balance";
	const char *name = column->name;
	for (; *name; name++) {
		size_t n = 0;
		while (word[n] && tolower((unsigned char)name[n]) == word[n])
			n++;
		if (!word[n])
			return true;
	}
	return false;
}

static bool columns_fits_by_name(const struct column *column)
{
	return columns_fits_money(column) && columns_says_balance(column);
}

static bool columns_fits_by_type(const struct column *column)
{
	return columns_fits_money(column) && type_scale(column->type, column->typmod) > 0;
}

/* Where nothing is called so: what looks like it, if only one does. */
static enum status columns_guess_balance(struct columns *columns, const struct table *table, bool key, const char *name,
					 struct err *err)
{
	static const struct {
		columns_fit *fits;
		const char *why;
	} ways[] = {{columns_fits_by_name, "the only column for money that has balance in its name"},
		    {columns_fits_by_type, "the only numeric column with decimals"}};
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		struct buf names = {0};
		size_t n = columns_names(&names, table, ways[i].fits);
		columns->balance = columns_first(table, ways[i].fits);
		columns->balance_why = ways[i].why;
		if (n > 1)
			err_set(err, ST_CHECK,
				"%s has %zu columns that may be the balance (%s): say which with --balance-column NAME",
				name, n, buf_text(&names));
		buf_free(&names);
		if (n > 0)
			return n > 1 ? ST_CHECK : ST_OK;
	}
	return err_set(err, ST_CHECK,
		       "%s has no column named balance%s: name another table with --table, or the column with "
		       "--balance-column",
		       name, key ? " beside its key" : "");
}

static enum status columns_choose_balance(struct columns *columns, const struct table *table, const char *wanted,
					  const char *name, struct err *err)
{
	columns->balance = table_column_like(table, wanted ? wanted : "balance");
	columns->balance_why = wanted ? "as --balance-column asks" : "by its name";
	if (columns->balance && !columns->balance->key)
		return ST_OK;
	if (wanted && !columns->balance)
		return columns_no_such(table, name, wanted, "--balance-column", err);
	if (wanted)
		return err_set(err, ST_CHECK,
			       "column %s of %s is part of its primary key and cannot be the balance: name another one "
			       "with --balance-column",
			       say_id(columns->balance->name).text, name);
	return columns_guess_balance(columns, table, columns->balance != NULL, name, err);
}

bool columns_are_used(const struct columns *columns, const struct column *column)
{
	return column == columns->id || column == columns->balance || columns_is_fixed(columns, column);
}

enum status columns_choose(struct columns *columns, const struct table *table, const struct bank_choice *choice,
			   const char *name, struct err *err)
{
	*columns = (struct columns){0};
	enum status status = columns_fix_all(columns, table, choice, name, err);
	if (!status)
		status = columns_choose_id(columns, table, choice->id_column, name, err);
	return status ? status : columns_choose_balance(columns, table, choice->balance_column, name, err);
}
