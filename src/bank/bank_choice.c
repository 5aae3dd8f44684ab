/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which tables and columns the bank is in, as the user asks for it. */
#include "bank/bank_choice.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bank/amount.h"
#include "base/buf.h"
#include "base/mem.h"

static char *bank_choice_dup(const char *text)
{
	return text ? mem_dup(text) : NULL;
}

char *bank_choice_key(const char *word, const char **value)
{
	struct buf name = {0};
	const char *at = word;
	bool quoted = *at == '"';
	for (at += quoted; *at && (quoted ? *at != '"' || at[1] == '"' : *at != '='); at++) {
		buf_char(&name, *at);
		at += quoted && *at == '"';
	}
	at += quoted && *at == '"';
	if (*at == '=' && name.len > 0) {
		*value = at + 1;
		return buf_take(&name);
	}
	buf_free(&name);
	return NULL;
}

enum status bank_choice_add_key(struct bank_choice *choice, const char *word, struct err *err)
{
	const char *value;
	char *name = bank_choice_key(word, &value);
	if (!name)
		return err_set(err, ST_USAGE, "--where-key takes COLUMN=VALUE, as in tenant=7, not \"%.80s\"", word);
	free(name);
	if (choice->nkeys == BANK_KEYS_MAX)
		return err_set(err, ST_USAGE, "--where-key can be given %d times at most", (int)BANK_KEYS_MAX);
	choice->keys[choice->nkeys++] = mem_dup(word);
	return ST_OK;
}

/* How many decimals it may have is known with the table. */
enum status bank_choice_check_overdraft(const char *word, struct err *err)
{
	int64_t units;
	bool named = strcmp(word, "none") == 0 || strcmp(word, "unlimited") == 0;
	unsigned decimals = amount_decimals(word);
	enum amount_fault fault =
		amount_parse(word, decimals < AMOUNT_DIGITS_MAX ? decimals : AMOUNT_DIGITS_MAX, &units);
	if (named || (word[0] != '-' && (fault == AMOUNT_FINE || fault == AMOUNT_TOO_LARGE)))
		return ST_OK;
	return err_set(
		err, ST_USAGE,
		"--overdraft takes none, unlimited or the amount that a balance may go below zero, not \"%.80s\"",
		word);
}

void bank_choice_copy(struct bank_choice *copy, const struct bank_choice *choice)
{
	*copy = (struct bank_choice){.table = bank_choice_dup(choice->table),
				     .ledger = bank_choice_dup(choice->ledger),
				     .id_column = bank_choice_dup(choice->id_column),
				     .balance_column = bank_choice_dup(choice->balance_column),
				     .nkeys = choice->nkeys,
				     .overdraft = bank_choice_dup(choice->overdraft)};
	for (size_t i = 0; i < choice->nkeys; i++)
		copy->keys[i] = mem_dup(choice->keys[i]);
}

void bank_choice_free(struct bank_choice *choice)
{
	free(choice->table);
	free(choice->ledger);
	free(choice->id_column);
	free(choice->balance_column);
	free(choice->overdraft);
	for (size_t i = 0; i < choice->nkeys; i++)
		free(choice->keys[i]);
	*choice = (struct bank_choice){0};
}
