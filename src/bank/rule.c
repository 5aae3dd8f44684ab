/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a transfer may move: the amount, or why there is none; and the words for it. */
#include "rule.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "say.h"

bool rule_number(const char *text, int64_t *n)
{
	if (!text_is_integer(text))
		return false;
	errno = 0;
	long long value = strtoll(text, NULL, 10);
	*n = value;
	return errno == 0;
}

enum status rule_same(const char *id, struct err *err)
{
	return err_set(err, ST_REJECTED, "source and destination are the same account, %s", say_id(id).text);
}

enum status rule_overflow(const struct rule *rule, const struct holding *destination, int64_t amount, struct err *err)
{
	return err_set(err, ST_REJECTED,
		       "account %s holds %" PRId64 " and cannot take %" PRId64
		       " more: its balance holds at most %" PRId64,
		       say_id(destination->id).text, destination->balance, amount, rule->balance_max);
}

static enum status judge_accounts(const struct holding *source, const struct holding *destination, struct err *err)
{
	struct said from = say_id(source->id), to = say_id(destination->id);
	if (!source->found)
		return err_set(err, ST_REJECTED, "there is no account %s to take from", from.text);
	if (!destination->found)
		return err_set(err, ST_REJECTED, "there is no account %s to move to", to.text);
	if (source->null)
		return err_set(err, ST_REJECTED, "the balance of account %s is NULL: nobody knows what it holds",
			       from.text);
	if (destination->null)
		return err_set(err, ST_REJECTED, "the balance of account %s is NULL: it cannot take anything", to.text);
	if (source->balance < 0)
		return err_set(err, ST_REJECTED, "account %s holds %" PRId64 ": a negative balance cannot be moved",
			       from.text, source->balance);
	return ST_OK;
}

static enum status find_amount(const struct rule *rule, const struct holding *source, int64_t *amount, struct err *err)
{
	struct said from = say_id(source->id);
	int64_t balance = source->balance;
	*amount = rule->rule == TRANSFER_HALF ? balance / 2 : rule->rule == TRANSFER_ALL ? balance : rule->amount;
	if (balance == 0 && rule->rule != TRANSFER_AMOUNT)
		return err_set(err, ST_REJECTED, "account %s holds 0: there is nothing to move", from.text);
	if (*amount <= 0 && rule->rule == TRANSFER_HALF)
		return err_set(err, ST_REJECTED,
			       "account %s holds %" PRId64 ": half of it, rounded down, is 0; there is nothing to move",
			       from.text, balance);
	if (*amount <= 0)
		return err_set(err, ST_REJECTED, "%" PRId64 " is nothing to move: an amount is 1 or more", *amount);
	if (*amount > balance)
		return err_set(err, ST_REJECTED, "account %s holds %" PRId64 ", less than the %" PRId64 " to move",
			       from.text, balance, *amount);
	return ST_OK;
}

enum status rule_decide(const struct rule *rule, const struct holding *source, const struct holding *destination,
			int64_t *amount, struct err *err)
{
	enum status status = judge_accounts(source, destination, err);
	if (!status)
		status = find_amount(rule, source, amount, err);
	if (status)
		return status;
	/* Both are at most the column's largest number, so the difference cannot overflow where it matters. */
	if (destination->balance > 0 && *amount > rule->balance_max - destination->balance)
		return rule_overflow(rule, destination, *amount, err);
	return ST_OK;
}

/* ---- words ---- */

enum status transfer_rule_parse(const char *word, enum transfer_rule *rule, int64_t *amount, struct err *err)
{
	*amount = 0;
	*rule = strcmp(word, "half") == 0 ? TRANSFER_HALF : strcmp(word, "all") == 0 ? TRANSFER_ALL : TRANSFER_AMOUNT;
	if (*rule != TRANSFER_AMOUNT)
		return ST_OK;
	struct said said = say_id(word);
	if (!text_is_integer(word))
		return err_set(err, ST_USAGE, "\"%s\" is no amount: half, all, or a whole number", said.text);
	if (!rule_number(word, amount) && word[0] != '-')
		return err_set(err, ST_USAGE, "the amount %s is too large: %" PRId64 " is the most that can be counted",
			       said.text, INT64_MAX);
	if (*amount <= 0 || word[0] == '-')
		return err_set(err, ST_USAGE, "the amount is %s, and must be 1 or more", said.text);
	return ST_OK;
}

void transfer_rule_show(char out[32], enum transfer_rule rule, int64_t amount)
{
	if (rule == TRANSFER_AMOUNT)
		snprintf(out, 32, "%" PRId64, amount);
	else
		snprintf(out, 32, "%s", rule == TRANSFER_HALF ? "half" : "all");
}
