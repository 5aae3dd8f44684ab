/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One transfer of the ledger, by its id or by the beginning of it that lists show. */
#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/uuid.h"
#include "cli/row_reader.h"
#include "verb_internal.h"

enum { BEGINNING_MIN = 8 };

/* 8-4-4-4-12 hexadecimal digits */
static const char ledger_id_shape[UUID_SIZE] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

static bool begins_an_id(const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i < n && i < UUID_SIZE; i++) {
		bool fits = ledger_id_shape[i] == 'x' ? isxdigit((unsigned char)word[i]) != 0
						      : word[i] == ledger_id_shape[i];
		if (!fits)
			return false;
	}
	return n < UUID_SIZE;
}

bool transfer_is_id(const char *word)
{
	return strlen(word) == UUID_SIZE - 1 && begins_an_id(word);
}

bool ledger_names_one(const char *word)
{
	return strlen(word) >= BEGINNING_MIN && begins_an_id(word);
}

static void fill_up(char out[UUID_SIZE], const char *word, char digit)
{
	size_t n = strlen(word);
	memcpy(out, word, n);
	for (size_t i = n; i < UUID_SIZE; i++)
		out[i] = ledger_id_shape[i] == 'x' ? digit : ledger_id_shape[i];
}

void ledger_ask_one(struct reading *reading, const char *word)
{
	char least[UUID_SIZE], most[UUID_SIZE];
	if (transfer_is_id(word)) {
		reading_ask(reading, CAT_LEDGER_ONE, &word, 1);
		return;
	}
	fill_up(least, word, '0');
	fill_up(most, word, 'f');
	reading_ask(reading, CAT_LEDGER_BETWEEN, (const char *const[]){least, most, "2"}, 3);
}

const char *ledger_take_one(struct reading *reading, const struct rows *rows, const char *word)
{
	if (rows->nrows == 0)
		err_set(&reading->err, ST_STATEMENT,
			transfer_is_id(word) ? "there is no transfer %s in the ledger"
					     : "no transfer in the ledger has an id that begins with %s",
			word);
	else if (rows->nrows > 1)
		err_set(&reading->err, ST_STATEMENT,
			"more than one transfer in the ledger has an id that begins with %s; type more of the id",
			word);
	return reading->err.status ? NULL : rows_cell(rows, 0, LEDGER_ID);
}
