/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a table must be like to serve as the ledger of transfers. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "base/mem.h"
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

static char *judge_amount(const struct catalogue *catalogue, const struct table *table)
{
	const struct column *amount = table_column(table, "amount");
	if (!amount)
		return why(table, "it has no column amount");
	if (type_holds(amount, catalogue->balance_max, catalogue->balance_scale))
		return NULL;
	char type[80];
	type_show(type, amount->type, amount->typmod);
	return why(table, "its column amount is of type %s, which does not hold every balance of %s", type,
		   say_id(catalogue->name).text);
}

/* The primary key must be the id alone: it is what makes a transfer happen once. */
static char *judge_id(const struct table *table)
{
	const struct column *id = table_column(table, "id");
	if (!id || !id->key || table_keys(table) != 1)
		return why(table, "its primary key must be a column id");
	if (strcmp(id->type, "uuid") != 0)
		return why(table, "its column id must be of type uuid");
	if (!table_column(table, "made_at"))
		return why(table, "it has no column made_at");
	return NULL;
}

static const char *const ours[] = {"id", "source", "destination", "amount"};

static char *judge_others(const struct table *table)
{
	for (size_t i = 0; i < table->ncolumns; i++) {
		const struct column *column = &table->columns[i];
		bool known = false;
		for (size_t k = 0; k < COUNT_OF(ours); k++)
			known = known || strcmp(column->name, ours[k]) == 0;
		if (!known && column->needs_value)
			return why(table, "its column %s needs a value that transfers do not have",
				   say_id(column->name).text);
	}
	return NULL;
}

char *ledger_judge(const struct catalogue *catalogue, const struct table *table)
{
	if (table->kind != 'r' && table->kind != 'p')
		return why(table, "it is no table");
	char *sentence = judge_id(table);
	if (!sentence)
		sentence = judge_side(catalogue, table, "source");
	if (!sentence)
		sentence = judge_side(catalogue, table, "destination");
	if (!sentence)
		sentence = judge_amount(catalogue, table);
	return sentence ? sentence : judge_others(table);
}

void ledger_judge_rights(struct catalogue *catalogue, const struct table *table)
{
	bool readable = true, insertable = true;
	for (size_t i = 0; i < COUNT_OF(ours); i++) {
		const struct column *column = table_column(table, ours[i]);
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
