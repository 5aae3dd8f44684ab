/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns of a table are an account's id and balance: those that were asked for, else the only ones that fit. */
#include "columns.h"

#include <ctype.h>
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

static enum status columns_refuse_key(const struct table *table, const char *name, struct err *err)
{
	struct buf names = {0};
	size_t keys = columns_names(&names, table, columns_fits_key);
	if (keys == 0)
		err_set(err, ST_CHECK,
			"%s has no primary key, by which accounts are told apart: add one with ALTER TABLE ... ADD "
			"PRIMARY KEY, or name another table with --table",
			name);
	else
		err_set(err, ST_CHECK,
			"the primary key of %s has %zu columns (%s), and an account id is one: name another table with "
			"--table",
			name, keys, buf_text(&names));
	buf_free(&names);
	return err->status;
}

static const struct column *columns_key(const struct table *table)
{
	for (size_t i = 0; i < table->ncolumns; i++)
		if (table->columns[i].key)
			return &table->columns[i];
	return NULL;
}

static enum status columns_choose_id(struct columns *columns, const struct table *table, const char *wanted,
				     const char *name, struct err *err)
{
	const struct column *named = wanted ? table_column_like(table, wanted) : NULL;
	if (wanted && !named)
		return columns_no_such(table, name, wanted, "--id-column", err);
	if (table_keys(table) != 1)
		return columns_refuse_key(table, name, err);
	columns->id = columns_key(table);
	columns->id_why = wanted ? "as --id-column asks" : "the primary key";
	if (!named || named == columns->id)
		return ST_OK;
	return err_set(
		err, ST_CHECK,
		"column %s of %s is not its primary key, %s, by which accounts are told apart: leave --id-column "
		"out, or name another table with --table",
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

static const struct column *columns_first(const struct table *table, columns_fit *fits)
{
	size_t i = 0;
	while (i < table->ncolumns && !fits(&table->columns[i]))
		i++;
	return i < table->ncolumns ? &table->columns[i] : NULL;
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

enum status columns_choose(struct columns *columns, const struct table *table, const struct bank_choice *choice,
			   const char *name, struct err *err)
{
	*columns = (struct columns){0};
	enum status status = columns_choose_id(columns, table, choice->id_column, name, err);
	return status ? status : columns_choose_balance(columns, table, choice->balance_column, name, err);
}
