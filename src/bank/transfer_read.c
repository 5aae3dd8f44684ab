/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a transfer makes of the answers to its read: who holds what, and whether it happened before. */
#include "transfer_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "say.h"
#include "src/bank/sql/statements.h"

/* char(n) comes padded with blanks, which are not part of the id and would be stored as such in a ledger of text. */
static char *spelling(const struct catalogue *catalogue, const char *id)
{
	size_t n = strlen(id);
	while (n > 0 && id[n - 1] == ' ' && strcmp(catalogue->id_type, "bpchar") == 0)
		n--;
	return mem_dup_n(id, n);
}

static enum status transfer_read_take(const struct rule *rule, struct holding *holding, const struct rows *rows,
				      size_t row, struct err *err)
{
	const char *balance = rows_cell(rows, row, ACCOUNT_BALANCE);
	holding->found = true;
	holding->null = !balance;
	if (balance && !rule_number(rule, balance, &holding->balance))
		return err_set(err, ST_REJECTED, "the balance of account %s is %s, which cannot be counted",
			       say_id(holding->id).text, say_id(balance).text);
	return ST_OK;
}

/* What two spellings of one UUID have in common: its digits, in lower case. */
static void uuid_digits(char out[33], const char *id)
{
	size_t n = 0;
	for (; *id && n < 32; id++)
		if (isxdigit((unsigned char)*id))
			out[n++] = (char)tolower((unsigned char)*id);
	out[n] = '\0';
}

static bool same_uuid(const char *a, const char *b)
{
	char digits[2][33];
	uuid_digits(digits[0], a);
	uuid_digits(digits[1], b);
	return strcmp(digits[0], digits[1]) == 0;
}

/* An integer as every server spells it, so that another text is another number. */
static bool is_plain(const char *id)
{
	const char *digits = id + (*id == '-');
	return *digits >= '1' && *digits <= '9' && digits[strspn(digits, "0123456789")] == '\0';
}

/* Whether the server's row is the account that was asked for: '007' may be 7, and the case of a UUID does not count. */
static bool is_asked(const struct catalogue *catalogue, const char *id, const char *asked)
{
	if (strcmp(id, asked) == 0)
		return true;
	if (catalogue->id_is_number)
		return !is_plain(asked) && strtoll(id, NULL, 10) == strtoll(asked, NULL, 10);
	if (strcmp(catalogue->id_type, "uuid") == 0)
		return same_uuid(id, asked);
	char *plain = spelling(catalogue, asked);
	bool same = strcmp(id, plain) == 0;
	free(plain);
	return same;
}

/* A primary key is of one table: those that inherit from it may hold the same id again. */
static enum status twice(const struct catalogue *catalogue, const char *id, struct err *err)
{
	return err_set(err, ST_REJECTED,
		       "there is more than one account %s in %s and the tables that inherit from it: name one of them "
		       "with --table",
		       say_id(id).text, say_id(catalogue->name).text);
}

enum status transfer_read_rows(struct transfer *transfer, const struct rows *rows, struct holding *source,
			       struct holding *destination, struct err *err)
{
	enum status status = ST_OK;
	for (size_t i = 0; rows && i < rows->nrows && !status; i++) {
		char *spelled = spelling(transfer->catalogue, rows_cell(rows, i, ACCOUNT_ID));
		bool from = is_asked(transfer->catalogue, spelled, transfer->asked_source);
		bool to = is_asked(transfer->catalogue, spelled, transfer->asked_destination);
		char **id = from ? &transfer->source : &transfer->destination;
		struct holding *holding = from ? source : destination;
		if (from && to)
			status = rule_same(spelled, err);
		else if ((from || to) && holding->found)
			status = twice(transfer->catalogue, spelled, err);
		if (status || (!from && !to)) {
			free(spelled);
			continue;
		}
		free(*id);
		*id = spelled;
		status = transfer_read_take(&transfer->rule, holding, rows, i, err);
	}
	return status;
}

void transfer_decided(struct transfer *transfer, const struct holding *source, const struct holding *destination,
		      int64_t moved)
{
	struct transfer_facts *facts = &transfer->facts;
	facts->decided = true;
	facts->source_before = source->balance;
	facts->source_after = source->balance - moved;
	facts->destination_before = destination->balance;
	facts->destination_after = destination->balance + moved;
}

