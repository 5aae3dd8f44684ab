/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a table must be like to serve as the ledger of transfers. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ledger.h"
#include "say.h"

/* The sentence, owned, as every function here returns it: NULL where all is well. */
static char *why(const struct table *table, const char *fmt, ...) PRINTF_LIKE(2, 3);

static char *why(const struct table *table, const char *fmt, ...)
{
	struct err err;
	char text[400];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	err_set(&err, ST_CHECK, "%s is not used as the ledger: %s", say_id(table->name).text, text);
	return mem_dup(err.text);
}

/* ---- the table ---- */

static char *judge_kind(const struct table *table)
{
	static const struct {
		char kind;
		const char *words;
	} kinds[] = {{'p', "it is a partitioned table"},
		     {'v', "it is a view"},
		     {'m', "it is a materialized view"},
		     {'f', "it is a foreign table"}};
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (table->kind == kinds[i].kind)
			return why(table, "%s", kinds[i].words);
	if (table->persistence == 'u')
		return why(table, "it is unlogged, so that a crash of the server empties it");
	if (table->persistence == 't')
		return why(table, "it is temporary");
	return NULL;
}

/* What would change, move or swallow its rows behind our back. */
static char *judge_others_hands(const struct table *table)
{
	if (table->parent)
		return why(table, "it is part of another table, %s", say_id(table->parent).text);
	if (table->has_children)
		return why(table, "other tables inherit from it");
	if (table->trigger)
		return why(table, "it has a trigger, %s", say_id(table->trigger).text);
	if (table->rule)
		return why(table, "it has a rule, %s", say_id(table->rule).text);
	if (table->secured)
		return why(table, "it has row level security, which can hide rows");
	if (table->foreign_key)
		return why(table, "its foreign key %s changes rows together with those that they name",
			   say_id(table->foreign_key).text);
	return NULL;
}

/* ---- its columns ---- */

/* Every id fits: an assignment that could fail for some would fail their transfers. */
static bool id_fits(const struct catalogue *catalogue, const struct column *column)
{
	bool text = strcmp(column->type, "text") == 0 || (strcmp(column->type, "varchar") == 0 && column->typmod < 0);
	if (catalogue->id_is_number)
		return text || type_holds(column, catalogue->id_max, 0);
	return text || (strcmp(catalogue->id_type, "uuid") == 0 && strcmp(column->type, "uuid") == 0);
}

static char *judge_side(const struct catalogue *catalogue, const struct table *table, const char *name)
{
	const struct column *column = table_column(table, name);
	if (!column)
		return why(table, "it has no column %s", name);
	if (id_fits(catalogue, column))
		return NULL;
	char type[80];
	type_show(type, column->type, column->typmod);
	return why(table, "its column %s is of type %s, which does not hold every id of %s", name, type,
		   say_id(catalogue->name).text);
}

static char *judge_amount(const struct catalogue *catalogue, const struct table *table, const char *name)
{
	const struct column *amount = table_column(table, name);
	if (!amount)
		return why(table, "it has no column %s", name);
	if (type_holds(amount, catalogue->balance_max, catalogue->balance_scale))
		return NULL;
	char type[80];
	type_show(type, amount->type, amount->typmod);
	return why(table, "its column %s is of type %s, which does not hold every balance of %s", name, type,
		   say_id(catalogue->name).text);
}

/* The primary key must be the id alone: it is what makes a transfer happen once. */
static char *judge_id(const struct table *table, const char *name)
{
	const struct column *id = table_column(table, name);
	if (!id || !id->key || table_keys(table) != 1)
		return why(table, "its primary key must be a column %s", name);
	if (strcmp(id->type, "uuid") != 0)
		return why(table, "its column %s must be of type uuid", name);
	return NULL;
}

static char *judge_time(const struct table *table, const char *name)
{
	const struct column *column = table_column(table, name);
	char type[80];
	if (!column)
		return why(table, "it has no column %s", name);
	type_show(type, column->type, column->typmod);
	if (strcmp(type, "timestamptz") == 0 || strcmp(type, "timestamp") == 0)
		return column->needs_value ? why(table, "its column %s has no default", name) : NULL;
	return why(table, "its column %s is of type %s, which is not a timestamp", name, type);
}

static char *judge_column(const struct catalogue *catalogue, const struct table *table, enum ledger_column column)
{
	const char *name = ledger_columns[column];
	switch (ledger_kinds[column]) {
	case KIND_KEY:
		return judge_id(table, name);
	case KIND_TIME:
		return judge_time(table, name);
	case KIND_ACCOUNT:
		return judge_side(catalogue, table, name);
	case KIND_MONEY:
		return judge_amount(catalogue, table, name);
	}
	return NULL;
}

/* A domain or a type that a user made brings rules and code of its own. */
static char *judge_ours(const struct table *table, const struct column *column)
{
	struct said name = say_id(column->name);
	if (column->generated)
		return why(table, "its column %s is generated", name.text);
	if (column->identity)
		return why(table, "its column %s is an identity", name.text);
	if (column->domain)
		return why(table, "its column %s is of a domain over %s", name.text, column->type);
	return NULL;
}

/* A table with further columns is an application's own. */
static char *judge_columns(const struct table *table)
{
	char *sentence = NULL;
	for (size_t i = 0; i < table->ncolumns && !sentence; i++) {
		const struct column *column = &table->columns[i];
		bool known = false;
		for (size_t k = 0; k < LEDGER_COLUMNS; k++)
			known = known || strcmp(column->name, ledger_columns[k]) == 0;
		sentence = known ? judge_ours(table, column)
				 : why(table, "its column %s does not belong to a ledger", say_id(column->name).text);
	}
	return sentence;
}

char *ledger_judge(const struct catalogue *catalogue, const struct table *table)
{
	char *sentence = judge_kind(table);
	if (!sentence)
		sentence = judge_others_hands(table);
	for (size_t i = 0; i < LEDGER_COLUMNS && !sentence; i++)
		sentence = judge_column(catalogue, table, ledger_nth(i));
	return sentence ? sentence : judge_columns(table);
}

void ledger_judge_rights(struct catalogue *catalogue, const struct table *table)
{
	bool readable = true, insertable = true;
	for (enum ledger_column i = 0; i < LEDGER_COLUMNS; i++) {
		const struct column *column = table_column(table, ledger_columns[i]);
		if (!ledger_is_written(i))
			continue;
		readable = readable && column->readable;
		insertable = insertable && column->insertable;
	}
	char *sentence = why(table, "you may not %s it; ask its owner to GRANT SELECT, INSERT ON it to you",
			     readable ? "write" : "read");
	if (!readable)
		catalogue->ledger_why = mem_dup(sentence);
	if ((readable && insertable) || catalogue->browse_why) {
		free(sentence);
		return;
	}
	catalogue->browse_why = sentence;
}
