/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which tables and columns the bank is in, as the user asks for it. */
#include "bank/bank_choice.h"

#include <stdlib.h>

#include "base/mem.h"

static char *bank_choice_dup(const char *text)
{
	return text ? mem_dup(text) : NULL;
}

void bank_choice_copy(struct bank_choice *copy, const struct bank_choice *choice)
{
	*copy = (struct bank_choice){.table = bank_choice_dup(choice->table),
				     .ledger = bank_choice_dup(choice->ledger),
				     .id_column = bank_choice_dup(choice->id_column),
				     .balance_column = bank_choice_dup(choice->balance_column)};
}

void bank_choice_free(struct bank_choice *choice)
{
	free(choice->table);
	free(choice->ledger);
	free(choice->id_column);
	free(choice->balance_column);
	*choice = (struct bank_choice){0};
}
