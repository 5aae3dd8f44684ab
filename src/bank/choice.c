/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which table is the ledger: the one that was asked for, else transfers, else the one that is made beside it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ledger.h"
#include "say.h"
#include "src/bank/sql/ident.h"
#include "src/bank/sql/statements.h"

bool catalogue_is_ledger(const char *word)
{
	char *schema, *name;
	bool good = ident_split(word, &schema, &name);
	free(schema);
	free(name);
	return good;
}

void ledger_wanted(struct ledger_choice *choice, const char *word)
{
	*choice = (struct ledger_choice){.off = word && strcmp(word, "none") == 0, .by_name = word != NULL};
	if (choice->off)
		return;
	if (word && !ident_split(word, &choice->schema, &choice->names[0]))
		choice->names[0] = mem_dup(word);
	if (word)
		return;
	choice->names[0] = mem_dup("transfers");
	choice->names[1] = mem_dup("teller_transfers");
}

void ledger_forget(struct ledger_choice *choice)
{
	free(choice->schema);
	for (size_t i = 0; i < LEDGERS_MAX; i++)
		free(choice->names[i]);
	*choice = (struct ledger_choice){0};
}

static const char *schema_of(const struct ledger_choice *choice, const struct table *accounts)
{
	return choice->schema ? choice->schema : accounts->schema;
}

void ledger_params(const struct ledger_choice *choice, const struct table *accounts, const char *params[TABLE_PARAMS])
{
	params[0] = schema_of(choice, accounts);
	for (size_t i = 0; i < LEDGERS_MAX; i++)
		params[1 + i] = choice->names[i] ? choice->names[i] : "";
}

/* As it is asked for: with its schema where one was named. */
static char *name_of(const struct ledger_choice *choice, size_t i)
{
	struct buf name = {0};
	if (choice->schema)
		buf_fmt(&name, "%s.", choice->schema);
	buf_str(&name, choice->names[i]);
	return buf_take(&name);
}

/* ---- the judgement ---- */

struct found {
	bool there[LEDGERS_MAX];
	char *why[LEDGERS_MAX]; /* owned; NULL where it can be used */
};

static void use(struct catalogue *catalogue, const struct table *accounts, const struct table *ledger)
{
	ledger_judge_rights(catalogue, ledger);
	catalogue->ledger = !catalogue->ledger_why;
	if (catalogue->ledger)
		statements_ledger(catalogue, accounts, ledger);
}

/* True where it is the ledger, whether or not we may look into it. */
static bool try_table(struct found *found, const struct ledger_choice *choice, struct catalogue *catalogue,
		      const struct table *accounts, const struct rows *rows, size_t i)
{
	struct table table;
	if (!choice->names[i] || !table_read(&table, rows, choice->names[i]))
		return false;
	found->there[i] = true;
	found->why[i] = ledger_judge(catalogue, &table);
	bool usable = !found->why[i];
	if (usable) {
		catalogue->ledger_name = name_of(choice, i);
		use(catalogue, accounts, &table);
	}
	table_done(&table);
	return usable;
}

static void take_why(struct catalogue *catalogue, const struct found *found, const char *made)
{
	struct buf text = {0};
	for (size_t i = 0; i < LEDGERS_MAX; i++)
		if (found->why[i])
			buf_fmt(&text, "%s%s", text.len ? "; " : "", found->why[i]);
	if (made && text.len)
		buf_fmt(&text, "; `init` makes %s beside it", made);
	catalogue->ledger_why = text.len ? buf_take(&text) : NULL;
}

/* The first that is not there can be made: but what was asked for by name is that, or nothing. */
static void choose_none(const struct ledger_choice *choice, struct catalogue *catalogue, const struct table *accounts,
			const struct found *found)
{
	size_t i = 0;
	while (i < LEDGERS_MAX && choice->names[i] && found->there[i])
		i++;
	const char *made = i < LEDGERS_MAX ? choice->names[i] : NULL;
	take_why(catalogue, found, made);
	if (!made)
		return;
	statements_make_ledger(catalogue, accounts, schema_of(choice, accounts), made);
	if (!choice->by_name)
		return;
	char *name = name_of(choice, i);
	struct buf text = {0};
	buf_fmt(&text, "there is no table %s: `init` makes it", say_id(name).text);
	catalogue->ledger_why = buf_take(&text);
	free(name);
}

void ledger_choose(const struct ledger_choice *choice, struct catalogue *catalogue, const struct table *accounts,
		   const struct rows *answer)
{
	struct found found = {0};
	bool chosen = false;
	catalogue->ledger_off = choice->off;
	if (choice->off)
		catalogue->ledger_why = mem_dup("--ledger none was asked for");
	if (choice->parted && !choice->by_name) {
		catalogue->ledger_why =
			mem_dup("a part of a table needs a ledger of its own: name it with --ledger NAME, "
				"and `init` makes it");
		return;
	}
	for (size_t i = 0; i < LEDGERS_MAX && !chosen; i++)
		chosen = try_table(&found, choice, catalogue, accounts, answer, i);
	if (chosen && found.why[0])
		catalogue->ledger_beside = mem_dup(found.why[0]);
	else if (!chosen && !choice->off)
		choose_none(choice, catalogue, accounts, &found);
	for (size_t i = 0; i < LEDGERS_MAX; i++)
		free(found.why[i]);
}