/* Half of a balance, and all of it, are other amounts now than they were then. */
static bool is_same(struct transfer *transfer, const struct rows *ledger)
{
	const struct rule *rule = &transfer->rule;
	const char *from = rows_cell(ledger, 0, FOUND_SOURCE), *to = rows_cell(ledger, 0, FOUND_DESTINATION),
		   *amount = rows_cell(ledger, 0, FOUND_AMOUNT);
	return from && to && amount && strcmp(from, transfer_source(transfer)) == 0 &&
	       strcmp(to, transfer_destination(transfer)) == 0 && rule_number(rule, amount, &transfer->facts.amount) &&
	       (rule->rule != TRANSFER_AMOUNT || rule->amount == transfer->facts.amount);
}

static enum body_say refuse_other(const struct transfer *transfer, const struct rows *ledger, struct err *reason)
{
	static const char *const rules[] = {[TRANSFER_HALF] = "half", [TRANSFER_ALL] = "all"};
	const struct rule *rule = &transfer->rule;
	struct amount_text asked = amount_show(rule->amount, rule->scale);
	struct said cells[FOUND_COLUMNS];
	for (size_t i = 0; i < COUNT_OF(cells); i++) {
		const char *cell = rows_cell(ledger, 0, i);
		cells[i] = say_id(cell ? cell : "NULL");
	}
	err_set(reason, ST_REJECTED,
		"transfer id %s is in the ledger already, for %s from %s to %s, and this one is for %s from %s to %s",
		transfer->id, cells[FOUND_AMOUNT].text, cells[FOUND_SOURCE].text, cells[FOUND_DESTINATION].text,
		rule->rule == TRANSFER_AMOUNT ? asked.text : rules[rule->rule], say_id(transfer_source(transfer)).text,
		say_id(transfer_destination(transfer)).text);
	return BODY_REJECT;
}

/*
 * What this attempt read and computed holds only if it is the attempt that committed, which is known of the first one
 * alone: the ledger does not tell which of them wrote the row.
 */
void transfer_found(struct transfer *transfer, const struct rows *ledger)
{
	struct transfer_facts *facts = &transfer->facts;
	int64_t amount;
	const char *cell = rows_cell(ledger, 0, FOUND_AMOUNT);
	bool known = cell && rule_number(&transfer->rule, cell, &amount);
	if (known && facts->decided && transfer->attempts == 1 && amount == facts->amount)
		return;
	*facts = (struct transfer_facts){.recorded = true, .amount = known ? amount : 0};
}

/* The id is in the ledger: either this very transfer was made before, or the id belongs to another. */
enum body_say transfer_again(struct transfer *transfer, const struct rows *ledger, const struct holding *source,
			     const struct holding *destination, struct err *reason)
{
	if (!is_same(transfer, ledger))
		return refuse_other(transfer, ledger, reason);
	transfer->facts.again = true;
	transfer_decided(transfer, source, destination, 0);
	return BODY_DONE;
}

void transfer_read_oneshot(struct transfer *transfer, const struct rows *rows)
{
	struct holding source = {.found = true}, destination = {.found = true};
	const char *cells[] = {rows_cell(rows, 0, ONESHOT_SOURCE), rows_cell(rows, 0, ONESHOT_DESTINATION),
			       rows_cell(rows, 0, ONESHOT_AMOUNT)};
	if (!cells[ONESHOT_SOURCE] || !cells[ONESHOT_DESTINATION] || !cells[ONESHOT_AMOUNT])
		return;
	const struct rule *rule = &transfer->rule;
	int64_t amount;
	if (!rule_number(rule, cells[ONESHOT_SOURCE], &source.balance) ||
	    !rule_number(rule, cells[ONESHOT_DESTINATION], &destination.balance) ||
	    !rule_number(rule, cells[ONESHOT_AMOUNT], &amount))
		return;
	source.balance += amount; /* they are told as they are afterwards */
	destination.balance -= amount;
	transfer->facts.amount = amount;
	transfer_decided(transfer, &source, &destination, amount);
}
